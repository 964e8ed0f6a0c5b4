-- A student moves as one act: places, price and rules of both classes, or nothing.
begin;
set local search_path = tap, public;
select plan(34);
select tests.worker('staff') as desk \gset
create function pg_temp.of(student bigint, section bigint) returns bigint language sql as $$
    select max(e.id) from enrollment.enrollments as e
    where e.student_id = student and e.section_id = section
$$;
create function pg_temp.move(enrollment bigint, section bigint, rest text, desk bigint)
returns jsonb language sql as $$
    select tests.as_staff(
        desk, format('api.transfer_enrollment(%s, %s, %s)', enrollment, section, rest)
    )
$$;
create function pg_temp.refused(enrollment bigint, section bigint, rest text, desk bigint)
returns text language sql as $$
    select tests.error_code(
        format('select pg_temp.move(%s, %s, %L, %s)', enrollment, section, rest, desk)
    )
$$;
create function pg_temp.state(student bigint) returns text language sql as $$
    select string_agg(
        concat_ws(' ', k.title, e.status, s.status), ', ' order by e.id
    )
    from enrollment.enrollments as e
    inner join catalog.sections as c on e.section_id = c.id
    inner join catalog.classes as k on c.class_id = k.id
    left join enrollment.seats as s on e.id = s.enrollment_id
    where e.student_id = student
$$;
create function pg_temp.alone(variadic sections bigint[]) returns bigint language sql as $$
    select tests.total(tests.cart(tests.student(tests.family()), variadic sections))
$$;

-- To another hour of the same day, which clashes with the old one.
select tests.section('Old', '{1}', p_capacity => 1) as old \gset
select tests.section('Clash', '{1}', p_starts_at => '10:30', p_ends_at => '11:30', p_capacity => 1)
as clash \gset
select tests.section('Beside', '{2}') as beside \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.confirmed(tests.cart(:student, :old, :beside)) as registration \gset
select tests.wait(:old, array[tests.student(tests.family())]) as entry \gset
select pg_temp.move(pg_temp.of(:student, :old), :clash, '''x'', preview => true', :desk) as preview \gset
select is(
    pg_temp.state(:student), 'Old confirmed confirmed, Beside confirmed confirmed',
    'a preview moves nobody'
);
select is(tests.entry_status(:entry), 'waiting', 'and offers nothing');
select pg_temp.move(pg_temp.of(:student, :old), :clash, '''x''', :desk) as done \gset
select is(
    pg_temp.state(:student),
    'Old cancelled, Beside confirmed confirmed, Clash confirmed confirmed',
    'the student is in the new class, and not in the old one'
);
select is(
    :'done'::jsonb - '{enrollment_id,preview,offers}'::text[],
    :'preview'::jsonb - '{enrollment_id,preview,offers}'::text[], 'as the preview said'
);
select is(
    jsonb_build_array(
        :'preview'::jsonb -> 'enrollment_id', :'done'::jsonb -> 'enrollment_id',
        :'done'::jsonb -> 'from_enrollment_id', :'done'::jsonb -> 'price_change_minor'
    ),
    jsonb_build_array(null, pg_temp.of(:student, :clash), pg_temp.of(:student, :old), 0),
    'at the same price'
);
select is(tests.entry_status(:entry), 'offered', 'who waits for the old place is offered it');
select is(
    (
        select format(
            '%s %s %s', e.registration_id = :registration, e.from_enrollment_id = f.id, f.ended_on
            = e.created_at::date
        )
        from enrollment.enrollments as e
        inner join enrollment.enrollments as f on e.from_enrollment_id = f.id
        where e.id = pg_temp.of(:student, :clash)
    ), 't t t', 'of the same registration'
);
select is(
    (
        select array_agg(m.template_code) from messaging.messages as m
        where m.family_id = :family and m.template_code like 'enrollment_%'
    ), array['enrollment_transferred'], 'the family is told'
);

-- No place: the old one is not lost.
select tests.section('Full', '{3}', p_capacity => 1) as full_one \gset
select tests.confirmed(tests.cart(tests.student(tests.family()), :full_one)) \g /dev/null
select is(
    pg_temp.refused(pg_temp.of(:student, :clash), :full_one, '''x''', :desk), 'seat_unavailable',
    'a full class is refused'
);
select is(
    pg_temp.state(:student),
    'Old cancelled, Beside confirmed confirmed, Clash confirmed confirmed', 'and nothing moves'
);
-- A lapsed hold is no hindrance; somebody who waits is.
select tests.section('Lapsed', '{3}', p_capacity => 1) as lapsed \gset
select tests.held(tests.cart(tests.student(tests.family()), :lapsed)) as hold \gset
select tests.wait(:lapsed, array[tests.student(tests.family())]) as waiting \gset
select tests.lapse(:hold);
select is(
    pg_temp.refused(pg_temp.of(:student, :clash), :lapsed, '''x''', :desk), 'seat_unavailable',
    'the place of a lapsed hold is offered to whoever waits'
);
select tests.section('Awaited', '{3}', p_capacity => 2) as awaited \gset
select tests.confirmed(tests.cart(tests.student(tests.family()), :awaited)) \g /dev/null
select tests.held(tests.cart(tests.student(tests.family()), :awaited)) as hold \gset
select tests.wait(:awaited, array[tests.student(:family, 'Sister')]) as sister,
    tests.wait(:awaited, array[tests.student(tests.family())]) as other \gset
-- The place comes free, and is not offered yet.
select tests.run(format(
    'update enrollment.waitlist_entries set needs_staff = ''age_not_met'' where section_id = %s',
    :awaited
));
select tests.abandon(:hold);
select tests.run(format(
    'update enrollment.waitlist_entries set needs_staff = null where section_id = %s', :awaited
));
select is(
    pg_temp.refused(pg_temp.of(:student, :clash), :awaited, '''x''', :desk), 'waitlist_only',
    'one that others wait for is theirs'
);
-- What staff reserved for the student is taken.
select tests.as_staff(:desk, format('api.reserve_place(%s, ''for her'', %s)', :awaited, :student))
\g /dev/null
select is(
    pg_temp.move(pg_temp.of(:student, :clash), :awaited, '''x''', :desk) ->> 'section_id',
    :'awaited', 'but for what staff reserved for the student'
);
select is(
    (
        select count(*) from enrollment.seats as s
        where s.section_id = :awaited and s.student_id = :student
    ), 1::bigint, 'which becomes that of the enrollment'
);
-- Who waits for it is offered it, or moved there by staff, and waits no longer.
select tests.section('Longed for', '{4}', p_capacity => 1) as longed \gset
select tests.held(tests.cart(tests.student(tests.family()), :longed)) as hold \gset
select tests.wait(:longed, array[:student]) as own \gset
select tests.abandon(:hold);
select is(tests.entry_status(:own), 'offered', 'a student has an offer');
select is(
    pg_temp.move(pg_temp.of(:student, :awaited), :longed, '''x''', :desk) ->> 'section_id',
    :'longed', 'and is moved to that place'
);
select is(tests.entry_status(:own), 'cancelled', 'the offer is used up');

-- A clash with a third class, which is named; one that is waived.
select tests.section('Third', '{2}', p_starts_at => '10:30', p_ends_at => '11:30') as third \gset
select is(
    tests.error(
        format(
            'select pg_temp.move(%s, %s, %L, %s)', pg_temp.of(:student, :longed), :third, '''x''',
            :desk
        )
    ) ->> 'message', 'Third and Beside are at the same time.', 'a clash is named'
);
select tests.as_staff(
    :desk,
    format(
        'api.grant_waiver(
            %s, ''schedule_conflict'', ''both'', section_id => %s, other_section_id => %s
        )', :student, :third, :beside
    )
) \g /dev/null
select is(
    pg_temp.move(pg_temp.of(:student, :longed), :third, '''x''', :desk) ->> 'section_id', :'third',
    'a waived one is none'
);

-- Rules of the new class.
select tests.section('Boys', '{5}') as boys \gset
select tests.require(:boys, '{"kind": "gender", "gender": "male"}') \g /dev/null
select is(
    pg_temp.refused(pg_temp.of(:student, :third), :boys, '''x''', :desk), 'gender_not_met',
    'what its rules forbid is refused'
);
select tests.as_staff(
    :desk,
    format(
        'api.grant_waiver(%s, ''gender'', ''a guest'', %s)', :student,
        (select s.class_id from catalog.sections as s where s.id = :boys)
    )
) \g /dev/null
select is(
    pg_temp.move(pg_temp.of(:student, :third), :boys, '''x''', :desk) ->> 'section_id', :'boys',
    'unless it was waived'
);

-- To what costs more, or less; at the rates of the sale.
select tests.section('Camp', '{6}', null, p_mode => 'tiered') as camp \gset
select tests.tier_price(:camp, 'all_day', 250000) \g /dev/null
select tests.tier_price(:camp, 'first_half', 100) \g /dev/null
select pg_temp.move(
    pg_temp.of(:student, :boys), :camp, '''x'', tier => ''all_day''', :desk
) as dearer \gset
select is(
    (:'dearer'::jsonb ->> 'price_change_minor')::bigint,
    (
        select tests.total(c.cart) - pg_temp.alone(:old, :beside)
        from (
            select tests.cart(tests.student(tests.family()), :beside, :camp) as cart
        ) as c
    ), 'what costs more is due'
);
select is(
    tests.value(format('payment.balance_due_minor(%s)', :family)), :'dearer'::jsonb -> 'due_minor',
    'and owed by the family'
);
select is(
    (:'dearer'::jsonb ->> 'due_minor')::bigint,
    (
        select sum(c.price_change_minor + c.given_back_minor)::bigint from enrollment.changes as c
        where c.family_id = :family
    ), 'with what it had back for a cheaper one'
);
select is(
    (
        select format('%s %s', c.given_back_minor, c.credit_id is null) from enrollment.changes as c
        where c.enrollment_id = pg_temp.of(:student, :boys)
    ), '0 t', 'nothing is given back'
);
select tests.section('Again', '{5}') as again \gset
select pg_temp.move(pg_temp.of(:student, :camp), :again, '''x''', :desk) as cheaper \gset
select is(
    jsonb_build_array(:'cheaper'::jsonb -> 'price_change_minor', :'cheaper'::jsonb -> 'given_back_minor'),
    jsonb_build_array(- (:'dearer'::jsonb ->> 'price_change_minor')::bigint, 0),
    'back again it is due no more, and as it was never paid, nothing is given back'
);

-- From a day to come on.
select tests.student(tests.family()) as mover \gset
select tests.section('Now', '{1}', p_capacity => 1) as now_one \gset
select tests.section('Later', '{1}', p_starts_at => '10:30', p_ends_at => '11:30', p_capacity => 1)
as later \gset
select tests.confirmed(tests.cart(:mover, :now_one)) \g /dev/null
select (tests.dates(:now_one, 5))[5] as day \gset
select pg_temp.move(
    pg_temp.of(:mover, :now_one), :later, format('''x'', effective_on => %L', :'day'), :desk
) \g /dev/null
select is(
    pg_temp.state(:mover), 'Now confirmed confirmed, Later confirmed confirmed',
    'until then the student is in the old class'
);
select is(
    (
        select array_agg(
            format('%s %s', lower(s.dates) < :'day'::date, upper(s.dates) <= :'day'::date)
            order by s.section_id
        )
        from enrollment.seats as s where s.student_id = :mover
    ), array['t t', 'f f'], 'then in the new one, without a clash'
);

-- Bad input.
select is(
    pg_temp.refused(pg_temp.of(:student, :beside), t.section, t.rest, :desk), t.code,
    t.code || ': ' || t.rest
)
from (
    values
    (:beside, '''x''', 'already_enrolled'),
    (:again, '''x''', 'already_enrolled'),
    (:camp, '''x''', 'tier_required'),
    (:full_one, ''' ''', 'reason_required'),
    (0, '''x''', 'section_not_found'),
    (:later, '''x'', weekdays => ''{1}''', 'weekdays_not_offered')
) as t (section, rest, code);
select * from finish();
rollback;
