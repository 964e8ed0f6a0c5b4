create or replace function messaging.receive_mail_event(p_event_key text, p_body text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_body jsonb;
    v_data jsonb;
    v_type text;
    v_bounce_type text;
    v_to text;
    v_is_final boolean;
begin
    begin
        v_body := p_body::jsonb;
    exception
        when data_exception or program_limit_exceeded then
            perform ops.fail('notice_malformed');
    end;
    v_data := v_body -> 'data';
    v_type := v_body ->> 'type';
    if
        coalesce(p_event_key, '') !~ '^[A-Za-z0-9_.-]{1,255}$'
        or coalesce(v_type, '') !~ '^[a-z_.]{1,64}$'
        or jsonb_typeof(v_data) is distinct from 'object'
    then
        perform ops.fail('notice_malformed');
    end if;
    v_bounce_type := case
        when jsonb_typeof(v_data -> 'bounce') = 'object' then v_data -> 'bounce' ->> 'type'
    end;
    if
        not messaging.record_receipt(
            'resend',
            p_event_key,
            case v_type
                when 'email.sent' then 'sent'
                when 'email.delivered' then 'delivered'
                when 'email.bounced' then 'bounced'
                when 'email.suppressed' then 'bounced'
                when 'email.complained' then 'complained'
                when 'email.failed' then 'failed'
                else 'other'
            end,
            coalesce(v_bounce_type, v_type),
            case
                when v_data ->> 'email_id' ~ '^[A-Za-z0-9-]{1,64}$' then v_data ->> 'email_id'
            end
        )
    then
        return;
    end if;
    -- A mailbox that is full may have room tomorrow.
    v_is_final := v_type in ('email.complained', 'email.suppressed')
    or (v_type = 'email.bounced' and coalesce(v_bounce_type, 'Permanent') = 'Permanent');
    v_to := case jsonb_typeof(v_data -> 'to')
        when 'string' then v_data ->> 'to'
        when 'array' then v_data -> 'to' ->> 0
    end;
    -- Ours go to one address each; of several it is not said which one.
    if
        v_is_final
        and v_to is not null
        and coalesce(
            jsonb_array_length(case jsonb_typeof(v_data -> 'to') when 'array' then v_data -> 'to' end),
            1
        ) = 1
    then
        perform messaging.suppress(
            'email',
            coalesce(substring(v_to from '<([^<>]+)>\s*$'), v_to),
            case v_type when 'email.complained' then 'complained' else 'bounced' end
        );
    end if;
end;
$$;
alter function messaging.receive_mail_event(text, text) owner to messaging;
grant execute on function messaging.receive_mail_event(text, text) to thin_api;
comment on function messaging.receive_mail_event(text, text) is
$$Take over what Resend tells of an e-mail: a hard bounce or a complaint ends all e-mail to it.

For login thin_api, after it has checked the signature. Of the document only ids and codes are kept.
Errors: notice_malformed.$$;
