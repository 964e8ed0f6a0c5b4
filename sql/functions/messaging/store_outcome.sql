create or replace function messaging.store_outcome(
    p_studio_id integer,
    p_message_id bigint,
    p_lease_token uuid,
    p_sent boolean,
    p_provider_status integer,
    p_provider_id text,
    p_error text
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_message messaging.messages;
begin
    perform auth.enter_studio(p_studio_id);
    perform messaging.lock_provider_id(p_provider_id);
    select m.* into v_message
    from messaging.messages as m
    where
        m.studio_id = p_studio_id
        and m.id = p_message_id
        and m.status = 'sending'
        and m.lease_token = p_lease_token
    for no key update;
    if not found then
        perform ops.fail('message_not_yours');
    end if;
    perform messaging.note_attempt(
        v_message, p_sent, p_provider_status, p_provider_id, p_error
    );
end;
$$;
alter function messaging.store_outcome(
    integer, bigint, uuid, boolean, integer, text, text
) owner to messaging;
grant execute on function messaging.store_outcome(
    integer, bigint, uuid, boolean, integer, text, text
) to thin_api;
comment on function messaging.store_outcome(
    integer, bigint, uuid, boolean, integer, text, text
) is
$$Say what the provider answered to a claimed message.

For login thin_api. Errors: message_not_yours.$$;
