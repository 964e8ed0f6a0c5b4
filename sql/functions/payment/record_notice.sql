create or replace function payment.record_notice(
    p_account payment.merchant_accounts, p_notice jsonb, p_is_listed boolean
)
returns payment.gateway_events
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_resource_id constant text := payment.href_id(p_notice ->> 'resource');
    -- Of what has no meaning here nothing is fetched.
    v_is_known constant boolean := coalesce(
        p_notice ->> 'resourceType' in ('transaction', 'paymentSession', 'paymentLink'), false
    );
    v_event payment.gateway_events;
begin
    if
        jsonb_typeof(p_notice) is distinct from 'object'
        or coalesce(p_notice ->> 'id', '') !~ '^[A-Za-z0-9_-]+$'
        or coalesce(p_notice ->> 'eventType', '') = ''
        or coalesce(p_notice ->> 'resourceType', '') = ''
        or v_resource_id is null
        or length(p_notice ->> 'id') > 256
        or length(v_resource_id) > 256
    then
        perform ops.fail('notice_malformed');
    elsif payment.href_id(p_notice ->> 'merchant') is distinct from p_account.merchant_ref then
        perform ops.fail('notice_of_another_merchant');
    end if;
    insert into payment.gateway_events as e (
        merchant_account_id, gateway_id, event_type, resource_type, resource_id, body, status,
        settled_at, deliveries, is_listed
    )
    values (
        p_account.id,
        p_notice ->> 'id',
        left(p_notice ->> 'eventType', 100),
        left(p_notice ->> 'resourceType', 100),
        v_resource_id,
        payment.redact(p_notice),
        case when v_is_known then 'received' else 'ignored' end,
        case when not v_is_known then now() end,
        case when p_is_listed then 0 else 1 end,
        p_is_listed
    )
    on conflict on constraint gateway_events_gateway_id_key do update
        -- What it points at may be ours by now.
        set
            deliveries = e.deliveries + 1,
            status = case e.status when 'unmatched' then 'received' else e.status end,
            settled_at = case when e.status <> 'unmatched' then e.settled_at end
        -- A list shows what was delivered as well: that is no delivery.
        where not p_is_listed
    returning e.* into v_event;
    -- A repeat is done with only if the first was: until then each delivery tries by itself.
    if v_event.status = 'received' then
        perform payment.fetch_noticed(v_event);
    end if;
    return v_event;
end;
$$;
alter function payment.record_notice(payment.merchant_accounts, jsonb, boolean) owner to payment;
comment on function payment.record_notice(payment.merchant_accounts, jsonb, boolean) is
$$Record a notice, delivered or listed, and queue the fetch of what it points at.

Recorded once by the gateway's id, without anything about a person. Answers the row; all null for a
notice in a list that is known already. Errors: notice_malformed, notice_of_another_merchant.$$;
