begin;
set local search_path = tap, public;
select plan(8);
select tests.section('Mon', '{1}') as section \gset
select tests.worker() as desk \gset
select tests.planned(tests.cart(tests.student(tests.family()), :section)) as registration \gset
select tests.part(:registration, 2) as second, tests.part(:registration, 3) as third \gset
create function pg_temp.act(desk bigint, act text) returns text language sql as $$
    select coalesce(
        tests.error_code(format('select tests.as_staff(%s, %L)', desk, act)), 'done'
    )
$$;
create function pg_temp.charge(part bigint) returns bigint language sql as $$
    select max(p.id) from payment.payments as p where p.installment_id = part
$$;
-- A charge of which nothing was heard, until we gave up.
select pg_temp.act(:desk, format('api.charge_installment(%s)', :second)) \g /dev/null
select pg_temp.charge(:second) as lost \gset
select tests.run(format('select payment.decline_charge(%s, ''no_answer'')', :lost));
select tests.forget_calls(:lost);
-- Some of that part comes in cash; then the next one is charged.
select is(
    pg_temp.act(:desk, format('api.record_payment(%s, ''cash'', 8829)', :registration)), 'done',
    'cash comes'
);
select is(
    pg_temp.act(:desk, format('api.charge_installment(%s)', :third)), 'done', 'the next one is charged'
);
select pg_temp.charge(:third) as charge \gset
select is(
    tests.parts(:registration),
    'paid 18829, failed 10000, processing 18829, scheduled 18829, scheduled 18827', 'so it is'
);
-- And now the gateway says that the first charge was approved after all.
select tests.apply(:lost, tests.sale(:lost, 'late' || :lost));
select is(
    tests.parts(:registration),
    'paid 18829, paid 18829, processing 18829, scheduled 10000, scheduled 18827',
    'what it is too much pays the part after the one that is being charged'
);
select lives_ok('select tests.settle()', 'it adds up');
select is(tests.calls(:charge), 'charge_stored_card queued', 'that charge goes on');
select tests.exchange(:charge, 201, tests.sale(:charge, 'trx' || :charge)) \g /dev/null
select is(
    tests.parts(:registration), 'paid 18829, paid 18829, paid 18829, scheduled 10000, scheduled 18827',
    'and pays its own'
);
select lives_ok('select tests.settle()', 'it adds up again');
select * from finish();
rollback;
