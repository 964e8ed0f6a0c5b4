create or replace function enrollment.free_seats(p_seat_ids bigint[])
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Whoever frees a seat may act for another family, or for none.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_count bigint;
begin
    with freed as (
        -- One by one, by the key: any index would do for a list while there are few seats.
        delete from enrollment.seats as s
        using unnest(p_seat_ids) as u (id)
        where s.studio_id = v_studio_id and s.id = u.id
        returning s.section_id, s.place_number, s.dates
    ),

    -- Two students may have had one place, each on dates of its own.
    emptied as (
        select f.section_id, f.place_number, range_agg(f.dates) as dates
        from freed as f
        where f.place_number is not null
        group by f.section_id, f.place_number
    ),

    ordered as (
        select p.section_id, p.place_number, f.dates
        from enrollment.places as p
        inner join emptied as f
            on p.section_id = f.section_id and p.place_number = f.place_number
        where p.studio_id = v_studio_id
        order by p.section_id, p.place_number
        for no key update of p
    ),

    emptied_places as (
        update enrollment.places as p
        set taken = p.taken - o.dates
        from ordered as o
        where
            p.studio_id = v_studio_id
            and p.section_id = o.section_id
            and p.place_number = o.place_number
        returning p.place_number
    )

    select count(*) into v_count from freed;
    perform ops.require_count(v_count, coalesce(cardinality(p_seat_ids), 0), 'seats');
end;
$$;
alter function enrollment.free_seats(bigint[]) owner to enrollment;
comment on function enrollment.free_seats(bigint[]) is
$$End some seats and make their places free; the one way in which a seat ends.

The queues of their sections are locked by the caller, who passes the places on.$$;
