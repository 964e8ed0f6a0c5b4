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
    with orders as (
        select i.cart_id
        from unnest(p_items) as i
        where not i.enrolled
        group by i.cart_id
        having not bool_and(coalesce(i.plan_fee_waived, false))
    ),

    sums as (
        select l.cart_id
        from unnest(p_lines) as l
        group by l.cart_id
        having sum(l.amount_minor) > 0
    )

    select
        o.cart_id,
        null::bigint,
        'plan_fee',
        p_plan.code,
        null::bigint,
        jsonb_build_object(
            'installments', n.installments,
            'fee_per_installment_minor', p_plan.fee_per_installment_minor
        ),
        n.installments * p_plan.fee_per_installment_minor,
        'pricing.payment_plans',
        p_plan.id,
        p_plan.version
    from orders as o
    inner join sums as s on o.cart_id = s.cart_id
    inner join (
        select r.cart_id, pricing.installments(p_plan, r.ordered_on) as installments
        from unnest(p_orders) as r
    ) as n on o.cart_id = n.cart_id;
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
