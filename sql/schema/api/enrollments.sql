create view api.enrollments
with (security_invoker = true) as
select
    e.id,
    e.family_id,
    e.registration_id,
    e.student_id,
    e.section_id,
    e.status,
    e.tier_id,
    e.dates,
    e.weekdays,
    e.ended_on,
    e.from_enrollment_id,
    enrollment.cancelled_dates(e.section_id, e.dates) as cancelled_dates
from enrollment.enrollments as e;
alter view api.enrollments owner to api;
grant select on api.enrollments to customer;
grant select on api.enrollments to staff;
comment on view api.enrollments is
$$One student in one section. status: pending, confirmed, failed, cancelled.

tier_id: the tier of a tiered section; dates: the local days that were bought
singly; weekdays: ISO, those of them that were picked; both null: the whole class. cancelled_dates:
those of the dates on which the class is not held, so that there is no seat for them.
ended_on: local day from which the student no longer comes, where one was set.
from_enrollment_id: the one that the student was moved from.

For the family and for staff.$$;
