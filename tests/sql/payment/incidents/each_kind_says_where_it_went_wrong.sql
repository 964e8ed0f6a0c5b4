begin;
set local search_path = tap, public;
select plan(29);
select tests.section('Where', p_capacity => null) as section \gset
select tests.worker() as staff \gset
-- Of each entry of a kind: origin, source, tries, minutes since it is listed, and last failed.
create function pg_temp.list(kind text) returns text language sql as $$
    select tests.value(
        format(
            '(select string_agg(
                concat_ws('' '', i.origin, i.source, i.tries,
                    round(extract(epoch from now() - i.since) / 60),
                    round(extract(epoch from now() - i.last_at) / 60)), '', '' order by i.incident
            ) from payment.incidents() as i where i.kind = %L)', kind
        )
    ) #>> '{}'
$$;

-- Notices: delivered or found in the list, with no answer or one that we could not take over.
select tests.notice('https://gateway.example/transactions/t1', 'n1') ->> 'event_id' as event \gset
update payment.gateway_events set received_at = now() - interval '9 minutes' where id = :event;
select tests.answer(c, 503) from tests.claim_of_notice(:event) as c;
select is(
    pg_temp.list('notice_not_applied'), 'gateway webhook 1 9 0', 'a notice whose look-up failed'
);
update payment.gateway_events
set last_error = 'answer not applied: why', is_listed = true,
    failed_at = array[now() - interval '2 minutes']
where id = :event;
select is(
    pg_temp.list('notice_not_applied'), 'application job 1 9 2',
    'one from the list that we could not take over'
);
update payment.gateway_events set failed_at = '{}' where id = :event;
select is(
    pg_temp.list('notice_not_applied'), 'application job 1 9 9',
    'one of before its failures were kept'
);
select tests.run(format('select payment.settle_event(%s, ''unmatched'')', :event));
select is(pg_temp.list('notice_not_applied'), null, 'it has its answer');
select is(pg_temp.list('notice_unmatched'), 'gateway job 1 0 0', 'which says that it is not ours');
update payment.gateway_events set is_listed = false where id = :event;
select is(pg_temp.list('notice_unmatched'), 'gateway webhook 1 0 0', 'or that came to the door');
update payment.gateway_events set status = 'received', settled_at = null where id = :event;
select tests.run(format('select payment.settle_event(%s, ''ignored'')', :event));

-- Pages: what is refused again and again is one entry, until one is taken.
create function pg_temp.refuse(section bigint, status integer, ago interval default '0')
returns void language plpgsql as $$
declare
    v_payment_id constant bigint := tests.payment(
        tests.held(tests.cart(tests.student(tests.family()), section))
    );
begin
    perform tests.exchange(v_payment_id, status, '{"items": []}');
    update payment.gateway_calls as c
    set answered_at = case when c.answered_at is not null then now() - ago end,
        created_at = now() - ago
    where c.payment_id = v_payment_id;
end;
$$;
select pg_temp.refuse(:section, 400, '40 minutes');
select is(pg_temp.list('gateway_refuses'), 'gateway checkout 1 40 40', 'a page that is refused');
select pg_temp.refuse(:section, 400, '30 minutes');
select is(pg_temp.list('gateway_refuses'), 'gateway checkout 2 40 30', 'two are one entry');
select pg_temp.refuse(:section, 200, '20 minutes');
select is(pg_temp.list('gateway_refuses'), null, 'one that is taken ends it');
select pg_temp.refuse(:section, 401, '10 minutes');
select is(
    pg_temp.list('gateway_refuses'), 'gateway checkout 1 10 10',
    'who is not let in is told at once, not after the last try'
);
select is(
    tests.as_staff(
        :staff,
        '(select concat_ws('' '', i.category, i.lane, i.severity) from api.incidents as i
        where i.kind = ''gateway_refuses'')'
    ), '"credentials developer critical"', 'and that it is our key'
);
select pg_temp.refuse(:section, 503);
select is(
    pg_temp.list('gateway_refuses'), 'gateway checkout 1 10 10', 'no answer says nothing of that'
);
select pg_temp.refuse(:section, 200);
select is(pg_temp.list('gateway_refuses'), null, 'with the right key it is gone');

-- Parts of plans.
select tests.planned(tests.cart(tests.student(tests.family()), :section)) as registration \gset
select tests.part(:registration, 2) as part \gset
create function pg_temp.decline(part bigint, cause text, minutes integer) returns void
language plpgsql as $$
declare
    v_payment_id bigint;
begin
    perform tests.run(
        format('select payment.start_charges(array[%s::bigint], %L)', part, cause)
    );
    select a.payment_id into strict v_payment_id from payment.charge_attempts as a
    where a.installment_id = part and a.status = 'open';
    perform tests.run(
        format('select payment.decline_charge(%s, ''declinedByIssuer'', true)', v_payment_id)
    );
    update payment.charge_attempts as a set ended_at = now() - make_interval(mins => minutes)
    where a.payment_id = v_payment_id;
end;
$$;
select pg_temp.decline(:part, 'schedule', 50);
select is(pg_temp.list('installment_failed'), 'gateway job 1 50 50', 'a charge that was due');
select pg_temp.decline(:part, 'staff', 5);
select is(pg_temp.list('installment_failed'), 'gateway staff 2 5 5', 'one by hand');
update payment.installments set status = 'scheduled', last_error = 'card_needed' where id = :part;
update payment.installments set created_at = now() - interval '90 minutes' where id = :part;
select is(
    pg_temp.list('installment_without_card'), 'application job 2 90 90',
    'one of which nobody was told that it has no card'
);
select tests.run(format('select ops.emit(''installment.card_needed'', %s)', :part));
select is(
    pg_temp.list('installment_without_card'), 'application job 2 0 0', 'one of which they were'
);
update payment.installments set last_error = null where id = :part;

-- Money that is gone again: paid at a page, or by a charge.
select p.id as payment from payment.payments as p
where p.registration_id = :registration order by p.id limit 1 \gset
select tests.apply(
    :payment,
    tests.sale(:payment, 'trx-of-' || :payment, '{"state": "rejected", "isAuthorized": true}')
) \g /dev/null
update payment.transactions set updated_at = now() - interval '15 minutes'
where payment_id = :payment;
select is(pg_temp.list('money_lost'), 'gateway checkout 1 15 15', 'it was paid at a page');
select tests.run(
    format('select payment.start_charges(array[%s::bigint], ''staff'')', :part)
);
select p.id as payment from payment.payments as p
where p.registration_id = :registration and p.status = 'open' \gset
select tests.forget_calls(:payment) \g /dev/null
select tests.apply(:payment, tests.sale(:payment, 'hand')) \g /dev/null
select tests.apply(:payment, tests.sale(:payment, 'hand', '{"state": "rejected"}')) \g /dev/null
select is(
    pg_temp.list('money_lost'), 'gateway checkout 1 15 15, gateway staff 1 0 0',
    'it was charged by hand'
);
select tests.run(format('select ops.emit(''registration.paid'', %s)', :registration));
select is(
    pg_temp.list('money_lost'), 'gateway checkout 1 0 0, gateway staff 1 0 0',
    'what was paid meanwhile begins anew'
);

-- A page of which nobody says how it ended.
select tests.open_payment(:section) as payment \gset
update payment.payments set final_answer_due_at = now() - interval '70 minutes'
where id = :payment;
select is(pg_temp.list('payment_stuck'), 'gateway checkout 1 70 70', 'a page without an end');
update studio.settings set payment_stuck_minutes = 75 where term_id is null;
select is(pg_temp.list('payment_stuck'), null, 'after as long as the setting says');
select tests.run(format('update payment.payments set status = ''expired'' where id = %s', :payment));

-- Money that goes back and is refused: tries of one thing.
create function pg_temp.refuse_return(payment bigint, gateway_id text) returns void
language sql as $$
    select tests.exchange(
        payment, 201,
        tests.return_of(
            payment, 'refund', gateway_id,
            '{"state": "declined", "isAuthorized": false,
            "failures": [{"code": "declinedByProcessor"}]}'
        )
    )
$$;
select tests.open_payment(:section) as payment \gset
select tests.registration_of(:payment) as registration \gset
select tests.apply(:payment, tests.sale(:payment, 'one', '{"state": "settled"}')) \g /dev/null
select tests.as_manager(
    tests.worker('manager'),
    format(
        'api.refund_payment(registration_id => %s, amount_minor => 500,
        reason => ''a long enough reason'')', :registration
    )
) as refund \gset
select is(pg_temp.list('refund_failed'), null, 'a refund is under way');
select pg_temp.refuse_return(:payment, 'no1');
select is(pg_temp.list('refund_failed'), 'gateway staff 1 0 0', 'and is refused');
update payment.refunds set settled_at = now() - interval '25 minutes'
where registration_id = :registration;
select tests.as_manager(
    tests.worker('manager'),
    format(
        'api.refund_payment(registration_id => %s, amount_minor => 500,
        reason => ''a long enough reason'')', :registration
    )
) as refund \gset
select is(pg_temp.list('refund_failed'), null, 'another one is');
select pg_temp.refuse_return(:payment, 'no2');
select is(pg_temp.list('refund_failed'), 'gateway staff 2 0 0', 'two of a sale are one entry');

-- Money that has paid nothing.
select tests.open_payment(:section) as payment \gset
select tests.apply(:payment, tests.sale(:payment, 'two')) \g /dev/null
select tests.apply(:payment, tests.sale(:payment, 'three', '{"state": "settled"}')) \g /dev/null
select pg_temp.refuse_return(:payment, 'no3');
select is(
    pg_temp.list('money_not_returned'), 'gateway internal 1 0 0', 'what was paid twice stays'
);
update payment.refunds as r set cause = 'staff', requested_by = :staff
from payment.transactions as t where r.transaction_id = t.id and t.payment_id = :payment;
select is(
    pg_temp.list('money_not_returned'), 'gateway staff 1 0 0', 'or what staff wanted to send back'
);
select tests.run(
    format(
        'delete from payment.gateway_calls where payment_id = %1$s;
        update payment.transactions set created_at = now() - interval ''3 minutes''
        where payment_id = %1$s',
        :payment
    )
);
set local session_replication_role = replica;
delete from payment.refunds as r using payment.transactions as t
where r.transaction_id = t.id and t.payment_id = :payment;
set local session_replication_role = origin;
select is(
    pg_temp.list('money_not_returned'), 'application internal 1 3 3',
    'and so does what nobody has sent back'
);
select * from finish();
rollback;
