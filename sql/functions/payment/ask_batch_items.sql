create or replace function payment.ask_batch_items(p_batch payment.batches)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if exists (
        select
        from payment.gateway_calls as c
        where
            c.studio_id = p_batch.studio_id
            and c.merchant_account_id = p_batch.merchant_account_id
            and c.purpose = 'list_batch_transactions'
            and c.resource = p_batch.id::text
            and c.status in ('queued', 'claimed')
    ) then
        return 0;
    end if;
    perform payment.queue_call(
        p_batch.merchant_account_id,
        'list_batch_transactions',
        '/transactions?limit=200&filter=batch_eq_' || p_batch.gateway_id,
        p_resource => p_batch.id::text
    );
    return 1;
end;
$$;
alter function payment.ask_batch_items(payment.batches) owner to payment;
comment on function payment.ask_batch_items(payment.batches) is
$$Ask the gateway for the transactions of a batch, unless that is under way.

Answers how many calls.$$;
