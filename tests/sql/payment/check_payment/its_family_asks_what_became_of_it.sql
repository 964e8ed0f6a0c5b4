begin;
set local search_path = tap, public;
select plan(9);
select tests.section('Asked', p_capacity => null) as section \gset
select tests.open_payment(:section) as payment \gset
select p.family_id as family from payment.payments as p where p.id = :payment \gset
select tests.run(
    format(
        'update payment.payments set session_ref = ''ses1'', session_url = ''https://pay.example/''
        where id = %s', :payment
    )
);
create function pg_temp.check(family bigint, payment bigint) returns text language sql as $$
    select coalesce(
        tests.family_error_code(family, format('api.check_payment(%s)', payment)),
        tests.payment_status(payment) || ': ' || coalesce(tests.calls(payment), 'nothing asked')
    )
$$;
select is(pg_temp.check(:family, 0), 'payment_not_found', 'there is no such payment');
select is(
    pg_temp.check(tests.family('Cole'), :payment), 'payment_not_found', 'nor is there another family''s'
);
select is(pg_temp.check(:family, :payment), 'open: fetch_session queued', 'the gateway is asked');
select is(pg_temp.check(:family, :payment), 'open: fetch_session queued', 'once');
select tests.exchange(
    :payment, 200, '{"id": "ses1", "transaction": null, "previousTransactions": null}'
) \g /dev/null
select is(
    pg_temp.check(:family, :payment), 'open: fetch_session answered', 'what it just said still holds'
);
update payment.gateway_calls set answered_at = now() - interval '1 minute' where payment_id = :payment;
select is(
    pg_temp.check(:family, :payment), 'open: fetch_session answered, fetch_session queued',
    'what it said before is asked anew'
);
select tests.apply(:payment, tests.sale(:payment, 'trx' || :payment));
select tests.forget_calls(:payment);
select is(
    pg_temp.check(:family, :payment), 'authorized: nothing asked', 'what has ended is not asked about'
);

-- A charge that waits to be sent: nobody is at a page, and of the charge nothing is known yet.
select tests.planned(tests.cart(tests.student(:family), tests.section('Plan', '{2}'))) as registration
\gset
select tests.as_staff(
    tests.worker(), format('api.charge_installment(%s)', tests.part(:registration, 2))
) \g /dev/null
select p.id as charge from payment.payments as p
where p.registration_id = :registration and p.status = 'open' \gset
create function pg_temp.ask(payment bigint) returns text language sql as $$
    select tests.run(
        format('select payment.ask_about(p) from payment.payments as p where p.id = %s', payment)
    );
    select tests.calls(payment)
$$;
select is(pg_temp.ask(:charge), 'charge_stored_card queued', 'it waits for its turn');
select tests.exchange(:charge, null) \g /dev/null
delete from payment.gateway_calls where payment_id = :charge and purpose = 'find_charge';
select is(
    pg_temp.ask(:charge), 'charge_stored_card failed, find_charge queued',
    'a lost one is asked about by its reference'
);
select * from finish();
rollback;
