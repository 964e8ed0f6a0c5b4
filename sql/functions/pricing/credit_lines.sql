create or replace function pricing.credit_lines(
    p_lines pricing.line[], p_order pricing.basket_order
)
returns pricing.line[]
language plpgsql
immutable
parallel safe
as $$
declare
    v_due_minor constant bigint := pricing.sum_minor(p_lines);
begin
    if v_due_minor <= 0 then
        return array[]::pricing.line[];
    end if;
    return array[
        (
            p_order.cart_id,
            null,
            'credit',
            'credit',
            null,
            jsonb_build_object('due_minor', v_due_minor),
            - least(p_order.credit_minor, v_due_minor),
            'enrollment.carts',
            p_order.cart_id,
            1
        )::pricing.line
    ];
end;
$$;
alter function pricing.credit_lines(pricing.line[], pricing.basket_order) owner to pricing;
comment on function pricing.credit_lines(pricing.line[], pricing.basket_order) is
$$Last stage: what the family has left of its credits, where it chose to spend it.

Never more than is due. The rule is the choice on the cart: one line may spend several credits, and
which ones is settled at checkout.$$;
