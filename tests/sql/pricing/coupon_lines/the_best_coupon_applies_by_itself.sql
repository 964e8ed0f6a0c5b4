begin;
set local search_path = tap, public;
select plan(15);
select tests.section('Automatic Mon', '{1}') as monday \gset
select tests.section('Automatic Tue', '{2}') as tuesday \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
-- 79643 + 6500 + 1500 + 4000 = 91643
select tests.cart(:student, :monday) as cart \gset
create function pg_temp.taken(quote jsonb) returns text language sql as $$
    select string_agg(l.code || ' ' || l.amount_minor, ', ') from tests.lines(quote) as l
    where l.kind = 'coupon'
$$;
select is(pg_temp.taken(tests.quote(:cart)), null, 'none by itself');
select tests.coupon('{"key": "early", "code": null, "name": "Early bird", "percent_bp": 500}')
\g /dev/null
select is(pg_temp.taken(tests.quote(:cart)), 'early -4582', 'one within its dates');
select results_eq(
    format(
        'select l.label, l.rule ->> ''version'' from tests.lines(%L) as l
        where l.kind = ''coupon''',
        tests.quote(:cart)
    ),
    $$values ('Early bird, 5 % off', '1')$$, 'by its name'
);
select is(
    tests.what_if(
        'update pricing.coupons set superseded_at = now();
        select tests.coupon(
            ''{"key": "early", "code": null, "name": "Early", "percent_bp": 500}''
        )',
        format(
            $$(
                select l.label || ' ' || (l.rule ->> 'version')
                from tests.lines(tests.quote(%s)) as l
                where l.kind = 'coupon'
            )$$, :cart
        )
    ) #>> '{}', 'Early, 5 % off 2', 'and its version'
);
select tests.coupon(
    '{"key": "also", "code": null, "kind": "flat", "percent_bp": null, "amount_minor": 4582}'
) \g /dev/null
select is(pg_temp.taken(tests.quote(:cart)), 'also -4582', 'of two that save the same, by key');
select tests.coupon(
    '{"key": "more", "code": null, "kind": "flat", "percent_bp": null, "amount_minor": 4583}'
) \g /dev/null
select is(pg_temp.taken(tests.quote(:cart)), 'more -4583', 'the one that saves more');
select tests.coupon('{"percent_bp": 100}') \g /dev/null
select is(
    pg_temp.taken(tests.coupon_quote(:cart, 'save20')), 'save20 -916',
    'the code that is entered instead, though it saves less'
);
-- Where it would be refused, it is simply not taken, and the next best one is.
select tests.coupon(
    '{"key": "off", "code": null, "percent_bp": 9000, "active": false}'
), tests.coupon(
    jsonb_build_object('key', 'late', 'code', null, 'percent_bp', 9000, 'available_until', now())
), tests.coupon(
    jsonb_build_object(
        'key', 'soon', 'code', null, 'percent_bp', 9000, 'available_from', now() + interval '1 s'
    )
), tests.coupon(
    '{"key": "alone", "code": null, "percent_bp": 9000, "stackable": false}'
) \g /dev/null
select is(pg_temp.taken(tests.quote(:cart)), 'alone -82479', 'one that does not stack, by itself');
select tests.discount(
    '{"kind": "flat", "percent_bp": null, "amount_minor": 100, "reduces_fees": false}'
) \g /dev/null
select is(pg_temp.taken(tests.quote(:cart)), 'more -4583', 'beside a discount it gives way');
-- Used up, as a family and in all.
select tests.coupon(
    '{"key": "once", "code": null, "percent_bp": 8000, "max_uses_per_family": 1}'
) \g /dev/null
select is(pg_temp.taken(tests.quote(:cart)), 'once -73234', 'once a family');
select tests.confirmed(:cart) as registration \gset
select tests.cart(:student, :tuesday) as cart \gset
select is(pg_temp.taken(tests.quote(:cart)), 'more -4583', 'not a second time');
select tests.cart(tests.student(tests.family()), :monday) as other \gset
select is(pg_temp.taken(tests.quote(:other)), 'once -73234', 'another family may');
select tests.run('update pricing.coupons set superseded_at = now() where key = ''once''');
select tests.coupon(
    '{"key": "once", "code": null, "percent_bp": 8000, "max_uses_per_family": 1, "max_uses": 1}'
) \g /dev/null
select is(
    pg_temp.taken(tests.quote(:other)), 'more -4583',
    'uses count over all versions, so a cap of one is reached'
);
-- Where nothing is due, none is given away.
select tests.section('Automatic program', '{3}', 'technique') as program \gset
select tests.worker() as staff \gset
select tests.student(tests.family()) as guest \gset
select tests.cart(:guest, :program) as free \gset
select tests.override(:staff, :guest, :program, 0) as override \gset
select is(pg_temp.taken(tests.quote(:free)), null, 'nothing off nothing');
select is(
    tests.coupon_quote(:free, 'SAVE20') ->> 'code', 'coupon_not_applicable',
    'and the code is refused'
);
select * from finish();
rollback;
