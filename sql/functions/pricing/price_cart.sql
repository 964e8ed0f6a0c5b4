create or replace function pricing.price_cart(
    p_cart_id bigint, p_coupon_code text, p_plan pricing.payment_plans, p_as_of timestamptz
)
returns table (
    items pricing.basket_item[],
    orders pricing.basket_order[],
    lines pricing.line[],
    total_minor bigint
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_item pricing.basket_item;
    v_is_empty boolean := true;
begin
    items := pricing.basket(array[p_cart_id], p_as_of);
    foreach v_item in array items
    loop
        v_is_empty := v_is_empty and v_item.enrolled;
    end loop;
    if v_is_empty then
        perform ops.fail('cart_empty');
    end if;
    if p_plan.auto_pay then
        perform pricing.require_offered(p_plan, items);
    end if;
    orders := pricing.basket_orders(array[p_cart_id], p_coupon_code, p_as_of);
    lines := pricing.price_baskets(items, orders, p_plan, p_as_of);
    total_minor := pricing.sum_minor(lines);
    return next;
end;
$$;
alter function pricing.price_cart(
    bigint, text, pricing.payment_plans, timestamptz
) owner to pricing;
comment on function pricing.price_cart(bigint, text, pricing.payment_plans, timestamptz) is
$$The price of one cart now: facts, lines and total in minor units.

Writes nothing. Raises cart_empty, plan_not_offered (a plan with auto-pay, and all standard classes
of divisions that don't offer it) and what the pipeline raises.$$;
