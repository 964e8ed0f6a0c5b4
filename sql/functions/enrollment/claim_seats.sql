create or replace function enrollment.claim_seats(p_registration_id bigint)
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
    v_section record;
    v_places integer [];
    v_seat enrollment.seats;
    v_seats enrollment.seats [] := array[]::enrollment.seats [];
    v_count bigint;
begin
    -- By section, so that two families after the same sections can't wait for one another.
    for v_section in
        with wanted as (
            select
                e.section_id,
                array_agg(e.id order by e.id) as enrollment_ids,
                array_agg(e.student_id order by e.id) as student_ids
            from enrollment.enrollments as e
            where
                e.studio_id = v_studio_id
                and e.family_id = v_family_id
                and e.registration_id = p_registration_id
            group by e.section_id
        )

        select w.section_id, w.enrollment_ids, w.student_ids, s.capacity, p.dates, p.during
        from wanted as w
        inner join catalog.sections as s on s.studio_id = v_studio_id and w.section_id = s.id
        cross join lateral enrollment.section_spans(array[w.section_id]) as p
        order by w.section_id
    loop
        v_places := null;
        if v_section.capacity is not null then
            v_places := enrollment.claim_places(
                v_section.section_id, v_section.dates, cardinality(v_section.enrollment_ids)
            );
            if v_places is null then
                perform ops.fail(
                    'seat_unavailable',
                    jsonb_build_object(
                        'section_id', v_section.section_id,
                        'title', (
                            select k.title
                            from catalog.sections as s
                            inner join catalog.classes as k
                                on s.studio_id = k.studio_id and s.class_id = k.id
                            where s.studio_id = v_studio_id and s.id = v_section.section_id
                        )
                    )
                );
            end if;
        end if;
        for i in 1..cardinality(v_section.enrollment_ids)
        loop
            v_seat.enrollment_id := v_section.enrollment_ids[i];
            v_seat.student_id := v_section.student_ids[i];
            v_seat.section_id := v_section.section_id;
            v_seat.place_number := v_places[i];
            v_seat.dates := v_section.dates;
            v_seat.during := v_section.during;
            v_seats := v_seats || v_seat;
        end loop;
    end loop;
    insert into enrollment.seats (
        studio_id, family_id, enrollment_id, student_id, section_id, place_number, dates, during
    )
    select
        v_studio_id, v_family_id, s.enrollment_id, s.student_id, s.section_id, s.place_number,
        s.dates, s.during
    from unnest(v_seats) as s;
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, cardinality(v_seats), 'seats');
end;
$$;
alter function enrollment.claim_seats(bigint) owner to enrollment;
comment on function enrollment.claim_seats(bigint) is
$$Take a seat for each enrollment of a registration: all of them or an error.

Raises seat_unavailable, and schedule_conflict through the trigger on seats.$$;
