begin;
set local search_path = tap, public;
select plan(7);
select tests.merchant_account() as account \gset
create function pg_temp.answer(event bigint) returns text language sql as $$
    select tests.as_thin_api(format('payment.notice_answer(%s)', event)) #>> '{}'
$$;
-- A delivery whose look-up at the gateway fails, and how it is answered.
create function pg_temp.failing_delivery() returns text language plpgsql as $$
declare
    v_event_id constant bigint := tests.notice(
        'https://gateway.example/transactions/trx1'
    ) -> 'event_id';
begin
    perform tests.answer(c, 503) from tests.claim_of_notice(v_event_id) as c;
    return pg_temp.answer(v_event_id);
end;
$$;
select is(pg_temp.failing_delivery(), '500', 'the first: the gateway shall send it again');
select is(pg_temp.failing_delivery(), '500', 'the second: once more');
select is(
    pg_temp.failing_delivery(), '201',
    'the third is ours: a webhook that keeps failing would be switched off'
);
select e.id as event from payment.gateway_events as e where e.gateway_id = 'ntf1'
and e.received_at = now() \gset
select is(
    (
        select (e.status, e.deliveries, e.last_error)::text from payment.gateway_events as e
        where e.id = :event
    ),
    '(received,3,"status 503")', 'it is not forgotten'
);
select tests.worker() as staff \gset
select is(
    tests.as_staff(
        :staff,
        '(select jsonb_agg(i.kind) from api.incidents as i
        where i.details ->> ''notice'' = ''ntf1'')'
    ),
    '["notice_not_applied"]', 'staff see it'
);
select tests.run(format('select payment.settle_event(%s, ''applied'')', :event));
select is(pg_temp.answer(:event), '201', 'applied');
select is(pg_temp.answer(0), null, 'a notice that is not there has no answer');
select * from finish();
rollback;
