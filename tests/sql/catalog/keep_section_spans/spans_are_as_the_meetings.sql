begin;
set local search_path = tap, public;
select plan(9);
select tests.section('Spanned', '{1,3}') as section \gset
select tests.section('Spanned too', '{2}') as other \gset

-- What the row of a section should be, from its meetings one by one.
create function pg_temp.is_as_meetings(p_section_id bigint) returns boolean language sql as $$
    select (
        select row(p.dates, p.during) from catalog.section_spans as p
        where p.section_id = p_section_id
    ) is not distinct from (
        select row(
            range_agg(daterange(m.held_on, m.held_on, '[]')),
            range_agg(tstzrange(m.starts_at, m.ends_at))
        )
        from catalog.meetings as m
        where m.section_id = p_section_id and m.status = 'scheduled'
        having count(*) > 0
    )
$$;
create function pg_temp.change(setting text, condition text) returns void language sql as $$
    select tests.run(format('update catalog.meetings set %s where %s', setting, condition))
$$;
select isnt(
    (select p.dates from catalog.section_spans as p where p.section_id = :section), null,
    'a section with meetings has its row'
);
select ok(pg_temp.is_as_meetings(:section), 'as its meetings are');
select min(m.id) as meeting from catalog.meetings as m where m.section_id = :section \gset
select pg_temp.change('status = ''cancelled''', format('id = %s', :meeting));
select ok(pg_temp.is_as_meetings(:section), 'one is cancelled');
select max(m.id) as meeting from catalog.meetings as m where m.section_id = :section \gset
select pg_temp.change(
    'starts_at = starts_at + ''1 day'', ends_at = ends_at + ''1 day'', held_on = held_on + 1',
    format('id = %s', :meeting)
);
select ok(pg_temp.is_as_meetings(:section), 'another one takes place a day later');
select pg_temp.change(
    format('section_id = %s, section_time_id = null', :other), format('id = %s', :meeting)
);
select ok(
    pg_temp.is_as_meetings(:section) and pg_temp.is_as_meetings(:other),
    'it becomes a meeting of another section'
);
select tests.run(format('delete from catalog.meetings where id = %s', :meeting));
select ok(pg_temp.is_as_meetings(:other), 'it is deleted');
select pg_temp.change('status = ''cancelled''', format('section_id = %s', :section));
select ok(
    not exists (select from catalog.section_spans as p where p.section_id = :section),
    'a section whose meetings are all cancelled has no row'
);
select tests.run(
    format('insert into catalog.meetings (studio_id, section_id, held_on, starts_at, ends_at)
    select s.studio_id, s.id, s.starts_on, now(), now() + ''1 hour''
    from catalog.sections as s where s.id = %s', :section)
);
select ok(pg_temp.is_as_meetings(:section), 'and has one again with a new meeting');
select ok(
    (select bool_and(pg_temp.is_as_meetings(s.id)) from catalog.sections as s),
    'no other section''s row was touched'
);
select * from finish();
rollback;
