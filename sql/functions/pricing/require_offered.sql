create or replace function pricing.require_offered(
    p_plan pricing.payment_plans, p_items pricing.basket_item[]
)
returns void
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    -- A cart without any standard class is one of programs, or of what is sold by the date.
    if
        p_plan.auto_pay
        and (
            select bool_and(not i.auto_pay_offered)
            from unnest(p_items) as i
            where i.price_mode = 'standard' and not i.enrolled
        )
    then
        perform ops.fail('plan_not_offered', jsonb_build_object('plan', p_plan.label));
    end if;
end;
$$;
alter function pricing.require_offered(
    pricing.payment_plans, pricing.basket_item[]
) owner to pricing;
comment on function pricing.require_offered(pricing.payment_plans, pricing.basket_item[]) is
$$Refuse a plan with auto-pay where no division of the standard classes offers it.

Raises plan_not_offered.$$;
