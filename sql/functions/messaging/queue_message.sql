create or replace function messaging.queue_message(
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
        g.studio_id,
        g.family_id,
        g.account_id,
        c.channel,
        p_template_code,
        p_registration_id,
        p_dedupe_key || ':' || c.channel,
        p_details
    from identity.guardians as g
    cross join (values ('email'), ('sms')) as c (channel)
    where
        g.studio_id = auth.studio_id()
        and g.family_id = p_family_id
        and g.is_primary
        and (c.channel = 'email' or messaging.may_text(g.family_id, g.account_id))
    on conflict on constraint messages_dedupe_key_key do nothing;
    get diagnostics v_count = row_count;
    return v_count;
end;
$$;
alter function messaging.queue_message(bigint, text, text, bigint, jsonb) owner to messaging;
comment on function messaging.queue_message(bigint, text, text, bigint, jsonb) is
$$Queue a message to a family's primary guardian: by e-mail, and by SMS where that may be.

The same dedupe key queues it once. details: ids and times that its words are about.$$;
