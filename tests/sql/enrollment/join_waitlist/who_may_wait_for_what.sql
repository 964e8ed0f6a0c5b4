begin;
set local search_path = tap, public;
select plan(31);
select tests.section('Full', '{1}', p_capacity => 2) as section \gset
select tests.section('No end', '{2}', p_capacity => null) as unlimited \gset
select tests.section('By date', '{3}', p_mode => 'drop_in', p_level => null, p_capacity => 1)
as dated \gset
select tests.date_price(:dated, 2500);
select (tests.dates(:dated, 2))[1] as day_1, (tests.dates(:dated, 2))[2] as day_2 \gset
select tests.family() as family, tests.family() as others \gset
select tests.student(:family) as ada, tests.student(:family, 'Ben') as ben, tests.student(:others)
as stranger \gset
create function pg_temp.refused(p_family bigint, p_arguments text) returns text
language sql as $$
    select tests.family_error_code(p_family, format('api.join_waitlist(%s)', p_arguments))
$$;
select is(
    pg_temp.refused(:family, format('%s, array[%s]', :section, :ada)), 'seats_available',
    'a section that has places'
);
select is(
    pg_temp.refused(:family, format('%s, array[%s]', :unlimited, :ada)), 'waitlist_not_offered',
    'one without a limit'
);
select tests.held(tests.cart(tests.student(:others), :section)) as one \gset
select is(
    pg_temp.refused(:family, format('%s, array[%s]', :section, :ada)), 'seats_available',
    'one place is enough for one'
);
select is(
    pg_temp.refused(:family, format('%s, array[%s]', :section, :stranger)), 'student_not_found',
    'another family''s student'
);
select is(
    pg_temp.refused(:family, format('%s, array[]::bigint []', :section)), 'student_not_found', 'nobody'
);
select is(
    pg_temp.refused(:family, format('%s, array[%s, %s]', :section, :ada, :ada)),
    'student_not_found', 'the same one twice'
);
select is(
    pg_temp.refused(:family, '0, array[0]'), 'student_not_found', 'nothing there'
);
select is(
    pg_temp.refused(:family, format('0, array[%s]', :ada)), 'section_not_found', 'no such section'
);
select is(
    pg_temp.refused(:family, format('%s, array[%s], held_on => %L', :section, :ada, :'day_1')),
    'dates_not_offered', 'a date of what is sold whole'
);
select is(
    pg_temp.refused(:family, format('%s, array[%s]', :dated, :ada)), 'dates_required',
    'all of what is sold by date'
);
select is(
    pg_temp.refused(:family, format('%s, array[%s], ''all_day''', :section, :ada)),
    'tier_not_offered', 'a tier of what has none'
);
select is(
    (select count(*) from enrollment.waitlist_entries), 0::bigint, 'no refusal writes an entry'
);
select is(
    (select count(*) from enrollment.carts as c where c.kind = 'waitlist'), 0::bigint, 'or a cart'
);
select is(
    pg_temp.refused(
        :family, format('%s, array[%s, %s], held_on => %L', :dated, :ada, :ben, :'day_1')
    ), 'group_too_large', 'more together than there are places'
);
-- Together or not at all.
select tests.wait(:section, array[:ada, :ben]) as twins \gset
select is(
    (
        select count(distinct w.cart_id) from enrollment.waitlist_entries as w
        where w.section_id = :section
    ), 1::bigint, 'two want in together where one place is left'
);
-- The one place is of no use to them, and it would help nobody to keep it from others.
select tests.cart(tests.student(tests.family()), :section) as public_cart \gset
select is(
    tests.as_family(
        tests.family_of_cart(:public_cart), format('api.check_cart(%s)', :public_cart)
    ), '[]', 'that place is kept from nobody'
);
select is(
    (tests.as_anybody(format(
        '(select s.seats_left from api.sections as s where s.id = %s)', :section
    )))::integer, 1, 'as everybody can see'
);
select tests.abandon(:one);
select is(
    (
        select array_agg(w.status order by w.id) from enrollment.waitlist_entries as w
        where w.section_id = :section
    ), array['offered', 'offered'], 'as soon as there are two they get both'
);
select is(
    pg_temp.refused(:family, format('%s, array[%s]', :section, :ben)), 'already_waiting',
    'nobody waits twice'
);
select tests.wait(:section, array[:stranger]) as after_them \gset
select is(tests.entry_status(:after_them), 'waiting', 'whoever comes later waits');
select tests.as_family(:family, format('api.decline_offer(%s)', :twins));
select is(
    (
        select array_agg(w.status order by w.id) from enrollment.waitlist_entries as w
        where w.section_id = :section
    ), array['declined', 'declined', 'offered'], 'they decline together; one place goes on'
);
-- A group that doesn't fit is passed over and keeps its turn.
select tests.held(tests.cart(tests.student(tests.family()), :section)) as other \gset
select tests.wait(:section, array[:ada, :ben]) as twins \gset
select tests.wait(:section, array[tests.student(tests.family())]) as single \gset
select tests.abandon(:other);
select is(tests.entry_status(:twins), 'waiting', 'two don''t fit where one place came free');
select is(tests.entry_status(:single), 'offered', 'the next who fits is offered it');
-- Whoever comes after those who don't fit, and fits, need not wait.
select tests.section('For one', '{5}', p_capacity => 2) as for_one \gset
select tests.held(tests.cart(tests.student(tests.family()), :for_one)) as one \gset
select tests.wait(:for_one, array[:ada, :ben]) as twins \gset
select tests.family() as single_family \gset
select tests.student(:single_family) as single \gset
select is(
    pg_temp.refused(:single_family, format('%s, array[%s]', :for_one, :single)), 'seats_available',
    'a place that two can''t use need not be waited for'
);
select tests.held(tests.cart(:single, :for_one)) as single_held \gset
select tests.abandon(:one);
select is(tests.entry_status(:twins), 'waiting', 'they wait until two are free at once');
select tests.abandon(:single_held);
select is(tests.entry_status(:twins), 'offered', 'and then get both');
-- By date.
select tests.put(
    tests.open_cart(:stranger), :stranger, :dated, format('dates => array[%L]::date []', :'day_1')
) as item \gset
select tests.run(format('delete from enrollment.cart_items where section_id = %s', :section));
select tests.held(tests.open_cart(:stranger)) as holder \gset
select is(
    pg_temp.refused(:family, format('%s, array[%s], held_on => %L', :dated, :ada, :'day_2')),
    'seats_available', 'a date that has a place'
);
select tests.wait(:dated, array[:ada], format(', held_on => %L', :'day_1')) as entry \gset
select is(tests.entry_status(:entry), 'waiting', 'one that is full can be waited for');
select tests.abandon(:holder);
select is(tests.entry_status(:entry), 'offered', 'and is offered');
select is(
    (select s.dates from enrollment.seats as s where s.waitlist_entry_id = :entry),
    datemultirange(daterange(:'day_1', :'day_1'::date + 1)), 'by a seat on that date'
);
-- Switched off.
select tests.run('update catalog.classes set waitlist_offered = false where title = ''Full''');
select is(
    pg_temp.refused(
        :others, format('%s, array[%s]', :section, tests.student(:others))
    ), 'waitlist_not_offered', 'a class for which nobody can wait'
);
select * from finish();
rollback;
