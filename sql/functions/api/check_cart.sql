create or replace function api.check_cart(cart_id bigint)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_family_id bigint;
begin
    perform auth.require('customer', 'staff');
    v_family_id := auth.require_family();
    if not exists (
        select
        from enrollment.carts as c
        where
            c.studio_id = auth.studio_id()
            and c.family_id = v_family_id
            and c.id = check_cart.cart_id
    ) then
        perform ops.fail('cart_not_found');
    end if;
    return enrollment.cart_findings(check_cart.cart_id, now());
end;
$$;
alter function api.check_cart(bigint) owner to enrollment;
grant execute on function api.check_cart(bigint) to customer;
grant execute on function api.check_cart(bigint) to staff;
comment on function api.check_cart(bigint) is
$$Everything that speaks against a cart now: findings with code, sentence, student, section.

For the family, and for staff with the header X-Family. Errors: cart_not_found,
family_required.$$;
