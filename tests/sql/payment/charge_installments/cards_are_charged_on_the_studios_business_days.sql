begin;
set local search_path = tap, public;
select plan(41);
select tests.section('Mon', '{1}') as one \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.planned(tests.cart(:student, :one)) as registration \gset
select tests.part(:registration, 2) as second, tests.part(:registration, 3) as third \gset
-- On a Wednesday of winter, and the next one on a Wednesday of summer.
update payment.installments set due_on = '2031-01-15' where id = :second;
update payment.installments set due_on = '2031-07-16' where id = :third;
update payment.installments set due_on = '2032-01-01'
where registration_id = :registration and number > 3;

-- What the job does at a local time of New York; answers how much it changed.
create function pg_temp.run(at timestamp, studio text default 'aydt') returns jsonb
language sql as $$
    select tests.value(
        format('payment.charge_installments(%L)', at at time zone 'America/New_York'), studio
    )
$$;
create function pg_temp.part(installment bigint) returns text language sql as $$
    select concat_ws(' ', i.status, i.attempts, i.next_attempt_on, i.last_error)
    from payment.installments as i where i.id = installment
$$;

select is(pg_temp.run('2031-01-14 12:00'), '0', 'the day before: nothing');
select is(pg_temp.run('2031-01-15 05:59'), '0', 'on its day, before the time of the setting');
select is(pg_temp.run('2031-01-15 06:00'), '1', 'from that time on: it is charged');
select is(pg_temp.part(:second), 'processing 0', 'its card is being charged');
select is(
    (
        select (p.flow, p.status, p.amount_minor, p.credential_type, p.installment_id = :second)::text
        from payment.payments as p where p.registration_id = :registration and p.status = 'open'
    ), '(stored_method,open,18829,recurring,t)', 'by a payment of its own'
);
select p.id as payment, p.reference from payment.payments as p
where p.registration_id = :registration and p.status = 'open' \gset
select is(
    (
        select (a.number, a.status, a.cause)::text
        from payment.charge_attempts as a where a.payment_id = :payment
    ), '(1,open,schedule)', 'and a try that is written down before it is made'
);
select is(
    (
        select c.method || ' ' || c.path || ' ' || (c.body - 'storedCard')::text
        from payment.gateway_calls as c where c.payment_id = :payment
    ),
    'POST /transactions ' || jsonb_build_object(
        'type', 'sale', 'total', jsonb_build_object('amount', '188.29', 'currencyCode', 'USD'),
        'shopperInteraction', 'merchantInitiated', 'credentialOnFileType', 'recurring',
        'doCapture', true, 'orderReference', :'reference', 'customReference', :'reference'
    )::text, 'in the words of the gateway: nobody is there, it is one of a plan, and whose it is'
);
select is(pg_temp.run('2031-01-15 06:00'), '0', 'once');
select is(pg_temp.run('2031-01-16 06:00'), '0', 'however often');
select is(
    tests.family_error_code(
        :family, format(
            'api.start_payment(%s, ''https://a.b'', ''https://a.b'', installment_id => %s)',
            :registration, :second
        )
    ), 'installment_processing', 'nobody pays it by hand meanwhile'
);
select is(
    tests.family_error_code(
        :family, format(
            'api.start_payment(%s, ''https://a.b'', ''https://a.b'', installment_id => %s)',
            :registration, :third
        )
    ), 'payment_under_way', 'nor another part'
);

-- Declined, on the days that follow.
select tests.exchange(
    :payment, 201, tests.sale(
        :payment, 'no1', '{"state": "declined", "isAuthorized": false,
        "failures": [{"code": "declinedByIssuer"}, {"code": "insufficientFunds"}]}'
    )
) \g /dev/null
select is(
    (
        select (p.status, a.status, a.error_code)::text
        from payment.payments as p
        inner join payment.charge_attempts as a on p.id = a.payment_id
        where p.id = :payment
    ), '(declined,declined,insufficientFunds)', 'the try is over, and says why'
);
select is(
    (select i.status || ' ' || i.attempts from payment.installments as i where i.id = :second),
    'scheduled 1', 'the part is tried again'
);
select is(
    (select i.next_attempt_on from payment.installments as i where i.id = :second),
    tests.value('studio.next_business_day(studio.local_date(now()))')::text::date,
    'on the next business day'
);
update payment.installments set next_attempt_on = '2031-01-16' where id = :second;
select is(pg_temp.run('2031-01-16 05:00'), '1', 'its day has passed, which is noted at once');
select is(
    pg_temp.part(:second), 'overdue 1 2031-01-16 insufficientFunds', 'and that it was declined'
);
select is(tests.announced('installment.overdue', :second), 1::bigint, 'once');
select is(
    tests.value(format('payment.balance_due_minor(%s)', :family)), '0'::jsonb,
    'by the clock of now nothing is overdue'
);
select is(pg_temp.run('2031-01-16 23:30'), '1', 'half past eleven at night is still that day');
select is(
    (
        select string_agg(a.number || ' ' || a.status, ', ' order by a.number)
        from payment.charge_attempts as a where a.installment_id = :second
    ), '1 declined, 2 open', 'by a try of its own number'
);
select p.id as payment from payment.payments as p
where p.registration_id = :registration and p.status = 'open' \gset
select tests.exchange(:payment, 201, tests.sale(:payment, 'yes1')) \g /dev/null
select is(
    pg_temp.part(:second), 'paid 1', 'approved: it is paid, and the error is gone'
);
select is(tests.announced('installment.paid', :second), 1::bigint, 'which is told');
select lives_ok('select tests.settle()', 'and it adds up');

-- Not on a weekend, nor while the studio is closed; the time is the wall's in summer, too.
update payment.installments set due_on = '2031-07-19' where id = :third;
select is(pg_temp.run('2031-07-19 12:00'), '0', 'a Saturday');
select is(pg_temp.run('2031-07-20 12:00'), '1', 'a Sunday: it is overdue by then');
select is(
    tests.as_manager(
        tests.worker('manager'), 'api.add_closure(''2031-07-21'', ''2031-07-22'', ''Summer'')'
    ) - 'closure_id',
    '{"starts_on": "2031-07-21", "ends_on": "2031-07-22", "label": "Summer"}', 'closed for two days'
);
select is(pg_temp.run('2031-07-21 12:00'), '0', 'a Monday of them');
select is(pg_temp.run('2031-07-22 12:00'), '0', 'the Tuesday');
select is(pg_temp.run('2031-07-23 05:59'), '0', 'the Wednesday after, a minute early');
select is(
    pg_temp.run('2031-07-23 12:00', 'elmst'), '0', 'another studio has nothing to do with it'
);
select is(
    tests.what_if(
        'update payment.payment_plans set auto_pay = false, stored_method_id = null',
        'pg_temp.run(''2031-07-23 12:00'')'
    ), '0', 'nor is anything charged where the family pays by hand'
);
select is(
    tests.what_if(
        format('update payment.installments set due_on = ''2031-07-22'' where number = 4'),
        'pg_temp.run(''2031-07-23 12:00'')'
    ), '2', 'of two parts one is charged, the other is overdue'
);

-- Without a card that can be charged.
select is(
    tests.what_if(
        'update payment.stored_methods set expires_on = ''2031-07-22''',
        'pg_temp.run(''2031-07-23 12:00'')'
    ), '1', 'a card that has expired'
);
select is(
    tests.what_if(
        'update payment.stored_methods set expires_on = ''2031-07-23''',
        'pg_temp.run(''2031-07-23 12:00'')::text || tests.parts(' || :registration || ')'
    ), '"1paid 18829, paid 18829, processing 18829, scheduled 18829, scheduled 18827"',
    'on its last day it is charged'
);
update payment.stored_methods set status = 'unusable';
select is(pg_temp.run('2031-07-23 12:00'), '1', 'a card that the gateway no longer has');
select is(pg_temp.part(:third), 'overdue 0 card_needed', 'one is needed');
select is(tests.announced('installment.card_needed', :third), 1::bigint, 'which is told');
select is(pg_temp.run('2031-07-23 12:00'), '0', 'once');
select is(pg_temp.run('2031-07-24 12:00'), '0', 'not each day');
select is(
    tests.value(
        'payment.charge_summary(timestamp ''2031-07-24 08:59'' at time zone ''America/New_York'')'
    ), '0', 'staff are told later in the morning'
);
select is(
    tests.value(
        'payment.charge_summary(timestamp ''2031-07-24 09:00'' at time zone ''America/New_York'')'
    ),
    '1', 'of all of them together'
);

select * from finish();
rollback;
