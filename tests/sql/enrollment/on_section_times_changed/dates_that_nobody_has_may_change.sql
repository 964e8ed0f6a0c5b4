begin;
set local search_path = tap, public;
select plan(5);
select tests.section('Some dates', '{1}', p_mode => 'drop_in') as section \gset
select tests.date_price(:section, 100) \g /dev/null
select (tests.dates(:section, 2))[1] as taken, (tests.dates(:section, 2))[2] as free \gset
select tests.held(tests.cart(tests.student(tests.family()), :section)) as registration \gset
create function pg_temp.change(section bigint, day date, setting text) returns text
language sql as $$
    select tests.error_code(
        format(
            'select tests.run(%L)',
            format(
                'update catalog.meetings set %s where section_id = %s and held_on = %L',
                setting, section, day
            )
        )
    )
$$;
select is(
    pg_temp.change(:section, :'taken', 'ends_at = ends_at + interval ''1 h'''),
    'section_has_seats', 'the hour of a date that somebody has stays'
);
select is(
    pg_temp.change(:section, :'free', 'ends_at = ends_at + interval ''1 h'''), null,
    'that of another one may change'
);
select is(
    pg_temp.change(:section, :'free', 'status = ''cancelled'''), null, 'it may be cancelled'
);
select is(
    tests.error_code(
        format(
            'select tests.run(%L)',
            format(
                'insert into catalog.meetings (studio_id, section_id, held_on, starts_at, ends_at)
                select s.studio_id, s.id, %L::date + 1, %L::date + 1, %L::date + 2
                from catalog.sections as s where s.id = %s', :'free', :'free', :'free', :section
            )
        )
    ), null, 'and a date may be added'
);
select is(
    pg_temp.change(:section, :'taken', 'status = ''cancelled'''), null,
    'one that somebody has is cancelled, too, and the seat stays'
);
select * from finish();
rollback;
