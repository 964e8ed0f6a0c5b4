begin;
set local search_path = tap, public;
select plan(7);
select tests.family() as family \gset
select tests.student(:family, 'Sofia', '2011-03-01') as sofia \gset
select tests.student(:family, 'Mateo', '2017-03-01') as mateo \gset
select tests.cart(
    :sofia,
    tests.demo_section('Ballet 4'),
    tests.demo_section('Contemporary 1'),
    tests.demo_section('Jazz 3'),
    tests.demo_section('Technique 1')
) as cart \gset
select tests.cart(
    :mateo, tests.demo_section('Hip-Hop 2'), tests.demo_section('Tap 2')
) as cart \gset
create temporary table quote as select tests.quote(:cart) as document;

select results_eq(
    format(
        $$select l.code, l.amount_minor from quote, tests.lines(document) as l
        where l.student_id = %s order by l.code$$, :sofia
    ),
    $$values
    ('costume_senior', 19500::bigint), ('registration', 4000), ('senior', 226983),
    ('technique', 71678), ('video', 1500)$$,
    'Sofia: three senior days, the program, three costumes, one video, one registration fee'
);
select results_eq(
    format(
        $$select l.code, l.amount_minor from quote, tests.lines(document) as l
        where l.student_id = %s order by l.code$$, :mateo
    ),
    $$values ('costume_junior', 11000::bigint), ('junior', 151306), ('registration', 4000)$$,
    'Mateo: two junior days, two costumes, one registration fee'
);
select results_eq(
    $$select (s.value ->> 'subtotal_minor')::bigint
    from quote, jsonb_array_elements(document -> 'students') as s$$,
    'values (323661::bigint), (166306)',
    'the subtotals of the students'
);
select is(
    (select document -> 'family_lines' -> 0 ->> 'amount_minor' from quote), '-5000',
    'the family discount for two students'
);
select is((select document ->> 'total_minor' from quote), '484967', 'the grand total');
select is(
    (select document -> 'schedule' from quote) #- '{0,due_on}',
    '[{"number": 1, "amount_minor": 484967}]', 'paid in full, it is due in one part'
);
select is(
    (select sum((p.value ->> 'amount_minor')::bigint)
    from jsonb_array_elements(tests.quote(:cart, 'monthly') -> 'schedule') as p),
    484967 + 5 * 500::numeric,
    'paid monthly, the parts add up to the total and the fee of five payments'
);
select * from finish();
rollback;
