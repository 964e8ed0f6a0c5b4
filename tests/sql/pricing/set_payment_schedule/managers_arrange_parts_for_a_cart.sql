begin;
set local search_path = tap, public;
select plan(46);
select tests.worker('manager') as manager \gset
select tests.worker() as staff \gset
select tests.worker('manager', 'elmst') as foreign_manager \gset
select tests.section('Arranged Mon', '{1}') as monday \gset
select tests.section('Arranged Tue', '{2}') as tuesday \gset
select tests.family() as family \gset
select tests.cart(tests.student(:family), :monday) as cart \gset
-- 796.43 + 65.00 + 15.00 + 40.00
select is(tests.total(:cart), 91643::bigint, 'what the cart costs');

create function pg_temp.as_manager(
    manager bigint, arguments text, family bigint default null, studio text default 'aydt'
) returns jsonb language plpgsql as $$
declare
    v_value jsonb;
begin
    perform tests.act_as(
        'manager', tests.claims(manager, 'manager', studio),
        jsonb_strip_nulls(jsonb_build_object('x-family', family::text))
    );
    execute 'select api.set_payment_schedule(' || arguments || ')' into v_value;
    perform tests.act_as_operator();
    return v_value;
end;
$$;
create function pg_temp.refusal(manager bigint, arguments text, family bigint default null)
returns text language sql as $$
    select tests.error_code(
        format('select pg_temp.as_manager(%s, %L, %L)', manager, arguments, family)
    )
$$;
-- Parts on dates counted from the studio's today.
create function pg_temp.rows(days integer [], amounts numeric []) returns jsonb language sql as $$
    select jsonb_agg(
        jsonb_build_object(
            'due_on',
            (now() at time zone 'America/New_York')::date + d.days,
            'amount_minor', d.amount
        )
        order by d.number
    )
    from unnest(days, amounts) with ordinality as d (days, amount, number)
$$;
create function pg_temp.problem(manager bigint, cart bigint, rows jsonb) returns text
language sql as $$
    select concat_ws(
        ': ', e.error ->> 'code', (e.error ->> 'details')::jsonb ->> 'problem',
        (e.error ->> 'details')::jsonb ->> 'row'
    )
    from (
        select tests.error(
            format(
                'select pg_temp.as_manager(%s, %L)', manager,
                format('%s, %L, ''why''', cart, rows)
            )
        ) as error
    ) as e
$$;

-- Before anything is arranged there is no such plan.
select is(
    tests.quote_error(:cart, 'custom') ->> 'code', 'plan_unknown', 'nothing is arranged yet'
);

-- What is refused.
create temporary table refused as
select r.*, row_number() over () as number
from (
    values
    (pg_temp.rows('{0}', '{91643}'), 'it needs from 2 to 60 parts', null, 'one part'),
    ('[]', 'it needs from 2 to 60 parts', null, 'none'),
    ('{}', 'it needs from 2 to 60 parts', null, 'no list'),
    ('"91643"', 'it needs from 2 to 60 parts', null, 'a word'),
    (
        (
            select pg_temp.rows(array_agg(g), array_agg(1::numeric))
            from generate_series(1, 61) as g
        ), 'it needs from 2 to 60 parts', null, 'too many'
    ),
    (
        pg_temp.rows('{-1,30}', '{50000,41643}'), 'the first date is past', 1, 'yesterday'
    ),
    (pg_temp.rows('{0,0}', '{50000,41643}'), 'the dates must ascend', 2, 'one date twice'),
    (pg_temp.rows('{30,0}', '{50000,41643}'), 'the dates must ascend', 2, 'dates that go back'),
    (
        pg_temp.rows('{0,30}', '{50000,41642}'), 'its parts must add up to the total', null,
        'a cent too few'
    ),
    (
        pg_temp.rows('{0,30}', '{50000,41644}'), 'its parts must add up to the total', null,
        'a cent too many'
    ),
    (
        pg_temp.rows('{0,30}', '{50000.5,41642.5}'),
        'each part needs an amount in whole minor units, 1 or more', 1, 'half a cent'
    ),
    (
        pg_temp.rows('{0,30}', '{91643,0}'),
        'each part needs an amount in whole minor units, 1 or more', 2, 'a part of nothing'
    ),
    (
        pg_temp.rows('{0,30}', '{91644,-1}'),
        'each part needs an amount in whole minor units, 1 or more', 2, 'less than nothing'
    ),
    (
        pg_temp.rows('{0,30}', '{100000000000,-99999908357}'),
        'each part needs an amount in whole minor units, 1 or more', 1, 'more than any price'
    ),
    (
        '[{"due_on": "2099-01-01", "amount_minor": "50000"}, {"due_on": "2099-02-01",
        "amount_minor": 41643}]', 'each part needs an amount in whole minor units, 1 or more', 1,
        'an amount in words'
    ),
    (
        '[{"due_on": "2099-01-01"}, {"due_on": "2099-02-01", "amount_minor": 41643}]',
        'each part needs an amount in whole minor units, 1 or more', 1, 'no amount'
    ),
    (
        '[{"due_on": "2099-01-01", "amount_minor": 50000, "note": "x"},
        {"due_on": "2099-02-01", "amount_minor": 41643}]',
        'each part has a date and an amount, and nothing else', 1, 'something that nobody reads'
    ),
    (
        '[{"due_on": "2099-02-30", "amount_minor": 50000}, {"due_on": "2099-03-01",
        "amount_minor": 41643}]', 'each part needs a date, as in 2027-01-31', 1,
        'a day that does not exist'
    ),
    (
        '[{"due_on": "tomorrow", "amount_minor": 50000}, {"due_on": "2099-03-01",
        "amount_minor": 41643}]', 'each part needs a date, as in 2027-01-31', 1, 'a day in words'
    ),
    (
        '[{"amount_minor": 50000}, {"due_on": "2099-03-01", "amount_minor": 41643}]',
        'each part needs a date, as in 2027-01-31', 1, 'no date'
    ),
    ('[1, 2]', 'each part needs a date, as in 2027-01-31', 1, 'no parts at all')
) as r (rows, problem, at, what);
select is(
    pg_temp.problem(:manager, :cart, r.rows), concat_ws(': ', 'schedule_invalid', r.problem, r.at),
    r.what
)
from refused as r
order by r.number;
select is(
    pg_temp.problem(:manager, :cart, null), 'schedule_invalid: there is none to withdraw',
    'nothing to withdraw'
);
select pg_temp.rows('{0,30}', '{50000,41643}') as good \gset
select is(
    pg_temp.refusal(:manager, format('%s, %L, '' ''', :cart, :'good')), 'schedule_invalid',
    'a blank reason'
);
select is(
    pg_temp.refusal(:manager, format('%s, %L, null', :cart, :'good')), 'schedule_invalid',
    'no reason'
);
select is(
    pg_temp.refusal(:manager, format('%s, %L, repeat(''x'', 501)', :cart, :'good')),
    'schedule_invalid', 'a reason that is too long'
);
select is(
    pg_temp.refusal(:manager, format('-1, %L, ''why''', :'good')), 'cart_not_found', 'no cart'
);
select is(
    tests.error_code(
        format(
            'select pg_temp.as_manager(%s, %L, null, ''elmst'')', :foreign_manager,
            format('%s, %L, ''why''', :cart, :'good')
        )
    ), 'cart_not_found', 'a cart of another studio'
);
select is(
    pg_temp.refusal(
        :manager, format('%s, %L, ''why''', :cart, :'good'), tests.family('Another')
    ), 'cart_not_found', 'a cart of another family than the one they act for'
);
select is(
    tests.error_code(
        format(
            'select tests.as_staff(%s, %L)', :staff,
            format('api.set_payment_schedule(%s, %L, ''why'')', :cart, :'good')
        )
    ), '42501', 'staff who are no managers'
);
select is(
    tests.family_error_code(
        :family, format('api.set_payment_schedule(%s, %L, ''why'')', :cart, :'good')
    ), '42501', 'the family itself'
);
select is(
    (select count(*) from pricing.custom_schedules)
    + (select count(*) from pricing.custom_schedule_parts)
    + (select count(*) from pricing.payment_plans where kind = 'custom'),
    0::bigint, 'nothing was written by any of them'
);

-- What is arranged is quoted, without a fee.
select pg_temp.as_manager(:manager, format('%s, %L, '' job  lost ''', :cart, :'good')) as set \gset
select is(
    :'set'::jsonb,
    jsonb_build_object(
        'cart_id', :cart, 'plan_code', 'custom', 'total_minor', 91643, 'auto_pay', false, 'rows',
        :'good'::jsonb
    ), 'the answer says what was arranged'
);
select is(
    (
        select jsonb_agg(r.value - 'number')
        from jsonb_array_elements(tests.quote(:cart, 'custom') -> 'schedule') as r
    ),
    :'good'::jsonb, 'and so does a quote'
);
select is(
    tests.quote(:cart, 'custom') -> 'plan',
    '{"code": "custom", "label": "As arranged with the studio", "installments": 2,
    "auto_pay": false}', 'by its plan'
);
select is(tests.total(:cart, 'custom'), 91643::bigint, 'at the same total: no fee is added');
select is(
    (
        select (s.reason, s.set_by, s.family_id)::text
        from pricing.custom_schedules as s where s.cart_id = :cart
    ),
    row('job lost'::text, :manager::bigint, :family::bigint)::text, 'who and why are kept'
);
-- What is arranged can be taken, whatever the row of the plan says.
select is(
    tests.family_error_code(
        :family, format(
            'api.checkout(%s, %s, ''short'')', :cart, tests.quote(:cart, 'custom') ->> 'quote_id'
        )
    ), 'idempotency_key_required', 'it is refused for nothing but the key'
);
-- Saved again as it was answered.
select is(
    pg_temp.as_manager(:manager, format('%s, %L, ''again''', :cart, :'set'::jsonb -> 'rows')),
    :'set'::jsonb, 'what is answered can be saved'
);
select is(
    (
        select array_agg(s.superseded_at is null order by s.id) from pricing.custom_schedules as s
        where s.cart_id = :cart
    ), '{f,t}', 'and supersedes the one before'
);
select is(
    (select count(*) from pricing.payment_plans as p where p.kind = 'custom'), 1::bigint,
    'the term has one such plan'
);

-- Another cart has nothing of it; another total needs another one.
select is(
    tests.quote_error(tests.cart(tests.student(tests.family()), :monday), 'custom') ->> 'code',
    'plan_unknown', 'it is for this cart alone'
);
select s.student_id as student from enrollment.cart_items as s where s.cart_id = :cart \gset
select tests.cart(:student, :tuesday) as cart \gset
select is(
    tests.quote_error(:cart, 'custom') ->> 'message',
    'The payment schedule does not hold: its parts must add up to the total.',
    'once the cart has changed it holds no longer'
);
select pg_temp.as_manager(:manager, format('%s, null, ''a mistake''', :cart)) as withdrawn \gset
select is(
    tests.quote_error(:cart, 'custom') ->> 'code', 'plan_unknown', 'withdrawn, it is gone'
);
select tests.confirmed(:cart) as registration \gset
select is(
    pg_temp.refusal(:manager, format('%s, %L, ''why''', :cart, :'good')), 'cart_closed',
    'what is sold is arranged no more'
);
select * from finish();
rollback;
