create view api.placements
with (security_invoker = true) as
select
    p.id,
    p.student_id,
    p.family_id,
    p.division_id,
    p.placed_at
from enrollment.placements as p;
alter view api.placements owner to api;
grant select on api.placements to customer;
grant select on api.placements to staff;
comment on view api.placements is
$$The division that staff have placed a student in; without a row the grade says it.

For the family and for staff; set with place_student.$$;
