-- Two halves of a term are sold apart. A class that lasts all of it makes one week of three.
begin;
set local search_path = tap, public;
select plan(9);
select t.starts_on, t.ends_on from catalog.terms as t where t.id = tests.term() \gset
select tests.section(
    'First half', '{1}', 'junior', p_ends_on => date :'starts_on' + 61
) as first_half \gset
select tests.section(
    'Second half', '{1}', 'junior', p_starts_on => date :'starts_on' + 84
) as second_half \gset
select tests.section('All of it', '{2}', 'junior') as whole \gset
select tests.section('Wednesdays', '{3}', 'junior') as wednesday \gset
select tests.section(
    'Inside', '{1}', 'junior', '15:00', '16:00',
    p_starts_on => date :'starts_on' + 21, p_ends_on => date :'starts_on' + 42
) as inside \gset

select is(
    tests.amount(
        tests.quote(tests.cart(tests.student(tests.family()), :first_half, :second_half)), 'junior'
    ),
    2 * 77593::bigint, 'two halves are sold apart'
);
-- By the table two days are 1,513.06, less than the halves without the third class.
select tests.cart(
    tests.student(tests.family()), :first_half, :second_half, :whole
) as cart \gset
select is(
    tests.amount(tests.quote(:cart), 'junior'), 2 * 77593::bigint,
    'with a class that joins them they cost no less'
);
select is(
    (select l.basis - '{starts_on,enrolled_division}'::text[] from tests.lines(tests.quote(:cart)) as l
    where l.kind = 'tuition'),
    '{"basis": "distinct_weekdays", "division": "junior", "step_minor": 151306, "weekly_count": 2,
    "apart_minor": 155186, "enrolled_count": 0, "enrolled_step_minor": 0}',
    'the line keeps both figures'
);
select is(
    (select l.label from tests.lines(tests.quote(:cart)) as l where l.kind = 'tuition'),
    'Tuition, Junior, 2 days a week, no less than for a part of the classes', 'and says so'
);
select is(
    tests.amount(
        tests.quote(
            tests.cart(
                tests.student(tests.family()), :first_half, :second_half, :whole, :wednesday
            )
        ), 'junior'
    ),
    221139::bigint, 'where the step of all is more, it is what counts'
);
select is(
    tests.amount(
        tests.quote(tests.cart(tests.student(tests.family()), :first_half, :inside)), 'junior'
    ),
    77593::bigint, 'classes that overlap are one part anyway'
);
-- Bought before, the first half is worth one day; what is left is what the second half costs.
select tests.student(tests.family()) as student \gset
select tests.confirmed(tests.cart(:student, :first_half)) as registration \gset
select tests.cart(:student, :second_half, :whole) as later \gset
select is(
    tests.amount(tests.quote(:later), 'junior'), 77593::bigint,
    'nor does one that was bought before'
);
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select is(
    tests.replayed(:quote), tests.kept(:quote), 'the lines come out again of what is kept'
);
-- By weekly meetings the same holds.
select tests.run(
    format(
        $$insert into studio.settings (studio_id, term_id, rate_step_basis)
        values (auth.studio_id(), %s, 'weekly_meetings')$$, tests.term()
    )
);
select is(
    tests.amount(tests.quote(:cart), 'junior'), 221139::bigint,
    'three meetings are the third step, and more than two halves'
);
select * from finish();
rollback;
