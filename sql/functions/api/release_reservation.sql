create or replace function api.release_reservation(seat_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- It may be nobody's place.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id integer;
    v_family_id bigint;
    v_seat enrollment.seats;
begin
    perform auth.require('staff');
    v_studio_id := auth.studio_id();
    select s.* into v_seat
    from enrollment.seats as s
    where s.studio_id = v_studio_id and s.id = release_reservation.seat_id;
    v_family_id := v_seat.family_id;
    if v_family_id is not null then
        -- Its student may be checking out with it.
        perform enrollment.lock_family(v_family_id);
    end if;
    perform enrollment.lock_queues(array[v_seat.section_id])
    where v_seat.section_id is not null;
    -- As it is now that nobody else decides about it.
    select s.* into v_seat
    from enrollment.seats as s
    where
        s.studio_id = v_studio_id
        and s.id = release_reservation.seat_id
        and s.status = 'reserved'
        -- What came free is reopened, as somebody may wait for it; what a date lacks it goes on lacking.
        and s.reason not like all(array['freed:%', 'capacity:%']);
    if not found then
        perform ops.fail('place_not_found');
    end if;
    perform ops.emit(
        'place.released',
        v_seat.section_id,
        v_seat.family_id,
        jsonb_build_object(
            'section_id', v_seat.section_id,
            'student_id', v_seat.student_id,
            'seat_id', v_seat.id,
            'account_id', auth.account_id()
        )
    );
    perform enrollment.free_seats(array[v_seat.id], 'capacity');
end;
$$;
alter function api.release_reservation(bigint) owner to enrollment;
grant execute on function api.release_reservation(bigint) to staff;
comment on function api.release_reservation(bigint) is
$$Keep a place no longer that staff reserved: it goes to those who wait, or to the public.

seat_id: as reserve_place answered. For staff. Places that came free are reopened by reopen_place,
those that a date lacks are had again by set_date_capacity. Errors: place_not_found.$$;
