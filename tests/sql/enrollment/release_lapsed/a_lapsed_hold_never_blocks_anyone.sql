begin;
set local search_path = tap, public;
select plan(6);
select tests.section('Fought for', '{1}', p_capacity => 1) as section \gset
select tests.section('Another', '{2}', p_capacity => 1) as another \gset
select tests.cart(tests.student(tests.family()), :section) as first_cart \gset
select tests.held(:first_cart) as first \gset
select tests.cart(tests.student(tests.family()), :another) as second_cart \gset
select tests.held(:second_cart) as second \gset
select tests.cart(tests.student(tests.family()), :section) as cart \gset
select is(
    tests.checkout_error(:cart) ->> 'code', 'seat_unavailable', 'a hold that lasts keeps its place'
);
select tests.lapse(:first);
select tests.lapse(:second);
select is(tests.checkout_error(:cart), null, 'no job has run, but the place is free');
select is(tests.registration_status(:first), 'failed', 'the lapsed one had to go');
select is(
    tests.registration_status(:second), 'pending_payment',
    'one in a section that nobody asked for is left'
);
select is(
    tests.error_code(format('select tests.payment(%s)', :first)), 'registration_expired',
    'a payment for what was released comes too late'
);
-- A payment that is under way keeps the place after all.
select tests.section('Being paid', '{3}', p_capacity => 1) as paid \gset
select tests.held(tests.cart(tests.student(tests.family()), :paid)) as registration \gset
select tests.payment(:registration) as payment \gset
select tests.lapse(:registration);
select tests.cart(tests.student(tests.family()), :paid) as cart \gset
select is(
    tests.checkout_error(:cart) ->> 'code', 'seat_unavailable', 'who is paying is not released'
);
select * from finish();
rollback;
