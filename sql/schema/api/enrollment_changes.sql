create view api.enrollment_changes
with (security_invoker = true) as
select
    c.id,
    c.family_id,
    c.registration_id,
    c.enrollment_id,
    c.kind,
    c.effective_on,
    c.reason,
    c.weekdays,
    c.price_change_minor,
    c.is_price_set,
    c.given_back_minor,
    c.credit_id,
    c.changed_at
from enrollment.changes as c;
alter view api.enrollment_changes owner to api;
grant select on api.enrollment_changes to customer;
grant select on api.enrollment_changes to staff;
comment on view api.enrollment_changes is
$$What was changed about confirmed enrollments, and for how much, in minor units.

kind: cancelled, transferred (the new one names it: from_enrollment_id), weekdays_dropped (weekdays, ISO), replaced (by an
accepted offer), refunded (all that was paid went back). effective_on: local day. price_change_minor: what the registration costs more by
it, or less where it is negative; is_price_set: as staff have said, else as the engine prices what is
left. given_back_minor: of what had been paid, kept as the credit credit_id. For the family and for
staff, who change enrollments with cancel_enrollment, transfer_enrollment and drop_weekdays.$$;
