begin;
set local search_path = tap, public;
select plan(27);
select tests.section('Tue and Thu', '{2,4}', p_capacity => 1) as section \gset
select tests.section('Whole', '{1,3}', p_capacity => 1) as whole \gset
select tests.run(
    format('update catalog.sections set sold_by_weekday = true where id = %s', :section)
);
create function pg_temp.cart_of(p_section bigint, p_choice text) returns bigint
language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
    v_cart_id constant bigint := tests.open_cart(v_student_id);
begin
    perform tests.put(v_cart_id, v_student_id, p_section, p_choice);
    return v_cart_id;
end;
$$;
create function pg_temp.refused(p_section bigint, p_more text) returns text
language plpgsql as $$
declare
    v_family_id constant bigint := tests.family();
begin
    return tests.family_error_code(
        v_family_id,
        format('api.join_waitlist(%s, array[%s]%s)', p_section, tests.student(v_family_id), p_more)
    );
end;
$$;
create function pg_temp.found(p_cart bigint) returns text language sql as $$
    select string_agg(f.value ->> 'code', ' ')
    from jsonb_array_elements(
        tests.as_family(tests.family_of_cart(p_cart), format('api.check_cart(%s)', p_cart))
    ) as f
$$;
-- On which weekdays a student has a seat.
create function pg_temp.days_of(p_entry bigint) returns text language sql as $$
    select string_agg(distinct to_char(m.held_on, 'Dy'), ' ' order by to_char(m.held_on, 'Dy'))
    from enrollment.waitlist_entries as w
    inner join enrollment.seats as s on w.student_id = s.student_id and w.section_id = s.section_id
    inner join catalog.meetings as m on s.section_id = m.section_id and s.dates @> m.held_on
    where w.id = p_entry
$$;

-- Bad input.
select is(pg_temp.refused(t.section, t.choice), t.code, t.what)
from (
    values
    (:whole, ', weekdays => ''{1}''', 'weekdays_not_offered', 'a class that is sold whole'),
    (:section, ', weekdays => ''{}''', 'weekdays_invalid', 'none'),
    (:section, ', weekdays => ''{2,2}''', 'weekdays_invalid', 'one twice'),
    (:section, ', weekdays => ''{2,3}''', 'weekday_unknown', 'one that the section lacks')
) as t (section, choice, code, what);

-- Tuesday is taken, Thursday is not.
select tests.held(pg_temp.cart_of(:section, 'weekdays => ''{2}''')) as tuesday \gset
select is(
    pg_temp.refused(:section, ', weekdays => ''{4}'''), 'seats_available', 'the other day is free'
);
select tests.wait(:section, array[tests.student(tests.family())], ', weekdays => ''{2}''')
as first \gset
select is(tests.entry_status(:first), 'waiting', 'the one that is full can be waited for');
select is(
    (
        select i.weekdays from enrollment.cart_items as i
        inner join enrollment.waitlist_entries as w on i.cart_id = w.cart_id where w.id = :first
    ),
    '{2}'::smallint [], 'its cart keeps the weekday'
);
select pg_temp.cart_of(:section, 'weekdays => ''{4}''') as thursday_cart,
    pg_temp.cart_of(:section, 'weekdays => ''{2}''') as tuesday_cart,
    pg_temp.cart_of(:section, 'null') as whole_cart \gset
select is(pg_temp.found(:thursday_cart), null, 'who wants the free day is in nobody''s queue');
select is(pg_temp.found(:tuesday_cart), 'waitlist_only', 'who wants the same day queues');
select is(pg_temp.found(:whole_cart), 'waitlist_only', 'so does who wants both');
select tests.held(:thursday_cart) as thursday \gset
select tests.wait(:section, array[tests.student(tests.family())]) as second \gset
select tests.wait(:section, array[tests.student(tests.family())], ', weekdays => ''{4}''')
as third \gset

-- What comes free is for whoever waits for it: the second needs both days.
select tests.abandon(:thursday);
select is(
    array[tests.entry_status(:first), tests.entry_status(:second), tests.entry_status(:third)],
    array['waiting', 'waiting', 'offered'], 'Thursday goes to the one who waits for it'
);
select is(pg_temp.days_of(:third), 'Thu', 'and no other day with it');
select tests.abandon(:tuesday);
select is(tests.entry_status(:first), 'offered', 'Tuesday goes to the first');
select is(pg_temp.days_of(:first), 'Tue', 'alone');
select is(tests.entry_status(:second), 'waiting', 'who wants both waits for both');
select is(
    (select count(distinct s.place_number) from enrollment.seats as s where s.section_id = :section),
    1::bigint, 'one place serves both'
);

-- Accepted as it was offered.
select tests.accept(:first) ->> 'registration_id' as registration \gset
select is(
    (
        select format('%s %s', e.weekdays, e.status) from enrollment.enrollments as e
        where e.registration_id = :registration
    ),
    '{2} pending', 'the enrollment is by weekday'
);
select is(pg_temp.days_of(:first), 'Tue', 'and has that day''s seat');
select is(
    (
        select q.quote from tests.quote(:tuesday_cart) as q (quote)
    ) -> 'total_minor',
    (
        select to_jsonb(r.total_minor) from enrollment.registrations as r
        where r.id = :registration
    ),
    'at the price of one day'
);

-- Both free at once: the one who wants both, before those who came later.
select tests.wait(:section, array[tests.student(tests.family())], ', weekdays => ''{2}''')
as fourth \gset
select tests.as_family(w.family_id, format('api.decline_offer(%s)', w.id))
from enrollment.waitlist_entries as w where w.id = :third;
select is(tests.entry_status(:second), 'waiting', 'one day of the two is not enough');
select tests.abandon(:registration);
select is(
    array[tests.entry_status(:second), tests.entry_status(:fourth)], array['offered', 'waiting'],
    'both days go to the one who waited for both'
);
select is(pg_temp.days_of(:second), 'Thu Tue', 'as one seat');

-- Kept for staff only where somebody waits for that day.
select tests.run('update studio.settings set waitlist_on_lapse = ''manual'' where term_id is null');
select tests.as_family(w.family_id, format('api.leave_waitlist(%s)', w.id))
from enrollment.waitlist_entries as w where w.id in (:second, :fourth) order by w.id;
select is(
    (select count(*) from enrollment.seats as s where s.section_id = :section), 1::bigint,
    'what the second gave up is kept while the fourth waits'
);
select tests.section('More days', '{2,4}', p_capacity => 1) as other \gset
select tests.run(
    format('update catalog.sections set sold_by_weekday = true where id = %s', :other)
);
select tests.held(pg_temp.cart_of(:other, 'weekdays => ''{2}''')) as one,
    tests.held(pg_temp.cart_of(:other, 'weekdays => ''{4}''')) as two \gset
select tests.wait(:other, array[tests.student(tests.family())], ', weekdays => ''{4}''')
as entry \gset
select tests.abandon(:one);
select is(
    (select count(*) from enrollment.seats as s where s.section_id = :other and s.status = 'reserved'),
    0::bigint, 'a day that nobody waits for is free'
);
select tests.abandon(:two);
select is(
    (
        select string_agg(distinct to_char(m.held_on, 'Dy'), ' ')
        from enrollment.seats as s
        inner join catalog.meetings as m on s.section_id = m.section_id and s.dates @> m.held_on
        where s.section_id = :other and s.status = 'reserved'
    ),
    'Thu', 'the day that is waited for is kept'
);
select is(
    tests.as_staff(
        tests.worker(), format('api.assign_place(%s, ''she asked'')', :entry)
    ) ->> 'status', 'offered', 'staff give it'
);
select is(pg_temp.days_of(:entry), 'Thu', 'for the day that was waited for');
select * from finish();
rollback;
