begin;
set local search_path = tap, public;
select plan(37);
select tests.section('Mon', '{1}', p_capacity => null) as one \gset
create function pg_temp.begin() returns bigint language plpgsql as $$
declare
    v_payment_id bigint;
begin
    v_payment_id := tests.payment(
        tests.held_by(
            tests.cart(
                tests.student(tests.family()),
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
-- Somebody asks for news: return page, notice or job.
create function pg_temp.ask(payment bigint) returns void language sql as $$
    select tests.run(
        format(
            'select payment.ask_about(p) from payment.payments as p where p.id = %s', payment
        )
    )
$$;
create function pg_temp.session(payment bigint, card text) returns text language sql as $$
    select tests.exchange(
        payment, 200, jsonb_build_object(
            'id', 'ses' || payment, 'transaction', null, 'previousTransactions', '[]'::jsonb,
            'hostedCard', 'https://gw.invalid/hosted-cards/' || card
        )
    )
$$;
create function pg_temp.card(id text, print text default 'fp1', year text default '2099')
returns jsonb language sql as $$
    select jsonb_build_object(
        'id', id, 'deletedAt', null, 'card', jsonb_build_object(
            'scheme', 'Visa', 'last4', '4242', 'expirationMonth', 2, 'expirationYear', year,
            'panFingerprint', print
        )
    )
$$;
create function pg_temp.state(payment bigint) returns text language sql as $$
    select concat_ws(
        ' / ', p.status, tests.registration_status(p.registration_id), tests.calls(payment)
    )
    from payment.payments as p where p.id = payment
$$;

-- From a page to a confirmation.
select pg_temp.begin() as payment \gset
select is(
    (
        select (p.flow, p.amount_minor, p.credential_type, p.do_capture)::text
        from payment.payments as p where p.id = :payment
    ), '(tokenise_first,18829,recurring,t)', 'the first part, by a card that is stored'
);
select pg_temp.ask(:payment);
select is(
    tests.exchange(:payment, 200, jsonb_build_object('id', 'ses' || :payment, 'hostedCard', null)),
    'GET /payment-sessions/ses' || :payment, 'the page is asked for its card'
);
select is(
    pg_temp.state(:payment), 'open / pending_payment / fetch_session answered',
    'there is none yet: nothing more is asked'
);
select pg_temp.ask(:payment);
select pg_temp.session(:payment, 'hcd1') \g /dev/null
select is(
    tests.exchange(:payment, 200, pg_temp.card('hcd1')), 'GET /hosted-cards/hcd1',
    'a card: it is looked at'
);
select is(
    (
        select (p.card_last4, p.card_expires_on, p.card_fingerprint)::text
        from payment.payments as p where p.id = :payment
    ), '(4242,2099-02-28,fp1)', 'so that it can be found again'
);
select pg_temp.ask(:payment);
select is(
    (
        select c.path || ' ' || c.body::text from payment.gateway_calls as c
        where c.payment_id = :payment and c.purpose = 'create_stored_card'
    ),
    (
        select '/stored-cards '
        || jsonb_build_object('shopper', s.gateway_id, 'hostedCard', 'hcd1')::text
        from payment.payments as p inner join payment.shoppers as s on p.shopper_id = s.id
        where p.id = :payment
    ), 'it is stored'
);
delete from payment.gateway_calls where payment_id = :payment and purpose = 'fetch_session';
select is(
    tests.exchange(:payment, 201, pg_temp.card('stc1')), 'POST /stored-cards', 'the gateway has it'
);
select is(
    (
        select (m.gateway_id, m.card_scheme, m.card_last4, m.expires_on, m.fingerprint, m.status)
        ::text from payment.stored_methods as m
    ), '(stc1,Visa,4242,2099-02-28,fp1,active)', 'and we know it'
);
select is(
    (
        select c.body ->> 'storedCard' from payment.gateway_calls as c
        where c.payment_id = :payment and c.purpose = 'charge_stored_card'
    ), 'stc1', 'it is charged'
);
select tests.run(format('select payment.advance_card(%s)', :payment));
select is(
    pg_temp.state(:payment),
    'open / pending_payment / fetch_hosted_card answered, create_stored_card answered, '
    || 'charge_stored_card queued', 'once, whoever asks'
);
select is(
    tests.exchange(:payment, 201, tests.sale(:payment, 'trx' || :payment)), 'POST /transactions',
    'approved'
);
select is(
    pg_temp.state(:payment), 'authorized / confirmed / fetch_hosted_card answered, '
    || 'create_stored_card answered, charge_stored_card answered', 'it is enrolled'
);
select is(
    tests.parts(tests.registration_of(:payment)),
    'paid 18829, scheduled 18829, scheduled 18829, scheduled 18829, scheduled 18827', 'by its plan'
);

-- One that is stored already.
create function pg_temp.with_card(card jsonb) returns bigint language plpgsql as $$
declare
    v_payment_id constant bigint := pg_temp.begin();
begin
    perform pg_temp.ask(v_payment_id);
    perform pg_temp.session(v_payment_id, card ->> 'id');
    perform tests.exchange(v_payment_id, 200, card);
    return v_payment_id;
end;
$$;
create function pg_temp.duplicate(payment bigint) returns text language sql as $$
    select tests.exchange(
        payment, 400, '{"status": 400, "failures": [{"code": "badRequest", "field": null},
        {"code": "fieldValidationFailure", "field": "card.number"}]}'
    )
$$;
select pg_temp.with_card(pg_temp.card('hcd2')) as payment \gset
select pg_temp.duplicate(:payment) \g /dev/null
select is(
    tests.exchange(
        :payment, 200, jsonb_build_object(
            'items', jsonb_build_array(
                pg_temp.card('gone') || '{"deletedAt": "2026-01-01T00:00:00Z"}',
                pg_temp.card('other', 'fp9'), pg_temp.card('stc2')
            )
        )
    ),
    (
        select 'GET /shoppers/' || s.gateway_id || '/stored-cards?limit=200'
        from payment.payments as p inner join payment.shoppers as s on p.shopper_id = s.id
        where p.id = :payment
    ), 'refused as a second one: it is looked for'
);
select is(
    (
        select m.gateway_id from payment.payments as p
        inner join payment.stored_methods as m on p.stored_method_id = m.id where p.id = :payment
    ), 'stc2', 'and known by its fingerprint, not one that was deleted'
);
select pg_temp.with_card(pg_temp.card('hcd3', null)) as payment \gset
select pg_temp.duplicate(:payment) \g /dev/null
select tests.exchange(
    :payment, 200, jsonb_build_object(
        'items', jsonb_build_array(pg_temp.card('old', null, '2098'), pg_temp.card('stc3', 'fp1'))
    )
) \g /dev/null
select is(
    (
        select m.gateway_id from payment.payments as p
        inner join payment.stored_methods as m on p.stored_method_id = m.id where p.id = :payment
    ), 'stc3', 'without a fingerprint, by its last digits and its expiry'
);

-- An answer that is lost.
select pg_temp.with_card(pg_temp.card('hcd4')) as payment \gset
select tests.exchange(:payment, null) \g /dev/null
select is(
    pg_temp.state(:payment), 'open / pending_payment / fetch_session answered, '
    || 'fetch_hosted_card answered, create_stored_card failed, find_stored_card queued',
    'it may be stored: the gateway is asked'
);
select tests.exchange(:payment, 200, '{"items": []}') \g /dev/null
select is(
    (select count(*) from payment.gateway_calls as c where c.payment_id = :payment
    and c.purpose = 'create_stored_card' and c.status = 'queued'), 1::bigint, 'it was not: again'
);
select tests.exchange(:payment, 201, pg_temp.card('stc4')) \g /dev/null
select tests.exchange(:payment, 500) \g /dev/null
select is(
    (select string_agg(c.path, ' ') from payment.gateway_calls as c
    where c.payment_id = :payment and c.status = 'queued'),
    (select '/transactions?limit=200&filter=customReference_eq_' || p.reference
    from payment.payments as p where p.id = :payment),
    'it may be charged: the gateway is asked by our reference'
);
select tests.exchange(:payment, 200, '{"items": []}') \g /dev/null
select is(
    (select count(*) from payment.gateway_calls as c where c.payment_id = :payment
    and c.purpose = 'charge_stored_card' and c.status = 'queued'), 1::bigint, 'it was not: again'
);
select tests.exchange(:payment, 500) \g /dev/null
select tests.exchange(
    :payment, 200, jsonb_build_object(
        'items', jsonb_build_array(
            tests.sale(:payment, 'first' || :payment), tests.sale(:payment, 'twice' || :payment)
        )
    )
) \g /dev/null
select is(
    (
        select (p.status, tests.registration_status(p.registration_id))::text
        from payment.payments as p where p.id = :payment
    ), '(authorized,confirmed)', 'it was: taken over'
);
select is(
    (select c.body ->> 'parentTransaction' from payment.gateway_calls as c
    where c.payment_id = :payment and c.status = 'queued'), 'twice' || :payment,
    'and one too many goes back'
);

-- Refused.
select pg_temp.with_card(pg_temp.card('hcd5')) as payment \gset
select tests.exchange(
    :payment, 400, '{"status": 400, "failures": [{"code": "badRequest", "field": null},
    {"code": "fieldValidationFailure", "field": "hostedCard"}]}'
) \g /dev/null
select is(
    (select p.status from payment.payments as p where p.id = :payment), 'failed',
    'a token that has expired ends the payment'
);
select isnt(
    tests.payment(tests.registration_of(:payment)), :payment::bigint, 'and the family begins another one'
);
select pg_temp.begin() as payment \gset
select pg_temp.ask(:payment);
select pg_temp.session(:payment, 'hcd6') \g /dev/null
select tests.exchange(:payment, 404) \g /dev/null
select is(
    (select p.status from payment.payments as p where p.id = :payment), 'failed',
    'also one that is not there any more'
);
select pg_temp.with_card(pg_temp.card('hcd7')) as payment \gset
select tests.exchange(:payment, 201, pg_temp.card('stc7')) \g /dev/null
select tests.exchange(
    :payment, 201, tests.sale(
        :payment, 'no7', '{"state": "declined", "isAuthorized": false,
        "failures": [{"code": "declinedByIssuer"}]}'
    )
) \g /dev/null
select is(
    (
        select (p.status, tests.registration_status(p.registration_id))::text
        from payment.payments as p where p.id = :payment
    ), '(declined,pending_payment)', 'a decline ends it as well: nobody is at the page any more'
);
select is(
    (select m.status from payment.stored_methods as m where m.gateway_id = 'stc7'), 'active',
    'the card stays, it may be approved another day'
);
select is(
    (
        select count(*) from ops.domain_events as e
        where e.kind = 'payment.declined' and e.subject_id = :payment
        and e.payload ->> 'error_code' = 'declinedByIssuer'
    ), 1::bigint, 'which is told'
);

-- Too late.
select pg_temp.with_card(pg_temp.card('hcd8')) as payment \gset
select tests.lapse(tests.registration_of(:payment));
update payment.payments set final_answer_due_at = now() - interval '1 s' where id = :payment;
select tests.exchange(:payment, 201, pg_temp.card('stc8')) \g /dev/null
select is(
    (select (p.status, (select string_agg(c.purpose, ' ') from payment.gateway_calls as c
    where c.payment_id = p.id and c.purpose like 'charge%'))::text
    from payment.payments as p where p.id = :payment), '(expired,)',
    'seats that are not kept any more are not charged for'
);
select pg_temp.with_card(pg_temp.card('hcd9')) as payment \gset
update payment.payments set final_answer_due_at = now() + interval '5 s' where id = :payment;
select tests.exchange(:payment, 201, pg_temp.card('stc9')) \g /dev/null
select is(
    (select p.final_answer_due_at > now() + interval '60 s' from payment.payments as p
    where p.id = :payment), true, 'while a charge is under way they are kept'
);

-- What is unknown stays open, and is asked until it is known.
select tests.exchange(:payment, null) \g /dev/null
select tests.forget_calls(:payment);
insert into payment.gateway_calls (
    studio_id, merchant_account_id, purpose, payment_id, method, path, body, status
)
select p.studio_id, p.merchant_account_id, 'charge_stored_card', p.id, 'POST', '/transactions',
'{}', 'failed' from payment.payments as p where p.id = :payment;
select tests.run(format('select payment.close_ended(%s)', :payment));
select is(
    pg_temp.state(:payment), 'open / pending_payment / charge_stored_card failed, find_charge queued',
    'an ended session does not end it'
);
select tests.exchange(
    :payment, 200, jsonb_build_object(
        'items', jsonb_build_array(
            tests.sale(:payment, 'wait' || :payment, '{"state": "heldForReview",
            "isAuthorized": false}')
        )
    )
) \g /dev/null
select is(
    pg_temp.state(:payment),
    'open / pending_payment / charge_stored_card failed, find_charge answered',
    'held for review: it may still come'
);
select tests.apply(:payment, tests.sale(:payment, 'wait' || :payment));
select is(
    (select (p.status, tests.registration_status(p.registration_id))::text
    from payment.payments as p where p.id = :payment), '(authorized,confirmed)', 'and it does'
);
-- Asked as often as the setting says, it was never there.
select pg_temp.with_card(pg_temp.card('hcd10')) as payment \gset
select tests.exchange(:payment, 201, pg_temp.card('stc10')) \g /dev/null
create function pg_temp.lose(payment bigint) returns void language plpgsql as $$
begin
    perform tests.exchange(payment, null);
    perform tests.exchange(payment, 200, '{"items": []}');
end;
$$;
select pg_temp.lose(:payment);
select is(
    pg_temp.state(:payment),
    'open / pending_payment / fetch_session answered, fetch_hosted_card answered, '
    || 'create_stored_card answered, charge_stored_card failed, find_charge answered',
    'the gateway may still be at work on what it did not answer'
);
create function pg_temp.wait_and_lose(payment bigint) returns void language plpgsql as $$
begin
    for n in 1..20 loop
        exit when tests.payment_status(payment) <> 'open';
        update payment.gateway_calls as c set created_at = c.created_at - interval '1 hour'
        where c.payment_id = payment;
        perform tests.run(format('select payment.ask_charge(%s)', payment));
        perform tests.exchange(payment, 200, '{"items": []}');
        exit when tests.payment_status(payment) <> 'open';
        perform pg_temp.lose(payment);
    end loop;
end;
$$;
select pg_temp.wait_and_lose(:payment);
select is(
    (select p.status from payment.payments as p where p.id = :payment), 'declined',
    'a charge that never arrives is given up'
);
select is(
    (select count(*) from payment.gateway_calls as c
    where c.payment_id = :payment and c.purpose = 'charge_stored_card'),
    tests.value('(studio.settings_of()).call_attempts')::bigint, 'after as many tries as all calls'
);
select lives_ok('select tests.settle()', 'and every plan adds up');

select * from finish();
rollback;
