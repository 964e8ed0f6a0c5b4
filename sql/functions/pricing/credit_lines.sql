create or replace function pricing.credit_lines(
    p_lines pricing.line[], p_orders pricing.basket_order[]
)
returns setof pricing.line
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if not exists (select from unnest(p_orders) as o where o.credit_minor > 0) then
        return;
    end if;
    return query
    select
        o.cart_id,
        null::bigint,
        'credit',
        'credit',
        null::bigint,
        jsonb_build_object('due_minor', s.due_minor),
        - least(o.credit_minor, s.due_minor),
        'enrollment.carts',
        o.cart_id,
        1
    from unnest(p_orders) as o
    inner join (
        select l.cart_id, sum(l.amount_minor)::bigint as due_minor
        from unnest(p_lines) as l
        group by l.cart_id
    ) as s on o.cart_id = s.cart_id
    where o.credit_minor > 0 and s.due_minor > 0;
end;
$$;
alter function pricing.credit_lines(pricing.line[], pricing.basket_order[]) owner to pricing;
comment on function pricing.credit_lines(pricing.line[], pricing.basket_order[]) is
$$Last stage: what the family has left of its credits, where it chose to spend it.

Never more than is due. The rule is the choice on the cart: one line may spend several credits, and
which ones is settled at checkout.$$;
