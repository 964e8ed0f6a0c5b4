create or replace function payment.take_transaction_answer(
    p_call payment.gateway_calls, p_payment_id bigint, p_status integer, p_answer jsonb
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_event_status text := 'applied';
begin
    if p_status not in (200, 201) or p_payment_id is null then
        v_event_status := 'unmatched';
    elsif p_call.purpose = 'fetch_session' then
        if payment.apply_session(p_payment_id, p_call.event_id, p_answer) > 0 then
            -- Settled by the last of the fetches that it takes.
            v_event_status := null;
        end if;
    else
        perform payment.apply_transaction(p_payment_id, p_answer);
    end if;
    if p_call.event_id is not null and v_event_status is not null then
        perform payment.settle_event(p_call.event_id, v_event_status);
    end if;
    if p_call.purpose in ('fetch_session', 'fetch_transaction') and p_payment_id is not null then
        perform payment.close_ended(p_payment_id);
    end if;
end;
$$;
alter function payment.take_transaction_answer(payment.gateway_calls, bigint, integer, jsonb)
owner to payment;
comment on function payment.take_transaction_answer(
    payment.gateway_calls, bigint, integer, jsonb
) is
$$Take over what the gateway says of a transaction, or of the transactions of a session.

p_payment_id: the payment of ours that it is about; null: none. Settles the notice that asked.$$;
