create or replace function enrollment.conflicts(
    p_student_id bigint, p_during tstzmultirange, p_but_enrollment_id bigint default null
)
returns table (section_id bigint, title text)
language sql
stable
as $$
    select s.section_id, k.title
    from enrollment.seats as s
    inner join catalog.sections as c on s.studio_id = c.studio_id and s.section_id = c.id
    inner join catalog.classes as k on c.studio_id = k.studio_id and c.class_id = k.id
    where
        s.studio_id = (select auth.studio_id())
        and s.student_id = p_student_id
        and s.status in ('held', 'confirmed')
        and s.enrollment_id is distinct from p_but_enrollment_id
        and s.during && p_during
$$;
alter function enrollment.conflicts(bigint, tstzmultirange, bigint) owner to enrollment;
comment on function enrollment.conflicts(bigint, tstzmultirange, bigint) is
$$The sections in which a student already has a seat at some of these minutes.

Touching is no clash. Inlined into its callers, so it has no SET clause.$$;
