begin;
set local search_path = tap, public;
select plan(6);
select tests.worker() as staff \gset
select tests.section('Spent') as section \gset
select tests.family() as family \gset
select tests.cart(tests.student(:family), :section) as cart \gset
select is(
    tests.family_error_code(:family, format('api.use_credit(%s, null)', :cart)),
    'request_malformed', 'neither yes nor no'
);
select is(
    tests.family_error_code(:family, 'api.use_credit(0, true)'), 'cart_not_found', 'no such cart'
);
select is(
    tests.error_code(
        format('select tests.as_staff(%s, ''api.use_credit(%s, true)'')', :staff, :cart)
    ),
    'family_required', 'staff say for whom'
);
select is(
    (select c.uses_credit from enrollment.carts as c where c.id = :cart), false,
    'nothing was written by any of them'
);
select tests.as_staff(:staff, format('api.use_credit(%s, true)', :cart), :family) as done \gset
select is(
    (select c.uses_credit from enrollment.carts as c where c.id = :cart), true,
    'staff choose for a family'
);
select tests.run(format('update enrollment.carts set status = ''checked_out'' where id = %s', :cart));
select is(
    tests.family_error_code(:family, format('api.use_credit(%s, false)', :cart)), 'cart_closed',
    'a closed cart'
);
select * from finish();
rollback;
