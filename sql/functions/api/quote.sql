create or replace function api.quote(
    cart_id bigint,
    coupon_code text default null,
    plan_code text default null,
    auto_pay boolean default null
)
returns json
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_code constant text := nullif(btrim(quote.coupon_code), '');
    v_family_id bigint;
    v_cart enrollment.carts;
    v_refusal text;
    v_plan pricing.payment_plans;
    v_quote_id bigint;
begin
    perform auth.require('customer', 'staff');
    v_family_id := auth.require_family();
    select c.* into v_cart
    from enrollment.carts as c
    where
        c.studio_id = auth.studio_id()
        and c.family_id = v_family_id
        and c.id = quote.cart_id;
    if not found then
        perform ops.fail('cart_not_found');
    elsif v_cart.status <> 'open' then
        perform ops.fail('cart_closed');
    end if;
    if v_code is not null then
        v_refusal := pricing.coupon_refusal(v_family_id, v_code);
        if v_refusal is not null then
            -- A failed guess is counted, so it is answered and not raised.
            return ops.counted_failure(v_refusal)::json;
        end if;
    end if;
    perform pricing.lock_rules(false);
    v_plan := pricing.plan_of(v_cart.term_id, quote.plan_code, quote.auto_pay, now());
    -- A statement of its own: a stable function reads as of the start of its statement.
    v_quote_id := pricing.store_quote(v_cart.id, v_code, v_plan, now());
    return (
        select row_to_json(a)
        from (
            select d.*, enrollment.cart_findings(v_cart.id, now()) as findings
            from pricing.quote_document(v_quote_id) as d
        ) as a
    );
end;
$$;
alter function api.quote(bigint, text, text, boolean) owner to pricing;
grant execute on function api.quote(bigint, text, text, boolean) to customer;
grant execute on function api.quote(bigint, text, text, boolean) to staff;
comment on function api.quote(bigint, text, text, boolean) is
$$Price a cart: lines by student with subtotals, family lines, total, schedule, findings.

For the family, and for staff with the header X-Family. Amounts in minor units. plan_code and
auto_pay choose how it is paid; neither: in full. Checkout takes the answer's quote_id.
plan_code custom: in the parts that staff arranged for the cart.
coupon_code: in any case; a family can't enter many that don't exist.
Errors: cart_not_found, cart_closed, cart_empty, plan_unknown, plan_not_offered, schedule_invalid,
rate_missing, price_missing, division_mixed, add_on_unknown, family_required; for a coupon
too_many_attempts, coupon_not_found, coupon_inactive, coupon_not_yet_valid, coupon_expired, coupon_used_up, coupon_used_by_family,
coupon_not_applicable, coupon_not_stackable.$$;
