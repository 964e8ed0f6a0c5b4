create or replace function payment.fetch_noticed(p_event payment.gateway_events)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform payment.queue_call(
        p_event.merchant_account_id,
        case p_event.resource_type
            when 'transaction' then 'fetch_transaction'
            when 'paymentSession' then 'fetch_session'
            when 'paymentLink' then 'list_link_transactions'
        end,
        case p_event.resource_type
            when 'transaction' then '/transactions/'
            when 'paymentSession' then '/payment-sessions/'
            when 'paymentLink' then '/transactions?limit=200&filter=paymentLink_eq_'
        end
        || p_event.resource_id,
        null,
        null,
        p_event.id
    );
end;
$$;
alter function payment.fetch_noticed(payment.gateway_events) owner to payment;
comment on function payment.fetch_noticed(payment.gateway_events) is
$$Queue the fetch of what a notice points at, by its id at our own host.$$;
