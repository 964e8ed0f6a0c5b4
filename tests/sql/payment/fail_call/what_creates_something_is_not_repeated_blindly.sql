begin;
set local search_path = tap, public;
select plan(15);
select tests.section('Failing', p_capacity => null) as section \gset
create function pg_temp.new_payment(section bigint) returns bigint language plpgsql as $$
begin
    return tests.payment(tests.held(tests.cart(tests.student(tests.family()), section)));
end;
$$;
-- A look-up is simply repeated, later.
select pg_temp.new_payment(:section) as payment \gset
select tests.exchange(:payment, null) as sent \gset
select is(
    tests.calls(:payment), 'find_shopper queued',
    'a look-up without an answer waits for its next try'
);
select is(
    (
        select round(extract(epoch from c.next_attempt_at - clock_timestamp()))
        from payment.gateway_calls as c where c.payment_id = :payment
    ), 10::numeric,
    'in 10 seconds'
);
select tests.exchange(:payment, s.status) from unnest(array[500, 429]) as s (status);
select is(
    (
        select round(extract(epoch from c.next_attempt_at - clock_timestamp()))
        from payment.gateway_calls as c where c.payment_id = :payment
    ), 40::numeric,
    'the third time in 40'
);
select count(tests.exchange(:payment, 503)) as tried from generate_series(4, 8) as g \gset
select is(tests.calls(:payment), 'find_shopper failed', 'after the eighth it is given up');
select is(tests.payment_status(:payment), 'failed', 'and with it the payment');
select tests.payment(tests.registration_of(:payment)) as payment \gset
select is(tests.calls(:payment), 'find_shopper queued', 'the family may try again');

-- A shopper is looked for before another one is made.
select tests.exchange(:payment, 200, '{"items": []}') as sent \gset
select tests.exchange(:payment, null) as sent \gset
select is(
    tests.calls(:payment), 'find_shopper answered, create_shopper failed, find_shopper queued',
    'a shopper that may have been made is looked for'
);
select tests.exchange(:payment, 200, '{"items": [{"id": "shp7"}]}') as sent \gset
select is(
    (
        select s.gateway_id from payment.shoppers as s
        inner join payment.payments as p on s.id = p.shopper_id where p.id = :payment
    ), 'shp7', 'and taken up'
);
-- An order and a session cost nothing: they are asked for again.
select tests.exchange(:payment, null) as sent \gset
select is(
    tests.exchange(:payment, 201, '{"id": "ord1"}'), 'POST /orders', 'an order is asked for again'
);
select tests.exchange(:payment, 500) as sent \gset
select is(
    tests.exchange(:payment, 201, '{"id": "pss1", "url": "https://pay.example/pss1"}'),
    'POST /payment-sessions', 'a session too'
);

-- A refusal is an answer: the payment could not be set up, and another one may be begun.
select pg_temp.new_payment(:section) as payment \gset
select tests.exchange(:payment, 200, '{"items": []}') as sent \gset
select tests.exchange(:payment, 400, '{"failures": [{"code": "invalid"}]}') as sent \gset
select is(tests.payment_status(:payment), 'failed', 'a refused request ends the payment');
select isnt(
    tests.payment(tests.registration_of(:payment))::text, :'payment', 'the next one is another'
);

-- It ends, though each try is a call of its own.
select pg_temp.new_payment(:section) as payment \gset
create function pg_temp.keep_failing(payment bigint) returns integer language plpgsql as $$
declare
    v_call jsonb;
    v_created integer := 0;
begin
    for v_round in 1..100 loop
        select c into v_call from tests.claim(payment) as c;
        exit when not found;
        if v_call ->> 'method' = 'POST' then
            v_created := v_created + 1;
            perform tests.answer(v_call, 500);
        else
            perform tests.answer(v_call, 200, '{"items": []}');
        end if;
    end loop;
    return v_created;
end;
$$;
select cmp_ok(
    pg_temp.keep_failing(:payment), '<=', 8,
    'a shopper that can not be made is given up like any call'
);

-- What a notice points at: its failure is the notice's.
select tests.notice('https://gateway.example/transactions/trx1') ->> 'event_id' as event \gset
select tests.answer(c, 500) from tests.claim_of_notice(:event) as c;
select is(
    (
        select (e.status, e.failures)::text from payment.gateway_events as e where e.id = :event
    ), '(received,1)', 'is counted with the notice'
);
select tests.answer(c, 404) from tests.claim_of_notice(:event) as c;
select is(
    (select e.status from payment.gateway_events as e where e.id = :event), 'unmatched',
    'what is not there settles it'
);
select * from finish();
rollback;
