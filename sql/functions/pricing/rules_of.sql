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
    rates pricing.rates[],
    program_prices jsonb,
    tier_prices jsonb,
    date_prices jsonb,
    fee_rules pricing.fee_rules[],
    discounts pricing.discounts[],
    discount_sections jsonb,
    add_ons pricing.add_ons[],
    add_on_section_ids bigint[],
    family_discounts pricing.family_discounts[],
    coupons pricing.coupons[],
    coupon_sections jsonb
)
language plpgsql
stable
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_item pricing.basket_item;
    v_order pricing.basket_order;
    v_held_on date;
    v_code text;
    -- What the items and orders ask for.
    v_term_ids bigint [] := array[]::bigint[];
    v_family_ids bigint [] := array[]::bigint[];
    v_division_ids bigint [] := array[]::bigint[];
    v_program_ids bigint [] := array[]::bigint[];
    v_section_ids bigint [] := array[]::bigint[];
    v_class_ids bigint [] := array[]::bigint[];
    v_tiered_ids bigint [] := array[]::bigint[];
    v_dated_ids bigint [] := array[]::bigint[];
    v_dates date [] := array[]::date[];
    v_codes text [] := array[]::text[];
    v_any_overrides boolean;
    v_any_class_prices boolean;
    v_any_discount_sections boolean;
    v_any_coupon_sections boolean;
begin
    foreach v_item in array p_items
    loop
        if v_item.term_id <> all(v_term_ids) then
            v_term_ids := array_append(v_term_ids, v_item.term_id);
        end if;
        if v_item.family_id is distinct from v_family_ids[cardinality(v_family_ids)] then
            v_family_ids := array_append(v_family_ids, v_item.family_id);
        end if;
        if v_item.division_id is not null and v_item.division_id <> all(v_division_ids) then
            v_division_ids := array_append(v_division_ids, v_item.division_id);
        end if;
        if v_item.program_id is not null and v_item.program_id <> all(v_program_ids) then
            v_program_ids := array_append(v_program_ids, v_item.program_id);
        end if;
        v_section_ids := array_append(v_section_ids, v_item.section_id);
        v_class_ids := array_append(v_class_ids, v_item.class_id);
        if v_item.price_mode = 'tiered' then
            v_tiered_ids := array_append(v_tiered_ids, v_item.section_id);
        elsif v_item.price_mode = 'drop_in' then
            v_dated_ids := array_append(v_dated_ids, v_item.section_id);
            foreach v_held_on in array coalesce(v_item.dates, '{}')
            loop
                v_dates := array_append(v_dates, v_held_on);
            end loop;
        end if;
    end loop;
    foreach v_order in array p_orders
    loop
        v_code := upper(v_order.coupon_code);
        if v_code is not null and v_code <> all(v_codes) then
            v_codes := array_append(v_codes, v_code);
        end if;
    end loop;
    -- Many carts name the same sections again and again.
    if cardinality(v_section_ids) > 100 then
        v_section_ids := array(select distinct u.id from unnest(v_section_ids) as u (id));
        v_class_ids := array(select distinct u.id from unnest(v_class_ids) as u (id));
        v_tiered_ids := array(select distinct u.id from unnest(v_tiered_ids) as u (id));
        v_dated_ids := array(select distinct u.id from unnest(v_dated_ids) as u (id));
        v_dates := array(select distinct u.held_on from unnest(v_dates) as u (held_on));
    end if;

    -- One statement: to start one costs more than what each of these finds.
    select
        (
            select
                coalesce(
                    jsonb_object_agg(
                        d.id, jsonb_build_object('code', d.code, 'name', d.name)
                    ),
                    '{}'
                )
            from catalog.divisions as d
            where d.studio_id = v_studio_id and d.id = any(v_division_ids)
        ),
        -- Of locations that have a list of their own it matters that they have one, too.
        array(
            select r
            from pricing.rates as r
            where
                r.studio_id = v_studio_id
                and r.term_id = any(v_term_ids)
                and (r.division_id = any(v_division_ids) or r.location_id is not null)
                and p_as_of >= r.valid_from
                and (r.superseded_at is null or r.superseded_at > p_as_of)
        ),
        array(
            select f
            from pricing.fee_rules as f
            where
                f.studio_id = v_studio_id
                and f.term_id = any(v_term_ids)
                and p_as_of >= f.valid_from
                and (f.superseded_at is null or f.superseded_at > p_as_of)
            -- Fees of one position came as they were made, in engines up to 3.
            order by f.position, case when p_engine_version < 4 then f.id end, f.code
        ),
        array(
            select d
            from pricing.discounts as d
            where
                d.studio_id = v_studio_id
                and d.term_id = any(v_term_ids)
                and p_as_of >= d.valid_from
                and (d.superseded_at is null or d.superseded_at > p_as_of)
                and (d.available_from is null or p_as_of >= d.available_from)
                and (d.available_until is null or p_as_of < d.available_until)
            order by d.kind = 'flat', d.position, d.code, d.id
        ),
        array(
            select a
            from pricing.add_ons as a
            where
                a.studio_id = v_studio_id
                and a.section_id = any(v_section_ids)
                and p_as_of >= a.valid_from
                and (a.superseded_at is null or a.superseded_at > p_as_of)
            order by a.section_id, a.position, a.code
        ),
        array(
            select d
            from pricing.family_discounts as d
            where
                d.studio_id = v_studio_id
                and d.term_id = any(v_term_ids)
                and p_as_of >= d.valid_from
                and (d.superseded_at is null or d.superseded_at > p_as_of)
        ),
        array(
            select c
            from pricing.coupons as c
            where
                c.studio_id = v_studio_id
                and p_as_of >= c.valid_from
                and (c.superseded_at is null or c.superseded_at > p_as_of)
                and (
                    c.code = any(v_codes)
                    or (c.code is null and c.term_id = any(v_term_ids))
                )
            order by c.id
        ),
        -- Few studios, or families, have any of these.
        exists (
            select
            from pricing.overrides as o
            where o.studio_id = v_studio_id and o.family_id = any(v_family_ids)
        ),
        exists (
            select
            from pricing.class_prices as p
            where p.studio_id = v_studio_id and p.class_id = any(v_class_ids)
        ),
        exists (select from pricing.discount_sections as s where s.studio_id = v_studio_id),
        exists (select from pricing.coupon_sections as s where s.studio_id = v_studio_id)
    into
        divisions, rates, fee_rules, discounts, add_ons, family_discounts, coupons,
        v_any_overrides, v_any_class_prices, v_any_discount_sections, v_any_coupon_sections;
    add_on_section_ids := array[]::bigint[];
    for v_number in 1..cardinality(add_ons)
    loop
        add_on_section_ids
        := array_append(add_on_section_ids, add_ons[v_number].section_id);
    end loop;

    program_prices := '{}';
    if cardinality(v_program_ids) > 0 then
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
            and p.term_id = any(v_term_ids)
            and p.program_id = any(v_program_ids)
            and p_as_of >= p.valid_from
            and (p.superseded_at is null or p.superseded_at > p_as_of);
    end if;

    tier_prices := '{}';
    if cardinality(v_tiered_ids) > 0 then
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
        from pricing.tier_prices as p
        inner join catalog.section_tiers as t on p.studio_id = t.studio_id and p.tier_id = t.id
        where
            p.studio_id = v_studio_id
            and p.section_id = any(v_tiered_ids)
            and p_as_of >= p.valid_from
            and (p.superseded_at is null or p.superseded_at > p_as_of);
    end if;

    date_prices := '{}';
    if cardinality(v_dated_ids) > 0 then
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
            and p.section_id = any(v_dated_ids)
            and (p.held_on is null or p.held_on = any(v_dates))
            and p_as_of >= p.valid_from
            and (p.superseded_at is null or p.superseded_at > p_as_of);
    end if;

    overrides := '{}';
    if v_any_overrides then
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
            and o.family_id = any(v_family_ids)
            and p_as_of >= o.valid_from
            and (o.superseded_at is null or o.superseded_at > p_as_of);
    end if;
    class_prices := '{}';
    if v_any_class_prices then
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
            and p.class_id = any(v_class_ids)
            and p_as_of >= p.valid_from
            and (p.superseded_at is null or p.superseded_at > p_as_of);
    end if;
    discount_sections := '{}';
    if v_any_discount_sections then
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
    coupon_sections := '{}';
    if v_any_coupon_sections then
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
overrides by student and section; class_prices by class; program_prices by term and program;
tier_prices by tier; date_prices by section and date, without date for every date;
discount_sections, coupon_sections: what a rule is limited to. rates: of the divisions asked for, and
all of locations that have lists of their own. add_ons: by section, in their order;
add_on_section_ids: the section of each. The others are in the order in which they apply.$$;
