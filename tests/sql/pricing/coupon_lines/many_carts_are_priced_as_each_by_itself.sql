-- One statement for all carts: nobody's lines, counts or coupons get into another's.
begin;
set local search_path = tap, public;
select plan(2);
select tests.section('Many Mon', '{1}') as monday \gset
select tests.section('Many Tue', '{2}') as tuesday \gset
select tests.section('Many Wed', '{3}', 'junior') as wednesday \gset
select tests.family('One') as one \gset
select tests.student(:one, 'A') as a \gset
select tests.student(:one, 'B') as b \gset
select tests.cart(:b, :monday, :tuesday) as first_cart \gset
select tests.cart(:a, :wednesday) as first_cart \gset
select tests.cart(tests.student(tests.family('Two')), :tuesday, :wednesday) as second_cart \gset
select tests.cart(tests.student(tests.family('Three')), :monday) as third_cart \gset
select tests.discount(
    '{"code": "pair", "category": "weekly_classes", "threshold": 2, "recipients": "reaching"}'
), tests.discount(
    '{"code": "sibling", "category": "students_in_family", "threshold": 2, "kind": "flat",
    "recipients": "reaching", "percent_bp": null, "amount_minor": 1000}'
), tests.discount('{"code": "scoped"}', array[:tuesday]::bigint []),
tests.coupon('{"applies_to": ["tuition"]}', array[:monday, :wednesday]::bigint []),
tests.coupon('{"key": "early", "code": null, "percent_bp": 300, "applies_to": ["tuition"]}')
\g /dev/null
-- The lines of some carts, priced in one call, cart by cart.
create function pg_temp.lines(carts bigint[], code text) returns jsonb language sql as $$
    select tests.value(
        format(
            '(
                select jsonb_agg(
                    jsonb_build_array(
                        l.cart_id, l.student_id, l.kind, l.code, l.basis, l.amount_minor
                    )
                    order by l.cart_id, l.n
                )
                from unnest(
                    pricing.price_baskets(
                        pricing.basket(%1$L), pricing.basket_orders(%1$L, %2$L),
                        pricing.plan_of(tests.term(), ''full'', null, now()), now()
                    )
                ) with ordinality as l (
                    cart_id, student_id, kind, code, section_id, basis, amount_minor, rule_table,
                    rule_id, rule_version, n
                )
            )',
            carts, code
        )
    )
$$;
select is(
    pg_temp.lines(array[:first_cart, :second_cart, :third_cart], c.code),
    pg_temp.lines(array[:first_cart], c.code) || pg_temp.lines(array[:second_cart], c.code)
    || pg_temp.lines(array[:third_cart], c.code),
    c.what
)
from (values ('save20', 'with a code'), (null, 'with what applies by itself')) as c (code, what);
select * from finish();
rollback;
