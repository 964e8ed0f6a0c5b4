create or replace function pricing.price_baskets(
    p_items pricing.basket_item[],
    p_orders pricing.basket_order[],
    p_plan pricing.payment_plans,
    p_as_of timestamptz,
    p_engine_version integer default pricing.engine_version()
)
returns pricing.line[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Here so that what is set below ends with this function.
set plan_cache_mode = 'auto'
set enable_nestloop = 'on'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_lines pricing.line [];
    v_rest pricing.basket_item [];
    v_modes constant text [] := array(
        select distinct i.price_mode from unnest(p_items) as i where not i.enrolled
    );
    v_unpriced record;
    v_divisions pricing.student_division [];
    v_discounts constant pricing.discounts [] := array(
        select d
        from pricing.discounts as d
        where
            d.studio_id = v_studio_id
            and d.term_id in (select i.term_id from unnest(p_items) as i)
            and p_as_of >= d.valid_from
            and (d.superseded_at is null or d.superseded_at > p_as_of)
            and (d.available_from is null or p_as_of >= d.available_from)
            and (d.available_until is null or p_as_of < d.available_until)
        order by d.kind = 'flat', d.position, d.code, d.id
    );
    v_discount_sections constant jsonb := (
        select jsonb_object_agg(s.discount_id, s.section_ids)
        from (
            select s.discount_id, jsonb_agg(s.section_id) as section_ids
            from pricing.discount_sections as s
            where
                s.studio_id = v_studio_id
                and s.discount_id in (select d.id from unnest(v_discounts) as d)
            group by s.discount_id
        ) as s
    );
    v_coupons constant pricing.coupons [] := array(
        select c
        from pricing.coupons as c
        where
            c.studio_id = v_studio_id
            and p_as_of >= c.valid_from
            and (c.superseded_at is null or c.superseded_at > p_as_of)
            and (
                c.code in (select upper(o.coupon_code) from unnest(p_orders) as o)
                or c.code is null
            )
        order by c.id
    );
    v_coupon_sections constant jsonb := (
        select jsonb_object_agg(s.coupon_id, s.section_ids)
        from (
            select s.coupon_id, jsonb_agg(s.section_id) as section_ids
            from pricing.coupon_sections as s
            where
                s.studio_id = v_studio_id
                and s.coupon_id in (select c.id from unnest(v_coupons) as c)
            group by s.coupon_id
        ) as s
    );
    v_fee_rules constant pricing.fee_rules [] := array(
        select f
        from pricing.fee_rules as f
        where
            f.studio_id = v_studio_id
            and p_as_of >= f.valid_from
            and (f.superseded_at is null or f.superseded_at > p_as_of)
    );
    v_program_prices constant jsonb := (
        select jsonb_object_agg(p.term_id || ':' || p.program_id, to_jsonb(p))
        from pricing.program_prices as p
        where
            p.studio_id = v_studio_id
            and p_as_of >= p.valid_from
            and (p.superseded_at is null or p.superseded_at > p_as_of)
    );
    v_order record;
    v_line pricing.line;
    v_more pricing.line [];
begin
    -- For one cart plans that are kept and look into indexes are best. For many carts each join of
    -- facts with facts must be hashed, which the planner, who can't see into arrays, must be told.
    if cardinality(p_items) > 200 then
        perform
            set_config('plan_cache_mode', 'force_custom_plan', true),
            set_config('enable_nestloop', 'off', true);
    end if;
    v_divisions := array(select d from pricing.priced_divisions(p_items) as d);
    v_lines := array(
        select l from pricing.override_lines(p_items, p_as_of) as l
    );
    -- What an override prices is taken out of the tables; it keeps its fees. A program is paid
    -- once: the override of one of its classes is its price.
    v_rest := p_items;
    if cardinality(v_lines) > 0 then
        v_rest := array(
            select i
            from unnest(p_items) as i
            where
                not exists (
                    select
                    from unnest(v_lines) as l
                    inner join unnest(p_items) as o
                        on
                            l.cart_id = o.cart_id
                            and l.student_id = o.student_id
                            and l.section_id = o.section_id
                    where
                        l.cart_id = i.cart_id
                        and l.student_id = i.student_id
                        and (l.section_id = i.section_id or o.program_id = i.program_id)
                )
        );
        v_lines := array(
            select l from unnest(v_lines) as l where not (l.basis ->> 'enrolled')::boolean
        );
    end if;
    v_lines := v_lines
    || array(
        select l
        from pricing.rate_lines(v_rest, v_divisions, p_as_of, p_engine_version) as l
    );
    if 'program' = any(v_modes) then
        v_lines := v_lines || array(select l from pricing.program_lines(v_rest, p_as_of) as l);
    end if;
    if 'tiered' = any(v_modes) then
        v_lines := v_lines || array(select l from pricing.tier_lines(v_rest, p_as_of) as l);
    end if;
    if 'drop_in' = any(v_modes) then
        v_lines := v_lines || array(select l from pricing.drop_in_lines(v_rest, p_as_of) as l);
    end if;
    -- A missing price is a refusal, never a price of 0.
    select i.student_id, i.section_id, k.title into v_unpriced
    from unnest(v_rest) as i
    inner join catalog.classes as k on k.studio_id = v_studio_id and i.class_id = k.id
    where
        not i.enrolled
        and not exists (
            select
            from unnest(v_lines) as l
            where
                l.cart_id = i.cart_id
                and l.student_id = i.student_id
                and (
                    (i.price_mode = 'standard' and l.kind = 'tuition')
                    or (
                        i.price_mode = 'program'
                        and l.kind = 'program'
                        and l.basis -> 'sections' @> to_jsonb(i.section_id)
                    )
                    or (
                        l.section_id = i.section_id
                        and (i.price_mode, l.kind) in (('tiered', 'tier'), ('drop_in', 'drop_in'))
                    )
                )
        )
    limit 1;
    if found then
        perform ops.fail('price_missing', to_jsonb(v_unpriced));
    end if;
    v_lines := v_lines
    || array(select l from pricing.fee_lines(p_items, v_divisions, p_as_of) as l);
    v_more := '{}';
    for v_order in
        select i.items, coalesce(r.items, '{}') as rest, coalesce(l.lines, '{}') as lines
        from (
            select p.cart_id, array_agg(p order by p.student_id, p.section_id) as items
            from unnest(p_items) as p
            group by p.cart_id
        ) as i
        left join (
            select p.cart_id, array_agg(p order by p.student_id, p.section_id) as items
            from unnest(v_rest) as p
            group by p.cart_id
        ) as r on i.cart_id = r.cart_id
        left join (
            select
                (p.line).cart_id, -- noqa
                array_agg(p.line order by p.n) as lines
            from (
                select (a, b, c, d, e, f, g, h, i, j)::pricing.line as line, n
                from unnest(v_lines) with ordinality as u (a, b, c, d, e, f, g, h, i, j, n)
            ) as p
            group by (p.line).cart_id
        ) as l on i.cart_id = l.cart_id
        order by i.cart_id
    loop
        foreach v_line in array pricing.discount_lines(
            v_order.items, v_order.rest, v_order.lines, v_discounts, v_discount_sections,
            v_fee_rules, v_program_prices
        ) loop
            v_more := array_append(v_more, v_line);
        end loop;
    end loop;
    v_lines := v_lines || v_more
    || array(select l from pricing.add_on_lines(p_items, p_as_of) as l);
    v_lines := v_lines
    || array(
        select l
        from pricing.family_discount_lines(p_items, v_lines, p_orders, p_as_of) as l
    );
    v_lines := v_lines
    || array(
        select l from pricing.plan_fee_lines(p_items, v_lines, p_orders, p_plan) as l
    );
    v_more := '{}';
    for v_order in
        select i.items, o.basket_order, coalesce(l.lines, '{}') as lines
        from (
            select p.cart_id, array_agg(p order by p.student_id, p.section_id) as items
            from unnest(p_items) as p
            group by p.cart_id
        ) as i
        left join (
            select p.cart_id, p as basket_order from unnest(p_orders) as p
        ) as o on i.cart_id = o.cart_id
        left join (
            select
                (p.line).cart_id, -- noqa
                array_agg(p.line order by p.n) as lines
            from (
                select (a, b, c, d, e, f, g, h, i, j)::pricing.line as line, n
                from unnest(v_lines) with ordinality as u (a, b, c, d, e, f, g, h, i, j, n)
            ) as p
            group by (p.line).cart_id
        ) as l on i.cart_id = l.cart_id
        order by i.cart_id
    loop
        foreach v_line in array pricing.coupon_lines(
            v_order.items, v_order.lines, v_order.basket_order, v_coupons, v_coupon_sections,
            v_fee_rules, v_program_prices, p_as_of
        ) loop
            v_more := array_append(v_more, v_line);
        end loop;
    end loop;
    v_lines := v_lines || v_more;
    v_lines := v_lines
    || array(select l from pricing.adjustment_lines(p_items, v_lines, p_orders) as l);
    return v_lines || array(select l from pricing.credit_lines(v_lines, p_orders) as l);
end;
$$;
alter function pricing.price_baskets(
    pricing.basket_item[], pricing.basket_order[], pricing.payment_plans, timestamptz, integer
) owner to pricing;
comment on function pricing.price_baskets(
    pricing.basket_item[], pricing.basket_order[], pricing.payment_plans, timestamptz, integer
) is
$$The pricing pipeline: every line of one cart or of many, from facts and an instant's rules.

Each stage returns its own lines and changes none of an earlier stage. What an earlier engine did
otherwise is done as it did for a quote of its own. Raises rate_missing, price_missing,
division_mixed, add_on_unknown, and why a coupon that was entered does not apply (coupon_…).$$;
