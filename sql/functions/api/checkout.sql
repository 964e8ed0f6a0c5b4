create or replace function api.checkout(
    cart_id bigint,
    quote_id bigint,
    idempotency_key text,
    acknowledged text[] default '{}',
    overrides jsonb default '[]'
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform auth.require('customer', 'staff');
    if checkout.overrides not in ('[]', 'null') then
        perform auth.require('staff');
    end if;
    return enrollment.check_out(
        checkout.cart_id,
        checkout.quote_id,
        checkout.idempotency_key,
        checkout.acknowledged,
        checkout.overrides
    );
end;
$$;
alter function api.checkout(bigint, bigint, text, text[], jsonb) owner to enrollment;
grant execute on function api.checkout(bigint, bigint, text, text[], jsonb) to customer;
grant execute on function api.checkout(bigint, bigint, text, text[], jsonb) to staff;
comment on function api.checkout(bigint, bigint, text, text[], jsonb) is
$$Hold a seat for every item of the cart, at the price of the quote, while the family pays.

For the family, and for staff with the header X-Family. All seats or none, in one transaction.
Answers the registration: {registration_id, status, total_minor, currency, hold_expires_at, …}.
idempotency_key: 8 to 200 characters, one for each try of a person; a repeat answers the same
registration as it is then. acknowledged: codes of warnings (soft_warn of check_cart) the family
has read; where an adult has to be with each of several children,
parent_present_required:<student_id> for each. They are kept for staff to review. overrides, for
staff alone: an array of {code, reason, student_id, section_id}, each lifting what check_cart
finds by that code for that student and section (may be left out where there is only one): rules
that can be waived, waitlist_only, and term_not_open where it is about the dates of registration.
They are kept with who and why (override_uses). What staff register is held for staff_hold_minutes
(setting). A total of 0 is confirmed at once. Errors: idempotency_key_required,
idempotency_key_reused, acknowledged_invalid, warning_not_acknowledged (details: findings), those
of rules (prerequisite_missing, corequisite_missing, approval_required, audition_required,
age_not_met, gender_not_met, parent_present_required, division_not_met, balance_owed),
cart_not_found, cart_closed, checkout_open, quote_not_found, quote_changed, plan_not_available,
term_not_open, section_not_open, tier_unknown, weekdays_not_offered, date_unknown, date_past,
already_enrolled, schedule_conflict, seat_unavailable and waitlist_only (details: section_id,
student_id, waiting: how many wait for it, waitlist: whether join_waitlist is possible), and those
of quote; for overrides: not_allowed, overrides_invalid, reason_required, override_unused,
override_not_allowed, override_ambiguous.$$;
