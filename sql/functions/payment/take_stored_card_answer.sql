create or replace function payment.take_stored_card_answer(
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
    v_payment payment.payments;
    v_card jsonb;
begin
    select p.* into strict v_payment
    from payment.payments as p
    where p.studio_id = p_call.studio_id and p.id = p_call.payment_id
    for no key update;
    if v_payment.status <> 'open' then
        return;
    elsif p_call.purpose = 'fetch_hosted_card' and p_status = 200 then
        update payment.payments as p
        set
            card_scheme = p_answer -> 'card' ->> 'scheme',
            card_last4 = p_answer -> 'card' ->> 'last4',
            card_expires_on = payment.card_expiry(p_answer -> 'card'),
            card_fingerprint = p_answer -> 'card' ->> 'panFingerprint'
        where p.studio_id = v_payment.studio_id and p.id = v_payment.id;
    elsif p_call.purpose = 'create_stored_card' and p_status in (200, 201) then
        perform payment.keep_card(v_payment.id, p_answer);
    elsif
        p_call.purpose = 'create_stored_card'
        and payment.has_failure(payment.failures_of(p_answer), null, 'card.number')
    then
        -- The shopper has it already. It can't be asked for by its number: it is looked for.
        perform payment.queue_call(
            v_payment.merchant_account_id,
            'find_stored_card',
            payment.stored_cards_path(v_payment),
            null,
            v_payment.id
        );
        return;
    elsif p_call.purpose = 'find_stored_card' and p_status = 200 then
        select i.card into v_card
        from jsonb_array_elements(p_answer -> 'items') as i (card)
        where
            i.card -> 'deletedAt' is not distinct from 'null'
            and case
                when v_payment.card_fingerprint is not null
                    and i.card -> 'card' ->> 'panFingerprint' is not null
                    then i.card -> 'card' ->> 'panFingerprint' = v_payment.card_fingerprint
                else
                    i.card -> 'card' ->> 'last4' = v_payment.card_last4
                    and payment.card_expiry(i.card -> 'card') = v_payment.card_expires_on
            end
        limit 1;
        if found then
            perform payment.keep_card(v_payment.id, v_card);
        end if;
    else
        -- The token has expired, or the card is refused: another page, another card.
        update payment.payments as p
        set status = 'failed'
        where p.studio_id = v_payment.studio_id and p.id = v_payment.id;
        return;
    end if;
    perform payment.advance_card(v_payment.id);
end;
$$;
alter function payment.take_stored_card_answer(payment.gateway_calls, integer, jsonb)
owner to payment;
comment on function payment.take_stored_card_answer(payment.gateway_calls, integer, jsonb) is
$$Take over an answer on the way from a card that a page has collected to a stored one, and go on.

A refusal ends the payment; the family begins another.$$;
