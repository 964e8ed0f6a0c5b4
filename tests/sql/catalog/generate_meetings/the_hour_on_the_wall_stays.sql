begin;
set local search_path = tap, public;
select plan(10);
-- New York: summer time begins on Sunday 2028-03-12 and ends on Sunday 2028-11-05.
select tests.section(
    'Wall', '{1,7}', p_starts_at => '15:45', p_ends_at => '16:45', p_starts_on => '2028-03-05',
    p_ends_on => '2028-03-13'
) as spring \gset
select tests.section(
    'Wall', '{7}', p_starts_at => '15:45', p_ends_at => '16:45', p_starts_on => '2028-10-29',
    p_ends_on => '2028-11-05'
) as autumn \gset
create function pg_temp.meetings(section bigint) returns text language sql as $$
    select string_agg(
        m.held_on || ' ' || to_char(
            m.starts_at at time zone 'UTC', 'HH24:MI'
        ) || '-' || to_char(m.ends_at at time zone 'UTC', 'HH24:MI'),
        ', ' order by m.starts_at
    )
    from catalog.meetings as m where m.section_id = section
$$;
select is(
    pg_temp.meetings(:spring),
    '2028-03-05 20:45-21:45, 2028-03-06 20:45-21:45, '
    || '2028-03-12 19:45-20:45, 2028-03-13 19:45-20:45',
    'quarter to four stays quarter to four when summer time begins'
);
select is(
    pg_temp.meetings(:autumn), '2028-10-29 19:45-20:45, 2028-11-05 20:45-21:45', 'and when it ends'
);
select is(
    (
        select count(*) from catalog.meetings as m where m.section_id = :spring
        and to_char(m.starts_at at time zone 'America/New_York', 'HH24:MI') <> '15:45'
    ),
    0::bigint, 'every one of them'
);
select is(
    tests.value(format('catalog.generate_meetings(%s)', :spring)), '0', 'a second run adds nothing'
);
select tests.run(
    format(
        'update catalog.meetings set status = ''cancelled''
        where section_id = %s and held_on = ''2028-03-06''',
        :spring
    )
);
select is(
    tests.value(format('catalog.generate_meetings(%s)', :spring)), '0', 'nor what was cancelled'
);
select tests.run(
    format('update catalog.sections set ends_on = ''2028-03-20'' where id = %s', :spring)
);
select is(
    tests.value(format('catalog.generate_meetings(%s)', :spring)), '2',
    'a longer section gets the rest'
);
select is(tests.value('catalog.generate_meetings(0)'), '0', 'a section that is not there has none');
select is(
    tests.value(format('catalog.generate_meetings(%s)', :spring), 'elmst'), '0',
    'nor one of another studio'
);
-- A night class over the hour that is missing, or there twice, still has its length on the wall.
select tests.section(
    'Night', '{7}', p_starts_at => '00:30', p_ends_at => '03:30', p_starts_on => '2028-03-12',
    p_ends_on => '2028-03-12'
) as short_night \gset
select tests.section(
    'Night', '{7}', p_starts_at => '00:30', p_ends_at => '03:30', p_starts_on => '2028-11-05',
    p_ends_on => '2028-11-05'
) as long_night \gset
select is(
    (select m.ends_at - m.starts_at from catalog.meetings as m where m.section_id = :short_night),
    '2 hours', 'the short night'
);
select is(
    (select m.ends_at - m.starts_at from catalog.meetings as m where m.section_id = :long_night),
    '4 hours', 'the long night'
);
select * from finish();
rollback;
