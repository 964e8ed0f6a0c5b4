create or replace function enrollment.claim_weekdays(
    p_registration_id bigint, p_attached bigint[], p_from date, p_is_last boolean
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id constant bigint := auth.require_family();
    v_enrollment record;
    v_span record;
    v_place_number integer;
    v_missing bigint := 0::bigint;
begin
    for v_enrollment in
        select e.id, e.student_id, e.section_id, e.weekdays, s.capacity
        from enrollment.enrollments as e
        inner join catalog.sections as s on s.studio_id = v_studio_id and e.section_id = s.id
        where
            e.studio_id = v_studio_id
            and e.family_id = v_family_id
            and e.registration_id = p_registration_id
            and e.weekdays is not null
            and e.id <> all(p_attached)
        order by e.section_id, e.id
    loop
        v_span := enrollment.seat_span(
            v_enrollment.section_id, null, v_enrollment.weekdays, null, p_from
        );
        if v_span.dates is null then
            perform ops.fail(
                'section_not_open',
                jsonb_build_object(
                    'section_id', v_enrollment.section_id,
                    'title', enrollment.section_title(v_enrollment.section_id)
                )
            );
        end if;
        v_place_number := null;
        if v_enrollment.capacity is not null then
            -- Places that others use on other days come first, so that what is free throughout
            -- stays so. A statement for each: it sees what the one before has taken.
            select p.place_number into v_place_number
            from enrollment.places as p
            where
                p.studio_id = v_studio_id
                and p.section_id = v_enrollment.section_id
                and not p.taken && v_span.dates
            order by isempty(p.taken), p.place_number
            limit 1
            for no key update skip locked;
            if v_place_number is null then
                if p_is_last then
                    perform ops.fail(
                        'seat_unavailable',
                        enrollment.queue_details(
                            v_enrollment.section_id, null, v_enrollment.weekdays
                        )
                        || jsonb_build_object(
                            'section_id', v_enrollment.section_id,
                            'title', enrollment.section_title(v_enrollment.section_id),
                            'student_id', v_enrollment.student_id
                        )
                    );
                end if;
                v_missing := v_missing + 1;
                continue;
            end if;
            update enrollment.places as p
            set taken = p.taken + v_span.dates
            where
                p.studio_id = v_studio_id
                and p.section_id = v_enrollment.section_id
                and p.place_number = v_place_number;
        end if;
        insert into enrollment.seats (
            studio_id, family_id, enrollment_id, student_id, section_id, place_number, dates, during
        )
        values (
            v_studio_id, v_family_id, v_enrollment.id, v_enrollment.student_id,
            v_enrollment.section_id, v_place_number, v_span.dates, v_span.during
        );
    end loop;
    return v_missing;
end;
$$;
alter function enrollment.claim_weekdays(bigint, bigint[], date, boolean) owner to enrollment;
comment on function enrollment.claim_weekdays(bigint, bigint[], date, boolean) is
$$Take a place and a seat for each enrollment by weekday; answers how many got none.

A part of enrollment.claim_seats(). It waits for nobody; p_is_last: whatever may come free has been
waited for, so none is seat_unavailable. Raises section_not_open, seat_unavailable.$$;
