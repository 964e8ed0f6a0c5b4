create or replace function api.start_payment(
    registration_id bigint,
    return_url text,
    cancel_url text,
    amount_minor bigint default null,
    installment_id bigint default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    -- A host by name or number, perhaps a port, perhaps more after it.
    v_address constant text
    := '^https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?([/?#]\S*)?$';
    v_family_id bigint;
    v_registration enrollment.registrations;
    v_account payment.merchant_accounts;
    v_payment payment.payments;
    v_shopper_id bigint;
    v_ends_at timestamptz;
    v_installment payment.installments;
    v_part record;
    v_amount_minor bigint;
begin
    perform auth.require('customer', 'staff');
    v_family_id := auth.require_family();
    if
        coalesce(start_payment.return_url !~ v_address, true)
        or coalesce(start_payment.cancel_url !~ v_address, true)
        or length(start_payment.return_url) > 2048
        or length(start_payment.cancel_url) > 2048
    then
        perform ops.fail('invalid_return_url');
    end if;
    perform enrollment.lock_family(v_family_id);
    v_registration := enrollment.lock_registration(start_payment.registration_id);
    if v_registration.id is null or v_registration.family_id <> v_family_id then
        perform ops.fail('registration_not_found');
    elsif start_payment.installment_id is not null then
        v_installment := payment.payable_installment(
            v_registration.id, start_payment.installment_id
        );
        v_amount_minor := v_installment.amount_minor - v_installment.paid_minor;
        select l.auto_pay, l.do_capture into strict v_part
        from payment.payment_plans as l
        where l.studio_id = auth.studio_id() and l.registration_id = v_registration.id;
    elsif v_registration.status in ('confirmed', 'partial') then
        perform ops.fail('registration_confirmed');
    elsif v_registration.status <> 'pending_payment' then
        perform ops.fail(
            case v_registration.status_reason
                when 'hold_lapsed' then 'registration_expired' else 'registration_closed'
            end
        );
    elsif
        exists (
            select
            from payment.payment_reviews as v
            where
                v.studio_id = auth.studio_id()
                and v.registration_id = v_registration.id
                and v.status = 'submitted'
        )
    then
        perform ops.fail('payment_in_review');
    else
        select f.due_minor, f.auto_pay, f.do_capture into strict v_part
        from pricing.first_part(v_registration.quote_id) as f;
        v_amount_minor := v_part.due_minor;
    end if;
    select p.* into v_payment
    from payment.payments as p
    where
        p.studio_id = auth.studio_id()
        and p.family_id = v_family_id
        and p.registration_id = v_registration.id
        and p.status in ('open', 'authorized')
        -- What has confirmed it is no obstacle to paying its parts.
        and (p.status = 'open' or start_payment.installment_id is null)
    order by p.id desc
    limit 1;
    if found then
        if
            v_payment.status = 'authorized'
            or v_payment.flow = 'stored_method'
            or v_payment.session_ends_at <= now()
            or v_payment.installment_id is distinct from start_payment.installment_id
        then
            perform ops.fail('payment_under_way');
        end if;
        v_amount_minor := v_payment.amount_minor;
    end if;
    -- Who expects to pay something else is told before anything is begun.
    if abs(start_payment.amount_minor::numeric - v_amount_minor) > 1 then
        perform ops.fail(
            'amount_changed',
            jsonb_build_object(
                'amount_minor', v_amount_minor, 'believed_minor', start_payment.amount_minor
            )
        );
    end if;
    if v_payment.id is not null then
        if v_payment.session_ref is null then
            perform payment.advance_session(v_payment.id);
        end if;
        return payment.session_document(v_payment);
    end if;
    -- Ends the registration's time to pay, or says that it is over.
    v_ends_at := case
        when start_payment.installment_id is null
            then enrollment.keep_for_payment(v_registration.id)
        -- As there: the gateway allows half an hour.
        else now() + interval '29 minutes'
    end;
    select m.* into v_account
    from payment.merchant_accounts as m
    where m.studio_id = auth.studio_id() and m.status = 'active';
    if not found then
        perform ops.fail('payment_not_set_up');
    end if;
    insert into payment.shoppers (studio_id, family_id, merchant_account_id, reference)
    values (auth.studio_id(), v_family_id, v_account.id, 'fam-' || gen_random_uuid())
    on conflict on constraint shoppers_family_account_key do nothing;
    select s.id into strict v_shopper_id
    from payment.shoppers as s
    where
        s.studio_id = auth.studio_id()
        and s.family_id = v_family_id
        and s.merchant_account_id = v_account.id;
    insert into payment.payments (
        studio_id, family_id, registration_id, merchant_account_id, shopper_id, reference,
        amount_minor, currency, return_url, cancel_url, session_ends_at, flow, do_capture,
        installment_id, credential_type
    )
    values (
        auth.studio_id(),
        v_family_id,
        v_registration.id,
        v_account.id,
        v_shopper_id,
        'pay-' || gen_random_uuid(),
        v_amount_minor,
        studio.currency(),
        start_payment.return_url,
        start_payment.cancel_url,
        v_ends_at,
        case when v_part.auto_pay then 'tokenise_first' else 'sale_first' end,
        v_part.do_capture,
        start_payment.installment_id,
        case when v_part.auto_pay then 'recurring' end
    )
    returning * into strict v_payment;
    perform payment.advance_session(v_payment.id);
    return payment.session_document(v_payment);
end;
$$;
alter function api.start_payment(bigint, text, text, bigint, bigint) owner to payment;
grant execute on function api.start_payment(bigint, text, text, bigint, bigint) to customer;
grant execute on function api.start_payment(bigint, text, text, bigint, bigint) to staff;
comment on function api.start_payment(bigint, text, text, bigint, bigint) is
$$Begin to pay a registration by card, or go on with the payment that is open.

For the family, and for staff with the header X-Family; usually through POST /payments/sessions of
the shim, which answers once the hosted page's address (session_url) is known. What is due is the
first part of the quote, all of it where it is paid at once; with installment_id: that part of a
registration that is confirmed. Where the other parts are charged when they are due (auto_pay), the
page only collects the card, which is stored and then charged, and is the one of the plan from then
on: after the page call check_payment. The hold is extended once to at least the setting
payment_minutes; the gateway's session ends with it. amount_minor: what the payer believes is due,
minor units; refused where it is off by more than 1. Amounts in minor units. Errors:
registration_not_found, registration_confirmed, registration_expired, registration_closed,
registration_changed, installment_not_found, installment_closed, installment_processing,
amount_changed, payment_under_way, payment_in_review (staff look for what the family says it has
paid), payment_not_set_up, invalid_return_url, family_required.$$;
