create or replace function messaging.record_receipt(
    p_provider text,
    p_event_key text,
    p_kind text,
    p_code text default null,
    p_provider_id text default null,
    p_send_key uuid default null
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_receipt_id bigint;
    v_studio_id integer;
    v_message_id bigint;
begin
    perform messaging.lock_provider_id(p_provider_id);
    insert into messaging.receipts as r (provider, event_key, kind, code, provider_id)
    values (
        p_provider,
        p_event_key,
        p_kind,
        case when p_code ~ '^[A-Za-z0-9_.-]{1,64}$' then p_code end,
        p_provider_id
    )
    on conflict on constraint receipts_event_key_key do nothing
    returning r.id into v_receipt_id;
    if not found then
        return false;
    end if;
    for v_studio_id in select s.id from studio.active_studio_ids() as s (id)
    loop
        exit when p_provider_id is null;
        perform auth.enter_studio(v_studio_id);
        select m.id into v_message_id
        from messaging.messages as m
        where
            m.studio_id = v_studio_id
            and (m.provider_id = p_provider_id or m.send_key = p_send_key)
        order by m.id
        limit 1;
        if found then
            update messaging.receipts as r
            set studio_id = v_studio_id, message_id = v_message_id
            where r.id = v_receipt_id;
            perform messaging.follow_receipts(v_message_id);
            exit;
        end if;
    end loop;
    return true;
end;
$$;
alter function messaging.record_receipt(text, text, text, text, text, uuid) owner to messaging;
comment on function messaging.record_receipt(text, text, text, text, text, uuid) is
$$Keep what a provider told, once, and let the message it is about follow.

Answers false for a repeat. One that comes before its message is known waits for
messaging.note_attempt().$$;
