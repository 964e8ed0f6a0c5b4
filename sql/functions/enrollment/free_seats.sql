create or replace function enrollment.free_seats(p_seat_ids bigint[], p_cause text)
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
    v_freed enrollment.seats [];
begin
    with freed as (
        -- One by one, by the key: any index would do for a list while there are few seats.
        delete from enrollment.seats as s
        using unnest(p_seat_ids) as u (id)
        where s.studio_id = v_studio_id and s.id = u.id
        returning s.*
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

    select array_agg(f::enrollment.seats) into v_freed from freed as f;
    perform ops.require_count(
        coalesce(cardinality(v_freed), 0), coalesce(cardinality(p_seat_ids), 0), 'seats'
    );
    if p_cause is not null then
        perform enrollment.pass_on(v_freed, p_cause);
    end if;
end;
$$;
alter function enrollment.free_seats(bigint[], text) owner to enrollment;
comment on function enrollment.free_seats(bigint[], text) is
$$End some seats and make their places free; the one way in which a seat ends.

cause: lapse, cancel, refund or capacity, by which the places are passed on to those who wait; null:
the caller has a use for them. The queues of their sections are locked by the caller.$$;
