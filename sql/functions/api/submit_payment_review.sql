create or replace function api.submit_payment_review(
    registration_id bigint,
    kind text,
    reference text,
    amount_minor bigint default null,
    note text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_reference constant text
    := btrim(regexp_replace(submit_payment_review.reference, '\s+', ' ', 'g'));
    v_note constant text
    := nullif(btrim(regexp_replace(submit_payment_review.note, '\s+', ' ', 'g')), '');
    v_family_id bigint;
    v_registration enrollment.registrations;
    v_due_minor bigint;
    v_hold_expires_at timestamptz;
    v_review_id bigint;
begin
    perform auth.require('customer', 'staff');
    v_family_id := auth.require_family();
    if
        coalesce(
            submit_payment_review.kind not in ('cash', 'check', 'ach', 'transfer'), true
        )
        or coalesce(length(v_reference) not between 1 and 100, true)
        or length(v_note) > 500
    then
        perform ops.fail('review_invalid');
    end if;
    perform enrollment.lock_family(v_family_id);
    v_registration := enrollment.lock_registration(submit_payment_review.registration_id);
    if v_registration.id is null or v_registration.family_id <> v_family_id then
        perform ops.fail('registration_not_found');
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
            from payment.payments as p
            where
                p.studio_id = auth.studio_id()
                and p.family_id = v_family_id
                and p.registration_id = v_registration.id
                and p.status in ('open', 'authorized')
        )
    then
        perform ops.fail('payment_under_way');
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
    end if;
    select f.due_minor into strict v_due_minor
    from pricing.first_part(v_registration.quote_id) as f;
    if submit_payment_review.amount_minor <> v_due_minor then
        perform ops.fail('review_amount_differs', jsonb_build_object('due_minor', v_due_minor));
    end if;
    v_hold_expires_at := enrollment.keep_for_review(v_registration.id);
    insert into payment.payment_reviews (
        studio_id, family_id, registration_id, kind, amount_minor, currency, reference, note,
        submitted_by
    )
    values (
        auth.studio_id(), v_family_id, v_registration.id, submit_payment_review.kind,
        v_due_minor, studio.currency(), v_reference, v_note, auth.account_id()
    )
    returning id into strict v_review_id;
    perform ops.emit(
        'review.submitted',
        v_review_id,
        v_family_id,
        jsonb_build_object(
            'registration_id', v_registration.id, 'amount_minor', v_due_minor
        )
    );
    return jsonb_build_object(
        'review_id', v_review_id,
        'registration_id', v_registration.id,
        'status', 'submitted',
        'amount_minor', v_due_minor,
        'currency', studio.currency(),
        'hold_expires_at', v_hold_expires_at
    );
end;
$$;
alter function api.submit_payment_review(bigint, text, text, bigint, text) owner to payment;
grant execute on function api.submit_payment_review(bigint, text, text, bigint, text) to customer;
grant execute on function api.submit_payment_review(bigint, text, text, bigint, text) to staff;
comment on function api.submit_payment_review(bigint, text, text, bigint, text) is
$$Say that a registration was paid without a card, for staff to look for the money and approve.

For the family, and for staff with the header X-Family. kind: transfer, check, ach, cash. reference:
by which the money is found, at most 100 characters; note: at most 500. The amount is what is due,
read here; amount_minor (minor units), where it is given, must be that. The seats are kept while
staff look (setting review_hours), who are told. Answers {review_id, registration_id, status,
amount_minor, currency, hold_expires_at}. Errors: review_invalid, registration_not_found,
registration_confirmed, registration_expired, registration_closed, registration_changed,
payment_under_way, payment_in_review, review_amount_differs (details: due_minor), family_required.$$;
