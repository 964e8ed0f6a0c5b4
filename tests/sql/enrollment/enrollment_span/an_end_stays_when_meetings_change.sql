-- A day to come on which an enrollment ends, begins or loses weekdays holds when meetings change.
begin;
set local search_path = tap, public;
select plan(8);
select tests.worker('staff') as desk \gset
select tests.section('Ends', '{1}') as ends \gset
select tests.section('Begins', '{1}', p_starts_at => '12:00', p_ends_at => '13:00') as begins \gset
select tests.section('Fewer', '{2,4}') as fewer \gset
select tests.run(
    format('update catalog.sections set sold_by_weekday = true where id = %s', :fewer)
);
select tests.student(tests.family()) as student \gset
select tests.confirmed(tests.cart(:student, :ends, :fewer)) \g /dev/null
create function pg_temp.of(student bigint, section bigint) returns bigint language sql as $$
    select e.id from enrollment.enrollments as e
    where e.student_id = student and e.section_id = section
$$;
create function pg_temp.days(section bigint) returns date[] language sql as $$
    select array_agg(d.day::date order by d.day)
    from enrollment.seats as s
    cross join lateral unnest(s.dates) as r
    cross join lateral generate_series(lower(r), upper(r) - 1, '1 day') as d (day)
    where s.section_id = section
$$;
create function pg_temp.minutes(section bigint) returns tstzmultirange language sql as $$
    select range_agg(tstzrange(m.starts_at, m.ends_at)) from catalog.meetings as m
    where m.section_id = section and m.held_on = any(pg_temp.days(section))
    and m.status = 'scheduled'
$$;
-- The fifth week is when all of it changes.
select (tests.dates(:ends, 5))[5] as day, (tests.dates(:fewer, 9))[9] as tuesday \gset
select tests.as_staff(
    :desk,
    format(
        'api.transfer_enrollment(%s, %s, ''x'', effective_on => %L)',
        pg_temp.of(:student, :ends), :begins, :'day'
    )
) \g /dev/null
select tests.as_staff(
    :desk,
    format(
        'api.drop_weekdays(%s, ''{4}'', ''x'', effective_on => %L)', pg_temp.of(:student, :fewer),
        :'tuesday'
    )
) \g /dev/null
select pg_temp.days(:ends) as ends_before, pg_temp.days(:begins) as begins_before,
pg_temp.days(:fewer) as fewer_before \gset
select is(:'ends_before'::date[], tests.dates(:ends, 4), 'four weeks of one class');
select is((:'begins_before'::date[])[1], :'day'::date, 'then the other');
select is(
    (:'fewer_before'::date[])[7:10],
    (tests.dates(:fewer, 8))[7:8] || array[:'tuesday'::date, :'tuesday'::date + 7],
    'both days of a week, then one'
);
-- A lesson before and one after are cancelled.
select tests.as_staff(:desk, format('api.cancel_meeting(%s, ''ill'')', m.id))
from catalog.meetings as m
where
    (m.section_id in (:ends, :begins) and m.held_on in (:'day'::date - 7, :'day'::date + 7))
    or (m.section_id = :fewer and m.held_on in (:'tuesday'::date - 5, :'tuesday'::date + 2))
order by m.id \g /dev/null
select is(
    pg_temp.days(:ends), array_remove(:'ends_before'::date[], :'day'::date - 7),
    'the end stays an end'
);
select is(
    pg_temp.days(:begins), array_remove(:'begins_before'::date[], :'day'::date + 7),
    'the beginning stays one'
);
select is(
    pg_temp.days(:fewer), array_remove(:'fewer_before'::date[], :'tuesday'::date - 5),
    'weekdays are had until they were given up'
);
select is(
    (
        select bool_and(s.during = pg_temp.minutes(s.section_id)) from enrollment.seats as s
        where s.student_id = :student
    ), true, 'minutes are those of the days'
);
select is(
    (
        select count(*) from enrollment.places as p
        inner join enrollment.seats as s
            on p.section_id = s.section_id and p.place_number = s.place_number
        where s.student_id = :student and p.taken <> s.dates
    ), 0::bigint, 'and so are the places'
);
select * from finish();
rollback;
