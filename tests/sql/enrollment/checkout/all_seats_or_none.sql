begin;
set local search_path = tap, public;
select plan(9);
select tests.section('Roomy', '{1}') as roomy \gset
select tests.section('Last place', '{2}', p_capacity => 1) as last_place \gset
select tests.cart(tests.student(tests.family()), :last_place) as first_cart \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :roomy, :last_place) as cart \gset
select is(tests.checkout(:first_cart) ->> 'status', 'pending_payment', 'the last place is held');
create temporary table refusal as select tests.checkout_error(:cart) as body;
select is((select body ->> 'code' from refusal), 'seat_unavailable', 'the next family is refused');
select is(
    (select (body ->> 'details')::jsonb - '{waiting_words,waitlist_words}'::text [] from refusal),
    jsonb_build_object(
        'section_id', :last_place, 'title', 'Last place', 'student_id', :student, 'waiting', 0,
        'waitlist', true
    ),
    'by the class that is full, and whose seat it would have been'
);
select is_empty(
    format(
        'select id from enrollment.registrations where family_id = %s', :family
    ), 'no registration'
);
select is_empty(format('select id from enrollment.seats where family_id = %s', :family), 'no seat');
select is(
    tests.value(format('enrollment.seats_left(%s)', :roomy)), '10',
    'no place of the other class either'
);
select is(
    tests.as_family(:family, format('api.check_cart(%s)', :cart)) -> 0 ->> 'code',
    'seat_unavailable',
    'the cart says so before checkout'
);
-- Two students of one family and one place: neither gets it.
select tests.section('One for two', '{3}', p_capacity => 1) as one_for_two \gset
select tests.family() as family \gset
select tests.cart(tests.student(:family, 'One'), :one_for_two) as cart \gset
select tests.cart(tests.student(:family, 'Two'), :one_for_two) as cart \gset
select is(
    tests.checkout_error(:cart) ->> 'code', 'seat_unavailable', 'one place is not enough for two'
);
select is(tests.value(format('enrollment.seats_left(%s)', :one_for_two)), '1', 'and stays free');
select * from finish();
rollback;
