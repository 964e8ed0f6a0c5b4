create or replace function enrollment.leave_seats(
    p_enrollment enrollment.enrollments,
    p_dates datemultirange,
    p_during tstzmultirange
)
returns enrollment.seats[]
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_seat enrollment.seats;
    v_left enrollment.seats [] := array[]::enrollment.seats [];
    v_ended bigint [] := array[]::bigint [];
begin
    for v_seat in
        select s.*
        from enrollment.seats as s
        where
            s.studio_id = v_studio_id
            and s.family_id = p_enrollment.family_id
            and s.enrollment_id = p_enrollment.id
            and s.dates && p_dates
        order by s.place_number, s.id
    loop
        if p_dates @> v_seat.dates then
            v_ended := v_ended || v_seat.id;
        else
            update enrollment.places as p
            set taken = p.taken - (v_seat.dates * p_dates)
            where
                p.studio_id = v_studio_id
                and p.section_id = v_seat.section_id
                and p.place_number = v_seat.place_number;
            update enrollment.seats as s
            set dates = s.dates - p_dates, during = s.during - p_during
            where s.studio_id = v_studio_id and s.id = v_seat.id;
        end if;
        v_seat.dates := v_seat.dates * p_dates;
        v_left := array_append(v_left, v_seat);
    end loop;
    perform enrollment.free_seats(v_ended, null);
    -- What was let through as a waived clash has these minutes to itself again: the trigger works
    -- it out.
    update enrollment.seats as s
    set during = s.during
    where
        s.studio_id = v_studio_id
        and s.family_id = p_enrollment.family_id
        and s.student_id = p_enrollment.student_id
        and s.unshared <> s.during;
    return v_left;
end;
$$;
alter function enrollment.leave_seats(enrollment.enrollments, datemultirange, tstzmultirange)
owner to enrollment;
comment on function enrollment.leave_seats(
    enrollment.enrollments, datemultirange, tstzmultirange
) is
$$Give up some dates, with some minutes, of an enrollment's seats, or all of them.

Answers the seats as they were, with the dates that are free by it: for the caller to use, or to
pass on. The caller has locked the queue of the section.$$;
