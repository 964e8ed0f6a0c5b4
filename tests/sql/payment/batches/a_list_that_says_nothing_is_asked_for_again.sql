begin;
set local search_path = tap, public;
select plan(9);
select tests.merchant_account() as account \gset
-- The calls of the account that wait, and the answer to all of a purpose.
create function pg_temp.asked(purpose text) returns bigint language sql as $$
    select count(*) from payment.gateway_calls as c
    where c.merchant_account_id = tests.merchant_account() and c.purpose = asked.purpose
    and c.status = 'queued'
$$;
create function pg_temp.answer(purpose text, status integer, answer jsonb) returns void
language plpgsql as $$
declare
    v_call jsonb;
begin
    update payment.gateway_calls as c
    set next_attempt_at = now() + case when c.purpose = answer.purpose then '0' else '1 day' end::interval
    where c.status = 'queued';
    for v_call in
        select c.value
        from jsonb_array_elements(
            tests.as_thin_api('(select jsonb_agg(c) from payment.claim_calls(10) as c)')
        ) as c (value)
    loop
        perform tests.answer(v_call, status, answer);
    end loop;
end;
$$;
select tests.value('payment.ask_batches()') \g /dev/null
select pg_temp.answer('list_batches', 200, '{"items": [], "next": null}');
select is(
    (select count(*) from payment.batch_cursors), 0::bigint,
    'where nothing was ever settled there is nothing to go on from'
);
select tests.value('payment.ask_batches()') \g /dev/null
select pg_temp.answer(
    'list_batches', 200,
    '{"items": [{"id": "b1", "state": "settled", "createdAt": "2027-01-05T10:00:00.000Z",
    "debits": {"count": 0, "total": {"amount": "0.00", "currencyCode": "USD"}},
    "credits": {"count": 0, "total": {"amount": "0.00", "currencyCode": "USD"}},
    "net": {"count": 0, "total": {"amount": "0.00", "currencyCode": "USD"}}}], "next": null}'
);
select is(pg_temp.asked('list_batch_transactions'), 1::bigint, 'what is in a batch is asked for');
select tests.value('payment.ask_batches()') \g /dev/null
select is(pg_temp.asked('list_batch_transactions'), 1::bigint, 'one list at a time');
select pg_temp.answer('list_batch_transactions', 404, '{"failures": [{"code": "notFound"}]}');
select is(
    (select b.read_at from payment.batches as b where b.gateway_id = 'b1'), null,
    'without a list it is not read'
);
select is((select count(*) from payment.batch_items), 0::bigint, 'nothing is in it');
select is(pg_temp.asked('list_batch_transactions'), 0::bigint, 'the next run asks');
select tests.value('payment.ask_batches()') \g /dev/null
select is(pg_temp.asked('list_batch_transactions'), 1::bigint, 'again');
select pg_temp.answer('list_batch_transactions', 200, '{"items": [], "next": null}');
select isnt(
    (select b.read_at from payment.batches as b where b.gateway_id = 'b1'), null, 'then it is read'
);
select isnt(
    (select b.matched_at from payment.batches as b where b.gateway_id = 'b1'), null,
    'and as empty as the gateway said'
);
select * from finish();
rollback;
