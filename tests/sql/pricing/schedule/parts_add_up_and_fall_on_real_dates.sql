begin;
set local search_path = tap, public;
select plan(36);
-- A plan of a kind, as a row would have it.
create function pg_temp.plan(kind text, more jsonb default '{}') returns pricing.payment_plans
language sql as $$
    select p
    from jsonb_populate_record(
        null::pricing.payment_plans,
        jsonb_build_object('code', 'test', 'kind', kind, 'fee_per_installment_minor', 0) || more
    ) as p
$$;
create function pg_temp.monthly(installments integer) returns pricing.payment_plans
language sql as $$
    select pg_temp.plan('monthly', jsonb_build_object('installments', installments))
$$;
-- Dates and amounts of a schedule as one text; a balance is due after 30 days.
create function pg_temp.parts(total bigint, plan pricing.payment_plans, ordered_on date)
returns text language sql as $$
    select string_agg(concat_ws(' ', s.due_on, s.amount_minor), ', ' order by s.number)
    from unnest(pricing.schedule(total, plan, ordered_on, 30)) as s
$$;
select is(
    pg_temp.parts(1000, pg_temp.plan('full'), '2027-01-31'), '2027-01-31 1000',
    'in full is everything today'
);

-- Months.
select is(
    pg_temp.parts(300, pg_temp.monthly(3), '2027-01-31'),
    '2027-01-31 100, 2027-02-28 100, 2027-03-31 100', 'a short month shortens itself only'
);
select is(
    pg_temp.parts(200, pg_temp.monthly(2), '2028-01-31'), '2028-01-31 100, 2028-02-29 100',
    'a leap year has one day more'
);
select is(
    pg_temp.parts(300, pg_temp.monthly(3), '2028-02-29'),
    '2028-02-29 100, 2028-03-29 100, 2028-04-29 100', 'the leap day itself is a day like others'
);
select is(
    pg_temp.parts(200, pg_temp.monthly(2), '2100-01-30'), '2100-01-30 100, 2100-02-28 100',
    'a century is no leap year'
);
select is(
    pg_temp.parts(300, pg_temp.monthly(3), '2026-11-30'),
    '2026-11-30 100, 2026-12-30 100, 2027-01-30 100', 'parts cross the year'
);
select is(
    pg_temp.parts(200, pg_temp.monthly(2), '2027-02-14'), '2027-02-14 100, 2027-03-14 100',
    'the day on which summer time begins'
);
select is(
    pg_temp.parts(200, pg_temp.monthly(2), '2027-10-07'), '2027-10-07 100, 2027-11-07 100',
    'and the one on which it ends'
);
select is(
    pg_temp.parts(100, pg_temp.monthly(3), '2027-01-01'),
    '2027-01-01 33, 2027-02-01 33, 2027-03-01 34', 'the last takes the rest'
);
select is(
    pg_temp.parts(101, pg_temp.monthly(3), '2027-01-01'),
    '2027-01-01 34, 2027-02-01 34, 2027-03-01 33', 'be it less or more'
);
select is(
    pg_temp.parts(94143, pg_temp.monthly(5), '2027-01-01'),
    '2027-01-01 18829, 2027-02-01 18829, 2027-03-01 18829, 2027-04-01 18829, 2027-05-01 18827',
    'the published 188.29 four times, then 188.27'
);
select is(
    pg_temp.parts(3, pg_temp.monthly(5), '2027-01-01'),
    '2027-01-01 0, 2027-02-01 0, 2027-03-01 0, 2027-04-01 0, 2027-05-01 3',
    'a few cents are not made negative by rounding'
);
select is(
    pg_temp.parts(0, pg_temp.monthly(2), '2027-01-01'), '2027-01-01 0, 2027-02-01 0',
    'nothing is parts of nothing'
);

-- Who comes late has fewer months.
create function pg_temp.until(last_due_on date) returns pricing.payment_plans language sql as $$
    select pg_temp.plan(
        'monthly', jsonb_build_object('installments', 5, 'last_due_on', last_due_on)
    )
$$;
select is(
    pg_temp.parts(500, pg_temp.until('2027-05-31'), '2027-01-31'),
    '2027-01-31 100, 2027-02-28 100, 2027-03-31 100, 2027-04-30 100, 2027-05-31 100',
    'a part on the last date itself is in time'
);
select is(
    pg_temp.parts(500, pg_temp.until('2027-05-30'), '2027-01-31'),
    '2027-01-31 125, 2027-02-28 125, 2027-03-31 125, 2027-04-30 125', 'a day less is a part less'
);
select is(
    pg_temp.parts(500, pg_temp.until('2027-01-01'), '2027-01-31'), '2027-01-31 500',
    'after it everything is due at once'
);

-- Deposits.
create function pg_temp.flat(deposit_minor bigint, more jsonb default '{}')
returns pricing.payment_plans language sql as $$
    select pg_temp.plan(
        'deposit_flat',
        jsonb_build_object('installments', 2, 'deposit_minor', deposit_minor) || more
    )
$$;
create function pg_temp.percent(deposit_bp integer, more jsonb default '{}')
returns pricing.payment_plans language sql as $$
    select pg_temp.plan(
        'deposit_percent',
        jsonb_build_object('installments', 2, 'deposit_bp', deposit_bp) || more
    )
$$;
select is(
    pg_temp.parts(1000, pg_temp.flat(300), '2027-01-31'), '2027-01-31 300, 2027-03-02 700',
    'the balance is due 30 days later, not a month'
);
select is(
    pg_temp.parts(1000, pg_temp.flat(300, '{"balance_due_on": "2027-05-01"}'), '2027-01-31'),
    '2027-01-31 300, 2027-05-01 700', 'or on the plan''s own date'
);
select is(
    pg_temp.parts(1000, pg_temp.flat(300, '{"balance_due_on": "2027-01-31"}'), '2027-01-31'),
    '2027-01-31 1000', 'once that has come everything is due at once'
);
select is(
    pg_temp.parts(1000, pg_temp.flat(300, '{"balance_due_on": "2026-12-31"}'), '2027-01-31'),
    '2027-01-31 1000', 'never before the order'
);
select is(
    pg_temp.parts(300, pg_temp.flat(300), '2027-01-31'), '2027-01-31 300',
    'a deposit that is all of the total leaves no balance'
);
select is(
    pg_temp.parts(299, pg_temp.flat(300), '2027-01-31'), '2027-01-31 299',
    'one that is more is cut to the total'
);
select is(
    pg_temp.parts(0, pg_temp.flat(300), '2027-01-31'), '2027-01-31 0', 'also where nothing is due'
);
select is(
    pg_temp.parts(101, pg_temp.percent(5000), '2027-01-31'), '2027-01-31 51, 2027-03-02 50',
    'half a cent of a deposit goes up'
);
select is(
    pg_temp.parts(87093, pg_temp.percent(3333), '2027-01-31'),
    '2027-01-31 29028, 2027-03-02 58065', '33.33 % of 870.93 is 290.28'
);
select is(
    pg_temp.parts(1000, pg_temp.percent(10000), '2027-01-31'), '2027-01-31 1000',
    '100 % leaves no balance'
);
select is(
    pg_temp.parts(1, pg_temp.percent(100), '2027-01-31'), '2027-01-31 0, 2027-03-02 1',
    '1 % of a cent is none'
);

-- Templates.
create function pg_temp.dated(due_dates date [], shares_bp integer []) returns pricing.payment_plans
language sql as $$
    select pg_temp.plan(
        'dated',
        jsonb_build_object(
            'installments', cardinality(due_dates), 'due_dates', due_dates, 'shares_bp', shares_bp
        )
    )
$$;
select is(
    pg_temp.parts(
        1001, pg_temp.dated('{2027-01-31,2027-03-01,2027-05-01}', '{5000,2500,2500}'), '2027-01-01'
    ),
    '2027-01-31 501, 2027-03-01 250, 2027-05-01 250', 'shares on their dates'
);
select is(
    pg_temp.parts(
        1001, pg_temp.dated('{2027-01-31,2027-03-01,2027-05-01}', '{5000,2500,2500}'), '2027-03-01'
    ),
    '2027-03-01 751, 2027-05-01 250', 'who orders later pays at once what was due by then'
);
select is(
    pg_temp.parts(
        1001, pg_temp.dated('{2027-01-31,2027-03-01,2027-05-01}', '{5000,2500,2500}'), '2027-06-01'
    ),
    '2027-06-01 1001', 'in the end all'
);
select is(
    pg_temp.parts(
        2, pg_temp.dated('{2027-02-01,2027-03-01,2027-04-01,2027-05-01}', '{2500,2500,2500,2500}'),
        '2027-01-01'
    ),
    '2027-02-01 1, 2027-03-01 1, 2027-04-01 0, 2027-05-01 0',
    'shares that were rounded up are never more than the total together'
);

-- Totals of a few cents under every plan, and 10,000 at random, under one plan each.
create temporary table plans as
select format('monthly %s', n.number) as name, pg_temp.monthly(n.number) as plan
from generate_series(2, 12) as n (number)
union all
values
('full', pg_temp.plan('full')),
('monthly for late comers', pg_temp.until('2027-03-30')),
('flat', pg_temp.flat(25000)),
('flat by date', pg_temp.flat(1, '{"balance_due_on": "2027-04-01"}')),
('percent', pg_temp.percent(5000)),
('odd percent', pg_temp.percent(3333)),
('dated', pg_temp.dated('{2027-01-01,2027-02-01,2027-05-05}', '{3333,3333,3334}')),
(
    'dated odd',
    pg_temp.dated('{2027-02-01,2027-02-02,2027-02-03,2027-02-04}', '{1,4999,4999,1}')
);
select setseed(0.2) as seed \gset
create temporary table totals as
select t.total_minor, row_number() over () as id
from (
    select generate_series(0, 20)::bigint as total_minor
    union all
    values (9007199254740993), (99999999999)
    union all
    select floor(exp(random() * 16))::bigint from generate_series(1, 10000)
) as t;
create temporary table schedules as
select t.id, t.total_minor, p.name, s.number, s.due_on, s.amount_minor
from totals as t
inner join (select p.name, p.plan, row_number() over () as id from plans as p) as p
    on t.id <= 23 or t.id % 19 = p.id - 1
cross join lateral unnest(pricing.schedule(t.total_minor, p.plan, '2027-01-31', 30)) as s;
select is(
    (select count(distinct (s.id, s.name)) from schedules as s), 10000 + 23::bigint * 19,
    'every total was tried'
);
select is_empty(
    $$select total_minor, name from schedules group by id, total_minor, name
    having sum(amount_minor) <> total_minor$$, 'parts always add up to the total'
);
select is_empty('select * from schedules where amount_minor < 0', 'no part is negative');
select is_empty(
    'select * from schedules where due_on < ''2027-01-31''', 'none is due before the order'
);
select is_empty(
    $$select total_minor, name from schedules group by id, total_minor, name
    having max(number) <> count(distinct due_on)$$,
    'parts are numbered from 1 on, on dates of their own'
);
select * from finish();
rollback;
