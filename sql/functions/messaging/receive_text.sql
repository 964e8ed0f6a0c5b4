create or replace function messaging.receive_text(
    p_message_sid text, p_from text, p_body text, p_opt_out_type text
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    -- Twilio names them itself where a studio has its own words for them. One word alone counts.
    v_word constant text := coalesce(
        nullif(p_opt_out_type, ''), regexp_replace(upper(p_body), '^[\s"''.!]+|[\s"''.!]+$', '', 'g')
    );
    v_kind constant text := case
        when
            v_word in (
                'STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'OPTOUT', 'REVOKE'
            )
            then 'stopped'
        when v_word in ('START', 'YES', 'UNSTOP') then 'started'
        else 'other'
    end;
begin
    if
        coalesce(p_message_sid, '') !~ '^[A-Z]{2}[0-9a-f]{32}$'
        or coalesce(p_from, '') = ''
    then
        perform ops.fail('notice_malformed');
    elsif p_from !~ '^\+[1-9][0-9]{6,14}$' then
        -- A short code, or somebody on another network: no number that we could send to.
        return;
    end if;
    if not messaging.record_receipt('twilio', p_message_sid || ':received', v_kind) then
        return;
    elsif v_kind = 'stopped' then
        perform messaging.suppress('sms', p_from, 'stopped');
    elsif v_kind = 'started' then
        perform messaging.lift_suppression('sms', p_from);
    end if;
end;
$$;
alter function messaging.receive_text(text, text, text, text) owner to messaging;
grant execute on function messaging.receive_text(text, text, text, text) to thin_api;
comment on function messaging.receive_text(text, text, text, text) is
$$Take over a text that somebody sent to us: STOP ends all texts to that number, START allows them.

For login thin_api, after it has checked the signature. The words are read and not kept; whatever
else is said is answered by nobody. START gives no consent: that is a guardian's, and stays as it
was. Errors: notice_malformed.$$;
