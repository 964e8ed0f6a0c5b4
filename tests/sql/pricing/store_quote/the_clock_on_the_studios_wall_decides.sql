-- New York changes its clocks on Sundays: on 2099-03-08 at 07:00Z, a day of 23 hours (until then 5
-- behind UTC, then 4), and back on 2099-11-01 at 06:00Z, a day of 25 hours.
begin;
set local search_path = tap, public;
select plan(45);
create function pg_temp.quote_at(cart bigint, at timestamptz, plan text default null)
returns jsonb language sql as $$
    select tests.value(
        format(
            'pricing.quote_document(%s)',
            tests.value(
                format(
                    'pricing.store_quote(%s, null, pricing.plan_of(%s, %L, null, %L), %L)',
                    cart, tests.term(), plan, at, at
                )
            )
        )
    )
$$;
create function pg_temp.amount_at(cart bigint, at timestamptz, kind text) returns bigint
language sql as $$
    select sum(l.amount_minor)::bigint from tests.lines(pg_temp.quote_at(cart, at)) as l
    where l.kind = $3
$$;
create function pg_temp.schedule_at(cart bigint, at timestamptz, plan text) returns text
language sql as $$
    select string_agg(
        (i ->> 'due_on') || ' ' || (i ->> 'amount_minor'), ', ' order by i ->> 'number'
    )
    from jsonb_array_elements(pg_temp.quote_at(cart, at, plan) -> 'schedule') as i
$$;
create function pg_temp.set_to(p_proration text) returns void language sql as $$
    select tests.run(
        format(
            'update studio.settings set tuition_proration = %L
            where studio_id = auth.studio_id() and term_id is null', p_proration
        )
    )
$$;
-- Sundays at ten, three of them, the clocks change on the second: 15 days.
select tests.section(
    'Spring Sundays', '{7}', p_starts_on => '2099-03-01', p_ends_on => '2099-03-15'
) as spring \gset
select tests.section(
    'Autumn Sundays', '{7}', p_starts_on => '2099-10-25', p_ends_on => '2099-11-08'
) as autumn \gset
select tests.cart(tests.student(tests.family()), :spring) as spring \gset
select tests.cart(tests.student(tests.family()), :autumn) as autumn \gset

-- What is left of 796.43, by meetings: two thirds, one third.
select pg_temp.set_to('meetings');
select is(pg_temp.amount_at(c.cart, c.at, 'tuition'), c.minor, c.what)
from (
    values
    (:spring, timestamptz '2099-03-08 14:00Z', 53095::bigint, 'ten o''clock in summer: it begins'),
    (:spring, '2099-03-08 14:00:01Z', 26548, 'a second later, 9 by the old clock'),
    (:autumn, '2099-11-01 14:30Z', 53095, 'half past nine in winter: it has not begun'),
    (:autumn, '2099-11-01 15:00Z', 53095, 'ten o''clock in winter: it begins'),
    (:autumn, '2099-11-01 15:00:01Z', 26548, 'a second later it is over')
) as c (cart, at, minor, what);

-- By days: the local day counts, whole, and a short or long one as any other.
select pg_temp.set_to('days');
select is(pg_temp.amount_at(c.cart, c.at, 'tuition'), c.minor, c.what)
from (
    values
    (:spring, timestamptz '2099-03-08 04:59:59Z', 47786::bigint, 'Saturday: 9 of 15 days'),
    (:spring, '2099-03-08 05:00Z', 42476, 'Sunday begins an hour later than in summer: 8'),
    (:spring, '2099-03-09 03:59:59Z', 42476, 'and lasts 23 hours'),
    (:spring, '2099-03-09 04:00Z', 37167, 'Monday: 7'),
    (:autumn, '2099-11-01 03:59:59Z', 47786, 'Saturday to midnight: 9'),
    (:autumn, '2099-11-01 04:00Z', 42476, 'Sunday: 8'),
    (:autumn, '2099-11-02 04:59:59Z', 42476, 'which lasts 25 hours'),
    (:autumn, '2099-11-02 05:00Z', 37167, 'Monday: 7')
) as c (cart, at, minor, what);
select pg_temp.set_to('none');

-- A plan of three dates with a fee of 2.50 for each part: tuition 796.43, costume 65.00, video
-- 15.00, registration 40.00: 916.43; with three parts 923.93, with two 921.43.
select tests.run(
    $$insert into pricing.payment_plans (
        studio_id, term_id, code, label, kind, installments, auto_pay, fee_per_installment_minor,
        due_dates, shares_bp, accepts_checkout, valid_from
    )
    values (
        auth.studio_id(), tests.term(), 'on_dates', 'On dates', 'dated', 3, false, 250,
        '{2099-03-07,2099-03-08,2099-06-01}', '{3000,3000,4000}', false, now() - interval '1 s'
    ), (
        auth.studio_id(), tests.term(), 'fall', 'On dates', 'dated', 3, false, 0,
        '{2099-10-31,2099-11-01,2099-12-01}', '{3000,3000,4000}', false, now() - interval '1 s'
    )$$
);
select tests.run(
    $$insert into pricing.payment_plans (
        studio_id, term_id, code, label, kind, installments, auto_pay, deposit_minor,
        accepts_checkout, valid_from
    )
    values (
        auth.studio_id(), tests.term(), 'held_back', 'Deposit', 'deposit_flat', 2, false, 5000,
        false, now() - interval '1 s'
    )$$
);
select is(pg_temp.schedule_at(c.cart, c.at, c.plan), c.parts, c.what)
from (
    values
    (
        :spring, timestamptz '2099-03-08 04:59:59Z', 'on_dates',
        '2099-03-07 27718, 2099-03-08 27718, 2099-06-01 36957', 'on Saturday there are three parts'
    ),
    (:spring, '2099-03-08 05:00Z', 'on_dates', '2099-03-08 55286, 2099-06-01 36857', 'Sunday two'),
    (:spring, '2099-03-09 03:59:59Z', 'on_dates', '2099-03-08 55286, 2099-06-01 36857', 'all day'),
    (:spring, '2099-03-09 04:00Z', 'on_dates', '2099-03-09 55286, 2099-06-01 36857', 'Monday'),
    (
        :autumn, '2099-11-01 03:59:59Z', 'fall',
        '2099-10-31 27493, 2099-11-01 27493, 2099-12-01 36657', 'three in autumn'
    ),
    (:autumn, '2099-11-01 04:00Z', 'fall', '2099-11-01 54986, 2099-12-01 36657', 'two on Sunday'),
    (:autumn, '2099-11-02 04:59:59Z', 'fall', '2099-11-01 54986, 2099-12-01 36657', 'of 25 hours'),
    (:autumn, '2099-11-02 05:00Z', 'fall', '2099-11-02 54986, 2099-12-01 36657', 'then on Monday'),
    (
        :spring, '2099-02-06 12:00Z', 'held_back', '2099-02-06 5000, 2099-03-08 86643',
        '30 days, the last of them short'
    ),
    (
        :spring, '2099-02-07 04:59:59Z', 'held_back', '2099-02-06 5000, 2099-03-08 86643',
        'counted from the local day'
    ),
    (
        :spring, '2099-02-07 05:00Z', 'held_back', '2099-02-07 5000, 2099-03-09 86643',
        'from midnight on the next'
    ),
    -- 916.43 and five times 5.00: 941.43.
    (
        :autumn, '2099-11-01 03:59:59Z', 'monthly',
        '2099-10-31 18829, 2099-11-30 18829, 2099-12-31 18829, 2100-01-31 18829, 2100-02-28 18827',
        'monthly from the last of October, in the evening'
    ),
    (
        :autumn, '2099-11-01 04:00Z', 'monthly',
        '2099-11-01 18829, 2099-12-01 18829, 2100-01-01 18829, 2100-02-01 18829, 2100-03-01 18827',
        'from midnight on from the first of November'
    )
) as c (cart, at, plan, parts, what);

-- An early-bird window is from instant to instant, whatever the clock says meanwhile.
select tests.discount(
    '{"code": "spring", "available_until": "2099-03-09T00:00:00-04:00"}'
) as discount \gset
select tests.discount(
    '{"code": "twice", "position": 2, "available_from": "2099-11-01T01:30:00-04:00",
    "available_until": "2099-11-01T01:30:00-05:00"}'
) as discount \gset
-- A tenth of 796.43, 65.00 and 15.00.
select is(pg_temp.amount_at(c.cart, c.at, 'discount'), c.minor, c.what)
from (
    values
    (:spring, timestamptz '2099-03-08 06:59:59Z', -8764::bigint, 'before the hour left out'),
    (:spring, '2099-03-08 07:00Z', -8764, 'and after it'),
    (:spring, '2099-03-09 03:59:59Z', -8764, 'to the end of Sunday at the studio'),
    (:spring, '2099-03-09 04:00Z', null, 'not to the midnight that winter would have'),
    (:autumn, '2099-11-01 05:29:59Z', null, 'the hour that comes twice: before half past one'),
    (:autumn, '2099-11-01 05:30Z', -8764, 'half past one for the first time'),
    (:autumn, '2099-11-01 06:29:59Z', -8764, 'an hour later it is not yet'),
    (:autumn, '2099-11-01 06:30Z', null, 'half past one for the second time')
) as c (cart, at, minor, what);

-- A class at eleven in the evening is on the next day in UTC: its own date has the price, and can
-- be had until it begins.
select tests.section(
    'Late Sundays', '{7}', p_starts_at => '23:00', p_ends_at => '23:45', p_mode => 'drop_in',
    p_starts_on => '2099-03-01', p_ends_on => '2099-11-08'
) as late \gset
select tests.date_price(:late, 2800);
select tests.date_price(:late, 3500, '2099-03-08');
select tests.date_price(:late, 4200, '2099-11-01');
select tests.student(tests.family()) as student \gset
select tests.open_cart(:student) as cart \gset
select tests.put(
    :cart, :student, :late, 'dates => ''{2099-03-01,2099-03-08,2099-11-01}'''
) as item \gset
-- 28.00, 35.00 and 42.00.
select is(pg_temp.amount_at(:cart, '2099-02-01 12:00Z', 'drop_in'), 10500::bigint, 'by local date');
select is(
    tests.value(
        format(
            '(select jsonb_agg(concat_ws('' '', u.held_on, u.code))
            from enrollment.unavailable_dates(
                %s, ''{2099-03-08,2099-03-09,2099-11-01}'', %L
            ) as u)', :late, c.at
        )
    ),
    c.gone, c.what
)
from (
    values
    (
        timestamptz '2099-03-09 02:59:59Z', '["2099-03-09 date_unknown"]'::jsonb,
        'a second before eleven in summer; Monday has no class'
    ),
    (
        '2099-03-09 03:00Z', '["2099-03-08 date_past", "2099-03-09 date_unknown"]',
        'at eleven it has begun'
    ),
    (
        '2099-11-02 03:59:59Z', '["2099-03-08 date_past", "2099-03-09 date_unknown"]',
        'a second before eleven in winter'
    ),
    (
        '2099-11-02 04:00Z',
        '["2099-03-08 date_past", "2099-03-09 date_unknown", "2099-11-01 date_past"]', 'at eleven'
    )
) as c (at, gone, what);

-- The zone is the studio's: Chicago is an hour behind.
select is(tests.value(format('studio.local_date(%L)', c.at), c.studio) #>> '{}', c.day, c.what)
from (
    values
    ('aydt', timestamptz '2099-03-09 04:30Z', '2099-03-09', 'past midnight in New York'),
    ('elmst', '2099-03-09 04:30Z', '2099-03-08', 'before it in Chicago'),
    ('elmst', '2099-03-09 05:00Z', '2099-03-09', 'until its own'),
    ('elmst', '2099-11-02 05:59Z', '2099-11-01', 'as in winter')
) as c (studio, at, day, what);
select pg_temp.quote_at(:spring, '2099-03-09 03:59:59Z', 'on_dates') ->> 'quote_id' as quote \gset
select is(tests.replayed(:quote), tests.kept(:quote), 'a quote of that night replays');
set local timezone = 'Asia/Tokyo';
select is(
    pg_temp.schedule_at(:spring, '2099-03-09 03:59:59Z', 'on_dates'),
    -- With the discount: a tenth off, 8764 of 92143.
    '2099-03-08 50028, 2099-06-01 33351', 'whatever the clock of the session'
);
select * from finish();
rollback;
