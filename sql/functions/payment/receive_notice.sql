create or replace function payment.receive_notice(p_merchant_code text, p_body text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_account payment.merchant_accounts;
    v_event payment.gateway_events;
begin
    select m.* into v_account
    from payment.merchant_accounts as m
    where m.code = p_merchant_code and m.status = 'active';
    if not found then
        perform ops.fail('notice_of_another_merchant');
    end if;
    perform auth.enter_studio(v_account.studio_id);
    begin
        v_event := payment.record_notice(v_account, p_body::jsonb, p_is_listed => false);
    exception
        when data_exception or program_limit_exceeded then
            perform ops.fail('notice_malformed');
    end;
    return jsonb_build_object(
        'event_id', v_event.id, 'studio_id', v_account.studio_id, 'status', v_event.status
    );
end;
$$;
alter function payment.receive_notice(text, text) owner to payment;
grant execute on function payment.receive_notice(text, text) to thin_api;
comment on function payment.receive_notice(text, text) is
$$Record a notice of the gateway, once, and queue the fetch of what it points at.

For login thin_api, after it has checked the sender's credentials, which name the merchant account.
Answers {event_id, studio_id, status}. Errors: notice_malformed, notice_of_another_merchant.$$;
