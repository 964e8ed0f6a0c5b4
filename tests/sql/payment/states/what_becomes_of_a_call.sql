begin;
set local search_path = tap, public;
\ir table.psql
-- Every kind of call to the gateway, claimed, by every kind of answer.
-- The call that waits for a payment next, claimed.
create function pg_temp.next_call(p_payment_id bigint) returns bigint language plpgsql as $$
begin
    perform tests.claim(p_payment_id);
    return (
        select max(c.id) from payment.gateway_calls as c
        where c.payment_id = p_payment_id and c.status = 'claimed'
    );
end;
$$;
-- The answers before it, each to the next call.
create function pg_temp.call_after(p_payment_id bigint, variadic p_answers jsonb [])
returns bigint language plpgsql as $$
declare
    v_answer jsonb;
begin
    foreach v_answer in array p_answers
    loop
        perform tests.exchange(
            p_payment_id, case when v_answer <> 'null' then 200 end, nullif(v_answer, 'null')
        );
    end loop;
    return pg_temp.next_call(p_payment_id);
end;
$$;
-- A payment whose page is still to be made, or that somebody asks about at its page.
create function pg_temp.begun() returns bigint language sql as $$
    select tests.payment(
        tests.held(tests.cart(tests.student(tests.family()), pg_temp.section('States')))
    )
$$;
create function pg_temp.asked_about() returns bigint language plpgsql as $$
declare
    v_payment_id constant bigint := pg_temp.at_a_page();
begin
    perform tests.run(
        format(
            'select payment.ask_about(p) from payment.payments as p where p.id = %s', v_payment_id
        )
    );
    return v_payment_id;
end;
$$;
create function pg_temp.noticed() returns bigint language plpgsql as $$
declare
    v_payment_id constant bigint := pg_temp.at_a_page();
begin
    perform tests.run(
        format(
            'select payment.queue_call(
                p.merchant_account_id, ''fetch_transaction'', ''/transactions/trx'' || p.id, null, p.id
            )
            from payment.payments as p where p.id = %s',
            v_payment_id
        )
    );
    return v_payment_id;
end;
$$;
-- At a page that collects a card, and has one.
create function pg_temp.collecting() returns bigint language plpgsql as $$
declare
    v_payment_id constant bigint := tests.payment(
        tests.held_by(tests.cart(tests.student(tests.family()), pg_temp.section('States')))
    );
begin
    perform tests.forget_calls(v_payment_id);
    update payment.payments as p
    set
        session_ref = 'ses' || p.id, session_url = 'https://pay.example/' || p.id,
        hosted_card_ref = 'hcd'
    where p.id = v_payment_id;
    update payment.shoppers as s
    set gateway_id = 'shp' || s.id
    from payment.payments as p where p.id = v_payment_id and p.shopper_id = s.id;
    perform tests.run(format('select payment.advance_card(%s)', v_payment_id));
    return v_payment_id;
end;
$$;
create function pg_temp.card(p_id text) returns jsonb language sql as $$
    select jsonb_build_object(
        'id', p_id, 'deletedAt', null, 'card', jsonb_build_object(
            'scheme', 'Visa', 'last4', '4242', 'expirationMonth', '2', 'expirationYear', '2099',
            'panFingerprint', 'print'
        )
    )
$$;
-- Of a sale in a state that staff give back.
create function pg_temp.giving_back(p_state text) returns bigint language plpgsql as $$
declare
    v_payment_id constant bigint := pg_temp.at_a_page();
begin
    perform pg_temp.say(v_payment_id, p_state);
    perform pg_temp.as_desk(
        format('api.refund_payment(payment_id => %s, reason => ''moved away now'')', v_payment_id)
    );
    return v_payment_id;
end;
$$;
-- What belongs to no payment: asked for the studio's merchant account.
create function pg_temp.account_call(p_ask text, p_purpose text) returns bigint
language plpgsql as $$
begin
    update payment.gateway_calls as c set next_attempt_at = now() + interval '1 day'
    where c.status = 'queued';
    perform tests.value(p_ask);
    update payment.gateway_calls as c set next_attempt_at = now()
    where c.status = 'queued' and c.purpose = p_purpose
    and c.merchant_account_id = tests.merchant_account();
    perform tests.as_thin_api('(select count(*) from payment.claim_calls(10) as c)');
    return (
        select max(c.id) from payment.gateway_calls as c
        where c.purpose = p_purpose and c.status = 'claimed'
    );
end;
$$;
create function pg_temp.batch_call() returns bigint language plpgsql as $$
begin
    perform tests.run(
        $sql$
        insert into payment.batches (studio_id, merchant_account_id, gateway_id, state, opened_at)
        values (auth.studio_id(), tests.merchant_account(), 'b1', 'settled', now())
        $sql$
    );
    return pg_temp.account_call('payment.ask_batches()', 'list_batch_transactions');
end;
$$;
create function pg_temp.link_call() returns bigint language plpgsql as $$
declare
    v_event_id bigint;
begin
    v_event_id := tests.notice(
        'https://gateway.example/payment-links/pl1', 'ntf-link', '{"resourceType": "paymentLink"}'
    ) -> 'event_id';
    perform tests.claim_of_notice(v_event_id);
    return (select max(c.id) from payment.gateway_calls as c where c.event_id = v_event_id);
end;
$$;
insert into states (state, make) values
('find_shopper', 'pg_temp.next_call(pg_temp.begun())'),
('create_shopper', $$pg_temp.call_after(pg_temp.begun(), '{"items": []}')$$),
('create_order', $$pg_temp.call_after(pg_temp.begun(), '{"items": [{"id": "shp1"}]}')$$),
(
    'create_session',
    $$pg_temp.call_after(pg_temp.begun(), '{"items": [{"id": "shp1"}]}', '{"id": "ord1"}')$$
),
('fetch_session', 'pg_temp.next_call(pg_temp.asked_about())'),
('fetch_transaction', 'pg_temp.next_call(pg_temp.noticed())'),
('fetch_hosted_card', 'pg_temp.next_call(pg_temp.collecting())'),
('create_stored_card', $$pg_temp.call_after(pg_temp.collecting(), pg_temp.card('hcd'))$$),
('find_stored_card', $$pg_temp.call_after(pg_temp.collecting(), pg_temp.card('hcd'), 'null')$$),
(
    'charge_stored_card',
    $$pg_temp.call_after(pg_temp.collecting(), pg_temp.card('hcd'), pg_temp.card('stc'))$$
),
(
    'find_charge',
    $$
        pg_temp.call_after(
            pg_temp.collecting(), pg_temp.card('hcd'), pg_temp.card('stc'), 'null'
        )
    $$
),
('void_transaction', $$pg_temp.next_call(pg_temp.giving_back('captured'))$$),
('refund_transaction', $$pg_temp.next_call(pg_temp.giving_back('settled'))$$),
('find_returns', $$pg_temp.call_after(pg_temp.giving_back('captured'), 'null')$$),
('list_notifications', $$pg_temp.account_call('payment.list_notices()', 'list_notifications')$$),
('list_link_transactions', 'pg_temp.link_call()'),
('list_batches', $$pg_temp.account_call('payment.ask_batches()', 'list_batches')$$),
('list_batch_transactions', 'pg_temp.batch_call()');

create function pg_temp.answered(p_call_id bigint, p_status integer, p_answer jsonb default '{}')
returns void language sql as $$
    select tests.answer(
        jsonb_build_object(
            'studio_id', c.studio_id, 'call_id', c.id, 'lease_token', c.lease_token
        ),
        p_status, p_answer
    )
    from payment.gateway_calls as c where c.id = p_call_id
$$;
-- The answer that is hoped for.
create function pg_temp.fits(p_call_id bigint) returns void language plpgsql as $$
declare
    v_call payment.gateway_calls;
    v_thing jsonb;
begin
    select c.* into v_call from payment.gateway_calls as c where c.id = p_call_id;
    v_thing := case
        when v_call.purpose in ('fetch_transaction', 'charge_stored_card', 'find_charge')
            then tests.sale(v_call.payment_id, 'trx' || v_call.payment_id)
        when v_call.purpose = 'find_returns'
            then tests.return_of(v_call.payment_id, 'void', 'back')
        when v_call.purpose in ('void_transaction', 'refund_transaction')
            then tests.return_of(
                v_call.payment_id, split_part(v_call.purpose, '_', 1), 'back'
            )
        when v_call.purpose = 'create_session'
            then '{"id": "ses1", "url": "https://pay.example/"}'
        when v_call.purpose = 'fetch_session'
            then jsonb_build_object('id', 'ses' || v_call.payment_id, 'transaction', null)
        when v_call.purpose = 'fetch_hosted_card' then pg_temp.card('hcd')
        when v_call.purpose ~ 'stored_card' then pg_temp.card('stc')
        when v_call.purpose ~ '^list_' then null
        else '{"id": "new1"}'
    end;
    perform pg_temp.answered(
        p_call_id, case v_call.method when 'POST' then 201 else 200 end,
        case
            when v_call.purpose !~ '^(find|list)_' then v_thing
            when v_thing is null then '{"items": []}'
            else jsonb_build_object('items', jsonb_build_array(v_thing))
        end
    );
end;
$$;
-- As good an answer, but to somebody else's question.
create function pg_temp.of_others(p_call_id bigint) returns void language plpgsql as $$
declare
    v_thing constant jsonb := '{
        "id": "others", "customReference": "others", "orderReference": "others",
        "order": "https://gateway.example/orders/others", "url": "https://pay.example/others",
        "shopper": "https://gateway.example/shoppers/others", "type": "sale", "state": "captured",
        "parentTransaction": "https://gateway.example/transactions/others",
        "batch": "https://gateway.example/batches/others",
        "paymentLink": "https://gateway.example/payment-links/others",
        "total": {"amount": "1.00", "currencyCode": "USD"}, "createdAt": "2027-01-05T10:00:00Z"
    }';
begin
    perform pg_temp.answered(
        p_call_id, 200, v_thing || jsonb_build_object('items', jsonb_build_array(v_thing))
    );
end;
$$;
insert into events (event, act) values
('the answer', 'select pg_temp.fits({id})'),
('nothing', $$select pg_temp.answered({id}, 200, '{"items": []}')$$),
('half of it', $$select pg_temp.answered({id}, 200, '{"id": "new1", "items": [{}]}')$$),
('of somebody else', 'select pg_temp.of_others({id})'),
('not there', $$select pg_temp.answered({id}, 404, '{"failures": [{"code": "notFound"}]}')$$),
('refused', $$select pg_temp.answered({id}, 400, '{"failures": [{"code": "badRequest"}]}')$$),
('not let in', $$select pg_temp.answered({id}, 401, '{"failures": [{"code": "no"}]}')$$),
('too many', 'select pg_temp.answered({id}, 429)'),
('at the same time', 'select pg_temp.answered({id}, 409)'),
('server error', 'select pg_temp.answered({id}, 503)'),
('not an answer', 'select pg_temp.answered({id}, 200, null)'),
('no answer', 'select pg_temp.answered({id}, null)');
-- The call, its payment, refund and notice, and what waits to be asked or sent next.
create function pg_temp.shown(p_call_id bigint) returns text language sql as $$
    select concat_ws(
        ' / ',
        concat_ws(' ', c.status, c.last_error),
        p.status,
        (select f.kind || ' ' || f.status from payment.refunds as f where f.id = c.refund_id),
        (select 'notice ' || e.status from payment.gateway_events as e where e.id = c.event_id),
        (
            select 'then ' || string_agg(n.purpose, ', ' order by n.id)
            from payment.gateway_calls as n
            where n.id > c.id and n.status = 'queued' and n.payment_id = c.payment_id
        )
    )
    from payment.gateway_calls as c
    left join payment.payments as p on c.payment_id = p.id
    where c.id = p_call_id
$$;
select pg_temp.read($table$
find_shopper
    the answer        answered / open / then create_order
    nothing           answered / open / then create_shopper
    half of it        queued another answer / open
    of somebody else  queued another answer / open
    not there         answered / failed
    refused           answered / failed
    not let in        queued status 401 / open
    too many          queued status 429 / open
    at the same time  queued status 409 / open
    server error      queued status 503 / open
    not an answer     queued status 200 / open
    no answer         queued timeout / open
create_shopper
    the answer        answered / open / then create_order
    nothing           failed another answer / open / then find_shopper
    half of it        answered / open / then create_order
    of somebody else  failed another answer / open / then find_shopper
    not there         answered / failed
    refused           answered / failed
    not let in        queued status 401 / open
    too many          queued status 429 / open
    at the same time  failed status 409 / open / then find_shopper
    server error      failed status 503 / open / then find_shopper
    not an answer     failed status 200 / open / then find_shopper
    no answer         failed timeout / open / then find_shopper
create_order
    the answer        answered / open / then create_session
    nothing           queued another answer / open
    half of it        answered / open / then create_session
    of somebody else  queued another answer / open
    not there         answered / failed
    refused           answered / failed
    not let in        queued status 401 / open
    too many          queued status 429 / open
    at the same time  queued status 409 / open
    server error      queued status 503 / open
    not an answer     queued status 200 / open
    no answer         queued timeout / open
create_session
    the answer        answered / open
    nothing           queued another answer / open
    half of it        queued another answer / open
    of somebody else  queued another answer / open
    not there         answered / failed
    refused           answered / failed
    not let in        queued status 401 / open
    too many          queued status 429 / open
    at the same time  queued status 409 / open
    server error      queued status 503 / open
    not an answer     queued status 200 / open
    no answer         queued timeout / open
fetch_session
    the answer        answered / open
    nothing           queued another answer / open
    half of it        queued another answer / open
    of somebody else  queued another answer / open
    not there         answered / open
    refused           queued status 400 / open
    not let in        queued status 401 / open
    too many          queued status 429 / open
    at the same time  queued status 409 / open
    server error      queued status 503 / open
    not an answer     queued status 200 / open
    no answer         queued timeout / open
fetch_transaction
    the answer        answered / authorized
    nothing           queued another answer / open
    half of it        queued another answer / open
    of somebody else  queued another answer / open
    not there         answered / open
    refused           queued status 400 / open
    not let in        queued status 401 / open
    too many          queued status 429 / open
    at the same time  queued status 409 / open
    server error      queued status 503 / open
    not an answer     queued status 200 / open
    no answer         queued timeout / open
fetch_hosted_card
    the answer        answered / open / then create_stored_card
    nothing           queued another answer / open
    half of it        queued another answer / open
    of somebody else  queued another answer / open
    not there         answered / failed
    refused           queued status 400 / open
    not let in        queued status 401 / open
    too many          queued status 429 / open
    at the same time  queued status 409 / open
    server error      queued status 503 / open
    not an answer     queued status 200 / open
    no answer         queued timeout / open
create_stored_card
    the answer        answered / open / then charge_stored_card
    nothing           failed another answer / open / then find_stored_card
    half of it        answered / open / then charge_stored_card
    of somebody else  failed another answer / open / then find_stored_card
    not there         answered / failed
    refused           answered / failed
    not let in        queued status 401 / open
    too many          queued status 429 / open
    at the same time  failed status 409 / open / then find_stored_card
    server error      failed status 503 / open / then find_stored_card
    not an answer     failed status 200 / open / then find_stored_card
    no answer         failed timeout / open / then find_stored_card
find_stored_card
    the answer        answered / open / then charge_stored_card
    nothing           answered / open / then create_stored_card
    half of it        queued another answer / open
    of somebody else  queued another answer / open
    not there         answered / failed
    refused           queued status 400 / open
    not let in        queued status 401 / open
    too many          queued status 429 / open
    at the same time  queued status 409 / open
    server error      queued status 503 / open
    not an answer     queued status 200 / open
    no answer         queued timeout / open
charge_stored_card
    the answer        answered / authorized
    nothing           failed another answer / open / then find_charge
    half of it        failed another answer / open / then find_charge
    of somebody else  failed another answer / open / then find_charge
    not there         answered / declined
    refused           answered / declined
    not let in        queued status 401 / open
    too many          queued status 429 / open
    at the same time  failed status 409 / open / then find_charge
    server error      failed status 503 / open / then find_charge
    not an answer     failed status 200 / open / then find_charge
    no answer         failed timeout / open / then find_charge
find_charge
    the answer        answered / authorized
    nothing           answered / open / then charge_stored_card
    half of it        queued another answer / open
    of somebody else  queued another answer / open
    not there         answered / open
    refused           queued status 400 / open
    not let in        queued status 401 / open
    too many          queued status 429 / open
    at the same time  queued status 409 / open
    server error      queued status 503 / open
    not an answer     queued status 200 / open
    no answer         queued timeout / open
void_transaction
    the answer        answered / voided / void done
    nothing           failed another answer / authorized / void pending / then find_returns
    half of it        failed another answer / authorized / void pending / then find_returns
    of somebody else  failed another answer / authorized / void pending / then find_returns
    not there         answered / authorized / void failed
    refused           answered / authorized / void failed
    not let in        queued status 401 / authorized / void pending
    too many          queued status 429 / authorized / void pending
    at the same time  failed status 409 / authorized / void pending / then find_returns
    server error      failed status 503 / authorized / void pending / then find_returns
    not an answer     failed status 200 / authorized / void pending / then find_returns
    no answer         failed timeout / authorized / void pending / then find_returns
refund_transaction
    the answer        answered / refunded / refund done
    nothing           failed another answer / authorized / refund pending / then find_returns
    half of it        failed another answer / authorized / refund pending / then find_returns
    of somebody else  failed another answer / authorized / refund pending / then find_returns
    not there         answered / authorized / refund failed
    refused           answered / authorized / refund failed
    not let in        queued status 401 / authorized / refund pending
    too many          queued status 429 / authorized / refund pending
    at the same time  failed status 409 / authorized / refund pending / then find_returns
    server error      failed status 503 / authorized / refund pending / then find_returns
    not an answer     failed status 200 / authorized / refund pending / then find_returns
    no answer         failed timeout / authorized / refund pending / then find_returns
find_returns
    the answer        answered / voided / void done
    nothing           answered / authorized / void pending / then void_transaction
    half of it        queued another answer / authorized / void pending
    of somebody else  queued another answer / authorized / void pending
    not there         answered / authorized / void pending
    refused           queued status 400 / authorized / void pending
    not let in        queued status 401 / authorized / void pending
    too many          queued status 429 / authorized / void pending
    at the same time  queued status 409 / authorized / void pending
    server error      queued status 503 / authorized / void pending
    not an answer     queued status 200 / authorized / void pending
    no answer         queued timeout / authorized / void pending
list_notifications
    the answer        answered
    nothing           answered
    half of it        queued another answer
    of somebody else  answered
    not there         answered
    refused           queued status 400
    not let in        queued status 401
    too many          queued status 429
    at the same time  queued status 409
    server error      queued status 503
    not an answer     queued status 200
    no answer         queued timeout
list_link_transactions
    the answer        answered / notice ignored
    nothing           answered / notice ignored
    half of it        queued another answer / notice received
    of somebody else  queued another answer / notice received
    not there         answered / notice ignored
    refused           queued status 400 / notice received
    not let in        queued status 401 / notice received
    too many          queued status 429 / notice received
    at the same time  queued status 409 / notice received
    server error      queued status 503 / notice received
    not an answer     queued status 200 / notice received
    no answer         queued timeout / notice received
list_batches
    the answer        answered
    nothing           answered
    half of it        queued another answer
    of somebody else  answered
    not there         answered
    refused           queued status 400
    not let in        queued status 401
    too many          queued status 429
    at the same time  queued status 409
    server error      queued status 503
    not an answer     queued status 200
    no answer         queued timeout
list_batch_transactions
    the answer        answered
    nothing           answered
    half of it        queued another answer
    of somebody else  queued another answer
    not there         answered
    refused           queued status 400
    not let in        queued status 401
    too many          queued status 429
    at the same time  queued status 409
    server error      queued status 503
    not an answer     queued status 200
    no answer         queued timeout
$table$);
select plan((select count(*) + 1 from cells)::integer);
select set_eq(
    'select s.state from states as s', 'select a.purpose from payment.allowed_calls() as a',
    'every call there is'
);
select pg_temp.run_cells();
select * from finish();
rollback;
