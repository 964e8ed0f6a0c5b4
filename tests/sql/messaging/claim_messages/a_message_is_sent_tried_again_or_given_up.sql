begin;
set local search_path = tap, public;
select plan(27);
select tests.section('Sent', p_capacity => null) as section \gset
-- A message that waits to be sent, of a family of its own.
create function pg_temp.new_message(section bigint) returns bigint language plpgsql as $$
declare
    v_registration_id constant bigint := tests.confirmed(
        tests.cart(tests.student(tests.family('Ana <b>Rivera</b>')), section)
    );
begin
    return (select m.id from messaging.messages as m where m.registration_id = v_registration_id);
end;
$$;
-- Claim what is due, at the time when this message is.
create function pg_temp.claim(message bigint) returns jsonb language plpgsql as $$
declare
    v_claimed jsonb;
begin
    update messaging.messages as m set next_attempt_at = now() where m.id = message
    and m.status = 'queued';
    v_claimed := tests.as_thin_api(
        '(select coalesce(jsonb_agg(m), ''[]'') from messaging.claim_messages(1000) as m)'
    );
    return (
        select c.value from jsonb_array_elements(v_claimed) as c
        where (c.value -> 'message_id')::bigint = message
    );
end;
$$;
create function pg_temp.outcome(claim jsonb, sent boolean, status integer, error text default null)
returns void language sql as $$
    select tests.as_thin_api(
        format(
            'messaging.store_outcome(%s, %s, %L, %L, %L, ''provider-1'', %L)',
            claim -> 'studio_id', claim -> 'message_id', claim ->> 'lease_token', sent, status,
            error
        )
    )
$$;
create function pg_temp.state(message bigint) returns text language sql as $$
    select m.status || ' ' || m.attempts from messaging.messages as m where m.id = message
$$;
create function pg_temp.wait(message bigint) returns numeric language sql as $$
    select round(extract(epoch from m.next_attempt_at - clock_timestamp()))
    from messaging.messages as m where m.id = message
$$;

select pg_temp.new_message(:section) as message \gset
select pg_temp.claim(:message) as claim \gset
select is(
    (select c ->> 'recipient' from (values (:'claim'::jsonb)) as v (c)),
    (
        select a.email from messaging.messages as m
        inner join identity.accounts as a on m.account_id = a.id where m.id = :message
    ),
    'a message is claimed with the address it goes to'
);
select is(
    :'claim'::jsonb ->> 'subject',
    'Academy of Young Dancers: you are enrolled for ' || (
        select t.name from catalog.terms as t where t.id = tests.term()
    ),
    'in words'
);
select ok(
    :'claim'::jsonb ->> 'body' like '%Sent%Total (USD)%916.43%', 'with the receipt: class, total'
);
select ok(:'claim'::jsonb ->> 'body' like '%Dear Ana <b>Rivera</b>,%', 'text is text');
select ok(
    :'claim'::jsonb ->> 'html' like '%Ana &lt;b&gt;Rivera&lt;/b&gt;%'
    and :'claim'::jsonb ->> 'html' not like '%<b>%', 'in HTML it is still text'
);
select ok(:'claim'::jsonb ->> 'body' !~ '\{[a-z]+\}', 'and no variable is left in it');
select is(pg_temp.claim(:message), null, 'nobody else gets it meanwhile');
select is(
    tests.error_code(
        format(
            'select pg_temp.outcome(%L, true, 200)',
            :'claim'::jsonb || '{"lease_token": "00000000-0000-0000-0000-000000000000"}'
        )
    ),
    'message_not_yours', 'nor may say what became of it'
);
select pg_temp.outcome(:'claim', true, 200);
select is(pg_temp.state(:message), 'sent 1', 'sent');
select is(
    tests.error_code(format('select pg_temp.outcome(%L, true, 200)', :'claim')),
    'message_not_yours', 'once'
);

-- A provider that has had the message's key with other words has sent those.
select pg_temp.new_message(:section) as message \gset
select pg_temp.outcome(pg_temp.claim(:message), false, 409, 'concurrent_idempotent_requests');
select is(pg_temp.state(:message), 'queued 1', 'two tries at once: not yet known');
select pg_temp.outcome(pg_temp.claim(:message), false, 409, 'invalid_idempotent_request');
select is(pg_temp.state(:message), 'sent 2', 'an earlier try arrived, though nobody said so');

-- A text has no key: what may have arrived is tried once more, not eight times.
select pg_temp.new_message(:section) as message \gset
update messaging.messages as m set channel = 'sms' where m.id = :message;
select tests.run(
    format(
        'update identity.guardians set sms_opt_in = true where family_id = (
            select m.family_id from messaging.messages as m where m.id = %s
        )', :message
    )
);
select pg_temp.outcome(pg_temp.claim(:message), false, null, 'ConnectTimeout');
select pg_temp.outcome(pg_temp.claim(:message), false, null, 'ConnectTimeout');
select is(pg_temp.state(:message), 'queued 2', 'what surely did not arrive is tried again');
select pg_temp.outcome(pg_temp.claim(:message), false, null, 'perhaps sent: ReadTimeout');
select is(pg_temp.state(:message), 'failed 3', 'what may have arrived is not');

-- Tried again, later each time, and given up at last: each try is kept.
select pg_temp.new_message(:section) as message \gset
select pg_temp.outcome(pg_temp.claim(:message), false, 503, 'status 503');
select is(pg_temp.state(:message), 'queued 1', 'what failed waits');
select is(pg_temp.wait(:message), 10::numeric, '10 seconds');
select pg_temp.outcome(pg_temp.claim(:message), false, 503, 'status 503');
select is(pg_temp.wait(:message), 20::numeric, 'then 20');
select count(
    pg_temp.outcome(pg_temp.claim(m.id), false, 503, 'status 503')
) as tried from generate_series(3, 8) as g, (values (:message)) as m (id) \gset
select is(pg_temp.state(:message), 'failed 8', 'after the eighth it is given up');
select is(
    (
        select count(*) from messaging.delivery_attempts as a where a.message_id = :message
        and a.provider_status = 503
    ),
    8::bigint, 'eight tries are kept'
);
select is(pg_temp.claim(:message), null, 'and no ninth is made');

-- A sender that died.
select pg_temp.new_message(:section) as message \gset
select pg_temp.claim(:message) as claim \gset
update messaging.messages set leased_until = now() - interval '1 s' where id = :message;
select pg_temp.claim(:message) as recovered \gset
select is(
    (
        select concat_ws(' ', m.status, m.last_error) from messaging.messages as m
        where m.id = :message
    ), 'queued lease ran out', 'a lease that ran out is a failed try'
);
select is(
    pg_temp.claim(:message) ->> 'dedupe_key', :'claim'::jsonb ->> 'dedupe_key',
    'the next one has the key by which the provider knows it'
);

-- No template: the confirmation stands, and staff can see that nobody was told.
select pg_temp.new_message(:section) as message \gset
select tests.run('delete from messaging.templates where channel = ''email''');
select is(pg_temp.claim(:message), null, 'a message without a template can not be sent');
select is(
    (select (m.status, m.attempts, a.outcome, a.error)::text from messaging.messages as m
    inner join messaging.delivery_attempts as a on m.studio_id = a.studio_id and m.id = a.message_id
    where m.id = :message), '(queued,1,failed,"template missing")', 'which is kept as a failed try'
);
-- Staff are told, in words that need no template.
select tests.worker() as desk \gset
select pg_temp.new_message(:section) as message \gset
select is(pg_temp.claim(:message), null, 'nor can another one');
select pg_temp.claim(:message) as again \gset
select is(
    (
        select (v.value ->> 'subject', v.value ->> 'body')::text
        from messaging.messages as m
        cross join lateral tests.value(
            format(
                '(select to_jsonb(r) from messaging.messages as m
                cross join lateral messaging.render(m) as r where m.id = %s)', m.id
            )
        ) as v (value)
        where m.account_id = :desk and m.template_code = 'staff_template_missing'
    ) like '%a message has no words%There is no template registration_confirmed (email),%', true,
    'staff are told once a day which words are missing'
);
select tests.run(
    'insert into messaging.templates (studio_id, code, channel, subject, body)
    values (auth.studio_id(), ''staff_template_missing'', ''email'', ''Oh'', ''{template}'')'
);
select is(
    (
        select v.value ->> 'subject'
        from messaging.messages as m
        cross join lateral tests.value(
            format(
                '(select to_jsonb(r) from messaging.messages as m
                cross join lateral messaging.render(m) as r where m.id = %s)', m.id
            )
        ) as v (value)
        where m.account_id = :desk
    ), 'Oh', 'or in the studio''s own'
);
select * from finish();
rollback;
