begin;
set local search_path = tap, public;
select plan(24);
select tests.section('Moved', '{1}') as section \gset
select tests.section('Moved elsewhere', '{2}', p_level => 'open', p_studio => 'elmst') as foreign_section \gset
create function pg_temp.change(p_statement text, p_condition text) returns text language sql as $$
    select tests.error_code(
        format('select tests.run(%L)', format('%s where %s', p_statement, p_condition))
    )
$$;
create function pg_temp.days_later(p_days integer) returns text language sql as $$
    select format(
        'update catalog.meetings set held_on = held_on + %s,
        starts_at = starts_at + interval ''%1$s d 1 min'', ends_at = ends_at + interval ''%1$s d''',
        p_days
    )
$$;
-- The seats of a section have the days and the minutes of its meetings, its places those of seats.
create function pg_temp.is_as_meetings(p_section bigint) returns boolean language sql as $$
    select bool_and((s.dates, s.during, s.unshared) = (n.dates, n.during, n.during))
    and (
        select range_agg(d) from enrollment.places as p cross join lateral unnest(p.taken) as d
        where p.section_id = p_section
    ) = (select x.dates from catalog.section_spans as x where x.section_id = p_section)
    from enrollment.seats as s inner join catalog.section_spans as n using (section_id)
    where s.section_id = p_section
$$;
create function pg_temp.of(p_section bigint) returns text language sql as $$
    select format('section_id = %s', p_section)
$$;
create function pg_temp.added(p_section bigint, p_days integer) returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.run(%L)',
            format(
                'insert into catalog.meetings (studio_id, section_id, held_on, starts_at, ends_at)
                select m.studio_id, m.section_id, m.held_on + %s, m.starts_at + interval ''%1$s d'',
                m.ends_at + interval ''%1$s d''
                from catalog.meetings as m where m.section_id = %s order by m.starts_at limit 1',
                p_days, p_section
            )
        )
    )
$$;

select is(pg_temp.change(pg_temp.days_later(1), pg_temp.of(:section)), null, 'an empty section is moved');
select tests.held(tests.cart(tests.student(tests.family()), :section)) as registration \gset
select is(
    pg_temp.change(pg_temp.days_later(1), pg_temp.of(:section)), null, 'and one with seats'
);
select ok(pg_temp.is_as_meetings(:section), 'which follow');
select is(
    pg_temp.change('update catalog.meetings set ends_at = ends_at + interval ''1 h''', pg_temp.of(:section)), null,
    'longer meetings'
);
select ok(pg_temp.is_as_meetings(:section), 'are longer for those who have seats');
select is(pg_temp.added(:section, 2), null, 'another meeting');
select ok(pg_temp.is_as_meetings(:section), 'is theirs, too');
select is(
    pg_temp.change(
        'delete from catalog.meetings', format('id = (select max(m.id) from catalog.meetings as m where m.section_id = %s)', :section)
    ), null, 'one that is deleted'
);
select ok(pg_temp.is_as_meetings(:section), 'is nobody''s');
select is(
    pg_temp.change('update catalog.meetings set status = ''cancelled''', pg_temp.of(:section)), null,
    'all of them are cancelled'
);
select is_empty(
    format('select from enrollment.seats as s where s.section_id = %s', :section), 'no seat is left'
);
select is(
    (select e.status from enrollment.enrollments as e where e.section_id = :section), 'pending',
    'the enrollment stays'
);
select is(
    pg_temp.change('update catalog.meetings set status = ''scheduled''', pg_temp.of(:section)), null,
    'they take place after all'
);
select ok(pg_temp.is_as_meetings(:section), 'and the seats are there again');
select is(
    (
        select format('%s %s', s.status, s.created_at = e.created_at)
        from enrollment.seats as s inner join enrollment.enrollments as e on s.enrollment_id = e.id
        where s.section_id = :section
    ), 'held t', 'as what the enrollment is, since when it was'
);

-- By date: dates go along, whole rows of them at once.
select tests.section('Dates', '{2}', p_mode => 'drop_in', p_capacity => 1) as dated \gset
select tests.date_price(:dated, 100) \g /dev/null
select tests.student(tests.family()) as ada \gset
select tests.open_cart(:ada) as cart \gset
select tests.put(:cart, :ada, :dated, format('dates => %L::date[]', tests.dates(:dated, 3))) \g /dev/null
select tests.held(:cart) as registration \gset
select (tests.dates(:dated, 3))[1] as d1 \gset
create function pg_temp.dates(p_student bigint) returns text language sql as $$
    select format(
        '%s; %s', (select e.dates from enrollment.enrollments as e where e.student_id = p_student),
        (select array_agg(lower(s.dates) order by s.dates) from enrollment.seats as s where s.student_id = p_student)
    )
$$;
select is(
    pg_temp.change(pg_temp.days_later(7), pg_temp.of(:dated)), null, 'each to the date of the next'
);
select is(
    pg_temp.dates(:ada),
    format('{%s,%s,%s}; {%1$s,%2$s,%3$s}', :'d1'::date + 7, :'d1'::date + 14, :'d1'::date + 21),
    'a student of several dates goes along with each'
);
select is(
    pg_temp.change(
        format(
            'update catalog.meetings as m set held_on = o.held_on, starts_at = o.starts_at + interval ''1 h'',
            ends_at = o.ends_at + interval ''1 h''
            from catalog.meetings as o', :dated
        ),
        format(
            'm.section_id = %s and o.section_id = %1$s and m.held_on in (%L, %2$L::date + 7)
            and o.held_on in (%2$L, %2$L::date + 7) and m.id <> o.id', :dated, :'d1'::date + 7
        )
    ), null, 'two dates change their hours with one another'
);
select is(
    pg_temp.dates(:ada),
    format('{%s,%s,%s}; {%1$s,%2$s,%3$s}', :'d1'::date + 7, :'d1'::date + 14, :'d1'::date + 21),
    'so do their seats'
);
-- What nobody can say is refused.
select is(
    pg_temp.change(
        'update catalog.meetings as m set held_on = held_on + n.number::integer,
        starts_at = starts_at + n.number * interval ''1 d'', ends_at = ends_at + n.number * interval ''1 d''
        from (select x.id, row_number() over (order by x.id) as number from catalog.meetings as x
        where x.section_id = ' || :dated || ' and x.held_on = ' || quote_literal(:'d1'::date + 21) || ') as n',
        format('m.id = n.id and m.section_id = %s', :dated)
    ), null, 'one meeting of a date goes where it will'
);
select tests.run(
    format(
        'insert into catalog.meetings (studio_id, section_id, held_on, starts_at, ends_at)
        select m.studio_id, m.section_id, m.held_on, m.starts_at + interval ''3 h'', m.ends_at + interval ''3 h''
        from catalog.meetings as m where m.section_id = %s and m.held_on = %L', :dated, :'d1'::date + 7
    )
);
select is(
    pg_temp.change(
        'update catalog.meetings as m set held_on = m.held_on + n.number::integer,
        starts_at = starts_at + n.number * interval ''1 d'', ends_at = ends_at + n.number * interval ''1 d''
        from (select x.id, row_number() over (order by x.id) as number from catalog.meetings as x
        where x.section_id = ' || :dated || ' and x.held_on = ' || quote_literal(:'d1'::date + 7) || ') as n',
        format('m.id = n.id and m.section_id = %s', :dated)
    ), 'section_has_seats', 'two of one date that go to two others'
);

-- What is derived is derived in the scope of one studio.
select is(
    pg_temp.change('update catalog.meetings set status = ''cancelled''', pg_temp.of(:foreign_section)),
    'studio_mismatch', 'meetings of another studio than the one in scope'
);
select is(
    tests.error_code(
        format(
            'select tests.run(%L)',
            format('update catalog.sections set capacity = null where id = %s', :foreign_section)
        )
    ), 'studio_mismatch', 'capacity of another studio'
);
select is(
    (
        select count(*) from catalog.meetings as m
        where m.section_id = :foreign_section and m.status = 'cancelled'
    ), 0::bigint, 'and nothing was written'
);
select * from finish();
rollback;
