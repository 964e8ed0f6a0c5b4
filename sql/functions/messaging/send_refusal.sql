create or replace function messaging.send_refusal(
    p_message messaging.messages, p_recipient text
)
returns text
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_suppression constant text := messaging.suppression(p_message.channel, p_recipient);
begin
    return case
        when v_suppression is not null then v_suppression
        when
            p_message.channel = 'sms'
            and not messaging.may_text(p_message.family_id, p_message.account_id)
            then 'no_consent'
    end;
end;
$$;
alter function messaging.send_refusal(messaging.messages, text) owner to messaging;
comment on function messaging.send_refusal(messaging.messages, text) is
$$Why a message must not be sent to its recipient; null: it may.

Looked at when it is sent: what was agreed to when it was queued may be over by then.$$;
