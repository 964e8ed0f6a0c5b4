create or replace function enrollment.conflicts(
    p_family_id bigint,
    p_student_id bigint,
    p_during tstzmultirange,
    p_but_enrollment_id bigint default null,
    p_as_of timestamptz default now()
)
returns table (section_id bigint, title text)
language sql
stable
as $$
    select distinct s.section_id, k.title
    from enrollment.seats as s
    inner join catalog.sections as c on s.studio_id = c.studio_id and s.section_id = c.id
    inner join catalog.classes as k on c.studio_id = k.studio_id and c.class_id = k.id
    where
        s.studio_id = (select auth.studio_id())
        and s.family_id = p_family_id
        and s.student_id = p_student_id
        and s.status in ('held', 'confirmed')
        and s.enrollment_id is distinct from p_but_enrollment_id
        and s.during && p_during
        and not exists (
            select
            from enrollment.enrollments as e
            inner join enrollment.lapsed_registrations(p_as_of) as r
                on
                    e.studio_id = r.studio_id
                    and e.family_id = r.family_id
                    and e.registration_id = r.id
            where
                e.studio_id = s.studio_id
                and e.family_id = s.family_id
                and e.student_id = s.student_id
                and e.section_id = s.section_id
                and e.id = s.enrollment_id
        )
$$;
alter function enrollment.conflicts(bigint, bigint, tstzmultirange, bigint, timestamptz)
owner to enrollment;
comment on function enrollment.conflicts(bigint, bigint, tstzmultirange, bigint, timestamptz) is
$$The sections in which a student already has a seat at some of these minutes.

Touching is no clash, and neither is a lapsed hold. Inlined into its callers, so it has no SET
clause.$$;
