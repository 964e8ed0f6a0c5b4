begin;
set local search_path = tap, public;
select plan(7);
select tests.section('Recovered', p_capacity => null) as section \gset
select tests.payment(
    tests.held(tests.cart(tests.student(tests.family()), :section))
) as payment \gset
create temporary table claimed as select c as call from tests.claim(:payment) as c;
select is(
    (
        select round(extract(epoch from c.leased_until - clock_timestamp()))
        from payment.gateway_calls as c where c.payment_id = :payment
    ), 60::numeric,
    'a lease lasts as long as the setting says'
);
select tests.run('select payment.recover_calls()');
select is(tests.calls(:payment), 'find_shopper claimed', 'while it lasts, the call is left alone');
select tests.run(
    format(
        'update payment.gateway_calls set leased_until = now() - interval ''1 s''
        where payment_id = %s',
        :payment
    )
);
select is(tests.calls(:payment), 'find_shopper claimed', 'it ran out');
select is(
    (select count(*) from tests.claim(:payment)), 0::bigint, 'the call waits for its next try'
);
select is((select count(*) from tests.claim(:payment)), 1::bigint, 'when somebody else takes it');
select is(
    tests.error_code(format('select tests.answer(%L, 200)', call)), 'gateway_call_not_yours',
    'the first one comes back too late'
) from claimed;
select is(
    (
        select (c.attempts, c.last_error)::text from payment.gateway_calls as c
        where c.payment_id = :payment
    ), '(2,"lease ran out")', 'both tries are counted'
);
select * from finish();
rollback;
