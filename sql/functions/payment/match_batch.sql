create or replace function payment.match_batch(p_batch_id bigint)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- A batch has every family's transactions.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_batch payment.batches;
    v_item record;
    v_payment_id bigint;
    v_asked integer := 0;
begin
    select b.* into strict v_batch
    from payment.batches as b
    where b.studio_id = v_studio_id and b.id = p_batch_id
    for no key update;
    with found as materialized (
        select t.id
        from payment.batch_items as i
        inner join payment.transactions as t
            on i.studio_id = t.studio_id and i.gateway_id = t.gateway_id
        where
            i.studio_id = v_studio_id
            and i.batch_id = v_batch.id
            and t.merchant_account_id = v_batch.merchant_account_id
            and t.batch_id is null
            and t.type = i.type
            and t.amount_minor = i.amount_minor
            and t.currency = i.currency
            and t.state = i.state
        order by t.id
        for no key update of t
    )

    update payment.transactions as t
    set batch_id = v_batch.id
    from found as f
    where t.studio_id = v_studio_id and t.id = f.id;
    -- What we have not heard of yet, or not that it has come so far, is asked about one by one: so
    -- it is taken over in the way of everything that the gateway says of a transaction.
    for v_item in
        select i.*, t.payment_id
        from payment.batch_items as i
        left join payment.transactions as t
            on
                i.studio_id = t.studio_id
                and i.gateway_id = t.gateway_id
                and t.merchant_account_id = v_batch.merchant_account_id
        where
            i.studio_id = v_studio_id
            and i.batch_id = v_batch.id
            and (t.id is null or t.state_rank < payment.state_rank(i.state))
        order by i.gateway_id
    loop
        v_payment_id := coalesce(
            v_item.payment_id,
            payment.match_payment(
                v_batch.merchant_account_id,
                'fetch_transaction',
                jsonb_build_object(
                    'id', v_item.gateway_id,
                    'orderReference', v_item.reference,
                    'parentTransaction', v_item.parent_gateway_id
                )
            )
        );
        if
            v_payment_id is not null
            and not exists (
                select
                from payment.gateway_calls as c
                where
                    c.studio_id = v_studio_id
                    and c.payment_id = v_payment_id
                    and c.purpose = 'fetch_transaction'
                    and c.path = '/transactions/' || v_item.gateway_id
                    and c.status in ('queued', 'claimed')
            )
        then
            perform payment.queue_call(
                v_batch.merchant_account_id,
                'fetch_transaction',
                '/transactions/' || v_item.gateway_id,
                null,
                v_payment_id
            );
            v_asked := v_asked + 1;
        end if;
    end loop;
    update payment.batches as b
    set matched_at = now()
    where
        b.studio_id = v_studio_id
        and b.id = v_batch.id
        and b.matched_at is null
        and b.read_at is not null
        and not exists (
            select from payment.batch_differences(v_batch)
        );
    return v_asked;
end;
$$;
alter function payment.match_batch(bigint) owner to payment;
comment on function payment.match_batch(bigint) is
$$Compare a batch with our transactions, and ask the gateway about those that lag behind.

Those that agree are marked as of this batch; it is matched once nothing differs any more. Answers
how many questions.$$;
