begin;
set local search_path = tap, public;
select plan(10);
select tests.section('Guessed', '{1}') as section \gset
select tests.coupon('{"applies_to": ["recital"]}') \g /dev/null
select tests.family() as family \gset
select tests.cart(tests.student(:family), :section) as cart \gset
select tests.run(
    'update studio.settings set coupon_attempts = 3, coupon_window_minutes = 10
    where term_id is null and studio_id = auth.studio_id()'
);
create function pg_temp.attempts(family bigint) returns bigint language sql as $$
    select count(*) from pricing.coupon_attempts as t where t.family_id = family
$$;
select is(tests.coupon_quote(:cart, 'NONE') ->> 'code', 'coupon_not_found', 'a guess');
select is(pg_temp.attempts(:family), 1::bigint, 'is counted, though answered');
select is(
    (select count(*) from pricing.quotes as q where q.cart_id = :cart), 0::bigint,
    'nothing is quoted'
);
select is(
    tests.amount_of_kind(tests.coupon_quote(:cart, 'save20'), 'coupon'), -1600::bigint,
    'a code that exists'
);
select is(pg_temp.attempts(:family), 1::bigint, 'is not');
select is(
    array[
        tests.coupon_quote(:cart, 'N2') ->> 'code', tests.coupon_quote(:cart, 'N3') ->> 'code',
        tests.coupon_quote(:cart, 'N4') ->> 'code', tests.coupon_quote(:cart, 'SAVE20') ->> 'code'
    ],
    '{coupon_not_found,coupon_not_found,too_many_attempts,too_many_attempts}',
    'after as many as the setting says, no code is tried'
);
select isnt(tests.quote(:cart) ->> 'quote_id', null, 'without a code the price is told');
select is(
    tests.coupon_quote(
        tests.cart(tests.student(tests.family()), :section), 'SAVE20'
    ) ->> 'code', null, 'another family may try'
);
select is(
    tests.what_if(
        'update studio.settings set coupon_attempts = 4 where term_id is null',
        format('tests.amount_of_kind(tests.coupon_quote(%s, ''SAVE20''), ''coupon'')', :cart)
    ), '-1600', 'settings.coupon_attempts'
);
select tests.run(
    'update pricing.coupon_attempts set attempted_at = now() - interval ''10 minutes'''
);
select is(
    tests.amount_of_kind(tests.coupon_quote(:cart, 'SAVE20'), 'coupon'), -1600::bigint,
    'after the time of the setting, all are'
);
select * from finish();
rollback;
