-- Weekly and dated, first and second, by tier and by weekday: a move that would put a student in two
-- classes at once is refused and names both; the constraint holds without it.
begin;
set local search_path = tap, public;
select plan(35);
select tests.worker() as staff \gset
select tests.section('Weekly', '{1}', p_capacity => 50) as weekly \gset
select tests.section('By weekday', '{1,3}', p_capacity => 50) as weekdays \gset
select tests.run(format('update catalog.sections set sold_by_weekday = true where id = %s', :weekdays));
select tests.section('Dated', '{1}', p_mode => 'drop_in', p_capacity => 50) as dated \gset
select tests.section('Camp', '{1}', p_mode => 'tiered', p_starts_at => '10:00', p_ends_at => '11:00', p_capacity => 50) as camp \gset
select tests.section('Tuesdays', '{2}', p_starts_at => '10:30', p_ends_at => '11:30', p_capacity => 50) as weekly_too \gset
select tests.section('Dated Tuesdays', '{2}', p_mode => 'drop_in', p_starts_at => '10:30', p_ends_at => '11:30', p_capacity => 50) as dated_too \gset
select tests.section('Camp on Tuesdays', '{2}', p_mode => 'tiered', p_starts_at => '10:30', p_ends_at => '11:30', p_capacity => 50) as camp_too \gset
select tests.date_price(:dated, 100), tests.date_price(:dated_too, 100), tests.tier_price(:camp, 'all_day', 100), tests.tier_price(:camp_too, 'all_day', 100) \g /dev/null
select (tests.dates(:weekly))[1] as monday \gset
create function pg_temp.seated(p_section bigint, p_student bigint) returns bigint language sql as $$
    select tests.confirmed(
        case (select s.sold_by_weekday from catalog.sections as s where s.id = p_section)
            when true then (
                select c.id
                from (select tests.open_cart(p_student) as id) as c
                cross join lateral tests.put(c.id, p_student, p_section, 'weekdays => ''{1}''') as p
            )
            else tests.cart(p_student, p_section)
        end
    )
$$;
create function pg_temp.move(p_section bigint, p_monday date, p_starts_at text default '10:00', p_ends_at text default '11:00', p_days integer default 1)
returns jsonb language sql as $$
    select tests.error(
        format(
            'select tests.as_staff(%s, %L)', tests.worker(),
            format('api.move_meeting(%s, %L, %L, %L)', m.id, p_monday + p_days, p_starts_at, p_ends_at)
        )
    )
    from catalog.meetings as m
    where m.section_id = p_section and m.held_on = p_monday
$$;
create temporary table pairs as
select f.id as first, f.what as first_what, s.id as second, s.what as second_what
from (
    values (:weekly, 'weekly'), (:weekdays, 'by weekday'), (:dated, 'dated'), (:camp, 'by tier')
) as f (id, what)
cross join (
    values (:weekly_too, 'weekly'), (:dated_too, 'dated'), (:camp_too, 'by tier')
) as s (id, what);

-- Each pair: one student a pair, who has both; the other seat is from before and from after.
create temporary table refusals (first_what text, second_what text, wanted text, refusal jsonb);
create function pg_temp.try(p_first bigint, p_second bigint, p_monday date) returns jsonb
language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family(), 'Ada');
    v_refusal jsonb;
begin
    begin
        perform pg_temp.seated(p_first, v_student_id), pg_temp.seated(p_second, v_student_id);
        v_refusal := pg_temp.move(p_first, p_monday);
        perform tests.act_as_operator();
        raise exception 'undo' using errcode = 'UNDO0';
    exception
        when sqlstate 'UNDO0' then null;
    end;
    return (v_refusal ->> 'details')::jsonb || jsonb_build_object('code', v_refusal ->> 'code');
end;
$$;
create function pg_temp.title(p_section bigint) returns text language sql as $$
    select k.title from catalog.sections as s inner join catalog.classes as k on s.class_id = k.id
    where s.id = p_section
$$;
select is(
    array[
        pg_temp.try(p.first, p.second, :'monday') ->> 'code',
        pg_temp.try(p.first, p.second, :'monday') ->> 'students'
    ],
    array['meeting_clashes', format('Ada Rivera (%s)', pg_temp.title(p.second))],
    format('%s and %s', p.first_what, p.second_what)
)
from pairs as p;

-- Who and where, for programs and for people; all that are concerned.
select tests.family() as family \gset
select tests.student(:family, 'Ben') as ben \gset
select tests.student(:family, 'Cleo') as cleo \gset
select tests.student(tests.family(), 'Dan') as dan \gset
select pg_temp.seated(:weekly, s.id) from unnest(array[:ben, :dan]) as s (id) \g /dev/null
select pg_temp.seated(:weekly_too, :ben), pg_temp.seated(:dated_too, :dan) \g /dev/null
select pg_temp.move(:weekly, :'monday') as refusal \gset
select is(
    :'refusal'::jsonb ->> 'message',
    'Students of Weekly would be in two classes at once: Ben Rivera (Tuesdays), Dan Rivera (Dated Tuesdays).',
    'in words'
);
select is(
    ((:'refusal'::jsonb ->> 'details')::jsonb) #> '{clashes,0}',
    jsonb_build_object(
        'student_id', :ben, 'student', 'Ben Rivera', 'family_id', :family, 'section_id', :weekly_too,
        'title', 'Tuesdays'
    ), 'and in ids'
);
select is(
    (select m.held_on from catalog.meetings as m where m.section_id = :weekly order by m.starts_at limit 1),
    :'monday', 'the meeting stays where it was'
);
select is_empty(
    format('select from enrollment.seats as s where s.section_id = %s and s.dates @> (%L::date + 1)', :weekly, :'monday'),
    'so do the seats'
);
-- What touches is no clash, nor is another date.
select is(pg_temp.move(:weekly, :'monday', '09:30', '10:30'), null, 'what touches is none');
select is(pg_temp.move(:weekly, :'monday'::date + 1, '10:00', '11:00', 2), null, 'nor is another day');
select is(pg_temp.move(:weekly, :'monday'::date + 3, '10:00', '11:00', -3), null, 'back where it was');
-- An offer is no seat yet, a lapsed hold is none any more; another student's is none at all.
select tests.student(tests.family(), 'Eve') as eve \gset
select tests.section('Full', '{4}', p_capacity => 1, p_starts_at => '10:30', p_ends_at => '11:30') as full \gset
select tests.held(tests.cart(tests.student(tests.family()), :full)) as holder \gset
select pg_temp.seated(:weekly, :eve) as seated \gset
select tests.wait(:full, array[:eve]) as waits \gset
select tests.abandon(:holder);
select is(tests.entry_status(:waits), 'offered', 'who is offered another class');
select is(pg_temp.move(:weekly, :'monday', '10:00', '11:00', 3), null, 'has no clash with it yet');
select is(
    tests.error_code(format('select tests.accept(%s)', :waits)), 'schedule_conflict',
    'and can''t accept it then'
);
select is(pg_temp.move(:weekly, :'monday'::date + 3, '10:00', '11:00', -3), null, 'back where it was');
select tests.section('Lapsing', '{5}', p_starts_at => '10:30', p_ends_at => '11:30') as lapsing \gset
select tests.held(tests.cart(:eve, :lapsing)) as lapsed \gset
select is(
    pg_temp.move(:weekly, :'monday', '10:00', '11:00', 4) ->> 'code', 'meeting_clashes', 'a hold clashes'
);
select tests.lapse(:lapsed);
select is(pg_temp.move(:weekly, :'monday', '10:00', '11:00', 4), null, 'a lapsed one does not');
select is(tests.registration_status(:lapsed), 'failed', 'and is released');
select is(pg_temp.move(:weekly, :'monday'::date + 4, '10:00', '11:00', -4), null, 'back where it was');

-- What staff waived stays waived, and so does what they waived once.
select tests.section('Waived', '{6}', p_starts_at => '10:30', p_ends_at => '11:30') as waived \gset
select tests.student(tests.family(), 'Fay') as fay \gset
select pg_temp.seated(:weekly, :fay), pg_temp.seated(:waived, :fay) \g /dev/null
select is(
    pg_temp.move(:weekly, :'monday', '10:00', '11:00', 5) ->> 'code', 'meeting_clashes', 'without a waiver'
);
select tests.as_staff(
    :staff,
    format('api.grant_waiver(%s, ''schedule_conflict'', ''agreed'', section_id => %s, other_section_id => %s)', :fay, :waived, :weekly)
) as waiver \gset
select is(pg_temp.move(:weekly, :'monday', '10:00', '11:00', 5), null, 'with one it goes');
select is(
    (
        select count(*) from enrollment.seats as s
        where s.student_id = :fay and s.unshared <> s.during
    ), 1::bigint, 'one of the two seats shares its minutes with the other'
);
select tests.as_staff(:staff, format('api.withdraw_waiver(%s, ''no more'')', :waiver)) \g /dev/null
select is(pg_temp.move(:weekly, :'monday'::date + 7, '10:00', '11:00', 3), null, 'another meeting goes where nobody is');
select is(
    pg_temp.move(:weekly, :'monday'::date + 14, '10:00', '11:00', 5) ->> 'code', 'meeting_clashes',
    'a new clash of those two is refused'
);

-- Without the functions: the owner of the table is refused by the trigger, and without it by the
-- constraint.
select tests.student(tests.family(), 'Gus') as gus \gset
select pg_temp.seated(:weekly, :gus), pg_temp.seated(:weekly_too, :gus) \g /dev/null
create function pg_temp.by_owner(p_student bigint, p_from bigint, p_to bigint) returns text language sql as $$
    select tests.error_code(
        format(
            'update enrollment.seats as s set during = o.during, unshared = o.during
            from enrollment.seats as o
            where s.student_id = %s and s.section_id = %s and o.student_id = %1$s and o.section_id = %3$s',
            p_student, p_from, p_to
        )
    )
$$;
create function pg_temp.refused_to_owner(p_triggers text, p_student bigint, p_from bigint, p_to bigint)
returns text language plpgsql as $$
declare
    v_code text;
begin
    perform set_config('session_replication_role', p_triggers, true);
    perform tests.act_as_deploy();
    set local role enrollment;
    v_code := pg_temp.by_owner(p_student, p_from, p_to);
    perform tests.act_as_operator();
    perform set_config('session_replication_role', 'origin', true);
    return v_code;
end;
$$;
select is(pg_temp.refused_to_owner('origin', :gus, :weekly, :weekly_too), 'schedule_conflict', 'the trigger');
select is(pg_temp.refused_to_owner('replica', :gus, :weekly, :weekly_too), '23P01', 'the constraint');
select is(
    tests.error_code(
        format(
            'select tests.run(%L)',
            format(
                'update catalog.meetings set held_on = held_on + 1, starts_at = starts_at + interval ''1 d 30 min'', ends_at = ends_at + interval ''1 d 30 min''
                where section_id = %s', :weekly
            )
        )
    ), 'meeting_clashes', 'whoever changes the meetings is refused as the API is'
);
select * from finish();
rollback;
