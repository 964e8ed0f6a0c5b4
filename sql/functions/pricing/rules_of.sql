create or replace function pricing.rules_of(
    p_items pricing.basket_item[],
    p_orders pricing.basket_order[],
    p_as_of timestamptz,
    p_engine_version integer
)
returns table (
    divisions jsonb,
    overrides jsonb,
    class_prices jsonb,
    rates jsonb,
    program_prices jsonb,
    tier_prices jsonb,
    date_prices jsonb,
    fee_rules pricing.fee_rules[],
    discounts pricing.discounts[],
    discount_sections jsonb,
    add_ons jsonb,
    family_discounts pricing.family_discounts[],
    coupons pricing.coupons[],
    coupon_sections jsonb
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_asked record;
begin
    -- Many carts name the same sections again and again.
    select
        array_agg(s.term_id) as term_ids,
        array_agg(s.section_id) as section_ids,
        array_agg(s.class_id) filter (where s.price_mode = 'standard') as class_ids,
        array_agg(s.division_id) filter (where s.division_id is not null) as division_ids,
        array_agg(s.location_id) filter (where s.location_id is not null) as location_ids,
        array_agg(s.program_id) filter (where s.program_id is not null) as program_ids,
        array_agg(s.tier_id) filter (where s.tier_id is not null) as tier_ids,
        array_agg(s.section_id) filter (where s.price_mode = 'drop_in') as dated_ids
    into v_asked
    from (
        select distinct
            i.term_id, i.section_id, i.class_id, i.price_mode, i.division_id, i.location_id,
            i.program_id, i.tier_id
        from unnest(p_items) as i
    ) as s;

    select
        coalesce(
            jsonb_object_agg(d.id, jsonb_build_object('code', d.code, 'name', d.name)), '{}'
        )
    into divisions
    from catalog.divisions as d
    where d.studio_id = v_studio_id and d.id = any(v_asked.division_ids);

    select
        coalesce(
            jsonb_object_agg(
                concat_ws(':', o.student_id, o.section_id),
                jsonb_build_object('id', o.id, 'version', 1, 'amount_minor', o.amount_minor)
            ),
            '{}'
        )
    into overrides
    from pricing.overrides as o
    where
        o.studio_id = v_studio_id
        and o.family_id in (select i.family_id from unnest(p_items) as i)
        and p_as_of >= o.valid_from
        and (o.superseded_at is null or o.superseded_at > p_as_of);

    select
        coalesce(
            jsonb_object_agg(
                p.class_id,
                jsonb_build_object(
                    'id', p.id, 'version', p.version, 'amount_minor', p.amount_minor
                )
            ),
            '{}'
        )
    into class_prices
    from pricing.class_prices as p
    where
        p.studio_id = v_studio_id
        and p.class_id = any(v_asked.class_ids)
        and p_as_of >= p.valid_from
        and (p.superseded_at is null or p.superseded_at > p_as_of);

    -- A row each, and the lists that locations have of their own.
    select
        coalesce(
            jsonb_object_agg(
                concat_ws(
                    ':', r.term_id, coalesce(r.location_id, 0), r.division_id, r.weekly_count
                ),
                jsonb_build_object(
                    'id', r.id,
                    'version', r.version,
                    'step_minor', r.amount_minor,
                    'amount_minor', r.amount_minor
                )
            ) filter (where r.division_id = any(v_asked.division_ids)),
            '{}'
        )
        || coalesce(
            jsonb_object_agg(concat_ws(':', r.term_id, r.location_id), true)
            filter (where r.location_id = any(v_asked.location_ids)),
            '{}'
        )
    into rates
    from pricing.rates as r
    where
        r.studio_id = v_studio_id
        and r.term_id = any(v_asked.term_ids)
        and p_as_of >= r.valid_from
        and (r.superseded_at is null or r.superseded_at > p_as_of);

    program_prices := '{}';
    if v_asked.program_ids is not null then
        select
            coalesce(
                jsonb_object_agg(
                    concat_ws(':', p.term_id, p.program_id),
                    jsonb_build_object(
                        'id', p.id,
                        'version', p.version,
                        'code', g.code,
                        'amount_minor', p.amount_minor,
                        'registration_fee_minor', p.registration_fee_minor
                    )
                ),
                '{}'
            )
        into program_prices
        from pricing.program_prices as p
        inner join catalog.programs as g on p.studio_id = g.studio_id and p.program_id = g.id
        where
            p.studio_id = v_studio_id
            and p.term_id = any(v_asked.term_ids)
            and p.program_id = any(v_asked.program_ids)
            and p_as_of >= p.valid_from
            and (p.superseded_at is null or p.superseded_at > p_as_of);
    end if;

    tier_prices := '{}';
    if v_asked.tier_ids is not null then
        select
            coalesce(
                jsonb_object_agg(
                    p.tier_id,
                    jsonb_build_object(
                        'id', p.id,
                        'version', p.version,
                        'code', t.code,
                        'amount_minor', p.amount_minor
                    )
                ),
                '{}'
            )
        into tier_prices
        from catalog.section_tiers as t
        inner join pricing.tier_prices as p
            on
                t.studio_id = p.studio_id
                and t.section_id = p.section_id
                and t.id = p.tier_id
        where
            t.studio_id = v_studio_id
            and t.id = any(v_asked.tier_ids)
            and p_as_of >= p.valid_from
            and (p.superseded_at is null or p.superseded_at > p_as_of);
    end if;

    date_prices := '{}';
    if v_asked.dated_ids is not null then
        select
            coalesce(
                jsonb_object_agg(
                    concat_ws(':', p.section_id, p.held_on),
                    jsonb_build_object(
                        'id', p.id, 'version', p.version, 'amount_minor', p.amount_minor
                    )
                ),
                '{}'
            )
        into date_prices
        from pricing.date_prices as p
        where
            p.studio_id = v_studio_id
            and p.section_id = any(v_asked.dated_ids)
            and (
                p.held_on is null
                or p.held_on in (
                    select d.held_on
                    from unnest(p_items) as i
                    cross join lateral unnest(i.dates) as d (held_on)
                )
            )
            and p_as_of >= p.valid_from
            and (p.superseded_at is null or p.superseded_at > p_as_of);
    end if;

    fee_rules := array(
        select f
        from pricing.fee_rules as f
        where
            f.studio_id = v_studio_id
            and f.term_id = any(v_asked.term_ids)
            and p_as_of >= f.valid_from
            and (f.superseded_at is null or f.superseded_at > p_as_of)
        -- Fees of one position came as they were made, in engines up to 3.
        order by f.position, case when p_engine_version < 4 then f.id end, f.code
    );

    discounts := array(
        select d
        from pricing.discounts as d
        where
            d.studio_id = v_studio_id
            and d.term_id = any(v_asked.term_ids)
            and p_as_of >= d.valid_from
            and (d.superseded_at is null or d.superseded_at > p_as_of)
            and (d.available_from is null or p_as_of >= d.available_from)
            and (d.available_until is null or p_as_of < d.available_until)
        order by d.kind = 'flat', d.position, d.code, d.id
    );
    discount_sections := '{}';
    if discounts <> '{}' then
        select coalesce(jsonb_object_agg(s.discount_id, s.section_ids), '{}')
        into discount_sections
        from (
            select s.discount_id, jsonb_agg(s.section_id) as section_ids
            from pricing.discount_sections as s
            where
                s.studio_id = v_studio_id
                and s.discount_id in (select d.id from unnest(discounts) as d)
            group by s.discount_id
        ) as s;
    end if;

    select coalesce(jsonb_object_agg(a.section_id, a.of_section), '{}') into add_ons
    from (
        select
            a.section_id,
            jsonb_agg(
                jsonb_build_object(
                    'id', a.id,
                    'version', a.version,
                    'code', a.code,
                    'amount_minor', a.amount_minor,
                    'required', a.required
                )
                order by a.position, a.code
            ) as of_section
        from pricing.add_ons as a
        where
            a.studio_id = v_studio_id
            and a.section_id = any(v_asked.section_ids)
            and p_as_of >= a.valid_from
            and (a.superseded_at is null or a.superseded_at > p_as_of)
        group by a.section_id
    ) as a;

    family_discounts := array(
        select d
        from pricing.family_discounts as d
        where
            d.studio_id = v_studio_id
            and d.term_id = any(v_asked.term_ids)
            and p_as_of >= d.valid_from
            and (d.superseded_at is null or d.superseded_at > p_as_of)
    );

    coupons := array(
        select c
        from pricing.coupons as c
        where
            c.studio_id = v_studio_id
            and p_as_of >= c.valid_from
            and (c.superseded_at is null or c.superseded_at > p_as_of)
            and (
                c.code in (select upper(o.coupon_code) from unnest(p_orders) as o)
                or (c.code is null and c.term_id = any(v_asked.term_ids))
            )
        order by c.id
    );
    coupon_sections := '{}';
    if coupons <> '{}' then
        select coalesce(jsonb_object_agg(s.coupon_id, s.section_ids), '{}')
        into coupon_sections
        from (
            select s.coupon_id, jsonb_agg(s.section_id) as section_ids
            from pricing.coupon_sections as s
            where
                s.studio_id = v_studio_id
                and s.coupon_id in (select c.id from unnest(coupons) as c)
            group by s.coupon_id
        ) as s;
    end if;
    return next;
end;
$$;
alter function pricing.rules_of(
    pricing.basket_item[], pricing.basket_order[], timestamptz, integer
) owner to pricing;
comment on function pricing.rules_of(
    pricing.basket_item[], pricing.basket_order[], timestamptz, integer
) is
$$The rules of an instant that carts can be concerned by: read once, however many carts there are.

What is looked up is an object by key, joined with ":" where it has several parts: divisions by id;
overrides by student and section; class_prices by class; rates by term, location (0: all
that have no list), division and count, and each location with a list by term and location;
program_prices by term and program; tier_prices by tier; date_prices by section and date, without
date for every date; discount_sections, coupon_sections: what a rule is limited to; add_ons by
section, in their order. The others are in the order in which they apply.$$;
