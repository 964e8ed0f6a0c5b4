create view api.payment_reviews
with (security_invoker = true) as
select
    v.id,
    v.family_id,
    v.registration_id,
    v.kind,
    v.amount_minor,
    v.currency,
    v.reference,
    v.note,
    v.status,
    v.submitted_at,
    v.decided_at,
    v.decision_reason
from payment.payment_reviews as v;
alter view api.payment_reviews owner to api;
grant select on api.payment_reviews to customer;
grant select on api.payment_reviews to staff;
comment on view api.payment_reviews is
$$What families say they have paid without a card, and what staff made of it.

status: submitted, approved, rejected (decision_reason), withdrawn. amount_minor: minor units of
currency. For the family, who submit with submit_payment_review, and for staff, who decide with
review_payment.$$;
