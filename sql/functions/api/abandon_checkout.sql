create or replace function api.abandon_checkout(registration_id bigint)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_registration enrollment.registrations;
begin
    perform auth.require('customer', 'staff');
    perform enrollment.lock_family(auth.require_family());
    v_registration := enrollment.lock_registration(abandon_checkout.registration_id);
    if
        v_registration.id is null
        or v_registration.family_id <> auth.require_family()
    then
        perform ops.fail('registration_not_found');
    elsif v_registration.status in ('confirmed', 'partial') then
        perform ops.fail('registration_confirmed');
    elsif exists (
        select
        from payment.payments as p
        where
            p.studio_id = v_registration.studio_id
            and p.family_id = v_registration.family_id
            and p.registration_id = v_registration.id
            and p.status in ('open', 'authorized')
    ) then
        perform ops.fail('payment_under_way');
    end if;
    perform enrollment.release_registration(v_registration.id, 'cancelled', 'abandoned');
    return enrollment.registration_document(v_registration.id);
end;
$$;
alter function api.abandon_checkout(bigint) owner to enrollment;
grant execute on function api.abandon_checkout(bigint) to customer;
grant execute on function api.abandon_checkout(bigint) to staff;
comment on function api.abandon_checkout(bigint) is
$$Give back the seats of a registration that is not paid; the cart stays as it is.

For the family, and for staff with the header X-Family. Answers the registration; a repeat changes
nothing. Errors: registration_not_found, registration_confirmed, payment_under_way,
family_required.$$;
