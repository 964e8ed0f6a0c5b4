begin;
set local search_path = tap, public;
select plan(24);
select tests.section('Mon', '{1}', p_capacity => null) as one \gset
select tests.worker('staff') as desk, tests.worker('owner') as owner \gset
select tests.family() as family \gset
select tests.planned(tests.cart(tests.student(:family), :one)) as registration \gset
select tests.part(:registration, 2) as second, tests.part(:registration, 3) as third \gset
create function pg_temp.desk(call text) returns jsonb language sql as $$
    select tests.as_staff(
        (select min(m.account_id) from studio.memberships as m where m.role = 'staff'), call
    )
$$;
create function pg_temp.refused(call text) returns text language sql as $$
    select tests.error_code(format('select pg_temp.desk(%L)', call))
$$;

-- One part.
select is(
    pg_temp.refused(format('api.mark_installment_paid(%s, ''check'')', :second)),
    'payment_invalid', 'a check has a number'
);
select is(
    pg_temp.refused(format('api.mark_installment_paid(%s, ''shells'')', :second)),
    'payment_invalid', 'money is of a kind'
);
select pg_temp.desk(format('api.mark_installment_paid(%s, ''check'', ''17'')', :third)) as paid \gset
select is(
    :'paid'::jsonb - '{installment_id,registration_id,due_on,offline_payment_id}'::text [],
    '{"number": 3, "amount_minor": 18829, "paid_minor": 18829, "waived_minor": 0,
    "status": "paid", "attempts": 0, "next_attempt_on": null, "last_error": null}',
    'the one that is meant is paid'
);
select is(
    tests.parts(:registration),
    'paid 18829, scheduled 18829, paid 18829, scheduled 18829, scheduled 18827', 'and no other'
);
select is(
    (
        select (o.kind, o.reference, o.amount_minor, o.installment_id = :third, o.recorded_by = :desk)
        ::text from payment.offline_payments as o
    ), '(check,17,18829,t,t)', 'it is kept by whom'
);
select lives_ok('select tests.settle()', 'it adds up');
select is(
    pg_temp.refused(format('api.mark_installment_paid(%s, ''cash'')', :third)),
    'installment_closed', 'once'
);
select is(
    (select r.status from enrollment.registrations as r where r.id = :registration), 'confirmed',
    'it is enrolled as before'
);

-- The bank sends the check back.
select :'paid'::jsonb -> 'offline_payment_id' as payment \gset
select is(
    pg_temp.desk(format('api.return_check(%s, ''no funds'', preview => true)', :payment)) -> 'preview',
    'true', 'a preview'
);
select is(
    tests.parts(:registration),
    'paid 18829, scheduled 18829, paid 18829, scheduled 18829, scheduled 18827', 'changes nothing'
);
select pg_temp.desk(format('api.return_check(%s, ''no funds'')', :payment)) \g /dev/null
select is(
    tests.parts(:registration),
    'paid 18829, scheduled 18829, scheduled 18829, scheduled 18829, scheduled 18827',
    'the part is open again'
);
select is(
    (
        select string_agg(u.amount_minor::text, ' ' order by u.id)
        from payment.installment_payments as u where u.installment_id = :third
    ), '18829 -18829', 'both are kept'
);
select is(
    (select (r.status, r.balance_due_on)::text from enrollment.registrations as r
    where r.id = :registration), '(confirmed,)', 'there is no balance beside its parts'
);
select lives_ok('select tests.settle()', 'it adds up');

-- Money for no part pays the next ones.
select pg_temp.desk(format('api.record_payment(%s, ''cash'', 20000)', :registration)) \g /dev/null
select is(
    tests.parts(:registration),
    'paid 18829, paid 18829, scheduled 17658, scheduled 18829, scheduled 18827',
    'one of them, and some of another'
);
select lives_ok('select tests.settle()', 'it adds up');
select is(
    pg_temp.desk(format('api.mark_installment_paid(%s, ''cash'')', :third)) ->> 'status', 'paid',
    'the rest of that one'
);
select is(
    (
        select string_agg(o.amount_minor::text, ' ' order by o.id)
        from payment.offline_payments as o
    ), '18829 20000 17658', 'is all that was open'
);

-- The first part without a card: the plan has none to charge.
select tests.family() as family \gset
select tests.held_by(tests.cart(tests.student(:family), :one)) as registration \gset
select is(
    pg_temp.refused(format('api.record_payment(%s, ''cash'', 18828)', :registration)),
    'payment_below_due', 'less than the first part'
);
select pg_temp.desk(format('api.record_payment(%s, ''check'', 18829, ''18'')', :registration))
\g /dev/null
select is(
    tests.parts(:registration),
    'paid 18829, scheduled 18829, scheduled 18829, scheduled 18829, scheduled 18827',
    'the first part confirms it'
);
select is(
    (select (p.auto_pay, p.stored_method_id)::text from payment.payment_plans as p
    where p.registration_id = :registration), '(t,)', 'its plan has no card yet'
);
select lives_ok('select tests.settle()', 'it adds up');
-- What is refunded of it lowers the last part.
select tests.as_staff(
    :owner, format('api.refund_payment(%s, amount_minor => 1000, reason => ''goodwill for the noise'')', :registration),
    p_role => 'owner'
) \g /dev/null
select is(
    tests.parts(:registration),
    'paid 18829, scheduled 18829, scheduled 18829, scheduled 18829, scheduled 18827',
    'a refund takes off the price what it gives back'
);
select lives_ok('select tests.settle()', 'it adds up');

select * from finish();
rollback;
