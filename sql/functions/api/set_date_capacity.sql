create or replace function api.set_date_capacity(
    section_id bigint,
    held_on date,
    capacity integer,
    reason text,
    preview boolean default false
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family are in the section.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id integer;
    v_section record;
    v_reason constant text := btrim(regexp_replace(set_date_capacity.reason, '\s+', ' ', 'g'));
    v_dates datemultirange;
    v_unavailable text;
    v_before enrollment.seats [];
    v_lacking_ids bigint [];
    v_more integer;
    v_place record;
    v_answer jsonb;
begin
    perform auth.require('staff');
    v_studio_id := auth.studio_id();
    if coalesce(length(v_reason) not between 1 and 500, true) then
        perform ops.fail('reason_required');
    end if;
    select s.id, s.capacity, k.title into v_section
    from catalog.sections as s
    inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
    where s.studio_id = v_studio_id and s.id = set_date_capacity.section_id;
    if not found then
        perform ops.fail('section_not_found');
    end if;
    select u.code into v_unavailable
    from enrollment.unavailable_dates(
        v_section.id, array[set_date_capacity.held_on], now()
    ) as u;
    if v_unavailable is not null then
        perform ops.fail(
            case v_unavailable when 'date_past' then 'date_past' else 'date_unknown' end,
            jsonb_build_object(
                'title', v_section.title,
                'date', coalesce(set_date_capacity.held_on::text, 'that day')
            )
        );
    end if;
    -- Not before it is known: the last of all dates has none after it.
    v_dates := datemultirange(
        daterange(set_date_capacity.held_on, set_date_capacity.held_on, '[]')
    );
    begin
        -- Lapsed holds go to those who wait, and what is left then may be kept.
        perform enrollment.release_lapsed(
            p_section_ids => array[v_section.id], p_wait => true
        );
        perform enrollment.lock_queues(array[v_section.id]);
        -- As it is now that nobody changes it.
        lock table enrollment.seats in row exclusive mode;
        select s.capacity into v_section.capacity
        from catalog.sections as s
        where s.studio_id = v_studio_id and s.id = v_section.id;
        if v_section.capacity is null then
            perform ops.fail(
                'capacity_unlimited', jsonb_build_object('title', v_section.title)
            );
        elsif
            coalesce(
                set_date_capacity.capacity not between 0 and v_section.capacity, true
            )
        then
            perform ops.fail(
                'date_capacity_invalid',
                jsonb_build_object('title', v_section.title, 'capacity', v_section.capacity)
            );
        end if;
        v_before := enrollment.seats_of(v_section.id);
        v_lacking_ids := array(
            select b.id
            from unnest(v_before) as b
            where b.status = 'reserved' and b.reason like 'capacity:%' and b.dates = v_dates
            order by b.id desc
        );
        v_more := v_section.capacity - set_date_capacity.capacity - cardinality(v_lacking_ids);
        perform ops.emit(
            'place.capacity_set',
            v_section.id,
            null,
            jsonb_build_object(
                'section_id', v_section.id,
                'held_on', set_date_capacity.held_on,
                'capacity', set_date_capacity.capacity,
                'reason', v_reason,
                'account_id', auth.account_id()
            )
        );
        if v_more < 0 then
            perform enrollment.free_seats(v_lacking_ids[: -v_more], 'capacity');
        end if;
        if v_more > 0 then
            perform enrollment.lock_places(array[v_section.id], v_dates);
        end if;
        for v_number in 1..v_more
        loop
            v_place := enrollment.take_place(v_section.id, v_dates);
            if not v_place.is_taken then
                perform ops.fail(
                    'capacity_below_taken',
                    jsonb_build_object(
                        'section_id', v_section.id,
                        'held_on', set_date_capacity.held_on,
                        'capacity', set_date_capacity.capacity,
                        'taken', enrollment.places_needed(v_section.id, set_date_capacity.held_on)
                    )
                );
            end if;
            insert into enrollment.seats (
                studio_id, section_id, place_number, dates, status, reason
            )
            values (
                v_studio_id, v_section.id, v_place.place_number, v_dates, 'reserved',
                'capacity:' || v_reason
            );
        end loop;
        v_answer := jsonb_build_object(
            'section_id', v_section.id,
            'held_on', set_date_capacity.held_on,
            'capacity_before', v_section.capacity - cardinality(v_lacking_ids),
            'capacity', set_date_capacity.capacity
        )
        || enrollment.seat_changes(v_section.id, v_before, set_date_capacity.held_on);
        perform ops.undo_preview(set_date_capacity.preview);
    exception
        when sqlstate 'UNDO0' then null;
    end;
    return v_answer;
end;
$$;
alter function api.set_date_capacity(bigint, date, integer, text, boolean) owner to enrollment;
grant execute on function api.set_date_capacity(bigint, date, integer, text, boolean) to staff;
comment on function api.set_date_capacity(bigint, date, integer, text, boolean) is
$$Let a section hold fewer students on one local date than it does else, with the reason.

capacity: from 0 to that of the section, which lifts the limit of the date. The places that the date
lacks are kept by seats of nobody; raised again, they go to those who wait, to staff or to the
public, as the setting waitlist_on_capacity says. preview: answer what would come of it and change
nothing. For staff. Answers {section_id, held_on, capacity_before, capacity, seats: {changed, added,
ended}, students, offers, places_free, places_free_on_date}. Errors: reason_required,
section_not_found, date_unknown, date_past, capacity_unlimited, date_capacity_invalid,
capacity_below_taken (details: taken).$$;
