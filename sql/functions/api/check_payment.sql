create or replace function api.check_payment(payment_id bigint)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_family_id bigint;
    v_payment payment.payments;
begin
    perform auth.require('customer', 'staff');
    v_family_id := auth.require_family();
    select p.* into v_payment
    from payment.payments as p
    where
        p.studio_id = auth.studio_id()
        and p.family_id = v_family_id
        and p.id = check_payment.payment_id;
    if not found then
        perform ops.fail('payment_not_found');
    end if;
    perform enrollment.lock_registration(v_payment.registration_id);
    select p.* into strict v_payment
    from payment.payments as p
    where p.studio_id = v_payment.studio_id and p.id = v_payment.id
    for no key update;
    if
        v_payment.status = 'open'
        and v_payment.session_ref is not null
        and not exists (
            select
            from payment.gateway_calls as c
            where
                c.studio_id = v_payment.studio_id
                and c.payment_id = v_payment.id
                and c.status in ('queued', 'claimed')
        )
    then
        perform payment.queue_call(
            v_payment.merchant_account_id,
            'fetch_session',
            '/payment-sessions/' || v_payment.session_ref,
            null,
            v_payment.id
        );
    end if;
    return payment.session_document(v_payment);
end;
$$;
alter function api.check_payment(bigint) owner to payment;
grant execute on function api.check_payment(bigint) to customer;
grant execute on function api.check_payment(bigint) to staff;
comment on function api.check_payment(bigint) is
$$Have the gateway asked at once what became of a payment: for the page to which it leads back.

For the family, and for staff with the header X-Family. Answers the payment as it is until then; the
view payments says how it goes on. Where the page only collected a card, this is what has it stored
and charged without delay. Harmless to repeat. Errors: payment_not_found, family_required.$$;
