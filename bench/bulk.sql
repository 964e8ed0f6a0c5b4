-- Price many carts in calls of at most so many, and aggregate their facts; answers the times.
-- Run by an operator as role deploy, with the studio in scope. The facts are those of some families
-- that only look, over and over, each time as other carts.
create or replace function pg_temp.bulk(
    p_carts integer, p_per_call integer, p_families integer, out lines bigint,
    out pricing_s float, out aggregate_s float
)
language plpgsql
as $$
declare
    v_cart_ids constant bigint [] := array(
        select f.cart_id
        from bench.families as f
        -- Those with carts of all price modes.
        where f.quote_id is null and f.number % 2 = 0
        order by f.number
        limit p_families
    );
    v_known constant pricing.basket_item [] := pricing.basket(v_cart_ids);
    v_known_orders constant pricing.basket_order [] := pricing.basket_orders(
        v_cart_ids, 'welcome'
    );
    v_plan constant pricing.payment_plans
    := pricing.plan_of(v_known[1].term_id, 'monthly', null, now());
    v_items pricing.basket_item [];
    v_orders pricing.basket_order [];
    v_began timestamptz;
    v_lines bigint;
    v_rounds integer;
begin
    lines := 0;
    pricing_s := 0;
    aggregate_s := 0;
    for v_first in 0..p_carts - 1 by p_per_call
    loop
        v_rounds := least(p_per_call, p_carts - v_first) / cardinality(v_cart_ids);
        v_items := array(
            select
                jsonb_populate_record(
                    i, jsonb_build_object('cart_id', i.cart_id + n.number::bigint * 10000000)
                )
            from generate_series(1, v_rounds) as n (number)
            cross join unnest(v_known) as i
        );
        v_orders := array(
            select
                jsonb_populate_record(
                    o, jsonb_build_object('cart_id', o.cart_id + n.number::bigint * 10000000)
                )
            from generate_series(1, v_rounds) as n (number)
            cross join unnest(v_known_orders) as o
        );
        v_began := clock_timestamp();
        v_lines := cardinality(pricing.price_baskets(v_items, v_orders, v_plan, now()));
        pricing_s := pricing_s + extract(epoch from clock_timestamp() - v_began);
        v_began := clock_timestamp();
        perform i.cart_id, i.student_id, count(*), sum(cardinality(i.weekdays))
        from unnest(v_items) as i
        group by i.cart_id, i.student_id;
        aggregate_s := aggregate_s + extract(epoch from clock_timestamp() - v_began);
        lines := lines + v_lines;
    end loop;
end;
$$;
