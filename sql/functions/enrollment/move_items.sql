create or replace function enrollment.move_items(
    p_cart_item_ids bigint[], p_cart_id bigint, p_waitlist_cart_id bigint, p_held_on date
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id constant bigint := auth.require_family();
    v_cart constant enrollment.carts := enrollment.lock_cart(p_cart_id);
    v_item record;
    v_count bigint := 0::bigint;
begin
    for v_item in
        select i.id, i.student_id, i.section_id, i.add_on_codes, i.dates, k.title
        from enrollment.cart_items as i
        inner join catalog.sections as s on i.studio_id = s.studio_id and i.section_id = s.id
        inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
        where
            i.studio_id = v_studio_id
            and i.family_id = v_family_id
            and i.cart_id = v_cart.id
            and i.id = any(p_cart_item_ids)
        order by i.id
    loop
        if enrollment.cart_seats(v_family_id, v_cart.id, v_item.id) <> '{}' then
            -- What the cart holds already need not be waited for.
            perform ops.fail('seats_available', jsonb_build_object('title', v_item.title));
        end if;
        update enrollment.cart_items as i
        set add_on_codes = v_item.add_on_codes
        where
            i.studio_id = v_studio_id
            and i.family_id = v_family_id
            and i.cart_id = p_waitlist_cart_id
            and (i.student_id, i.section_id) = (v_item.student_id, v_item.section_id);
        if cardinality(v_item.dates) > 1 then
            update enrollment.cart_items as i
            set dates = array_remove(v_item.dates, p_held_on)
            where i.studio_id = v_studio_id and i.id = v_item.id;
        else
            delete from enrollment.cart_items as i
            where i.studio_id = v_studio_id and i.id = v_item.id;
        end if;
        v_count := v_count + 1;
    end loop;
    if v_count <> cardinality(p_cart_item_ids) then
        -- It was paid for meanwhile.
        perform ops.fail('cart_item_not_found');
    end if;
end;
$$;
alter function enrollment.move_items(bigint[], bigint, bigint, date) owner to enrollment;
comment on function enrollment.move_items(bigint[], bigint, bigint, date) is
$$Take items out of a cart whose students wait for them in another one now, with their add-ons.

p_held_on: only this date is taken out; other dates stay. Raises cart_item_not_found, cart_closed
and seats_available for one that the cart holds.$$;
