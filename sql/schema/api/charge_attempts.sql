create view api.charge_attempts
with (security_invoker = true) as
select
    a.id,
    a.family_id,
    a.installment_id,
    a.number,
    a.payment_id,
    a.cause,
    a.status,
    a.error_code,
    a.started_at,
    a.ended_at
from payment.charge_attempts as a;
alter view api.charge_attempts owner to api;
grant select on api.charge_attempts to staff;
comment on view api.charge_attempts is
$$Each try to charge a stored card for an installment. For staff.

cause: schedule (it was due) or staff. status: open, paid, declined with the error_code.$$;
