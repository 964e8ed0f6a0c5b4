begin;
set local search_path = tap, public;
select plan(15);
create function pg_temp.told(p_body text, p_key text default null) returns text
language sql as $$
    select tests.error_code(
        format(
            'select tests.as_thin_api(%L)',
            format(
                'messaging.receive_mail_event(%L, %L)',
                coalesce(p_key, 'msg_' || md5(gen_random_uuid()::text)), p_body
            )
        )
    )
$$;
create function pg_temp.after(p_type text, p_data jsonb default '{}') returns text
language plpgsql as $$
declare
    v_to constant text := gen_random_uuid() || '@example.com';
begin
    perform pg_temp.told(
        jsonb_build_object(
            'type', p_type, 'created_at', '2026-01-05T10:00:00.000Z',
            'data', jsonb_build_object(
                'email_id', gen_random_uuid(), 'to', jsonb_build_array(v_to), 'subject', 'Ada Stone'
            ) || replace(p_data::text, '$to', v_to)::jsonb
        )::text
    );
    return messaging.suppression('email', v_to);
end;
$$;
select is(pg_temp.after('email.bounced'), 'bounced', 'a bounce is hard unless it says otherwise');
select is(
    pg_temp.after('email.bounced', '{"bounce": {"type": "Permanent", "message": "no such user"}}'),
    'bounced', 'a hard bounce'
);
select is(
    pg_temp.after('email.bounced', '{"bounce": {"type": "Transient"}}'), null,
    'a full mailbox has room again'
);
select is(pg_temp.after('email.complained'), 'complained', 'spam, they say');
select is(pg_temp.after('email.suppressed'), 'bounced', 'the provider sends nothing there either');
select is(pg_temp.after('email.delivered'), null, 'what arrived ends nothing');
select is(pg_temp.after('email.opened'), null, 'nor what we have no use for');
select is(pg_temp.after('email.bounced', '{"to": "Ada <$to>"}'), 'bounced', 'one address');
select is(
    pg_temp.after('email.bounced', '{"to": ["$to", "b@example.com"]}'), null,
    'of several it is not said which one'
);

-- The message it is about.
select tests.section('Mailed', p_capacity => null) as section \gset
select tests.confirmed(tests.cart(tests.student(tests.family()), :section)) as registration \gset
update messaging.messages as m
set status = 'sending', lease_token = gen_random_uuid(), leased_until = now()
where m.registration_id = :registration;
update messaging.messages as m
set
    status = 'sent', lease_token = null, leased_until = null, sent_at = now(),
    provider_id = 'e0c7ae2e-2a4b-4c5d-8e6f-0a1b2c3d4e5f'
where m.registration_id = :registration;
create function pg_temp.mail(type text) returns text language sql as $$
    select jsonb_build_object(
        'type', type,
        'data', jsonb_build_object(
            'email_id', 'e0c7ae2e-2a4b-4c5d-8e6f-0a1b2c3d4e5f', 'to', '["ada@example.com"]'::jsonb
        )
    )::text
$$;
select is(pg_temp.told(pg_temp.mail('email.delivered'), 'msg_1'), null, 'delivered');
select is(pg_temp.told(pg_temp.mail('email.complained'), 'msg_2'), null, 'then complained of');
select is(pg_temp.told(pg_temp.mail('email.delivered'), 'msg_1'), null, 'told again');
select is(
    (select m.status from messaging.messages as m where m.registration_id = :registration),
    'complained', 'it stays so'
);
select is_empty(
    $$select r.id from messaging.receipts as r where r::text ~ '@|Stone|no such user'$$,
    'no address and no words are kept'
);
select is(
    array[
        pg_temp.told('{'), pg_temp.told('[]'), pg_temp.told('{"type": "email.sent"}'),
        pg_temp.told('{"data": {}}'), pg_temp.told('{"type": "E'' --", "data": {}}'),
        pg_temp.told('{"type": "email.sent", "data": {}}', ' ')
    ],
    array_fill('notice_malformed'::text, array[6]), 'what can not be read is refused'
);
select * from finish();
rollback;
