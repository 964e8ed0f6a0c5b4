begin;
set local search_path = tap, public;
select plan(15);
select tests.section('Carried', p_capacity => null) as section \gset
create function pg_temp.text_message(section bigint) returns bigint language plpgsql as $$
declare
    v_family_id constant bigint := tests.family();
    v_registration_id bigint;
begin
    perform tests.run(
        format('update identity.guardians set sms_opt_in = true where family_id = %s', v_family_id)
    );
    v_registration_id := tests.confirmed(tests.cart(tests.student(v_family_id), section));
    return (
        select m.id from messaging.messages as m
        where m.registration_id = v_registration_id and m.channel = 'sms'
    );
end;
$$;
create function pg_temp.told(sid text, status text, code text default null, key text default null)
returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.as_thin_api(%L)',
            format(
                'messaging.receive_text_status(%L, %L, %L, ''+12125550123'', %L)', sid, status,
                code, key
            )
        )
    )
$$;
create function pg_temp.state(message bigint) returns text language sql as $$
    select concat_ws(' ', m.status, m.attempts) from messaging.messages as m where m.id = message
$$;
create function pg_temp.claim(message bigint) returns jsonb language sql as $$
    update messaging.messages as m set next_attempt_at = now() - interval '1 day'
    where m.id = message and m.status = 'queued';
    select c.value
    from jsonb_array_elements(
        tests.as_thin_api(
            '(select coalesce(jsonb_agg(m), ''[]'') from messaging.claim_messages(1000) as m)'
        )
    ) as c
    where (c.value -> 'message_id')::bigint = message
$$;
create function pg_temp.outcome(claim jsonb, sent boolean, sid text, error text default null)
returns void language sql as $$
    select tests.as_thin_api(
        format(
            'messaging.store_outcome(%s, %s, %L, %L, 201, %L, %L)', claim -> 'studio_id',
            claim -> 'message_id', claim ->> 'lease_token', sent, sid, error
        )
    )
$$;
select 'SM' || md5('one') as sid, 'SM' || md5('two') as early, 'SM' || md5('three') as lost \gset

select pg_temp.text_message(:section) as message \gset
select pg_temp.outcome(pg_temp.claim(:message), true, :'sid');
select is(pg_temp.told(:'sid', 'queued'), null, 'a text on its way');
select is(pg_temp.state(:message), 'sent 1', 'is sent');
select is(pg_temp.told(:'sid', 'delivered'), null, 'one that arrived');
select is(pg_temp.told(:'sid', 'sent'), null, 'and was sent before');
select is(pg_temp.state(:message), 'delivered 1', 'is delivered');
select pg_temp.told(:'sid', 'delivered'), pg_temp.told(:'sid', 'delivered') \g /dev/null
select is(
    (
        select string_agg(r.event_key || ' ' || r.kind, ', ' order by r.id)
        from messaging.receipts as r where r.message_id = :message
    ),
    format('%1$s:queued other, %1$s:delivered delivered, %1$s:sent sent', :'sid'),
    'each is kept once, with the message it is about'
);

-- Told before its answer was stored.
select pg_temp.text_message(:section) as message \gset
select pg_temp.claim(:message) as claim \gset
select is(pg_temp.told(:'early', 'undelivered', '30003'), null, 'told before the answer was here');
select pg_temp.outcome(:'claim', true, :'early');
select is(pg_temp.state(:message), 'failed 1', 'it waits for it');
select is(
    (select r.code from messaging.receipts as r where r.message_id = :message), '30003',
    'with the carrier''s code'
);

-- The answer was lost: by the key in its address the text is known, and not sent twice.
select pg_temp.text_message(:section) as message \gset
select pg_temp.claim(:message) as claim \gset
select pg_temp.outcome(:'claim', false, null, 'perhaps sent: ReadTimeout');
select is(pg_temp.state(:message), 'queued 1', 'no answer came');
select pg_temp.told(:'lost', 'sent', null, :'claim'::jsonb ->> 'send_key') \g /dev/null
select is(pg_temp.state(:message), 'sent 1', 'but it was sent');
select is(pg_temp.claim(:message), null, 'so it is not sent again');

-- What is not known is kept; what can't be read is refused.
select is(pg_temp.told('SM' || md5('nobody'), 'delivered', null, 'x'), null, 'of another program');
select is(
    pg_temp.told('SM' || md5('nobody'), 'failed', '21610')
    || messaging.suppression('sms', '+12125550123'),
    null, 'a failure'
);
select is(
    array[
        pg_temp.told(null, 'sent'), pg_temp.told('SM1', 'sent'), pg_temp.told(:'sid', null),
        pg_temp.told(:'sid', 'Sent; drop')
    ],
    array_fill('notice_malformed'::text, array[4]), 'and nothing that is none'
);
select * from finish();
rollback;
