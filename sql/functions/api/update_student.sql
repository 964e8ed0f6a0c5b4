create or replace function api.update_student(
    student_id bigint,
    first_name text default null,
    last_name text default null,
    birth_date text default null,
    grade integer default null,
    gender text default null
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_family_id bigint;
    v_count bigint;
begin
    perform auth.require('customer', 'staff');
    v_family_id := auth.require_family();
    update identity.students as s
    set
        first_name = case
            when update_student.first_name is null then s.first_name
            else identity.clean_name(update_student.first_name)
        end,
        last_name = case
            when update_student.last_name is null then s.last_name
            else identity.clean_name(update_student.last_name)
        end,
        birth_date = case
            when update_student.birth_date is null then s.birth_date
            else identity.clean_birth_date(update_student.birth_date)
        end,
        grade = coalesce(identity.clean_grade(update_student.grade), s.grade),
        gender = coalesce(identity.clean_gender(update_student.gender), s.gender)
    where
        s.studio_id = auth.studio_id()
        and s.family_id = v_family_id
        and s.id = update_student.student_id;
    get diagnostics v_count = row_count;
    if v_count = 0 then
        perform ops.fail('student_not_found');
    end if;
end;
$$;
alter function api.update_student(bigint, text, text, text, integer, text) owner to identity;
grant execute on function api.update_student(bigint, text, text, text, integer, text) to customer;
grant execute on function api.update_student(bigint, text, text, text, integer, text) to staff;
comment on function api.update_student(bigint, text, text, text, integer, text) is
$$Change what is given of a student; what is left out or null stays.

For the family, and for staff with the header X-Family.
birth_date: YYYY-MM-DD; grade: -3 nursery, 0 kindergarten, 1 to 12; gender: female, male, other.
Errors: student_not_found, name_required, invalid_birth_date, invalid_grade, invalid_gender,
family_required.$$;
