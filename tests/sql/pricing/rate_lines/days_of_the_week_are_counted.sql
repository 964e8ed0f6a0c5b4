begin;
set local search_path = tap, public;
select plan(9);
select tests.section('Monday one', '{1}') as monday \gset
select tests.section(
    'Monday two', '{1}', p_starts_at => '12:00', p_ends_at => '13:00'
) as monday_again \gset
select tests.section('Twice', '{1,3}') as twice \gset
select tests.section('Thrice', '{1,3,5}') as thrice \gset

select tests.cart(tests.student(tests.family()), :monday, :monday_again) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)),
    'senior 79643, costume_senior 13000, video 1500, registration 4000',
    'two classes on one day are one day, and two costumes'
);
select tests.cart(tests.student(tests.family()), :twice) as twice_cart \gset
select is(
    tests.lines_text(tests.quote(:twice_cart)),
    'senior 155304, costume_senior 6500, video 1500, registration 4000',
    'one class on two days is two days, and one costume'
);
select tests.cart(tests.student(tests.family()), :thrice) as thrice_cart \gset
select is(
    tests.amount(tests.quote(:thrice_cart), 'senior'), 226983::bigint,
    'a class on three days is three'
);
select tests.cart(
    tests.student(tests.family()), tests.demo_section('Graded Ballet 5')
) as graded_cart \gset
select is(
    tests.amount(tests.quote(:graded_cart), 'senior'), 226983::bigint, 'so is Graded Ballet 5'
);
select is(
    (select l.basis from tests.lines(tests.quote(:cart)) as l where l.kind = 'tuition')
    - '{enrolled_division,starts_on}'::text[],
    '{"basis": "distinct_weekdays", "division": "senior", "step_minor": 79643, "weekly_count": 1,
    "enrolled_count": 0, "enrolled_step_minor": 0}',
    'the line says what was counted, how, and the step it led to'
);

-- A term may count otherwise than the studio.
select tests.run(
    format(
        $$insert into studio.settings (studio_id, term_id, rate_step_basis)
        values (auth.studio_id(), %s, 'weekly_meetings')$$, tests.term()
    )
);
select is(
    tests.amount(tests.quote(:cart), 'senior'), 155304::bigint,
    'by weekly meetings, two classes on one day are two'
);
select is(
    tests.amount(tests.quote(:twice_cart), 'senior'), 155304::bigint,
    'by weekly meetings, one class on two days is two as well'
);
select is(
    (select l.basis ->> 'basis' from tests.lines(tests.quote(:cart)) as l where l.kind = 'tuition'),
    'weekly_meetings', 'the line says so'
);
select is(
    (select l.label from tests.lines(tests.quote(:cart)) as l where l.kind = 'tuition'),
    'Tuition, Senior, 2 weekly meetings', 'in words too'
);
select * from finish();
rollback;
