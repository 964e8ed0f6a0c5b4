begin;
set local search_path = tap, public;
select plan(9);
select tests.section('Division junior', '{1}', 'junior') as junior \gset
select tests.section('Division senior', '{2}', 'senior') as senior \gset
select tests.section('Division early', '{3}', 'early_childhood') as early \gset
select tests.section('Division program', '{4}', 'technique') as program \gset

select tests.cart(tests.student(tests.family()), :junior, :senior) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)),
    'senior 155304, costume_senior 6500, costume_junior 5500, video 1500, registration 4000',
    'junior with senior is all at senior; each costume by its own class'
);
select tests.cart(tests.student(tests.family()), :junior, :program) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)),
    'junior 77593, technique 71678, costume_junior 5500, registration 4000',
    'a program has no vote'
);

select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :early, :junior) as cart \gset
select is(tests.quote_error(:cart) ->> 'code', 'division_mixed', 'early childhood does not mix');
select is(
    (tests.quote_error(:cart) ->> 'details')::jsonb,
    jsonb_build_object('student_id', :student, 'division', 'Early Childhood'),
    'the refusal says for whom and what'
);
select is(
    tests.quote_error(tests.cart(tests.student(:family), :junior)) ->> 'code', 'division_mixed',
    'one student''s mixture refuses the cart'
);
select tests.student(tests.family()) as small \gset
select tests.cart(:small, :early) as cart \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:small, :junior) as cart \gset
select is(
    tests.quote_error(:cart) ->> 'code', 'division_mixed',
    'nor with what is confirmed already this term'
);
select tests.cart(tests.student(tests.family()), :early, :program) as cart \gset
select is(
    tests.total(:cart), 39411 + 71678 + 4000::bigint,
    'early childhood beside a program is no mixture'
);
-- Two students of one family are two votes.
select tests.family() as family \gset
select tests.cart(tests.student(:family, 'One'), :early) as cart \gset
select tests.cart(tests.student(:family, 'Two'), :junior) as cart \gset
select is(
    tests.total(:cart), 43411 + 87093 - 5000::bigint,
    'brothers and sisters are priced each by itself'
);
-- What staff have set is a price; the class is still of its division.
select tests.worker() as staff \gset
select tests.student(tests.family()) as both \gset
select tests.cart(:both, :junior, :senior) as cart \gset
select tests.override(:staff, :both, :senior, 10000) as override \gset
select is(
    tests.lines_text(tests.quote(:cart)),
    'override 10000, senior 79643, costume_senior 6500, costume_junior 5500, video 1500,'
    ' registration 4000',
    'a class by override has its vote, for tuition as for fees'
);
select * from finish();
rollback;
