create or replace function enrollment.seats_left(p_section_id bigint, p_held_on date default null)
returns integer
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family count.
set "callboard.family_id" = ''
as $$
declare
    v_places bigint;
    v_taken bigint;
begin
    select count(*) into v_places
    from enrollment.places as p
    where p.studio_id = auth.studio_id() and p.section_id = p_section_id;
    if v_places = 0 then
        return null;
    end if;
    select count(*) into v_taken
    from enrollment.seats as s
    inner join enrollment.enrollments as e
        on
            s.studio_id = e.studio_id
            and s.family_id = e.family_id
            and s.student_id = e.student_id
            and s.section_id = e.section_id
            and s.enrollment_id = e.id
    where
        s.studio_id = auth.studio_id()
        and s.section_id = p_section_id
        and (p_held_on is null or s.dates @> p_held_on)
        and not (
            s.status = 'held'
            and exists (
                select
                from enrollment.lapsed_registrations(now()) as r
                where
                    r.studio_id = e.studio_id
                    and r.family_id = e.family_id
                    and r.id = e.registration_id
            )
        );
    return greatest(v_places - v_taken, 0)::integer;
end;
$$;
alter function enrollment.seats_left(bigint, date) owner to enrollment;
grant execute on function enrollment.seats_left(bigint, date) to anon;
grant execute on function enrollment.seats_left(bigint, date) to customer;
grant execute on function enrollment.seats_left(bigint, date) to instructor;
comment on function enrollment.seats_left(bigint, date) is
$$How many places of a section are free, on one date or throughout; null: unlimited.

Lapsed holds count as free.$$;
