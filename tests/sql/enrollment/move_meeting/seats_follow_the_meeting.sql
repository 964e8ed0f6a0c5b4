begin;
set local search_path = tap, public;
select plan(55);
select tests.worker() as staff \gset
select t.starts_on, t.ends_on from catalog.terms as t where t.id = tests.term() \gset
select tests.section('Whole', '{1,3}', p_capacity => 3) as whole \gset
select tests.run(format('update catalog.sections set sold_by_weekday = true where id = %s', :whole));
select tests.section('By date', '{2}', p_capacity => 2, p_mode => 'drop_in') as dated \gset
select tests.date_price(:dated, 100) \g /dev/null
create function pg_temp.meeting(p_section bigint, p_number integer default 1) returns bigint
language sql as $$
    select m.id from catalog.meetings as m where m.section_id = p_section
    order by m.id offset p_number - 1 limit 1
$$;
create function pg_temp.refused(p_expression text) returns jsonb language sql as $$
    select tests.error(format('select tests.as_staff(%s, %L)', tests.worker(), p_expression))
$$;
create function pg_temp.move(
    p_meeting bigint, p_held_on date, p_preview boolean default false,
    p_starts_at text default '10:00', p_ends_at text default '11:00'
) returns jsonb
language sql as $$
    select tests.as_staff(
        tests.worker(),
        format('api.move_meeting(%s, %L, %L, %L, %L)', p_meeting, p_held_on, p_starts_at, p_ends_at, p_preview)
    )
$$;
create function pg_temp.has(p_student bigint, p_held_on date, p_starts_at text default '10:00') returns boolean
language sql as $$
    select bool_or(
        s.dates @> p_held_on and s.during @> (p_held_on + p_starts_at::time) at time zone 'America/New_York'
    )
    from enrollment.seats as s where s.student_id = p_student
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

-- Refused, each by its name, and nothing is written.
select pg_temp.meeting(:whole) as first \gset
select is(
    pg_temp.refused(format('api.move_meeting(%s, %L, ''10:00'', ''11:00'')', r.meeting, r.held_on))
    ->> 'code', r.code, r.what
)
from (
    values
    (0, :'starts_on'::date, 'meeting_not_found', 'no such meeting'),
    (:first, :'starts_on'::date - 1, 'meeting_outside_term', 'the day before the term'),
    (:first, :'ends_on'::date + 1, 'meeting_outside_term', 'the day after it'),
    (:first, 'infinity', 'meeting_outside_term', 'a day that never comes'),
    (:first, '-infinity', 'meeting_outside_term', 'or never was'),
    (:first, :'starts_on'::date + 2, 'meeting_exists', 'where the next one is held')
) as r (meeting, held_on, code, what);
select is(
    pg_temp.refused(
        format('api.move_meeting(%s, %L, ''10:00'', ''11:00'')', :first, :'ends_on'::date + 1)
    ) ->> 'message',
    format('The term runs from %s to %s; a meeting has to be within it.', :'starts_on', :'ends_on'),
    'in words'
);
select is(
    tests.family_error_code(
        tests.family(), format('api.move_meeting(%s, %L, ''10:00'', ''11:00'')', :first, :'starts_on')
    ), '42501', 'a family can''t'
);
select tests.run(format('update catalog.terms set starts_on = %L', :'starts_on'::date - 120));
select is(
    pg_temp.refused(
        format('api.move_meeting(%s, %L, ''10:00'', ''11:00'')', :first, now()::date - 1)
    ) ->> 'code', 'date_past', 'a day that is over'
);
select tests.run(format('update catalog.terms set starts_on = %L', :'starts_on'));
select is_empty($$select from ops.domain_events as e where e.kind = 'meeting.moved'$$, 'nothing is told');

-- The whole class and one weekday of it: the Monday goes to a Friday and stays the Monday's.
select tests.student(tests.family(), 'Ada') as ada \gset
select tests.confirmed(tests.cart(:ada, :whole)) as a \gset
select tests.student(tests.family(), 'Ben') as ben \gset
select tests.held(pg_temp.picked(:ben, :whole, 'weekdays => ''{1}''')) as b \gset
select tests.student(tests.family(), 'Cleo') as cleo \gset
select tests.held(pg_temp.picked(:cleo, :whole, 'weekdays => ''{3}''')) as c \gset
select :'starts_on'::date + 4 as friday \gset
select pg_temp.move(:first, :'friday', true) as preview \gset
select is(:'preview'::jsonb #>> '{seats,changed}', '2', 'a preview');
select ok(pg_temp.has(:ada, :'starts_on'), 'changes nothing');
select is_empty($$select from ops.domain_events as e where e.kind = 'meeting.moved'$$, 'and tells nobody');
select is(pg_temp.move(:first, :'friday'), :'preview'::jsonb, 'the act answers the same');
select is(
    (:'preview'::jsonb - '{seats,students,offers,starts_at,ends_at}'::text []),
    format(
        '{"meeting_id": %s, "section_id": %s, "title": "Whole", "status": "scheduled", "held_on": "%s",
        "places_free": 1, "places_free_on_date": 1}', :first, :whole, :'friday'
    )::jsonb, 'the meeting keeps its id'
);
select is(
    (
        select string_agg(format('%s %s %s', s.value ->> 'student', s.value ->> 'status', s.value ->> 'effect'), ', ')
        from jsonb_array_elements(:'preview'::jsonb -> 'students') as s
    ), 'Ada Rivera confirmed changed, Ben Rivera held changed', 'whom it concerns, by name'
);
select is(
    array[pg_temp.has(:ada, :'starts_on'), pg_temp.has(:ada, :'friday')], array[false, true],
    'who has all of it goes along'
);
select is(
    array[pg_temp.has(:ben, :'starts_on'), pg_temp.has(:ben, :'friday')], array[false, true],
    'and who has the weekday that it was'
);
select ok(not pg_temp.has(:cleo, :'friday'), 'who has another one does not');
select ok(pg_temp.taken_as_seats(:whole), 'and places are taken by their seats');
select is(pg_temp.move(:first, :'friday', false, '12:00', '13:30') #>> '{seats,changed}', '2', 'other hours');
select is(
    array[pg_temp.has(:ben, :'friday', '10:00'), pg_temp.has(:ben, :'friday', '13:29')], array[false, true],
    'are theirs, too'
);
select tests.as_staff(:staff, format('api.cancel_meeting(%s, ''x'')', :first)) \g /dev/null
select is(
    pg_temp.refused(format('api.move_meeting(%s, %L, ''10:00'', ''11:00'')', :first, :'friday'::date + 1))
    ->> 'code', 'meeting_cancelled', 'what is cancelled is not moved'
);
select is(
    pg_temp.refused(
        format('api.move_meeting(%s, %L, ''12:00'', ''13:30'')', pg_temp.meeting(:whole, 2), :'friday')
    ) ->> 'code', 'meeting_exists', 'nor another one held in its stead'
);
select is(
    tests.value(format('catalog.generate_meetings(%s)', :whole)), '0',
    'what was moved is not generated again where it was'
);
-- One that was added is that of the weekday on which it was.
select (
    tests.as_staff(
        :staff, format('api.add_meeting(%s, %L, ''18:00'', ''19:00'')', :whole, :'starts_on'::date + 7)
    ) ->> 'meeting_id'
)::bigint as added \gset
select pg_temp.move(:added, :'starts_on'::date + 8, false, '18:00', '19:00') \g /dev/null
select is(
    array[
        pg_temp.has(:ben, :'starts_on'::date + 8, '18:30'), pg_temp.has(:cleo, :'starts_on'::date + 8, '18:30')
    ], array[true, false], 'an added one stays with those of its weekday, too'
);
-- A seat begins on the day on which it was taken: what is moved before that day is not its own.
select tests.run(
    format(
        'update enrollment.seats set created_at = (%L::date + 14)::timestamp at time zone ''America/New_York''
        where student_id = %s', :'starts_on', :cleo
    )
);
select m.id as wednesday from catalog.meetings as m
where m.section_id = :whole and m.held_on = :'starts_on'::date + 16 \gset
select pg_temp.move(:wednesday, :'starts_on') \g /dev/null
select ok(not pg_temp.has(:cleo, :'starts_on'), 'it has no day before it was taken');
select pg_temp.move(:wednesday, :'starts_on'::date + 15) \g /dev/null
select ok(pg_temp.has(:cleo, :'starts_on'::date + 15), 'and has it when it is held later');

-- By date: the enrollment goes along, on its place or on another one.
select (tests.dates(:dated, 3))[1] as d1, (tests.dates(:dated, 3))[2] as d2, (tests.dates(:dated, 3))[3] as d3 \gset
select tests.family() as family \gset
select tests.student(:family, 'Dan') as dan \gset
select tests.confirmed(pg_temp.picked(:dan, :dated, format('dates => ''{%s}''', :'d1'))) as d \gset
select tests.student(tests.family(), 'Eve') as eve \gset
select tests.confirmed(pg_temp.picked(:eve, :dated, format('dates => ''{%s,%s}''', :'d2', :'d3'))) as e \gset
select is(
    pg_temp.move(pg_temp.meeting(:dated), :'d1'::date + 1) #>> '{seats,changed}', '1', 'to a free date'
);
select is(
    (select e.dates from enrollment.enrollments as e where e.student_id = :dan),
    array[:'d1'::date + 1], 'the enrollment says so'
);
select ok(pg_temp.has(:dan, :'d1'::date + 1), 'and its seat is there');
select is(
    pg_temp.move(pg_temp.meeting(:dated), :'d2', false, '15:00', '16:00') #>> '{seats,changed}', '2',
    'to a date of another meeting, which is theirs, too, who have that date'
);
select is(
    (
        select count(distinct s.place_number) from enrollment.seats as s
        where s.section_id = :dated and s.dates @> :'d2'::date
    ), 2::bigint, 'where its place is taken, it finds another'
);
select ok(pg_temp.taken_as_seats(:dated), 'places are taken by their seats');
select tests.student(tests.family(), 'Fay') as fay \gset
select tests.confirmed(pg_temp.picked(:fay, :dated, format('dates => ''{%s}''', :'d3'))) as f \gset
select is(
    pg_temp.refused(
        format('api.move_meeting(%s, %L, ''18:00'', ''19:00'')', pg_temp.meeting(:dated, 3), :'d2')
    ) ->> 'code', 'meeting_clashes', 'twice on a date is a clash with the class itself'
);
select tests.run(
    format('update enrollment.enrollments set status = ''cancelled'' where student_id = %s', :eve)
) \g /dev/null
select tests.run(
    format('select enrollment.free_seats(array(select id from enrollment.seats where student_id = %s), null)', :eve)
);
select tests.student(tests.family(), 'Gus') as gus \gset
select tests.confirmed(pg_temp.picked(:gus, :dated, format('dates => ''{%s}''', :'d2'))) as g \gset
select is(
    pg_temp.refused(
        format('api.move_meeting(%s, %L, ''18:00'', ''19:00'')', pg_temp.meeting(:dated, 3), :'d2')
    ) ->> 'code', 'meeting_has_no_room', 'where there are too few places it is refused'
);
select is(
    array[
        pg_temp.has(:fay, :'d3'), pg_temp.taken_as_seats(:dated),
        (select m.held_on = :'d3' from catalog.meetings as m where m.id = pg_temp.meeting(:dated, 3))
    ], array[true, true, true], 'and all stays as it was'
);

-- A date with two meetings is still that date when one of them goes.
select is(
    pg_temp.move(pg_temp.meeting(:dated, 2), :'d2'::date + 1) #>> '{seats,changed}', '2',
    'one of two meetings of a date'
);
select is(
    array[pg_temp.has(:dan, :'d2', '15:00'), pg_temp.has(:gus, :'d2', '15:00'), pg_temp.has(:gus, :'d2'::date + 1)],
    array[true, true, false], 'leaves who bought the date with the other one'
);

-- Who waits for the date, has it in the cart, or is offered it.
select tests.section('Asked for', '{4}', p_capacity => 1, p_mode => 'drop_in') as asked \gset
select tests.date_price(:asked, 100) \g /dev/null
select (tests.dates(:asked))[1] as d1 \gset
select tests.student(tests.family(), 'Hal') as hal \gset
select tests.held(pg_temp.picked(:hal, :asked, format('dates => ''{%s}''', :'d1'))) as h \gset
select tests.student(tests.family(), 'Ida') as ida \gset
select tests.wait(:asked, array[:ida], format(', null, %L', :'d1')) as ida_waits \gset
select tests.student(tests.family(), 'Jo') as jo \gset
select tests.wait(:asked, array[:jo], format(', null, %L', :'d1')) as jo_waits \gset
select tests.abandon(:h);
select is(tests.entry_status(:ida_waits), 'offered', 'one is offered the date');
select is(pg_temp.move(pg_temp.meeting(:asked), :'d1'::date + 1) #>> '{seats,changed}', '1', 'which goes');
select is(
    (
        select string_agg(format('%s %s %s', w.status, w.held_on - :'d1', i.dates), ', ' order by w.id)
        from enrollment.waitlist_entries as w inner join enrollment.cart_items as i using (cart_id)
        where w.section_id = :asked
    ), format('offered 1 {%s}, waiting 1 {%1$s}', :'d1'::date + 1), 'the offer and the wait go along'
);
select tests.accept(:ida_waits) ->> 'registration_id' as accepted \gset
select ok(pg_temp.has(:ida, :'d1'::date + 1), 'it can be accepted');
select tests.run('update studio.settings set hold_starts_at = ''cart''');
select tests.student(tests.family(), 'Kim') as kim \gset
select tests.section('In carts', '{5}', p_mode => 'drop_in') as in_carts \gset
select tests.date_price(:in_carts, 100) \g /dev/null
select (tests.dates(:in_carts))[1] as d1 \gset
select pg_temp.picked(:kim, :in_carts, format('dates => ''{%s}''', :'d1')) as cart \gset
select pg_temp.move(pg_temp.meeting(:in_carts), :'d1'::date + 1) \g /dev/null
select is(
    (select i.dates from enrollment.cart_items as i where i.cart_id = :cart), array[:'d1'::date + 1],
    'so does what lies in a cart'
);
select is(
    tests.as_family(tests.family_of_cart(:cart), format('api.check_cart(%s)', :cart)), '[]',
    'with its seat'
);

-- Nobody's place, kept by staff as a whole or on a date.
select tests.section('Kept', '{6}', p_capacity => 3) as kept \gset
select tests.as_staff(:staff, format('api.reserve_place(%s, ''guest'')', :kept)) #>> '{seat_ids,0}' as guest,
tests.as_staff(:staff, format('api.reserve_place(%s, ''trial'', dates => array[%L]::date[])', :kept, (tests.dates(:kept))[1])) #>> '{seat_ids,0}' as trial,
tests.as_staff(:staff, format('api.set_date_capacity(%s, %L, 2, ''small'')', :kept, (tests.dates(:kept, 2))[2])) as less,
(tests.dates(:kept))[1] as d1, (tests.dates(:kept, 2))[2] as d2 \gset
select pg_temp.move(pg_temp.meeting(:kept), :'d1'::date - 1) \g /dev/null
select is(
    (select array_agg(s.dates @> (:'d1'::date - 1) and not s.dates @> :'d1'::date) from enrollment.seats as s where s.id in (:guest, :trial)),
    array[true, true], 'a place that is kept goes along'
);
select is(
    (select s.dates from enrollment.seats as s where s.section_id = :kept and s.reason like 'capacity:%'),
    datemultirange(daterange(:'d2'::date, :'d2'::date + 1)), 'what another date lacks stays'
);
select ok(pg_temp.taken_as_seats(:kept), 'places are taken by their seats');
-- Two who share a place by their weekdays, and whose weekdays meet on one date.
select tests.section('Shared', '{2,4}', p_starts_at => '17:00', p_ends_at => '18:00', p_capacity => 1) as shared \gset
select tests.run(format('update catalog.sections set sold_by_weekday = true where id = %s', :shared));
select tests.run('update studio.settings set hold_starts_at = ''checkout''');
select tests.student(tests.family(), 'Mia') as mia \gset
select tests.student(tests.family(), 'Ned') as ned \gset
select tests.confirmed(pg_temp.picked(:mia, :shared, 'weekdays => ''{2}''')) as m,
tests.confirmed(pg_temp.picked(:ned, :shared, 'weekdays => ''{4}''')) as n \gset
select m.id as tuesday, m.held_on + 2 as thursday from catalog.meetings as m
where m.section_id = :shared and m.held_on = (tests.dates(:shared))[1] \gset
select is(
    pg_temp.refused(format('api.move_meeting(%s, %L, ''19:00'', ''20:00'')', :tuesday, :'thursday'))
    ->> 'code', 'meeting_has_no_room', 'two by weekday on one place can''t both be there on one date'
);
select tests.as_staff(:staff, format('api.set_capacity(%s, 2)', :shared)) \g /dev/null
select is(
    pg_temp.move(:tuesday, :'thursday', false, '19:00', '20:00') #>> '{seats,changed}', '1', 'with another place'
);
select is(
    (select count(distinct s.place_number) from enrollment.seats as s where s.section_id = :shared), 2::bigint,
    'one of them takes it'
);
select ok(pg_temp.taken_as_seats(:shared), 'places are taken by their seats');
-- Without a limit there are no places.
select tests.section('No limit', '{6}', p_starts_at => '17:00', p_ends_at => '18:00', p_capacity => null) as unlimited \gset
select tests.student(tests.family(), 'Ola') as ola \gset
select tests.confirmed(tests.cart(:ola, :unlimited)) as o \gset
select is(
    (pg_temp.move(pg_temp.meeting(:unlimited), :'friday', false, '17:00', '18:00') - '{students,offers}'::text [])
    #>> '{places_free}', null, 'a class without a limit has no number of places'
);
select ok(pg_temp.has(:ola, :'friday', '17:00'), 'and its seats go along');
-- From a day that is over to one to come.
select tests.section('Was not held', '{1}', p_starts_at => '20:00', p_ends_at => '21:00') as missed \gset
select tests.student(tests.family(), 'Leo') as leo \gset
select tests.confirmed(tests.cart(:leo, :missed)) as l \gset
select tests.run(
    format(
        'update catalog.meetings set held_on = held_on - 84, starts_at = starts_at - interval ''84 d'', ends_at = ends_at - interval ''84 d'' where id = %s',
        pg_temp.meeting(:missed)
    )
);
select pg_temp.move(pg_temp.meeting(:missed), :'starts_on'::date + 1, false, '20:00', '21:00') \g /dev/null
select ok(pg_temp.has(:leo, :'starts_on'::date + 1, '20:00'), 'what was not held may be made up for');
select * from finish();
rollback;
