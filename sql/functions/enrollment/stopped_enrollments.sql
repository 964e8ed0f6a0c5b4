create or replace function enrollment.stopped_enrollments(
    p_term_id bigint,
    p_requirements catalog.requirements[],
    p_options catalog.requirement_options[]
)
returns table (
    enrollment_id bigint,
    family_id bigint,
    student_id bigint,
    section_id bigint,
    requirement_id bigint,
    code text,
    enforcement text,
    details jsonb
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- The whole term's, also when staff act for one family.
set "callboard.family_id" = ''
as $$
declare
    v_ids bigint [];
    v_picks enrollment.judged_pick [];
begin
    -- Judged as of the instant at which each was checked out.
    select
        array_agg(x.id order by x.number), array_agg(x.pick order by x.number)
    into v_ids, v_picks
    from (
        select
            e.id,
            n.number,
            row(
                n.number, e.family_id, e.student_id, e.section_id, e.dates is not null,
                r.acknowledged, e.created_at
            )::enrollment.judged_pick as pick
        from (
            select e.id, row_number() over (order by e.id)::integer as number
            from enrollment.enrollments as e
            inner join catalog.sections as s
                on e.studio_id = s.studio_id and e.section_id = s.id
            where
                e.studio_id = auth.studio_id()
                and s.term_id = p_term_id
                and e.status in ('pending', 'confirmed')
        ) as n
        inner join enrollment.enrollments as e on e.studio_id = auth.studio_id() and n.id = e.id
        inner join enrollment.registrations as r
            on
                e.studio_id = r.studio_id
                and e.family_id = r.family_id
                and e.registration_id = r.id
    ) as x;
    return query
    select
        v_ids[u.number],
        (v_picks[u.number]).family_id,
        u.student_id,
        u.section_id,
        u.requirement_id,
        u.code,
        u.enforcement,
        u.details
    from enrollment.unmet_requirements(v_picks, p_requirements, p_options) as u
    where u.waiver_id is null
    order by u.number, u.code, u.requirement_id;
end;
$$;
alter function enrollment.stopped_enrollments(
    bigint, catalog.requirements[], catalog.requirement_options[]
) owner to enrollment;
comment on function enrollment.stopped_enrollments(
    bigint, catalog.requirements[], catalog.requirement_options[]
) is
$$The live enrollments of a term that don't meet some rules, each as of when it was checked out.

What is waived, and an adult's presence that was acknowledged, stops nobody.$$;
