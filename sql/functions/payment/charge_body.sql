create or replace function payment.charge_body(p_payment payment.payments, p_card_ref text)
returns jsonb
language sql
stable
set search_path = ''
set timezone = 'UTC'
as $$
    -- Nobody is there for 3-D Secure: the gateway declines it without saying who begins it and why.
    -- Our reference is the payment's own; by it a charge is found whose answer was lost.
    select
        jsonb_build_object(
            'type', 'sale',
            'storedCard', p_card_ref,
            'total', payment.gateway_amount(p_payment.amount_minor, p_payment.currency),
            'shopperInteraction', 'merchantInitiated',
            'credentialOnFileType', p_payment.credential_type,
            'doCapture', p_payment.do_capture,
            'orderReference', p_payment.reference,
            'customReference', p_payment.reference
        )
$$;
alter function payment.charge_body(payment.payments, text) owner to payment;
comment on function payment.charge_body(payment.payments, text) is
$$The request by which a stored card is charged for a payment, without anybody at a page.$$;
