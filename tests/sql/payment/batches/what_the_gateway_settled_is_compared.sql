begin;
set local search_path = tap, public;
select plan(32);
select
    tests.section('Batches', p_capacity => null) as section,
    tests.worker('staff') as staff,
    tests.merchant_account() as account,
    tests.merchant_account('elmst') as other_account \gset
select set_config('tests.staff', :'staff', true), set_config('tests.account', :'account', true)
\g /dev/null

-- What is asked for a merchant account, and what is answered to it: the one call of a purpose.
create function pg_temp.asked(p_purpose text) returns text
language sql as $$
    select string_agg(c.path || coalesce(' of ' || b.gateway_id, ''), ', ' order by c.id)
    from payment.gateway_calls as c
    left join payment.batches as b on c.resource = b.id::text
    where
        c.merchant_account_id = current_setting('tests.account')::bigint
        and c.purpose = p_purpose
        and c.status = 'queued'
$$;
create function pg_temp.answer(p_purpose text, p_answer jsonb, p_status integer default 200)
returns void
language plpgsql as $$
declare
    v_call jsonb;
begin
    update payment.gateway_calls as c
    set next_attempt_at = case
        when
            c.purpose = p_purpose
            and c.merchant_account_id = current_setting('tests.account')::bigint
            and c.id = (
                select min(x.id) from payment.gateway_calls as x
                where
                    x.purpose = p_purpose
                    and x.status = 'queued'
                    and x.merchant_account_id = c.merchant_account_id
            )
            then now() else now() + interval '1 day'
    end
    where c.status = 'queued';
    select c.value into strict v_call
    from jsonb_array_elements(
        tests.as_thin_api('(select jsonb_agg(c) from payment.claim_calls(10) as c)')
    ) as c (value);
    perform tests.answer(v_call, p_status, p_answer);
end;
$$;
create function pg_temp.money(p_minor bigint) returns jsonb
language sql as $$
    select jsonb_build_object(
        'count', 1, 'total',
        jsonb_build_object(
            'amount', to_char(p_minor / 100.0, 'FM999999990.00'), 'currencyCode', 'USD'
        )
    )
$$;
create function pg_temp.batch(
    p_id text, p_state text, p_debits bigint[], p_credits bigint[], p_changes jsonb default '{}'
) returns jsonb
language sql as $$
    select jsonb_build_object(
        'id', p_id, 'state', p_state, 'createdAt', '2027-01-05T10:00:00.000Z',
        'debits', pg_temp.money(p_debits[1]) || jsonb_build_object('count', p_debits[2]),
        'credits', pg_temp.money(p_credits[1]) || jsonb_build_object('count', p_credits[2]),
        'net', pg_temp.money(p_debits[1] - p_credits[1])
    ) || p_changes
$$;
create function pg_temp.items(variadic p_items jsonb[]) returns jsonb
language sql as $$
    select jsonb_build_object('items', to_jsonb(p_items), 'next', null)
$$;
create function pg_temp.unmatched() returns text
language sql as $$
    select coalesce(
        string_agg(
            concat_ws(
                ' ', u ->> 'kind', coalesce(u -> 'details' ->> 'transaction', u -> 'details' ->> 'batch')
            ), ', ' order by u ->> 'kind', u -> 'details' ->> 'transaction'
        ), ''
    )
    from jsonb_array_elements(
        tests.as_staff(
            current_setting('tests.staff')::bigint,
            '(select coalesce(jsonb_agg(u), ''[]'') from api.unmatched as u)'
        )
    ) as u
$$;

-- Three sales that are captured, one of them given back in part.
create temporary table paid as
select n.number, tests.open_payment(:section) as payment from generate_series(1, 3) as n (number);
select tests.apply(p.payment, tests.sale(p.payment, 's' || p.number)) from paid as p;
select p.payment as first from paid as p where p.number = 1 \gset
select p.payment as second from paid as p where p.number = 2 \gset
select p.payment as third from paid as p where p.number = 3 \gset
select p.amount_minor as amount from payment.payments as p where p.id = :first \gset

-- The list of batches.
select is(tests.value('payment.ask_batches()'), '1', 'the studio''s account is asked about');
select is(tests.value('payment.ask_batches()'), '0', 'once at a time');
select matches(
    pg_temp.asked('list_batches'),
    '^/batches\?limit=200&filter=createdAt_ge_\d{4}-\d\d-\d\dT[\d:.]+Z$',
    'from when it was opened'
);
select pg_temp.answer('list_batches', '{}', 404);
select is(pg_temp.unmatched(), '', 'no list is no batch');
select tests.value('payment.ask_batches()') \g /dev/null
select pg_temp.answer(
    'list_batches',
    pg_temp.items(
        pg_temp.batch('b1', 'submitted', array[3 * :amount, 3], array[0, 0]),
        pg_temp.batch('b0', 'failed', array[3 * :amount, 3], array[0, 0])
    ) || '{"next": "https://gw.example/batches?limit=200&pageToken=p2"}'
);
select is(
    pg_temp.asked('list_batches'), '/batches?limit=200&pageToken=p2', 'the next page is asked for'
);
select is(
    (select count(*) from payment.batch_cursors), 0::bigint, 'how far it was read is not noted yet'
);
select pg_temp.answer('list_batches', '{"items": [], "next": null}');
select is(
    (select c.seen_until from payment.batch_cursors as c), '2027-01-05 10:00+00', 'then it is'
);
select is(
    pg_temp.asked('list_batch_transactions'), null,
    'what is submitted has no end yet, and what failed nothing in it'
);
select is(
    (select string_agg(b.gateway_id || ' ' || (b.matched_at is not null), ', ' order by b.gateway_id)
    from payment.batches as b), 'b0 true, b1 false', 'of one that failed there is nothing to compare'
);

-- It is settled.
select tests.value('payment.ask_batches()') \g /dev/null
select is(
    pg_temp.asked('list_batches'), '/batches?limit=200&filter=createdAt_ge_2027-01-05T09:50:00.000Z',
    'the next list begins before the end of the last one'
);
select pg_temp.answer(
    'list_batches', pg_temp.items(pg_temp.batch('b1', 'settled', array[3 * :amount, 3], array[0, 0]))
);
select is(
    pg_temp.asked('list_batch_transactions'), '/transactions?limit=200&filter=batch_eq_b1 of b1',
    'what was in it is asked for'
);
select is(pg_temp.unmatched(), '', 'until then there is nothing to say');
create function pg_temp.item(p_payment bigint, p_id text, p_changes jsonb default '{}') returns jsonb
language sql as $$
    select tests.sale(p_payment, p_id, '{"state": "settled"}' || p_changes)
$$;
-- The first we have heard of; of the second not that it was settled; the third is known of.
select tests.apply(:first, pg_temp.item(:first, 's1'));
select pg_temp.answer(
    'list_batch_transactions',
    pg_temp.items(pg_temp.item(:first, 's1'), pg_temp.item(:second, 's2'))
    || '{"next": "https://gw.example/transactions?limit=200&pageToken=p2"}'
);
select is(
    pg_temp.asked('list_batch_transactions'), '/transactions?limit=200&pageToken=p2 of b1',
    'page by page'
);
select is(pg_temp.unmatched(), '', 'half a batch is compared with nothing');
select pg_temp.answer(
    'list_batch_transactions', pg_temp.items(pg_temp.item(:third, 's3'))
);
select is(
    (select string_agg(t.gateway_id, ' ') from payment.transactions as t
    where t.batch_id is not null), 's1', 'what agrees is of the batch'
);
select is(
    pg_temp.unmatched(), 'state_differs s2, state_differs s3', 'what does not is listed'
);
select is(
    pg_temp.asked('fetch_transaction'), '/transactions/s2, /transactions/s3', 'and asked about'
);
select is(tests.value('payment.ask_batches()'), '1', 'once: only the list is asked for again');
select pg_temp.answer('fetch_transaction', pg_temp.item(:second, 's2'));
select pg_temp.answer('fetch_transaction', pg_temp.item(:third, 's3'));
select is(
    (
        select string_agg(p.source, ' ' order by p.id) from payment.ledger_postings as p
        where p.source_id = (select t.id from payment.transactions as t where t.gateway_id = 's2')
        and p.source in ('sale', 'settlement')
    ), 'sale settlement', 'what it says is taken over and posted'
);
select tests.value('payment.ask_batches()') \g /dev/null
select is(pg_temp.unmatched(), '', 'the next look finds that all agree');
select isnt(
    (select b.matched_at from payment.batches as b where b.gateway_id = 'b1'), null,
    'and the batch is done with'
);

-- What differs for good.
select tests.apply(
    :first,
    tests.sale(
        :first, 'r1',
        '{"type": "refund", "state": "settled", "parentTransaction": "s1",
        "total": {"amount": "50.00", "currencyCode": "USD"}}'
    )
);
select pg_temp.answer(
    'list_batches',
    pg_temp.items(pg_temp.batch('b2', 'settled', array[0, 0], array[5100, 2]))
);
select is(
    (select b.net_minor from payment.batches as b where b.gateway_id = 'b2'), -5100::bigint,
    'a batch may cost the studio something'
);
select pg_temp.answer(
    'list_batch_transactions',
    pg_temp.items(
        pg_temp.item(:first, 'r1', '{"type": "refund", "parentTransaction": "s1",
        "total": {"amount": "50.00", "currencyCode": "USD"}}'),
        pg_temp.item(
            :first, 'x1',
            '{"orderReference": "theirs", "customReference": null, "type": "refund",
            "total": {"amount": "1.00", "currencyCode": "USD"}}'
        )
    )
);
select is(
    pg_temp.unmatched(), 'transaction_unknown x1', 'a transaction in it is none of ours'
);
select is(pg_temp.asked('fetch_transaction'), null, 'and nobody to ask about it for');
select tests.value('payment.ask_batches()') \g /dev/null
select pg_temp.answer(
    'list_batches',
    pg_temp.items(pg_temp.batch('b3', 'settled', array[:amount + 1, 1], array[0, 0]))
);
select pg_temp.answer(
    'list_batch_transactions',
    pg_temp.items(pg_temp.item(:first, 's1', '{"total": {"amount": "1.00", "currencyCode": "USD"}}'))
);
select is(
    pg_temp.unmatched(), 'amount_differs s1, sums_differ b3, transaction_unknown x1',
    'another amount than ours, and other sums than its own'
);
select tests.value('payment.ask_batches()') \g /dev/null
select pg_temp.answer(
    'list_batches',
    pg_temp.items(pg_temp.batch('b4', 'settled', array[:amount, 1], array[0, 0]))
);
select pg_temp.answer('list_batch_transactions', pg_temp.items(pg_temp.item(:first, 's1')));
select is(
    pg_temp.unmatched(),
    'amount_differs s1, batch_differs s1, sums_differ b3, transaction_unknown x1',
    'one that was in another batch'
);

-- What should have been settled, or be in a batch, by now.
select tests.open_payment(:section) as late \gset
select tests.apply(:late, tests.sale(:late, 'slow'));
select tests.apply(:late, tests.sale(:late, 'foreign', '{"total": {"amount": "1.00",
    "currencyCode": "CAD"}}'));
select tests.open_payment(:section) as lost \gset
select tests.apply(:lost, tests.sale(:lost, 'lost', '{"state": "settled"}'));
select is(
    (select string_agg(k.word, ', ') from regexp_split_to_table(pg_temp.unmatched(), ', ') as k (word)
    where k.word not like '%_differ%' and k.word not like '%unknown%'),
    'other_currency foreign', 'money in another currency is listed at once'
);
update payment.transactions as t set updated_at = now() - interval '3 days'
where t.gateway_id in ('slow', 'lost');
select is(
    (select string_agg(k.word, ', ') from regexp_split_to_table(pg_temp.unmatched(), ', ') as k (word)
    where k.word not like '%_differ%' and k.word not like '%unknown%'),
    'other_currency foreign', 'for settlement_days nothing is late'
);
update payment.transactions as t set updated_at = now() - interval '3 days 1 second'
where t.gateway_id in ('slow', 'lost');
select is(
    (select string_agg(k.word, ', ') from regexp_split_to_table(pg_temp.unmatched(), ', ') as k (word)
    where k.word not like '%_differ%' and k.word not like '%unknown%'),
    'in_no_batch lost, not_settled slow, other_currency foreign', 'then it is'
);
select tests.value('payment.ask_batches()') \g /dev/null
select pg_temp.answer(
    'list_batches',
    pg_temp.items(
        pg_temp.batch('b5', 'submitted', array[1, 1], array[0, 0], '{"createdAt":
        "2020-01-05T10:00:00.000Z"}')
    )
);
select matches(pg_temp.unmatched(), 'batch_not_settled b5', 'and so is a batch that has no end');
select is(
    pg_temp.asked('list_batches'), null, 'nothing is left to ask'
);
select is(
    (
        select count(*) from payment.gateway_calls as c
        where c.merchant_account_id = :other_account and c.purpose like 'list_batch%'
    ), 0::bigint, 'another studio''s account was never asked about'
);
select * from finish();
rollback;
