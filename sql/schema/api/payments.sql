create view api.payments
with (security_invoker = true) as
select
    p.id,
    p.family_id,
    p.registration_id,
    p.amount_minor,
    p.currency,
    p.status,
    p.session_ends_at,
    p.created_at
from payment.payments as p;
alter view api.payments owner to api;
grant select on api.payments to customer;
grant select on api.payments to staff;
comment on view api.payments is
$$Tries to pay a registration by card. amount_minor: minor units of currency.

status: open, authorized, expired, failed, voided. For the family and for staff.$$;
