begin;
set local search_path = tap, public;
select plan(11);
-- A message in some state before anything was told of it.
create function pg_temp.new_message(p_status text) returns messaging.messages
language plpgsql as $$
declare
    v_message messaging.messages;
    v_family_id constant bigint := tests.family();
begin
    insert into messaging.messages (
        studio_id, family_id, account_id, channel, template_code, dedupe_key, status, sent_at,
        provider_id, lease_token, leased_until
    )
    select
        g.studio_id, g.family_id, g.account_id, 'email', 'test', gen_random_uuid(), p_status,
        case when p_status = 'sent' then now() - interval '1 hour' end,
        case when p_status = 'sent' then gen_random_uuid()::text end,
        case when p_status = 'sending' then gen_random_uuid() end,
        case when p_status = 'sending' then now() + interval '1 minute' end
    from identity.guardians as g where g.family_id = v_family_id
    returning * into v_message;
    return v_message;
end;
$$;
create function pg_temp.told(p_status text, variadic p_kinds text[]) returns text
language plpgsql as $$
declare
    v_message constant messaging.messages := pg_temp.new_message(p_status);
    v_kind text;
begin
    foreach v_kind in array p_kinds
    loop
        perform tests.value(
            format(
                'messaging.record_receipt(''resend'', %L, %L, null, %L, %L)', gen_random_uuid(),
                v_kind, gen_random_uuid(), v_message.send_key
            )
        );
    end loop;
    return (
        select m.status || case when m.sent_at is null then '' else ' at' end
        from messaging.messages as m where m.id = v_message.id
    );
end;
$$;
select is(pg_temp.told('sent', 'delivered'), 'delivered at', 'delivered');
select is(pg_temp.told('sent', 'bounced'), 'bounced at', 'bounced');
select is(pg_temp.told('sent', 'failed'), 'failed at', 'failed');
select is(pg_temp.told('sent', 'other', 'stopped'), 'sent at', 'what is on the way stays so');
select is(pg_temp.told('sending', 'delivered'), 'sending', 'whoever sends it says so first');
select is(pg_temp.told('suppressed', 'delivered'), 'suppressed', 'what was not sent is not ours');
select is(pg_temp.told('queued', 'sent'), 'sent at', 'its answer was lost: it is not sent again');
select is(pg_temp.told('failed', 'delivered'), 'delivered at', 'nor given up');
-- Each subset, in each order, ends alike.
create temporary table ends as
with recursive orders (told) as (
    select array[k.kind]
    from unnest(array['sent', 'failed', 'delivered', 'bounced', 'complained']) as k (kind)
    union all
    select o.told || k.kind
    from orders as o
    cross join unnest(array['sent', 'failed', 'delivered', 'bounced', 'complained']) as k (kind)
    where k.kind <> all(o.told)
)

select
    (select string_agg(t.kind, ' ' order by t.kind) from unnest(o.told) as t (kind)) as kinds,
    pg_temp.told(s.status, variadic o.told) as ending
from orders as o
cross join (values ('sent'), ('queued'), ('failed')) as s (status)
where cardinality(o.told) <= 4;
select is((select count(*) from ends), 615::bigint, 'two hundred orders, from three states');
select is_empty(
    'select kinds from ends group by kinds having count(distinct ending) > 1',
    'whatever the order'
);
select is(
    (
        select string_agg(distinct e.ending, ', ' order by e.ending) from ends as e
        where e.kinds = 'bounced delivered failed sent'
    ),
    'bounced at', 'and what can not be taken back counts'
);
select * from finish();
rollback;
