create or replace function pricing.store_quote(
    p_cart_id bigint, p_coupon_code text, p_plan pricing.payment_plans, p_as_of timestamptz
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_price record;
    v_balance_days integer;
    v_schedule_id bigint;
    v_quote_id bigint;
begin
    select p.* into strict v_price
    from pricing.price_cart(p_cart_id, p_coupon_code, p_plan, p_as_of) as p;
    if p_plan.kind in ('deposit_flat', 'deposit_percent') then
        v_balance_days := (studio.settings_of(p_plan.term_id)).balance_days;
    elsif p_plan.kind = 'custom' then
        select s.id into v_schedule_id
        from pricing.custom_schedules as s
        where s.studio_id = v_studio_id and s.cart_id = p_cart_id and s.superseded_at is null;
    end if;
    insert into pricing.quotes (
        studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at, engine_version,
        inputs, total_minor, lines, parts
    )
    values (
        v_studio_id,
        (v_price.items[1]).family_id,
        p_cart_id,
        p_plan.term_id,
        p_plan.id,
        p_plan.auto_pay,
        p_as_of,
        pricing.engine_version(),
        jsonb_build_object('items', v_price.items, 'orders', v_price.orders),
        v_price.total_minor,
        v_price.lines,
        pricing.schedule(
            v_price.total_minor,
            p_plan,
            (v_price.orders[1]).ordered_on,
            v_balance_days,
            v_schedule_id
        )
    )
    returning id into strict v_quote_id;
    return v_quote_id;
end;
$$;
alter function pricing.store_quote(
    bigint, text, pricing.payment_plans, timestamptz
) owner to pricing;
comment on function pricing.store_quote(bigint, text, pricing.payment_plans, timestamptz) is
$$Price a cart and keep the quote with its lines and parts; answers the quote's id.$$;
