-- A class that was to end later ends when what replaces it is paid: nobody is in two places.
begin;
set local search_path = tap, public;
select plan(6);
select tests.worker('staff') as desk \gset
select tests.section('Ends later', '{1}', p_capacity => 1) as old \gset
select tests.section('Longed for', '{1}', p_capacity => 1) as longed \gset
create function pg_temp.of(student bigint, section bigint) returns bigint language sql as $$
    select e.id from enrollment.enrollments as e
    where e.student_id = student and e.section_id = section
$$;
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.confirmed(tests.cart(:student, :old)) as registration \gset
select (tests.dates(:old, 5))[5] as day \gset
select tests.held(tests.cart(tests.student(tests.family()), :longed)) as hold \gset
select tests.wait(
    :longed, array[:student],
    format(', replaces_enrollment_id => %s', pg_temp.of(:student, :old))
) as entry \gset
select tests.abandon(:hold);
select is(
    tests.as_staff(
        :desk,
        format('api.cancel_enrollment(%s, ''x'', %L)', pg_temp.of(:student, :old), :'day')
    ) ->> 'status', 'confirmed', 'until its day it is confirmed'
);
select tests.accept(:entry) ->> 'registration_id' as accepted \gset
select tests.payment(:accepted) as payment \gset
select tests.apply(:payment, tests.sale(:payment, 'trx-accepted'));
select is(tests.registration_status(:accepted), 'confirmed', 'what replaces it is paid');
select is(
    (
        select array_agg(s.section_id) from enrollment.seats as s where s.student_id = :student
    ), array[:longed]::bigint[], 'the student is in that class alone'
);
select is(
    (
        select format('%s %s', e.status, to_jsonb(e.ended_on) = tests.value('studio.local_date(now())'))
        from enrollment.enrollments as e where e.id = pg_temp.of(:student, :old)
    ), 'cancelled t', 'the old one has ended'
);
select is(
    (
        select string_agg(format('%s %s', c.kind, c.given_back_minor > 0), ', ' order by c.id)
        from enrollment.changes as c where c.family_id = :family
    ), 'cancelled t, replaced f', 'its money was given back once'
);
select is(
    (select isempty(p.taken) from enrollment.places as p where p.section_id = :old), true,
    'and its place is free'
);
select * from finish();
rollback;
