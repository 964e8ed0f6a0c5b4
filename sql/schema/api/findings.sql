create view api.findings
with (security_invoker = true) as
select
    f.id,
    f.family_id,
    f.registration_id,
    f.student_id,
    f.section_id,
    f.requirement_id,
    f.enforcement,
    f.code,
    f.waiver_id,
    f.accepted_at,
    f.reviewed_at,
    f.review_note,
    f.override_use_id
from enrollment.findings as f;
alter view api.findings owner to api;
grant select on api.findings to customer;
grant select on api.findings to staff;
comment on view api.findings is
$$Rules that were not met at a checkout and were acknowledged, waived (waiver_id), or
overridden by staff (override_use_id).

code: as in the error register. reviewed_at: null until staff have looked at it with
review_finding. For the family and for staff.$$;
