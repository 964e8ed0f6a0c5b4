-- The place of an enrollment that ends goes to those who wait, from the day on which it ends.
begin;
set local search_path = tap, public;
select plan(23);
select tests.worker('staff') as desk \gset
create function pg_temp.of(student bigint, section bigint) returns bigint language sql as $$
    select e.id from enrollment.enrollments as e
    where e.student_id = student and e.section_id = section
$$;
create function pg_temp.cancel(enrollment bigint, rest text, desk bigint) returns jsonb
language sql as $$
    select tests.as_staff(desk, format('api.cancel_enrollment(%s, %s)', enrollment, rest))
$$;
create function pg_temp.seats(section bigint) returns text language sql as $$
    select string_agg(
        concat_ws(' ', s.status, s.student_id, lower(s.dates), upper(s.dates)), ', ' order by s.id
    )
    from enrollment.seats as s where s.section_id = section
$$;
create function pg_temp.left(section bigint) returns integer language sql as $$
    select tests.as_anybody(
        format('(select s.seats_left from api.sections as s where s.id = %s)', section)
    )::integer
$$;

-- Somebody waits.
select tests.section('Wanted', '{1}', p_capacity => 1) as wanted \gset
select tests.student(tests.family()) as goer \gset
select tests.confirmed(tests.cart(:goer, :wanted)) \g /dev/null
select tests.student(tests.family()) as waiter \gset
select tests.wait(:wanted, array[:waiter]) as entry \gset
select pg_temp.cancel(pg_temp.of(:goer, :wanted), '''x'', preview => true', :desk) as preview \gset
select is(tests.entry_status(:entry), 'waiting', 'a preview offers nothing');
select is(
    :'preview'::jsonb #> '{offers,0,waitlist_entry_id}', to_jsonb(:entry),
    'but says who would be offered the place'
);
select pg_temp.cancel(pg_temp.of(:goer, :wanted), '''x''', :desk) as done \gset
select is(tests.entry_status(:entry), 'offered', 'whoever waits is offered the place');
select is(
    :'done'::jsonb - '{credit_id,preview,offers}'::text[],
    :'preview'::jsonb - '{credit_id,preview,offers}'::text[], 'as the preview said'
);
select is(
    jsonb_build_array(
        :'done'::jsonb -> 'places_freed', :'done'::jsonb -> 'places_kept',
        :'done'::jsonb #> '{offers,0,student_id}'
    ), jsonb_build_array(1, 0, :waiter), 'and staff are told'
);
select is(pg_temp.left(:wanted), 0, 'before the public');

-- Where the setting keeps it, staff get it.
select tests.run('update studio.settings set waitlist_on_cancel = ''reserve''');
select tests.section('Kept', '{1}', p_capacity => 1) as kept \gset
select tests.confirmed(tests.cart(:goer, :kept)) \g /dev/null
select is(
    pg_temp.cancel(pg_temp.of(:goer, :kept), '''x''', :desk) -> 'places_kept', '1',
    'it may be kept for staff to give'
);
select is(
    (select s.reason from enrollment.seats as s where s.section_id = :kept), 'freed:cancel',
    'with the cause'
);
select tests.run('update studio.settings set waitlist_on_cancel = ''automatic''');

-- From a day to come on.
select tests.section('Ending', '{2}', p_capacity => 1) as ending \gset
select tests.confirmed(tests.cart(:goer, :ending)) \g /dev/null
select (tests.dates(:ending, 5))[5] as day \gset
select count(*) as all_dates from catalog.meetings as m where m.section_id = :ending \gset
select pg_temp.cancel(
    pg_temp.of(:goer, :ending), format('''x'', effective_on => %L', :'day'), :desk
) as done \gset
select is(:'done'::jsonb ->> 'status', 'confirmed', 'until then the student is enrolled');
select is(
    (
        select count(*) from enrollment.seats as s cross join lateral unnest(s.dates) as d
        where s.section_id = :ending
    ), 4::bigint, 'on the dates before it'
);
select ok(
    (
        select upper(s.during) < :'day'::date and s.dates << daterange(:'day', null)
            and s.unshared = s.during
        from enrollment.seats as s where s.section_id = :ending
    ), 'and at no minute from it on'
);
select is(
    (
        select p.taken = s.dates from enrollment.places as p
        inner join enrollment.seats as s on p.section_id = s.section_id
        where p.section_id = :ending
    ), true, 'the place is taken on these alone'
);
select is(
    tests.as_anybody(
        format(
            '(select m.seats_left from api.meetings as m where m.section_id = %s and m.held_on = %L)',
            :ending, d.day
        )
    ), to_jsonb(d.seats_left), 'on ' || d.day || ' ' || d.seats_left || ' is left'
)
from (
    values ((tests.dates(:ending, 4))[4], 0), ((tests.dates(:ending, 5))[5], 1)
) as d (day, seats_left);
select is(
    tests.error_code(
        format('select pg_temp.cancel(%s, %L, %s)', pg_temp.of(:goer, :ending), '''x''', :desk)
    ), 'enrollment_not_live', 'it has its end already'
);
select is(tests.value('enrollment.end_due_enrollments()'), '0', 'the job leaves it until then');
select tests.run(
    format(
        'update enrollment.enrollments set ended_on = studio.local_date(now()) where id = %s',
        pg_temp.of(:goer, :ending)
    )
);
select is(tests.value('enrollment.end_due_enrollments()'), '1', 'on the day it ends it');
select is(
    (
        select concat_ws(' ', e.status, pg_temp.seats(:ending), p.taken)
        from enrollment.enrollments as e
        inner join enrollment.places as p on e.section_id = p.section_id
        where e.id = pg_temp.of(:goer, :ending)
    ), 'cancelled {}', 'with its seat'
);
select is(tests.value('enrollment.end_due_enrollments()'), '0', 'once');

-- What was had until then stays due, where the term prorates.
select tests.section('Half', '{3}') as half \gset
select tests.date_price(:half, 3000) \g /dev/null
select tests.run('update studio.settings set tuition_proration = ''meetings''');
select tests.student(tests.family()) as leaver \gset
select tests.cart(:leaver, :half) as cart \gset
select tests.quote(:cart) as quote \gset
select tests.confirmed(:cart) \g /dev/null
select is(
    (
        pg_temp.cancel(
            pg_temp.of(:leaver, :half),
            format('''x'', effective_on => %L, preview => true', (tests.dates(:half, 8))[8]), :desk
        ) ->> 'price_change_minor'
    )::bigint,
    - (
        (select l.amount_minor from tests.lines(:'quote') as l where l.kind = 'tuition')
        - round(
            (select l.amount_minor from tests.lines(:'quote') as l where l.kind = 'tuition')
            * 7.0 / (select count(*) from catalog.meetings as m where m.section_id = :half)
        )::bigint
    ), 'seven lessons of the tuition, and the fees of a class that was begun'
);
select is(
    (
        pg_temp.cancel(
            pg_temp.of(:leaver, :half),
            format('''x'', effective_on => %L', (tests.dates(:half, 1))[1]), :desk
        ) ->> 'price_change_minor'
    )::bigint, - (:'quote'::jsonb ->> 'total_minor')::bigint,
    'before the first lesson all of it is given back'
);
-- Single dates: those from then on.
select tests.student(tests.family()) as visitor \gset
select tests.open_cart(:visitor) as cart \gset
select tests.put(:cart, :visitor, :half, format('dates => %L', tests.dates(:half, 3))) \g /dev/null
select tests.confirmed(:cart) \g /dev/null
select pg_temp.cancel(
    pg_temp.of(:visitor, :half), format('''x'', effective_on => %L', (tests.dates(:half, 2))[2]),
    :desk
) as done \gset
select is(
    (:'done'::jsonb ->> 'price_change_minor')::bigint, -6000::bigint, 'two dates of three are given back'
);
select is(
    pg_temp.seats(:half),
    concat_ws(' ', 'confirmed', :visitor, (tests.dates(:half))[1], (tests.dates(:half))[1] + 1),
    'the one before stays'
);
select * from finish();
rollback;
