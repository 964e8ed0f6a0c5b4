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
    where p.studio_id = auth.studio_id() and p.id = v_payment.id
    for no key update;
    -- A page may ask each second; the gateway is asked once, and again when its answer is old.
    if
        v_payment.status = 'open'
        and not exists (
            select
            from payment.gateway_calls as c
            where
                c.studio_id = v_payment.studio_id
                and c.payment_id = v_payment.id
                and (
                    c.status in ('queued', 'claimed')
                    or (
                        c.purpose = 'fetch_session'
                        and c.answered_at > clock_timestamp() - interval '10 seconds'
                    )
                )
        )
    then
        perform payment.ask_about(v_payment);
    end if;
    return payment.session_document(v_payment);
end;
$$;
alter function api.check_payment(bigint) owner to payment;
grant execute on function api.check_payment(bigint) to customer;
grant execute on function api.check_payment(bigint) to staff;
comment on function api.check_payment(bigint) is
$$Where a payment stands; while it is open, the gateway is asked what became of it.

For the page to which the gateway sends a family back, so that it need not wait for a notice: ask
each few seconds until status is no longer open. For the family, and for staff with the header
X-Family. Answers the payment as start_payment does (amount_minor in minor units). Errors:
payment_not_found, family_required.$$;
