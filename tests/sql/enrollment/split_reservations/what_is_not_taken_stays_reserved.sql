-- Staff keep a place for a student, who then takes part of it: some weekdays, or some dates.
begin;
set local search_path = tap, public;
select plan(23);
select tests.worker() as staff \gset
create function pg_temp.section(title text) returns bigint language plpgsql as $$
declare
    v_section_id constant bigint := tests.section(title, '{2,4}', p_capacity => 1);
begin
    perform tests.run(
        format('update catalog.sections set sold_by_weekday = true where id = %s', v_section_id)
    );
    perform tests.date_price(v_section_id, 3000);
    return v_section_id;
end;
$$;
create function pg_temp.reserve(staff bigint, section bigint, student bigint) returns bigint
language sql as $$
    select (
        tests.as_staff(staff, format('api.reserve_place(%s, ''promised'', %s)', section, student))
        #>> '{seat_ids,0}'
    )::bigint
$$;
-- Each seat: on which days, and what holds it.
create function pg_temp.seats(section bigint) returns text language sql as $$
    select string_agg(
        format('%s %s', d.days, coalesce(s.reason, s.status)), ', ' order by d.days, s.id
    )
    from enrollment.seats as s
    cross join lateral (
        select
            case
                when count(*) <= 2 then string_agg(to_char(m.held_on, 'Dy'), '&' order by m.held_on)
                else count(*) || ' ' || string_agg(
                    distinct to_char(m.held_on, 'Dy'), '+' order by to_char(m.held_on, 'Dy')
                )
            end as days
        from catalog.meetings as m
        where m.section_id = section and s.dates @> m.held_on
    ) as d
    where s.section_id = section
$$;
-- What must hold of every seat: its minutes are those of its days.
create function pg_temp.misfits(section bigint) returns bigint language sql as $$
    select count(*)
    from enrollment.seats as s
    where s.section_id = section
    and s.during is distinct from (
        select range_agg(tstzrange(m.starts_at, m.ends_at)) from catalog.meetings as m
        where m.section_id = section and s.dates @> m.held_on
    )
$$;

-- Tuesdays of it.
select pg_temp.section('By weekday') as section \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select pg_temp.reserve(:staff, :section, :student) as seat \gset
select p.taken as taken from enrollment.places as p where p.section_id = :section \gset
select tests.open_cart(:student) as cart \gset
select tests.put(:cart, :student, :section, 'weekdays => ''{2}''') \g /dev/null
select is(
    tests.quote(:cart) -> 'findings', '[]', 'the place that is kept is the student''s to take'
);
select tests.held(:cart) as registration \gset
select is(
    pg_temp.seats(:section), '21 Thu promised, 21 Tue held', 'Thursdays go on to be reserved'
);
select is(
    (select (s.enrollment_id is not null)::text || s.status from enrollment.seats as s
    where s.id = :seat), 'trueheld', 'the seat that was reserved is the enrollment''s'
);
select is(
    (
        select string_agg(distinct format('%s %s', s.place_number, s.student_id), ', ')
        from enrollment.seats as s where s.section_id = :section
    ),
    '1 ' || :student, 'both are the student''s, on one place'
);
select is(
    (select p.taken from enrollment.places as p where p.section_id = :section),
    :'taken'::datemultirange, 'which is taken as before'
);
select is(pg_temp.misfits(:section), 0::bigint, 'each at its own minutes');
select is(
    (select count(*) from enrollment.seats as s where s.section_id = :section
    and s.unshared is distinct from s.during), 0::bigint, 'and at no others'
);
select tests.open_cart(tests.student(tests.family())) as other_cart \gset
select u.id as other from identity.students as u
where u.family_id = tests.family_of_cart(:other_cart) \gset
select tests.put(:other_cart, :other, :section, 'weekdays => ''{4}''') \g /dev/null
select is(
    tests.checkout_error(:other_cart) ->> 'code', 'seat_unavailable',
    'nobody else gets the Thursdays'
);
select tests.act_as_operator() \g /dev/null
select s.id as rest from enrollment.seats as s
where s.section_id = :section and s.status = 'reserved' \gset
select tests.as_staff(:staff, format('api.release_reservation(%s)', :rest)) \g /dev/null
select is(pg_temp.seats(:section), '21 Tue held', 'until staff let go of them');
select isnt(tests.held(:other_cart), null, 'and then somebody does');
select is(pg_temp.seats(:section), '21 Thu held, 21 Tue held', 'two students, one place');
select tests.as_family(:family, format('api.abandon_checkout(%s)', :registration)) \g /dev/null
select is(pg_temp.seats(:section), '21 Thu held', 'each gives up its own days');

-- All of it, by whatever name: nothing to divide.
select pg_temp.section('All of it') as section \gset
select tests.student(tests.family()) as student \gset
select pg_temp.reserve(:staff, :section, :student) as seat \gset
select tests.open_cart(:student) as cart \gset
select tests.put(:cart, :student, :section, 'weekdays => ''{2,4}''') \g /dev/null
select tests.held(:cart) as registration \gset
select is(pg_temp.seats(:section), '42 Thu+Tue held', 'both weekdays');
select is(
    (select s.id from enrollment.seats as s where s.section_id = :section), :seat::bigint,
    'are the seat that was reserved'
);
select pg_temp.section('Whole') as section \gset
select tests.student(tests.family()) as student \gset
select pg_temp.reserve(:staff, :section, :student) as seat \gset
select tests.confirmed(tests.cart(:student, :section)) as registration \gset
select is(pg_temp.seats(:section), '42 Thu+Tue confirmed', 'so is the class');

-- Single dates: a seat each, and the rest reserved.
select pg_temp.section('By date') as section \gset
select tests.student(tests.family()) as student \gset
select pg_temp.reserve(:staff, :section, :student) as seat \gset
select tests.open_cart(:student) as cart \gset
select tests.put(
    :cart, :student, :section,
    format('dates => ''{%s,%s}''', (tests.dates(:section, 4))[1], (tests.dates(:section, 4))[4])
) \g /dev/null
select tests.held(:cart) as registration \gset
select is(
    pg_temp.seats(:section), '40 Thu+Tue promised, Thu held, Tue held', 'two dates, two seats'
);
select is(
    (
        select array_agg(lower(s.dates) order by s.dates) from enrollment.seats as s
        where s.section_id = :section and s.status = 'held'
    ),
    array[(tests.dates(:section, 4))[1], (tests.dates(:section, 4))[4]], 'of these very days'
);
select is(pg_temp.misfits(:section), 0::bigint, 'each at its own minutes');
select is(
    (select count(*) from enrollment.seats as s where s.section_id = :section and s.place_number = 1),
    3::bigint, 'all on the place that was kept'
);
select is(
    (
        select count(*) from enrollment.seats as a
        inner join enrollment.seats as b on a.section_id = b.section_id and a.id < b.id
        where a.section_id = :section and a.dates && b.dates
    ),
    0::bigint, 'no day twice'
);

-- What was reserved by date is not divided: each date finds its own.
select pg_temp.section('Kept by date') as section \gset
select tests.student(tests.family()) as student \gset
select tests.as_staff(
    :staff,
    format(
        'api.reserve_place(%s, ''promised'', %s, ''{%s,%s}'')', :section, :student,
        (tests.dates(:section, 2))[1], (tests.dates(:section, 2))[2]
    )
) \g /dev/null
select tests.open_cart(:student) as cart \gset
select tests.put(
    :cart, :student, :section, format('dates => ''{%s}''', (tests.dates(:section, 2))[2])
) \g /dev/null
select tests.held(:cart) as registration \gset
select is(pg_temp.seats(:section), 'Thu held, Tue promised', 'one of two dates');

-- Somebody else's reservation, and one for nobody, are left alone.
select tests.section('Not theirs', '{2,4}', p_capacity => 3) as section \gset
select tests.run(
    format('update catalog.sections set sold_by_weekday = true where id = %s', :section)
) \g /dev/null
select tests.family() as family \gset
select tests.student(:family) as student, tests.student(:family, 'Twin') as twin \gset
select pg_temp.reserve(:staff, :section, :twin) as of_twin \gset
select tests.as_staff(:staff, format('api.reserve_place(%s, ''open day'')', :section)) \g /dev/null
select tests.open_cart(:student) as cart \gset
select tests.put(:cart, :student, :section, 'weekdays => ''{2}''') \g /dev/null
select tests.held(:cart) as registration \gset
select is(
    pg_temp.seats(:section), '21 Tue held, 42 Thu+Tue promised, 42 Thu+Tue open day',
    'a twin''s place stays whole'
);

-- A class that has begun: what is over needs no seat, and nothing is kept of it.
select tests.section(
    'Begun',
    array[
        extract(isodow from now() at time zone 'America/New_York' + interval '1 day'),
        extract(isodow from now() at time zone 'America/New_York' - interval '2 days')
    ]::integer [],
    p_capacity => 1,
    p_starts_on => (now() at time zone 'America/New_York')::date - 14,
    p_ends_on => (now() at time zone 'America/New_York')::date + 1
) as section \gset
select tests.run(
    format('update catalog.sections set sold_by_weekday = true where id = %s', :section)
) \g /dev/null
select tests.student(tests.family()) as student \gset
select pg_temp.reserve(:staff, :section, :student) as seat \gset
select tests.open_cart(:student) as cart \gset
select tests.put(
    :cart, :student, :section,
    format(
        'weekdays => array[%s]::smallint []',
        extract(isodow from now() at time zone 'America/New_York' + interval '1 day')
    )
) \g /dev/null
select tests.held(:cart) as registration \gset
select is(
    (
        select string_agg(s.id || ' ' || s.status, ', ') from enrollment.seats as s
        where s.section_id = :section
    ),
    :seat || ' held', 'only one weekday is still to come, so that is all of it'
);
select * from finish();
rollback;
