create or replace function enrollment.hold_item(p_cart_item_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_today constant date := studio.local_date(now());
    v_item record;
    v_reserved datemultirange [];
    v_part record;
    v_place record;
begin
    select i.*, n.dates as span, n.during as span_during into strict v_item
    from enrollment.cart_items as i
    cross join lateral enrollment.seat_span(
        i.section_id, i.tier_id, i.weekdays, null, v_today
    ) as n
    where
        i.studio_id = v_studio_id
        and i.family_id = auth.require_family()
        and i.id = p_cart_item_id;
    if v_item.span is null then
        perform ops.fail(
            'section_not_open',
            jsonb_build_object('title', enrollment.section_title(v_item.section_id))
        );
    end if;
    -- What staff reserve for the student is the checkout's: no second place is taken beside it.
    v_reserved := array(
        select s.dates
        from enrollment.seats as s
        where
            s.studio_id = v_studio_id
            and s.family_id = v_item.family_id
            and (s.student_id, s.section_id)
            is not distinct from (v_item.student_id, v_item.section_id)
            and s.status = 'reserved'
    );
    if v_item.dates is not null then
        v_item.dates := array(
            select d.held_on
            from unnest(v_item.dates) as d (held_on)
            where not exists (
                select from unnest(v_reserved) as r (dates) where r.dates @> d.held_on
            )
            order by d.held_on
        );
    end if;
    if
        v_item.dates = '{}'
        or (
            v_item.dates is null
            and exists (
                select from unnest(v_reserved) as r (dates) where r.dates @> v_item.span
            )
        )
    then
        return;
    end if;
    if enrollment.is_owed(v_item.section_id, v_item.dates, v_item.weekdays) then
        if pg_has_role(auth.acting_role(), 'staff', 'member') then
            -- Nothing is held; at checkout staff may say why it goes past those who wait.
            return;
        end if;
        perform ops.fail(
            'waitlist_only',
            enrollment.queue_details(v_item.section_id, v_item.dates, v_item.weekdays)
            || jsonb_build_object(
                'title', enrollment.section_title(v_item.section_id),
                'student_id', v_item.student_id,
                'section_id', v_item.section_id
            )
        );
    end if;
    if cardinality(v_item.dates) > 1 then
        -- Its dates may be on several places.
        perform enrollment.lock_places(array[v_item.section_id]);
    end if;
    for v_part in
        select v_item.span as dates, v_item.span_during as during
        where v_item.dates is null
        union all
        select n.dates, n.during
        from unnest(v_item.dates) as d (held_on)
        cross join lateral enrollment.seat_span(
            v_item.section_id, null, null, array[d.held_on], v_today
        ) as n
        order by dates
    loop
        v_place := enrollment.take_place(v_item.section_id, v_part.dates);
        if not v_place.is_taken then
            perform ops.fail(
                'seat_unavailable',
                enrollment.queue_details(v_item.section_id, v_item.dates, v_item.weekdays)
                || jsonb_build_object(
                    'title', enrollment.section_title(v_item.section_id),
                    'student_id', v_item.student_id,
                    'section_id', v_item.section_id
                )
            );
        end if;
        insert into enrollment.seats (
            studio_id, family_id, cart_item_id, student_id, section_id, place_number, dates, during
        )
        values (
            v_studio_id, v_item.family_id, v_item.id, v_item.student_id, v_item.section_id,
            v_place.place_number, v_part.dates, v_part.during
        );
    end loop;
end;
$$;
alter function enrollment.hold_item(bigint) owner to enrollment;
comment on function enrollment.hold_item(bigint) is
$$Take the seats of one item of a cart, all of its dates or none, where carts hold seats.

But for what staff reserve for its student, which checkout takes over, and what others wait for, of
which staff put in items without a seat.
Raises seat_unavailable, waitlist_only, schedule_conflict, section_not_open.$$;
