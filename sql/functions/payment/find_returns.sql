create or replace function payment.find_returns(p_refund_id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_sale payment.transactions;
begin
    select t.* into strict v_sale
    from payment.refunds as r
    inner join payment.transactions as t
        on r.studio_id = t.studio_id and r.transaction_id = t.id
    where r.studio_id = auth.studio_id() and r.id = p_refund_id;
    if exists (
        select
        from payment.gateway_calls as c
        where
            c.studio_id = v_sale.studio_id
            and c.refund_id = p_refund_id
            and c.status in ('queued', 'claimed')
    ) then
        return false;
    end if;
    perform payment.queue_call(
        v_sale.merchant_account_id,
        'find_returns',
        '/transactions?limit=200&filter=parentTransaction_eq_' || v_sale.gateway_id,
        null,
        v_sale.payment_id,
        p_refund_id => p_refund_id
    );
    return true;
end;
$$;
alter function payment.find_returns(bigint) owner to payment;
comment on function payment.find_returns(bigint) is
$$Ask the gateway what it has given back of a refund's sale; true: nobody was asking already.

Before anything is sent again whose outcome is not known.$$;
