begin;
set local search_path = tap, public;
select plan(10);
select tests.section('Refused', p_capacity => null) as section \gset
-- A message by a channel, of a family of its own that agreed to texts.
create function pg_temp.new_message(section bigint, p_channel text) returns bigint
language plpgsql as $$
declare
    v_family_id constant bigint := tests.family();
    v_registration_id bigint;
begin
    perform tests.run(
        format('update identity.guardians set sms_opt_in = true where family_id = %s', v_family_id)
    );
    v_registration_id := tests.confirmed(tests.cart(tests.student(v_family_id), section));
    -- Due one after the other: of those that are due at a time any may be the first.
    update messaging.messages as m
    set next_attempt_at = now() - interval '1 day' + m.id * interval '1 ms'
    where m.registration_id = v_registration_id;
    delete from messaging.messages as m
    where m.registration_id = v_registration_id and m.channel <> p_channel;
    return (select m.id from messaging.messages as m where m.registration_id = v_registration_id);
end;
$$;
create function pg_temp.address(message bigint) returns text language sql as $$
    select case m.channel when 'email' then a.email else a.phone end
    from messaging.messages as m
    inner join identity.accounts as a on m.account_id = a.id where m.id = message
$$;
create function pg_temp.claim(p_limit integer) returns bigint[] language sql as $$
    select array(
        select (c.value -> 'message_id')::bigint
        from jsonb_array_elements(
            tests.as_thin_api(
                '(select coalesce(jsonb_agg(m), ''[]'') from messaging.claim_messages('
                || p_limit || ') as m)'
            )
        ) as c
    )
$$;
create function pg_temp.state(message bigint) returns text language sql as $$
    select concat_ws(' ', m.status, m.last_error, m.lease_token) from messaging.messages as m
    where m.id = message
$$;
-- Nothing else is due.
update messaging.messages as m set next_attempt_at = now() + interval '1 day'
where m.status = 'queued';

select pg_temp.new_message(:section, 'email') as bounced \gset
select messaging.suppress('email', upper(pg_temp.address(:bounced)), 'bounced');
select pg_temp.new_message(:section, 'email') as fine \gset
select is(pg_temp.claim(1), array[:fine::bigint], 'one that may be sent is found behind it');
select is(pg_temp.state(:bounced), 'suppressed bounced', 'one to an address that bounced is not');
select is(
    (select count(*) from messaging.delivery_attempts as a where a.message_id = :bounced),
    0::bigint, 'nor was it tried'
);
select is(
    tests.as_staff(
        tests.worker(),
        format('(select m.status from api.messages as m where m.id = %s)', :bounced)
    ) #>> '{}',
    'suppressed', 'staff can see that'
);
select messaging.lift_suppression('email', pg_temp.address(:bounced));
select is(messaging.suppression('email', pg_temp.address(:bounced)), null, 'it can be lifted');

-- Texts: who agreed when it was queued may not agree any more when it is sent.
select pg_temp.new_message(:section, 'sms') as withdrawn \gset
select tests.run(
    format(
        'update identity.guardians set sms_opt_in = false where family_id = (
            select m.family_id from messaging.messages as m where m.id = %s
        )', :withdrawn
    )
);
select pg_temp.new_message(:section, 'sms') as wanted \gset
select is(pg_temp.claim(5), array[:wanted::bigint], 'a text goes to whoever agreed');
select is(pg_temp.state(:withdrawn), 'suppressed no_consent', 'not to whoever no longer does');
select pg_temp.new_message(:section, 'sms') as stopped \gset
select messaging.suppress('sms', pg_temp.address(:stopped), 'stopped');
select is(pg_temp.claim(5), '{}'::bigint[], 'nor to a number that has answered STOP');
select is(pg_temp.state(:stopped), 'suppressed stopped', 'which is noted');
-- The carrier may have heard of it before us.
select messaging.lift_suppression('sms', pg_temp.address(:stopped));
select pg_temp.new_message(:section, 'sms') as told \gset
create temporary table claimed as
select c.* from (values (1)) as v (n) cross join lateral (
    select tests.as_thin_api(
        '(select coalesce(jsonb_agg(m), ''[]'') from messaging.claim_messages(5) as m)'
    ) as found
) as c;
select tests.as_thin_api(
    format(
        'messaging.store_outcome(%s, %s, %L, false, 400, null, ''21610'')',
        c.found -> 0 -> 'studio_id', c.found -> 0 -> 'message_id', c.found -> 0 ->> 'lease_token'
    )
) from claimed as c;
select is(
    pg_temp.state(:told) || ' ' || messaging.suppression('sms', pg_temp.address(:told)),
    'suppressed 21610 stopped', 'its refusal is heard, and not asked for again'
);
select * from finish();
rollback;
