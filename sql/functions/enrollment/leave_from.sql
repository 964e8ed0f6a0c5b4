create or replace function enrollment.leave_from(
    p_enrollment enrollment.enrollments, p_from date
)
returns enrollment.seats[]
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if p_from > studio.local_date(now()) then
        return enrollment.leave_seats(
            p_enrollment,
            datemultirange(daterange(p_from, null)),
            enrollment.hours_from(p_from)
        );
    end if;
    -- What is over needs no seat: history is in enrollments.
    return enrollment.leave_seats(
        p_enrollment,
        datemultirange(daterange(null, null)),
        tstzmultirange(tstzrange(null, null))
    );
end;
$$;
alter function enrollment.leave_from(enrollment.enrollments, date) owner to enrollment;
comment on function enrollment.leave_from(enrollment.enrollments, date) is
$$Give up an enrollment's seats from a local day on: what is left of them, or all once it has come.

Answers as enrollment.leave_seats(). The caller has locked the queue of the section.$$;
