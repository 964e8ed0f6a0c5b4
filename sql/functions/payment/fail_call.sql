create or replace function payment.fail_call(
    p_call payment.gateway_calls,
    p_error text,
    p_is_refused boolean default false,
    p_not_before timestamptz default null
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_settings constant studio.settings := studio.settings_of();
    -- A second shopper, stored card, charge, void or refund would stay: after an unknown outcome
    -- the gateway is asked whether there is one already, before anything is made again.
    v_stays constant boolean := p_call.purpose in (
        'create_shopper', 'create_stored_card', 'charge_stored_card', 'void_transaction',
        'refund_transaction'
    );
    v_again constant boolean
    := p_call.attempts < v_settings.call_attempts and (p_is_refused or not v_stays);
begin
    update payment.gateway_calls as c
    set
        status = case when v_again then 'queued' else 'failed' end,
        lease_token = null,
        leased_until = null,
        last_error = p_error,
        -- 10, 20, 40 … seconds, at most an hour; later where the gateway says so
        next_attempt_at = greatest(
            clock_timestamp()
            + least(interval '1 hour', interval '5 seconds' * 2 ^ p_call.attempts),
            p_not_before
        )
    where c.studio_id = p_call.studio_id and c.id = p_call.id;
    if not v_again then
        perform payment.after_failed_call(p_call);
    end if;
    if p_call.event_id is not null then
        update payment.gateway_events as e
        set
            failures = e.failures + 1,
            last_error = p_error,
            failed_at = (e.failed_at || clock_timestamp())[
                greatest(1, cardinality(e.failed_at) + 2 - v_settings.escalation_failures):
            ]
        where e.id = p_call.event_id and e.status = 'received';
    end if;
end;
$$;
alter function payment.fail_call(payment.gateway_calls, text, boolean, timestamptz)
owner to payment;
comment on function payment.fail_call(payment.gateway_calls, text, boolean, timestamptz) is
$$Note that a call got no usable answer, and decide how it goes on.

Again later, by a lookup, or not at all. p_is_refused: the gateway has said that it did nothing, so
whatever it was can be tried again. p_not_before: when it wants to be asked again.$$;
