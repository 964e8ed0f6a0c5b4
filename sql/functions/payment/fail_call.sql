create or replace function payment.fail_call(p_call payment.gateway_calls, p_error text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_again constant boolean
    := p_call.attempts < (studio.settings_of()).call_attempts
    and p_call.purpose not in ('create_shopper', 'void_transaction');
begin
    update payment.gateway_calls as c
    set
        status = case when v_again then 'queued' else 'failed' end,
        lease_token = null,
        leased_until = null,
        last_error = p_error,
        -- 10, 20, 40 … seconds, at most an hour
        next_attempt_at
        = clock_timestamp() + least(interval '1 hour', interval '5 seconds' * 2 ^ p_call.attempts)
    where c.studio_id = p_call.studio_id and c.id = p_call.id;
    -- A second shopper or void would stay: the gateway is asked whether there is one already. An
    -- order or session that nobody was told of does no harm, so those are simply made again.
    if p_call.purpose = 'create_shopper' and p_call.attempts < (studio.settings_of()).call_attempts
    then
        perform payment.advance_session(p_call.payment_id);
    elsif p_call.purpose = 'void_transaction' then
        perform payment.queue_call(
            p_call.merchant_account_id,
            'fetch_transaction',
            '/transactions/' || (p_call.body ->> 'parentTransaction'),
            null,
            p_call.payment_id
        );
    end if;
    if p_call.event_id is not null then
        update payment.gateway_events as e
        set failures = e.failures + 1, last_error = p_error
        where e.id = p_call.event_id and e.status = 'received';
    end if;
end;
$$;
alter function payment.fail_call(payment.gateway_calls, text) owner to payment;
comment on function payment.fail_call(payment.gateway_calls, text) is
$$Note that a call got no usable answer, and decide how it goes on.

Again later, by a lookup, or not at all.$$;
