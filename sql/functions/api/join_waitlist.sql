create or replace function api.join_waitlist(
    section_id bigint default null,
    student_ids bigint[] default null,
    tier text default null,
    held_on date default null,
    replaces_enrollment_id bigint default null,
    weekdays smallint[] default null,
    cart_item_ids bigint[] default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id integer;
    v_family_id bigint;
    v_wish record;
    v_section record;
    v_pick record;
    v_free integer;
    v_cart_id bigint;
    v_count bigint;
begin
    perform auth.require('customer', 'staff');
    v_studio_id := auth.studio_id();
    v_family_id := auth.require_family();
    perform enrollment.lock_family(v_family_id);
    if join_waitlist.cart_item_ids is not null then
        if
            num_nonnulls(
                join_waitlist.section_id, join_waitlist.student_ids, join_waitlist.tier,
                join_waitlist.weekdays
            ) > 0
        then
            perform ops.fail('waitlist_wish_invalid');
        end if;
        select i.* into strict v_wish
        from enrollment.waitable_items(
            join_waitlist.cart_item_ids, join_waitlist.held_on
        ) as i;
    else
        select w.* into strict v_wish
        from (
            values (
                null::bigint,
                join_waitlist.section_id,
                array(select u.id from unnest(join_waitlist.student_ids) as u (id) order by 1),
                join_waitlist.tier,
                join_waitlist.held_on,
                join_waitlist.weekdays
            )
        ) as w (cart_id, section_id, student_ids, tier, held_on, weekdays);
    end if;
    if
        cardinality(v_wish.student_ids) not between 1 and 10
        or (
            select count(*)
            from identity.students as d
            where
                d.studio_id = v_studio_id
                and d.family_id = v_family_id
                and d.id = any(v_wish.student_ids)
        ) <> cardinality(v_wish.student_ids)
    then
        perform ops.fail('student_not_found');
    end if;
    select
        s.term_id,
        s.capacity,
        k.title,
        k.waitlist_offered,
        now() >= t.registration_opens_at and now() < t.registration_closes_at as is_open
    into v_section
    from catalog.sections as s
    inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
    inner join catalog.terms as t on s.studio_id = t.studio_id and s.term_id = t.id
    where
        s.studio_id = v_studio_id
        and s.id = v_wish.section_id
        and t.status = 'published';
    if not found then
        perform ops.fail('section_not_found');
    elsif not v_section.is_open then
        perform ops.fail('term_not_open');
    end if;
    select p.* into strict v_pick
    from enrollment.checked_pick(
        v_section.term_id,
        v_wish.section_id,
        v_wish.tier,
        case when v_wish.held_on is not null then array[v_wish.held_on] end,
        now(),
        v_wish.weekdays
    ) as p;
    if not v_section.waitlist_offered or v_section.capacity is null then
        perform ops.fail('waitlist_not_offered', jsonb_build_object('title', v_section.title));
    elsif v_section.capacity < cardinality(v_wish.student_ids) then
        perform ops.fail('group_too_large', jsonb_build_object('title', v_section.title));
    elsif exists (
        select
        from enrollment.enrollments as e
        where
            e.studio_id = v_studio_id
            and e.family_id = v_family_id
            and e.student_id = any(v_wish.student_ids)
            and e.section_id = v_wish.section_id
            and (e.dates is null or e.dates && v_pick.dates)
            and e.status in ('pending', 'confirmed')
    ) then
        perform ops.fail('already_enrolled', jsonb_build_object('title', v_section.title));
    elsif exists (
        select
        from enrollment.waitlist_entries as w
        where
            w.studio_id = v_studio_id
            and w.family_id = v_family_id
            and w.student_id = any(v_wish.student_ids)
            and w.section_id = v_wish.section_id
            and w.held_on is not distinct from v_wish.held_on
            and w.status in ('waiting', 'offered', 'accepted')
    ) then
        perform ops.fail('already_waiting', jsonb_build_object('title', v_section.title));
    elsif
        join_waitlist.replaces_enrollment_id is not null
        and not exists (
            select
            from enrollment.enrollments as e
            where
                e.studio_id = v_studio_id
                and e.family_id = v_family_id
                and e.id = join_waitlist.replaces_enrollment_id
                and array[e.student_id] = v_wish.student_ids
                and e.status = 'confirmed'
        )
    then
        perform ops.fail('enrollment_not_found');
    end if;
    perform enrollment.release_lapsed(
        p_family_id => v_family_id,
        p_section_ids => array[v_wish.section_id],
        p_wait => true,
        p_cart_id => v_wish.cart_id
    );
    -- From here on no place of the section comes free without being seen.
    perform enrollment.lock_queues(array[v_wish.section_id]);
    select coalesce(max(f.places), 0) into v_free
    from enrollment.free_places(
        array[v_wish.section_id], v_wish.held_on, v_pick.weekdays
    ) as f;
    if
        v_free >= cardinality(v_wish.student_ids)
        and not enrollment.is_owed(v_wish.section_id, v_pick.dates, v_pick.weekdays)
    then
        perform ops.fail('seats_available', jsonb_build_object('title', v_section.title));
    end if;
    if v_pick.weekdays is not null and not catalog.is_sold_by_weekday(v_wish.section_id) then
        -- The sale by weekday ended meanwhile.
        perform ops.fail('weekdays_not_offered', jsonb_build_object('title', v_section.title));
    end if;
    insert into enrollment.carts (studio_id, family_id, term_id, kind)
    values (v_studio_id, v_family_id, v_section.term_id, 'waitlist')
    returning id into strict v_cart_id;
    insert into enrollment.cart_items (
        studio_id, family_id, cart_id, student_id, section_id, price_mode, tier_id, dates,
        weekdays
    )
    select
        v_studio_id, v_family_id, v_cart_id, u.id, v_wish.section_id, v_pick.price_mode,
        v_pick.tier_id, v_pick.dates, v_pick.weekdays
    from unnest(v_wish.student_ids) as u (id);
    insert into enrollment.waitlist_entries (
        studio_id, family_id, cart_id, student_id, section_id, held_on, source, joined_at,
        replaces_enrollment_id
    )
    select
        v_studio_id,
        v_family_id,
        v_cart_id,
        u.id,
        v_wish.section_id,
        v_wish.held_on,
        case when auth.acting_role() = 'customer' then 'family' else 'staff' end,
        -- Not when it began: nobody gets in before those who have been in the queue meanwhile.
        clock_timestamp(),
        join_waitlist.replaces_enrollment_id
    from unnest(v_wish.student_ids) as u (id);
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, cardinality(v_wish.student_ids), 'waitlist entries');
    if v_wish.cart_id is not null then
        perform enrollment.move_items(
            join_waitlist.cart_item_ids, v_wish.cart_id, v_cart_id, v_wish.held_on
        );
    end if;
    perform ops.emit(
        'waitlist.joined',
        w.id,
        v_family_id,
        jsonb_build_object(
            'section_id', w.section_id,
            'student_id', w.student_id,
            'held_on', w.held_on,
            'source', w.source,
            'together', cardinality(v_wish.student_ids)
        )
    )
    from enrollment.waitlist_entries as w
    where w.studio_id = v_studio_id and w.family_id = v_family_id and w.cart_id = v_cart_id
    order by w.id;
    -- Free places may be owed to those who waited before, and be left once those have theirs.
    if
        v_free > 0
        and enrollment.place_goes_to(
            v_wish.section_id, v_wish.held_on, 'lapse', now()
        ) = 'automatic'
    then
        perform enrollment.offer_places(v_wish.section_id, now());
    end if;
    return (
        select
            jsonb_build_object(
                'cart_id', v_cart_id,
                'entries', jsonb_agg(
                    jsonb_build_object(
                        'waitlist_entry_id', w.id,
                        'student_id', w.student_id,
                        'status', w.status
                    )
                    order by w.id
                )
            )
        from enrollment.waitlist_entries as w
        where w.studio_id = v_studio_id and w.family_id = v_family_id and w.cart_id = v_cart_id
    );
end;
$$;
alter function api.join_waitlist(
    bigint, bigint[], text, date, bigint, smallint[], bigint[]
) owner to enrollment;
grant execute on function api.join_waitlist(
    bigint, bigint[], text, date, bigint, smallint[], bigint[]
) to customer;
grant execute on function api.join_waitlist(
    bigint, bigint[], text, date, bigint, smallint[], bigint[]
) to staff;
comment on function api.join_waitlist(
    bigint, bigint[], text, date, bigint, smallint[], bigint[]
) is
$$Wait for a place of a full section, of some weekdays or of one date of it.

section_id and student_ids: several want in together or not at all. A place that is not enough for
them is kept from nobody, as that would help no one: whoever wants it checks out, and they keep
their turn for when there are places for all of them at once; staff may reserve places for them
one by one. tier: of a tiered section; held_on: the local date, of one by date; weekdays: as of
put_cart_item, offers are for these alone. Instead of all these, cart_item_ids: items of one cart
are taken over with tier, weekdays and add-ons, and the rest of the cart stays as it is; held_on:
the one of their dates that is waited for. Several items want in together, so they are of one
section and picked alike. replaces_enrollment_id: an enrollment of the one student at the same
time that is given up once the offer is accepted and paid.

Answers {cart_id, entries}: the cart holds all that was chosen; add-ons are set there with
set_add_on and its price is asked with quote. For the family, and for staff with the header
X-Family. Errors: student_not_found, term_not_open, section_not_found, section_not_open,
waitlist_not_offered, group_too_large, already_enrolled, already_waiting, seats_available,
enrollment_not_found, waitlist_wish_invalid, cart_item_not_found, cart_closed, cart_is_waiting,
group_differs, waitlist_date_required, and those of put_cart_item about tiers, dates and weekdays.$$;
