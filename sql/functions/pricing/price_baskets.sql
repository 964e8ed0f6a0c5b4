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
as $$
declare
    v_named_divisions jsonb;
    v_overrides jsonb;
    v_class_prices jsonb;
    v_rates pricing.rates [];
    v_program_prices jsonb;
    v_tier_prices jsonb;
    v_date_prices jsonb;
    v_fee_rules pricing.fee_rules [];
    v_discounts pricing.discounts [];
    v_discount_sections jsonb;
    v_add_ons pricing.add_ons [];
    v_add_on_section_ids bigint [];
    v_family_discounts pricing.family_discounts [];
    v_coupons pricing.coupons [];
    v_coupon_sections jsonb;
    v_all_lines pricing.line [] := array[]::pricing.line[];
    v_item pricing.basket_item := p_items[1];
    v_next pricing.basket_item;
    v_items pricing.basket_item [] := array[]::pricing.basket_item[];
    v_modes text [] := array[]::text[];
    v_order pricing.basket_order;
    v_order_number integer := 1;
    v_lines pricing.line [];
    v_rest pricing.basket_item [];
    v_divisions pricing.student_division [];
    v_runs pricing.weekly_run [];
    v_more pricing.line [];
    v_total_minor bigint;
begin
    if not pricing.are_sorted(p_items, p_orders) then
        return pricing.price_baskets(
            array(
                select i
                from unnest(p_items) as i
                order by i.cart_id, i.student_id, i.section_id, i.enrolled, i.dates
            ),
            array(select o from unnest(p_orders) as o order by o.cart_id),
            p_plan,
            p_as_of,
            p_engine_version
        );
    end if;
    select
        r.divisions, r.overrides, r.class_prices, r.rates, r.program_prices, r.tier_prices,
        r.date_prices, r.fee_rules, r.discounts, r.discount_sections, r.add_ons,
        r.add_on_section_ids, r.family_discounts, r.coupons, r.coupon_sections
    into
        v_named_divisions, v_overrides, v_class_prices, v_rates, v_program_prices, v_tier_prices,
        v_date_prices, v_fee_rules, v_discounts, v_discount_sections, v_add_ons,
        v_add_on_section_ids, v_family_discounts, v_coupons, v_coupon_sections
    from pricing.rules_of(p_items, p_orders, p_as_of, p_engine_version) as r;
    -- Order by order: a hundred thousand cost a hundred thousand times as much as one, no more.
    for v_number in 1..cardinality(p_items)
    loop
        v_items := array_append(v_items, v_item);
        v_modes := array_append(v_modes, v_item.price_mode);
        v_next := p_items[v_number + 1];
        if v_item.cart_id = v_next.cart_id then
            v_item := v_next;
            continue;
        end if;
        while p_orders[v_order_number].cart_id < v_item.cart_id
        loop
            v_order_number := v_order_number + 1;
        end loop;
        v_order := p_orders[v_order_number];
        if v_order.cart_id is distinct from v_item.cart_id then
            raise exception 'cart % has no order', v_item.cart_id;
        end if;

        v_divisions := pricing.priced_divisions(v_items, v_named_divisions);
        v_rest := v_items;
        v_runs := array[]::pricing.weekly_run[];
        v_lines := array[]::pricing.line[];
        if v_overrides <> '{}' or v_class_prices <> '{}' then
            v_lines := pricing.override_lines(v_items, v_overrides, v_class_prices);
            v_rest := pricing.items_left(v_items, v_lines);
            v_lines := array(
                select l from unnest(v_lines) as l where not (l.basis -> 'enrolled')::boolean
            );
        end if;
        if 'standard' = any(v_modes) then
            v_runs := pricing.weekly_runs(v_rest);
            v_lines := v_lines || pricing.rate_lines(
                v_rest, v_runs, v_divisions, v_named_divisions, v_rates, p_engine_version
            );
        end if;
        if 'program' = any(v_modes) then
            v_lines := v_lines || pricing.program_lines(v_rest, v_program_prices);
        end if;
        if 'tiered' = any(v_modes) then
            v_lines := v_lines || pricing.tier_lines(v_rest, v_tier_prices);
        end if;
        if 'drop_in' = any(v_modes) then
            v_lines := v_lines || pricing.drop_in_lines(v_rest, v_date_prices);
        end if;
        v_lines := v_lines
        || pricing.fee_lines(
            v_items, v_divisions, v_fee_rules, v_program_prices, p_engine_version
        );
        if cardinality(v_discounts) > 0 then
            v_lines := v_lines || pricing.discount_lines(
                v_items,
                v_rest,
                v_runs,
                v_lines,
                v_discounts,
                v_discount_sections,
                v_fee_rules,
                v_program_prices,
                p_engine_version
            );
        end if;
        v_lines := v_lines || pricing.add_on_lines(v_items, v_add_ons, v_add_on_section_ids);

        -- Those of the whole order are one line each, if any, and depend on what is due so far.
        v_total_minor := pricing.sum_minor(v_lines);
        if cardinality(v_family_discounts) > 0 then
            v_more := pricing.family_discount_lines(
                v_items, v_total_minor, v_order, v_family_discounts
            );
            v_lines := v_lines || v_more;
            v_total_minor := v_total_minor + coalesce(v_more[1].amount_minor, 0);
        end if;
        if p_plan.fee_per_installment_minor > 0 then
            v_more := pricing.plan_fee_lines(v_items, v_total_minor, v_order, p_plan);
            v_lines := v_lines || v_more;
            v_total_minor := v_total_minor + coalesce(v_more[1].amount_minor, 0);
        end if;
        if cardinality(v_coupons) > 0 or v_order.coupon_code is not null then
            v_lines := v_lines || pricing.coupon_lines(
                v_items,
                v_lines,
                v_total_minor,
                v_order,
                v_coupons,
                v_coupon_sections,
                v_fee_rules,
                v_program_prices,
                p_as_of
            );
        end if;
        if
            cardinality(v_order.adjustment_ids) > 0 or cardinality(v_order.line_override_ids) > 0
        then
            v_lines := v_lines || array(
                select l
                from pricing.adjustment_lines(v_items, v_lines, array[v_order]) as l
            );
        end if;
        if v_order.credit_minor > 0 then
            v_lines := v_lines || pricing.credit_lines(v_lines, v_order);
        end if;

        if v_order_number = 1 and v_next.cart_id is null then
            return v_lines;
        end if;
        for v_line_number in 1..cardinality(v_lines)
        loop
            v_all_lines := array_append(v_all_lines, v_lines[v_line_number]);
        end loop;
        v_item := v_next;
        v_items := array[]::pricing.basket_item[];
        v_modes := array[]::text[];
    end loop;
    return v_all_lines;
end;
$$;
alter function pricing.price_baskets(
    pricing.basket_item[], pricing.basket_order[], pricing.payment_plans, timestamptz, integer
) owner to pricing;
comment on function pricing.price_baskets(
    pricing.basket_item[], pricing.basket_order[], pricing.payment_plans, timestamptz, integer
) is
$$The pricing pipeline: every line of one cart or of many, from facts and an instant's rules.

The rules are read once, then each order is priced by itself. Each stage returns its own lines and
changes none of an earlier stage. What an earlier engine did otherwise is done as it did for a quote
of its own. p_items, p_orders: in any order, one order for each cart. Raises
rate_missing, price_missing, division_mixed, add_on_unknown, and why a coupon that was entered does
not apply (coupon_…).$$;
