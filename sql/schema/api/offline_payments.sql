create view api.offline_payments
with (security_invoker = true) as
select
    o.id,
    o.family_id,
    o.registration_id,
    o.installment_id,
    o.kind,
    o.amount_minor,
    o.refunded_minor,
    o.currency,
    o.reference,
    o.received_on,
    o.status,
    o.returned_on,
    o.return_reason,
    o.review_id,
    o.recorded_at
from payment.offline_payments as o;
alter view api.offline_payments owner to api;
grant select on api.offline_payments to customer;
grant select on api.offline_payments to staff;
comment on view api.offline_payments is
$$Money that came without a card. amount_minor: minor units of currency; refunded_minor: given back.

kind: cash, check, ach, transfer. status: received, or returned: the bank sent it back (returned_on,
local day). For the family and for staff, who record it with record_payment and return_check.$$;
