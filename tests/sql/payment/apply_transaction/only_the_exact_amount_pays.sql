begin;
set local search_path = tap, public;
select plan(28);
select tests.section('Applied', p_capacity => null) as section \gset
create function pg_temp.outcome(payment bigint) returns text language sql as $$
    select concat_ws(
        ' / ', tests.payment_status(payment),
        tests.registration_status(tests.registration_of(payment)), tests.calls(payment)
    )
$$;
-- What pays.
select tests.open_payment(:section) as payment \gset
select tests.apply(:payment, tests.sale(:payment, 'exact' || :payment));
select is(
    pg_temp.outcome(:payment), 'authorized / confirmed',
    'authorized over the exact amount: confirmed'
);
select is(
    (
        select (t.amount_minor, t.currency, t.card_scheme, t.card_last4)::text
        from payment.transactions as t where t.payment_id = :payment
    ),
    '(91643,USD,Visa,1111)', 'with what a receipt needs of the card'
);
select tests.apply(:payment, tests.sale(:payment, 'exact' || :payment));
select is(pg_temp.outcome(:payment), 'authorized / confirmed', 'a repeat changes nothing');
select is(
    (
        select count(*) from ops.domain_events as e where e.kind = 'payment.authorized'
        and e.subject_id = :payment
    ), 1::bigint, 'and announces nothing'
);
select tests.apply(:payment, tests.sale(:payment, 'second' || :payment));
select is(
    pg_temp.outcome(:payment), 'authorized / confirmed / void_transaction queued',
    'a second authorization is voided'
);
select tests.apply(:payment, tests.sale(:payment, 'second' || :payment));
select tests.apply(:payment, tests.sale(:payment, 'exact' || :payment));
select is(
    pg_temp.outcome(:payment), 'authorized / confirmed / void_transaction queued',
    'once, and the first never'
);
select is(
    (
        select c.body ->> 'parentTransaction' from payment.gateway_calls as c
        where c.payment_id = :payment
    ), 'second' || :payment, 'that one, not the first'
);

-- What does not, and goes back.
create temporary table wrong as
select w.what, w.changes, tests.open_payment(:section) as payment
from (
    values
    ('a cent too much', '{"total": {"amount": "916.44", "currencyCode": "USD"}}'::jsonb),
    ('a cent too little', '{"total": {"amount": "916.42", "currencyCode": "USD"}}'),
    ('another currency', '{"total": {"amount": "916.43", "currencyCode": "CAD"}}')
) as w (what, changes);
select tests.apply(
    w.payment, tests.sale(w.payment, 'wrong' || w.payment, w.changes)
) from wrong as w;
select is(
    pg_temp.outcome(w.payment), 'open / pending_payment / void_transaction queued', w.what
) from wrong as w;
select w.payment from wrong as w where w.what = 'another currency' \gset
select tests.apply(:payment, tests.sale(:payment, 'right' || :payment));
select is(
    pg_temp.outcome(:payment), 'authorized / confirmed / void_transaction queued',
    'the right amount after a wrong one pays'
);

-- What is no authorization.
create temporary table undecided as
select w.what, w.changes, tests.open_payment(:section) as payment
from (
    values
    (
        'declined',
        '{"state": "declined", "isAuthorized": false,
        "failures": [{"code": "insufficientFunds"}]}'::jsonb
    ),
    ('pending', '{"state": "authorizationPending", "isAuthorized": false}'),
    ('held for review', '{"state": "heldForReview", "isAuthorized": true}'),
    ('expired', '{"state": "expired", "isAuthorized": true}'),
    ('voided', '{"state": "voided", "isAuthorized": true}'),
    ('captured, they say, but not authorized', '{"state": "captured", "isAuthorized": false}'),
    ('captured, without a word of authorization', '{"state": "captured", "isAuthorized": null}'),
    ('of a state nobody knows', '{"state": "somethingNew"}'),
    ('a refund', '{"type": "refund"}')
) as w (what, changes);
select tests.apply(
    w.payment, tests.sale(w.payment, 'undecided' || w.payment, w.changes)
) from undecided as w;
select is(
    pg_temp.outcome(w.payment), 'open / pending_payment', w.what || ': nothing is paid'
) from undecided as w;
select w.payment from undecided as w where w.what = 'declined' \gset
select is(
    (
        select t.failure_code from payment.transactions as t where t.payment_id = :payment
    ), 'insufficientFunds', 'why a card was declined is kept'
);
select tests.apply(:payment, tests.sale(:payment, 'next card' || :payment));
select is(
    pg_temp.outcome(:payment), 'authorized / confirmed',
    'the next card pays: a decline ends a transaction, not the payment'
);
select w.payment from undecided as w where w.what = 'held for review' \gset
select tests.apply(:payment, tests.sale(:payment, 'undecided' || :payment));
select is(
    pg_temp.outcome(:payment), 'authorized / confirmed',
    'what was held for review and is released pays'
);

-- What came of it in the other domains.
select results_eq(
    format(
        $$select m.channel,
        m.template_code from messaging.messages as m where m.registration_id = %s$$,
        tests.registration_of(:payment)
    ),
    $$values ('email', 'registration_confirmed')$$, 'the family is told'
);
-- A transaction is one payment's only, whoever asks for it.
select tests.open_payment(:section) as other \gset
select tests.apply(:other, tests.sale(:other, 'undecided' || :payment));
select is(
    pg_temp.outcome(:other), 'open / pending_payment', 'another payment''s transaction pays nothing'
);
select is(pg_temp.outcome(:payment), 'authorized / confirmed', 'and is not given back');
-- An answer without an amount is no answer.
select tests.open_payment(:section) as payment \gset
select isnt(
    tests.error_code(
        format(
            'select tests.apply(%s, %L)', :payment, tests.sale(:payment, 'none', '{"total": null}')
        )
    ), null, 'a sale without an amount is refused'
);
select is(pg_temp.outcome(:payment), 'open / pending_payment', 'and changes nothing');
select * from finish();
rollback;
