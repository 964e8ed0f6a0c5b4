create view api.students
with (security_invoker = true) as
select
    s.id,
    s.family_id,
    s.first_name,
    s.last_name,
    s.birth_date,
    s.grade,
    s.gender
from identity.students as s;
alter view api.students owner to api;
grant select on api.students to customer;
grant select on api.students to staff;
comment on view api.students is
$$The students of a family.

grade: -3 nursery, 0 kindergarten, 1 to 12. gender: female, male, other. Null: not known.

For the family and for staff.$$;
