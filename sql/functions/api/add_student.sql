create or replace function api.add_student(
    first_name text,
    last_name text,
    birth_date text,
    grade integer default null,
    gender text default null
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_student_id bigint;
begin
    perform auth.require('customer', 'staff');
    insert into identity.students (
        studio_id, family_id, first_name, last_name, birth_date, grade, gender
    )
    values (
        auth.studio_id(),
        auth.require_family(),
        identity.clean_name(add_student.first_name),
        identity.clean_name(add_student.last_name),
        identity.clean_birth_date(add_student.birth_date),
        identity.clean_grade(add_student.grade),
        identity.clean_gender(add_student.gender)
    )
    returning id into strict v_student_id;
    return v_student_id;
end;
$$;
alter function api.add_student(text, text, text, integer, text) owner to identity;
grant execute on function api.add_student(text, text, text, integer, text) to customer;
grant execute on function api.add_student(text, text, text, integer, text) to staff;
comment on function api.add_student(text, text, text, integer, text) is
$$Add a student to the family and answer its id.

For the family, and for staff with the header X-Family.
birth_date: YYYY-MM-DD; grade: -3 nursery, 0 kindergarten, 1 to 12; gender: female, male, other;
both may be left out. Errors: name_required, invalid_birth_date, invalid_grade, invalid_gender,
family_required.$$;
