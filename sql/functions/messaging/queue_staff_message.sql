create or replace function messaging.queue_staff_message(
    p_family_id bigint,
    p_template_code text,
    p_dedupe_key text,
    p_registration_id bigint default null,
    p_details jsonb default '{}'
)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_count integer;
begin
    insert into messaging.messages (
        studio_id, family_id, account_id, channel, template_code, registration_id, dedupe_key,
        details
    )
    select
        auth.studio_id(), p_family_id, s.account_id, 'email', p_template_code, p_registration_id,
        p_dedupe_key || ':' || s.account_id, p_details
    from studio.staff_account_ids() as s (account_id)
    on conflict on constraint messages_dedupe_key_key do nothing;
    get diagnostics v_count = row_count;
    return v_count;
end;
$$;
alter function messaging.queue_staff_message(bigint, text, text, bigint, jsonb) owner to messaging;
comment on function messaging.queue_staff_message(bigint, text, text, bigint, jsonb) is
$$Queue an e-mail to everybody who works in the office, about a family or about none (null).

The family does not see it. The same dedupe key queues it once. details: ids and times that its
words are about. About none: no family may be in scope.$$;
