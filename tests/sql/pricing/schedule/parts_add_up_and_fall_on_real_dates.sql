begin;
set local search_path = tap, public;
select plan(12);
-- Dates and amounts of a schedule as one text.
create function pg_temp.parts(total bigint, installments integer, first_due date)
returns text language sql as $$
    select string_agg(concat_ws(' ', p.value ->> 'due_on', p.value ->> 'amount_minor'), ', ')
    from jsonb_array_elements(
        tests.value(format('pricing.schedule(%s, %s, %L)', total, installments, first_due))
    ) as p
$$;
select is(pg_temp.parts(1000, 1, '2027-01-31'), '2027-01-31 1000', 'one part is everything today');
select is(
    pg_temp.parts(300, 3, '2027-01-31'), '2027-01-31 100, 2027-02-28 100, 2027-03-31 100',
    'a short month shortens itself only'
);
select is(
    pg_temp.parts(200, 2, '2028-01-31'), '2028-01-31 100, 2028-02-29 100',
    'a leap year has one day more'
);
select is(
    pg_temp.parts(300, 3, '2026-11-30'), '2026-11-30 100, 2026-12-30 100, 2027-01-30 100',
    'parts cross the year'
);
select is(
    pg_temp.parts(100, 3, '2027-01-01'), '2027-01-01 33, 2027-02-01 33, 2027-03-01 34',
    'the last takes the rest'
);
select is(
    pg_temp.parts(101, 3, '2027-01-01'), '2027-01-01 34, 2027-02-01 34, 2027-03-01 33',
    'be it less or more'
);
select is(
    pg_temp.parts(94143, 5, '2027-01-01'),
    '2027-01-01 18829, 2027-02-01 18829, 2027-03-01 18829, 2027-04-01 18829, 2027-05-01 18827',
    'the published 188.29 four times, then 188.27'
);
select is(
    pg_temp.parts(3, 5, '2027-01-01'),
    '2027-01-01 0, 2027-02-01 0, 2027-03-01 0, 2027-04-01 0, 2027-05-01 3',
    'a few cents are not made negative by rounding'
);
select is(
    pg_temp.parts(0, 2, '2027-01-01'), '2027-01-01 0, 2027-02-01 0', 'nothing is parts of nothing'
);
-- Every total of up to 50.00 and some large ones, in every number of parts.
create temporary table every_schedule as
select t.total, n.installments, (p.value ->> 'amount_minor')::bigint as amount_minor
from (
    select g::bigint from generate_series(0, 5000, 7) as g union values (9007199254740993),
    (99999999999)
) as t (total)
cross join generate_series(1, 12) as n (installments)
cross join lateral jsonb_array_elements(
    pricing.schedule(t.total, n.installments, '2027-01-31')
) as p;
select is_empty(
    $$select total, installments from every_schedule group by total, installments
    having sum(amount_minor) <> total$$, 'parts always add up to the total'
);
select is_empty('select * from every_schedule where amount_minor < 0', 'no part is negative');

-- The table itself refuses a quote whose parts do not add up.
select tests.section('Schedule') as section \gset
select tests.cart(tests.student(tests.family()), :section) as cart \gset
select tests.total(:cart) as total \gset
select is(
    tests.error_code(
        format(
            $sql$select tests.run($$insert into pricing.quotes (studio_id, family_id, cart_id,
            term_id, plan_id, auto_pay, priced_at, engine_version, inputs, lines_digest,
            total_minor, schedule)
            select studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at,
            engine_version, inputs, lines_digest, total_minor + 1, schedule
            from pricing.quotes where cart_id = %s; set constraints all immediate$$)$sql$, :cart
        )
    ),
    '23514', 'a quote whose parts do not add up can not be kept'
);
select * from finish();
rollback;
