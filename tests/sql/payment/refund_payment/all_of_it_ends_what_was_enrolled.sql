begin;
set local search_path = tap, public;
select plan(33);
select tests.section('Refunds', p_capacity => 2) as section \gset
select tests.worker() as staff \gset
create function pg_temp.refund(staff bigint, arguments text) returns jsonb language sql as $$
    select tests.as_staff(
        staff,
        format('api.refund_payment(%s, reason => ''moved  to another town'')', arguments)
    )
$$;
create function pg_temp.seats(registration bigint) returns bigint language sql as $$
    select count(*) from enrollment.seats as s
    inner join enrollment.enrollments as e on s.studio_id = e.studio_id and s.enrollment_id = e.id
    where e.registration_id = registration
$$;
create function pg_temp.told(registration bigint) returns text language sql as $$
    select string_agg(m.template_code, ',' order by m.id)
    from messaging.messages as m where m.registration_id = registration
$$;
create function pg_temp.paid(registration bigint) returns bigint language sql as $$
    select tests.value(format('payment.paid_minor(%s, %s)', r.family_id, r.id))::bigint
    from enrollment.registrations as r where r.id = registration
$$;
create function pg_temp.owed(registration bigint) returns bigint language sql as $$
    select tests.value(format('payment.balance_due_minor(%s)', r.family_id))::bigint
    from enrollment.registrations as r where r.id = registration
$$;

-- Paid with a part of a credit, and not settled yet: voided as a whole.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.as_staff(:staff, format('api.grant_credit(%s, 5000, ''rain'')', :family)) as credit \gset
select tests.cart(:student, :section) as cart \gset
select tests.as_family(:family, format('api.use_credit(%s, true)', :cart)) as used \gset
select tests.confirmed(:cart) as registration \gset
select p.id as payment, p.amount_minor as paid from payment.payments as p
where p.registration_id = :registration \gset
select tests.forget_calls(:payment);
select is(
    pg_temp.refund(:staff, format('%s, preview => true', :registration)) - '{refunds}'::text [],
    jsonb_build_object(
        'registration_id', :registration, 'registration_status', 'confirmed',
        'amount_minor', :paid, 'price_reduction_minor', :paid, 'left_minor', 0, 'preview', true
    ),
    'a preview says what would go back'
);
select is(tests.refunds(:registration), null, 'and changes nothing');
select is(tests.calls(:payment), null, 'nor asks the gateway');
select pg_temp.refund(:staff, :'registration') as answer \gset
select is(
    :'answer'::jsonb -> 'refunds' -> 0,
    jsonb_build_object(
        'refund_id', (select r.id from payment.refunds as r where r.registration_id = :registration),
        'transaction_id', (select t.id from payment.transactions as t where t.payment_id = :payment),
        'offline_payment_id', null, 'kind', 'void', 'status', 'pending',
        'waits_for_settlement', false, 'amount_minor', :paid
    ),
    'what is not settled is voided'
);
select is(tests.calls(:payment), 'void_transaction queued', 'the gateway is asked');
select is(
    (
        select concat_ws(' ', r.reason, r.cause, r.requested_by) from payment.refunds as r
        where r.registration_id = :registration
    ),
    format('moved to another town staff %s', :staff), 'who and why is kept'
);
select is(tests.registration_status(:registration), 'confirmed', 'until it has said yes');
select is(pg_temp.seats(:registration), 1::bigint, 'the place is theirs');
select is(pg_temp.owed(:registration), 0::bigint, 'nobody owes what goes back');
select is(
    tests.error_code(format('select pg_temp.refund(%s, %L)', :staff, :'registration')),
    'nothing_to_refund', 'it goes back once'
);
select tests.exchange(
    :payment, 201, tests.return_of(:payment, 'void', 'void1')
) as sent \gset
select is(tests.refunds(:registration), 'void done ' || :paid, 'it is done');
select is(tests.payment_status(:payment), 'voided', 'the payment is voided');
select is(
    (
        select concat_ws(' ', r.status, r.status_reason) from enrollment.registrations as r
        where r.id = :registration
    ),
    'refunded refunded', 'the registration is refunded'
);
select results_eq(
    format(
        'select e.status, c.kind, c.price_change_minor from enrollment.enrollments as e
        inner join enrollment.changes as c on e.id = c.enrollment_id where e.registration_id = %s',
        :registration
    ),
    $$values ('cancelled', 'refunded', 0::bigint)$$, 'what was enrolled has ended'
);
select is(pg_temp.seats(:registration), 0::bigint, 'its seat, too');
select is(
    (
        select string_agg(s.status || ' ' || s.reason, ',') from enrollment.seats as s
        where s.section_id = :section
    ),
    'reserved freed:refund', 'the place is kept for staff, as the setting says'
);
select is(
    (select u.status from pricing.credit_uses as u where u.registration_id = :registration),
    'returned', 'the credit that was spent on it is theirs again'
);
select is(
    tests.as_family(:family, '(select c.left_minor from api.credits as c)'), '5000', 'all of it'
);
select is(
    pg_temp.told(:registration),
    'registration_confirmed,registration_refunded,payment_refunded', 'the family is told'
);
select is(pg_temp.paid(:registration), 0::bigint, 'no money is with us');
select is(pg_temp.owed(:registration), 0::bigint, 'nor owed');
select tests.apply(:payment, tests.return_of(:payment, 'void', 'void1'));
select tests.apply(
    :payment, tests.sale(:payment, 'trx-of-' || :payment, '{"state": "voided"}')
);
select is(
    tests.refunds(:registration), 'void done ' || :paid, 'notices of it change nothing more'
);

-- Settled: refunded, in two parts; the second one is all that was left.
select tests.confirmed(tests.cart(tests.student(tests.family()), :section)) as registration \gset
select p.id as payment, p.amount_minor as paid from payment.payments as p
where p.registration_id = :registration \gset
select tests.forget_calls(:payment);
select tests.apply(
    :payment, tests.sale(:payment, 'trx-of-' || :payment, '{"state": "settled"}')
);
select pg_temp.refund(:staff, format('payment_id => %s, amount_minor => 1000', :payment)) as answer \gset
select is(
    tests.exchange(:payment, 201, tests.return_of(:payment, 'refund', 'part1')),
    'POST /transactions', 'a part is refunded'
);
select is(
    (select c.body - '{customReference,parentTransaction}'::text [] from payment.gateway_calls as c
    where c.payment_id = :payment),
    '{"type": "refund", "total": {"amount": "10.00", "currencyCode": "USD"}}', 'over its amount'
);
select is(
    concat_ws(' ', tests.registration_status(:registration), pg_temp.seats(:registration)),
    'confirmed 1', 'a part keeps what is enrolled'
);
select is(
    concat_ws(' ', pg_temp.paid(:registration), pg_temp.owed(:registration)),
    concat_ws(' ', :paid - 1000, 0), 'and nobody owes it'
);
select is(pg_temp.told(:registration), 'registration_confirmed,payment_refunded', 'the family is told');
select pg_temp.refund(
    :staff, format('transaction_id => %s',
    (select t.id from payment.transactions as t where t.payment_id = :payment and t.type = 'sale'))
) as answer \gset
select is(
    :'answer'::jsonb -> 'refunds' -> 0 ->> 'kind', 'refund', 'the rest is refunded as well'
);
select tests.exchange(
    :payment, 201, tests.return_of(:payment, 'refund', 'part2')
) as sent \gset
select is(
    tests.refunds(:registration), format('refund done 1000, refund done %s', :paid - 1000),
    'parts that are together all of it'
);
select is(tests.registration_status(:registration), 'refunded', 'end the registration');
select is(tests.payment_status(:payment), 'refunded', 'and the payment');
-- Not settled at the gateway after all: one is voided there.
select tests.apply(
    :payment,
    tests.return_of(:payment, 'refund', 'part2', '{"state": "voided"}')
);
select is(
    tests.refunds(:registration), format('refund done 1000, refund failed voided %s', :paid - 1000),
    'what was taken back at the gateway has failed'
);
select is(pg_temp.paid(:registration), :paid::bigint - 1000, 'its money is with us');
select * from finish();
rollback;
