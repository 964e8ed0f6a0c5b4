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
    v_enrolled record;
    v_place_number integer;
    v_during tstzmultirange;
    v_has_dates boolean;
    v_missing bigint;
begin
    -- Whoever changes a section's capacity or times keeps claims out meanwhile.
    lock table enrollment.seats in row exclusive mode;
    for v_pass in 1..2
    loop
        begin
            v_has_dates := false;
            v_missing := 0::bigint;
            for v_enrolled in
                select
                    e.id, e.student_id, e.section_id, e.tier_id, e.dates as picked_dates,
                    s.capacity, p.dates, p.during
                from enrollment.enrollments as e
                inner join catalog.sections as s
                    on s.studio_id = v_studio_id and e.section_id = s.id
                left join catalog.section_spans as p
                    on p.studio_id = v_studio_id and e.section_id = p.section_id
                where
                    e.studio_id = v_studio_id
                    and e.family_id = v_family_id
                    and e.registration_id = p_registration_id
                order by e.section_id, e.id
            loop
                if v_enrolled.picked_dates is not null then
                    v_has_dates := true;
                    continue;
                end if;
                v_place_number := null;
                if v_enrolled.capacity is not null then
                    v_place_number := enrollment.take_place(
                        v_enrolled.section_id, v_enrolled.capacity, v_enrolled.dates
                    );
                end if;
                v_during := case
                    when v_enrolled.tier_id is null then v_enrolled.during
                    else catalog.tier_minutes(v_enrolled.section_id, v_enrolled.tier_id)
                end;
                if
                    v_enrolled.dates is null
                    or (v_enrolled.capacity is not null and v_place_number is null)
                then
                    v_missing := v_missing + 1;
                    exit;
                end if;
                insert into enrollment.seats (
                    studio_id, family_id, enrollment_id, student_id, section_id, place_number,
                    dates, during
                )
                values (
                    v_studio_id,
                    v_family_id,
                    v_enrolled.id,
                    v_enrolled.student_id,
                    v_enrolled.section_id,
                    v_place_number,
                    v_enrolled.dates,
                    v_during
                );
            end loop;
            if v_has_dates and v_missing = 0 then
                v_missing := enrollment.claim_dates(p_registration_id);
            end if;
            if v_missing = 0 then
                return;
            end if;
            -- Give back what was got before waiting: two families after the same sections would
            -- otherwise wait for one another.
            raise no_data_found;
        exception
            when no_data_found then null;
        end;
        if v_pass = 1 then
            perform enrollment.await_places(p_registration_id);
        end if;
    end loop;
    perform ops.require_count(v_missing, 0, 'enrollments without a seat');
end;
$$;
alter function enrollment.claim_seats(bigint) owner to enrollment;
comment on function enrollment.claim_seats(bigint) is
$$Take a place and a seat for each enrollment of a registration, for each date of those by date.

All of them or an error. Raises seat_unavailable, section_not_open and date_unknown, and
schedule_conflict through the trigger on seats.$$;
