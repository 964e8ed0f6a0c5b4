-- A meeting is moved to hours on the studio's wall: over both changes of the clock, and late in the
-- evening, when it is tomorrow in UTC already.
-- New York: summer time begins on Sunday 2099-03-08 and ends on Sunday 2099-11-01.
begin;
set local search_path = tap, public;
select plan(28);
set local timezone = 'UTC';
select tests.run('update catalog.terms set ends_on = ''2099-12-31''');
select tests.worker() as staff \gset
select tests.section(
    'Wall clock', '{6}', p_starts_on => '2099-03-07', p_ends_on => '2099-03-07'
) as section \gset
select tests.section(
    'Wall clock by date', '{6}', p_mode => 'drop_in', p_starts_at => '12:00', p_ends_at => '13:00',
    p_starts_on => '2099-03-07', p_ends_on => '2099-03-07'
) as dated \gset
select tests.date_price(:dated, 100) \g /dev/null
select tests.confirmed(tests.cart(tests.student(tests.family()), :section)) as a,
tests.confirmed(tests.cart(tests.student(tests.family()), :dated)) as b \gset
create function pg_temp.meeting(p_section bigint) returns bigint language sql as $$
    select m.id from catalog.meetings as m where m.section_id = p_section
$$;
create function pg_temp.move(p_section bigint, p_held_on text, p_starts_at text, p_ends_at text) returns text
language plpgsql as $$
declare
    v_code text;
begin
    v_code := tests.error_code(
        format(
            'select tests.as_staff(%s, %L)', tests.worker(),
            format(
                'api.move_meeting(%s, %L, %L, %L)',
                pg_temp.meeting(p_section), p_held_on, p_starts_at, p_ends_at
            )
        )
    );
    return coalesce(
        v_code,
        (
            select format('%s %s', s.dates, translate(s.during::text, '"', ''))
            from enrollment.seats as s where s.section_id = p_section
        )
    );
end;
$$;
select is(pg_temp.move(s.section, t.held_on, t.starts_at, t.ends_at), t.wanted, t.what || s.what)
from (values (:section, ', whole'), (:dated, ', by date')) as s (section, what)
cross join (
    values
    (1, '2099-03-07', '23:30', '24:00',
    '{[2099-03-07,2099-03-08)} {[2099-03-08 04:30:00+00,2099-03-08 05:00:00+00)}',
    'half past eleven before summer time'),
    (2, '2099-03-08', '23:30', '24:00',
    '{[2099-03-08,2099-03-09)} {[2099-03-09 03:30:00+00,2099-03-09 04:00:00+00)}',
    'and on the day on which it begins'),
    (3, '2099-03-08', '02:30', '04:00', 'hour_skipped', 'it can''t begin in the hour that is skipped'),
    (4, '2099-03-08', '01:00', '02:15', 'hour_skipped', 'nor end'),
    (5, '2099-03-08', '01:30', '03:30',
    '{[2099-03-08,2099-03-09)} {[2099-03-08 06:30:00+00,2099-03-08 07:30:00+00)}',
    'around it two hours on the wall are one'),
    (6, '2099-10-31', '23:30', '23:45',
    '{[2099-10-31,2099-11-01)} {[2099-11-01 03:30:00+00,2099-11-01 03:45:00+00)}',
    'the night before summer time ends'),
    (7, '2099-11-01', '00:30', '02:30',
    '{[2099-11-01,2099-11-02)} {[2099-11-01 04:30:00+00,2099-11-01 07:30:00+00)}',
    'around the hour that comes twice two hours are three'),
    (8, '2099-11-01', '01:15', '01:45',
    '{[2099-11-01,2099-11-02)} {[2099-11-01 06:15:00+00,2099-11-01 06:45:00+00)}',
    'within it, it is the second one'),
    (9, '2099-11-01', '23:30', '23:59',
    '{[2099-11-01,2099-11-02)} {[2099-11-02 04:30:00+00,2099-11-02 04:59:00+00)}',
    'half past eleven again')
) as t (number, held_on, starts_at, ends_at, wanted, what)
order by s.section, t.number;
select is(
    (
        tests.error(
            format(
                'select tests.as_staff(%s, %L)', :staff,
                format(
                    'api.move_meeting(%s, ''2099-03-08'', ''02:30'', ''04:00'')',
                    pg_temp.meeting(:section)
                )
            )
        ) ->> 'message'
    ), 'The clocks go forward on that day, so there is no 02:30.', 'in words'
);
-- A tier is there at its own hours, on the date to which the day went.
select tests.section(
    'Late camp', '{6}', p_mode => 'tiered', p_starts_at => '22:00', p_ends_at => '24:00',
    p_starts_on => '2099-03-07', p_ends_on => '2099-03-07'
) as camp \gset
select tests.tier_price(:camp, 'all_day', 100) \g /dev/null
select tests.confirmed(tests.cart(tests.student(tests.family()), :camp)) as c \gset
select is(
    pg_temp.move(:camp, '2099-03-08', '20:00', '21:00'),
    '{[2099-03-08,2099-03-09)} {[2099-03-09 02:00:00+00,2099-03-09 04:00:00+00)}',
    'a tier has its own hours on the other day'
);
-- The weekday is that of the studio's day, in both zones of the demo.
select tests.section('Elsewhere', '{6}', p_level => 'open', p_studio => 'elmst', p_starts_on => '2099-03-07', p_ends_on => '2099-03-07') as there \gset
select is(
    tests.value(
        format('catalog.move_meeting((select m.id from catalog.meetings as m where m.section_id = %s), ''2099-03-08'', ''23:30'', ''24:00'')', :there), 'elmst'
    ) ->> 'starts_at', '2099-03-09T04:30:00+00:00', 'Chicago has its own wall'
);
select is(
    (select m.held_on::text from catalog.meetings as m where m.section_id = :there), '2099-03-08',
    'and its own day'
);
-- Midnight is the end of a day, not the beginning of a meeting.
select is(pg_temp.move(:section, '2099-06-01', t.starts_at, t.ends_at), 'meeting_times_invalid', t.what)
from (
    values ('24:00', '24:00', 'none of no length'), ('12:00', '11:00', 'none that ends before'),
    ('12:00', '12:00', 'none that ends at once')
) as t (starts_at, ends_at, what);
select is(
    tests.error_code(
        format(
            'select tests.as_staff(%s, %L)', :staff,
            format(
                'api.move_meeting(%s, %s, %s, %s)', pg_temp.meeting(:section), t.held_on, t.starts_at, t.ends_at
            )
        )
    ), 'meeting_times_invalid', 'nothing is left out'
)
from (
    values ('null', '''10:00''', '''11:00'''), ('''2099-06-01''', 'null', '''11:00'''),
    ('''2099-06-01''', '''10:00''', 'null')
) as t (held_on, starts_at, ends_at);
select * from finish();
rollback;
