begin;
set local search_path = tap, public;
select plan(30);
select tests.section('Alerts', p_capacity => null) as section \gset
select tests.worker('staff') as desk, tests.worker('owner') as owner,
    tests.worker('instructor') as teacher, tests.worker('staff', 'elmst') as other \gset
create function pg_temp.raise(minutes integer) returns text language sql as $$
    select tests.value(
        format('payment.raise_alerts(now() + interval ''%s minutes'')', minutes)
    ) #>> '{}'
$$;
-- A registration whose money the processor took back; listed for some minutes already.
create function pg_temp.lose(section bigint, minutes integer default 0) returns bigint
language plpgsql as $$
declare
    v_registration_id constant bigint
    := tests.planned(tests.cart(tests.student(tests.family('Quill')), section));
    v_payment_id bigint;
begin
    select p.id into strict v_payment_id from payment.payments as p
    where p.registration_id = v_registration_id;
    perform tests.apply(
        v_payment_id,
        tests.sale(v_payment_id, 'trx-of-' || v_payment_id, '{"state": "rejected"}')
    );
    update payment.transactions as t set updated_at = now() - make_interval(mins => minutes)
    where t.payment_id = v_payment_id;
    return v_registration_id;
end;
$$;
create function pg_temp.incident_of(registration bigint) returns text language sql as $$
    select 'money_lost:' || t.id from payment.transactions as t
    inner join payment.payments as p on t.payment_id = p.id
    where p.registration_id = registration
$$;
-- Mails of one sort to one account, each with how many entries it names.
create function pg_temp.told(account bigint, template text default 'staff_incidents')
returns text language sql as $$
    select string_agg(
        jsonb_array_length(m.details -> 'alert_ids')::text, ' ' order by m.id
    )
    from messaging.messages as m
    where m.account_id = account and m.template_code = template and m.channel = 'email'
$$;

select is(pg_temp.raise(0), '0', 'nothing is told when there is nothing');
select pg_temp.lose(:section, 60) as first \gset
select is(pg_temp.raise(0), '1', 'money that is gone again is told at once');
select is(pg_temp.told(:desk), '1', 'to the desk');
select is(pg_temp.told(:owner), '1', 'and the owner');
select is(
    concat_ws(' ', pg_temp.told(:teacher), pg_temp.told(:other)), '',
    'to nobody else, and to no other studio'
);
select is(pg_temp.raise(0), '0', 'once');
select is(pg_temp.raise(30), '0', 'and not later either');
select is(
    (
        select (e.family_id is null, e.payload ->> 'lane', e.payload -> 'alert_ids')::text
        from ops.domain_events as e where e.kind = 'incidents.alerted'
    ), format('(t,office,[%s])', (select a.id from payment.incident_alerts as a)),
    'by ids alone'
);
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
        where m.account_id = :desk
    ) like format(
        '%%: something about money needs you now%%- money lost: unknown, since %%, once, '
        'family Quill, registration %s%%', :first
    ), true, 'in words that are made when it is sent'
);

-- Three mails within ten minutes, and no fourth.
select pg_temp.lose(:section) as second \gset
select is(pg_temp.raise(1), '1', 'a second mail');
select pg_temp.lose(:section) as third \gset
select is(pg_temp.raise(2), '1', 'a third');
select pg_temp.lose(:section, 30) as fourth \gset
select is(pg_temp.raise(3), '0', 'a fourth waits');
select pg_temp.lose(:section) as fifth \gset
select is(pg_temp.raise(9), '0', 'as does a fifth');
-- What is for developers has a mail of its own.
select tests.payment(
    tests.held(tests.cart(tests.student(tests.family()), :section))
) as payment \gset
select tests.exchange(:payment, 400, '{"failures": [{"code": "badRequest"}]}') as sent \gset
select is(pg_temp.raise(10), '2', 'ten minutes after the first one mail may go');
select is(pg_temp.told(:desk), '1 1 1 2', 'which names all that waited in its lane');
select is(pg_temp.raise(10), '0', 'and the other lane waits');
select tests.worker('platform_admin') as admin \gset
select is(pg_temp.raise(11), '1', 'until the second is ten minutes old');
select is(
    concat_ws(' | ', pg_temp.told(:desk), pg_temp.told(:admin)), '1 1 1 2 | 1',
    'developers are told what is theirs, and the office is not'
);
select is(pg_temp.raise(120), '0', 'nothing is told twice, and nothing is left');
select is(
    (select count(*) from payment.incident_alerts as a where a.cause = 'critical'), 6::bigint,
    'all of them are on record'
);

-- What somebody has seen already need not be told.
select pg_temp.lose(:section) as sixth \gset
select tests.as_staff(
    :desk, format('api.note_incident(%L, ''acknowledged'')', pg_temp.incident_of(:sixth))
) as noted \gset
select is(pg_temp.raise(121), '0', 'what is acknowledged is not told');

-- What is settled is not listed, and told when it comes back.
select tests.run(
    format('select ops.emit(''registration.paid'', %s)', :first)
);
select is(pg_temp.raise(140), '1', 'what was paid meanwhile and is owed again is told again');
select is(pg_temp.raise(141), '0', 'once');

-- Where nobody is a developer the office looks after what is theirs.
update studio.memberships set status = 'ended' where account_id = :admin;
select tests.payment(
    tests.held(tests.cart(tests.student(tests.family()), :section))
) as payment \gset
select tests.exchange(:payment, 200, '{"items": []}') as sent \gset
select tests.exchange(:payment, 400, '{"failures": [{"code": "badRequest"}]}') as sent \gset
select is(pg_temp.raise(160), '1', 'another request is refused');
select is(pg_temp.told(:desk), '1 1 1 2 1 1', 'the office is told where there is no developer');

-- What nobody will mend is told again when it fails once more.
select tests.as_manager(
    tests.worker('manager'),
    format(
        'api.note_incident(%L, ''wont_fix'', ''their host'')',
        (
            select a.incident from payment.incident_alerts as a
            where a.lane = 'developer' order by a.id desc limit 1
        )
    )
) as noted \gset
select is(pg_temp.raise(180), '0', 'what nobody will mend is not told');
select tests.payment(
    tests.held(tests.cart(tests.student(tests.family()), :section))
) as payment \gset
select tests.exchange(:payment, 200, '{"items": []}') as sent \gset
select tests.exchange(:payment, 400, '{"failures": [{"code": "badRequest"}]}') as sent \gset
update payment.gateway_calls set answered_at = now() + interval '1 minute'
where payment_id = :payment and answer_status = 400;
select is(pg_temp.raise(181), '1', 'until it fails once more');
select is(pg_temp.raise(182), '0', 'and is told once then');

select is(
    tests.error_code('update payment.incident_alerts set tries = 0'), 'append_only', 'for good'
);
select is(tests.value('payment.alert_incidents()'), '0', 'by the clock of now');
select * from finish();
rollback;
