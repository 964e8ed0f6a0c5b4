create or replace function messaging.receive_text_status(
    p_message_sid text, p_status text, p_error_code text, p_to text, p_send_key text
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if
        coalesce(p_message_sid, '') !~ '^[A-Z]{2}[0-9a-f]{32}$'
        or coalesce(p_status, '') !~ '^[a-z_-]{1,32}$'
    then
        perform ops.fail('notice_malformed');
    end if;
    if
        messaging.record_receipt(
            'twilio',
            p_message_sid || ':' || p_status,
            case
                when p_status = 'sent' then 'sent'
                when p_status in ('delivered', 'read') then 'delivered'
                when p_status in ('undelivered', 'failed', 'canceled') then 'failed'
                else 'other'
            end,
            p_error_code,
            p_message_sid,
            case
                when
                    p_send_key
                    ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
                    then p_send_key::uuid
            end
        )
        -- Whoever it is to has answered STOP, and we have not heard of it.
        and p_error_code = '21610'
        and p_to ~ '^\+[1-9][0-9]{6,14}$'
    then
        perform messaging.suppress('sms', p_to, 'stopped');
    end if;
end;
$$;
alter function messaging.receive_text_status(text, text, text, text, text) owner to messaging;
grant execute on function messaging.receive_text_status(text, text, text, text, text)
to thin_api;
comment on function messaging.receive_text_status(text, text, text, text, text) is
$$Take over what Twilio tells of a text that we sent.

For login thin_api, after it has checked the signature. p_send_key: from the address that Twilio was
given with the text; by it a text is known whose sending got no answer. Errors: notice_malformed.$$;
