-- A child that has one date of a class needs a place for the rest of it like any other.
begin;
set local search_path = tap, public;
select plan(9);
select tests.section('Trial', '{2,4}', p_capacity => 1) as section,
    tests.section('Kept', '{1}', p_capacity => 1) as kept \gset
select tests.run(
    format('update catalog.sections set sold_by_weekday = true where id = %s', :section)
);
select tests.date_price(:section, 2500);
select min(m.held_on) as tuesday from catalog.meetings as m
where m.section_id = :section and extract(isodow from m.held_on) = 2 \gset
select (tests.dates(:kept, 1))[1] as monday \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
create function pg_temp.found(p_cart bigint) returns text language sql as $$
    select string_agg(f.value ->> 'code', ' ' order by f.value ->> 'code')
    from jsonb_array_elements(
        tests.as_family(tests.family_of_cart(p_cart), format('api.check_cart(%s)', p_cart))
    ) as f
$$;
create function pg_temp.cart_of(p_section bigint, p_choice text) returns bigint
language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
    v_cart_id constant bigint := tests.open_cart(v_student_id);
begin
    perform tests.put(v_cart_id, v_student_id, p_section, p_choice);
    return v_cart_id;
end;
$$;

-- One Tuesday, and then all Thursdays.
select tests.open_cart(:student) as trial_cart \gset
select tests.put(:trial_cart, :student, :section, format('dates => array[%L]::date []', :'tuesday'))
\g /dev/null
select tests.confirmed(:trial_cart) \g /dev/null
select tests.open_cart(:student) as cart \gset
select tests.put(:cart, :student, :section, 'weekdays => ''{4}''') \g /dev/null
select is(pg_temp.found(:cart), null, 'the Thursdays are free');
select tests.held(pg_temp.cart_of(:section, 'weekdays => ''{4}''')) as thursdays \gset
select is(
    pg_temp.found(:cart), 'seat_unavailable', 'they are full, whatever Tuesday the student has'
);
select is(tests.checkout_error(:cart) ->> 'code', 'seat_unavailable', 'as checkout says');
select tests.wait(:section, array[tests.student(tests.family())], ', weekdays => ''{4}''') as entry
\gset
select is(pg_temp.found(:cart), 'waitlist_only', 'the queue is before whoever has a single date');
select is(tests.checkout_error(:cart) ->> 'code', 'waitlist_only', 'as checkout says');

-- Of a place that staff keep for the student on one date it is the same.
select tests.student(tests.family()) as helped \gset
select tests.as_staff(
    tests.worker(),
    format(
        'api.reserve_place(%s, ''a trial'', student_id => %s, dates => array[%L]::date [])',
        :kept, :helped, :'monday'
    )
) \g /dev/null
select tests.cart(:helped, :kept) as helped_cart \gset
select is(pg_temp.found(:helped_cart), 'seat_unavailable', 'one date is kept, no place for all');
select is(
    tests.checkout_error(:helped_cart) ->> 'code', 'seat_unavailable', 'as checkout says'
);
select tests.as_staff(tests.worker(), format('api.release_reservation(%s)', s.id))
from enrollment.seats as s where s.section_id = :kept \g /dev/null
select tests.as_staff(
    tests.worker(),
    format('api.reserve_place(%s, ''she asked'', student_id => %s)', :kept, :helped)
) \g /dev/null
select is(pg_temp.found(:helped_cart), null, 'all of it is kept for the student');
select isnt(tests.held(:helped_cart), null, 'and can be had');
select * from finish();
rollback;
