create or replace function pricing.override_lines(
    p_items pricing.basket_item[], p_as_of timestamptz
)
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
        'override',
        case when o.id is null then 'class_price' else 'override' end,
        i.section_id,
        jsonb_build_object('price_mode', i.price_mode, 'enrolled', i.enrolled),
        case when i.enrolled then 0 else coalesce(o.amount_minor, p.amount_minor) end,
        case when o.id is null then 'pricing.class_prices' else 'pricing.overrides' end,
        coalesce(o.id, p.id),
        case when o.id is null then p.version else 1 end
    from unnest(p_items) as i
    left join pricing.overrides as o
        on
            o.studio_id = v_studio_id
            and i.family_id = o.family_id
            and i.student_id = o.student_id
            and i.section_id = o.section_id
            and p_as_of >= o.valid_from
            and (o.superseded_at is null or o.superseded_at > p_as_of)
    left join pricing.class_prices as p
        on
            o.id is null
            and i.price_mode = 'standard'
            and p.studio_id = v_studio_id
            and i.class_id = p.class_id
            and p_as_of >= p.valid_from
            and (p.superseded_at is null or p.superseded_at > p_as_of)
    where o.id is not null or p.id is not null
    order by i.cart_id, i.student_id, i.section_id;
end;
$$;
alter function pricing.override_lines(pricing.basket_item[], timestamptz) owner to pricing;
comment on function pricing.override_lines(pricing.basket_item[], timestamptz) is
$$Stage 1c: tuition that staff set: for a student's item, or for a class and everybody.

The first wins over every price mode; the second stands in for the rate table alone.
An item that is confirmed already has a line of 0: it was paid, and no other stage may price it.$$;
