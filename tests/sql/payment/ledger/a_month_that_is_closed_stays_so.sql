begin;
set local search_path = tap, public;
select plan(34);
select
    tests.family() as family, tests.worker('owner') as owner, tests.worker('manager') as manager,
    tests.family('Cole', 'elmst') as theirs \gset
-- What other tests of the same run have posted, and this one's term, are of no matter here.
create function pg_temp.today() returns date
language sql as $$
    select (tests.value('studio.local_date(now())') #>> '{}')::date
$$;
-- The first day of a month, counted back from this one.
create function pg_temp.month(p_back integer) returns date
language sql as $$
    select (date_trunc('month', pg_temp.today()) - make_interval(months => p_back))::date
$$;
create function pg_temp.post(
    p_id bigint, p_on date, p_amount_minor bigint, p_studio text default 'aydt'
) returns boolean
language sql as $$
    select tests.value(
        format(
            'payment.post(''credit'', %s, %s, null, %L, %L)', p_id,
            case p_studio
                when 'aydt' then current_setting('tests.family')
                else current_setting('tests.theirs')
            end,
            p_on, jsonb_build_object('cash', p_amount_minor, 'credits', - p_amount_minor)
        ), p_studio
    )::boolean
$$;
create function pg_temp.close(p_month text) returns jsonb
language sql as $$
    select tests.as_staff(
        current_setting('tests.owner')::bigint, format('api.close_month(%s)', p_month), null,
        'owner'
    )
$$;
create function pg_temp.close_error(p_month text) returns text
language plpgsql as $$
declare
    v_error text;
begin
    v_error := tests.error_code(format('select pg_temp.close(%L)', p_month));
    perform tests.act_as_operator();
    return v_error;
end;
$$;
create function pg_temp.days_of(p_id bigint) returns text
language sql as $$
    select concat_ws(
        ' ', p.occurred_on - pg_temp.month(4), p.posted_on - pg_temp.month(4)
    )
    from payment.ledger_postings as p
    where p.source = 'credit' and p.source_id = p_id
$$;
create function pg_temp.balances(p_back integer) returns text
language sql as $$
    select string_agg(
        concat_ws(
            ' ', b ->> 'account', b ->> 'debits_minor', b ->> 'credits_minor',
            b ->> 'balance_minor', b ->> 'is_closed'
        ), '; ' order by b ->> 'account'
    )
    from jsonb_array_elements(
        tests.as_staff(
            current_setting('tests.manager')::bigint,
            format(
                '(select coalesce(jsonb_agg(t), ''[]'') from api.trial_balance as t
                where t.month = %L and t.account in (''cash'', ''credits''))',
                pg_temp.month(p_back)
            ),
            null,
            'manager'
        )
    ) as b
$$;
select
    set_config('tests.family', :'family', true), set_config('tests.theirs', :'theirs', true),
    set_config('tests.owner', :'owner', true), set_config('tests.manager', :'manager', true)
\g /dev/null

select pg_temp.post(1, pg_temp.month(4) + 9, 100) \g /dev/null
select pg_temp.post(2, pg_temp.month(3) - 1, 10) \g /dev/null
select pg_temp.post(3, pg_temp.month(2), 1000) \g /dev/null
select pg_temp.post(4, pg_temp.month(1) + 20, -400) \g /dev/null
select is(
    (select array_agg(pg_temp.balances(b.back) order by b.back desc)
    from generate_series(0, 4) as b (back)),
    array[
        'cash 110 0 110 false; credits 0 110 -110 false',
        'cash 0 0 110 false; credits 0 0 -110 false',
        'cash 1000 0 1110 false; credits 0 1000 -1110 false',
        'cash 0 400 710 false; credits 400 0 -710 false',
        null
    ],
    'a trial balance has each month up to the last one with a posting'
);

-- Which month can be closed, by whom.
select is(
    pg_temp.close_error(w.month), w.code, 'refused: ' || w.month
)
from (
    values
    ('null', 'month_invalid'),
    ('''infinity''', 'month_invalid'),
    ('''-infinity''', 'month_invalid'),
    ('''0001-01-01 BC''', 'month_invalid'),
    ('''2026-01-02''', 'month_invalid')
) as w (month, code);
select is(
    pg_temp.close_error(quote_literal(pg_temp.month(0))), 'month_not_over', 'it is not over yet'
);
select is(
    pg_temp.close_error(quote_literal(pg_temp.month(-1))), 'month_not_over', 'or has not begun'
);
select is(
    tests.error_code(
        format(
            'select tests.as_staff(%s, %L, null, ''manager'')', :manager,
            format('api.close_month(%L)', pg_temp.month(3))
        )
    ), '42501', 'managers close none'
);
select tests.act_as_operator();
select is_empty('select from payment.ledger_periods', 'none is closed so far');

select is(
    pg_temp.close(quote_literal(pg_temp.month(3))),
    jsonb_build_object(
        'month', pg_temp.month(3), 'months_closed', 2, 'open_from', pg_temp.month(2)
    ),
    'a month is closed with those before it'
);
select results_eq(
    'select p.month, p.closed_by from payment.ledger_periods as p order by 1',
    format(
        'values (pg_temp.month(4), %1$s::bigint), (pg_temp.month(3), %1$s::bigint)', :owner
    ),
    'it stands there who did'
);
select results_eq(
    $$
        select t.month, t.account, t.debits_minor, t.credits_minor
        from payment.ledger_totals as t order by 1, 2
    $$,
    $$
        values
        (pg_temp.month(4), 'cash', 110::bigint, 0::bigint),
        (pg_temp.month(4), 'credits', 0::bigint, 110::bigint)
    $$,
    'with what was posted in it'
);
select is(
    (select array_agg(pg_temp.balances(b.back) order by b.back desc)
    from generate_series(1, 4) as b (back)),
    array[
        'cash 110 0 110 true; credits 0 110 -110 true',
        'cash 0 0 110 true; credits 0 0 -110 true',
        'cash 1000 0 1110 false; credits 0 1000 -1110 false',
        'cash 0 400 710 false; credits 400 0 -710 false'
    ],
    'the trial balance says the same'
);
select is(
    pg_temp.close_error(quote_literal(pg_temp.month(b.back))), 'month_closed', 'closed before'
)
from generate_series(3, 5) as b (back);

-- What is posted then.
select is(
    tests.error_code(
        format(
            'select tests.run(%L)',
            format(
                'insert into payment.ledger_postings (
                    studio_id, family_id, source, source_id, occurred_on, posted_on,
                    amount_minor, entry_count
                )
                values (auth.studio_id(), %s, ''credit'', 5, %L, %2$L, 1, 2)',
                :family, pg_temp.month(2) - 1
            )
        )
    ), 'month_closed', 'the month refuses postings'
);
select tests.act_as_operator();
select ok(pg_temp.post(6, pg_temp.month(4) + 2, 7), 'what happened in it and comes late is posted');
select is(
    pg_temp.days_of(6), '2 ' || pg_temp.month(2) - pg_temp.month(4),
    'to the first day that is open, with its own day beside'
);
select ok(pg_temp.post(7, pg_temp.month(2) - 1, 7), 'and so to the last day of it');
select is(
    pg_temp.days_of(7),
    concat_ws(' ', pg_temp.month(2) - 1 - pg_temp.month(4), pg_temp.month(2) - pg_temp.month(4)),
    'too'
);
select ok(pg_temp.post(8, pg_temp.month(2), 7), 'the next day is open');
select is(
    pg_temp.days_of(8),
    concat_ws(' ', pg_temp.month(2) - pg_temp.month(4), pg_temp.month(2) - pg_temp.month(4)),
    'as it is'
);
select is(
    pg_temp.balances(4), 'cash 110 0 110 true; credits 0 110 -110 true',
    'what was closed says what it said'
);
select is(
    pg_temp.balances(2), 'cash 1021 0 1131 false; credits 0 1021 -1131 false',
    'the others go on from there'
);
-- Another studio's months are its own. What is posted is checked in the scope of its studio.
select tests.act_as_deploy();
set constraints all immediate;
set constraints all deferred;
select ok(
    pg_temp.post(9, pg_temp.month(4), 5, 'elmst'), 'another studio posts'
);
select is(pg_temp.days_of(9), '0 0', 'to its own months, which are open');
select tests.act_as_deploy('elmst');
set constraints all immediate;
set constraints all deferred;

-- What has happened is posted before.
select tests.section('Closing') as section \gset
alter table payment.transactions disable trigger _500_post_transaction;
select tests.confirmed(tests.cart(tests.student(:family), :section)) as registration \gset
-- A table whose checks are pending can't be altered.
select tests.act_as_deploy();
set constraints all immediate;
set constraints all deferred;
select tests.act_as_operator();
alter table payment.transactions enable trigger _500_post_transaction;
select tests.value('(select count(*) from payment.unposted_facts(''-infinity'', 9))') as missing \gset
select is(:missing, 2, 'a sale and what it paid are missing');
select is(
    pg_temp.close(quote_literal(pg_temp.month(1))) -> 'months_closed', '2',
    'a later month takes along the one before'
);
select is(
    tests.value('(select count(*) from payment.unposted_facts(''-infinity'', 9))'), '0',
    'and what was missing is posted'
);
select is(
    (
        select array_agg(distinct t.sum) from (
            select sum(b.balance_minor) as sum
            from jsonb_to_recordset(
                tests.as_staff(
                    :manager, '(select jsonb_agg(t) from api.trial_balance as t)', null, 'manager'
                )
            ) as b (month date, balance_minor bigint)
            group by b.month
        ) as t
    ), array[0::numeric], 'each month''s balances come to 0'
);

select is(
    (
        select to_jsonb(count(*)) from payment.ledger_totals as t
        where t.studio_id = (select s.id from studio.studios as s where s.slug = 'elmst')
    ), '0', 'and nothing of it is another studio''s'
);
select tests.act_as_deploy();
select lives_ok('set constraints all immediate', 'all of it is balanced');
select * from finish();
rollback;
