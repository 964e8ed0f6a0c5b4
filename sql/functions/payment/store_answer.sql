create or replace function payment.store_answer(
    p_studio_id integer,
    p_call_id bigint,
    p_lease_token uuid,
    p_status integer,
    p_answer jsonb,
    p_retry_after text default null
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_call payment.gateway_calls;
    v_matched_id bigint;
    v_payment_id bigint;
    v_registration_id bigint;
begin
    perform auth.enter_studio(p_studio_id);
    select c.* into v_call
    from payment.gateway_calls as c
    where c.studio_id = p_studio_id and c.id = p_call_id;
    if p_status = 200 and v_call.purpose in ('fetch_transaction', 'fetch_session') then
        v_matched_id := payment.match_payment(
            v_call.merchant_account_id, v_call.purpose, p_answer
        );
    end if;
    v_payment_id := coalesce(v_call.payment_id, v_matched_id);
    -- The registration is locked before any row of its payment, here as everywhere.
    select p.registration_id into v_registration_id
    from payment.payments as p
    where p.studio_id = p_studio_id and p.id = v_payment_id;
    if found then
        perform enrollment.lock_registration(v_registration_id);
    end if;
    select c.* into v_call
    from payment.gateway_calls as c
    where
        c.studio_id = p_studio_id
        and c.id = p_call_id
        and c.status = 'claimed'
        and c.lease_token = p_lease_token
    for no key update;
    if not found then
        perform ops.fail('gateway_call_not_yours');
    end if;
    update payment.gateway_calls as c
    set answer_status = p_status, failures = payment.failures_of(p_answer)
    where c.studio_id = p_studio_id and c.id = p_call_id
    returning c.* into strict v_call;
    if
        p_answer is null
        or p_status >= 500
        or p_status in (401, 403, 408, 409, 429)
        -- A question is answered, or there is no such thing.
        or (
            v_call.method = 'GET'
            and v_call.purpose <> 'find_shopper'
            and p_status not in (200, 404)
        )
    then
        -- No answer to the question: ask again later.
        perform payment.fail_call(
            v_call,
            'status ' || p_status,
            -- Whoever is let in at another time, or by another key, has not been let in now.
            p_is_refused => p_status in (401, 403, 429),
            p_not_before => payment.retry_at(p_retry_after)
        );
        return;
    elsif
        p_status in (200, 201)
        and (
            not payment.is_answer_to(v_call, p_answer)
            or v_matched_id <> v_call.payment_id
        )
    then
        -- Something else was answered, or of somebody else's payment: nobody's money is moved by it.
        perform payment.fail_call(v_call, 'another answer');
        return;
    end if;
    update payment.gateway_calls as c
    set
        status = 'answered',
        lease_token = null,
        leased_until = null,
        answer = payment.redact(p_answer),
        answered_at = now()
    where c.studio_id = p_studio_id and c.id = p_call_id;

    case
        when v_call.purpose in ('find_shopper', 'create_shopper', 'create_order', 'create_session')
            then perform payment.take_session_answer(v_call, p_status, p_answer);
        when v_call.purpose in ('void_transaction', 'refund_transaction', 'find_returns')
            then perform payment.take_refund_answer(v_call, p_status, p_answer);
        when v_call.purpose = 'list_link_transactions'
            then perform payment.take_link_answer(v_call, p_status, p_answer);
        when v_call.purpose in ('fetch_session', 'fetch_transaction')
            then
                perform payment.take_transaction_answer(
                    v_call, v_payment_id, p_status, p_answer
                );
        when v_call.purpose in ('fetch_hosted_card', 'find_stored_card', 'create_stored_card')
            then perform payment.take_stored_card_answer(v_call, p_status, p_answer);
        when v_call.purpose in ('charge_stored_card', 'find_charge')
            then perform payment.take_charge_answer(v_call, p_status, p_answer);
        when v_call.purpose = 'list_notifications'
            then perform payment.take_notices_answer(v_call, p_status, p_answer);
        when v_call.purpose = 'list_batches'
            then perform payment.take_batches_answer(v_call, p_status, p_answer);
        when v_call.purpose = 'list_batch_transactions'
            then perform payment.take_batch_items_answer(v_call, p_status, p_answer);
    end case;
end;
$$;
alter function payment.store_answer(integer, bigint, uuid, integer, jsonb, text) owner to payment;
grant execute on function payment.store_answer(integer, bigint, uuid, integer, jsonb, text)
to thin_api;
comment on function payment.store_answer(integer, bigint, uuid, integer, jsonb, text) is
$$Take over the gateway's answer to a claimed call, with everything that follows from it.

In one transaction.
For login thin_api alone. The answer is stored without personal data. p_answer: null where there was
no JSON; p_retry_after: the header of that name. Errors: gateway_call_not_yours.$$;
