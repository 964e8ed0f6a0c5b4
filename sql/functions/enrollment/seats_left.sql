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
    v_studio_id constant integer := auth.studio_id();
begin
    return (
        select
            case
                when count(*) > 0 then greatest(
                    count(*) - (
                        select count(*)
                        from enrollment.seats as s
                        inner join enrollment.enrollments as e
                            on
                                s.studio_id = e.studio_id
                                and s.family_id = e.family_id
                                and s.student_id = e.student_id
                                and s.section_id = e.section_id
                                and s.enrollment_id = e.id
                        where
                            s.studio_id = v_studio_id
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
                            )
                    ),
                    0
                )
            end::integer
        from enrollment.places as p
        where p.studio_id = v_studio_id and p.section_id = p_section_id
    );
end;
$$;
alter function enrollment.seats_left(bigint, date) owner to enrollment;
grant execute on function enrollment.seats_left(bigint, date) to anon;
grant execute on function enrollment.seats_left(bigint, date) to customer;
grant execute on function enrollment.seats_left(bigint, date) to instructor;
comment on function enrollment.seats_left(bigint, date) is
$$How many places of a section are free, on one date or throughout; null: unlimited.

Lapsed holds count as free.$$;
