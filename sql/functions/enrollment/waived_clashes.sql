create or replace function enrollment.waived_clashes(
    p_student_id bigint, p_section_id bigint, p_as_of timestamptz
)
returns setof bigint
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return query
    select distinct b.section_id
    from enrollment.waivers as w
    inner join enrollment.waiver_sections as a
        on w.studio_id = a.studio_id and w.family_id = a.family_id and w.id = a.waiver_id
    inner join enrollment.waiver_sections as b
        on w.studio_id = b.studio_id and w.family_id = b.family_id and w.id = b.waiver_id
    where
        w.studio_id = auth.studio_id()
        and w.student_id = p_student_id
        and w.kind = 'schedule_conflict'
        and w.withdrawn_at is null
        and w.expires_at > p_as_of
        and a.section_id = p_section_id
        and b.section_id <> p_section_id
        -- A rule that no longer lets clashes be waived ends the waivers, too.
        and not exists (
            select
            from catalog.sections as s
            cross join lateral enrollment.live_requirements(
                s.class_id, 'schedule_conflict', p_as_of
            ) as r
            where
                s.studio_id = w.studio_id
                and s.id in (a.section_id, b.section_id)
                and not r.is_waivable
        )
    union
    -- What an accepted offer replaces goes on until the offer is paid.
    select e.section_id
    from enrollment.waitlist_entries as w
    inner join enrollment.enrollments as e
        on
            w.studio_id = e.studio_id
            and w.family_id = e.family_id
            and w.replaces_enrollment_id = e.id
    where
        w.studio_id = auth.studio_id()
        and w.student_id = p_student_id
        and w.section_id = p_section_id
        and w.status in ('waiting', 'offered', 'accepted');
end;
$$;
alter function enrollment.waived_clashes(bigint, bigint, timestamptz) owner to enrollment;
comment on function enrollment.waived_clashes(bigint, bigint, timestamptz) is
$$The sections whose clash with a section is waived for a student at an instant.

By staff, or as the student gives one of them up for the other when an offer is paid.$$;
