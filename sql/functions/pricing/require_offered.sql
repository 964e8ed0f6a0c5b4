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
declare
    v_item pricing.basket_item;
    -- A cart without any standard class is one of programs, or of what is sold by the date.
    v_is_offered boolean;
begin
    if not p_plan.auto_pay then
        return;
    end if;
    foreach v_item in array p_items
    loop
        if v_item.price_mode = 'standard' and not v_item.enrolled then
            v_is_offered := coalesce(v_is_offered, false) or v_item.auto_pay_offered;
        end if;
    end loop;
    if not v_is_offered then
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
