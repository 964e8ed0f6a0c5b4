begin;
set local search_path = tap, public;
select plan(5);
select tests.section('Four days', '{1,2,3,4}', 'junior') as four \gset
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :four) as cart \gset
create temporary table refusal as select tests.quote_error(:cart) as body;
select is((select body ->> 'code' from refusal), 'rate_missing', 'four junior days have no rate');
select is(
    (select (body ->> 'details')::jsonb from refusal),
    jsonb_build_object(
        'student_id', :student, 'division', 'Junior', 'weekly_count', 4, 'counted', 'days'
    ),
    'the refusal says for whom and which'
);
select is(
    (select body ->> 'message' from refusal),
    'The studio has no price for 4 days a week in Junior. Please call us.',
    'in a sentence for a parent'
);
select is(
    (select count(*) from pricing.quotes where cart_id = :cart), 0::bigint, 'no quote is kept'
);

-- What is confirmed must have a rate as well, or nobody knows the difference.
select tests.section('Senior Mon', '{1}') as monday \gset
select tests.section('Senior Tue', '{2}') as tuesday \gset
select tests.student(tests.family()) as senior \gset
select tests.cart(:senior, :monday) as cart \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:senior, :tuesday) as cart \gset
select is(
    tests.what_if(
        $$select tests.supersede('rates', 'weekly_count = 1')$$,
        format('tests.quote(%s)', :cart)
    ),
    '"rate_missing"', 'the step that is deducted needs a rate too'
);
select * from finish();
rollback;
