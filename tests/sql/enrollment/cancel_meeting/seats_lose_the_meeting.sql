begin;
set local search_path = tap, public;
select plan(48);
select tests.worker() as staff \gset
select tests.section('Whole', '{1,3}', p_capacity => 5) as whole \gset
select tests.run(format('update catalog.sections set sold_by_weekday = true where id = %s', :whole));
select tests.section('By date', '{2}', p_capacity => 1, p_mode => 'drop_in') as dated \gset
select tests.date_price(:dated, 100), tests.date_price(:whole, 100) \g /dev/null
select tests.section(
    'Camp', '{4,5}', p_mode => 'tiered', p_starts_at => '09:00', p_ends_at => '15:00'
) as camp \gset
select tests.tier_price(:camp, 'first_half', 100), tests.tier_price(:camp, 'all_day', 100) \g /dev/null
create function pg_temp.meeting(p_section bigint, p_number integer default 1) returns bigint
language sql as $$
    select m.id from catalog.meetings as m where m.section_id = p_section
    order by m.starts_at offset p_number - 1 limit 1
$$;
create function pg_temp.refused(p_expression text) returns text language sql as $$
    select tests.error_code(format('select tests.as_staff(%s, %L)', tests.worker(), p_expression))
$$;
create function pg_temp.cancel(p_meeting bigint, p_preview boolean default false) returns jsonb
language sql as $$
    select tests.as_staff(
        tests.worker(), format('api.cancel_meeting(%s, '' ill '', %L)', p_meeting, p_preview)
    )
$$;
-- How many days a seat has, and whether its minutes are on just these.
create function pg_temp.seat(p_section bigint, p_student bigint) returns text language sql as $$
    select string_agg(
        format(
            '%s: %s days, %s', s.status,
            (select count(*) from catalog.meetings as m where m.section_id = p_section
            and s.dates @> m.held_on),
            (
                select count(*) from unnest(s.during) as d
                where s.dates @> (lower(d) at time zone 'America/New_York')::date
            )
        ),
        '; ' order by s.dates
    )
    from enrollment.seats as s where s.section_id = p_section and s.student_id = p_student
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
select count(*) as days from catalog.meetings as m where m.section_id = :whole \gset

-- Refused, each by its name, and nothing is written.
select pg_temp.meeting(:whole) as first \gset
select is(pg_temp.refused(format('api.cancel_meeting(%s, %L)', :first, r.reason)), 'reason_required', r.what)
from (values (' ', 'no reason'), (repeat('x', 501), 'one too long')) as r (reason, what);
select is(pg_temp.refused(format('api.cancel_meeting(%s, null)', :first)), 'reason_required', 'none at all');
select is(pg_temp.refused('api.cancel_meeting(0, ''x'')'), 'meeting_not_found', 'no such meeting');
select tests.section('Elsewhere', '{1}', p_level => 'open', p_studio => 'elmst') as foreign_section
\gset
select is(
    pg_temp.refused(format('api.cancel_meeting(%s, ''x'')', pg_temp.meeting(:foreign_section))),
    'meeting_not_found', 'another studio''s is none'
);
select is(
    tests.family_error_code(tests.family(), format('api.cancel_meeting(%s, ''x'')', :first)), '42501',
    'a family can''t'
);

-- Who has the whole class, one weekday of it, or a place that staff keep; held or confirmed.
select tests.family() as family \gset
select tests.student(:family, 'Ada') as ada \gset
select tests.confirmed(tests.cart(:ada, :whole)) as ada_is_in \gset
select tests.student(tests.family(), 'Ben') as ben \gset
select tests.held(pg_temp.picked(:ben, :whole, 'weekdays => ''{3}''')) as ben_is_held \gset
select tests.as_staff(:staff, format('api.reserve_place(%s, ''a guest'')', :whole)) \g /dev/null
select pg_temp.seat(:whole, :ben) as ben_had \gset
select pg_temp.cancel(:first, true) as preview \gset
select is(
    :'preview'::jsonb #> '{seats}', '{"changed": 2, "added": 0, "ended": 0}', 'a preview'
);
select is(
    array[
        pg_temp.seat(:whole, :ada),
        (select m.status from catalog.meetings as m where m.id = :first),
        (select count(*)::text from ops.domain_events as e where e.kind = 'meeting.cancelled'),
        (select count(*)::text from messaging.messages as m where m.template_code = 'class_cancelled')
    ],
    array[format('confirmed: %s days, %1$s', :days), 'scheduled', '0', '0'],
    'changes nothing and tells nobody'
);
select is(
    pg_temp.cancel(:first) - '{starts_at,ends_at}'::text [],
    :'preview'::jsonb - '{starts_at,ends_at}'::text [], 'the act answers the same'
);
select is(
    :'preview'::jsonb -> 'students',
    jsonb_build_array(
        jsonb_build_object(
            'student_id', :ada, 'student', 'Ada Rivera', 'family_id', :family, 'family', 'Rivera',
            'status', 'confirmed', 'effect', 'changed', 'enrollment_id', (
                select e.id from enrollment.enrollments as e where e.student_id = :ada
            )
        )
    ),
    'whom it concerns, by name; a place of nobody has none'
);
select is(
    (
        select format('%s %s %s', m.status, m.cancelled_reason, m.held_on)
        from catalog.meetings as m where m.id = :first
    ),
    'cancelled ill ' || (:'preview'::jsonb ->> 'held_on'), 'it is cancelled, with the reason'
);
select is(
    pg_temp.seat(:whole, :ada), format('confirmed: %s days, %1$s', :days - 1),
    'a whole seat has one day less'
);
select is(pg_temp.seat(:whole, :ben), :'ben_had', 'one by another weekday stays as it was');
select is(
    (select count(distinct s.dates) from enrollment.seats as s where s.section_id = :whole
    and coalesce(s.student_id, :ada) = :ada), 1::bigint, 'so has a place that staff keep'
);
select ok(pg_temp.taken_as_seats(:whole), 'and places are taken by their seats');
select is(
    (select e.status from enrollment.enrollments as e where e.student_id = :ada), 'confirmed',
    'the enrollment stays'
);
select is(
    pg_temp.refused(format('api.cancel_meeting(%s, ''x'')', :first)), 'meeting_cancelled',
    'it is cancelled once'
);
select is(
    pg_temp.cancel(pg_temp.meeting(:whole, 2)) #> '{seats}',
    '{"changed": 3, "added": 0, "ended": 0}', 'a held seat by weekday loses a meeting of its own'
);
select is(
    pg_temp.seat(:whole, :ada), format('confirmed: %s days, %1$s', :days - 2), 'and so on'
);
-- At that time the student is free.
select tests.section(
    'Instead', '{1}', p_mode => 'drop_in'
) as instead \gset
select tests.date_price(:instead, 100) \g /dev/null
select lives_ok(
    format('select tests.confirmed(tests.cart(%s, %s))', :ada, :instead),
    'the student can be elsewhere meanwhile'
);

-- A tier loses the date, at its own hours.
select tests.student(tests.family(), 'Cleo') as cleo \gset
select tests.confirmed(pg_temp.picked(:cleo, :camp, '''first_half''')) as cleo_is_in \gset
select count(*) as camp_days from catalog.meetings as m where m.section_id = :camp \gset
select is(
    pg_temp.cancel(pg_temp.meeting(:camp, 2)) #>> '{seats,changed}', '1', 'a camp'
);
select is(
    pg_temp.seat(:camp, :cleo), format('confirmed: %s days, %1$s', :camp_days - 1),
    'a seat of a tier has one day less'
);
select is(
    (
        select to_char(upper(d) at time zone 'America/New_York', 'HH24:MI')
        from enrollment.seats as s cross join lateral unnest(s.during) as d
        where s.student_id = :cleo limit 1
    ), '12:00', 'and its own hours'
);

-- By date: the seat ends with the date, the enrollment stays for staff.
select tests.student(tests.family(), 'Dan') as dan \gset
select (tests.dates(:dated, 3))[1] as d1, (tests.dates(:dated, 3))[2] as d2 \gset
select tests.confirmed(
    pg_temp.picked(:dan, :dated, format('dates => ''{%s,%s}''', :'d1', :'d2'))
) as dan_is_in \gset
select tests.family() as waiting \gset
select tests.wait(:dated, array[tests.student(:waiting, 'Eve')], format(', null, %L', :'d1')) as eve_waits
\gset
select pg_temp.cancel(pg_temp.meeting(:dated)) as answer \gset
select is(
    :'answer'::jsonb -> 'seats', '{"changed": 0, "added": 0, "ended": 1}', 'what was for that date'
);
select is(
    :'answer'::jsonb #>> '{students,0,effect}', 'ended', 'ends'
);
select is(pg_temp.seat(:dated, :dan), 'confirmed: 1 days, 1', 'what was for another one stays');
select is(
    (select format('%s %s', e.status, cardinality(e.dates)) from enrollment.enrollments as e
    where e.student_id = :dan), 'confirmed 2', 'the enrollment is as it was: staff settle its money'
);
select is(
    tests.as_family(
        (select e.family_id from enrollment.enrollments as e where e.student_id = :dan),
        format('(select e.cancelled_dates from api.enrollments as e where e.student_id = %s)', :dan)
    ), jsonb_build_array(:'d1'), 'the family sees which date is not held'
);
select ok(pg_temp.taken_as_seats(:dated), 'places are as their seats');
select tests.run('select enrollment.close_queues(now())');
select is(tests.entry_status(:eve_waits), 'expired', 'who waits for that date waits no more');

-- An offer for that date ends, too; its seat is offered to nobody.
select (tests.dates(:dated, 2))[2] as d3 \gset
select tests.student(tests.family(), 'Fay') as fay \gset
select tests.held(pg_temp.picked(:fay, :dated, format('dates => ''{%s}''', :'d3'))) as fay_is_held \gset
select tests.wait(:dated, array[tests.student(:waiting, 'Gus')], format(', null, %L', :'d3')) as gus_waits \gset
select tests.abandon(:fay_is_held);
select is(tests.entry_status(:gus_waits), 'offered', 'somebody has an offer');
select is(
    pg_temp.cancel((select m.id from catalog.meetings as m where m.section_id = :dated and m.held_on = :'d3'))
    #>> '{seats,ended}', '1', 'whose seat ends'
);
select is(tests.entry_status(:gus_waits), 'expired', 'with the offer');
select is(
    (select w.status_reason from enrollment.waitlist_entries as w where w.id = :gus_waits),
    'meeting_cancelled', 'it says why'
);
select is_empty(
    format('select from enrollment.seats as s where s.section_id = %s and s.student_id <> %s', :dated, :dan),
    'no seat of it is left'
);

-- A place that only the date had taken is free throughout then, for those who wait.
select tests.section('Tight', '{6}', p_capacity => 1) as tight \gset
select tests.date_price(:tight, 100) \g /dev/null
select tests.student(tests.family(), 'Hal') as hal \gset
select tests.confirmed(
    pg_temp.picked(:hal, :tight, format('dates => ''{%s}''', (tests.dates(:tight))[1]))
) as hal_is_in \gset
select tests.wait(:tight, array[tests.student(:waiting, 'Ida')]) as ida_waits \gset
select is(tests.entry_status(:ida_waits), 'waiting', 'somebody wants all of it');
select is(
    pg_temp.cancel(pg_temp.meeting(:tight)) #>> '{offers,0,waitlist_entry_id}', :'ida_waits',
    'and gets the place'
);
select is(tests.entry_status(:ida_waits), 'offered', 'by an offer');

-- Paid meanwhile: what is cancelled is confirmed without a seat, for staff to settle.
select tests.student(tests.family(), 'Jo') as jo \gset
select tests.held(
    pg_temp.picked(:jo, :dated, format('dates => ''{%s}''', (tests.dates(:dated, 2))[2]))
) as jo_is_held \gset
select tests.payment(:jo_is_held) as payment \gset
select pg_temp.cancel(
    (select m.id from catalog.meetings as m where m.section_id = :dated and m.held_on = (tests.dates(:dated, 2))[2])
) \g /dev/null
select tests.apply(:payment, tests.sale(:payment, 'trx-jo'));
select is(tests.registration_status(:jo_is_held), 'confirmed', 'money that was under way');
select is(pg_temp.seat(:dated, :jo), null, 'has bought no seat');

-- Nobody begins to pay for what has been cancelled.
select tests.student(tests.family(), 'Max') as max \gset
select tests.held(
    pg_temp.picked(:max, :dated, format('dates => ''{%s,%s}''', (tests.dates(:dated, 3))[2], (tests.dates(:dated, 3))[3]))
) as max_is_held \gset
select pg_temp.cancel(
    (select m.id from catalog.meetings as m where m.section_id = :dated and m.held_on = (tests.dates(:dated, 2))[2])
) \g /dev/null
select is(
    tests.error_code(format('select tests.payment(%s)', :max_is_held)), 'registration_changed',
    'a checkout of which something was cancelled is not paid'
);
select tests.abandon(:max_is_held);
select is(tests.registration_status(:max_is_held), 'cancelled', 'but given up');

-- Seats held from the cart, and all of a section.
select tests.run('update studio.settings set hold_starts_at = ''cart''');
select tests.section('Short', '{1}', p_starts_at => '15:00', p_ends_at => '16:00', p_starts_on => t.starts_on, p_ends_on => t.starts_on) as short
from catalog.terms as t where t.id = tests.term() \gset
select tests.student(:waiting, 'Kim') as kim \gset
select tests.cart(:kim, :short) as cart \gset
select is(pg_temp.seat(:short, :kim), 'held: 1 days, 1', 'a seat held from the cart');
select tests.student(tests.family(), 'Leo') as leo \gset
select tests.confirmed(tests.cart(:leo, :short)) as leo_is_in \gset
select is(
    pg_temp.cancel(pg_temp.meeting(:short)) #> '{seats}',
    '{"changed": 0, "added": 0, "ended": 2}', 'the last meeting of a section ends all of them'
);
select is(
    (select e.status from enrollment.enrollments as e where e.student_id = :leo), 'confirmed',
    'the enrollment stays'
);
select is(
    (
        select string_agg(f.value ->> 'code', ', ')
        from jsonb_array_elements(
            tests.as_family(:waiting, format('api.check_cart(%s)', :cart))
        ) as f
    ),
    'section_not_open', 'the cart says so'
);

-- A clash that was waived, and no longer is, is no reason to keep a meeting.
select tests.section('Beside', '{3}') as beside \gset
select tests.student(tests.family(), 'Mia') as mia \gset
select tests.as_staff(
    :staff,
    format('api.grant_waiver(%s, ''schedule_conflict'', ''agreed'', section_id => %s, other_section_id => %s)', :mia, :whole, :beside)
) as waiver \gset
select tests.run('update studio.settings set hold_starts_at = ''checkout''');
select tests.confirmed(tests.cart(:mia, :beside)) as b, tests.confirmed(tests.cart(:mia, :whole)) as w \gset
select tests.as_staff(:staff, format('api.withdraw_waiver(%s, ''no more'')', :waiver)) \g /dev/null
select is(
    pg_temp.cancel(pg_temp.meeting(:whole, 4)) #>> '{seats,changed}', '4',
    'a clash that was waived once is none of a cancelled meeting'
);
select is(
    (select count(*) from enrollment.seats as s where s.student_id = :mia
    and s.unshared <> s.during), 1::bigint, 'and one of the two still shares its minutes'
);
select * from finish();
rollback;
