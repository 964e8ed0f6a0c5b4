create or replace function enrollment.meeting_clashes(
    p_section_id bigint, p_before enrollment.seats[], p_due enrollment.seats[]
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family are in the section.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    return (
        with due as materialized (
            select d.*, d.ordinality as number
            from unnest(p_due) with ordinality as d
            where d.dates is not null and d.status in ('held', 'confirmed')
        ),

        clashes as (
            select d.family_id, d.student_id, o.section_id
            from due as d
            left join unnest(p_before) as b on d.id = b.id
            cross join lateral (
                select s.section_id, s.during
                from enrollment.seats as s
                where
                    s.studio_id = v_studio_id
                    and s.family_id = d.family_id
                    and s.student_id = d.student_id
                    and s.section_id <> p_section_id
                    and s.status in ('held', 'confirmed')
                    and s.during && d.during
                offset 0
            ) as o
            where
                -- What they shared before was waived, if only until today.
                not coalesce(d.during * o.during <@ b.during, false)
                and o.section_id not in (
                    select w.section_id
                    from enrollment.waived_clashes(d.student_id, p_section_id, now())
                        as w (section_id)
                )
            union
            select d.family_id, d.student_id, p_section_id
            from due as d
            inner join due as o on d.student_id = o.student_id and d.number < o.number
            where d.during && o.during
        )

        select
            jsonb_agg(
                jsonb_build_object(
                    'student_id', c.student_id,
                    'student', u.first_name || ' ' || u.last_name,
                    'family_id', c.family_id,
                    'section_id', c.section_id,
                    'title', enrollment.section_title(c.section_id)
                )
                order by u.first_name, u.last_name, c.student_id, c.section_id
            )
        from clashes as c
        inner join identity.students as u
            on
                u.studio_id = v_studio_id
                and c.family_id = u.family_id
                and c.student_id = u.id
    );
end;
$$;
alter function enrollment.meeting_clashes(bigint, enrollment.seats[], enrollment.seats[])
owner to enrollment;
comment on function enrollment.meeting_clashes(bigint, enrollment.seats[], enrollment.seats[]) is
$$Which students would be in two places at once if a section's seats became those due, and where.

[{student_id, student, family_id, section_id, title}], null: nobody. What staff waived, and what
clashed before, is none. Another seat in the section itself is one, too.$$;
