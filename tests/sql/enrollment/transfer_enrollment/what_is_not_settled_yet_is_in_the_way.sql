-- A student who is moved on a day to come is not moved on before it, nor to what is being paid.
begin;
set local search_path = tap, public;
select plan(8);
select tests.worker('staff') as desk \gset
select tests.section('From', '{1}') as one \gset
select tests.section('To', '{2}') as two \gset
select tests.section('Further', '{3}') as three \gset
create function pg_temp.of(student bigint, section bigint) returns bigint language sql as $$
    select e.id from enrollment.enrollments as e
    where e.student_id = student and e.section_id = section
$$;
create function pg_temp.done(call text, desk bigint) returns jsonb language sql as $$
    select tests.as_staff(desk, call)
$$;
create function pg_temp.refused(call text, desk bigint) returns jsonb language sql as $$
    select tests.error(format('select tests.as_staff(%s, %L)', desk, call))
$$;
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.confirmed(tests.cart(:student, :one)) \g /dev/null
select (tests.dates(:two, 5))[5] as day \gset
select pg_temp.done(
    format('api.transfer_enrollment(%s, %s, ''x'', %L)', pg_temp.of(:student, :one), :two, :'day'),
    :desk
) \g /dev/null
select is(
    pg_temp.refused(format(t.call, pg_temp.of(:student, :two), :three), :desk) ->> 'code',
    'effective_on_invalid', t.call
)
from (
    values
    ('api.transfer_enrollment(%s, %s, ''x'')'),
    ('api.cancel_enrollment(%s, ''x'')')
) as t (call);
select is(
    (
        pg_temp.refused(
            format('api.cancel_enrollment(%s, ''x'')', pg_temp.of(:student, :two)), :desk
        ) ->> 'details'
    )::jsonb ->> 'first', :'day', 'the first day on which it can be is named'
);
select is(
    (
        select count(*) from enrollment.seats as s
        where s.student_id = :student and s.section_id = :three
    ), 0::bigint, 'no third place is taken'
);
select pg_temp.done(
    format(
        'api.transfer_enrollment(%s, %s, ''x'', %L)', pg_temp.of(:student, :two), :three, :'day'
    ), :desk
) \g /dev/null
select is(
    (
        select array_agg(s.section_id order by s.section_id) from enrollment.seats as s
        where s.student_id = :student
    ), array[:one, :three]::bigint[], 'on that day it can'
);

-- A checkout that has the new section for the student.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.confirmed(tests.cart(:student, :one)) \g /dev/null
select tests.held(tests.cart(:student, :two)) as held \gset
select is(
    pg_temp.refused(
        format('api.transfer_enrollment(%s, %s, ''x'')', pg_temp.of(:student, :one), :two), :desk
    ) - 'message' - 'hint',
    jsonb_build_object(
        'code', 'checkout_open',
        'details', jsonb_build_object('registration_id', :held)::text
    ), 'what is being paid is named'
);
select tests.abandon(:held);
select is(
    pg_temp.done(
        format('api.transfer_enrollment(%s, %s, ''x'')', pg_temp.of(:student, :one), :two), :desk
    ) ->> 'section_id', :'two', 'once it is given up the student can be moved'
);
select is(
    (select array_agg(s.section_id) from enrollment.seats as s where s.student_id = :student),
    array[:two]::bigint[], 'to one place'
);
select * from finish();
rollback;
