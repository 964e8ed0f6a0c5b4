create or replace function pricing.imagined_orders(
    p_term_id bigint, p_cart_ids bigint[], p_as_of timestamptz
)
returns pricing.basket_order[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_ordered_on constant date := studio.local_date(p_as_of);
    v_later constant boolean := (studio.settings_of(p_term_id)).family_discount_later;
    v_coupon_uses constant jsonb := (
        select
            jsonb_agg(
                jsonb_build_object('key', u.key, 'uses', u.uses, 'family_uses', 0) order by u.key
            )
        from pricing.coupon_uses(array[p_term_id], p_as_of) as u
    );
begin
    return array(
        select
            (
                c.id, null, p_term_id, false, null, v_coupon_uses, '{}', '{}', null, v_ordered_on,
                v_later
            )::pricing.basket_order
        from unnest(p_cart_ids) as c (id)
        order by c.id
    );
end;
$$;
alter function pricing.imagined_orders(bigint, bigint[], timestamptz) owner to pricing;
comment on function pricing.imagined_orders(bigint, bigint[], timestamptz) is
$$The facts of orders of families that are new: nothing confirmed, set, saved or entered.

p_cart_ids: any numbers, those of their items. As pricing.basket_orders() has them for such a
family, so that it is asked for the same.$$;
