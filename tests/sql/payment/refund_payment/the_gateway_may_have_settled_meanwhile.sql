begin;
set local search_path = tap, public;
select plan(29);
select tests.section('Settling', p_capacity => null) as section \gset
select tests.worker() as staff \gset
select tests.worker('owner') as owner \gset
create function pg_temp.refund(staff bigint, arguments text) returns jsonb language sql as $$
    select tests.as_staff(
        staff, format('api.refund_payment(%s, reason => ''moved to another town'')', arguments)
    )
$$;
create function pg_temp.paid(section bigint) returns bigint language plpgsql as $$
declare
    v_registration_id constant bigint
    := tests.confirmed(tests.cart(tests.student(tests.family()), section));
    v_payment_id bigint;
begin
    select p.id into v_payment_id from payment.payments as p
    where p.registration_id = v_registration_id;
    perform tests.forget_calls(v_payment_id);
    return v_payment_id;
end;
$$;
create function pg_temp.state(payment bigint) returns text language sql as $$
    select
        concat_ws(
            ' / ', tests.calls(payment),
            (
                select string_agg(
                    concat_ws(
                        ' ', r.kind, r.status, r.failure_code,
                        case when r.waits_for_settlement then 'waits' end
                    ),
                    ', ' order by r.id
                )
                from payment.refunds as r where r.registration_id = tests.registration_of(payment)
            )
        )
$$;
create function pg_temp.sale(payment bigint, state text) returns jsonb language sql as $$
    select tests.sale(payment, 'trx-of-' || payment, jsonb_build_object('state', state))
$$;
create function pg_temp.refused(code text) returns jsonb language sql as $$
    select jsonb_build_object(
        'status', 400,
        'failures', jsonb_build_array(
            jsonb_build_object('code', 'badRequest'), jsonb_build_object('code', code)
        )
    )
$$;

-- A part of what is not settled waits.
select pg_temp.paid(:section) as payment \gset
select pg_temp.refund(:staff, format('payment_id => %s, amount_minor => 1000', :payment)) as answer \gset
select is(
    :'answer'::jsonb -> 'refunds' -> 0 -> 'waits_for_settlement', 'true',
    'the gateway gives back a part only of what is settled'
);
select is(pg_temp.state(:payment), 'refund pending waits', 'nothing is sent yet');
select tests.apply(:payment, pg_temp.sale(:payment, 'captured'));
select is(pg_temp.state(:payment), 'refund pending waits', 'nor when it is captured');
select tests.apply(:payment, pg_temp.sale(:payment, 'settled'));
select is(
    pg_temp.state(:payment), 'refund_transaction queued / refund pending waits', 'but once it is settled'
);
select tests.exchange(:payment, 201, tests.return_of(:payment, 'refund', 'a1')) as sent \gset
select is(
    pg_temp.state(:payment), 'refund_transaction answered / refund done', 'then it is done'
);

-- Settled where we believed it was not.
select pg_temp.paid(:section) as payment \gset
select pg_temp.refund(:staff, format('payment_id => %s', :payment)) as answer \gset
select tests.exchange(:payment, 400, pg_temp.refused('voidParentAlreadySettled')) as sent \gset
select is(
    pg_temp.state(:payment), 'void_transaction answered, refund_transaction queued / refund pending',
    'what can''t be voided any more is refunded'
);
select tests.exchange(:payment, 201, tests.return_of(:payment, 'refund', 'b1')) as sent \gset
select is(
    tests.payment_status(:payment) || ' ' || tests.registration_status(tests.registration_of(:payment)),
    'refunded refunded', 'with the same end'
);

-- Just being settled: neither.
select pg_temp.paid(:section) as payment \gset
select pg_temp.refund(:staff, format('payment_id => %s', :payment)) as answer \gset
select tests.exchange(:payment, 400, pg_temp.refused('voidParentAlreadySettled')) as sent \gset
select tests.exchange(:payment, 400, pg_temp.refused('parentNotRefundable')) as sent \gset
select is(
    pg_temp.state(:payment),
    'void_transaction answered, refund_transaction answered / refund pending waits',
    'what is just being settled is waited for'
);
select tests.apply(:payment, pg_temp.sale(:payment, 'settled'));
select is(
    pg_temp.state(:payment),
    'void_transaction answered, refund_transaction answered, refund_transaction queued'
    || ' / refund pending waits',
    'and sent again then'
);
select tests.exchange(:payment, 400, pg_temp.refused('parentNotRefundable')) as sent \gset
select is(
    split_part(pg_temp.state(:payment), ' / ', 2), 'refund failed parentNotRefundable',
    'what is refused when it is settled has failed'
);
select is(
    (
        select string_agg(m.template_code, ',') from messaging.messages as m
        where m.registration_id = tests.registration_of(:payment) and m.account_id = :owner
    ),
    'staff_refund_failed', 'and who runs the studio is told'
);
select is(
    tests.value(
        format(
            'payment.balance_minor(%s, %s)',
            (select p.family_id from payment.payments as p where p.id = :payment),
            tests.registration_of(:payment)
        )
    ),
    '0', 'it costs as much as before'
);
select pg_temp.refund(:staff, format('payment_id => %s', :payment)) as answer \gset
select is(
    split_part(pg_temp.state(:payment), ' / ', 2),
    'refund failed parentNotRefundable, refund pending', 'staff may ask for it again'
);

-- Declined, be it by a refusal or by a transaction.
select tests.exchange(
    :payment, 201,
    tests.return_of(
        :payment, 'refund', 'c1',
        '{"state": "declined", "isAuthorized": false, "failures": [{"code": "declinedByProcessor"}]}'
    )
) as sent \gset
select is(
    split_part(pg_temp.state(:payment), ' / ', 2),
    'refund failed parentNotRefundable, refund failed declinedByProcessor', 'a declined refund'
);
select is(
    tests.registration_status(tests.registration_of(:payment)), 'confirmed', 'ends nothing'
);
select tests.apply(:payment, tests.return_of(:payment, 'refund', 'c1'));
select is(
    split_part(pg_temp.state(:payment), ' / ', 2),
    'refund failed parentNotRefundable, refund failed declinedByProcessor',
    'an older state never replaces a newer one'
);

-- Answers that were lost.
select pg_temp.paid(:section) as payment \gset
select tests.apply(:payment, pg_temp.sale(:payment, 'settled'));
select pg_temp.refund(:staff, format('payment_id => %s, amount_minor => 700', :payment)) as answer \gset
select tests.exchange(:payment, null) as sent \gset
select is(
    pg_temp.state(:payment), 'refund_transaction failed, find_returns queued / refund pending',
    'without an answer it is asked what was given back'
);
select tests.exchange(
    :payment, 200,
    jsonb_build_object('items', jsonb_build_array(tests.return_of(:payment, 'refund', 'd1')))
) as sent \gset
select is(
    pg_temp.state(:payment), 'refund_transaction failed, find_returns answered / refund done',
    'it was: nothing is sent twice'
);
select pg_temp.refund(:staff, format('payment_id => %s, amount_minor => 800', :payment)) as answer \gset
select tests.exchange(:payment, 500) as sent \gset
select tests.exchange(
    :payment, 200,
    jsonb_build_object(
        'items', jsonb_build_array(
            tests.return_of(
                :payment, 'refund', 'd1',
                jsonb_build_object(
                    'total', '{"amount": "7.00", "currencyCode": "USD"}'::jsonb,
                    'customReference', (
                        select r.reference from payment.refunds as r where r.return_gateway_id = 'd1'
                    )
                )
            )
        )
    )
) as sent \gset
select is(
    split_part(pg_temp.state(:payment), ' / ', 1) ~ 'refund_transaction queued$', true,
    'another one was: it is sent again'
);
select tests.exchange(:payment, 400, pg_temp.refused('refundAmountOverflow')) as sent \gset
select is(
    split_part(pg_temp.state(:payment), ' / ', 1) ~ 'find_returns queued$', true,
    'too much, says the gateway: perhaps by one of ours'
);
select tests.exchange(:payment, 200, '{"items": []}') as sent \gset
select is(
    split_part(pg_temp.state(:payment), ' / ', 2),
    'refund done, refund failed refundAmountOverflow', 'it was none of ours'
);
-- It did arrive, and was told of late.
select tests.apply(:payment, tests.return_of(:payment, 'refund', 'd2'));
select is(
    tests.refunds(tests.registration_of(:payment)), 'refund done 700, refund done 800',
    'money that went back after all is counted'
);
select is(
    (select t.refunded_minor from payment.transactions as t
    where t.payment_id = :payment and t.type = 'sale'),
    1500::bigint, 'once'
);

-- Nobody answered the question either: a job asks again.
select pg_temp.refund(:staff, format('payment_id => %s, amount_minor => 900', :payment)) as answer \gset
select is(tests.value('payment.retry_refunds()'), '0', 'while a call is under way nothing is asked');
select tests.run(
    format(
        'update payment.gateway_calls set status = ''claimed'', lease_token = gen_random_uuid(),
        leased_until = now() where payment_id = %s and status = ''queued''', :payment
    )
);
select tests.run(
    format(
        'update payment.gateway_calls set status = ''failed'', lease_token = null,
        leased_until = null, created_at = now() - interval ''1 hour''
        where payment_id = %s and status = ''claimed''', :payment
    )
);
select is(tests.value('payment.retry_refunds()'), '1', 'later it is');
select is(tests.value('payment.retry_refunds()'), '0', 'once');
select is(
    split_part(pg_temp.state(:payment), ' / ', 1) ~ 'find_returns queued$', true,
    'what was given back'
);
-- And whether the sale is settled.
select pg_temp.paid(:section) as payment \gset
select pg_temp.refund(:staff, format('payment_id => %s, amount_minor => 900', :payment)) as answer \gset
select tests.value('payment.retry_refunds()') as asked \gset
select is(
    pg_temp.state(:payment), 'fetch_transaction queued / refund pending waits',
    'of one that waits, whether its sale is settled'
);
select is(tests.value('payment.retry_refunds()'), '0', 'once');
select * from finish();
rollback;
