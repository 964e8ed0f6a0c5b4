begin;
set local search_path = tap, public;
select plan(13);
select tests.section('Answered', p_capacity => null) as section \gset
create function pg_temp.new_payment(section bigint) returns bigint language plpgsql as $$
begin
    return tests.payment(tests.held(tests.cart(tests.student(tests.family()), section)));
end;
$$;
-- A payment whose session has ended, and who is asked what became of it.
create function pg_temp.asked(section bigint) returns bigint language plpgsql as $$
declare
    v_payment_id constant bigint := tests.open_payment(section);
begin
    perform tests.run(
        format(
            'update payment.payments set session_ends_at = now(), session_ref = ''pss%s'',
            session_url = ''https://pay.example/x'' where id = %s', v_payment_id, v_payment_id
        )
    );
    perform tests.value('payment.ask_ended_sessions()');
    return v_payment_id;
end;
$$;

-- What was made has an id, or nothing is known to be made.
select pg_temp.new_payment(:section) as payment \gset
select tests.exchange(:payment, 200, '{}') as sent \gset
select is(tests.calls(:payment), 'find_shopper queued', 'a list without items is no list');
select tests.exchange(:payment, 200, '{"items": [{"name": "X"}]}') as sent \gset
select is(tests.calls(:payment), 'find_shopper queued', 'a shopper without an id is none');
select tests.exchange(:payment, 200, '{"items": []}') as sent \gset
select tests.exchange(:payment, 201, '{}') as sent \gset
select is(
    tests.calls(:payment), 'find_shopper answered, create_shopper failed, find_shopper queued',
    'one that was made without an id is looked for'
);
select tests.exchange(:payment, 200, '{"items": [{"id": "shp1"}]}') as sent \gset
select tests.exchange(:payment, 201, '{"id": ""}') as sent \gset
select ok(
    tests.calls(:payment) like '%, create_order queued', 'an order without an id waits, too'
);
select tests.exchange(:payment, 201, '{"id": "ord1"}') as sent \gset
select tests.exchange(:payment, 201, '{"id": "../x", "url": "https://pay.example/x"}') as sent \gset
select is(
    (select p.session_ref from payment.payments as p where p.id = :payment), null,
    'an id that could not be asked for is none'
);
select ok(
    tests.calls(:payment) like '%, create_session queued', 'and the session is asked for again'
);

-- What is fetched is what was asked for.
select pg_temp.asked(:section) as payment \gset
select pg_temp.asked(:section) as other \gset
select tests.exchange(:payment, 200, jsonb_build_object('id', 'pss' || :other)) as sent \gset
select is(tests.calls(:payment), 'fetch_session queued', 'another session is no answer');
select is(tests.payment_status(:payment), 'open', 'and ends nothing');
select tests.exchange(
    :payment, 200,
    jsonb_build_object('id', 'pss' || :payment, 'transaction', 'https://x.example/t/trx' || :other)
) as sent \gset
select tests.exchange(:payment, 200, tests.sale(:payment, 'trx9')) as sent \gset
select is(
    tests.registration_status(tests.registration_of(:payment)), 'pending_payment',
    'another transaction confirms nothing'
);
-- Whatever the gateway says of a session: money of another payment is not this one's.
select tests.exchange(:payment, 200, tests.sale(:other, 'trx' || :other)) as sent \gset
select is(
    tests.registration_status(tests.registration_of(:payment)), 'pending_payment',
    'nor does a sale that names another payment'
);
select is(
    (select count(*) from payment.transactions as t where t.gateway_id = 'trx' || :other),
    0::bigint, 'which is not written down as this one''s'
);
select tests.exchange(
    :other, 200,
    jsonb_build_object('id', 'pss' || :other, 'transaction', 'https://x.example/t/trx' || :other)
) as sent \gset
select tests.exchange(:other, 200, tests.sale(:other, 'trx' || :other)) as sent \gset
select is(
    tests.registration_status(tests.registration_of(:other)), 'confirmed', 'it is that one''s'
);
select is(
    tests.registration_status(tests.registration_of(:payment)), 'pending_payment', 'alone'
);
select * from finish();
rollback;
