create or replace function pricing.tier_lines(p_items pricing.basket_item[], p_as_of timestamptz)
returns setof pricing.line
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    return query
    select
        i.cart_id,
        i.student_id,
        'tier',
        t.code,
        i.section_id,
        jsonb_build_object('tier_id', i.tier_id),
        p.amount_minor,
        'pricing.tier_prices',
        p.id,
        p.version
    from unnest(p_items) as i
    inner join catalog.section_tiers as t
        on t.studio_id = v_studio_id and i.section_id = t.section_id and i.tier_id = t.id
    inner join pricing.tier_prices as p
        on
            p.studio_id = v_studio_id
            and i.section_id = p.section_id
            and i.tier_id = p.tier_id
            and p_as_of >= p.valid_from
            and (p.superseded_at is null or p.superseded_at > p_as_of)
    where i.price_mode = 'tiered' and not i.enrolled
    order by i.cart_id, i.student_id, i.section_id;
end;
$$;
alter function pricing.tier_lines(pricing.basket_item[], timestamptz) owner to pricing;
comment on function pricing.tier_lines(pricing.basket_item[], timestamptz) is
$$Stage 1d: the price of the tier that was picked, one line a student and section.

For the items given; one that is confirmed already is paid and has none.$$;
