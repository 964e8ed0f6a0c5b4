begin;
set local search_path = tap, public;
select plan(17);
select tests.worker() as staff, tests.family() as family \gset
select tests.student(:family) as student \gset
select
    tests.section('One', '{1}', p_starts_at => '10:00', p_ends_at => '11:00') as one,
    tests.section('Two', '{1}', p_starts_at => '10:30', p_ends_at => '11:30') as two,
    tests.section('Three', '{1}', p_starts_at => '10:45', p_ends_at => '11:45') as three \gset
select tests.cart(:student, :one, :two) as cart \gset
create function pg_temp.codes(p_cart bigint) returns text language sql as $$
    select string_agg(f.value ->> 'code', ' ')
    from jsonb_array_elements(
        tests.as_family(tests.family_of_cart(p_cart), format('api.check_cart(%s)', p_cart))
    ) as f
$$;
create function pg_temp.waived(p_student bigint, p_section bigint, p_as_of timestamptz default now())
returns jsonb language sql as $$
    select tests.value(
        format('array(select enrollment.waived_clashes(%s, %s, %L))', p_student, p_section, p_as_of)
    )
$$;
select is(pg_temp.codes(:cart), 'schedule_conflict', 'they clash');
select tests.as_staff(
    :staff, format('api.grant_waiver(%s, ''schedule_conflict'', ''leaves early'',
    section_id => %s, other_section_id => %s, expires_on => ''2030-03-09'')', :student, :two, :one)
) as waiver \gset
select is(pg_temp.waived(:student, :one), jsonb_build_array(:two::bigint), 'one with the other');
select is(pg_temp.waived(:student, :two), jsonb_build_array(:one::bigint), 'and the other way round');
select is(pg_temp.waived(:student, :three), '[]', 'not with a third');
select is(
    pg_temp.waived(tests.student(:family, 'Twin'), :one), '[]', 'nor for somebody else'
);
select is(
    pg_temp.waived(:student, :one, timestamptz '2030-03-09 23:30 America/New_York'),
    jsonb_build_array(:two::bigint), 'half past eleven on its last day'
);
select is(
    pg_temp.waived(:student, :one, timestamptz '2030-03-10 00:00 America/New_York'), '[]',
    'and not a minute later'
);
select is(pg_temp.codes(:cart), null, 'the cart has no finding');
-- And the seats: both in one checkout; the minutes they share stay one seat's alone.
select tests.held(:cart) as registration \gset
select is(
    (
        select array_agg(s.section_id order by s.section_id)
        from enrollment.seats as s
        where s.student_id = :student and s.status = 'held'
    ),
    array[:one, :two]::bigint [], 'the student has both seats'
);
select is(
    (
        select array_agg(s.unshared = s.during order by s.section_id)
        from enrollment.seats as s
        where s.student_id = :student
    ),
    array[true, false], 'one has all of its minutes to itself, the other what is left'
);
select is(
    tests.error(
        format(
            'select tests.run(%L)',
            format(
                'insert into enrollment.seats (
                    studio_id, family_id, enrollment_id, student_id, section_id, dates, during
                )
                select s.studio_id, s.family_id, s.enrollment_id, s.student_id, s.section_id,
                s.dates, n.during
                from enrollment.seats as s
                inner join catalog.section_spans as n on n.section_id = %s
                where s.student_id = %s and s.section_id = %s', :three, :student, :two
            )
        )
    ) ->> 'code',
    'schedule_conflict', 'a third class at those minutes is refused'
);
select tests.as_family(:family, format('api.abandon_checkout(%s)', :registration)) \g /dev/null
-- One after the other as well.
select tests.student(:family, 'Twin') as twin \gset
select tests.as_staff(
    :staff, format('api.grant_waiver(%s, ''schedule_conflict'', ''leaves early'',
    section_id => %s, other_section_id => %s, expires_on => ''2030-03-09'')', :twin, :two, :one)
) \g /dev/null
select tests.run(format('delete from enrollment.cart_items where cart_id = %s', :cart));
select tests.confirmed(tests.cart(:twin, :one)) \g /dev/null
select tests.cart(:twin, :two) as cart \gset
select is(pg_temp.codes(:cart), null, 'beside a class that is paid, no finding');
select tests.confirmed(:cart) \g /dev/null
select is(
    (select count(*) from enrollment.seats as s where s.student_id = :twin), 2::bigint,
    'and a seat'
);
select tests.cart(:student, :one, :two) as cart \gset
select tests.cart(:student, :three) as cart \gset
select is(
    pg_temp.codes(:cart), 'schedule_conflict schedule_conflict', 'a third clashes with both'
);
-- The rule may say that such a clash is never waived: then and from then on.
select tests.require(:one, '{"kind": "schedule_conflict", "is_waivable": false}') as rule \gset
select is(pg_temp.waived(:student, :two), '[]', 'a class whose clashes are not waived');
select is(
    tests.error_code(format('select tests.as_staff(%s, %L)', :staff, format(
        'api.grant_waiver(%s, ''schedule_conflict'', ''x'', section_id => %s, other_section_id => %s)',
        :student, :three, :one))), 'waiver_not_allowed', 'is refused one'
);
select is(
    tests.error(format('select tests.require(%s, ''{"kind": "schedule_conflict", "enforcement": "off"}'')', :two)) ->> 'details',
    'requirements_conflict_is_refused', 'no row can switch clashes off'
);
select * from finish();
rollback;
