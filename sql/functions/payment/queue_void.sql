create or replace function payment.queue_void(p_transaction_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_transaction payment.transactions;
begin
    select t.* into strict v_transaction
    from payment.transactions as t
    where t.studio_id = auth.studio_id() and t.id = p_transaction_id;
    if not exists (
        select
        from payment.gateway_calls as c
        where
            c.studio_id = v_transaction.studio_id
            and c.payment_id = v_transaction.payment_id
            and c.purpose = 'void_transaction'
            and c.body ->> 'parentTransaction' = v_transaction.gateway_id
            and c.status in ('queued', 'claimed', 'answered')
    ) then
        perform payment.queue_call(
            v_transaction.merchant_account_id,
            'void_transaction',
            '/transactions',
            jsonb_build_object('type', 'void', 'parentTransaction', v_transaction.gateway_id),
            v_transaction.payment_id
        );
    end if;
end;
$$;
alter function payment.queue_void(bigint) owner to payment;
comment on function payment.queue_void(bigint) is
$$Give back an authorization that nothing may be confirmed with, once.$$;
