create or replace function api.put_cart_item(
    cart_id bigint,
    student_id bigint,
    section_id bigint,
    tier text default null,
    dates date[] default null,
    weekdays smallint[] default null
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_cart enrollment.carts;
    v_term_id bigint;
    v_settings studio.settings;
    v_pick record;
    v_item_id bigint;
begin
    perform auth.require('customer', 'staff');
    perform enrollment.lock_family(auth.require_family());
    select c.term_id into v_term_id
    from enrollment.carts as c
    where
        c.studio_id = auth.studio_id()
        and c.family_id = auth.require_family()
        and c.id = put_cart_item.cart_id;
    if not found then
        perform ops.fail('cart_not_found');
    end if;
    v_settings := studio.settings_of(v_term_id);
    if v_settings.hold_starts_at = 'cart' then
        perform enrollment.release_lapsed(
            p_family_id => auth.require_family(),
            p_section_ids => array[put_cart_item.section_id],
            p_wait => true,
            p_cart_id => put_cart_item.cart_id
        );
    end if;
    v_cart := enrollment.lock_cart(put_cart_item.cart_id);
    if v_cart.kind = 'waitlist' then
        perform ops.fail('cart_is_waiting');
    end if;
    if not exists (
        select
        from identity.students as s
        where
            s.studio_id = auth.studio_id()
            and s.family_id = v_cart.family_id
            and s.id = put_cart_item.student_id
    ) then
        perform ops.fail('student_not_found');
    end if;
    select p.* into strict v_pick
    from enrollment.checked_pick(
        v_cart.term_id, put_cart_item.section_id, put_cart_item.tier, put_cart_item.dates, now(),
        put_cart_item.weekdays
    ) as p;
    if enrollment.is_enrolled(
        v_cart.family_id, put_cart_item.student_id, put_cart_item.section_id, v_pick.dates,
        v_pick.weekdays, now()
    ) then
        perform ops.fail('already_enrolled', jsonb_build_object('title', v_pick.title));
    end if;
    insert into enrollment.cart_items (
        studio_id, family_id, cart_id, student_id, section_id, price_mode, tier_id, dates,
        weekdays
    )
    values (
        auth.studio_id(),
        v_cart.family_id,
        v_cart.id,
        put_cart_item.student_id,
        put_cart_item.section_id,
        v_pick.price_mode,
        v_pick.tier_id,
        v_pick.dates,
        v_pick.weekdays
    )
    on conflict on constraint cart_items_student_section_key do nothing
    returning id into v_item_id;
    if v_item_id is null then
        perform ops.fail('already_in_cart', jsonb_build_object('title', v_pick.title));
    end if;
    if v_settings.hold_starts_at = 'cart' and v_cart.kind = 'family' then
        -- One deadline a cart: later items don't move it.
        if v_cart.hold_expires_at is null then
            update enrollment.carts as c
            set
                hold_expires_at = now() + make_interval(
                    mins => case
                        when pg_has_role(auth.acting_role(), 'staff', 'member')
                            then v_settings.staff_hold_minutes
                        else v_settings.hold_minutes
                    end
                )
            where c.studio_id = v_cart.studio_id and c.id = v_cart.id;
        end if;
        perform enrollment.hold_item(v_item_id);
    end if;
    return v_item_id;
end;
$$;
alter function api.put_cart_item(
    bigint, bigint, bigint, text, date[], smallint[]
) owner to enrollment;
grant execute on function api.put_cart_item(
    bigint, bigint, bigint, text, date[], smallint[]
) to customer;
grant execute on function api.put_cart_item(
    bigint, bigint, bigint, text, date[], smallint[]
) to staff;
comment on function api.put_cart_item(bigint, bigint, bigint, text, date[], smallint[]) is
$$Put one student for one section into a cart; answers the item's id.

Where the studio holds seats from the cart (setting hold_starts_at), its seats are taken now, all or
none, and kept until the cart's one deadline, hold_expires_at; elsewhere no seat is taken yet.

tier: the code of one of the section's tiers, for a tiered class; dates: the local days that are
wanted, for a drop-in class and wherever single dates have a price; weekdays: ISO numbers of those
that are wanted, where a section is sold by weekday; without dates and weekdays it is the whole
class. For the family, and for staff with the header X-Family. Errors: cart_not_found, cart_closed,
cart_is_waiting, student_not_found, section_not_found,
section_not_open, tier_required, tier_unknown, tier_not_offered, dates_required, dates_invalid,
dates_not_offered, date_unknown, date_past, weekdays_not_offered, weekdays_invalid,
weekday_unknown, already_in_cart, already_enrolled, seat_unavailable and
waitlist_only (details as in checkout), schedule_conflict, family_required.$$;
