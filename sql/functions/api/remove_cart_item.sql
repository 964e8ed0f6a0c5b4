create or replace function api.remove_cart_item(cart_item_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_family_id bigint;
    v_count bigint;
    v_cart_id bigint;
    v_section_ids bigint [];
    v_seat_ids bigint [];
begin
    perform auth.require('customer', 'staff');
    v_family_id := auth.require_family();
    select i.cart_id, array[i.section_id] into v_cart_id, v_section_ids
    from enrollment.cart_items as i
    where
        i.studio_id = auth.studio_id()
        and i.family_id = v_family_id
        and i.id = remove_cart_item.cart_item_id;
    if not found then
        perform ops.fail('cart_item_not_found');
    end if;
    if (enrollment.lock_cart(v_cart_id)).kind = 'waitlist' then
        perform ops.fail('cart_is_waiting');
    end if;
    v_seat_ids := enrollment.cart_seats(v_family_id, v_cart_id, remove_cart_item.cart_item_id);
    if v_seat_ids <> '{}' then
        perform enrollment.lock_queues(v_section_ids);
        perform enrollment.free_seats(v_seat_ids, 'lapse');
    end if;
    delete from enrollment.cart_items as i
    where i.studio_id = auth.studio_id() and i.id = remove_cart_item.cart_item_id;
    get diagnostics v_count = row_count;
    if v_count = 0 then
        perform ops.fail('cart_item_not_found');
    end if;
end;
$$;
alter function api.remove_cart_item(bigint) owner to enrollment;
grant execute on function api.remove_cart_item(bigint) to customer;
grant execute on function api.remove_cart_item(bigint) to staff;
comment on function api.remove_cart_item(bigint) is
$$Take an item out of the cart; a seat that it holds is free at once.

For the family, and for staff with the header X-Family. Errors: cart_item_not_found, cart_closed, cart_is_waiting,
family_required.$$;
