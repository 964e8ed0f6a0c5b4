create or replace function api.use_credit(
    cart_id bigint, use boolean
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_cart enrollment.carts;
    v_count bigint;
begin
    perform auth.require('customer', 'staff');
    if use_credit.use is null then
        perform ops.fail('request_malformed');
    end if;
    v_cart := enrollment.lock_cart(use_credit.cart_id);
    update enrollment.carts as c
    set uses_credit = use_credit.use
    where c.studio_id = v_cart.studio_id and c.family_id = v_cart.family_id and c.id = v_cart.id;
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'cart');
end;
$$;
alter function api.use_credit(bigint, boolean) owner to enrollment;
grant execute on function api.use_credit(bigint, boolean) to customer;
grant execute on function api.use_credit(bigint, boolean) to staff;
comment on function api.use_credit(bigint, boolean) is
$$Choose whether a cart spends what the family has left of its credits; at first it doesn't.

For the family, and for staff with the header X-Family. The next quote then has a line for it, of
what is left or what is due, whichever is less; a quote made before is no longer taken. Errors:
cart_not_found, cart_closed, family_required, request_malformed.$$;
