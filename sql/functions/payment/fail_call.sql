create or replace function payment.fail_call(p_call payment.gateway_calls, p_error text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_attempts constant integer := (studio.settings_of()).call_attempts;
    v_again constant boolean
    := p_call.attempts < v_attempts
    and p_call.purpose not in ('create_shopper', 'void_transaction');
    v_failures bigint;
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
    select count(*) into v_failures
    from payment.gateway_calls as c
    where
        c.studio_id = p_call.studio_id
        and c.payment_id = p_call.payment_id
        and c.purpose = p_call.purpose
        and c.status = 'failed';
    -- A second shopper or void would stay: the gateway is asked whether there is one already. An
    -- order or session that nobody was told of does no harm, so those are simply made again.
    if p_call.purpose = 'create_shopper' and v_failures < v_attempts then
        perform payment.advance_session(p_call.payment_id);
    elsif p_call.purpose = 'void_transaction' then
        perform payment.queue_call(
            p_call.merchant_account_id,
            'fetch_transaction',
            '/transactions/' || (p_call.body ->> 'parentTransaction'),
            null,
            p_call.payment_id
        );
    elsif
        not v_again
        and p_call.purpose in ('find_shopper', 'create_shopper', 'create_order', 'create_session')
    then
        update payment.payments as p
        set status = 'failed'
        where p.studio_id = p_call.studio_id and p.id = p_call.payment_id and p.status = 'open';
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
