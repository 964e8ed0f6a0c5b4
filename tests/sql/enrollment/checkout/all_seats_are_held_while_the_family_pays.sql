begin;
set local search_path = tap, public;
select plan(15);
select tests.section('Checkout Mon', '{1}', p_capacity => 2) as monday \gset
select tests.section('Checkout Tue', '{2}', p_capacity => null) as unlimited \gset
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.student(:family, 'Two') as two \gset
select tests.cart(:one, :monday, :unlimited) as cart \gset
select tests.cart(:two, :monday) as cart \gset
create temporary table answer as select tests.checkout(:cart) as document;
select document ->> 'registration_id' as registration from answer \gset

select is(
    (select document - 'registration_id' - 'quote_id' - 'hold_expires_at' from answer),
    jsonb_build_object(
        'status', 'pending_payment', 'status_reason', null, 'term_id', tests.term(),
        'total_minor', 173804 + 91643 - 5000, 'currency', 'USD'
    ),
    'the registration as it is answered'
);
select is(
    (
        select (document ->> 'hold_expires_at')::timestamptz from answer
    ), now() + interval '15 minutes',
    'held for the minutes of the studio''s settings'
);
select results_eq(
    format(
        $$select student_id, section_id, status from enrollment.enrollments
        where registration_id = %s order by student_id, section_id$$, :registration
    ),
    format(
        $$values (%1$s::bigint, %3$s::bigint, 'pending'), (%1$s, %4$s, 'pending'),
        (%2$s, %3$s, 'pending')$$,
        :one, :two, :monday, :unlimited
    ),
    'an enrollment for each item'
);
select results_eq(
    format(
        $$select section_id, place_number, status from enrollment.seats
        where family_id = %s order by section_id, place_number$$, :family
    ),
    format(
        $$values (%1$s::bigint, 1, 'held'), (%1$s, 2, 'held'), (%2$s, null, 'held')$$, :monday,
        :unlimited
    ),
    'a seat for each; without a capacity it has no number'
);
select is(
    (select array_agg(distinct s.dates) from enrollment.seats as s where s.section_id = :monday),
    (
        select array[range_agg(daterange(m.held_on, m.held_on + 1))] from catalog.meetings as m
        where m.section_id = :monday
    ),
    'on the days of the section''s meetings'
);
select is(
    (select array_agg(distinct s.during) from enrollment.seats as s where s.section_id = :monday),
    (
        select array[range_agg(tstzrange(m.starts_at, m.ends_at))] from catalog.meetings as m
        where m.section_id = :monday
    ),
    'at the minutes of its meetings'
);
select is(
    (
        select array_agg(p.taken order by p.place_number) from enrollment.places as p
        where p.section_id = :monday
    ),
    (
        select array_agg(s.dates order by s.place_number) from enrollment.seats as s
        where s.section_id = :monday
    ),
    'the places know the dates on which they are taken'
);
select is(
    tests.value(format('enrollment.seats_left(%s)', :monday)), '0', 'nobody else finds a place'
);
select is(
    (select e.payload from ops.domain_events as e
    where e.kind = 'registration.held' and e.subject_id = :registration),
    '{"total_minor": 260447}', 'it is announced'
);

-- Paid: everything is confirmed in one go.
select tests.payment(:registration) as payment \gset
select tests.apply(:payment, tests.sale(:payment));
select is(tests.registration_status(:registration), 'confirmed', 'the registration is confirmed');
select is(
    (
        select array_agg(distinct e.status) from enrollment.enrollments as e
        where e.registration_id = :registration
    ),
    '{confirmed}', 'its enrollments'
);
select is(
    (select array_agg(distinct s.status) from enrollment.seats as s where s.family_id = :family),
    '{confirmed}', 'its seats'
);
select is(
    (select c.status from enrollment.carts as c where c.id = :cart), 'checked_out',
    'the cart is closed'
);
select is(
    (select (c.cause, c.amount_minor, t.gateway_id)::text
    from enrollment.confirmations as c
    inner join payment.transactions as t on c.studio_id = t.studio_id and c.transaction_id = t.id
    where c.registration_id = :registration),
    row('transaction'::text, 260447::bigint, 'trx1'::text)::text, 'the cause is kept with it'
);
select isnt(
    tests.cart(:one, tests.section('Checkout Wed', '{3}'))::text, :'cart',
    'the next cart is another one'
);
select * from finish();
rollback;
