create view api.refunds
with (security_invoker = true) as
select
    r.id,
    r.family_id,
    r.registration_id,
    r.offline_payment_id,
    r.kind,
    r.amount_minor,
    r.price_reduction_minor,
    r.currency,
    r.cause,
    r.reason,
    r.status,
    r.waits_for_settlement,
    r.failure_code,
    r.requested_at,
    r.settled_at
from payment.refunds as r;
alter view api.refunds owner to api;
grant select on api.refunds to customer;
grant select on api.refunds to staff;
comment on view api.refunds is
$$Money that goes back to families. amount_minor: minor units of currency.

kind: void, refund (both by card), offline. status: pending (waits_for_settlement: the gateway gives
back a part only once the sale is settled), done, failed (failure_code: the gateway's word). cause:
staff, late, surplus, gateway. price_reduction_minor: by which the registration costs less.
For the family and for staff, who refund with refund_payment.$$;
