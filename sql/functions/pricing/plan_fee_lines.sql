create or replace function pricing.plan_fee_lines(
    p_items pricing.basket_item[],
    p_lines pricing.line[],
    p_orders pricing.basket_order[],
    p_plan pricing.payment_plans
)
returns setof pricing.line
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if p_plan.fee_per_installment_minor = 0 then
        return;
    end if;
    return query
    select
        i.cart_id,
        null::bigint,
        'plan_fee',
        p_plan.code,
        null::bigint,
        jsonb_build_object(
            'installments', o.installments,
            'fee_per_installment_minor', p_plan.fee_per_installment_minor
        ),
        o.installments * p_plan.fee_per_installment_minor,
        'pricing.payment_plans',
        p_plan.id,
        p_plan.version
    from unnest(p_items) as i
    inner join (
        select r.cart_id, pricing.installments(p_plan, r.ordered_on) as installments
        from unnest(p_orders) as r
    ) as o on i.cart_id = o.cart_id
    where not i.enrolled
    group by i.cart_id, o.installments
    having
        not bool_and(coalesce(i.plan_fee_waived, false))
        and (
            select sum(l.amount_minor) > 0
            from unnest(p_lines) as l
            where l.cart_id = i.cart_id
        );
end;
$$;
alter function pricing.plan_fee_lines(
    pricing.basket_item[], pricing.line[], pricing.basket_order[], pricing.payment_plans
) owner to pricing;
comment on function pricing.plan_fee_lines(
    pricing.basket_item[], pricing.line[], pricing.basket_order[], pricing.payment_plans
) is
$$Family stage: the fee of paying in parts, once an order, inside the total before it is split.

None where nothing is due, and none for orders made only of programs that waive it.$$;
