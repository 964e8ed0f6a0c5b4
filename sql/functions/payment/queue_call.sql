create or replace function payment.queue_call(
    p_merchant_account_id bigint,
    p_purpose text,
    p_path text,
    p_body jsonb default null,
    p_payment_id bigint default null,
    p_event_id bigint default null,
    p_resource text default null,
    p_refund_id bigint default null
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_call_id bigint;
begin
    insert into payment.gateway_calls (
        studio_id, merchant_account_id, purpose, payment_id, event_id, refund_id, method, path,
        body, next_attempt_at, resource
    )
    values (
        auth.studio_id(),
        p_merchant_account_id,
        p_purpose,
        p_payment_id,
        p_event_id,
        p_refund_id,
        case when p_body is null then 'GET' else 'POST' end,
        p_path,
        p_body,
        -- Whoever caused the call makes it at once; the courier comes when they did not.
        clock_timestamp() + make_interval(secs => (studio.settings_of()).call_courier_delay_seconds),
        p_resource
    )
    returning id into strict v_call_id;
    return v_call_id;
end;
$$;
alter function payment.queue_call(bigint, text, text, jsonb, bigint, bigint, text, bigint)
owner to payment;
comment on function payment.queue_call(
    bigint, text, text, jsonb, bigint, bigint, text, bigint
) is
$$Queue a request to the gateway: a GET without a body, a POST with one.

Sent after the transaction is committed. p_resource: what it is about, where nothing else says it.$$;
