create or replace function api.reserve_place(
    section_id bigint,
    reason text,
    student_id bigint default null,
    dates date[] default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- It may be nobody's place.
set "callboard.family_id" = ''
as $$
declare
    v_reason constant text := btrim(regexp_replace(reserve_place.reason, '\s+', ' ', 'g'));
    v_studio_id integer;
    v_today date;
    v_section record;
    v_family_id bigint;
    v_date date;
    v_part record;
    v_place record;
    v_seat_id bigint;
    v_seat_ids bigint [] := array[]::bigint [];
begin
    perform auth.require('staff');
    v_studio_id := auth.studio_id();
    v_today := studio.local_date(now());
    if
        coalesce(length(v_reason) not between 1 and 500, true)
        -- So begin the reasons of places that came free, which the queue may still get, and of
        -- those that a date lacks.
        or v_reason like any(array['freed:%', 'capacity:%'])
    then
        perform ops.fail('reason_required');
    elsif
        cardinality(reserve_place.dates) = 0
        or array_position(reserve_place.dates, null) is not null
        or cardinality(reserve_place.dates)
        > (select count(distinct d.held_on) from unnest(reserve_place.dates) as d (held_on))
    then
        perform ops.fail('dates_invalid');
    end if;
    select s.price_mode, k.title into v_section
    from catalog.sections as s
    inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
    where s.studio_id = v_studio_id and s.id = reserve_place.section_id;
    if not found then
        perform ops.fail('section_not_found');
    end if;
    if reserve_place.student_id is not null then
        v_family_id := enrollment.student_family(reserve_place.student_id);
        if v_section.price_mode = 'tiered' then
            perform ops.fail(
                'reservation_tiered', jsonb_build_object('title', v_section.title)
            );
        end if;
        perform enrollment.lock_family(v_family_id);
    end if;
    -- Lapsed holds go to those who wait, and what is left then may be kept.
    perform enrollment.release_lapsed(
        p_section_ids => array[reserve_place.section_id], p_wait => true
    );
    perform enrollment.lock_queues(array[reserve_place.section_id]);
    foreach v_date in array coalesce(reserve_place.dates, '{}')
    loop
        if not exists (
            select
            from catalog.meetings as m
            where
                m.studio_id = v_studio_id
                and m.section_id = reserve_place.section_id
                and m.held_on = v_date
                and m.status = 'scheduled'
        ) then
            perform ops.fail(
                'date_unknown', jsonb_build_object('title', v_section.title, 'date', v_date)
            );
        elsif v_date < v_today then
            perform ops.fail(
                'date_past', jsonb_build_object('title', v_section.title, 'date', v_date)
            );
        end if;
    end loop;
    if
        reserve_place.dates is null
        and (
            select n.dates is null
            from catalog.section_span(reserve_place.section_id, null, v_today) as n
        )
    then
        perform ops.fail('section_not_open', jsonb_build_object('title', v_section.title));
    end if;
    if exists (
        select
        from enrollment.seats as s
        where
            s.studio_id = v_studio_id
            and s.family_id = v_family_id
            and s.student_id = reserve_place.student_id
            and s.section_id = reserve_place.section_id
            and (
                reserve_place.dates is null
                or exists (
                    select from unnest(reserve_place.dates) as d (held_on)
                    where s.dates @> d.held_on
                )
            )
    ) then
        perform ops.fail('seat_taken_already', jsonb_build_object('title', v_section.title));
    end if;
    perform enrollment.lock_places(array[reserve_place.section_id]);
    -- What is sold by date is kept by date, too: attached to an enrollment, each finds its own.
    for v_part in
        select
            range_agg(daterange(m.held_on, m.held_on + 1)) as dates,
            range_agg(tstzrange(m.starts_at, m.ends_at)) as during
        from catalog.meetings as m
        where
            m.studio_id = v_studio_id
            and m.section_id = reserve_place.section_id
            and m.status = 'scheduled'
            and m.held_on >= v_today
            and (reserve_place.dates is null or m.held_on = any(reserve_place.dates))
        group by
            case
                when reserve_place.dates is not null or v_section.price_mode = 'drop_in'
                    then m.held_on
            end
        order by 1
    loop
        v_place := enrollment.take_place(reserve_place.section_id, v_part.dates);
        if not v_place.is_taken then
            perform ops.fail(
                'seat_unavailable',
                enrollment.queue_details(reserve_place.section_id, reserve_place.dates)
                || jsonb_build_object(
                    'title', v_section.title,
                    'student_id', reserve_place.student_id,
                    'section_id', reserve_place.section_id,
                    'held_on', case
                        when reserve_place.dates is not null or v_section.price_mode = 'drop_in'
                            then lower(v_part.dates)
                    end
                )
            );
        end if;
        insert into enrollment.seats (
            studio_id, family_id, student_id, section_id, place_number, dates, during, status,
            reason
        )
        values (
            v_studio_id, v_family_id, reserve_place.student_id, reserve_place.section_id,
            v_place.place_number, v_part.dates,
            case when v_family_id is not null then v_part.during end,
            'reserved', v_reason
        )
        returning id into strict v_seat_id;
        v_seat_ids := v_seat_ids || v_seat_id;
    end loop;
    perform ops.emit(
        'place.reserved',
        reserve_place.section_id,
        v_family_id,
        jsonb_build_object(
            'section_id', reserve_place.section_id,
            'student_id', reserve_place.student_id,
            'dates', reserve_place.dates,
            'seat_ids', v_seat_ids,
            'reason', v_reason,
            'account_id', auth.account_id()
        )
    );
    return jsonb_build_object('seat_ids', v_seat_ids);
end;
$$;
alter function api.reserve_place(bigint, text, bigint, date[]) owner to enrollment;
grant execute on function api.reserve_place(bigint, text, bigint, date[]) to staff;
comment on function api.reserve_place(bigint, text, bigint, date[]) is
$$Keep a place of a section without an end, for a student or for nobody yet, with the reason.

All dates from today on, or some; all that is asked for or nothing. When the student checks out
the section, the place becomes the enrollment's. dates: local days. For staff. Answers {seat_ids}:
one, or one a date where it is kept or sold by date. Errors: reason_required, dates_invalid,
section_not_found, student_not_found, reservation_tiered, date_unknown, date_past,
section_not_open, seat_taken_already, seat_unavailable.$$;
