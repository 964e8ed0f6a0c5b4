create or replace function enrollment.end_offers(
    p_cart_id bigint,
    p_status text,
    p_reason text,
    p_event text,
    p_cause text default 'lapse'
)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Whoever finds an offer that lapsed ends it, whichever family's it was.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_ended bigint [];
    v_seat_ids bigint [];
    v_count bigint;
begin
    select
        array_agg(w.id),
        coalesce(
            array_agg(w.seat_id) filter (where w.seat_id is not null), array[]::bigint []
        )
    into v_ended, v_seat_ids
    from enrollment.waitlist_entries as w
    where
        w.studio_id = v_studio_id
        and w.cart_id = p_cart_id
        and w.status in ('waiting', 'offered');
    if v_ended is null then
        return 0;
    end if;
    update enrollment.waitlist_entries as w
    set status = p_status, status_reason = p_reason, seat_id = null
    where w.studio_id = v_studio_id and w.id = any(v_ended);
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, cardinality(v_ended), 'waitlist entries');
    update enrollment.carts as c
    set status = 'closed'
    where c.studio_id = v_studio_id and c.id = p_cart_id and c.status = 'open';
    perform ops.emit(
        p_event,
        w.id,
        w.family_id,
        jsonb_build_object(
            'section_id', w.section_id,
            'student_id', w.student_id,
            'held_on', w.held_on,
            'reason', p_reason,
            'had_offer', w.offered_at is not null
        )
    )
    from enrollment.waitlist_entries as w
    where w.studio_id = v_studio_id and w.id = any(v_ended)
    order by w.id;
    perform enrollment.free_seats(v_seat_ids, p_cause);
    return cardinality(v_ended);
end;
$$;
alter function enrollment.end_offers(bigint, text, text, text, text) owner to enrollment;
comment on function enrollment.end_offers(bigint, text, text, text, text) is
$$End what a cart waits for, with the offers it has; their seats pass on. Answers how many entries.

status: declined, expired or cancelled; event: waitlist.declined and so on. The caller has locked
the cart, the entries and the queue of the section.$$;
