begin;
set local search_path = tap, public;
select plan(29);
select tests.section('Asked', p_capacity => null) as section \gset
-- A payment whose family was sent to the hosted page and whose session is over.
create function pg_temp.ended(section bigint, session text default 'pss')
returns bigint language plpgsql as $$
declare
    v_payment_id constant bigint := tests.open_payment(section);
begin
    perform tests.run(
        format(
            'update payment.payments set session_ends_at = now(), session_ref = %L, session_url = %L
            where id = %s',
            session || v_payment_id, 'https://pay.example/' || session, v_payment_id
        )
    );
    perform tests.lapse(tests.registration_of(v_payment_id));
    return v_payment_id;
end;
$$;
create function pg_temp.ask() returns text language sql as $$
    select tests.value('payment.ask_ended_sessions()') #>> '{}'
$$;
select tests.open_payment(:section) as running \gset
select is(pg_temp.ask(), '0', 'a session that runs is left alone');
select pg_temp.ended(:section) as payment \gset
select is(pg_temp.ask(), '1', 'one that is over is asked about');
select is(
    (
        select (p.final_answer_due_at - now())::text from payment.payments as p
        where p.id = :payment
    ), '00:02:00', 'and has two minutes to answer'
);
select is(pg_temp.ask(), '0', 'once');
select is(tests.value('enrollment.expire_holds()'), '0', 'so long the seats are kept');
select is(
    tests.exchange(
        :payment, 200,
        jsonb_build_object(
            'id', 'pss' || :payment, 'transaction', null, 'previousTransactions', null
        )
    ),
    'GET /payment-sessions/pss' || :payment, 'by its id'
);
select is(tests.payment_status(:payment), 'expired', 'nobody paid: the payment has expired');
select is(tests.value('enrollment.expire_holds()'), '1', 'and the hold lapses');

-- A notice that was lost: the session knows of a transaction.
select pg_temp.ended(:section) as payment \gset
select is(pg_temp.ask(), '1', 'the next one');
select tests.exchange(
    :payment, 200,
    jsonb_build_object(
        'id', 'pss' || :payment, 'transaction',
        'https://gateway.example/transactions/new' || :payment,
        'previousTransactions', jsonb_build_array(
            'https://gateway.example/transactions/old' || :payment,
            'https://gateway.example/transactions/new' || :payment
        )
    )
) as sent \gset
select is(
    tests.calls(:payment),
    'fetch_session answered, fetch_transaction queued, fetch_transaction queued',
    'each of its transactions is fetched, once'
);
select tests.answer(
    c, 200,
    case c ->> 'path'
        when '/transactions/new' || :payment then tests.sale(:payment, 'new' || :payment)
        else tests.sale(:payment, 'old' || :payment, '{"state": "declined", "isAuthorized": false}')
    end
) from tests.claim(:payment) as c;
select is(
    tests.registration_status(tests.registration_of(:payment)), 'confirmed',
    'the one that was authorized pays after all'
);

-- All declined.
select pg_temp.ended(:section) as payment \gset
select pg_temp.ask() as asked \gset
select tests.exchange(
    :payment, 200,
    jsonb_build_object(
        'id', 'pss' || :payment, 'transaction',
        'https://gateway.example/transactions/no' || :payment
    )
) as sent \gset
select is(tests.payment_status(:payment), 'open', 'not before its last transaction is known');
select tests.exchange(
    :payment, 200,
    tests.sale(:payment, 'no' || :payment, '{"state": "declined", "isAuthorized": false}')
) as sent \gset
select is(tests.payment_status(:payment), 'expired', 'every card was declined');

-- Held for review: the money may still come.
select pg_temp.ended(:section) as payment \gset
select pg_temp.ask() as asked \gset
select tests.exchange(
    :payment, 200,
    jsonb_build_object(
        'id', 'pss' || :payment, 'transaction',
        'https://gateway.example/transactions/wait' || :payment
    )
) as sent \gset
select tests.exchange(
    :payment, 200,
    tests.sale(:payment, 'wait' || :payment, '{"state": "heldForReview", "isAuthorized": false}')
) as sent \gset
select is(tests.payment_status(:payment), 'open', 'what is held for review does not end it');

-- The gateway says nothing: its silence keeps the seats for two minutes only.
select pg_temp.ended(:section) as payment \gset
select pg_temp.ask() as asked \gset
select tests.exchange(:payment, 503) as sent \gset
select tests.run(
    format('update payment.payments set final_answer_due_at = now() where id = %s', :payment)
);
select is(tests.value('enrollment.expire_holds()'), '1', 'after them the seats are free');
select tests.exchange(:payment, 200, jsonb_build_object('id', 'pss' || :payment)) as sent \gset
select is(tests.payment_status(:payment), 'expired', 'the answer is taken whenever it comes');

-- A question that was given up is put again, and keeps the seats no longer than the first.
select pg_temp.ended(:section) as payment \gset
select pg_temp.ask() as asked \gset
select tests.run(
    format(
        'update payment.payments set final_answer_due_at = now() + interval ''3 seconds''
        where id = %s', :payment
    )
);
select count(tests.exchange(m.id, 503)) as tried
from generate_series(1, 8) as g, (values (:payment)) as m (id) \gset
select is(tests.calls(:payment), 'fetch_session failed', 'eight times without an answer');
select is(pg_temp.ask(), '1', 'the next run asks again');
select is(
    (
        select (p.final_answer_due_at - now())::text from payment.payments as p
        where p.id = :payment
    ), '00:00:03', 'within the same time'
);
select tests.exchange(:payment, 200, jsonb_build_object('id', 'pss' || :payment)) as sent \gset
select is(tests.payment_status(:payment), 'expired', 'and the answer ends the payment');

-- How long it may stay silent is a setting, which a term may change.
select tests.run(
    format(
        'insert into studio.settings (studio_id, term_id, final_answer_seconds)
        values (auth.studio_id(), %s, 60)',
        tests.term()
    )
);
select pg_temp.ended(:section) as payment \gset
select pg_temp.ask() as asked \gset
select is(
    (
        select (p.final_answer_due_at - now())::text from payment.payments as p
        where p.id = :payment
    ), '00:01:00', 'one minute in this term'
);

-- Nobody was ever sent to a page.
select tests.open_payment(:section) as payment \gset
select tests.run(
    format('update payment.payments set session_ends_at = now() where id = %s', :payment)
);
select is(pg_temp.ask(), '1', 'a payment without a session');
select is(tests.payment_status(:payment), 'expired', 'has expired, without asking');

-- A gateway that was away: what still waits to be sent must not keep a payment open for ever.
select tests.payment(
    tests.held(tests.cart(tests.student(tests.family()), :section))
) as payment \gset
select tests.run(
    format('update payment.payments set session_ends_at = now() where id = %s', :payment)
);
select is(pg_temp.ask(), '0', 'a payment whose call still waits is asked nothing more');
select is(
    (
        select (p.final_answer_due_at - now())::text from payment.payments as p
        where p.id = :payment
    ), '00:01:00', 'but its time runs'
);
select tests.exchange(:payment, 200, '{"items": []}') as sent \gset
select tests.run(
    format(
        'update payment.payments set final_answer_due_at = now() - interval ''1 hour''
        where id = %s',
        :payment
    )
);
select pg_temp.ask() as asked \gset
select is(
    tests.payment_status(:payment), 'expired', 'a payment that waited for its shopper ends, too'
);
select is(
    (select count(*) from tests.claim(:payment)), 0::bigint, 'and asks the gateway for nothing more'
);
-- Nor while somebody has the call in hand.
select pg_temp.ended(:section) as payment \gset
select pg_temp.ask() as asked \gset
select count(*) as claimed from tests.claim(:payment) \gset
select is(pg_temp.ask(), '0', 'a question under way is not put twice');
select is(tests.calls(:payment), 'fetch_session claimed', 'it is one call');
select * from finish();
rollback;
