create or replace function messaging.follow_receipts(p_message_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_message messaging.messages;
    v_kind text;
    -- From what was merely taken to what can't be taken back: a text that was sent twice is
    -- delivered when one of them was.
    v_order constant text [] := array['sent', 'failed', 'delivered', 'bounced', 'complained'];
begin
    select m.* into strict v_message
    from messaging.messages as m
    where m.studio_id = auth.studio_id() and m.id = p_message_id
    for no key update;
    select r.kind into v_kind
    from messaging.receipts as r
    where
        r.studio_id = v_message.studio_id
        and r.message_id = v_message.id
        and r.kind = any(v_order)
    order by array_position(v_order, r.kind) desc
    limit 1;
    if
        not found
        -- Who sends it stores the outcome, and comes here.
        or v_message.status = 'sending'
        or v_message.status = 'suppressed'
        or (
            v_message.sent_at is not null
            and array_position(v_order, v_kind) <= array_position(v_order, v_message.status)
        )
    then
        return;
    end if;
    update messaging.messages as m
    set status = v_kind, sent_at = coalesce(m.sent_at, now())
    where m.studio_id = v_message.studio_id and m.id = v_message.id;
end;
$$;
alter function messaging.follow_receipts(bigint) owner to messaging;
comment on function messaging.follow_receipts(bigint) is
$$Let a message become what its provider has told of it, in whatever order that came.

It only goes forward. One that was thought not to have arrived is sent after all, and not sent
again.$$;
