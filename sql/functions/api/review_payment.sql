create or replace function api.review_payment(
    review_id bigint,
    approve boolean,
    reason text default null,
    received_on date default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_reason constant text
    := nullif(btrim(regexp_replace(review_payment.reason, '\s+', ' ', 'g')), '');
    v_review payment.payment_reviews;
    v_registration enrollment.registrations;
    v_rejected bigint;
    v_is_over boolean;
    v_payment_id bigint;
begin
    perform auth.require('staff');
    if
        review_payment.approve is null
        or (not review_payment.approve and v_reason is null)
        or length(v_reason) > 500
    then
        perform ops.fail('review_decision_invalid');
    end if;
    select v.* into v_review
    from payment.payment_reviews as v
    where v.studio_id = auth.studio_id() and v.id = review_payment.review_id;
    if not found then
        perform ops.fail('review_not_found');
    end if;
    perform enrollment.lock_family(v_review.family_id);
    v_registration := enrollment.lock_registration(v_review.registration_id);
    -- Two who decide at once: the second sees what the first has decided.
    select v.* into strict v_review
    from payment.payment_reviews as v
    where v.studio_id = auth.studio_id() and v.id = v_review.id
    for no key update;
    if v_review.status <> 'submitted' then
        perform ops.fail('review_decided', jsonb_build_object('status', v_review.status));
    end if;
    update payment.payment_reviews as v
    set
        status = case when review_payment.approve then 'approved' else 'rejected' end,
        decided_by = auth.account_id(),
        decided_at = now(),
        decision_reason = v_reason
    where v.studio_id = v_review.studio_id and v.id = v_review.id
    returning v.* into strict v_review;
    if review_payment.approve then
        v_payment_id := payment.record_offline(
            v_registration.id,
            v_review.kind,
            v_review.amount_minor,
            v_review.reference,
            coalesce(review_payment.received_on, studio.local_date(now())),
            null,
            v_review.id
        );
        perform ops.emit(
            'review.approved',
            v_review.id,
            v_review.family_id,
            jsonb_build_object(
                'registration_id', v_registration.id, 'offline_payment_id', v_payment_id
            )
        );
    else
        select count(*) into strict v_rejected
        from payment.payment_reviews as v
        where
            v.studio_id = v_review.studio_id
            and v.family_id = v_review.family_id
            and v.registration_id = v_registration.id
            and v.status = 'rejected';
        v_is_over := v_registration.status = 'pending_payment'
            and v_rejected >= (studio.settings_of(v_registration.term_id)).review_attempts;
        -- Whoever holds the seats gives them back in this same transaction, once it is over.
        perform ops.emit(
            'review.rejected',
            v_review.id,
            v_review.family_id,
            jsonb_build_object('registration_id', v_registration.id, 'is_over', v_is_over)
        );
    end if;
    return (
        select
            jsonb_build_object(
                'review_id', v_review.id,
                'status', v_review.status,
                'registration_id', r.id,
                'registration_status', r.status,
                'offline_payment_id', v_payment_id
            )
        from enrollment.registrations as r
        where r.studio_id = v_review.studio_id and r.id = v_registration.id
    );
end;
$$;
alter function api.review_payment(bigint, boolean, text, date) owner to payment;
grant execute on function api.review_payment(bigint, boolean, text, date) to staff;
comment on function api.review_payment(bigint, boolean, text, date) is
$$Approve or reject what a family says it has paid (submit_payment_review).

For staff. approve true: the money was found: it is recorded as an offline payment of the amount due,
received_on (local day, today where it is left out), and confirms the registration; one whose hold
has lapsed takes its seats again if all are free. approve false: with a reason, which the family
reads, at most 500 characters; after as many rejected tries as the setting review_attempts the
registration is cancelled and its seats are given back. Answers {review_id, status,
registration_id, registration_status, offline_payment_id}. Errors: review_decision_invalid,
review_not_found, review_decided (details: status), received_on_invalid, registration_closed,
registration_expired, payment_under_way, payment_exceeds_due.$$;
