begin;
set local search_path = tap, public;
select plan(19);
select tests.merchant_account() as account \gset
select tests.merchant_account('elmst') as others_account \gset
create function pg_temp.ask() returns text language sql as $$
    select tests.value('payment.list_notices()') #>> '{}'
$$;
-- A notice as it stands in a list.
create function pg_temp.listed(p_id text, resource text, changes jsonb default '{}')
returns jsonb language sql as $$
    select jsonb_build_object(
        'id', p_id, 'eventType', 'saleAuthorized', 'resourceType', 'transaction',
        'resource', 'https://gateway.example/transactions/' || resource,
        'merchant', 'https://gateway.example/merchants/' || m.merchant_ref,
        'createdAt', '2027-01-05T10:00:00.000Z'
    ) || changes
    from payment.merchant_accounts as m
    where m.code = 'aydt'
$$;
-- The one list that waits is answered; which path was asked.
create function pg_temp.answer(status integer, answer jsonb) returns text language plpgsql as $$
declare
    v_call jsonb;
begin
    update payment.gateway_calls as c set next_attempt_at = now()
    where c.purpose = 'list_notifications' and c.status = 'queued';
    select c.value into strict v_call
    from jsonb_array_elements(
        tests.as_thin_api(
            '(select coalesce(jsonb_agg(c), ''[]'') from payment.claim_calls(10, 1) as c
            where c.path like ''/notifications%'')'
        )
    ) as c (value);
    perform tests.answer(v_call, status, answer);
    return v_call ->> 'path';
end;
$$;
select is(pg_temp.ask(), '1', 'the list of the studio''s merchant account is asked for');
select is(pg_temp.ask(), '0', 'once, while the first question waits');
select tests.notice('https://gateway.example/transactions/trx1', 'ntf1') ->> 'event_id' as known \gset
delete from payment.gateway_calls as c where c.event_id = :known;
select alike(
    pg_temp.answer(
        200,
        jsonb_build_object(
            'items', jsonb_build_array(
                pg_temp.listed('ntf3', 'trx3', '{"createdAt": "2027-01-05T10:20:00.000Z"}'),
                pg_temp.listed('ntf2', 'trx2', '{"shopperEmailAddress": "ana@example.com"}')
            ),
            'next', 'https://evil.example/notifications?limit=200&pageToken=p%202'
        )
    ),
    '/notifications?limit=200&filter=createdAt_ge_20%', 'from some instant on'
);
select results_eq(
    $$
        select e.gateway_id, e.status, e.deliveries, e.is_listed
        from payment.gateway_events as e where e.gateway_id in ('ntf1', 'ntf2', 'ntf3')
        order by e.id
    $$,
    $$
        values ('ntf1', 'received', 1, false), ('ntf2', 'received', 0, true),
        ('ntf3', 'received', 0, true)
    $$,
    'each is recorded, the oldest first'
);
select is_empty(
    $$select from payment.gateway_events as e where e.body::text like '%ana@%'$$,
    'without what is about a person'
);
select set_eq(
    $$
        select c.path from payment.gateway_calls as c
        where c.event_id is not null and c.status = 'queued'
    $$,
    array['/transactions/trx2', '/transactions/trx3'],
    'and what it points at is asked for'
);
select is_empty('table payment.notice_cursors', 'the list was not read to its end');
select is(
    pg_temp.answer(
        200,
        jsonb_build_object(
            'items', jsonb_build_array(
                pg_temp.listed('ntf1', 'trx1'),
                pg_temp.listed('ntfx', 'trxx', '{"merchant": "https://gw.example/merchants/no"}'),
                pg_temp.listed('ntfy', 'trxy', '{"resource": ""}'),
                pg_temp.listed('ntf0', 'trx0', '{"resourceType": "somethingNew"}')
            ),
            'next', null
        )
    ),
    '/notifications?limit=200&pageToken=p%202', 'the next page is asked for at our own host'
);
select is(
    (
        select (e.deliveries, e.status)::text from payment.gateway_events as e
        where e.gateway_id = 'ntf1'
    ), '(1,received)', 'one that was delivered stays as it is'
);
select is(
    (select count(*) from payment.gateway_calls as c where c.event_id = :known), 0::bigint,
    'and asks nothing'
);
select is_empty(
    $$select from payment.gateway_events as e where e.gateway_id in ('ntfx', 'ntfy')$$,
    'somebody else''s, and one that can''t be read, are passed over'
);
select is(
    (select e.status from payment.gateway_events as e where e.gateway_id = 'ntf0'), 'ignored',
    'one of an unknown kind is kept, and means nothing'
);
select is(
    (select n.seen_until from payment.notice_cursors as n), '2027-01-05 10:20:00+00'::timestamptz,
    'so far the list was read'
);
select is(pg_temp.ask(), '1', 'the next time');
select is(
    pg_temp.answer(200, '{"items": []}'),
    '/notifications?limit=200&filter=createdAt_ge_2027-01-05T10:10:00.000Z',
    'it is asked for from a little before on'
);
select is(
    (select n.seen_until from payment.notice_cursors as n), '2027-01-05 10:20:00+00'::timestamptz,
    'nothing new: it stays'
);
select is(pg_temp.ask(), '1', 'again');
select alike(pg_temp.answer(404, '{}'), '/notifications%', 'a list that is not there');
select is(
    (select n.seen_until from payment.notice_cursors as n), '2027-01-05 10:20:00+00'::timestamptz,
    'changes nothing'
);
select * from finish();
rollback;
