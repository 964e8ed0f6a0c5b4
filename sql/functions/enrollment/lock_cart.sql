create or replace function enrollment.lock_cart(p_cart_id bigint)
returns enrollment.carts
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id constant bigint := auth.require_family();
    v_cart enrollment.carts;
begin
    perform enrollment.lock_family(v_family_id);
    select c.* into v_cart
    from enrollment.carts as c
    where c.studio_id = v_studio_id and c.family_id = v_family_id and c.id = p_cart_id
    for no key update;
    if not found then
        perform ops.fail('cart_not_found');
    elsif v_cart.status <> 'open' then
        perform ops.fail('cart_closed');
    end if;
    return v_cart;
end;
$$;
alter function enrollment.lock_cart(bigint) owner to enrollment;
comment on function enrollment.lock_cart(bigint) is
$$Lock an open cart of the family in scope, after the family itself.

Raises cart_not_found, cart_closed.$$;
