begin;
set local search_path = tap, public;
select plan(29);
select tests.section('Late', p_capacity => 1) as section \gset
-- What comes too late goes back, whether the seats are free or not.
select tests.run(
    'update studio.settings set late_money = ''return'' where studio_id = auth.studio_id()'
);
-- Nobody answered at the end of the session, the seats were given to somebody else; then money
-- came.
create function pg_temp.late_payment(section bigint) returns bigint language plpgsql as $$
declare
    v_payment_id constant bigint := tests.open_payment(section);
begin
    perform tests.run(
        format(
            'update payment.payments
            set session_ends_at = now() - interval ''1 s'', final_answer_due_at = now()
            where id = %s',
            v_payment_id
        )
    );
    perform tests.lapse(tests.registration_of(v_payment_id));
    perform tests.value('enrollment.expire_holds()');
    perform tests.apply(v_payment_id, tests.sale(v_payment_id, 'late' || v_payment_id));
    return v_payment_id;
end;
$$;
select pg_temp.late_payment(:section) as payment \gset
select is(
    tests.registration_status(tests.registration_of(:payment)), 'failed',
    'what has ended is not confirmed'
);
select is(tests.payment_status(:payment), 'authorized', 'the money is there');
select is(tests.calls(:payment), 'void_transaction queued', 'and is on its way back');
select is(
    (select c.body from payment.gateway_calls as c where c.payment_id = :payment),
    (
        select
            jsonb_build_object(
                'type', 'void', 'parentTransaction', 'late' || :payment,
                'customReference', r.reference
            )
        from payment.refunds as r where r.registration_id = tests.registration_of(:payment)
    ),
    'by a void, without an amount'
);
select is(
    (
        select concat_ws(' ', r.cause, r.status, r.price_reduction_minor) from payment.refunds as r
        where r.registration_id = tests.registration_of(:payment)
    ),
    'late pending 0', 'as a refund that lowers no price'
);
select is(
    (
        select count(*) from ops.domain_events as e where e.kind = 'registration.payment_declined'
        and e.subject_id = tests.registration_of(:payment)
    ),
    1::bigint, 'it is announced'
);
select results_eq(
    format(
        'select m.template_code, m.channel from messaging.messages as m
        where m.registration_id = %s',
        tests.registration_of(:payment)
    ),
    $$values ('payment_returned', 'email')$$, 'and the family is told'
);
select tests.apply(:payment, tests.sale(:payment, 'late' || :payment));
select is(tests.calls(:payment), 'void_transaction queued', 'a repeat voids nothing twice');
select tests.exchange(
    :payment, 201, tests.return_of(:payment, 'void', 'void1')
) as sent \gset
select is(:'sent'::text, 'POST /transactions', 'the void is sent');
select is(tests.payment_status(:payment), 'voided', 'the gateway has given it back');
select is(
    tests.refunds(tests.registration_of(:payment)),
    'void done ' || (select p.amount_minor from payment.payments as p where p.id = :payment),
    'and so the refund is done'
);

-- The void's outcome is not known: what was given back is looked for, and it goes on from there.
select pg_temp.late_payment(:section) as payment \gset
select tests.exchange(:payment, null) as sent \gset
select is(
    tests.calls(:payment), 'void_transaction failed, find_returns queued',
    'without an answer, it is asked what was given back'
);
select is(
    tests.exchange(:payment, 200, '{"items": []}'),
    'GET /transactions?limit=200&filter=parentTransaction_eq_late' || :payment,
    'of the sale'
);
select is(
    tests.calls(:payment),
    'void_transaction failed, find_returns answered, void_transaction queued',
    'nothing was: it is voided again'
);
select pg_temp.late_payment(:section) as payment \gset
select tests.exchange(:payment, 503) as sent \gset
select tests.exchange(
    :payment, 200,
    jsonb_build_object(
        'items', jsonb_build_array(tests.return_of(:payment, 'void', 'found' || :payment))
    )
) as sent \gset
select is(
    tests.calls(:payment), 'void_transaction failed, find_returns answered',
    'it was voided after all: nothing more is sent'
);
select is(tests.payment_status(:payment), 'voided', 'the payment says so');
select pg_temp.late_payment(:section) as payment \gset
select tests.apply(:payment, tests.sale(:payment, 'late' || :payment, '{"state": "voided"}'));
select is(
    tests.payment_status(:payment) || ' ' || left(
        tests.refunds(tests.registration_of(:payment)), 9
    ),
    'voided void done', 'or the sale says so'
);

-- It never becomes known: after as many tries as any call, staff see what is left to do.
create function pg_temp.incidents(payment bigint) returns text language plpgsql as $$
begin
    return tests.as_staff(
        tests.worker(), format(
            '(select string_agg(i.kind, '','') from api.incidents as i where i.payment_id = %s)',
            payment
        )
    ) #>> '{}';
end;
$$;
select pg_temp.late_payment(:section) as payment \gset
select is(pg_temp.incidents(:payment), null, 'what is on its way back is no incident');
create function pg_temp.never_known(payment bigint) returns bigint language plpgsql as $$
declare
    v_call jsonb;
begin
    for v_round in 1..50 loop
        select c into v_call from tests.claim(payment) as c;
        exit when not found;
        if v_call ->> 'method' = 'POST' then
            perform tests.answer(v_call, null);
        else
            perform tests.answer(v_call, 200, '{"items": []}');
        end if;
    end loop;
    return (
        select count(*) from payment.gateway_calls as c where c.payment_id = payment
        and c.purpose = 'void_transaction'
    );
end;
$$;
select is(pg_temp.never_known(:payment), 8::bigint, 'a void is tried eight times');
select is(
    pg_temp.incidents(:payment) || ' ' || (
        select r.failure_code from payment.refunds as r
        where r.registration_id = tests.registration_of(:payment)
    ),
    'money_not_returned no_answer', 'then it is an incident'
);
-- Refused, be it as an error or as a declined void: trying again would not change that.
select pg_temp.late_payment(:section) as payment \gset
select tests.exchange(
    :payment, 400, '{"failures": [{"code": "badRequest"}, {"code": "parentNotVoidable"}]}'
) as sent \gset
select is(
    concat_ws(
        ' / ', tests.calls(:payment), left(tests.refunds(tests.registration_of(:payment)), 29),
        pg_temp.incidents(:payment)
    ),
    'void_transaction answered / void failed parentNotVoidable / money_not_returned',
    'a refused void'
);
select tests.apply(:payment, tests.sale(:payment, 'late' || :payment));
select is(tests.calls(:payment), 'void_transaction answered', 'is not tried again by itself');
select pg_temp.late_payment(:section) as payment \gset
select tests.exchange(
    :payment, 201,
    tests.return_of(
        :payment, 'void', 'declined' || :payment,
        '{"state": "declined", "isAuthorized": false, "failures": [{"code": "declinedByProcessor"}]}'
    )
) as sent \gset
select is(
    concat_ws(
        ' / ', tests.calls(:payment), left(tests.refunds(tests.registration_of(:payment)), 31),
        pg_temp.incidents(:payment)
    ),
    'void_transaction answered / void failed declinedByProcessor / money_not_returned',
    'a declined void'
);
select tests.apply(:payment, tests.sale(:payment, 'late' || :payment, '{"state": "voided"}'));
select is(pg_temp.incidents(:payment), null, 'it is gone as soon as the money is');

-- Two payments for one registration: the first is late but in time, the second is one too many.
select tests.open_payment(tests.section('Paid twice', '{2}')) as payment \gset
select tests.registration_of(:payment) as registration \gset
select tests.run(
    format('update payment.payments set status = ''expired'' where id = %s', :payment)
);
select tests.payment(:registration) as second \gset
select tests.forget_calls(:second);
select tests.apply(:payment, tests.sale(:payment, 'first' || :payment));
select is(
    tests.registration_status(:registration), 'confirmed',
    'an expired payment that is paid after all confirms'
);
select tests.apply(:second, tests.sale(:second, 'second' || :second));
select is(
    concat_ws(' / ', tests.calls(:payment), tests.calls(:second)), 'void_transaction queued',
    'the second goes back, not the first'
);
select is(
    (
        select string_agg(m.template_code, ',' order by m.id) from messaging.messages as m
        where m.registration_id = :registration and m.template_code not like 'staff\_%'
    ),
    'registration_confirmed,payment_duplicate', 'and the family is told that it paid twice'
);

-- In time after all: a hold that is over but not yet given away is still confirmed.
select tests.open_payment(tests.section('Just in time', p_capacity => 1)) as payment \gset
select tests.run(
    format(
        'update payment.payments
        set session_ends_at = now() - interval ''1 s'', final_answer_due_at = now() where id = %s',
        :payment
    )
);
select tests.lapse(tests.registration_of(:payment));
select tests.apply(:payment, tests.sale(:payment, 'in time'));
select is(
    tests.registration_status(tests.registration_of(:payment)), 'confirmed',
    'lapsed but not released: the seat is still theirs'
);
select is(tests.calls(:payment), null, 'nothing goes back');
select * from finish();
rollback;
