create or replace function enrollment.rule_findings(
    p_family_id bigint,
    p_picks jsonb,
    p_as_of timestamptz,
    p_but_enrollment_ids bigint[] default '{}',
    p_with_waived boolean default false
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_picks enrollment.judged_pick [];
    v_requirements catalog.requirements [];
begin
    v_picks := array(
        select
            row(
                p.position, p_family_id, i.student_id, i.section_id, i.dates is not null, '{}',
                p_as_of
            )::enrollment.judged_pick
        from jsonb_array_elements(p_picks) with ordinality as p (value, position)
        cross join lateral jsonb_to_record(p.value) as i (
            student_id bigint, section_id bigint, dates date []
        )
    );
    v_requirements := array(
        select r
        from catalog.requirements as r
        where
            r.studio_id = v_studio_id
            and r.superseded_at is null
            and exists (
                select
                from unnest(v_picks) as p
                inner join catalog.sections as s
                    on s.studio_id = v_studio_id and p.section_id = s.id
                where
                    (r.term_id is null or s.term_id = r.term_id)
                    and (r.class_id is null or s.class_id = r.class_id)
            )
    );
    if v_requirements = '{}' then
        return jsonb_build_array();
    end if;
    return (
        select
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'code', u.code,
                        'enforcement', u.enforcement,
                        'cart_item_id', p_picks -> (u.number - 1) -> 'cart_item_id',
                        'student_id', u.student_id,
                        'section_id', u.section_id,
                        'requirement_id', u.requirement_id,
                        'waiver_id', u.waiver_id,
                        'message', ops.error_response(u.code, u.details) -> 'body' -> 'message',
                        'details', u.details
                    )
                    order by u.student_id, u.section_id, u.code, u.requirement_id
                ),
                '[]'
            )
        from enrollment.unmet_requirements(
            v_picks,
            v_requirements,
            array(
                select o
                from catalog.requirement_options as o
                where
                    o.studio_id = v_studio_id
                    and o.requirement_id in (select r.id from unnest(v_requirements) as r)
            ),
            p_but_enrollment_ids
        ) as u
        where p_with_waived or u.waiver_id is null
    );
end;
$$;
alter function enrollment.rule_findings(bigint, jsonb, timestamptz, bigint[], boolean)
owner to enrollment;
comment on function enrollment.rule_findings(bigint, jsonb, timestamptz, bigint[], boolean) is
$$What the studio's rules say against picks of a family's students: findings as those of a cart.

p_picks: array of {student_id, section_id, tier_id, dates, cart_item_id}, the last one handed back.
They count for one another's co-requisites; p_but_enrollment_ids, which the family is about to give
up, don't count. p_with_waived: also what a waiver lifts, with its waiver_id. Looks at rules alone,
not at seats, times or terms.$$;
