create or replace function pricing.family_of(p_student_id bigint)
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
    if p_student_id is null then
        return auth.require_family();
    end if;
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
alter function pricing.family_of(bigint) owner to pricing;
comment on function pricing.family_of(bigint) is
$$Whose price staff change: the student's family, or without a student the one in scope.

Raises student_not_found, also for a student of another family than the one in scope, and
family_required.$$;
