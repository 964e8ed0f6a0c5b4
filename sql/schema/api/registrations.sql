create view api.registrations
with (security_invoker = true) as
select
    r.id,
    r.family_id,
    r.term_id,
    r.cart_id,
    r.quote_id,
    r.status,
    r.status_reason,
    r.total_minor,
    r.hold_expires_at,
    r.created_at,
    r.balance_due_on
from enrollment.registrations as r;
alter view api.registrations owner to api;
grant select on api.registrations to customer;
grant select on api.registrations to staff;
comment on view api.registrations is
$$Checkouts and what became of them.

total_minor: minor units. hold_expires_at: until when unpaid seats are kept. balance_due_on: local day
by which the rest of one is due that is partial.
status: pending_payment, confirmed, partial, failed, cancelled, refunded. For the family and for
staff.$$;
