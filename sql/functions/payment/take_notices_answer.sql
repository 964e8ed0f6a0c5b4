create or replace function payment.take_notices_answer(
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
    v_account payment.merchant_accounts;
    v_notice jsonb;
    v_seen_until timestamptz;
    v_next constant text := substring(p_answer ->> 'next' from '\?([^\s#]+)$');
begin
    if p_status <> 200 then
        return;
    end if;
    select m.* into strict v_account
    from payment.merchant_accounts as m
    where m.id = p_call.merchant_account_id;
    for v_notice in
        -- Oldest first, as they would have been delivered.
        select i.item
        from jsonb_array_elements(p_answer -> 'items') with ordinality as i (item, position)
        order by i.position desc
    loop
        begin
            perform payment.record_notice(v_account, v_notice, p_is_listed => true);
        exception
            -- One that can't be read must not hide the others; delivered, it is refused as well.
            when sqlstate 'PGRST' or data_exception then
                raise warning 'a listed notice of merchant account % is malformed', v_account.id;
        end;
    end loop;
    -- The newest are on the first page: that is how far the list goes, once its last page is read.
    select greatest(max(i."createdAt"), max(c.seen_until)) into v_seen_until
    from jsonb_to_recordset(p_answer -> 'items') as i ("createdAt" timestamptz)
    full join jsonb_to_record(jsonb_build_object('seen_until', p_call.resource)) as c (
        seen_until timestamptz
    ) on false;
    if v_next is not null then
        perform payment.queue_call(
            v_account.id,
            'list_notifications',
            '/notifications?' || v_next,
            p_resource => v_seen_until::text
        );
    elsif v_seen_until is not null then
        insert into payment.notice_cursors as n (studio_id, merchant_account_id, seen_until)
        values (v_account.studio_id, v_account.id, v_seen_until)
        on conflict on constraint notice_cursors_pkey do update
            set seen_until = excluded.seen_until
            where n.seen_until < excluded.seen_until;
    end if;
end;
$$;
alter function payment.take_notices_answer(payment.gateway_calls, integer, jsonb)
owner to payment;
comment on function payment.take_notices_answer(payment.gateway_calls, integer, jsonb) is
$$Take over a page of the gateway's list of notices; ask for the next, or note how far it was read.

Each notice is recorded as if it had been delivered; those that were change nothing.$$;
