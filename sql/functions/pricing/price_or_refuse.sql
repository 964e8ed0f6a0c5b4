create or replace function pricing.price_or_refuse(
    p_items pricing.basket_item[],
    p_orders pricing.basket_order[],
    p_plan pricing.payment_plans,
    p_as_of timestamptz
)
returns table (
    cart_id bigint, refusal text, kind text, code text, amount_minor bigint, rule_table text
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_refusal text;
    v_middle bigint;
begin
    begin
        return query
        select l.cart_id, null::text, l.kind, l.code, l.amount_minor, l.rule_table
        from unnest(pricing.price_baskets(p_items, p_orders, p_plan, p_as_of)) as l;
        return;
    exception
        when sqlstate 'PGRST' then
            v_refusal := sqlerrm::jsonb ->> 'code';
    end;
    if cardinality(p_orders) = 1 then
        return query
        select p_orders[1].cart_id, v_refusal, null::text, null::text, null::bigint,
            null::text;
        return;
    end if;
    -- Whose it was is found by halves, so that a few refusals don't make all others slow.
    select percentile_disc(0.5) within group (order by o.cart_id) into strict v_middle
    from unnest(p_orders) as o;
    return query
    select r.*
    from pricing.price_or_refuse(
        array(select i from unnest(p_items) as i where i.cart_id <= v_middle),
        array(select o from unnest(p_orders) as o where o.cart_id <= v_middle),
        p_plan,
        p_as_of
    ) as r
    union all
    select r.*
    from pricing.price_or_refuse(
        array(select i from unnest(p_items) as i where i.cart_id > v_middle),
        array(select o from unnest(p_orders) as o where o.cart_id > v_middle),
        p_plan,
        p_as_of
    ) as r;
end;
$$;
alter function pricing.price_or_refuse(
    pricing.basket_item[], pricing.basket_order[], pricing.payment_plans, timestamptz
) owner to pricing;
comment on function pricing.price_or_refuse(
    pricing.basket_item[], pricing.basket_order[], pricing.payment_plans, timestamptz
) is
$$The lines of many carts as pricing.price_baskets() makes them; one without a price fails alone.

Such a cart has one row: the code of its refusal, and no amount. For reports.$$;
