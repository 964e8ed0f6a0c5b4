create or replace function enrollment.take_seats(p_enrollment_id bigint, p_from date)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_enrollment enrollment.enrollments;
    v_days constant datemultirange := datemultirange(daterange(p_from, null));
    v_part record;
    v_place record;
    v_kept bigint [];
begin
    select e.* into strict v_enrollment
    from enrollment.enrollments as e
    where e.studio_id = v_studio_id and e.id = p_enrollment_id;
    -- What staff reserved for this very student is used first, and makes a place free for the rest.
    v_kept := array(
        select s.id
        from enrollment.seats as s
        where
            s.studio_id = v_studio_id
            and s.family_id = v_enrollment.family_id
            and s.status = 'reserved'
            and (s.student_id, s.section_id)
            is not distinct from (v_enrollment.student_id, v_enrollment.section_id)
        order by s.id
    );
    if
        v_kept = '{}'
        and enrollment.is_owed(
            v_enrollment.section_id, v_enrollment.dates, v_enrollment.weekdays,
            v_enrollment.family_id
        )
    then
        perform ops.fail(
            'waitlist_only',
            enrollment.queue_details(
                v_enrollment.section_id, v_enrollment.dates, v_enrollment.weekdays
            )
            || jsonb_build_object(
                'title', enrollment.section_title(v_enrollment.section_id),
                'student_id', v_enrollment.student_id,
                'section_id', v_enrollment.section_id
            )
        );
    end if;
    perform enrollment.free_seats(v_kept, null);
    for v_part in
        select
            s.dates * v_days as dates,
            case
                when v_enrollment.tier_id is null then s.during
                else catalog.tier_minutes(v_enrollment.section_id, v_enrollment.tier_id)
                    * enrollment.hours_from(p_from)
            end as during
        from catalog.section_span(
            v_enrollment.section_id, v_enrollment.weekdays, p_from
        ) as s
        where v_enrollment.dates is null
        union all
        select
            datemultirange(daterange(m.held_on, m.held_on + 1)),
            range_agg(tstzrange(m.starts_at, m.ends_at))
        from catalog.meetings as m
        where
            m.studio_id = v_studio_id
            and m.section_id = v_enrollment.section_id
            and m.held_on = any(v_enrollment.dates)
            and m.held_on >= p_from
            and m.status = 'scheduled'
        group by m.held_on
        order by 1
    loop
        if v_part.dates is null then
            perform ops.fail(
                'section_not_open',
                jsonb_build_object('title', enrollment.section_title(v_enrollment.section_id))
            );
        end if;
        v_place := enrollment.take_place(v_enrollment.section_id, v_part.dates);
        if not v_place.is_taken then
            perform ops.fail(
                'seat_unavailable',
                enrollment.queue_details(
                    v_enrollment.section_id, v_enrollment.dates, v_enrollment.weekdays
                )
                || jsonb_build_object(
                    'title', enrollment.section_title(v_enrollment.section_id),
                    'student_id', v_enrollment.student_id,
                    'section_id', v_enrollment.section_id,
                    'held_on', case
                        when v_enrollment.dates is not null then lower(v_part.dates)
                    end
                )
            );
        end if;
        insert into enrollment.seats (
            studio_id, family_id, enrollment_id, student_id, section_id, place_number, dates,
            during, status
        )
        values (
            v_studio_id, v_enrollment.family_id, v_enrollment.id, v_enrollment.student_id,
            v_enrollment.section_id, v_place.place_number, v_part.dates, v_part.during, 'confirmed'
        );
    end loop;
end;
$$;
alter function enrollment.take_seats(bigint, date) owner to enrollment;
comment on function enrollment.take_seats(bigint, date) is
$$Take confirmed seats for an enrollment from a local day on, at once and all of them.

Of places that staff reserved for the student, or free ones that no other family
waits for. The queue of the
section is locked by the caller. Raises waitlist_only, seat_unavailable, section_not_open,
schedule_conflict.$$;
