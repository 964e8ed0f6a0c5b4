begin;
set local search_path = tap, public;
select plan(27);
select tests.worker() as staff \gset
select tests.section('Resized', '{1}', p_capacity => 2) as section \gset
create function pg_temp.refused(p_expression text) returns jsonb language sql as $$
    select tests.error(format('select tests.as_staff(%s, %L)', tests.worker(), p_expression))
$$;
create function pg_temp.set(p_section bigint, p_capacity text, p_preview boolean default false)
returns jsonb language sql as $$
    select tests.as_staff(
        tests.worker(), format('api.set_capacity(%s, %s, %L)', p_section, p_capacity, p_preview)
    )
$$;
create function pg_temp.left(p_section bigint) returns text language sql as $$
    select tests.value(format('enrollment.seats_left(%s)', p_section)) #>> '{}'
$$;

-- Refused, each by its name, and nothing is written.
select is(
    pg_temp.refused(format('api.set_capacity(%s, %s)', :section, c.capacity)) ->> 'code',
    'capacity_invalid', c.what
)
from (values (0, 'nobody at all'), (-1, 'fewer'), (100001, 'too many')) as c (capacity, what);
select is(
    pg_temp.refused('api.set_capacity(0, 5)') ->> 'code', 'section_not_found', 'no such class'
);
select tests.section('Elsewhere', '{1}', p_level => 'open', p_studio => 'elmst') as foreign_section
\gset
select is(
    pg_temp.refused(format('api.set_capacity(%s, 5)', :foreign_section)) ->> 'code',
    'section_not_found', 'another studio''s is none'
);
select tests.family() as family \gset
select is(
    tests.family_error_code(:family, format('api.set_capacity(%s, 5)', :section)), '42501',
    'a family can''t'
);
select tests.confirmed(tests.cart(tests.student(:family, 'Ada'), :section)) as one \gset
select tests.held(tests.cart(tests.student(tests.family()), :section)) as two \gset
select is(
    pg_temp.refused(format('api.set_capacity(%s, 1)', :section)) #>> '{code}',
    'capacity_below_taken', 'never fewer than there are'
);
select is(
    (pg_temp.refused(format('api.set_capacity(%s, 1)', :section)) ->> 'details')::jsonb
    ->> 'taken',
    '2', 'it says how many there are'
);
select is(
    (select s.capacity from catalog.sections as s where s.id = :section), 2, 'it stays as it was'
);

-- Growth goes to those who wait first.
select tests.family() as waiting \gset
select tests.wait(:section, array[tests.student(:waiting, 'Willa')]) as entry \gset
select set_config('tests.events', (select count(*)::text from ops.domain_events), true) \g /dev/null
select pg_temp.set(:section, '4', true) as preview \gset
select is(
    :'preview'::jsonb - 'students' - 'offers',
    format(
        '{"section_id": %s, "capacity_before": 2, "capacity": 4, "places_free": 1,
        "places_free_on_date": null, "seats": {"changed": 0, "added": 0, "ended": 0}}', :section
    )::jsonb,
    'a preview says what would come of it'
);
select is(
    :'preview'::jsonb -> 'offers',
    jsonb_build_array(
        jsonb_build_object(
            'waitlist_entry_id', :entry, 'student', 'Willa Rivera', 'family', 'Rivera',
            'family_id', :waiting,
            'student_id', (
                select w.student_id from enrollment.waitlist_entries as w where w.id = :entry
            )
        )
    ),
    'and who would be offered a place'
);
select is(
    array[
        tests.entry_status(:entry),
        (select s.capacity::text from catalog.sections as s where s.id = :section),
        (select count(*)::text from enrollment.places as p where p.section_id = :section),
        (select count(*)::text from enrollment.seats as s where s.section_id = :section)
    ],
    array['waiting', '2', '2', '2'], 'it changes nothing'
);
select is(
    (select count(*)::text from ops.domain_events), current_setting('tests.events'),
    'and tells nobody'
);
select is(pg_temp.set(:section, '4'), :'preview'::jsonb, 'the act answers the same');
select is(tests.entry_status(:entry), 'offered', 'those who wait are first');
select is(pg_temp.left(:section), '1', 'the public gets the rest');
select is(pg_temp.set(:section, '3') ->> 'places_free', '0', 'it shrinks to what is taken');
select is(
    pg_temp.refused(format('api.set_capacity(%s, 2)', :section)) ->> 'code',
    'capacity_below_taken', 'an offer is taken, too'
);
select is(pg_temp.set(:section, 'null') ->> 'places_free', null, 'without a limit');
select is(pg_temp.left(:section), null, 'no number is left');

-- By setting, to staff.
select tests.run('update studio.settings set waitlist_on_capacity = ''reserve''');
select pg_temp.set(:section, '3') ->> 'places_free' as same \gset
select is(
    pg_temp.set(:section, '5') -> 'seats' ->> 'added', '2', 'places that staff keep are told of'
);
select is(
    (
        select count(*) from enrollment.seats as s
        where s.section_id = :section and s.reason = 'freed:capacity'
    ), 2::bigint, 'until they give them to somebody'
);
select is(pg_temp.left(:section), '0', 'the public gets none');
select is(
    pg_temp.refused(format('api.set_capacity(%s, 4)', :section)) ->> 'code',
    'capacity_below_taken', 'what is kept for staff is taken'
);
-- A hold that has lapsed is nobody's.
select tests.section('Lapsed', '{2}', p_capacity => 2) as lapsing \gset
select tests.held(tests.cart(tests.student(tests.family()), :lapsing)) as lapsed \gset
select tests.confirmed(tests.cart(tests.student(tests.family()), :lapsing)) as kept \gset
select tests.lapse(:lapsed);
select is(
    pg_temp.set(:lapsing, '1', true) -> 'seats' ->> 'ended', '0', 'what lapsed is no effect'
);
select is(tests.registration_status(:lapsed), 'pending_payment', 'a preview releases nothing');
select pg_temp.set(:lapsing, '1') \g /dev/null
select is(tests.registration_status(:lapsed), 'failed', 'the act does');
select * from finish();
rollback;
