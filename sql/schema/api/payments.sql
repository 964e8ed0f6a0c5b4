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
    p.created_at,
    p.installment_id
from payment.payments as p;
alter view api.payments owner to api;
grant select on api.payments to customer;
grant select on api.payments to staff;
comment on view api.payments is
$$Tries to pay a registration by card. amount_minor: minor units of currency.

installment_id: the part of a plan that is paid; null: what is due for the confirmation. status:
open, authorized, declined (a stored card), expired, failed, voided, refunded. For the family and
for staff.$$;
