begin;
set local search_path = tap, public;
\ir table.psql
select tests.section('Last place', '{2}', p_capacity => 1) as last_place \gset

-- Where the page gave us a card, which is being charged.
create function pg_temp.charging() returns bigint language plpgsql as $$
declare
    v_payment_id constant bigint := tests.payment(
        tests.held_by(tests.cart(tests.student(tests.family()), pg_temp.section('States')))
    );
begin
    perform tests.forget_calls(v_payment_id);
    perform tests.stored_card(v_payment_id);
    update payment.payments as p
    set
        session_ref = 'ses' || p.id, session_url = 'https://pay.example/' || p.id,
        hosted_card_ref = 'card' || p.id, card_scheme = 'Visa', card_last4 = '1111'
    where p.id = v_payment_id;
    perform tests.run(format('select payment.advance_card(%s)', v_payment_id));
    return v_payment_id;
end;
$$;
-- Its session ended unpaid; afterwards its hold was over, too.
create function pg_temp.expire(payment bigint) returns void language sql as $$
    select tests.run(
        format(
            'update payment.payments
            set status = ''expired'', session_ends_at = now() - interval ''1 s'' where id = %s',
            payment
        )
    )
$$;
create function pg_temp.lapse(payment bigint) returns void language plpgsql as $$
begin
    perform tests.lapse(tests.registration_of(payment));
    perform tests.value('enrollment.expire_holds()');
end;
$$;
-- Then somebody else has got its place.
create function pg_temp.sold(payment bigint) returns void language plpgsql as $$
begin
    perform pg_temp.expire(payment);
    perform pg_temp.lapse(payment);
    perform tests.open_payment(pg_temp.section('Last place'));
end;
$$;
-- Staff give all of it back; then the gateway agrees.
create function pg_temp.refund(payment bigint) returns jsonb language sql as $$
    select pg_temp.as_desk(
        format('api.refund_payment(reason => ''all of it goes back'', payment_id => %s)', payment)
    )
$$;
create function pg_temp.give_back(payment bigint, kind text) returns void language plpgsql as $$
begin
    perform pg_temp.refund(payment);
    perform tests.apply(payment, tests.return_of(payment, kind, 'back' || payment));
end;
$$;
insert into states (state, make, acts) values
('open', 'pg_temp.at_a_page()', null),
('open, charging', 'pg_temp.charging()', null),
('open, hold lapsed', 'pg_temp.at_a_page()', 'select pg_temp.session_ends({id}, false)'),
('authorized', 'pg_temp.at_a_page()', $$select pg_temp.say({id}, 'captured')$$),
(
    'authorized, too late', $$pg_temp.at_a_page('Last place')$$,
    $$select pg_temp.sold({id}); select pg_temp.say({id}, 'captured')$$
),
('declined', 'pg_temp.charging()', $$select pg_temp.say({id}, 'declined')$$),
('expired', 'pg_temp.at_a_page()', 'select pg_temp.expire({id})'),
(
    'expired, hold lapsed', 'pg_temp.at_a_page()',
    'select pg_temp.expire({id}); select pg_temp.lapse({id})'
),
('expired, place sold', $$pg_temp.at_a_page('Last place')$$, 'select pg_temp.sold({id})'),
(
    'failed', 'pg_temp.at_a_page()',
    $$select tests.run('update payment.payments set status = ''failed'' where id = {id}')$$
),
(
    'voided', 'pg_temp.at_a_page()',
    $$select pg_temp.say({id}, 'captured'); select pg_temp.give_back({id}, 'void')$$
),
(
    'refunded', 'pg_temp.at_a_page()',
    $$select pg_temp.say({id}, 'settled'); select pg_temp.give_back({id}, 'refund')$$
);
-- What that has queued is of no matter, but for a charge.
update states as s set acts = s.acts || '; select tests.forget_calls({id})' where s.acts is not null;

-- A sale that is not the one that was asked for.
create function pg_temp.say_other(payment bigint, currency text) returns void language sql as $$
    select pg_temp.say(
        payment, 'captured', 'new', jsonb_build_object(
            'total', jsonb_build_object('amount', '1.00', 'currencyCode', currency)
        )
    )
$$;
-- Its sale is given back at the gateway, in whole or in part, by somebody else than us.
create function pg_temp.given_back(payment bigint, type text, part integer default 1)
returns void language sql as $$
    select pg_temp.say(
        payment, 'authorized', 'out', jsonb_build_object(
            'type', type, 'parentTransaction', 'sale' || payment, 'customReference', null,
            'total', payment.gateway_amount(p.amount_minor / part, p.currency)
        )
    )
    from payment.payments as p where p.id = payment
$$;
create function pg_temp.look(payment bigint) returns jsonb language sql as $$
    select tests.as_family(p.family_id, format('api.check_payment(%s)', payment))
    from payment.payments as p where p.id = payment
$$;
create function pg_temp.end_class(payment bigint) returns jsonb language sql as $$
    select pg_temp.as_desk(format('api.cancel_enrollment(%s, ''moved away'')', e.id))
    from enrollment.enrollments as e where e.registration_id = tests.registration_of(payment)
$$;
create function pg_temp.cash(payment bigint) returns jsonb language sql as $$
    select pg_temp.as_desk(
        format('api.record_payment(%s, ''cash'', %s)', p.registration_id, p.amount_minor)
    )
    from payment.payments as p where p.id = payment
$$;
create function pg_temp.quiet(payment bigint) returns jsonb language plpgsql as $$
begin
    update payment.payments as p set created_at = now() - interval '1 hour' where p.id = payment;
    update payment.gateway_calls as c set created_at = now() - interval '1 hour'
    where c.payment_id = payment;
    return tests.value('payment.ask_quiet_payments()');
end;
$$;
create function pg_temp.stuck(payment bigint) returns jsonb language plpgsql as $$
begin
    perform tests.run(
        format(
            'update enrollment.registrations set created_at = now() - interval ''2 days'',
            hold_expires_at = now() - interval ''1 day'' where id = %s',
            tests.registration_of(payment)
        )
    );
    return tests.value('enrollment.expire_holds()');
end;
$$;
create function pg_temp.session_ends(payment bigint, answered boolean) returns void
language plpgsql as $$
declare
    v_call jsonb;
begin
    update payment.payments as p set session_ends_at = now() - interval '1 s'
    where p.id = payment and p.flow <> 'stored_method';
    perform tests.value('payment.ask_ended_sessions()');
    -- What is sent is not answered; what is asked is, or not.
    for v_round in 1..50
    loop
        select c into v_call from tests.claim(payment) as c;
        exit when not found;
        if answered and v_call ->> 'method' = 'GET' then
            perform tests.answer(
                v_call, 200,
                '{"transaction": null, "previousTransactions": [], "items": []}'
                || jsonb_build_object('id', 'ses' || payment)
            );
        else
            perform tests.answer(v_call, null);
        end if;
    end loop;
    if not answered then
        update payment.payments as p set final_answer_due_at = now() - interval '1 s'
        where p.id = payment and p.final_answer_due_at is not null;
    end if;
    perform pg_temp.lapse(payment);
end;
$$;
insert into events (event, act) values
('sale pending', $$select pg_temp.say({id}, 'authorizationPending', 'new')$$),
('sale held for review', $$select pg_temp.say({id}, 'heldForReview', 'new')$$),
('sale declined', $$select pg_temp.say({id}, 'declined', 'new')$$),
('sale authorized', $$select pg_temp.say({id}, 'authorized', 'new')$$),
(
    'two sales',
    $$select pg_temp.say({id}, 'captured', 'new'); select pg_temp.say({id}, 'captured', 'newer')$$
),
('sale of another amount', $$select pg_temp.say_other({id}, 'USD')$$),
('sale in another currency', $$select pg_temp.say_other({id}, 'EUR')$$),
('voided at the gateway', $$select pg_temp.given_back({id}, 'void')$$),
('refunded at the gateway', $$select pg_temp.given_back({id}, 'refund')$$),
('refunded in part there', $$select pg_temp.given_back({id}, 'refund', 2)$$),
('session ends unpaid', 'select pg_temp.session_ends({id}, true)'),
('session ends, no answer', 'select pg_temp.session_ends({id}, false)'),
('hold lapses', 'select pg_temp.lapse({id})'),
('a day without an end', 'select pg_temp.stuck({id})'),
('nothing heard for long', 'select pg_temp.quiet({id})'),
('family looks', 'select pg_temp.look({id})'),
('family pays again', 'select tests.payment(tests.registration_of({id}))'),
('family gives up', 'select tests.abandon(tests.registration_of({id}))'),
('staff give all back', 'select pg_temp.refund({id})'),
('staff record cash', 'select pg_temp.cash({id})'),
('staff end the class', 'select pg_temp.end_class({id})');
-- How payment and registration are, what of the money is on its way back, what is asked, and
-- whether another payment was begun.
create function pg_temp.shown(payment bigint) returns text language sql as $$
    select concat_ws(
        ' / ',
        p.status,
        r.status || coalesce(' ' || r.status_reason, ''),
        pg_temp.back(p.registration_id),
        pg_temp.asked(p.id),
        (
            select 'another ' || string_agg(o.status, ', ' order by o.id)
            from payment.payments as o
            where o.registration_id = p.registration_id and o.id <> p.id
        )
    )
    from payment.payments as p
    inner join enrollment.registrations as r on p.registration_id = r.id
    where p.id = payment
$$;
select pg_temp.read($table$
open
    sale pending              open / pending_payment
    sale held for review      open / pending_payment
    sale declined             open / pending_payment
    sale authorized           authorized / confirmed
    two sales                 authorized / confirmed / surplus void pending
    sale of another amount    open / pending_payment / surplus void pending
    sale in another currency  open / pending_payment / surplus void pending
    voided at the gateway     open / pending_payment
    refunded at the gateway   open / pending_payment
    refunded in part there    open / pending_payment
    session ends unpaid       expired / failed hold_lapsed
    session ends, no answer   open / failed hold_lapsed
    hold lapses               open / pending_payment
    a day without an end      open / failed stuck
    nothing heard for long    open / pending_payment / asks fetch_session
    family looks              open / pending_payment / asks fetch_session
    family pays again         open / pending_payment
    family gives up           refused: payment_under_way
    staff give all back       refused: nothing_to_refund
    staff record cash         refused: payment_under_way
    staff end the class       refused: enrollment_not_live
open, charging
    sale pending              open / pending_payment / asks charge_stored_card
    sale held for review      open / pending_payment / asks charge_stored_card
    sale declined             declined / pending_payment
    sale authorized           authorized / confirmed
    two sales                 authorized / confirmed / surplus void pending
    sale of another amount    declined / pending_payment / surplus void pending
    sale in another currency  declined / pending_payment / surplus void pending
    voided at the gateway     open / pending_payment / asks charge_stored_card
    refunded at the gateway   open / pending_payment / asks charge_stored_card
    refunded in part there    open / pending_payment / asks charge_stored_card
    session ends unpaid       declined / failed hold_lapsed
    session ends, no answer   open / failed hold_lapsed
    hold lapses               open / pending_payment / asks charge_stored_card
    a day without an end      expired / failed stuck
    nothing heard for long    open / pending_payment / asks charge_stored_card
    family looks              open / pending_payment / asks charge_stored_card
    family pays again         open / pending_payment / asks charge_stored_card
    family gives up           refused: payment_under_way
    staff give all back       refused: nothing_to_refund
    staff record cash         refused: payment_under_way
    staff end the class       refused: enrollment_not_live
open, hold lapsed
    sale pending              open / failed hold_lapsed
    sale held for review      open / failed hold_lapsed
    sale declined             open / failed hold_lapsed
    sale authorized           authorized / confirmed
    two sales                 authorized / confirmed / surplus void pending
    sale of another amount    open / failed hold_lapsed / surplus void pending
    sale in another currency  open / failed hold_lapsed / surplus void pending
    voided at the gateway     open / failed hold_lapsed
    refunded at the gateway   open / failed hold_lapsed
    refunded in part there    open / failed hold_lapsed
    session ends unpaid       expired / failed hold_lapsed
    session ends, no answer   open / failed hold_lapsed
    hold lapses               open / failed hold_lapsed
    a day without an end      open / failed hold_lapsed
    nothing heard for long    open / failed hold_lapsed / asks fetch_session
    family looks              open / failed hold_lapsed / asks fetch_session
    family pays again         refused: registration_expired
    family gives up           refused: payment_under_way
    staff give all back       refused: nothing_to_refund
    staff record cash         refused: payment_under_way
    staff end the class       refused: enrollment_not_live
authorized
    sale pending              authorized / confirmed
    sale held for review      authorized / confirmed
    sale declined             authorized / confirmed
    sale authorized           authorized / confirmed / surplus void pending
    two sales                 authorized / confirmed / 2 surplus void pending
    sale of another amount    authorized / confirmed / surplus void pending
    sale in another currency  authorized / confirmed / surplus void pending
    voided at the gateway     voided / confirmed / gateway void done
    refunded at the gateway   refunded / confirmed / gateway refund done
    refunded in part there    authorized / confirmed / gateway refund done
    session ends unpaid       authorized / confirmed
    session ends, no answer   authorized / confirmed
    hold lapses               authorized / confirmed
    a day without an end      authorized / confirmed
    nothing heard for long    authorized / confirmed
    family looks              authorized / confirmed
    family pays again         refused: registration_confirmed
    family gives up           refused: registration_confirmed
    staff give all back       authorized / confirmed / staff void pending
    staff record cash         refused: payment_exceeds_due
    staff end the class       authorized / confirmed
authorized, too late
    sale pending              authorized / failed hold_lapsed / late void pending
    sale held for review      authorized / failed hold_lapsed / late void pending
    sale declined             authorized / failed hold_lapsed / late void pending
    sale authorized           authorized / failed hold_lapsed / late void pending, surplus void pending
    two sales                 authorized / failed hold_lapsed / late void pending, 2 surplus void pending
    sale of another amount    authorized / failed hold_lapsed / late void pending, surplus void pending
    sale in another currency  authorized / failed hold_lapsed / late void pending, surplus void pending
    voided at the gateway     voided / failed hold_lapsed / late void done
    refunded at the gateway   refunded / failed hold_lapsed / late void failed, gateway refund done
    refunded in part there    authorized / failed hold_lapsed / late void failed, gateway refund done, late refund pending
    session ends unpaid       authorized / failed hold_lapsed / late void pending
    session ends, no answer   authorized / failed hold_lapsed / late void pending
    hold lapses               authorized / failed hold_lapsed / late void pending
    a day without an end      authorized / failed hold_lapsed / late void pending
    nothing heard for long    authorized / failed hold_lapsed / late void pending
    family looks              authorized / failed hold_lapsed / late void pending
    family pays again         refused: registration_expired
    family gives up           refused: payment_under_way
    staff give all back       refused: nothing_to_refund
    staff record cash         refused: registration_expired
    staff end the class       refused: enrollment_not_live
declined
    sale pending              declined / pending_payment
    sale held for review      declined / pending_payment
    sale declined             declined / pending_payment
    sale authorized           authorized / confirmed
    two sales                 authorized / confirmed / surplus void pending
    sale of another amount    declined / pending_payment / surplus void pending
    sale in another currency  declined / pending_payment / surplus void pending
    voided at the gateway     declined / pending_payment
    refunded at the gateway   declined / pending_payment / gateway refund done
    refunded in part there    declined / pending_payment / gateway refund done
    session ends unpaid       declined / failed hold_lapsed
    session ends, no answer   declined / failed hold_lapsed
    hold lapses               declined / failed hold_lapsed
    a day without an end      declined / failed hold_lapsed
    nothing heard for long    declined / pending_payment
    family looks              declined / pending_payment
    family pays again         declined / pending_payment / another open
    family gives up           declined / cancelled abandoned
    staff give all back       refused: nothing_to_refund
    staff record cash         declined / confirmed
    staff end the class       refused: enrollment_not_live
expired
    sale pending              expired / pending_payment
    sale held for review      expired / pending_payment
    sale declined             expired / pending_payment
    sale authorized           authorized / confirmed
    two sales                 authorized / confirmed / surplus void pending
    sale of another amount    expired / pending_payment / surplus void pending
    sale in another currency  expired / pending_payment / surplus void pending
    voided at the gateway     expired / pending_payment
    refunded at the gateway   expired / pending_payment
    refunded in part there    expired / pending_payment
    session ends unpaid       expired / failed hold_lapsed
    session ends, no answer   expired / failed hold_lapsed
    hold lapses               expired / failed hold_lapsed
    a day without an end      expired / failed hold_lapsed
    nothing heard for long    expired / pending_payment
    family looks              expired / pending_payment
    family pays again         expired / pending_payment / another open
    family gives up           expired / cancelled abandoned
    staff give all back       refused: nothing_to_refund
    staff record cash         expired / confirmed
    staff end the class       refused: enrollment_not_live
expired, hold lapsed
    sale pending              expired / failed hold_lapsed
    sale held for review      expired / failed hold_lapsed
    sale declined             expired / failed hold_lapsed
    sale authorized           authorized / confirmed
    two sales                 authorized / confirmed / surplus void pending
    sale of another amount    expired / failed hold_lapsed / surplus void pending
    sale in another currency  expired / failed hold_lapsed / surplus void pending
    voided at the gateway     expired / failed hold_lapsed
    refunded at the gateway   expired / failed hold_lapsed
    refunded in part there    expired / failed hold_lapsed
    session ends unpaid       expired / failed hold_lapsed
    session ends, no answer   expired / failed hold_lapsed
    hold lapses               expired / failed hold_lapsed
    a day without an end      expired / failed hold_lapsed
    nothing heard for long    expired / failed hold_lapsed
    family looks              expired / failed hold_lapsed
    family pays again         refused: registration_expired
    family gives up           expired / failed hold_lapsed
    staff give all back       refused: nothing_to_refund
    staff record cash         expired / confirmed
    staff end the class       refused: enrollment_not_live
expired, place sold
    sale pending              expired / failed hold_lapsed
    sale held for review      expired / failed hold_lapsed
    sale declined             expired / failed hold_lapsed
    sale authorized           authorized / failed hold_lapsed / late void pending
    two sales                 authorized / failed hold_lapsed / late void pending, surplus void pending
    sale of another amount    expired / failed hold_lapsed / surplus void pending
    sale in another currency  expired / failed hold_lapsed / surplus void pending
    voided at the gateway     expired / failed hold_lapsed
    refunded at the gateway   expired / failed hold_lapsed
    refunded in part there    expired / failed hold_lapsed
    session ends unpaid       expired / failed hold_lapsed
    session ends, no answer   expired / failed hold_lapsed
    hold lapses               expired / failed hold_lapsed
    a day without an end      expired / failed hold_lapsed
    nothing heard for long    expired / failed hold_lapsed
    family looks              expired / failed hold_lapsed
    family pays again         refused: registration_expired
    family gives up           expired / failed hold_lapsed
    staff give all back       refused: nothing_to_refund
    staff record cash         refused: registration_expired
    staff end the class       refused: enrollment_not_live
failed
    sale pending              failed / pending_payment
    sale held for review      failed / pending_payment
    sale declined             failed / pending_payment
    sale authorized           authorized / confirmed
    two sales                 authorized / confirmed / surplus void pending
    sale of another amount    failed / pending_payment / surplus void pending
    sale in another currency  failed / pending_payment / surplus void pending
    voided at the gateway     failed / pending_payment
    refunded at the gateway   failed / pending_payment
    refunded in part there    failed / pending_payment
    session ends unpaid       failed / failed hold_lapsed
    session ends, no answer   failed / failed hold_lapsed
    hold lapses               failed / failed hold_lapsed
    a day without an end      failed / failed hold_lapsed
    nothing heard for long    failed / pending_payment
    family looks              failed / pending_payment
    family pays again         failed / pending_payment / another open
    family gives up           failed / cancelled abandoned
    staff give all back       refused: nothing_to_refund
    staff record cash         failed / confirmed
    staff end the class       refused: enrollment_not_live
voided
    sale pending              voided / refunded refunded / staff void done
    sale held for review      voided / refunded refunded / staff void done
    sale declined             voided / refunded refunded / staff void done
    sale authorized           voided / refunded refunded / staff void done, surplus void pending
    two sales                 voided / refunded refunded / staff void done, 2 surplus void pending
    sale of another amount    voided / refunded refunded / staff void done, surplus void pending
    sale in another currency  voided / refunded refunded / staff void done, surplus void pending
    voided at the gateway     refused by transactions_refunded_range
    refunded at the gateway   refused by transactions_refunded_range
    refunded in part there    refused by transactions_refunded_range
    session ends unpaid       voided / refunded refunded / staff void done
    session ends, no answer   voided / refunded refunded / staff void done
    hold lapses               voided / refunded refunded / staff void done
    a day without an end      voided / refunded refunded / staff void done
    nothing heard for long    voided / refunded refunded / staff void done
    family looks              voided / refunded refunded / staff void done
    family pays again         refused: registration_closed
    family gives up           voided / refunded refunded / staff void done
    staff give all back       refused: nothing_to_refund
    staff record cash         refused: registration_closed
    staff end the class       refused: enrollment_not_live
refunded
    sale pending              refunded / refunded refunded / staff refund done
    sale held for review      refunded / refunded refunded / staff refund done
    sale declined             refunded / refunded refunded / staff refund done
    sale authorized           refunded / refunded refunded / staff refund done, surplus void pending
    two sales                 refunded / refunded refunded / staff refund done, 2 surplus void pending
    sale of another amount    refunded / refunded refunded / staff refund done, surplus void pending
    sale in another currency  refunded / refunded refunded / staff refund done, surplus void pending
    voided at the gateway     refused by transactions_refunded_range
    refunded at the gateway   refused by transactions_refunded_range
    refunded in part there    refused by transactions_refunded_range
    session ends unpaid       refunded / refunded refunded / staff refund done
    session ends, no answer   refunded / refunded refunded / staff refund done
    hold lapses               refunded / refunded refunded / staff refund done
    a day without an end      refunded / refunded refunded / staff refund done
    nothing heard for long    refunded / refunded refunded / staff refund done
    family looks              refunded / refunded refunded / staff refund done
    family pays again         refused: registration_closed
    family gives up           refunded / refunded refunded / staff refund done
    staff give all back       refused: nothing_to_refund
    staff record cash         refused: registration_closed
    staff end the class       refused: enrollment_not_live
$table$);
select plan((select count(*) + 1 from cells)::integer);
select set_eq(
    'select distinct split_part(s.state, '','', 1) from states as s',
    'select s from pg_temp.statuses(''payments_status_known'') as s',
    'every status of a payment'
);
select pg_temp.run_cells();
select * from finish();
rollback;
