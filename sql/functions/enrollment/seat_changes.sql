create or replace function enrollment.seat_changes(
    p_section_id bigint, p_before enrollment.seats[], p_held_on date default null
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
    v_answer jsonb;
begin
    with before as materialized (
        select b.* from unnest(p_before) as b
    ),

    after as materialized (
        select s.*
        from enrollment.seats as s
        where s.studio_id = v_studio_id and s.section_id = p_section_id
    ),

    changes as (
        select
            coalesce(a.family_id, b.family_id) as family_id,
            coalesce(a.student_id, b.student_id) as student_id,
            coalesce(a.enrollment_id, b.enrollment_id) as enrollment_id,
            coalesce(a.waitlist_entry_id, b.waitlist_entry_id) as waitlist_entry_id,
            coalesce(a.status, b.status) as status,
            b.id is null and a.status = 'offered' as is_offer,
            case
                when a.id is null then 'ended'
                when b.id is null then 'added'
                else 'changed'
            end as effect
        from before as b
        full join after as a on b.id = a.id
        where
            a.id is null
            or b.id is null
            or (a.dates, a.during) is distinct from (b.dates, b.during)
    ),

    named as (
        select
            c.*,
            f.name as family,
            u.first_name || ' ' || u.last_name as student
        from changes as c
        left join identity.families as f on f.studio_id = v_studio_id and c.family_id = f.id
        left join identity.students as u
            on u.studio_id = v_studio_id and c.family_id = u.family_id and c.student_id = u.id
    )

    select
        jsonb_build_object(
            'seats', jsonb_build_object(
                'changed', count(*) filter (where n.effect = 'changed'),
                'added', count(*) filter (where n.effect = 'added' and not n.is_offer),
                'ended', count(*) filter (where n.effect = 'ended')
            ),
            'students', coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'student_id', n.student_id,
                        'student', n.student,
                        'family_id', n.family_id,
                        'family', n.family,
                        'enrollment_id', n.enrollment_id,
                        'status', n.status,
                        'effect', n.effect
                    )
                    order by n.student, n.student_id, n.enrollment_id, n.effect
                ) filter (where n.student_id is not null and not n.is_offer),
                '[]'
            ),
            'offers', coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'waitlist_entry_id', n.waitlist_entry_id,
                        'student_id', n.student_id,
                        'student', n.student,
                        'family_id', n.family_id,
                        'family', n.family
                    )
                    order by n.waitlist_entry_id
                ) filter (where n.is_offer),
                '[]'
            )
        )
    into strict v_answer
    from named as n;
    return v_answer || jsonb_build_object(
        'places_free', (select f.places from enrollment.free_places(array[p_section_id]) as f),
        'places_free_on_date', (
            select f.places
            from enrollment.free_places(array[p_section_id], p_held_on) as f
            where p_held_on is not null
        )
    );
end;
$$;
alter function enrollment.seat_changes(bigint, enrollment.seats[], date) owner to enrollment;
comment on function enrollment.seat_changes(bigint, enrollment.seats[], date) is
$$What an act did to the seats of a section, which it had before: the answer of acts on sections.

{seats: {changed, added, ended}, students: [{student_id, student, family_id, family, enrollment_id,
status, effect}], offers: [{waitlist_entry_id, student_id, student, family_id, family}],
places_free, places_free_on_date}. changed: other days or minutes; null places: unlimited, or no
date was given. Names are for staff.$$;
