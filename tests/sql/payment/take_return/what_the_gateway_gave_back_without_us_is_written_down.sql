begin;
set local search_path = tap, public;
select plan(17);
select tests.section('Elsewhere', p_capacity => null) as section \gset
select tests.worker() as staff \gset
create function pg_temp.paid(section bigint, state text default 'settled')
returns bigint language plpgsql as $$
declare
    v_registration_id constant bigint
    := tests.confirmed(tests.cart(tests.student(tests.family()), section));
    v_payment_id bigint;
begin
    select p.id into v_payment_id from payment.payments as p
    where p.registration_id = v_registration_id;
    perform tests.forget_calls(v_payment_id);
    perform tests.apply(
        v_payment_id,
        tests.sale(v_payment_id, 'trx-of-' || v_payment_id, jsonb_build_object('state', state))
    );
    return v_payment_id;
end;
$$;
-- A transaction at the gateway that gives back something of a payment's sale, without us.
create function pg_temp.elsewhere(payment bigint, type text, id text, changes jsonb default '{}')
returns void language sql as $$
    select tests.apply(
        payment,
        tests.sale(payment, id)
        || jsonb_build_object(
            'type', type, 'state', 'authorized', 'customReference', null,
            'parentTransaction', 'https://gateway.example/transactions/trx-of-' || payment
        )
        || changes
    )
$$;
create function pg_temp.amount(amount text) returns jsonb language sql as $$
    select jsonb_build_object('total', jsonb_build_object('amount', amount, 'currencyCode', 'USD'))
$$;
create function pg_temp.refund(staff bigint, payment bigint, amount bigint)
returns jsonb language sql as $$
    select tests.as_staff(
        staff,
        format(
            'api.refund_payment(payment_id => %s, amount_minor => %s,
            reason => ''moved to another town'')', payment, amount
        )
    )
$$;
create function pg_temp.owed(payment bigint) returns jsonb language sql as $$
    select tests.value(format('payment.balance_minor(%s, %s)', p.family_id, p.registration_id))
    from payment.payments as p where p.id = payment
$$;

-- A part of it.
select pg_temp.paid(:section) as payment \gset
select tests.registration_of(:payment) as registration \gset
select pg_temp.elsewhere(:payment, 'refund', 'e1', pg_temp.amount('7.00'));
select is(tests.refunds(:registration), 'refund done 700', 'it is written down as a refund');
select is(
    (select concat_ws(' ', r.cause, r.price_reduction_minor) from payment.refunds as r
    where r.registration_id = :registration),
    'gateway 0', 'that nobody here asked for, and that lowers no price'
);
select is(pg_temp.owed(:payment), '700', 'so it is owed again');
select is(tests.registration_status(:registration), 'confirmed', 'and ends nothing');
select results_eq(
    format(
        'select m.template_code, m.account_id = %s from messaging.messages as m
        where m.registration_id = %s and m.template_code <> ''registration_confirmed''
        order by 2, 1', :staff, :registration
    ),
    $$values ('payment_refunded', false), ('staff_refunded_at_gateway', true)$$,
    'family and office are told'
);
select pg_temp.elsewhere(:payment, 'refund', 'e1', pg_temp.amount('7.00'));
select is(tests.refunds(:registration), 'refund done 700', 'once');
-- What it leaves is all that can be given back here.
select is(
    tests.error_code(format('select pg_temp.refund(%s, %s, 90944)', :staff, :payment)),
    'refund_exceeds_paid', 'no more than what is left'
);
select pg_temp.refund(:staff, :payment, 90943) as answer \gset
-- While ours is under way, more of it goes back elsewhere: ours can't come.
select pg_temp.elsewhere(:payment, 'refund', 'e2', pg_temp.amount('1.00'));
select is(
    tests.refunds(:registration),
    'refund done 700, refund failed refunded_otherwise 90943, refund done 100',
    'what there is no money left for has failed'
);
select is(pg_temp.owed(:payment), '800', 'and lowers no price any more');

-- All of it, by a void.
select pg_temp.paid(:section, 'captured') as payment \gset
select tests.registration_of(:payment) as registration \gset
select pg_temp.refund(:staff, :payment, 1000) as answer \gset
select is(tests.refunds(:registration), 'refund pending 1000', 'a part waits for the settlement');
select pg_temp.elsewhere(:payment, 'void', 'e3');
select is(
    tests.refunds(:registration), 'refund failed refunded_otherwise 1000, void done 91643',
    'of what was voided meanwhile nothing is left'
);
select is(
    tests.payment_status(:payment) || ' ' || tests.registration_status(:registration),
    'voided confirmed', 'what it had confirmed stays, and is owed'
);
select is(pg_temp.owed(:payment), '91643', 'all of it');

-- Heard of by the sale alone: the void itself is told of later.
select pg_temp.paid(:section, 'captured') as payment \gset
select tests.registration_of(:payment) as registration \gset
select tests.apply(:payment, tests.sale(:payment, 'trx-of-' || :payment, '{"state": "voided"}'));
select is(tests.refunds(:registration), 'void done 91643', 'the sale says so');
select pg_temp.elsewhere(:payment, 'void', 'e4');
select is(
    (select string_agg(r.return_gateway_id, ',') from payment.refunds as r
    where r.registration_id = :registration),
    'e4', 'and the void by which it was done is known when it is told of'
);
-- A refund of ours that is voided there: the money stays with us.
select pg_temp.paid(:section) as payment \gset
select tests.registration_of(:payment) as registration \gset
select pg_temp.refund(:staff, :payment, 1000) as answer \gset
select tests.exchange(:payment, 201, tests.return_of(:payment, 'refund', 'ours')) as sent \gset
select is(tests.refunds(:registration), 'refund done 1000', 'it was given back');
select pg_temp.elsewhere(
    :payment, 'void', 'e5',
    '{"parentTransaction": "https://gateway.example/transactions/ours"}' || pg_temp.amount('10.00')
);
select is(
    tests.refunds(:registration), 'refund failed voided 1000', 'and taken back'
);
select * from finish();
rollback;
