create or replace function api.set_add_on(
    cart_item_id bigint, add_on_code text, wanted boolean
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_family_id bigint;
    v_cart_id bigint;
    v_item record;
    v_add_on pricing.add_ons;
    v_count bigint;
begin
    perform auth.require('customer', 'staff');
    v_family_id := auth.require_family();
    if set_add_on.add_on_code is null or set_add_on.wanted is null then
        perform ops.fail('request_malformed');
    end if;
    select i.cart_id into v_cart_id
    from enrollment.cart_items as i
    where
        i.studio_id = auth.studio_id()
        and i.family_id = v_family_id
        and i.id = set_add_on.cart_item_id;
    if not found then
        perform ops.fail('cart_item_not_found');
    end if;
    perform enrollment.lock_cart(v_cart_id);
    select i.id, i.section_id, i.add_on_codes, k.title into v_item
    from enrollment.cart_items as i
    inner join catalog.sections as s on i.studio_id = s.studio_id and i.section_id = s.id
    inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
    where i.studio_id = auth.studio_id() and i.id = set_add_on.cart_item_id;
    if not found then
        perform ops.fail('cart_item_not_found');
    end if;
    select a.* into v_add_on
    from pricing.add_ons as a
    where
        a.studio_id = auth.studio_id()
        and a.section_id = v_item.section_id
        and a.code = set_add_on.add_on_code
        and a.superseded_at is null;
    -- What is not to be had any more can still be taken away.
    if
        v_add_on.id is null
        and (set_add_on.wanted or set_add_on.add_on_code <> all(v_item.add_on_codes))
    then
        perform ops.fail(
            'add_on_unknown',
            jsonb_build_object('code', set_add_on.add_on_code, 'title', v_item.title)
        );
    elsif v_add_on.required and not set_add_on.wanted then
        perform ops.fail(
            'add_on_required', jsonb_build_object('name', v_add_on.name, 'title', v_item.title)
        );
    end if;
    update enrollment.cart_items as i
    set
        add_on_codes = array_remove(i.add_on_codes, set_add_on.add_on_code)
        || case
            when set_add_on.wanted and not v_add_on.required then array[set_add_on.add_on_code]
        end
    where i.studio_id = auth.studio_id() and i.id = v_item.id;
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'cart item');
end;
$$;
alter function api.set_add_on(bigint, text, boolean) owner to enrollment;
grant execute on function api.set_add_on(bigint, text, boolean) to customer;
grant execute on function api.set_add_on(bigint, text, boolean) to staff;
comment on function api.set_add_on(bigint, text, boolean) is
$$Ask for an add-on beside a class in the cart, or take it away again.

For the family, and for staff with the header X-Family. add_on_code: of add_ons, for the item's own
section. A required one is charged in any case. Errors: cart_item_not_found, cart_closed,
add_on_unknown, add_on_required, family_required, request_malformed.$$;
