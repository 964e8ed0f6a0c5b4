create or replace function pricing.section_prices(p_term_id bigint, p_as_of timestamptz)
returns table (
    section_id bigint,
    tier text,
    tuition_minor bigint,
    fees_minor bigint,
    discount_minor bigint,
    total_minor bigint,
    highest_total_minor bigint,
    refusal text
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_plan constant pricing.payment_plans := pricing.plan_of(p_term_id, null, null, p_as_of);
    v_items pricing.basket_item [];
    v_priced pricing.basket_item [];
begin
    -- A cart for each section; of a tiered one for each tier, of one by date for each price.
    v_items := pricing.basket_items(
        array(
            select
                (
                    row_number() over (order by s.id, t.position, t.code, d.held_on),
                    null, s.term_id, 1, s.id, t.id,
                    case when d.held_on is not null then array[d.held_on] end, null, false, null
                )::pricing.picked_item
            from catalog.sections as s
            inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
            left join catalog.section_tiers as t
                on
                    s.price_mode = 'tiered'
                    and s.studio_id = t.studio_id
                    and s.id = t.section_id
                    and t.is_offered
            -- Dates that no price of their own tells apart cost the same: one stands for them.
            left join lateral (
                select min(m.held_on) as held_on
                from (
                    select g.held_on
                    from catalog.meetings as g
                    where
                        s.price_mode = 'drop_in'
                        and g.studio_id = s.studio_id
                        and g.section_id = s.id
                        and g.status = 'scheduled'
                    group by g.held_on
                    having min(g.starts_at) > p_as_of
                ) as m
                left join pricing.date_prices as p
                    on
                        p.studio_id = s.studio_id
                        and p.section_id = s.id
                        and m.held_on = p.held_on
                        and p_as_of >= p.valid_from
                        and (p.superseded_at is null or p.superseded_at > p_as_of)
                group by p.id
            ) as d on true
            where
                s.studio_id = v_studio_id
                and s.term_id = p_term_id
                and s.status = 'open'
                and (
                    k.visibility = 'public'
                    or pg_has_role(auth.acting_role(), 'staff', 'member')
                )
        ),
        p_as_of
    );
    v_priced := array(
        select i from unnest(v_items) as i where i.price_mode <> 'drop_in' or i.dates is not null
    );
    return query
    with carts as (
        select
            p.cart_id,
            min(p.refusal) as refusal,
            sum(p.amount_minor) filter (
                where p.kind in ('tuition', 'program', 'override', 'tier', 'drop_in')
            )::bigint as tuition_minor,
            sum(p.amount_minor) filter (
                where p.kind in ('fee', 'add_on', 'plan_fee')
            )::bigint as fees_minor,
            sum(p.amount_minor) filter (
                where p.kind in ('discount', 'family_discount', 'coupon')
            )::bigint as discount_minor,
            sum(p.amount_minor)::bigint as total_minor
        from pricing.price_or_refuse(
            v_priced,
            pricing.imagined_orders(
                p_term_id, array(select i.cart_id from unnest(v_priced) as i), p_as_of
            ),
            v_plan,
            p_as_of
        ) as p
        group by p.cart_id
    )

    -- The least that a date costs stands for all of them.
    select distinct on (i.section_id, t.position, t.code)
        i.section_id,
        t.code,
        c.tuition_minor,
        case when c.total_minor is not null then coalesce(c.fees_minor, 0) end,
        case when c.total_minor is not null then coalesce(c.discount_minor, 0) end,
        c.total_minor,
        max(c.total_minor) over (partition by i.section_id, i.tier_id),
        -- A cart that is missing is of a section whose dates are all over.
        case when c.cart_id is null then 'date_past' else c.refusal end
    from unnest(v_items) as i
    left join carts as c on i.cart_id = c.cart_id
    left join catalog.section_tiers as t
        on t.studio_id = v_studio_id and i.section_id = t.section_id and i.tier_id = t.id
    order by i.section_id, t.position, t.code, c.total_minor, i.cart_id;
end;
$$;
alter function pricing.section_prices(bigint, timestamptz) owner to pricing;
comment on function pricing.section_prices(bigint, timestamptz) is
$$What each open section of a term costs a new student who takes nothing else.

All of them are priced in one call. See api.section_prices().$$;
