-- A student goes on without some weekdays, which others can have.
begin;
set local search_path = tap, public;
select plan(17);
select tests.worker('staff') as desk \gset
select tests.section('Two days', '{2,4}', p_capacity => 1) as two \gset
select tests.section('One day', '{2}', p_starts_at => '12:00', p_ends_at => '13:00') as one \gset
select tests.run(format('update catalog.sections set sold_by_weekday = true where id = %s', :two));
create function pg_temp.of(student bigint, section bigint) returns bigint language sql as $$
    select e.id from enrollment.enrollments as e
    where e.student_id = student and e.section_id = section
$$;
create function pg_temp.drop(enrollment bigint, rest text, desk bigint) returns jsonb
language sql as $$
    select tests.as_staff(desk, format('api.drop_weekdays(%s, %s)', enrollment, rest))
$$;
create function pg_temp.days(section bigint) returns text language sql as $$
    select string_agg(x.days, '; ' order by x.id)
    from (
        select s.id, string_agg(distinct extract(isodow from d.day)::text, ',') as days
        from enrollment.seats as s
        cross join lateral unnest(s.dates) as r
        cross join lateral generate_series(lower(r), upper(r) - 1, '1 day') as d (day)
        where s.section_id = section
        group by s.id
    ) as x
$$;
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :two) as cart \gset
select tests.total(:cart) as paid \gset
select tests.confirmed(:cart) \g /dev/null
select tests.student(tests.family()) as waiter \gset
select tests.wait(:two, array[:waiter]) as entry \gset
select pg_temp.drop(
    pg_temp.of(:student, :two), '''{4}'', ''x'', preview => true', :desk
) as preview \gset
select is(pg_temp.days(:two), '2,4', 'a preview drops nothing');
select pg_temp.drop(pg_temp.of(:student, :two), '''{4}'', ''no time''', :desk) as done \gset
select is(
    :'done'::jsonb - '{credit_id,preview}'::text[], :'preview'::jsonb - '{credit_id,preview}'::text[],
    'it says what is then done'
);
select is(pg_temp.days(:two), '2', 'the seat is for the other day');
select is(
    (select e.weekdays from enrollment.enrollments as e where e.student_id = :student),
    '{2}'::smallint[], 'and so is the enrollment'
);
select is(
    (:'done'::jsonb ->> 'given_back_minor')::bigint,
    :paid - tests.total(tests.cart(tests.student(tests.family()), :one)),
    'two days less one are given back'
);
select is(
    (
        select concat_ws(' ', c.kind, c.weekdays, c.reason) from enrollment.changes as c
        where c.family_id = :family
    ), 'weekdays_dropped {4} no time', 'on record'
);
select is(
    (
        select array_agg(m.template_code) from messaging.messages as m
        where m.family_id = :family and m.template_code like 'enrollment_%'
    ), array['enrollment_weekdays_dropped'], 'the family is told'
);
-- Who waits for all days is not helped by one; who wants the day has it.
select is(tests.entry_status(:entry), 'waiting', 'who waits for both days still waits');
select tests.as_family(
    (select w.family_id from enrollment.waitlist_entries as w where w.id = :entry),
    format('api.leave_waitlist(%s)', :entry)
) \g /dev/null
select tests.student(tests.family()) as other \gset
select tests.open_cart(:other) as cart \gset
select tests.put(:cart, :other, :two, 'weekdays => ''{4}''') \g /dev/null
select tests.confirmed(:cart) \g /dev/null
select is(pg_temp.days(:two), '2; 4', 'whoever wants that day has it');
select is(
    (
        select array_agg(p.place_number) from enrollment.places as p where p.section_id = :two
    ), array[1], 'on the one place there is'
);
-- From a day to come on.
select tests.section('Three days', '{1,3,5}', p_capacity => 1) as three \gset
select tests.run(
    format('update catalog.sections set sold_by_weekday = true where id = %s', :three)
);
select tests.confirmed(tests.cart(:student, :three)) \g /dev/null
select pg_temp.drop(
    pg_temp.of(:student, :three),
    format('''{3,1}'', ''x'', effective_on => %L', (tests.dates(:three, 7))[7]), :desk
) \g /dev/null
select is(
    (
        select array_agg(d.day::date order by d.day) from enrollment.seats as s
        cross join lateral unnest(s.dates) as r
        cross join lateral generate_series(lower(r), upper(r) - 1, '1 day') as d (day)
        where s.section_id = :three and d.day <= (tests.dates(:three, 9))[9]
    ), tests.dates(:three, 6) || (tests.dates(:three, 9))[9:9], 'the days before stay'
);

-- Bad input.
select is(
    tests.error_code(format('select pg_temp.drop(%s, %L, %s)', t.enrollment, t.rest, :desk)),
    t.code, t.code || ': ' || t.rest
)
from (
    values
    (pg_temp.of(:student, :three), '''{}'', ''x''', 'weekdays_invalid'),
    (pg_temp.of(:student, :three), 'null, ''x''', 'weekdays_invalid'),
    (pg_temp.of(:student, :three), '''{5}'', ''x''', 'weekdays_invalid'),
    (pg_temp.of(:student, :three), '''{1}'', ''x''', 'weekdays_invalid'),
    (pg_temp.of(:student, :three), '''{5}'', null', 'reason_required')
) as t (enrollment, rest, code);
select tests.confirmed(tests.cart(:other, :one)) \g /dev/null
select is(
    tests.error_code(
        format('select pg_temp.drop(%s, %L, %s)', pg_temp.of(:other, :one), '''{2}'', ''x''', :desk)
    ), 'weekdays_not_offered', 'a class that is sold whole has no days to drop'
);
select * from finish();
rollback;
