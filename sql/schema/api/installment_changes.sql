create view api.installment_changes
with (security_invoker = true) as
select
    c.id,
    c.family_id,
    c.installment_id,
    c.kind,
    c.reason,
    c.amount_minor,
    c.due_before,
    c.due_on,
    c.changed_by,
    c.changed_at
from payment.installment_changes as c;
alter view api.installment_changes owner to api;
grant select on api.installment_changes to staff;
comment on view api.installment_changes is
$$What staff changed about installments: waived (amount_minor, minor units) or rescheduled, and why.

For staff.$$;
