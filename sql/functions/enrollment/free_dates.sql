create or replace function enrollment.free_dates(p_section_id bigint, p_dates date[])
returns table (held_on date, places integer)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family count.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    -- As in enrollment.free_places().
    v_lapsed_ids constant bigint [] := array(
        select r.id from enrollment.lapsed_registrations(now()) as r where r.studio_id = v_studio_id
    );
begin
    return query
    with free as (
        select d.held_on, count(*) filter (where not p.taken @> d.held_on) as places
        from unnest(p_dates) as d (held_on)
        inner join enrollment.places as p
            on p.studio_id = v_studio_id and p.section_id = p_section_id
        group by d.held_on
    ),

    lapsed as (
        select d.held_on, count(*) as seats
        from unnest(v_lapsed_ids) as l (registration_id)
        inner join enrollment.registrations as r
            on r.studio_id = v_studio_id and l.registration_id = r.id
        inner join enrollment.enrollments as e
            on
                r.studio_id = e.studio_id
                and r.family_id = e.family_id
                and r.id = e.registration_id
        inner join enrollment.seats as s
            on
                e.studio_id = s.studio_id
                and e.family_id = s.family_id
                and e.student_id = s.student_id
                and e.section_id = s.section_id
                and e.id = s.enrollment_id
        inner join unnest(p_dates) as d (held_on) on s.dates @> d.held_on
        where
            v_lapsed_ids <> '{}'
            and e.section_id = p_section_id
            and s.status = 'held'
        group by d.held_on
    )

    select f.held_on, (f.places + coalesce(l.seats, 0))::integer
    from free as f
    left join lapsed as l on f.held_on = l.held_on;
end;
$$;
alter function enrollment.free_dates(bigint, date[]) owner to enrollment;
comment on function enrollment.free_dates(bigint, date[]) is
$$How many places of a section are free on each of some dates; lapsed holds count as free.

No rows for a section without places, which is unlimited.$$;
