create or replace function messaging.queue_staff_message(
    p_template_code text, p_dedupe_key text, p_details jsonb default '{}'
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
        studio_id, account_id, channel, template_code, dedupe_key, details
    )
    select
        auth.studio_id(),
        a.id,
        'email',
        p_template_code,
        p_dedupe_key || ':' || a.id,
        p_details
    from studio.staff_account_ids() as s (account_id)
    inner join identity.accounts as a on s.account_id = a.id
    where a.status = 'active'
    on conflict on constraint messages_dedupe_key_key do nothing;
    get diagnostics v_count = row_count;
    return v_count;
end;
$$;
alter function messaging.queue_staff_message(text, text, jsonb) owner to messaging;
comment on function messaging.queue_staff_message(text, text, jsonb) is
$$Queue an e-mail to everybody who works in the studio's office.

The same dedupe key queues it once. details: ids and days that its words are about. No family may be
in scope: the message is nobody's.$$;
