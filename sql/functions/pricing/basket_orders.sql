create or replace function pricing.basket_orders(
    p_cart_ids bigint[], p_coupon_code text, p_as_of timestamptz default now()
)
returns pricing.basket_order[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_ordered_on constant date := studio.local_date(p_as_of);
    v_coupon_code constant text := nullif(btrim(p_coupon_code), '');
    v_coupon_uses constant jsonb := pricing.coupon_facts(p_cart_ids, v_coupon_code);
    v_order pricing.basket_order;
    v_term_id bigint;
    v_discount_later boolean;
    v_orders pricing.basket_order [] := array[]::pricing.basket_order [];
begin
    foreach v_order in array array(
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
                v_coupon_code,
                v_coupon_uses -> c.id::text,
                -- What is held is held for this very cart, as above.
                array(
                    select a.id
                    from pricing.adjustments as a
                    where
                        a.studio_id = v_studio_id
                        and a.family_id = c.family_id
                        and a.term_id = c.term_id
                        and a.status in ('open', 'held')
                ),
                array(
                    select w.id
                    from pricing.line_overrides as w
                    where
                        w.studio_id = v_studio_id
                        and w.family_id = c.family_id
                        and w.term_id = c.term_id
                        and w.superseded_at is null
                ),
                case
                    when c.uses_credit
                        then pricing.credit_left(c.family_id, c.term_id, p_as_of)
                end,
                v_ordered_on,
                null
            )::pricing.basket_order
        from enrollment.carts as c
        where c.studio_id = v_studio_id and c.id = any(p_cart_ids)
        order by c.id
    )
    loop
        -- Once for all orders of a term that follow each other.
        if v_term_id is distinct from v_order.term_id then
            v_term_id := v_order.term_id;
            v_discount_later := (studio.settings_of(v_term_id)).family_discount_later;
        end if;
        v_order.family_discount_later := v_discount_later;
        -- Few families have any of these, so that only theirs are put in order and looked up.
        if cardinality(v_order.adjustment_ids) > 1 then
            v_order.adjustment_ids := array(
                select a.id from unnest(v_order.adjustment_ids) as a (id) order by a.id
            );
        end if;
        if cardinality(v_order.line_override_ids) > 0 then
            v_order.line_override_ids := array(
                select w.id
                from unnest(v_order.line_override_ids) as w (id)
                where
                    -- Set for one checkout: what comes after it is priced by the rules.
                    not exists (
                        select
                        from enrollment.registrations as r
                        inner join pricing.quote_lines as l
                            on r.studio_id = l.studio_id and r.quote_id = l.quote_id
                        where
                            r.studio_id = v_studio_id
                            and r.family_id = v_order.family_id
                            and r.term_id = v_order.term_id
                            and r.status in ('confirmed', 'partial', 'refunded')
                            and l.rule_table = 'pricing.line_overrides'
                            and l.rule_id = w.id
                    )
                order by w.id
            );
        end if;
        v_orders := array_append(v_orders, v_order);
    end loop;
    return v_orders;
end;
$$;
alter function pricing.basket_orders(bigint[], text, timestamptz) owner to pricing;
comment on function pricing.basket_orders(bigint[], text, timestamptz) is
$$The facts that orders are priced by beside their items: of the family, and what it entered.

With pricing.basket() all that a price depends on beside the rules. p_as_of: by when the holds of
other carts count as lapsed.$$;
