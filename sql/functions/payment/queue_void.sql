create or replace function payment.queue_void(p_sale payment.transactions)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_failed bigint;
    v_enough boolean;
begin
    select
        count(*) filter (where c.status = 'failed'),
        -- Under way, done, or refused by the gateway, which asking again would not change.
        coalesce(bool_or(c.status <> 'failed'), false)
    into v_failed, v_enough
    from payment.gateway_calls as c
    where
        c.studio_id = p_sale.studio_id
        and c.payment_id = p_sale.payment_id
        and c.purpose = 'void_transaction'
        and c.body ->> 'parentTransaction' = p_sale.gateway_id;
    if not v_enough and v_failed < (studio.settings_of()).call_attempts then
        perform payment.queue_call(
            p_sale.merchant_account_id,
            'void_transaction',
            '/transactions',
            jsonb_build_object('type', 'void', 'parentTransaction', p_sale.gateway_id),
            p_sale.payment_id
        );
    end if;
end;
$$;
alter function payment.queue_void(payment.transactions) owner to payment;
comment on function payment.queue_void(payment.transactions) is
$$Give back a sale that confirmed nothing: once, and again only where no answer came.$$;
