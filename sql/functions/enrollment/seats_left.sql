create or replace function enrollment.seats_left(p_section_id bigint, p_held_on date default null)
returns integer
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select f.places from enrollment.free_places(array[p_section_id], p_held_on) as f
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
