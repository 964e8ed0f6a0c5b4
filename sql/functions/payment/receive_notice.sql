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
    v_body jsonb;
    v_kept jsonb;
    v_resource_id text;
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
        v_body := p_body::jsonb;
        v_kept := payment.redact(v_body);
    exception
        when data_exception or program_limit_exceeded then
            perform ops.fail('notice_malformed');
    end;
    v_resource_id := payment.href_id(v_body ->> 'resource');
    if
        jsonb_typeof(v_body) is distinct from 'object'
        or coalesce(v_body ->> 'id', '') !~ '^[A-Za-z0-9_-]+$'
        or coalesce(v_body ->> 'eventType', '') = ''
        or coalesce(v_body ->> 'resourceType', '') = ''
        or v_resource_id is null
        or length(v_body ->> 'id') > 256
        or length(v_resource_id) > 256
    then
        perform ops.fail('notice_malformed');
    elsif payment.href_id(v_body ->> 'merchant') is distinct from v_account.merchant_ref then
        perform ops.fail('notice_of_another_merchant');
    end if;
    insert into payment.gateway_events as e (
        merchant_account_id, gateway_id, event_type, resource_type, resource_id, body, status,
        settled_at
    )
    values (
        v_account.id,
        v_body ->> 'id',
        left(v_body ->> 'eventType', 100),
        left(v_body ->> 'resourceType', 100),
        v_resource_id,
        v_kept,
        case
            when v_body ->> 'resourceType' in ('transaction', 'paymentSession') then 'received'
            else 'ignored'
        end,
        case
            when v_body ->> 'resourceType' not in ('transaction', 'paymentSession') then now()
        end
    )
    on conflict on constraint gateway_events_gateway_id_key do update
        -- What it points at may be ours by now.
        set
            deliveries = e.deliveries + 1,
            status = case e.status when 'unmatched' then 'received' else e.status end,
            settled_at = case when e.status <> 'unmatched' then e.settled_at end
    returning e.* into strict v_event;
    -- A repeat is done with only if the first was: until then each delivery tries by itself.
    if v_event.status = 'received' then
        perform payment.queue_call(
            v_account.id,
            case v_event.resource_type
                when 'transaction' then 'fetch_transaction' else 'fetch_session'
            end,
            case v_event.resource_type
                when 'transaction' then '/transactions/' else '/payment-sessions/'
            end
            || v_event.resource_id,
            null,
            null,
            v_event.id
        );
    end if;
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
