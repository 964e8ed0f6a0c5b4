begin;
set local search_path = tap, public;
select plan(8);
select tests.section('Moved', '{1}') as section \gset
select tests.section('Moved elsewhere', '{2}', p_level => 'open', p_studio => 'elmst') as foreign_section \gset
create function pg_temp.change(statement text, section bigint) returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.run(%L)', format('%s where section_id = %s', statement, section)
        )
    )
$$;
create function pg_temp.a_week_later() returns text language sql as $$
    select 'update catalog.meetings set held_on = held_on + 1,'
        || ' starts_at = starts_at + interval ''1 day'', ends_at = ends_at + interval ''1 day'''
$$;
select is(pg_temp.change(pg_temp.a_week_later(), :section), null, 'an empty section is moved');
select tests.held(tests.cart(tests.student(tests.family()), :section)) as registration \gset
select is(
    pg_temp.change(pg_temp.a_week_later(), :section), 'section_has_seats',
    'one in which somebody has a seat is not'
);
select is(
    tests.error_code(
        format(
            'select tests.run(%L)',
            format(
                'insert into catalog.meetings (studio_id, section_id, held_on, starts_at, ends_at)
                select s.studio_id, s.id, s.starts_on, now(), now() + ''1 hour''
                from catalog.sections as s where s.id = %s', :section
            )
        )
    ), 'section_has_seats', 'nor gets it another meeting'
);
select is(
    pg_temp.change(
        'update catalog.meetings set status = ''cancelled''', :section
    ), null, 'its meetings are cancelled'
);
select ok(
    exists (select from enrollment.seats as s where s.section_id = :section),
    'and the seats stay for whoever decides about them'
);

-- What is derived is derived in the scope of one studio.
select is(
    pg_temp.change('update catalog.meetings set status = ''cancelled''', :foreign_section),
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
