-- Called for one order, with the rules of all orders of a call: 10.00 of tuition in term 5.
begin;
set local search_path = tap, public;
select plan(6);
create temporary table facts as
select
    jsonb_populate_record(
        null::pricing.basket_item,
        '{"cart_id": 1, "term_id": 5, "student_id": 3, "section_id": 4, "enrolled": false}'
    ) as item,
    jsonb_populate_record(
        null::pricing.line,
        '{"cart_id": 1, "student_id": 3, "kind": "tuition", "amount_minor": 1000}'
    ) as line;
create function pg_temp.discounts(term_ids bigint[]) returns text language sql as $$
    select string_agg(concat_ws(' ', l.rule_id, l.amount_minor), ', ' order by l.rule_id)
    from facts as f
    cross join lateral unnest(
        pricing.discount_lines(
            array[f.item], array[f.item], '{}', array[f.line],
            array(
                select
                    jsonb_populate_record(
                        null::pricing.discounts,
                        '{"category": "unconditional", "kind": "flat", "amount_minor": 100,
                        "reduces_tuition": true, "reduces_fees": true, "reduces_programs": true}'
                        || jsonb_build_object('id', t.id, 'term_id', t.id)
                    )
                from unnest(term_ids) as t (id)
            ), null, '{}', null, pricing.engine_version()
        )
    ) as l
$$;
create function pg_temp.coupons(term_ids bigint[], the_order jsonb) returns text language sql as $$
    select string_agg(concat_ws(' ', l.rule_id, l.amount_minor), ', ' order by l.rule_id)
    from facts as f
    cross join lateral unnest(
        pricing.coupon_lines(
            array[f.item], array[f.line], (f.line).amount_minor,
            jsonb_populate_record(null::pricing.basket_order, the_order),
            array(
                select
                    jsonb_populate_record(
                        null::pricing.coupons,
                        '{"key": "off", "kind": "flat", "amount_minor": 100, "active": true,
                        "stackable": true, "applies_to": ["tuition"],
                        "most_expensive_only": false}'
                        || jsonb_build_object(
                            'id', t.id, 'term_id', t.id, 'code', the_order ->> 'coupon_code'
                        )
                    )
                from unnest(term_ids) as t (id)
            ), null, '{}', null, now()
        )
    ) as l
$$;
select is(pg_temp.discounts('{4, 5, 6}'), '5 -100', 'discounts of its term');
select is(
    pg_temp.coupons('{4, 5, 6}', '{"cart_id": 1, "term_id": 5}'), '5 -100',
    'of the coupons without a code those of its term'
);
select is(
    pg_temp.coupons('{4, 6}', '{"cart_id": 1, "term_id": 5}'), null,
    'none is no reason to refuse'
);
select is(
    tests.error(
        $$select pg_temp.coupons(
            '{6}', '{"cart_id": 1, "term_id": 5, "coupon_code": "OFF"}'
        )$$
    ) ->> 'details',
    '{"coupon_code": "OFF"}', 'the code of another term''s is refused'
);
select is(
    tests.error_code(
        $$select pg_temp.coupons(
            '{6}', '{"cart_id": 1, "term_id": 5, "coupon_code": "OFF"}'
        )$$
    ), 'coupon_not_applicable', 'as one that does not apply'
);
select is(
    pg_temp.coupons('{5}', null), null, 'where nothing is known of the order there is no coupon'
);
select * from finish();
rollback;
