begin;
set local search_path = tap, public;
select plan(19);
select tests.section('Mon', '{1}', p_capacity => null) as one \gset
-- A family is at a page that collects a card, for the first part of a plan.
create function pg_temp.begin(family bigint default tests.family()) returns bigint
language plpgsql as $$
declare
    v_payment_id bigint;
begin
    v_payment_id := tests.payment(
        tests.held_by(
            tests.cart(
                tests.student(family),
                (select s.id from catalog.sections as s
                inner join catalog.classes as k on s.class_id = k.id where k.title = 'Mon')
            )
        )
    );
    perform tests.forget_calls(v_payment_id);
    update payment.payments as p
    set session_ref = 'ses' || p.id, session_url = 'https://hpp.example/' || p.id
    where p.id = v_payment_id;
    update payment.shoppers as s
    set gateway_id = 'shp' || s.id
    from payment.payments as p where p.id = v_payment_id and p.shopper_id = s.id;
    return v_payment_id;
end;
$$;
create function pg_temp.card(id text, print text, month text default '2') returns jsonb
language sql as $$
    select jsonb_build_object(
        'id', id, 'deletedAt', null, 'card', jsonb_build_object(
            'scheme', 'Visa', 'last4', '4242', 'expirationMonth', month,
            'expirationYear', '2099', 'panFingerprint', print
        )
    )
$$;
-- Asked for news, the session names a card, which is looked at.
create function pg_temp.collect(payment bigint, card jsonb) returns bigint language plpgsql as $$
begin
    perform tests.run(
        format(
            'select payment.ask_about(p) from payment.payments as p where p.id = %s', payment
        )
    );
    perform tests.exchange(
        payment, 200, jsonb_build_object('id', 'ses' || payment, 'hostedCard', card ->> 'id')
    );
    perform tests.exchange(payment, 200, card);
    perform tests.act_as_operator();
    delete from payment.gateway_calls as c where c.payment_id = payment and c.status = 'answered';
    return payment;
end;
$$;
create function pg_temp.state(payment bigint) returns text language sql as $$
    select concat_ws(' / ', p.status, tests.calls(payment))
    from payment.payments as p where p.id = payment
$$;

-- The same card another time.
select tests.family() as family \gset
select pg_temp.collect(pg_temp.begin(:family), pg_temp.card('hcd1', 'fp1')) as payment \gset
select is(pg_temp.state(:payment), 'open / create_stored_card queued', 'a new card is stored');
select tests.exchange(:payment, 201, pg_temp.card('stc1', 'fp1')) \g /dev/null
select tests.exchange(:payment, 201, tests.sale(:payment, 'trx' || :payment)) \g /dev/null
select pg_temp.collect(pg_temp.begin(:family), pg_temp.card('hcd2', 'fp1')) as again \gset
select is(
    pg_temp.state(:again), 'open / charge_stored_card queued', 'one that we keep is charged at once'
);
select is(
    (select c.body ->> 'storedCard' from payment.gateway_calls as c where c.payment_id = :again),
    'stc1', 'as it was stored before'
);
-- Nothing is charged a second time, whoever asks.
select tests.exchange(:again, 201, tests.sale(:again, 'trx' || :again)) \g /dev/null
select tests.run(format('select payment.queue_charge(%s)', :again));
select is(
    pg_temp.state(:again), 'authorized / charge_stored_card answered', 'what is paid is not charged'
);
select tests.run(format('select payment.decline_charge(%s, ''late'')', :again));
select is(tests.payment_status(:again), 'authorized', 'nor declined');

-- A card whose expiry makes no sense is stored, without one.
select pg_temp.collect(pg_temp.begin(), pg_temp.card('hcd3', 'fp3', '13')) as payment \gset
select is(
    (
        select concat_ws(' ', p.card_last4, p.card_expires_on) from payment.payments as p
        where p.id = :payment
    ), '4242', 'there is no thirteenth month'
);

-- It can't be stored, and the gateway never says why: after as many tries as any call, that is it.
select pg_temp.collect(pg_temp.begin(), pg_temp.card('hcd4', 'fp4')) as payment \gset
create function pg_temp.never_stored(payment bigint) returns bigint language plpgsql as $$
begin
    for v_try in 1..8 loop
        perform tests.exchange(payment, null);
        perform tests.exchange(payment, 200, '{"items": []}');
    end loop;
    return (
        select count(*) from payment.gateway_calls as c
        where c.payment_id = payment and c.purpose = 'create_stored_card'
    );
end;
$$;
select is(pg_temp.never_stored(:payment), 8::bigint, 'a card is tried to be stored eight times');
select is(tests.payment_status(:payment), 'failed', 'then the family has to begin anew');
-- An answer that comes when it is over changes nothing.
select pg_temp.collect(pg_temp.begin(), pg_temp.card('hcd5', 'fp5')) as payment \gset
select c as call from tests.claim(:payment) as c \gset
select tests.run(format('update payment.payments set status = ''failed'' where id = %s', :payment));
select tests.answer(:'call', 201, pg_temp.card('stc5', 'fp5'));
select is(
    pg_temp.state(:payment), 'failed / create_stored_card answered', 'of a payment that has ended'
);
select is(
    (select count(*) from payment.stored_methods as m where m.gateway_id = 'stc5'), 0::bigint,
    'no card is kept'
);

-- A charge is asked for by its reference, and what does not carry it is passed over.
create function pg_temp.lost_charge() returns bigint language plpgsql as $$
declare
    v_payment_id constant bigint := pg_temp.begin();
begin
    perform pg_temp.collect(v_payment_id, pg_temp.card('hcd' || v_payment_id, 'fp' || v_payment_id));
    perform tests.exchange(
        v_payment_id, 201, pg_temp.card('stc' || v_payment_id, 'fp' || v_payment_id)
    );
    perform tests.exchange(v_payment_id, null);
    return v_payment_id;
end;
$$;
select pg_temp.lost_charge() as payment \gset
select tests.exchange(:payment, 404) \g /dev/null
select is(
    pg_temp.state(:payment),
    'open / create_stored_card answered, charge_stored_card failed, find_charge answered',
    'without a list nothing is known, and nothing is charged again'
);
select pg_temp.lost_charge() as payment \gset
select tests.exchange(
    :payment, 200, jsonb_build_object(
        'items', jsonb_build_array(
            tests.sale(:payment, 'others') - 'customReference',
            tests.sale(:payment, 'trx' || :payment)
        )
    )
) \g /dev/null
select is(tests.payment_status(:payment), 'authorized', 'the charge that is ours is taken over');
select is(
    (select string_agg(t.gateway_id, ' ') from payment.transactions as t where t.payment_id = :payment),
    'trx' || :payment, 'and no other'
);

-- A page whose card is refused leaves nothing that the next page would stumble over.
create function pg_temp.no_page(family bigint) returns bigint language plpgsql as $$
declare
    v_payment_id bigint;
begin
    v_payment_id := tests.payment(
        tests.held(
            tests.cart(
                tests.student(family),
                (select s.id from catalog.sections as s
                inner join catalog.classes as k on s.class_id = k.id where k.title = 'Mon')
            )
        )
    );
    perform tests.exchange(v_payment_id, 200, '{"items": [{"id": "shp-gone"}]}');
    perform tests.exchange(v_payment_id, 201, '{"id": "ord1"}');
    return v_payment_id;
end;
$$;
select tests.family() as family \gset
select pg_temp.no_page(:family) as payment \gset
select is(
    (select s.gateway_id from payment.shoppers as s where s.family_id = :family), 'shp-gone',
    'a shopper that the gateway has, once'
);
select is(
    tests.exchange(:payment, 400, '{"failures": [{"code": "fieldValidationFailure"}]}'),
    'POST /payment-sessions', 'the page is refused'
);
select is(tests.payment_status(:payment), 'failed', 'the payment could not be set up');
select is(
    (select s.gateway_id from payment.shoppers as s where s.family_id = :family), null,
    'the shopper is looked for anew'
);

-- What a session names and we know already is not fetched again.
select tests.open_payment(:one) as payment \gset
update payment.payments as p set session_ref = 'ses' || p.id, session_url = 'https://hpp.example/'
where p.id = :payment;
select tests.apply(:payment, tests.sale(:payment, 'known' || :payment));
select tests.run(
    format(
        'select payment.queue_call(p.merchant_account_id, ''fetch_session'',
            ''/payment-sessions/ses'' || p.id, null, p.id) from payment.payments as p
        where p.id = %s', :payment
    )
);
select tests.exchange(
    :payment, 200, jsonb_build_object(
        'id', 'ses' || :payment,
        'transaction', 'https://gateway.example/transactions/known' || :payment
    )
) \g /dev/null
select is(tests.calls(:payment), 'fetch_session answered', 'a sale that is known is not asked for');
select is(tests.payment_status(:payment), 'authorized', 'it has paid');
select * from finish();
rollback;
