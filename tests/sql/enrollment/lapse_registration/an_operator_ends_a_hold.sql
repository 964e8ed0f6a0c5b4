begin;
set local search_path = tap, public;
select plan(3);
select tests.section('Ended') as section \gset
select tests.cart(tests.student(tests.family()), :section) as cart \gset
select tests.held(:cart) as registration \gset
select tests.run(format('select enrollment.lapse_registration(%s)', :registration));
select is(tests.value('enrollment.expire_holds()'), '1', 'its time is over');
select is(
    tests.error_code(
        format('select tests.run(''select enrollment.lapse_registration(%s)'')', :registration)
    ),
    'registration_not_found', 'what has ended has no time left'
);
select is(
    tests.family_error_code(
        tests.family_of_cart(:cart), format('enrollment.lapse_registration(%s)', :registration)
    ),
    '42501', 'it is not for families'
);
select * from finish();
rollback;
