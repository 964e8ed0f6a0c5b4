create view api.enrollments
with (security_invoker = true) as
select
    e.id,
    e.family_id,
    e.registration_id,
    e.student_id,
    e.section_id,
    e.status
from enrollment.enrollments as e;
alter view api.enrollments owner to api;
grant select on api.enrollments to customer;
grant select on api.enrollments to staff;
comment on view api.enrollments is
$$One student in one section. status: pending, confirmed, failed, cancelled.

For the family and for staff.$$;
