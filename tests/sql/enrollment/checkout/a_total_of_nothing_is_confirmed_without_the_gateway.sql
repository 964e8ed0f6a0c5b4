begin;
set local search_path = tap, public;
select plan(6);
select tests.section('Free', '{1}', 'technique') as section \gset
select tests.merchant_account() as account \gset
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :section) as cart \gset
select tests.override(tests.worker(), :student, :section, 0) as override \gset
create temporary table answer as select tests.checkout(:cart) as document;
select document ->> 'registration_id' as registration from answer \gset
select is((select document ->> 'status' from answer), 'confirmed', 'confirmed at once');
select is(
    (select (c.cause, c.amount_minor, c.transaction_id)::text from enrollment.confirmations as c
    where c.registration_id = :registration),
    row('nothing_due'::text, 0::bigint, null::bigint)::text, 'because nothing was due'
);
select is(
    (
        select array_agg(s.status) from enrollment.seats as s where s.student_id = :student
    ), '{confirmed}',
    'with its seat'
);
select is(
    (
        select count(*) from payment.payments as p where p.registration_id = :registration
    ), 0::bigint, 'no payment'
);
select is(
    (select count(*) from payment.gateway_calls where created_at = now()), 0::bigint,
    'no word to the gateway'
);
select is(
    tests.error_code(format('select tests.payment(%s)', :registration)), 'registration_confirmed',
    'nor can one be begun'
);
select * from finish();
rollback;
