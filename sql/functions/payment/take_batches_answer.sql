create or replace function payment.take_batches_answer(
    p_call payment.gateway_calls, p_status integer, p_answer jsonb
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_batch payment.batches;
    v_seen_until timestamptz;
    v_next constant text := substring(p_answer ->> 'next' from '\?([^\s#]+)$');
begin
    if p_status <> 200 then
        return;
    end if;
    for v_batch in
        insert into payment.batches as b (
            studio_id, merchant_account_id, gateway_id, state, debits_minor, debit_count,
            credits_minor, credit_count, net_minor, currency, opened_at, read_at, matched_at
        )
        select
            p_call.studio_id,
            p_call.merchant_account_id,
            i.item ->> 'id',
            coalesce(i.item ->> 'state', 'unknown'),
            payment.batch_amount(i.item -> 'debits'),
            (i.item #>> '{debits,count}')::integer,
            payment.batch_amount(i.item -> 'credits'),
            (i.item #>> '{credits,count}')::integer,
            payment.batch_amount(i.item -> 'net'),
            i.item #>> '{net,total,currencyCode}',
            t."createdAt",
            -- One that failed has no transactions any more: another one has.
            case i.item ->> 'state' when 'failed' then now() end,
            case i.item ->> 'state' when 'failed' then now() end
        from jsonb_array_elements(p_answer -> 'items') with ordinality as i (item, position)
        cross join lateral jsonb_to_record(i.item) as t ("createdAt" timestamptz)
        -- Oldest first, as they came.
        order by i.position desc
        on conflict on constraint batches_gateway_id_key do update
            set
                state = excluded.state,
                debits_minor = excluded.debits_minor,
                debit_count = excluded.debit_count,
                credits_minor = excluded.credits_minor,
                credit_count = excluded.credit_count,
                net_minor = excluded.net_minor,
                currency = excluded.currency,
                read_at = excluded.read_at,
                matched_at = excluded.matched_at
            -- What was settled, rejected or failed stays so.
            where b.state not in ('settled', 'rejected', 'failed')
        returning b.*
    loop
        if v_batch.state in ('settled', 'rejected') then
            perform payment.ask_batch_items(v_batch);
        end if;
    end loop;
    -- The newest are on the first page: that is how far the list goes, once its last page is read.
    select greatest(max(i."createdAt"), max(c.seen_until)) into v_seen_until
    from jsonb_to_recordset(p_answer -> 'items') as i ("createdAt" timestamptz)
    full join jsonb_to_record(jsonb_build_object('seen_until', p_call.resource)) as c (
        seen_until timestamptz
    ) on false;
    if v_next is not null then
        perform payment.queue_call(
            p_call.merchant_account_id,
            'list_batches',
            '/batches?' || v_next,
            p_resource => v_seen_until::text
        );
    elsif v_seen_until is not null then
        insert into payment.batch_cursors as n (studio_id, merchant_account_id, seen_until)
        values (p_call.studio_id, p_call.merchant_account_id, v_seen_until)
        on conflict on constraint batch_cursors_pkey do update
            set seen_until = excluded.seen_until
            where n.seen_until < excluded.seen_until;
    end if;
end;
$$;
alter function payment.take_batches_answer(payment.gateway_calls, integer, jsonb)
owner to payment;
comment on function payment.take_batches_answer(payment.gateway_calls, integer, jsonb) is
$$Take over a page of the gateway's list of batches; ask for the next, or note how far it was read.

Of each that is settled or rejected by now its transactions are asked for.$$;
