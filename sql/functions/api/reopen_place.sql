create or replace function api.reopen_place(seat_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- It is nobody's place.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id integer;
    v_section_id bigint;
    v_held_on date;
    v_dates datemultirange;
begin
    perform auth.require('staff');
    v_studio_id := auth.studio_id();
    select
        s.section_id,
        case when upper(s.dates) - lower(s.dates) = 1 then lower(s.dates) end,
        s.dates
    into v_section_id, v_held_on, v_dates
    from enrollment.seats as s
    where
        s.studio_id = v_studio_id
        and s.id = reopen_place.seat_id
        and s.status = 'reserved'
        and s.student_id is null
        and s.reason like 'freed:%';
    if not found then
        perform ops.fail('place_not_found');
    end if;
    perform enrollment.lock_queues(array[v_section_id]);
    -- As it is now that nobody else gives it away.
    if not exists (
        select
        from enrollment.seats as s
        where
            s.studio_id = v_studio_id
            and s.id = reopen_place.seat_id
            and s.status = 'reserved'
    ) then
        perform ops.fail('place_not_found');
    end if;
    if exists (
        select from enrollment.waiting_groups(v_section_id, v_dates)
    ) then
        perform ops.fail(
            'queue_waits', jsonb_build_object('title', enrollment.section_title(v_section_id))
        );
    end if;
    perform enrollment.free_seats(array[reopen_place.seat_id], null);
    perform ops.emit(
        'place.reopened',
        v_section_id,
        null,
        jsonb_build_object(
            'section_id', v_section_id, 'held_on', v_held_on, 'account_id', auth.account_id()
        )
    );
end;
$$;
alter function api.reopen_place(bigint) owner to enrollment;
grant execute on function api.reopen_place(bigint) to staff;
comment on function api.reopen_place(bigint) is
$$Give a place that was kept for staff back to the public; refused while somebody waits for it.

seat_id: of a seat that is reserved for nobody since it came free. For staff. Errors:
place_not_found, queue_waits.$$;
