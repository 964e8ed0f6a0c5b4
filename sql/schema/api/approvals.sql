create view api.approvals
with (security_invoker = true) as
select
    a.id,
    a.family_id,
    a.student_id,
    a.class_id,
    a.kind,
    a.section_id,
    a.tier_id,
    a.dates,
    a.status,
    a.requested_at,
    a.decided_at,
    a.reason,
    a.weekdays
from enrollment.approvals as a;
alter view api.approvals owner to api;
grant select on api.approvals to customer;
grant select on api.approvals to staff;
comment on view api.approvals is
$$Teachers' approvals and auditions: what was asked for, for which class, and what was decided.

kind: teacher_approval, audition. status: requested, approved, declined, withdrawn; the requested
ones are the queue of staff. section_id, tier_id, dates, weekdays: the seat that is wanted once it is
approved. For the family and for staff; made with request_approval and record_approval.$$;
