-- When the answer to a session's making is lost, another is made, and the first one stays at the
-- gateway. Its notices are about the payment, not about nothing of ours.
begin;
set local search_path = tap, public;
select plan(7);
select tests.section('Two sessions', p_capacity => null) as section \gset
select tests.open_payment(:section) as payment \gset
select tests.open_payment(:section) as other \gset
select tests.run(
    format(
        'update payment.payments
        set order_ref = ''ord'' || id, session_ref = ''pss'' || id, session_url = ''https://x.example''
        where id in (%s, %s)',
        :payment, :other
    )
);
-- A notice about a session, and the session as the gateway shows it: what became of the notice.
create function pg_temp.told(session_id text, session jsonb) returns text language plpgsql as $$
declare
    v_event_id constant bigint := tests.notice(
        'https://gateway.example/payment-sessions/' || session_id, 'ntf' || session_id,
        '{"resourceType": "paymentSession", "eventType": "expired"}'
    ) ->> 'event_id';
    v_call jsonb;
begin
    select c into strict v_call from tests.claim_of_notice(v_event_id) as c;
    perform tests.answer(v_call, 200, session || jsonb_build_object('id', session_id));
    return (select e.status from payment.gateway_events as e where e.id = v_event_id);
end;
$$;
create function pg_temp.session(
    order_ref text, reference text, transaction_id text default null
)
returns jsonb language sql as $$
    select jsonb_build_object(
        'order', 'https://gateway.example/orders/' || order_ref,
        'customReference', reference,
        'transaction', 'https://gateway.example/transactions/' || transaction_id,
        'previousTransactions', '[]'::jsonb
    )
$$;
select p.reference from payment.payments as p where p.id = :payment \gset
select is(
    pg_temp.told('lost1', pg_temp.session('ord' || :payment, :'reference')), 'applied',
    'the first session is known by our reference'
);
select is(
    pg_temp.told('lost2', pg_temp.session('lost', :'reference')), 'applied',
    'also where the order was made twice as well'
);
select is(tests.payment_status(:payment), 'open', 'its end is not the payment''s');
select is(
    pg_temp.told('lost3', pg_temp.session('ord' || :payment, null)), 'unmatched',
    'one without our reference is not ours'
);
select is(
    pg_temp.told('lost4', pg_temp.session('ordx', 'somebody else''s')), 'unmatched',
    'nor is one with another'
);
-- Somebody has paid there, whoever told them where.
select pg_temp.told('lost5', pg_temp.session('lost', :'reference', 'trx5')) as told \gset
select tests.exchange(:payment, 200, tests.sale(:payment, 'trx5')) as sent \gset
select is(tests.payment_status(:payment), 'authorized', 'what was paid there counts');
select is(
    tests.registration_status(tests.registration_of(:payment)), 'confirmed', 'and is not lost'
);
select * from finish();
rollback;
