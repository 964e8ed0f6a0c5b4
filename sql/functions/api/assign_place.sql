create or replace function api.assign_place(
    waitlist_entry_id bigint, reason text, hours integer default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Staff choose among all who wait.
set "callboard.family_id" = ''
as $$
declare
    v_reason constant text := btrim(regexp_replace(assign_place.reason, '\s+', ' ', 'g'));
    v_studio_id integer;
    v_entry enrollment.waitlist_entries;
    v_kept enrollment.seats [];
    v_code text;
begin
    perform auth.require('staff');
    v_studio_id := auth.studio_id();
    if coalesce(length(v_reason) not between 1 and 500, true) then
        perform ops.fail('reason_required');
    elsif assign_place.hours not between 1 and 720 then
        perform ops.fail('offer_hours_invalid');
    end if;
    select w.* into v_entry
    from enrollment.waitlist_entries as w
    where w.studio_id = v_studio_id and w.id = assign_place.waitlist_entry_id;
    if not found then
        perform ops.fail('waitlist_entry_not_found');
    end if;
    perform enrollment.lock_family(v_entry.family_id);
    perform enrollment.release_lapsed(
        p_section_ids => array[v_entry.section_id], p_wait => true, p_cart_id => v_entry.cart_id
    );
    -- Before the entries, which are ours with the cart: whoever frees a place meanwhile would pass
    -- them over.
    perform enrollment.lock_queues(array[w.section_id])
    from enrollment.waitlist_entries as w
    where w.studio_id = v_studio_id and w.id = v_entry.id and w.status = 'waiting';
    perform
    from enrollment.waitlist_entries as w
    where w.studio_id = v_studio_id and w.cart_id = v_entry.cart_id
    order by w.id
    for no key update;
    select w.* into strict v_entry
    from enrollment.waitlist_entries as w
    where w.studio_id = v_studio_id and w.id = assign_place.waitlist_entry_id;
    if v_entry.status <> 'waiting' then
        perform ops.fail('not_waiting');
    end if;
    -- Places that were kept for staff to give come first; nobody else is offered them meanwhile.
    v_kept := enrollment.kept_seats(v_entry.cart_id);
    perform enrollment.lock_places(array[v_entry.section_id]);
    perform enrollment.free_seats(array(select k.id from unnest(v_kept) as k), null);
    v_code := enrollment.offer_seats(
        v_entry.cart_id, now(), assign_place.hours,
        array(select k.place_number from unnest(v_kept) as k)
    );
    if v_code is not null then
        perform ops.fail(
            v_code,
            jsonb_build_object(
                'title', enrollment.section_title(v_entry.section_id),
                'other_title', 'another class of the student',
                'section_id', v_entry.section_id,
                'student_id', v_entry.student_id
            )
        );
    end if;
    perform enrollment.keep_rest(v_kept);
    perform ops.emit(
        'waitlist.assigned',
        v_entry.id,
        v_entry.family_id,
        jsonb_build_object(
            'section_id', v_entry.section_id,
            'student_id', v_entry.student_id,
            'held_on', v_entry.held_on,
            'account_id', auth.account_id(),
            'reason', v_reason
        )
    );
    return (
        select
            jsonb_build_object(
                'waitlist_entry_id', w.id,
                'status', w.status,
                'offer_expires_at', w.offer_expires_at
            )
        from enrollment.waitlist_entries as w
        where w.studio_id = v_studio_id and w.id = v_entry.id
    );
end;
$$;
alter function api.assign_place(bigint, text, integer) owner to enrollment;
grant execute on function api.assign_place(bigint, text, integer) to staff;
comment on function api.assign_place(bigint, text, integer) is
$$Offer a place to somebody who waits, out of the order of the queue, with the reason.

Of the places that are kept for staff, or a free one; all students who want in together get one.
hours: for how long, 1 to 720; left out: as the setting offer_hours says. For staff. Answers
{waitlist_entry_id, status, offer_expires_at}. Errors: reason_required, offer_hours_invalid,
waitlist_entry_not_found, not_waiting, seat_unavailable, schedule_conflict, and what rules say.$$;
