create or replace function enrollment.cancelled_enrollments(
    p_family_id bigint, p_registration_id bigint
)
returns enrollment.enrollments[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return array(
        select e::enrollment.enrollments
        from enrollment.enrollments as e
        inner join catalog.sections as s on e.studio_id = s.studio_id and e.section_id = s.id
        where
            e.studio_id = auth.studio_id()
            and e.family_id = p_family_id
            and e.registration_id = p_registration_id
            and e.status in ('pending', 'confirmed')
            and s.status = 'cancelled'
        order by e.section_id, e.id
    );
end;
$$;
alter function enrollment.cancelled_enrollments(bigint, bigint) owner to enrollment;
comment on function enrollment.cancelled_enrollments(bigint, bigint) is
$$The live enrollments of a registration whose sections have been cancelled since checkout.$$;
