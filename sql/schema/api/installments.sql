create view api.installments
with (security_invoker = true) as
select
    i.id,
    i.family_id,
    i.registration_id,
    i.number,
    i.due_on,
    i.amount_minor,
    i.paid_minor,
    i.waived_minor,
    i.status,
    i.attempts,
    i.next_attempt_on,
    i.last_error,
    i.paid_at
from payment.installments as i;
alter view api.installments owner to api;
grant select on api.installments to customer;
grant select on api.installments to staff;
comment on view api.installments is
$$The parts in which confirmed registrations are paid. Amounts in minor units, dates local.

status: scheduled, processing (its card is being charged), paid, overdue, failed (could not be
charged; paid by hand with start_payment), waived. next_attempt_on: when a declined charge is tried
again. last_error: the gateway's code of the last decline, card_needed or no_answer. For the family
and for staff.$$;
