create or replace function payment.take_charge_answer(
    p_call payment.gateway_calls, p_status integer, p_answer jsonb
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
    v_failures constant jsonb := payment.failures_of(p_answer);
    v_payment payment.payments;
    v_transaction jsonb;
    v_is_known boolean := false;
    v_charges bigint;
    v_is_running boolean;
begin
    select p.* into strict v_payment
    from payment.payments as p
    where p.studio_id = p_call.studio_id and p.id = p_call.payment_id
    for no key update;
    if p_call.purpose = 'charge_stored_card' and p_status in (200, 201) then
        perform payment.apply_transaction(v_payment.id, p_answer);
    elsif p_call.purpose = 'charge_stored_card' then
        if payment.has_failure(v_failures, null, 'storedCard') then
            update payment.stored_methods as m
            set status = 'unusable'
            where
                m.studio_id = v_payment.studio_id
                and m.id = v_payment.stored_method_id
                and m.status = 'active';
        end if;
        -- Refused as it was asked, so asking again would change nothing.
        perform payment.decline_charge(
            v_payment.id, payment.refusal_code(v_failures, p_status), p_is_final => true
        );
    elsif p_status = 200 then
        for v_transaction in select i.value from jsonb_array_elements(p_answer -> 'items') as i
        loop
            continue when v_transaction ->> 'customReference' is distinct from v_payment.reference;
            v_is_known := true;
            perform payment.apply_transaction(v_payment.id, v_transaction);
        end loop;
        if not v_is_known then
            select
                count(*),
                coalesce(
                    bool_or(
                        c.answer_status is null
                        and c.created_at
                        > now() - make_interval(mins => v_settings.news_due_minutes)
                    ),
                    false
                )
            into v_charges, v_is_running
            from payment.gateway_calls as c
            where
                c.studio_id = v_payment.studio_id
                and c.payment_id = v_payment.id
                and c.purpose = 'charge_stored_card';
            if v_is_running then
                -- One that got no answer may still be at work there: a second one would charge
                -- twice. Its notice tells, or whoever asks about quiet payments.
                null;
            elsif v_charges < v_settings.call_attempts then
                perform payment.queue_charge(v_payment.id);
            else
                perform payment.decline_charge(v_payment.id, 'no_answer');
            end if;
        end if;
    end if;
end;
$$;
alter function payment.take_charge_answer(payment.gateway_calls, integer, jsonb)
owner to payment;
comment on function payment.take_charge_answer(payment.gateway_calls, integer, jsonb) is
$$Take over what the gateway says of the charge of a stored card, when it was made or asked about.

A charge of which the gateway knows nothing, asked by its reference, was none and is sent again: at
once where it was answered with an error, else when nothing was heard of it for news_due_minutes
(setting).$$;
