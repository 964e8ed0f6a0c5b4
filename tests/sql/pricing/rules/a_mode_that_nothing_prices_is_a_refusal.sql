begin;
set local search_path = tap, public;
select plan(4);
select tests.section('Camp', '{1}', p_mode => 'tiered') as tiered \gset
select tests.section('Drop in', '{2}', p_mode => 'drop_in') as drop_in \gset
select tests.section('Plain', '{3}') as plain \gset
select tests.cart(tests.student(tests.family()), :tiered) as tiered_cart \gset
select is(
    tests.quote_error(:tiered_cart) ->> 'code', 'price_missing', 'a tier without a price'
);
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :drop_in) as cart \gset
select is(
    (tests.quote_error(:cart) ->> 'details')::jsonb,
    jsonb_build_object('student_id', :student, 'section_id', :drop_in, 'title', 'Drop in'),
    'a drop-in class without a price of its dates, by name'
);
select is(
    tests.quote_error(tests.cart(:student, :plain)) ->> 'code', 'price_missing',
    'a priced class beside it does not hide it'
);
select is(
    (select count(*) from pricing.quotes where cart_id in (:cart, :tiered_cart)), 0::bigint,
    'nothing is quoted, least of all a price of 0'
);
select * from finish();
rollback;
