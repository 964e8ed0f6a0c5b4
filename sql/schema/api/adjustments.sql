create view api.adjustments
with (security_invoker = true) as
select
    a.id,
    a.family_id,
    a.term_id,
    a.student_id,
    a.kind,
    a.label,
    a.amount_minor,
    a.reason,
    a.set_by,
    a.status,
    a.registration_id,
    a.withdrawal_reason,
    a.created_at
from pricing.adjustments as a;
alter view api.adjustments owner to api;
grant select on api.adjustments to staff;
comment on view api.adjustments is
$$What staff add to a family's next checkout of a term or take off it. amount_minor: minor units.

status: open, held, used, withdrawn; registration_id: by which checkout. For staff.$$;
