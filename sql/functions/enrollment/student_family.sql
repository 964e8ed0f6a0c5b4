create or replace function enrollment.student_family(p_student_id bigint)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_family_id bigint;
begin
    select s.family_id into v_family_id
    from identity.students as s
    where
        s.studio_id = auth.studio_id()
        and s.family_id = coalesce(auth.family_id(), s.family_id)
        and s.id = p_student_id;
    if not found then
        perform ops.fail('student_not_found');
    end if;
    return v_family_id;
end;
$$;
alter function enrollment.student_family(bigint) owner to enrollment;
comment on function enrollment.student_family(bigint) is
$$The family of a student, who is of the one in scope where there is one; raises
student_not_found.$$;
