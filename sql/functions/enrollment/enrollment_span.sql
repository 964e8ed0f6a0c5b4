create or replace function enrollment.enrollment_span(
    p_enrollment_id bigint,
    p_dates date[],
    p_from date,
    out dates datemultirange,
    out during tstzmultirange
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Whoever changes the meetings of a section asks for those of every family.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_enrollment record;
    v_dropped record;
begin
    select
        e.section_id, e.tier_id, e.weekdays, e.ended_on,
        -- Who was moved here begins on the day on which the other class ended.
        greatest(p_from, f.ended_on) as begins_on
    into strict v_enrollment
    from enrollment.enrollments as e
    left join enrollment.enrollments as f
        on e.studio_id = f.studio_id and e.from_enrollment_id = f.id
    where e.studio_id = v_studio_id and e.id = p_enrollment_id;
    select n.dates, n.during into enrollment_span.dates, enrollment_span.during
    from enrollment.seat_span(
        v_enrollment.section_id, v_enrollment.tier_id, v_enrollment.weekdays, p_dates,
        v_enrollment.begins_on
    ) as n;
    -- Weekdays are the student's until the day from which they were given up.
    for v_dropped in
        select
            n.dates * datemultirange(daterange(null, c.effective_on)) as dates,
            n.during * tstzmultirange(
                tstzrange(null, studio.start_of_day(c.effective_on))
            ) as during
        from enrollment.changes as c
        cross join lateral catalog.section_span(
            v_enrollment.section_id, c.weekdays, v_enrollment.begins_on
        ) as n
        where
            c.studio_id = v_studio_id
            and c.enrollment_id = p_enrollment_id
            and c.kind = 'weekdays_dropped'
            and n.dates is not null
    loop
        enrollment_span.dates := coalesce(enrollment_span.dates, '{}') + v_dropped.dates;
        enrollment_span.during := coalesce(enrollment_span.during, '{}') + v_dropped.during;
    end loop;
    if v_enrollment.ended_on is not null then
        enrollment_span.dates := enrollment_span.dates
        * datemultirange(daterange(null, v_enrollment.ended_on));
        enrollment_span.during := enrollment_span.during
        * tstzmultirange(tstzrange(null, studio.start_of_day(v_enrollment.ended_on)));
    end if;
    if isempty(enrollment_span.dates) then
        enrollment_span.dates := null;
        enrollment_span.during := null;
    end if;
end;
$$;
alter function enrollment.enrollment_span(bigint, date[], date) owner to enrollment;
comment on function enrollment.enrollment_span(bigint, date[], date) is
$$The local days and the minutes of an enrollment's seat, as its section's meetings are now.

enrollment.seat_span() of what was picked, or of the dates given, from a day on, until the day on
which the enrollment ends; weekdays that were given up count until then. Both null when none of it
takes place.$$;
