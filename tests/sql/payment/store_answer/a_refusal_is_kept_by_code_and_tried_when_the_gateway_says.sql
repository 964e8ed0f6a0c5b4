begin;
set local search_path = tap, public;
select plan(10);
select tests.section('Refusing', p_capacity => null) as section \gset
select tests.open_payment(:section) as payment \gset
-- The latest call of the payment as it is now.
create function pg_temp.latest(payment bigint) returns payment.gateway_calls language sql as $$
    select c.* from payment.gateway_calls as c
    where c.payment_id = payment order by c.id desc limit 1
$$;
create function pg_temp.store(
    payment bigint, status integer, answer jsonb, retry_after text default null
)
returns payment.gateway_calls language plpgsql as $$
declare
    v_call jsonb;
begin
    select c.* into strict v_call from tests.claim(payment) as c;
    perform tests.as_thin_api(
        format(
            'payment.store_answer(%s, %s, %L, %s, %L, %L)', v_call -> 'studio_id',
            v_call -> 'call_id', v_call ->> 'lease_token', status, answer, retry_after
        )
    );
    return pg_temp.latest(payment);
end;
$$;
create function pg_temp.waits(call payment.gateway_calls) returns numeric language sql as $$
    -- However long the test itself has taken, within five seconds.
    select 5 * ceil(extract(epoch from call.next_attempt_at - clock_timestamp()) / 5)
$$;
-- A void must not be made twice; but one that was not let in has not been made.
select tests.apply(:payment, tests.sale(:payment, 'trx0'));
select tests.forget_calls(:payment);
select tests.apply(:payment, tests.sale(:payment, 'trx1'));
select is(
    (
        select concat_ws(' ', c.status, c.attempts, c.answer_status, c.last_error, c.failures)
        from pg_temp.store(
            :payment, 429,
            '{"status": 429, "failures": [{"code": "tooManyRequests", "description": "Ana"}]}', '75'
        ) as c
    ),
    'queued 1 429 status 429 [{"code": "tooManyRequests", "field": null}]',
    'too many requests: the same is tried again'
);
select is(pg_temp.waits(pg_temp.latest(:payment)), 75::numeric, 'when the gateway says');
select is(
    (
        select concat_ws(' ', c.status, c.answer_status, c.failures)
        from pg_temp.store(:payment, 429, null, '1') as c
    ),
    'queued 429', 'also where it gives no reasons'
);
select is(pg_temp.waits(pg_temp.latest(:payment)), 20::numeric, 'not sooner than we would');
select is(
    (
        select c.status from pg_temp.store(
            :payment, 401, '{"failures": [{"code": "unauthorized", "field": "Authorization header"}]}'
        ) as c
    ),
    'queued', 'so is one that our key did not open'
);
select is(
    (select c.failures -> 0 ->> 'field' from pg_temp.latest(:payment) as c),
    'Authorization header', 'which is kept'
);
select (pg_temp.store(:payment, 503, null, '5')).id as asked \gset
select is(
    tests.calls(:payment),
    'void_transaction failed, find_returns queued',
    'what may have been done is asked about, not done again'
);
select is(
    (
        select c.status from pg_temp.store(
            :payment, 404, '{"failures": [{"code": "notFound", "field": null}]}'
        ) as c
    ),
    'answered', 'there is no such transaction'
);
-- A page in between that says 200, or 404, of nothing is no answer.
select tests.value(
    format(
        'payment.queue_call(%s, ''fetch_transaction'', ''/transactions/trx1'', null, %s)',
        tests.merchant_account(), :payment
    )
) as fetch \gset
select is(
    (select c.status || ' ' || c.last_error from pg_temp.store(:payment, 404, null) as c),
    'queued status 404', 'without a document there is no answer'
);
select is(
    (select count(*) from payment.gateway_calls as c where c.payment_id = :payment and c::text ~ 'Ana'),
    0::bigint, 'no words are kept'
);
select * from finish();
rollback;
