create or replace function enrollment.unmet_requirements(
    p_picks enrollment.judged_pick[],
    p_requirements catalog.requirements[],
    p_options catalog.requirement_options[],
    p_but_enrollment_ids bigint[] default '{}'
)
returns table (
    number integer,
    student_id bigint,
    section_id bigint,
    requirement_id bigint,
    code text,
    enforcement text,
    waiver_id bigint,
    details jsonb
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_kinds constant text [] := array(select distinct r.kind from unnest(p_requirements) as r);
begin
    return query
    with picks as materialized (
        select
            p.number,
            p.family_id,
            p.student_id,
            p.section_id,
            p.is_by_date,
            p.acknowledged,
            p.as_of,
            studio.local_date(p.as_of) as registered_on,
            k.id as class_id,
            k.title,
            k.division_id,
            k.term_id,
            t.starts_on,
            u.birth_date,
            u.grade,
            u.gender
        from unnest(p_picks) as p
        inner join catalog.sections as s on s.studio_id = v_studio_id and p.section_id = s.id
        inner join catalog.classes as k on k.studio_id = v_studio_id and s.class_id = k.id
        inner join catalog.terms as t on t.studio_id = v_studio_id and k.term_id = t.id
        inner join identity.students as u
            on u.studio_id = v_studio_id and p.family_id = u.family_id and p.student_id = u.id
    ),

    ruled as (
        select
            p.number,
            r.id,
            r as rule,
            r.kind,
            r.enforcement,
            rank() over (
                partition by p.number, r.kind order by r.term_id is null, r.class_id is null
            ) as breadth
        from picks as p
        inner join unnest(p_requirements) as r
            on
                (r.term_id is null or p.term_id = r.term_id)
                and (r.class_id is null or p.class_id = r.class_id)
        where
            coalesce(r.valid_from <= p.registered_on, true)
            and coalesce(r.valid_until > p.registered_on, true)
    ),

    -- Of each kind the narrowest scope that says something says it; what is off there is off.
    asked as materialized (
        select r.number, r.id, r.rule, r.kind, r.enforcement
        from ruled as r
        where r.breadth = 1 and r.enforcement <> 'off' and r.kind <> 'schedule_conflict'
    ),

    students as (
        select distinct p.family_id, p.student_id
        from picks as p
        where v_kinds && array['prerequisite', 'corequisite']
    ),

    -- Classes as a whole: single dates are nothing one learns from a term.
    taken as materialized (
        select
            h.student_id, h.section_id, k.term_id, t.starts_on, k.title, k.discipline, k.level,
            k.division_id
        from (
            select p.student_id, p.section_id
            from picks as p
            where not p.is_by_date and v_kinds && array['corequisite']
            union
            select e.student_id, e.section_id
            from students as u
            inner join enrollment.enrollments as e
                on
                    e.studio_id = v_studio_id
                    and u.family_id = e.family_id
                    and u.student_id = e.student_id
            where
                e.status = 'confirmed'
                and e.dates is null
                and e.id <> all(p_but_enrollment_ids)
        ) as h
        inner join catalog.sections as s on s.studio_id = v_studio_id and h.section_id = s.id
        inner join catalog.classes as k on k.studio_id = v_studio_id and s.class_id = k.id
        inner join catalog.terms as t on t.studio_id = v_studio_id and k.term_id = t.id
    ),

    counted as (
        select
            a.number,
            a.id,
            o.alternative,
            o.id as option_id,
            o.class_title,
            o.discipline,
            o.level,
            o.division_id,
            o.class_count,
            count(distinct t.section_id) as held
        from asked as a
        inner join picks as p on a.number = p.number
        inner join unnest(p_options) as o on a.id = o.requirement_id
        left join taken as t
            on
                p.student_id = t.student_id
                and case a.kind
                    when 'corequisite'
                        then
                            t.term_id = p.term_id
                            and ((a.rule).counts_itself or t.section_id <> p.section_id)
                    else t.starts_on < p.starts_on
                end
                and (o.class_title is null or t.title = o.class_title)
                and (o.discipline is null or t.discipline = o.discipline)
                and (o.level is null or t.level >= o.level)
                and (o.division_id is null or t.division_id = o.division_id)
        group by
            a.number, a.id, o.alternative, o.id, o.class_title, o.discipline, o.level,
            o.division_id, o.class_count
    ),

    alternatives as (
        select
            c.number,
            c.id,
            c.alternative,
            bool_and(c.held >= c.class_count) as is_met,
            jsonb_agg(
                jsonb_build_object(
                    'class', c.class_title,
                    'discipline', c.discipline,
                    'level', c.level,
                    'division_id', c.division_id,
                    'division_name', d.name,
                    'count', c.class_count,
                    'held', c.held
                )
                order by c.option_id
            ) as options
        from counted as c
        left join catalog.divisions as d on d.studio_id = v_studio_id and c.division_id = d.id
        group by c.number, c.id, c.alternative
    ),

    choices as (
        select
            x.number, x.id, bool_or(x.is_met) as is_met,
            jsonb_agg(x.options order by x.alternative) as alternatives
        from alternatives as x
        group by x.number, x.id
    ),

    owing as materialized (
        select f.family_id, payment.balance_due_minor(f.family_id) as due_minor
        from (select distinct p.family_id from picks as p) as f
        where v_kinds && array['balance_owed']
    ),

    judged as (
        select
            a.number,
            a.id,
            a.kind,
            a.enforcement,
            a.rule,
            p.family_id,
            p.student_id,
            p.section_id,
            p.class_id,
            p.title,
            p.term_id,
            p.grade,
            p.gender,
            p.as_of,
            c.alternatives,
            w.counts_on,
            w.age_months,
            v.division_id as wanted_division_id,
            v.name as wanted_division,
            l.division_id as placed_division_id,
            o.due_minor,
            case
                when a.kind in ('prerequisite', 'corequisite') then coalesce(c.is_met, false)
                when a.kind in ('teacher_approval', 'audition')
                    then exists (
                        select
                        from enrollment.approvals as y
                        where
                            y.studio_id = v_studio_id
                            and y.family_id = p.family_id
                            and y.student_id = p.student_id
                            and y.class_id = p.class_id
                            -- Who passed an audition was seen by a teacher.
                            and y.kind in (a.kind, 'audition')
                            and y.status = 'approved'
                    )
                when a.kind = 'age_or_grade'
                    then
                        (
                            num_nonnulls(
                                (a.rule).lowest_age_months, (a.rule).highest_age_months
                            ) > 0
                            and coalesce(w.age_months >= (a.rule).lowest_age_months, true)
                            and coalesce(w.age_months <= (a.rule).highest_age_months, true)
                        )
                        or (
                            num_nonnulls((a.rule).lowest_grade, (a.rule).highest_grade) > 0
                            and p.grade is not null
                            and coalesce(p.grade >= (a.rule).lowest_grade, true)
                            and coalesce(p.grade <= (a.rule).highest_grade, true)
                        )
                when a.kind = 'gender' then coalesce(p.gender = (a.rule).gender, false)
                when a.kind = 'parent_present'
                    then
                        -- The code alone, where it was one student's only.
                        p.acknowledged && array[
                            'parent_present_required',
                            'parent_present_required:' || p.student_id::text
                        ]
                when a.kind = 'division'
                    then case
                        -- A class of no division asks for none.
                        when v.division_id is null then true
                        when l.division_id is not null then l.division_id = v.division_id
                        else coalesce(p.grade between v.lowest_grade and v.highest_grade, false)
                    end
                when a.kind = 'balance_owed' then o.due_minor = 0
            end as is_met
        from asked as a
        inner join picks as p on a.number = p.number
        left join choices as c on a.number = c.number and a.id = c.id
        left join owing as o on p.family_id = o.family_id
        left join enrollment.placements as l
            on
                l.studio_id = v_studio_id
                and p.family_id = l.family_id
                and p.student_id = l.student_id
                and a.kind = 'division'
        left join lateral (
            select d.id as division_id, d.name, d.lowest_grade, d.highest_grade
            from catalog.divisions as d
            where
                a.kind = 'division'
                and d.studio_id = v_studio_id
                and d.id = coalesce((a.rule).division_id, p.division_id)
        ) as v on true
        cross join lateral (
            select
                z.counts_on,
                (
                    extract(year from age(z.counts_on::timestamp, p.birth_date::timestamp)) * 12
                    + extract(month from age(z.counts_on::timestamp, p.birth_date::timestamp))
                )::integer as age_months
            from (
                select
                    case
                        when (a.rule).cutoff_month is null then p.registered_on
                        else make_date(
                            extract(year from p.starts_on)::integer + (a.rule).cutoff_year,
                            (a.rule).cutoff_month,
                            (a.rule).cutoff_day
                        )
                    end as counts_on
            ) as z
        ) as w
    )

    select
        j.number,
        j.student_id,
        j.section_id,
        j.id,
        case j.kind
            when 'prerequisite' then 'prerequisite_missing'
            when 'corequisite' then 'corequisite_missing'
            when 'teacher_approval' then 'approval_required'
            when 'audition' then 'audition_required'
            when 'age_or_grade' then 'age_not_met'
            when 'gender' then 'gender_not_met'
            when 'parent_present' then 'parent_present_required'
            when 'division' then 'division_not_met'
            when 'balance_owed' then 'balance_owed'
        end,
        j.enforcement,
        w.waiver_id,
        jsonb_build_object('title', j.title)
        || case
            when j.kind in ('prerequisite', 'corequisite')
                then jsonb_build_object(
                    'needed', enrollment.options_text(j.alternatives),
                    'missing', jsonb_build_object(
                        'fact', j.kind, 'alternatives', j.alternatives
                    ),
                    'fix', case j.kind
                        when 'prerequisite' then jsonb_build_object('code', 'ask_studio')
                        else jsonb_build_object(
                            'code', 'add_class',
                            'alternatives',
                            enrollment.addable_classes(j.term_id, j.class_id, j.alternatives)
                        )
                    end
                )
            when j.kind in ('teacher_approval', 'audition')
                then jsonb_build_object(
                    'missing', jsonb_build_object(
                        'fact', j.kind,
                        'status', (
                            select max(y.status)
                            from enrollment.approvals as y
                            where
                                y.studio_id = v_studio_id
                                and y.family_id = j.family_id
                                and y.student_id = j.student_id
                                and y.class_id = j.class_id
                                and y.kind = j.kind
                                and y.status = 'requested'
                        )
                    ),
                    'fix', jsonb_build_object(
                        'code', 'request_approval',
                        'kind', j.kind,
                        'class_id', j.class_id,
                        'section_id', j.section_id
                    )
                )
            when j.kind = 'age_or_grade'
                then jsonb_build_object(
                    'needed', enrollment.eligibility_text(j.rule),
                    'missing', jsonb_build_object(
                        'fact', case
                            when
                                num_nonnulls((j.rule).lowest_grade, (j.rule).highest_grade) = 0
                                then 'age'
                            when j.grade is null then 'grade'
                            else 'age_or_grade'
                        end,
                        'age_months', j.age_months,
                        'on', j.counts_on,
                        'grade', j.grade
                    ),
                    'fix', case
                        when
                            j.grade is null
                            and num_nonnulls((j.rule).lowest_grade, (j.rule).highest_grade) > 0
                            then jsonb_build_object(
                                'code', 'update_student', 'facts', '["grade"]'::jsonb
                            )
                        else jsonb_build_object('code', 'ask_studio')
                    end
                )
            when j.kind = 'gender'
                then jsonb_build_object(
                    'needed', case (j.rule).gender when 'male' then 'boys' else 'girls' end,
                    'missing', jsonb_build_object('fact', 'gender', 'gender', j.gender),
                    'fix', case
                        when j.gender is null
                            then jsonb_build_object(
                                'code', 'update_student', 'facts', '["gender"]'::jsonb
                            )
                        else jsonb_build_object('code', 'ask_studio')
                    end
                )
            when j.kind = 'parent_present'
                then jsonb_build_object(
                    'missing', jsonb_build_object('fact', 'acknowledgement'),
                    'fix', jsonb_build_object(
                        'code', 'acknowledge',
                        'acknowledge', 'parent_present_required:' || j.student_id::text
                    )
                )
            when j.kind = 'division'
                then jsonb_build_object(
                    'needed', j.wanted_division,
                    'missing', jsonb_build_object(
                        'fact', case
                            when j.placed_division_id is null and j.grade is null then 'grade'
                            else 'division'
                        end,
                        'division_id', j.wanted_division_id,
                        'placed_division_id', j.placed_division_id,
                        'grade', j.grade
                    ),
                    'fix', case
                        when j.placed_division_id is null and j.grade is null
                            then jsonb_build_object(
                                'code', 'update_student', 'facts', '["grade"]'::jsonb
                            )
                        else jsonb_build_object('code', 'ask_studio')
                    end
                )
            else
                jsonb_build_object(
                    'missing', jsonb_build_object(
                        'fact', 'balance', 'amount_minor', j.due_minor
                    ),
                    'fix', jsonb_build_object(
                        'code', 'pay_balance', 'amount_minor', j.due_minor
                    )
                )
        end
    from judged as j
    left join lateral (
        select min(x.id) as waiver_id
        from enrollment.waivers as x
        where
            (j.rule).is_waivable
            and x.studio_id = v_studio_id
            and x.family_id = j.family_id
            and x.student_id = j.student_id
            and x.class_id = j.class_id
            and x.kind = j.kind
            and x.withdrawn_at is null
            and x.expires_at > j.as_of
            and not exists (
                select
                from enrollment.waiver_sections as s
                where
                    s.studio_id = x.studio_id
                    and s.family_id = x.family_id
                    and s.waiver_id = x.id
                    and s.section_id <> j.section_id
            )
    ) as w on true
    where not j.is_met;
end;
$$;
alter function enrollment.unmet_requirements(
    enrollment.judged_pick[], catalog.requirements[], catalog.requirement_options[], bigint[]
) owner to enrollment;
comment on function enrollment.unmet_requirements(
    enrollment.judged_pick[], catalog.requirements[], catalog.requirement_options[], bigint[]
) is
$$Which of some rules some picks don't meet, all at once; also those that are waived (waiver_id).

The rules are given, so that rules that are only proposed can be tried. For a co-requisite the picks
count beside what the student has confirmed in the term. p_but_enrollment_ids: enrollments that are
about to be given up. details: title, needed (words), missing (the fact), fix (what would help).$$;
