begin;
set local search_path = tap, public;
select plan(25);
select tests.worker('staff') as desk, tests.worker('manager') as manager,
    tests.worker('owner') as owner, tests.worker('platform_admin') as admin \gset
create function pg_temp.raise(minutes numeric default 0) returns text language sql as $$
    select tests.value(
        format('payment.raise_alerts(now() + interval ''%s minutes'')', minutes)
    ) #>> '{}'
$$;
-- A notice whose look-up failed at these minutes from now.
create function pg_temp.fail(event bigint, variadic minutes numeric[]) returns void
language sql as $$
    update payment.gateway_events as e
    set
        failures = cardinality(minutes),
        failed_at = array(
            select now() + m.minute * interval '1 minute' from unnest(minutes) as m (minute)
        )
    where e.id = event
$$;
create function pg_temp.escalated(incident text) returns bigint language sql as $$
    select count(*) from payment.incident_alerts as a
    where a.cause = 'escalation' and a.incident = escalated.incident
$$;
create function pg_temp.told(account bigint) returns bigint language sql as $$
    select count(*) from messaging.messages as m
    where m.account_id = account and m.template_code = 'staff_escalation'
$$;

select tests.notice('https://gateway.example/transactions/t1', 'n1') ->> 'event_id' as event \gset
select 'notice_not_applied:' || :event as incident \gset
select tests.answer(c, 503) from tests.claim_of_notice(:event) as c;
select is(pg_temp.raise(), '0', 'one failure is no series');
select tests.answer(c, 503) from tests.claim_of_notice(:event) as c;
select is(pg_temp.raise(), '0', 'nor are two');
select tests.answer(c, 503) from tests.claim_of_notice(:event) as c;
select is(pg_temp.raise(), '1', 'the third is');
select is(pg_temp.raise(), '0', 'and is told once');
select tests.answer(c, 503) from tests.claim_of_notice(:event) as c;
select is(pg_temp.raise(), '0', 'the fourth is not');
select is(
    (
        select (e.failures, cardinality(e.failed_at))::text
        from payment.gateway_events as e where e.id = :event
    ), '(4,3)', 'as many failures are kept as a series has'
);
select is(
    concat_ws(
        ' ', pg_temp.told(:desk), pg_temp.told(:manager), pg_temp.told(:owner),
        pg_temp.told(:admin)
    ), '0 0 1 1', 'developers are told, and the owners'
);
select is(
    (
        select v.value ->> 'body'
        from messaging.messages as m
        cross join lateral tests.value(
            format(
                '(select to_jsonb(r) from messaging.messages as m
                cross join lateral messaging.render(m) as r where m.id = %s)', m.id
            )
        ) as v (value)
        where m.account_id = :owner and m.template_code = 'staff_escalation'
    ) like '%- notice not applied: gateway unavailable, since %, 3 times%', true,
    'what, why, and how often'
);

-- By the minutes of an hour.
select tests.notice('https://gateway.example/transactions/t2', 'n2') ->> 'event_id' as event \gset
select 'notice_not_applied:' || :event as incident \gset
select pg_temp.fail(:event, 0, 30, 60.1);
select is(pg_temp.raise(61), '0', 'three in more than an hour are no series');
select pg_temp.fail(:event, 30, 60.1, 90);
select is(pg_temp.raise(90), '1', 'but with the fourth, whose last three are within one');
select pg_temp.fail(:event, 60.1, 89, 90);
select is(pg_temp.raise(90), '0', 'what falls into the hour of a series belongs to it');
select pg_temp.fail(:event, 90.1, 90.2, 90.3);
select is(pg_temp.raise(91), '1', 'three after it are a series of their own');
select is(pg_temp.escalated(:'incident'), 2::bigint, 'so that makes two');
select tests.notice('https://gateway.example/transactions/t3', 'n3') ->> 'event_id' as event \gset
select 'notice_not_applied:' || :event as incident \gset
select pg_temp.fail(:event, 0, 59, 60);
select is(pg_temp.raise(60), '1', 'an hour to the second is an hour');
select pg_temp.fail(:event, 60, 61, 62);
select is(pg_temp.raise(62), '0', 'the last of a series is none of the next');
select pg_temp.fail(:event, 61, 62, 63);
select is(pg_temp.raise(63), '1', 'a new one of three begins after it');

-- Several at a time are one mail.
select pg_temp.told(:admin) as before \gset
select pg_temp.fail(e.id, 200, 201, 202) from payment.gateway_events as e
where e.gateway_id in ('n1', 'n2') and e.received_at = now();
select is(pg_temp.raise(202), '2', 'two that fail at a time');
select is(pg_temp.told(:admin), :before + 1::bigint, 'are one mail');

-- What nobody will mend is not told, unless it fails again.
select tests.notice('https://gateway.example/transactions/t4', 'n4') ->> 'event_id' as event \gset
select 'notice_not_applied:' || :event as incident \gset
select pg_temp.fail(:event, -3, -2, -1);
select tests.as_manager(
    :manager,
    format('api.note_incident(%L, ''wont_fix'', ''their test'')', :'incident')
) as noted \gset
select is(pg_temp.raise(), '0', 'what nobody will mend is told to nobody');
select pg_temp.fail(:event, -2, -1, 1);
select is(pg_temp.raise(1), '1', 'until it fails once more');

-- What is settled is no longer on the list.
select tests.notice('https://gateway.example/transactions/t5', 'n5') ->> 'event_id' as event \gset
select pg_temp.fail(:event, 1, 2, 3);
select tests.run(format('select payment.settle_event(%s, ''applied'')', :event));
select is(pg_temp.raise(3), '0', 'what is settled is told to nobody');

-- Charges by hand that are declined.
select tests.section('Alerts', p_capacity => null) as section \gset
select tests.planned(tests.cart(tests.student(tests.family()), :section)) as registration \gset
select tests.part(:registration, 2) as part \gset
create function pg_temp.decline(desk bigint, part bigint) returns void language plpgsql as $$
declare
    v_payment_id bigint;
begin
    perform tests.as_staff(desk, format('api.charge_installment(%s)', part));
    select a.payment_id into strict v_payment_id from payment.charge_attempts as a
    where a.installment_id = part and a.status = 'open';
    perform tests.run(
        format('select payment.decline_charge(%s, ''declinedByIssuer'')', v_payment_id)
    );
end;
$$;
select pg_temp.decline(:desk, :part);
select pg_temp.decline(:desk, :part);
select is(pg_temp.raise(), '0', 'a card that was declined twice by hand');
select pg_temp.decline(:desk, :part);
select is(pg_temp.raise(), '1', 'and a third time');
select pg_temp.decline(:desk, :part);
select is(pg_temp.raise(), '0', 'and no fourth');
select is(
    pg_temp.told(:desk), 1::bigint, 'what is for the office the office is told'
);
select * from finish();
rollback;
