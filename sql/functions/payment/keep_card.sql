create or replace function payment.keep_card(p_payment_id bigint, p_card jsonb)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_payment payment.payments;
    v_method_id bigint;
begin
    select p.* into strict v_payment
    from payment.payments as p
    where p.studio_id = auth.studio_id() and p.id = p_payment_id
    for no key update;
    insert into payment.stored_methods as m (
        studio_id, family_id, shopper_id, merchant_account_id, gateway_id, card_scheme,
        card_last4, expires_on, fingerprint
    )
    values (
        v_payment.studio_id,
        v_payment.family_id,
        v_payment.shopper_id,
        v_payment.merchant_account_id,
        p_card ->> 'id',
        coalesce(p_card -> 'card' ->> 'scheme', v_payment.card_scheme),
        coalesce(p_card -> 'card' ->> 'last4', v_payment.card_last4),
        coalesce(payment.card_expiry(p_card -> 'card'), v_payment.card_expires_on),
        coalesce(p_card -> 'card' ->> 'panFingerprint', v_payment.card_fingerprint)
    )
    -- A card that was removed and is given again is the family's again.
    on conflict on constraint stored_methods_gateway_id_key do update
        set status = 'active', expires_on = excluded.expires_on
    returning m.id into strict v_method_id;
    update payment.payments as p
    set stored_method_id = v_method_id
    where p.studio_id = v_payment.studio_id and p.id = v_payment.id;
end;
$$;
alter function payment.keep_card(bigint, jsonb) owner to payment;
comment on function payment.keep_card(bigint, jsonb) is
$$Keep a stored card of the gateway's as the family's, and as the one that a payment charges.$$;
