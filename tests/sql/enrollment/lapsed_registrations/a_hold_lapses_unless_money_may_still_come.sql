begin;
set local search_path = tap, public;
select plan(13);
select tests.section('Lapsing') as section \gset
select tests.cart(tests.student(tests.family()), :section) as cart \gset
select tests.held(:cart) as registration \gset
create function pg_temp.lapsed(registration bigint, at interval default '1 hour')
returns boolean language sql as $$
    select tests.value(
        format(
            'exists (select from enrollment.lapsed_registrations(now() + %L) as r where r.id = %s)',
            at, registration
        )
    )::boolean
$$;
create function pg_temp.payment(registration bigint, setting text) returns void language sql as $$
    select tests.run(
        format(
            'alter table payment.payments disable trigger _100_check_status;
            update payment.payments set %s where registration_id = %s', setting, registration
        )
    )
$$;
select is(pg_temp.lapsed(:registration, '14 minutes 59 s'), false, 'not before its time');
select is(pg_temp.lapsed(:registration, '15 minutes'), true, 'at its very end');
select is(pg_temp.lapsed(:registration), true, 'without any payment');
select tests.payment(:registration) as payment \gset
select is(pg_temp.lapsed(:registration), false, 'while a payment is open, nobody has asked yet');
select pg_temp.payment(:registration, 'final_answer_due_at = now() + interval ''1 hour 1 s''');
select is(pg_temp.lapsed(:registration), false, 'while the last answer may still come');
select pg_temp.payment(:registration, 'final_answer_due_at = now() + interval ''1 hour''');
select is(pg_temp.lapsed(:registration), true, 'when that answer is overdue');
select pg_temp.payment(:registration, 'status = ''expired'', final_answer_due_at = null');
select is(pg_temp.lapsed(:registration), true, 'when the payment expired');
select pg_temp.payment(:registration, 'status = ''failed''');
select is(pg_temp.lapsed(:registration), true, 'when the payment could not be set up');
select tests.run(
    format(
        $$insert into payment.transactions (
            studio_id, family_id, payment_id, merchant_account_id, gateway_id, type, state,
            state_rank, is_authorized, amount_minor, currency
        )
        select studio_id, family_id, id, merchant_account_id, 'lapsing', 'sale', 'captured', 40,
        true, amount_minor, currency
        from payment.payments where id = %s$$, :payment
    )
);
select t.id as sale from payment.transactions as t where t.gateway_id = 'lapsing' \gset
select pg_temp.payment(:registration, 'status = ''voided'', accepted_sale_id = ' || :sale);
select is(pg_temp.lapsed(:registration), true, 'when the money was given back');
select pg_temp.payment(:registration, 'status = ''authorized''');
select is(pg_temp.lapsed(:registration), false, 'never while money is there');
select pg_temp.payment(:registration, 'status = ''authorized'', final_answer_due_at = now()');
select is(pg_temp.lapsed(:registration), false, 'not even when an answer was overdue');
-- Only what waits for money can lapse.
select tests.cart(tests.student(tests.family()), :section) as cart \gset
select tests.confirmed(:cart) as registration \gset
select tests.run(
    format(
        'update enrollment.registrations set hold_expires_at = ''2000-01-01'' where id = %s',
        :registration
    )
);
select is(pg_temp.lapsed(:registration), false, 'a confirmed registration never does');
select tests.cart(tests.student(tests.family()), :section) as cart \gset
select tests.held(:cart) as registration \gset
select tests.as_family(
    tests.family_of_cart(:cart), format('api.abandon_checkout(%s)', :registration)
) ->> 'status' as status \gset
select is(pg_temp.lapsed(:registration), false, 'nor one that has ended');
select * from finish();
rollback;
