create or replace function pricing.plan_fee_lines(
    p_items pricing.basket_item[],
    p_subtotal_minor bigint,
    p_order pricing.basket_order,
    p_plan pricing.payment_plans
)
returns pricing.line[]
language plpgsql
immutable
parallel safe
as $$
declare
    v_item pricing.basket_item;
    v_is_waived boolean := true;
    v_installments integer;
begin
    foreach v_item in array p_items
    loop
        v_is_waived := v_is_waived and (v_item.enrolled or coalesce(v_item.plan_fee_waived, false));
    end loop;
    if v_is_waived or p_subtotal_minor <= 0 then
        return array[]::pricing.line[];
    end if;
    v_installments := pricing.installments(p_plan, p_order.ordered_on);
    return array[
        (
            p_order.cart_id,
            null,
            'plan_fee',
            p_plan.code,
            null,
            jsonb_build_object(
                'installments', v_installments,
                'fee_per_installment_minor', p_plan.fee_per_installment_minor
            ),
            v_installments * p_plan.fee_per_installment_minor,
            'pricing.payment_plans',
            p_plan.id,
            p_plan.version
        )::pricing.line
    ];
end;
$$;
alter function pricing.plan_fee_lines(
    pricing.basket_item[], bigint, pricing.basket_order, pricing.payment_plans
) owner to pricing;
comment on function pricing.plan_fee_lines(
    pricing.basket_item[], bigint, pricing.basket_order, pricing.payment_plans
) is
$$Family stage: the fee of paying in parts, once an order, inside the total before it is split.

None where nothing is due so far, and none for orders made only of programs that waive it.$$;
