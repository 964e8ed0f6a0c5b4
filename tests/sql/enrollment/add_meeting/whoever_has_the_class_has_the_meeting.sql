begin;
set local search_path = tap, public;
select plan(35);
select tests.worker() as staff \gset
select t.starts_on, t.ends_on from catalog.terms as t where t.id = tests.term() \gset
select tests.section('Whole', '{1,3}', p_capacity => 4) as whole \gset
select tests.run(format('update catalog.sections set sold_by_weekday = true where id = %s', :whole));
select tests.date_price(:whole, 100) \g /dev/null
select tests.section('By date', '{2}', p_capacity => 1, p_mode => 'drop_in') as dated \gset
select tests.date_price(:dated, 100) \g /dev/null
select tests.section('Camp', '{4}', p_mode => 'tiered', p_starts_at => '09:00', p_ends_at => '15:00') as camp \gset
select tests.tier_price(:camp, 'first_half', 100) \g /dev/null
create function pg_temp.refused(p_expression text) returns text language sql as $$
    select tests.error_code(format('select tests.as_staff(%s, %L)', tests.worker(), p_expression))
$$;
create function pg_temp.add(
    p_section bigint, p_held_on date, p_preview boolean default false,
    p_starts_at text default '10:00', p_ends_at text default '11:00'
)
returns jsonb language sql as $$
    select tests.as_staff(
        tests.worker(),
        format('api.add_meeting(%s, %L, %L, %L, %L)', p_section, p_held_on, p_starts_at, p_ends_at, p_preview)
    )
$$;
create function pg_temp.cancel(p_section bigint, p_held_on date) returns jsonb language sql as $$
    select tests.as_staff(
        tests.worker(), format('api.cancel_meeting(%s, ''x'')', (
            select m.id from catalog.meetings as m
            where m.section_id = p_section and m.held_on = p_held_on and m.status = 'scheduled'
        ))
    )
$$;
create function pg_temp.has(p_student bigint, p_held_on date, p_starts_at text default '10:00') returns boolean
language sql as $$
    select bool_or(
        s.dates @> p_held_on and s.during @> (p_held_on + p_starts_at::time) at time zone 'America/New_York'
    )
    from enrollment.seats as s where s.student_id = p_student
$$;
create function pg_temp.taken_as_seats(p_section bigint) returns boolean language sql as $$
    select bool_and(p.taken = coalesce((
        select range_agg(d) from enrollment.seats as s cross join lateral unnest(s.dates) as d
        where s.section_id = p.section_id and s.place_number = p.place_number
    ), '{}'))
    from enrollment.places as p where p.section_id = p_section
$$;
create function pg_temp.picked(p_student bigint, p_section bigint, p_choice text) returns bigint
language plpgsql as $$
declare
    v_cart_id constant bigint := tests.open_cart(p_student);
begin
    perform tests.put(v_cart_id, p_student, p_section, p_choice);
    return v_cart_id;
end;
$$;

-- Refused, each by its name, and nothing is written.
select is(
    pg_temp.refused(format('api.add_meeting(%s, %L, %L, %L)', r.section, r.held_on, r.starts_at, r.ends_at)),
    r.code, r.what
)
from (
    values
    (0, :'starts_on'::date, '10:00', '11:00', 'section_not_found', 'no such class'),
    (:whole, :'starts_on'::date - 1, '10:00', '11:00', 'meeting_outside_term', 'the day before the term'),
    (:whole, :'ends_on'::date + 1, '10:00', '11:00', 'meeting_outside_term', 'the day after it'),
    (:whole, :'starts_on', '10:00', '11:00', 'meeting_exists', 'at the time of another'),
    (:whole, :'starts_on', '10:59', '12:00', 'meeting_exists', 'before it is over'),
    (:whole, :'starts_on', '12:00', '12:00', 'meeting_times_invalid', 'one of no length')
) as r (section, held_on, starts_at, ends_at, code, what);
select is(
    tests.family_error_code(
        tests.family(), format('api.add_meeting(%s, %L, ''12:00'', ''13:00'')', :whole, :'starts_on')
    ), '42501', 'a family can''t'
);
select tests.run('update catalog.terms set starts_on = ''2020-01-01''');
select is(
    pg_temp.refused(format('api.add_meeting(%s, ''2020-03-02'', ''12:00'', ''13:00'')', :whole)),
    'date_past', 'a day that is over'
);
select tests.run(format('update catalog.terms set starts_on = %L', :'starts_on'));

-- The whole class, its weekdays, a tier; not single dates.
select tests.student(tests.family(), 'Ada') as ada \gset
select tests.student(tests.family(), 'Ben') as ben \gset
select tests.student(tests.family(), 'Cleo') as cleo \gset
select tests.student(tests.family(), 'Dan') as dan \gset
select tests.confirmed(tests.cart(:ada, :whole)) as a,
tests.held(pg_temp.picked(:ben, :whole, 'weekdays => ''{1}''')) as b,
tests.confirmed(pg_temp.picked(:cleo, :whole, format('dates => ''{%s}''', :'starts_on'))) as c,
tests.confirmed(pg_temp.picked(:dan, :camp, '''first_half''')) as d \gset
select tests.as_staff(:staff, format('api.reserve_place(%s, ''a guest'')', :whole)) \g /dev/null
select :'starts_on'::date + 145 - 12 as monday \gset
select isodow.n as isodow from extract(isodow from :'monday'::date) as isodow (n) \gset
select is(:isodow, 1, 'a Monday');
select count(*) as meetings from catalog.meetings as m \gset
select pg_temp.add(:whole, :'monday', true, '18:00', '19:00') as preview \gset
select is(:'preview'::jsonb #>> '{seats,changed}', '2', 'a preview');
select is(
    (select count(*) from catalog.meetings as m), :meetings::bigint, 'changes nothing'
);
select is_empty($$select from ops.domain_events as e where e.kind = 'meeting.added'$$, 'and tells nobody');
select is(
    pg_temp.add(:whole, :'monday', false, '18:00', '19:00') - 'meeting_id', :'preview'::jsonb - 'meeting_id',
    'the act answers the same'
);
select is(
    array[pg_temp.has(s.id, :'monday', '18:00')], array[s.has], s.what
)
from (
    values (:ada, true, 'who has the class has the meeting'), (:ben, true, 'so has who has its weekday'),
    (:cleo, false, 'who has a date has not')
) as s (id, has, what);
select pg_temp.add(:whole, :'monday'::date + 1) as tuesday \gset
select is(
    array[pg_temp.has(:ada, :'monday'::date + 1), pg_temp.has(:ben, :'monday'::date + 1)],
    array[true, false], 'another weekday is not for who has some'
);
select ok(pg_temp.taken_as_seats(:whole), 'places are taken by their seats');
select is(
    (
        select count(*) from enrollment.seats as s
        where s.section_id = :whole and s.student_id is null and s.dates @> (:'monday'::date + 1)
    ), 1::bigint, 'a place that staff keep is kept then, too'
);
select pg_temp.add(:camp, :'monday'::date + 2, false, '08:00', '16:00') \g /dev/null
select is(
    array[pg_temp.has(:dan, :'monday'::date + 2, '08:30'), pg_temp.has(:dan, :'monday'::date + 2, '09:30'), pg_temp.has(:dan, :'monday'::date + 2, '13:00')],
    array[false, true, false], 'a tier has it at its hours'
);
-- A clash is named.
select tests.section('Beside', '{5}') as beside \gset
select tests.confirmed(tests.cart(:ada, :beside)) as e \gset
select is(
    pg_temp.refused(
        format('api.add_meeting(%s, %L, ''10:30'', ''11:30'')', :whole, (tests.dates(:beside))[1])
    ), 'meeting_clashes', 'nobody is to be in two places'
);
select is_empty(
    format('select from catalog.meetings as m where m.section_id = %s and m.held_on = %L', :whole, (tests.dates(:beside))[1]),
    'and nothing is written'
);

-- What was cancelled may be held after all, by whoever had it.
select (tests.dates(:dated))[1] as d1 \gset
select tests.student(tests.family(), 'Eve') as eve \gset
select tests.confirmed(pg_temp.picked(:eve, :dated, format('dates => ''{%s}''', :'d1'))) as f \gset
select pg_temp.cancel(:dated, :'d1') ->> 'meeting_id' as meeting \gset
select is_empty(format('select from enrollment.seats as s where s.student_id = %s', :eve), 'a date is cancelled');
select pg_temp.add(:dated, :'d1') as answer \gset
select is(:'answer'::jsonb ->> 'meeting_id', :'meeting', 'and is held after all, as the same meeting');
select is(
    (select format('%s %s', m.status, m.cancelled_reason) from catalog.meetings as m where m.id = :meeting), 'scheduled ',
    'without the reason'
);
select is(
    (:'answer'::jsonb #> '{seats}') || ((:'answer'::jsonb #> '{students,0}') - '{student_id,family_id,enrollment_id,family}'::text []),
    '{"changed": 0, "added": 1, "ended": 0, "student": "Eve Rivera", "status": "confirmed", "effect": "added"}',
    'whoever bought the date has the seat again'
);
select ok(pg_temp.has(:eve, :'d1'), 'on its date');
select ok(pg_temp.taken_as_seats(:dated), 'on a place');
select pg_temp.cancel(:dated, :'d1') \g /dev/null
select pg_temp.add(:dated, :'d1', false, '15:00', '16:00') \g /dev/null
select ok(pg_temp.has(:eve, :'d1', '15:00'), 'also at another hour of the day');
select pg_temp.cancel(:dated, :'d1') \g /dev/null
-- Who is elsewhere by then, is named.
select tests.section('Instead', '{2}', p_mode => 'drop_in') as instead \gset
select tests.date_price(:instead, 100) \g /dev/null
select tests.confirmed(tests.cart(:eve, :instead)) as g \gset
select is(
    pg_temp.refused(format('api.add_meeting(%s, %L, ''10:00'', ''11:00'')', :dated, :'d1')), 'meeting_clashes',
    'who went elsewhere meanwhile'
);
select is(
    pg_temp.refused(format('api.add_meeting(%s, %L, ''17:00'', ''18:00'')', :dated, :'d1')), null,
    'is not elsewhere all day'
);
-- A section of which nothing was left.
select tests.section('Snow', '{3}', p_starts_at => '16:00', p_ends_at => '17:00', p_starts_on => :'starts_on'::date, p_ends_on => :'starts_on'::date + 6) as snow \gset
select tests.student(tests.family(), 'Fay') as fay \gset
select tests.held(tests.cart(:fay, :snow)) as h \gset
select pg_temp.cancel(:snow, :'starts_on'::date + 2) \g /dev/null
select pg_temp.add(:snow, :'starts_on'::date + 4, false, '16:00', '17:00') \g /dev/null
select ok(pg_temp.has(:fay, :'starts_on'::date + 4, '16:00'), 'who had all of it has what is held instead');
select is(
    (select s.status from enrollment.seats as s where s.student_id = :fay), 'held', 'and holds it as before'
);
select tests.lapse(:h);
select tests.run('select enrollment.release_lapsed()');
select is_empty(format('select from enrollment.seats as s where s.student_id = %s', :fay), 'and no longer');
-- Nobody gets back what has ended.
select pg_temp.add(:snow, :'starts_on'::date + 5, false, '16:00', '17:00') \g /dev/null
select is_empty(format('select from enrollment.seats as s where s.student_id = %s', :fay), 'what has ended stays so');
select * from finish();
rollback;
