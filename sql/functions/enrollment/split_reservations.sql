create or replace function enrollment.split_reservations(p_registration_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id constant bigint := auth.require_family();
    v_today constant date := studio.local_date(now());
    v_part record;
    v_seat enrollment.seats;
begin
    for v_part in
        select e.student_id, e.section_id, n.dates, n.during
        from enrollment.enrollments as e
        cross join lateral (
            select p.dates, p.during
            from catalog.section_span(e.section_id, e.weekdays, v_today) as p
            where e.weekdays is not null
            union all
            select
                datemultirange(daterange(d.held_on, d.held_on + 1)),
                enrollment.picked_minutes(e.section_id, e.tier_id, array[d.held_on])
            from unnest(e.dates) as d (held_on)
        ) as n
        where
            e.studio_id = v_studio_id
            and e.family_id = v_family_id
            and e.registration_id = p_registration_id
            and num_nulls(n.dates, n.during) = 0
        order by e.section_id, e.student_id, n.dates
    loop
        -- What the part before has left of it.
        select s.* into v_seat
        from enrollment.seats as s
        where
            s.studio_id = v_studio_id
            and s.family_id = v_family_id
            and s.enrollment_id is null
            and (s.student_id, s.section_id)
            is not distinct from (v_part.student_id, v_part.section_id)
            and s.status = 'reserved'
            and s.dates @> v_part.dates
            and not v_part.dates @> s.dates * datemultirange(daterange(v_today, null))
        limit 1;
        continue when not found;
        update enrollment.seats as s
        set dates = v_part.dates, during = v_part.during
        where s.studio_id = v_studio_id and s.id = v_seat.id;
        insert into enrollment.seats (
            studio_id, family_id, student_id, section_id, place_number, dates, during, status,
            reason
        )
        values (
            v_studio_id, v_family_id, v_seat.student_id, v_seat.section_id, v_seat.place_number,
            v_seat.dates - v_part.dates, v_seat.during - v_part.during, 'reserved', v_seat.reason
        );
    end loop;
end;
$$;
alter function enrollment.split_reservations(bigint) owner to enrollment;
comment on function enrollment.split_reservations(bigint) is
$$Divide what staff reserved for a student who now takes part of it: some weekdays, or some dates.

What is taken becomes a seat of its own, for enrollment.attach_seats(); the rest stays reserved for
the student, on the same place, until staff let go of it.$$;
