create or replace function pricing.basket_orders(p_cart_ids bigint[], p_coupon_code text)
returns pricing.basket_order[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    return array(
        select
            (
                c.id,
                c.family_id,
                c.term_id,
                exists (
                    select
                    from pricing.family_awards as w
                    where
                        w.studio_id = v_studio_id
                        and w.family_id = c.family_id
                        and w.term_id = c.term_id
                        -- One that is held is held for this very cart, or for one given up
                        -- before it.
                        and w.status = 'used'
                ),
                nullif(btrim(p_coupon_code), ''),
                u.coupon_uses
            )::pricing.basket_order
        from enrollment.carts as c
        left join pricing.coupon_facts(p_cart_ids) as u on c.id = u.cart_id
        where c.studio_id = v_studio_id and c.id = any(p_cart_ids)
        order by c.id
    );
end;
$$;
alter function pricing.basket_orders(bigint[], text) owner to pricing;
comment on function pricing.basket_orders(bigint[], text) is
$$The facts that orders are priced by beside their items: of the family, and what it entered.

With pricing.basket() all that a price depends on beside the rules.$$;
