create or replace function payment.ask_batches()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_account payment.merchant_accounts;
    v_batch payment.batches;
    v_asked integer := 0;
begin
    for v_account in
        select m.*
        from payment.merchant_accounts as m
        where
            m.studio_id = auth.studio_id()
            and m.status = 'active'
            -- One list at a time, page by page.
            and not exists (
                select
                from payment.gateway_calls as c
                where
                    c.studio_id = m.studio_id
                    and c.merchant_account_id = m.id
                    and c.purpose = 'list_batches'
                    and c.status in ('queued', 'claimed')
            )
        order by m.id
    loop
        perform payment.queue_call(
            v_account.id,
            'list_batches',
            '/batches?limit=200&filter=createdAt_ge_'
            || to_char(payment.batches_since(v_account), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        );
        v_asked := v_asked + 1;
    end loop;
    for v_batch in
        select b.*
        from payment.batches as b
        where b.studio_id = auth.studio_id() and b.matched_at is null and b.state <> 'submitted'
        order by b.id
    loop
        v_asked := v_asked + case
            when v_batch.read_at is null then payment.ask_batch_items(v_batch)
            else payment.match_batch(v_batch.id)
        end;
    end loop;
    return v_asked;
end;
$$;
alter function payment.ask_batches() owner to payment;
grant execute on function payment.ask_batches() to scheduler;
comment on function payment.ask_batches() is
$$Job: ask the gateway for its batches since the last one we saw; answers how many questions.

And for what belongs to those that do not agree with the ledger yet.$$;
