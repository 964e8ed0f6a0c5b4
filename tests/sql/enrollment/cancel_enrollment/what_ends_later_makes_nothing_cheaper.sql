-- A class that ends on a day to come has been given back: what is bought after that stands alone.
begin;
set local search_path = tap, public;
select plan(6);
select tests.worker('staff') as desk \gset
select tests.section('Ends', '{1}') as ends \gset
select tests.section('Other', '{2}') as other \gset
select tests.section('Third', '{3}') as third \gset
create function pg_temp.alone(variadic sections bigint[]) returns bigint language sql as $$
    select tests.total(tests.cart(tests.student(tests.family()), variadic sections))
$$;
create function pg_temp.of(student bigint, section bigint) returns bigint language sql as $$
    select e.id from enrollment.enrollments as e
    where e.student_id = student and e.section_id = section
$$;
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.confirmed(tests.cart(:student, :ends)) \g /dev/null
select (tests.dates(:ends, 5))[5] as day \gset
select is(
    tests.as_staff(
        :desk,
        format(
            'api.cancel_enrollment(%s, ''x'', %L) -> ''given_back_minor''',
            pg_temp.of(:student, :ends), :'day'
        )
    )::bigint, pg_temp.alone(:ends), 'it is given back'
);
select tests.cart(:student, :other) as cart \gset
select is(tests.total(:cart), pg_temp.alone(:other), 'another one costs what it costs alone');
select tests.confirmed(:cart) \g /dev/null
select is(
    tests.as_staff(
        :desk,
        format('api.cancel_enrollment(%s, ''x'') -> ''given_back_minor''', pg_temp.of(:student, :other))
    )::bigint, pg_temp.alone(:other), 'which is what is given back for it'
);
-- Nor do the two classes of a student who is moved on a day to come count as two.
select tests.student(tests.family()) as student \gset
select tests.confirmed(tests.cart(:student, :ends)) \g /dev/null
select tests.as_staff(
    :desk,
    format(
        'api.transfer_enrollment(%s, %s, ''x'', %L)', pg_temp.of(:student, :ends), :other, :'day'
    )
) \g /dev/null
select tests.cart(:student, :third) as cart \gset
select is(
    tests.total(:cart), pg_temp.alone(:other, :third) - pg_temp.alone(:other),
    'a class beside a move is the second one'
);
select tests.confirmed(:cart) \g /dev/null
select is(
    tests.value(
        format(
            '(
                select p.total_minor from identity.students as s
                cross join lateral pricing.price_of_enrolled(s.family_id, %s) as p
                where s.id = %s
            )', tests.term(), :student
        )
    )::bigint, pg_temp.alone(:other, :third), 'what the family has costs what it costs'
);
select is(
    (
        select sum(r.total_minor)::bigint from enrollment.registrations as r
        inner join enrollment.enrollments as e on r.id = e.registration_id
        where e.student_id = :student and e.from_enrollment_id is null
    ), pg_temp.alone(:other, :third), 'and is what was paid'
);
select * from finish();
rollback;
