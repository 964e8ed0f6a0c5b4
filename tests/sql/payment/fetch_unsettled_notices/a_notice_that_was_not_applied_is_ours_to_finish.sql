begin;
set local search_path = tap, public;
select plan(8);
select tests.merchant_account() as account \gset
create function pg_temp.fetch() returns text language sql as $$
    select tests.value('payment.fetch_unsettled_notices()') #>> '{}'
$$;
create function pg_temp.age(p_event_id bigint, age interval) returns void language plpgsql as $$
begin
    update payment.gateway_events as e set received_at = now() - age where e.id = p_event_id;
    update payment.gateway_calls as c
    set status = 'failed', lease_token = null, leased_until = null, created_at = now() - age
    where c.event_id = p_event_id;
end;
$$;
select tests.notice('https://gateway.example/transactions/trx1', 'ntf1') ->> 'event_id' as event \gset
select is(pg_temp.fetch(), '0', 'a notice that has just come has its own fetch');
update payment.gateway_calls as c set status = 'claimed', lease_token = gen_random_uuid(),
leased_until = now() where c.event_id = :event;
select pg_temp.age(:event, '4 min');
select is(pg_temp.fetch(), '0', 'so soon it is not tried again');
select pg_temp.age(:event, '6 min');
select is(pg_temp.fetch(), '1', 'after a while it is');
select is(
    (
        select c.path from payment.gateway_calls as c
        where c.event_id = :event and c.status = 'queued'
    ), '/transactions/trx1', 'at our own host'
);
select is(pg_temp.fetch(), '0', 'once at a time');
select tests.run(format('select payment.settle_event(%s, ''applied'')', :event));
update payment.gateway_calls as c set status = 'claimed', lease_token = gen_random_uuid(),
leased_until = now() where c.event_id = :event and c.status = 'queued';
select pg_temp.age(:event, '1 day');
select is(pg_temp.fetch(), '0', 'what was applied is done with');
select is(
    tests.notice('https://gateway.example/payment-sessions/pss1', 'ntf2', '{"resourceType":
    "paymentSession"}') ->> 'status', 'received', 'of a session'
);
select tests.run('update payment.merchant_accounts set status = ''inactive''');
update payment.gateway_events as e set received_at = now() - interval '1 day';
delete from payment.gateway_calls;
select is(pg_temp.fetch(), '0', 'an account that is no longer ours is not asked for');
select * from finish();
rollback;
