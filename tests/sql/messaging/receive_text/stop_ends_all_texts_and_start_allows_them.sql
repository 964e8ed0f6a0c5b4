begin;
set local search_path = tap, public;
select plan(14);
create function pg_temp.said(p_body text, p_from text, p_type text default null, sid text default null)
returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.as_thin_api(%L)',
            format(
                'messaging.receive_text(%L, %L, %L, %L)',
                coalesce(sid, 'SM' || md5(gen_random_uuid()::text)), p_from, p_body, p_type
            )
        )
    )
$$;
create function pg_temp.after(p_body text, p_type text default null) returns text
language plpgsql as $$
declare
    v_from constant text := '+1' || (2000000000 + floor(random() * 1000000000))::bigint;
begin
    perform pg_temp.said(p_body, v_from, p_type);
    return messaging.suppression('sms', v_from);
end;
$$;
select is(pg_temp.after(w.word), 'stopped', w.word)
from unnest(array['STOP', 'stop', ' Stop. ', 'unsubscribe', 'QUIT', 'OPTOUT']) as w (word);
select is(pg_temp.after(w.word), null, w.word)
from unnest(array['Please stop calling', 'HELP', '']) as w (word);
select is(pg_temp.after('arrêt', 'STOP'), 'stopped', 'in other words, as the carrier reads them');

select 'SM' || md5('stop') as stop \gset
select pg_temp.said('STOP', '+12125550111', null, :'stop') as first \gset
select pg_temp.said('Start', '+12125550111') as second \gset
select is(messaging.suppression('sms', '+12125550111'), null, 'START allows them again');
select pg_temp.said('STOP', '+12125550111', null, :'stop') as again \gset
select is(messaging.suppression('sms', '+12125550111'), null, 'which a late copy does not end');
select is(
    (
        select count(*) from messaging.receipts as r
        where r.event_key = :'stop' || ':received' and r.kind = 'stopped' and r.code is null
    ),
    1::bigint, 'each text is kept once, without its words'
);
select is(
    array[
        pg_temp.said('STOP', null), pg_temp.said('STOP', '+12125550111', null, 'SM'),
        pg_temp.said('STOP', 'whatsapp:+12125550111')
    ],
    array['notice_malformed', 'notice_malformed', null], 'what is no text of a number is nothing'
);
select * from finish();
rollback;
