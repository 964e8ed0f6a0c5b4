begin;
set local search_path = tap, public;
select plan(26);
select tests.merchant_account() as account \gset
select tests.merchant_account('elmst') as others_account \gset
create temporary table first as
select tests.notice(
    'https://evil.example/transactions/trx1', 'ntf1', '{"shopperEmailAddress": "ana@example.com"}'
) as answer;
select answer ->> 'event_id' as event from first \gset
select is(
    (select answer from first),
    jsonb_build_object('event_id', :event, 'studio_id', 1, 'status', 'received'),
    'a notice is received'
);
select is(
    (
        select (
            e.gateway_id, e.event_type, e.resource_type, e.resource_id, e.deliveries
        )::text from payment.gateway_events as e where e.id = :event
    ),
    '(ntf1,saleAuthorized,transaction,trx1,1)', 'recorded by its id'
);
select ok(
    (
        select not e.body::text like '%ana@%' from payment.gateway_events as e where e.id = :event
    ), 'without what is about a person'
);
select results_eq(
    format(
        'select c.purpose, c.method, c.path, c.body from payment.gateway_calls as c
        where c.event_id = %s',
        :event
    ),
    $$values ('fetch_transaction', 'GET', '/transactions/trx1', null::jsonb)$$,
    'what it points at is asked for, by its id at our own host'
);
select is(
    tests.notice('https://gateway.example/transactions/trx1', 'ntf1'), (select answer from first),
    'a repeat is the same event'
);
select is((select e.deliveries from payment.gateway_events as e where e.id = :event), 2, 'counted');
select is(
    (
        select count(*) from payment.gateway_calls as c where c.event_id = :event
    ), 2::bigint, 'and tries for itself, until the first has been applied'
);
select tests.run(format('select payment.settle_event(%s, ''applied'')', :event));
select is(
    tests.notice('https://gateway.example/transactions/trx1', 'ntf1') ->> 'status', 'applied',
    'after that it is done with'
);
select is(
    (select count(*) from payment.gateway_calls as c where c.event_id = :event), 2::bigint,
    'and asks nothing'
);
-- Done with is only what was applied: what was about nothing of ours may be about something by now.
select tests.notice(
    'https://gateway.example/transactions/trx2', 'ntf2'
) ->> 'event_id' as event \gset
select tests.run(format('select payment.settle_event(%s, ''unmatched'')', :event));
select tests.notice(
    'https://gateway.example/transactions/trx2', 'ntf2'
) ->> 'event_id' as event \gset
select is(
    (
        select count(*) from payment.gateway_calls as c where c.event_id = :event
    ), 2::bigint, 'a repeat of a notice that matched nothing looks again'
);
select is(
    tests.notice(
        'https://gateway.example/payment-sessions/pss1', 'ntf3',
        '{"resourceType": "paymentSession", "eventType": "expired"}'
    ) ->> 'status',
    'received', 'a session is looked up, too'
);
select is(
    (
        select c.path from payment.gateway_calls as c
        inner join payment.gateway_events as e on c.event_id = e.id where e.gateway_id = 'ntf3'
    ),
    '/payment-sessions/pss1', 'at its own place'
);
select is(
    tests.notice(
        'https://gateway.example/terminals/tm1', 'ntf4',
        '{"resourceType": "terminal", "eventType": "lidOpened"}'
    ) ->> 'status',
    'ignored', 'what has no meaning here is kept and ignored'
);
select is(
    tests.notice(
        'https://gateway.example/transactions/trx1', 'ntf1', '{}', 'elmst'
    ) ->> 'status', 'received',
    'another merchant''s notice may have the same id'
);

create function pg_temp.refusal(body text, merchant text default 'aydt')
returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.as_thin_api(%L)', format('payment.receive_notice(%L, %L)', merchant, body)
        )
    )
$$;
create function pg_temp.changed(changes jsonb, merchant text default 'aydt')
returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.notice(''https://gateway.example/transactions/trx9'', ''ntf9'', %L, %L)',
            changes, merchant
        )
    )
$$;
select coalesce(max(e.id), 0) as since from payment.gateway_events as e \gset
select is(pg_temp.refusal(b.body), 'notice_malformed', b.what)
from (
    values (null, 'nothing'), ('', 'an empty text'), ('{', 'half a document'), ('[]', 'a list'),
    ('"x"', 'a word'), ('{"id": "\u0000"}', 'a character that is none')
) as b (body, what);
select is(pg_temp.changed('{"id": "a/b"}'), 'notice_malformed', 'an id that is none');
select is(pg_temp.changed('{"eventType": null}'), 'notice_malformed', 'no type');
select is(
    pg_temp.changed('{"resource": "https://gateway.example/"}'), 'notice_malformed', 'no resource'
);
select is(
    pg_temp.changed('{"merchant": "https://gateway.example/merchants/mchelmst"}'),
    'notice_of_another_merchant', 'another merchant than the sender'
);
select is(pg_temp.changed('{}', 'nobody'), 'notice_of_another_merchant', 'a sender we do not know');
select is_empty(
    format('select id from payment.gateway_events where id > %s', :since),
    'none of these is recorded'
);
select * from finish();
rollback;
