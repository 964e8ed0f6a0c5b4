create or replace function messaging.note_attempt(
    p_message messaging.messages,
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
    -- The provider has had this key with other words: so the first of them did arrive.
    v_sent constant boolean
    := p_sent or (p_provider_status = 409 and p_error = 'invalid_idempotent_request');
    -- Whoever it is to has answered STOP, and we have not heard of it: no later try can arrive.
    v_stopped constant boolean := p_message.channel = 'sms' and p_error = '21610';
    -- It may have arrived although nobody said so. E-mail is known by its key, a text is not: two
    -- are better than none, and enough.
    v_given_up constant boolean
    := p_message.attempts >= (studio.settings_of()).message_attempts
    or (
        p_message.channel = 'sms'
        and p_message.attempts >= 2
        and (
            p_error like 'perhaps sent: %'
            or p_error = 'lease ran out'
            or p_provider_status between 200 and 299
        )
    );
begin
    insert into messaging.delivery_attempts (
        studio_id, message_id, outcome, provider_status, error
    )
    values (
        p_message.studio_id,
        p_message.id,
        case when v_sent then 'sent' else 'failed' end,
        p_provider_status,
        left(p_error, 200)
    );
    update messaging.messages as m
    set
        status = case
            when v_sent then 'sent'
            when v_stopped then 'suppressed'
            when v_given_up then 'failed'
            else 'queued'
        end,
        sent_at = case when v_sent then now() end,
        provider_id = coalesce(p_provider_id, m.provider_id),
        last_error = left(p_error, 200),
        lease_token = null,
        leased_until = null,
        -- 10, 20, 40 … seconds, at most an hour
        next_attempt_at
        = clock_timestamp()
        + least(interval '1 hour', interval '5 seconds' * 2 ^ p_message.attempts)
    where m.studio_id = p_message.studio_id and m.id = p_message.id;
    if v_stopped then
        perform messaging.suppress('sms', a.phone, 'stopped')
        from identity.accounts as a
        where a.id = p_message.account_id and a.phone is not null;
    end if;
    -- The provider may have told of it before its answer was here.
    update messaging.receipts as r
    set studio_id = p_message.studio_id, message_id = p_message.id
    where r.provider_id = p_provider_id and r.message_id is null;
    perform messaging.follow_receipts(p_message.id);
end;
$$;
alter function messaging.note_attempt(messaging.messages, boolean, integer, text, text)
owner to messaging;
comment on function messaging.note_attempt(messaging.messages, boolean, integer, text, text) is
$$Keep a try to send a message, and decide whether it is sent, tried again later, or given up.$$;
