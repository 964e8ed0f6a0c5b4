begin;
set local search_path = tap, public;
select plan(15);
select tests.section('Elastic', '{1}', p_capacity => 2) as section \gset
create function pg_temp.capacity(section bigint, capacity text) returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.run(%L)',
            format('update catalog.sections set capacity = %s where id = %s', capacity, section)
        )
    )
$$;
create function pg_temp.places(section bigint) returns bigint language sql as $$
    select count(*) from enrollment.places as p where p.section_id = section
$$;
create function pg_temp.seats_left(section bigint) returns text language sql as $$
    select tests.value(format('enrollment.seats_left(%s)', section)) #>> '{}'
$$;
select is(pg_temp.places(:section), 2::bigint, 'a place for each student at once');
select is(pg_temp.capacity(:section, '0'), '23514', 'none at all is refused');
select tests.confirmed(tests.cart(tests.student(tests.family()), :section)) as one \gset
select tests.confirmed(tests.cart(tests.student(tests.family()), :section)) as two \gset
select isnt(pg_temp.capacity(:section, '1'), null, 'it never shrinks below what is taken');
select is(pg_temp.places(:section), 2::bigint, 'and stays as it was');
select is(pg_temp.capacity(:section, '4'), null, 'it grows');
select is(pg_temp.seats_left(:section), '2', 'by free places');
select is(pg_temp.capacity(:section, '2'), null, 'and shrinks by those again');
select is(pg_temp.seats_left(:section), '0', 'to what is taken');

select is(pg_temp.capacity(:section, 'null'), null, 'it may become unlimited');
select is(pg_temp.seats_left(:section), null, 'then no number is left');
select tests.confirmed(tests.cart(tests.student(tests.family()), :section)) as three \gset
-- Three are enrolled, one of them without a number: a new limit must count all.
select isnt(
    pg_temp.capacity(:section, '2'), null,
    'a limit below those enrolled is refused, numbered or not'
);
select tests.run(format('update catalog.sections set capacity = 3 where id = %s', :section));
select is(pg_temp.seats_left(:section), '0', 'a limit of as many leaves no place');
select is(
    tests.checkout_error(tests.cart(tests.student(tests.family()), :section)) ->> 'code',
    'seat_unavailable',
    'and none is sold'
);
-- A hold that has lapsed is nobody's place.
select tests.section('Lapsing', '{2}', p_capacity => 1) as lapsing \gset
select tests.held(tests.cart(tests.student(tests.family()), :lapsing)) as lapsed \gset
select tests.run(format('update catalog.sections set capacity = 2 where id = %s', :lapsing));
select tests.held(tests.cart(tests.student(tests.family()), :lapsing)) as held \gset
select tests.lapse(:lapsed);
select is(pg_temp.capacity(:lapsing, '1'), null, 'it shrinks by the place of a lapsed hold');
select is(pg_temp.seats_left(:lapsing), '0', 'the other one keeps its place');
select * from finish();
rollback;
