begin;
set local search_path = tap, public;
select plan(9);
select tests.section('Parts senior', '{1}') as section \gset
select tests.cart(tests.student(tests.family()), :section) as cart \gset
-- The studio's today, and the last date of its monthly plan so many months and days later.
create function pg_temp.fee_until(cart bigint, months integer, days integer) returns jsonb
language sql as $$
    select tests.what_if(
        format(
            'select tests.supersede(''payment_plans'', ''code = ''''monthly'''''', %L)',
            jsonb_build_object(
                'last_due_on',
                ((now() at time zone 'America/New_York')::date + make_interval(months => months))::date
                + days
            )
        ),
        format(
            '(select jsonb_build_array(q.q -> ''plan'' -> ''installments'',
            tests.amount(q.q, ''monthly''), q.q -> ''total_minor'')
            from (select tests.quote(%s, ''monthly'') as q) as q)', cart
        )
    )
$$;
-- 916.43, and 5.00 for each part
select is(pg_temp.fee_until(:cart, 4, 0), '[5, 2500, 94143]', 'who comes in time has five');
select is(pg_temp.fee_until(:cart, 4, -1), '[4, 2000, 93643]', 'a day later four, and their fees');
select is(pg_temp.fee_until(:cart, 0, 0), '[1, 500, 92143]', 'on the last day one');
select is(pg_temp.fee_until(:cart, 0, -9), '[1, 500, 92143]', 'and after it');

-- Of a template what has fallen due already is one part.
select tests.run(
    format(
        $$insert into pricing.payment_plans (
            studio_id, term_id, kind, code, label, installments, auto_pay, accepts_checkout,
            fee_per_installment_minor, due_dates, shares_bp, valid_from
        )
        values (
            auth.studio_id(), %s, 'dated', 'dated', 'On dates', 3, true, false, 700,
            '{2000-01-01,2000-02-01,2999-01-01}', '{2500,2500,5000}', now() - interval '1 hour'
        )$$, tests.term()
    )
);
select tests.quote(:cart, 'dated') as quote \gset
select is(
    jsonb_build_array(
        :'quote'::jsonb -> 'plan' -> 'installments', tests.amount(:'quote', 'dated'),
        :'quote'::jsonb -> 'total_minor'
    ), '[2, 1400, 93043]', 'two parts of three are left'
);
select is(
    (select array_agg(s.value -> 'amount_minor' order by s.ordinality)
    from jsonb_array_elements(:'quote'::jsonb -> 'schedule') with ordinality as s),
    array['46522', '46521']::jsonb[], 'the fee is inside before the total is split: half a cent up'
);
select is(
    (
        select l.label from tests.lines(:'quote') as l where l.kind = 'plan_fee'
    ), 'On dates, fee for 2 payments', 'in words'
);
-- A quote keeps the day of its order: what it cost comes out again on any other day.
select :'quote'::jsonb ->> 'quote_id' as quote_id \gset
select is(tests.replayed(:quote_id), tests.kept(:quote_id), 'it replays');
select is(
    (
        select q.inputs #>> '{orders,0,ordered_on}' from pricing.quotes as q where q.id = :quote_id
    ), (now() at time zone 'America/New_York')::date::text, 'by the day that was kept'
);
select * from finish();
rollback;
