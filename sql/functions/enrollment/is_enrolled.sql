create or replace function enrollment.is_enrolled(
    p_family_id bigint,
    p_student_id bigint,
    p_section_id bigint,
    p_dates date[],
    p_weekdays smallint[],
    p_as_of timestamptz
)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_days constant datemultirange
    := enrollment.picked_days(p_section_id, p_dates, p_weekdays, p_as_of);
begin
    return exists (
        select
        from enrollment.enrollments as e
        where
            e.studio_id = auth.studio_id()
            and e.family_id = p_family_id
            and e.student_id = p_student_id
            and e.section_id = p_section_id
            and e.status = 'confirmed'
            and case
                when p_dates is null and e.dates is null then true
                when p_dates is not null and e.dates is not null then p_dates && e.dates
                else exists (
                    select
                    from enrollment.seats as s
                    where
                        s.studio_id = e.studio_id
                        and s.family_id = e.family_id
                        and s.student_id = e.student_id
                        and s.section_id = e.section_id
                        and s.enrollment_id = e.id
                        and s.dates && v_days
                )
            end
    );
end;
$$;
alter function enrollment.is_enrolled(
    bigint, bigint, bigint, date[], smallint[], timestamptz
) owner to enrollment;
comment on function enrollment.is_enrolled(
    bigint, bigint, bigint, date[], smallint[], timestamptz
) is
$$Whether a student has confirmed already what is picked of a section.

Twice the class, in whichever weekdays, is the same; so is a date that is had already, singly or
with the class. A date that is over, or one on another weekday, is no hindrance.$$;
