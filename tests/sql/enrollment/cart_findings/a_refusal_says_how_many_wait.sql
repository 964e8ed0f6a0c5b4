begin;
set local search_path = tap, public;
select plan(12);
select tests.section('Last place', '{1}', p_capacity => 1) as section \gset
select tests.section('By date', '{2}', p_mode => 'drop_in', p_level => null, p_capacity => 1)
as dated \gset
select tests.date_price(:dated, 2500);
select (tests.dates(:dated, 2))[1] as day_1, (tests.dates(:dated, 2))[2] as day_2 \gset
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
create function pg_temp.says(p_refusal jsonb) returns text language sql as $$
    select format(
        '%s %s %s: %s', p_refusal ->> 'code', d.details ->> 'waiting', d.details ->> 'waitlist',
        p_refusal ->> 'message'
    )
    from (
        -- An error has them as text, a finding as they are.
        select case jsonb_typeof(p_refusal -> 'details')
            when 'string' then (p_refusal ->> 'details')::jsonb
            else p_refusal -> 'details'
        end as details
    ) as d
$$;
create function pg_temp.found(p_cart bigint) returns text language sql as $$
    select pg_temp.says(f.value)
    from jsonb_array_elements(
        tests.as_family(tests.family_of_cart(p_cart), format('api.check_cart(%s)', p_cart))
    ) as f
$$;
select pg_temp.cart_of(:section, 'null') as cart \gset
select tests.held(tests.cart(tests.student(tests.family()), :section)) as holder \gset
select is(
    pg_temp.says(tests.checkout_error(:cart)),
    'seat_unavailable 0 true: Last place has no place left.', 'nobody waits yet, and one can'
);
select is(
    pg_temp.found(:cart), 'seat_unavailable 0 true: Last place has no place left.',
    'so says the cart before'
);
select tests.wait(:section, array[tests.student(tests.family())]) as first \gset
select is(
    pg_temp.says(tests.checkout_error(:cart)),
    'waitlist_only 1 true: One student waits for a place of Last place. You can join the waitlist.',
    'one waits'
);
select tests.wait(:section, array[tests.student(tests.family())]) as second \gset
select is(
    pg_temp.found(:cart),
    'waitlist_only 2 true: 2 students wait for a place of Last place. You can join the waitlist.',
    'two do'
);
select tests.abandon(:holder);
select is(tests.entry_status(:first), 'offered', 'who has an offer waits no longer');
select is(
    pg_temp.found(:cart),
    'waitlist_only 1 true: One student waits for a place of Last place. You can join the waitlist.',
    'and is not counted'
);
select tests.run('update catalog.classes set waitlist_offered = false where title = ''Last place''');
select is(
    pg_temp.found(:cart),
    'waitlist_only 1 false: One student waits for a place of Last place. Its waitlist is closed.',
    'whether one can join them'
);
-- By date: who waits for it.
select tests.held(pg_temp.cart_of(:dated, format('dates => array[%L]::date []', :'day_1'))) as one,
    tests.held(pg_temp.cart_of(:dated, format('dates => array[%L]::date []', :'day_2'))) as two \gset
select tests.wait(:dated, array[tests.student(tests.family())], format(', held_on => %L', :'day_1'))
as entry \gset
select matches(
    pg_temp.found(pg_temp.cart_of(:dated, format('dates => array[%L]::date []', :'day_2'))),
    '^seat_unavailable 0 true: By date on \w+ \d+ has no place left\.$', 'nobody for this date'
);
select matches(
    pg_temp.found(pg_temp.cart_of(:dated, format('dates => array[%L]::date []', :'day_1'))),
    'waitlist_only 1 true: One student waits for a place of By date on ', 'one for that date'
);
select is(
    (tests.as_anybody(format(
        '(select s.seats_left from api.sections as s where s.id = %s)', :dated
    )))::integer,
    1, 'who waits for one date is in nobody''s way on others'
);
-- Where seats are held from the cart.
select tests.run('update studio.settings set hold_starts_at = ''cart'' where term_id is null');
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.open_cart(:student) as held_cart \gset
create function pg_temp.refusal(p_family bigint, p_call text) returns jsonb language sql as $$
    select tests.family_error(p_family, p_call)
$$;
select is(
    pg_temp.says(
        pg_temp.refusal(
            :family, format('api.put_cart_item(%s, %s, %s)', :held_cart, :student, :section)
        )
    ),
    'waitlist_only 1 false: One student waits for a place of Last place. Its waitlist is closed.',
    'putting it into the cart says it, too'
);
select matches(
    pg_temp.says(
        pg_temp.refusal(
            :family, format(
                'api.put_cart_item(%s, %s, %s, dates => array[%L]::date [])', :held_cart, :student,
                :dated, :'day_2'
            )
        )
    ),
    '^seat_unavailable 0 true: By date', 'and of a date'
);
select * from finish();
rollback;
