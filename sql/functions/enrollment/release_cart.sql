create or replace function enrollment.release_cart(p_cart_id bigint, p_cause text default 'lapse')
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Whoever finds a lapsed hold releases it, whichever family it was of.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id bigint;
begin
    update enrollment.carts as c
    set hold_expires_at = null
    where c.studio_id = v_studio_id and c.id = p_cart_id and c.hold_expires_at is not null
    returning c.family_id into v_family_id;
    if not found then
        return;
    end if;
    perform enrollment.free_seats(enrollment.cart_seats(v_family_id, p_cart_id), p_cause);
    perform ops.emit('cart.released', p_cart_id, v_family_id);
end;
$$;
alter function enrollment.release_cart(bigint, text) owner to enrollment;
comment on function enrollment.release_cart(bigint, text) is
$$Give back the seats that the items of a cart hold; the items stay in it.

The caller has locked the cart and the queues of its sections.$$;
