create or replace function enrollment.seats_of(p_section_id bigint)
returns enrollment.seats[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family are in the section.
set "callboard.family_id" = ''
as $$
begin
    return array(
        select s::enrollment.seats
        from enrollment.seats as s
        where s.studio_id = auth.studio_id() and s.section_id = p_section_id
        order by s.id
    );
end;
$$;
alter function enrollment.seats_of(bigint) owner to enrollment;
comment on function enrollment.seats_of(bigint) is
$$The seats of a section as they are, to be compared by enrollment.seat_changes() later.$$;
