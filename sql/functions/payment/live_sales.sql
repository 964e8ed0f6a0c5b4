create or replace function payment.live_sales(p_payment_id bigint)
returns setof payment.transactions
language sql
stable
as $$
    select t.*
    from payment.transactions as t
    where
        t.studio_id = (select auth.studio_id())
        and t.payment_id = p_payment_id
        and t.type = 'sale'
        and t.is_authorized
        and t.state in ('authorized', 'captured', 'settled', 'settlementDelayed')
$$;
alter function payment.live_sales(bigint) owner to payment;
comment on function payment.live_sales(bigint) is
$$The sales of a payment by which money is with us or on its way.

Inlined into its callers, so it has no SET clause.$$;
