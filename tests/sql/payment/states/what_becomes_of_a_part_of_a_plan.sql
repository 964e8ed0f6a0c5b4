begin;
set local search_path = tap, public;
\ir table.psql
-- The second part of a plan that is charged each month, due today. Its first was paid by a card.
create function pg_temp.part() returns bigint language plpgsql as $$
declare
    v_part_id constant bigint := tests.part(
        tests.planned(tests.cart(tests.student(tests.family()), pg_temp.section('States'))), 2
    );
begin
    perform tests.run(
        format(
            'update payment.installments set due_on = studio.local_date(now()) where id = %s',
            v_part_id
        )
    );
    return v_part_id;
end;
$$;
-- The payment by which it was charged last.
create function pg_temp.charge_of(p_part_id bigint) returns bigint language sql as $$
    select max(p.id) from payment.payments as p where p.installment_id = p_part_id
$$;
-- What the gateway makes of its charge, where there is one.
create function pg_temp.said(
    p_part_id bigint, p_state text, p_name text default 'sale', p_changes jsonb default '{}'
) returns void language sql as $$
    select pg_temp.say(c.id, p_state, p_name, p_changes)
    from pg_temp.charge_of(p_part_id) as c (id) where c.id is not null
$$;
create function pg_temp.charged(p_part_id bigint) returns void language plpgsql as $$
begin
    perform pg_temp.as_desk(format('api.charge_installment(%s)', p_part_id));
end;
$$;
-- Somebody sends what waits of its charge.
create function pg_temp.sent(p_part_id bigint) returns void language sql as $$
    select tests.claim(c.id) from pg_temp.charge_of(p_part_id) as c (id) where c.id is not null
$$;
-- What was sent is answered; null: it is not.
create function pg_temp.answered(p_part_id bigint, p_status integer, p_answer jsonb default '{}')
returns void language plpgsql as $$
begin
    perform pg_temp.sent(p_part_id);
    perform tests.answer(
        jsonb_build_object(
            'studio_id', c.studio_id, 'call_id', c.id, 'lease_token', c.lease_token
        ),
        p_status, p_answer
    )
    from payment.gateway_calls as c
    where c.payment_id = pg_temp.charge_of(p_part_id) and c.status = 'claimed';
end;
$$;
create function pg_temp.answered_with(p_part_id bigint, p_state text) returns void
language sql as $$
    select pg_temp.answered(
        p_part_id, 201, pg_temp.in_state(tests.sale(c.id, 'sale' || c.id), p_state)
    )
    from pg_temp.charge_of(p_part_id) as c (id)
$$;
-- Each time it is not answered, and asked for there is no charge.
create function pg_temp.never_known(p_part_id bigint) returns void language plpgsql as $$
begin
    for v_round in 1..8
    loop
        perform pg_temp.answered(p_part_id, null);
        perform pg_temp.answered(p_part_id, 200, '{"items": []}');
    end loop;
end;
$$;
create function pg_temp.by_check(p_part_id bigint) returns void language sql as $$
    select pg_temp.as_desk(format('api.mark_installment_paid(%s, ''check'', ''4711'')', p_part_id))
$$;
create function pg_temp.by_page(p_part_id bigint) returns void language plpgsql as $$
declare
    v_part payment.installments;
    v_payment_id bigint;
begin
    select i.* into v_part from payment.installments as i where i.id = p_part_id;
    v_payment_id := tests.as_family(
        v_part.family_id,
        format(
            'api.start_payment(%s, ''https://example.com/done'', ''https://example.com/back'',
                installment_id => %s)',
            v_part.registration_id, v_part.id
        )
    ) -> 'payment_id';
    perform tests.forget_calls(v_payment_id);
    perform tests.stored_card(v_payment_id);
    perform tests.apply(v_payment_id, tests.sale(v_payment_id, 'page' || v_payment_id));
end;
$$;
create function pg_temp.cash(p_part_id bigint) returns void language sql as $$
    select pg_temp.as_desk(
        format('api.record_payment(%s, ''cash'', 1000)', i.registration_id)
    )
    from payment.installments as i where i.id = p_part_id
$$;
-- What was paid of the registration; the gateway agrees.
create function pg_temp.give_back(p_part_id bigint) returns void language plpgsql as $$
declare
    v_registration_id bigint;
    v_payment_id bigint;
    v_refund payment.refunds;
begin
    select i.registration_id into v_registration_id
    from payment.installments as i where i.id = p_part_id;
    perform pg_temp.as_desk(
        format('api.refund_payment(%s, reason => ''all of it goes back'')', v_registration_id)
    );
    for v_refund in
        select f.* from payment.refunds as f
        where f.registration_id = v_registration_id and f.status = 'pending' order by f.id
    loop
        select t.payment_id into v_payment_id
        from payment.transactions as t where t.id = v_refund.transaction_id;
        perform tests.apply(
            v_payment_id, tests.return_of(v_payment_id, v_refund.kind, 'back' || v_payment_id)
        );
    end loop;
end;
$$;
create function pg_temp.end_class(p_part_id bigint) returns void language sql as $$
    select pg_temp.as_desk(format('api.cancel_enrollment(%s, ''moved away'')', e.id))
    from payment.installments as i
    inner join enrollment.enrollments as e on i.registration_id = e.registration_id
    where i.id = p_part_id
$$;
create function pg_temp.waive(p_part_id bigint) returns void language sql as $$
    select tests.as_manager(
        tests.worker('manager'), format('api.waive_installment(%s, ''hardship'')', p_part_id)
    )
$$;
create function pg_temp.check_returns(p_part_id bigint) returns void language sql as $$
    select pg_temp.as_desk(format('api.return_check(%s, ''no funds'')', o.id))
    from payment.offline_payments as o where o.installment_id = p_part_id
$$;
create function pg_temp.reschedule(p_part_id bigint) returns void language sql as $$
    select pg_temp.as_desk(
        format('api.reschedule_installment(%s, %L, ''asked'')', p_part_id, current_date + 30)
    )
$$;
-- At eight in the morning of the next day on which cards are charged.
create function pg_temp.next_morning(p_days integer default 0) returns text language sql as $$
    select tests.value(
        format(
            'payment.charge_installments(
                (studio.next_business_day(studio.local_date(now()) + %s) + time ''08:00'')
                at time zone (select s.timezone from studio.studios as s where s.id = auth.studio_id())
            )',
            p_days
        )
    )
$$;
insert into states (state, make, acts) values
('scheduled', 'pg_temp.part()', null),
(
    'overdue', 'pg_temp.part()',
    $$
        update payment.installments set status = 'overdue', due_on = due_on - 3 where id = {id}
    $$
),
('processing, not sent', 'pg_temp.part()', 'select pg_temp.charged({id})'),
('processing, sent', 'pg_temp.part()', 'select pg_temp.charged({id}); select pg_temp.sent({id})'),
(
    'failed', 'pg_temp.part()',
    $$select pg_temp.charged({id}); select pg_temp.answered_with({id}, 'declined')$$
),
(
    'paid by card', 'pg_temp.part()',
    $$select pg_temp.charged({id}); select pg_temp.answered_with({id}, 'captured')$$
),
('paid by check', 'pg_temp.part()', 'select pg_temp.by_check({id})'),
('waived', 'pg_temp.part()', 'select pg_temp.waive({id})'),
(
    'waived, charge sent', 'pg_temp.part()',
    'select pg_temp.charged({id}); select pg_temp.sent({id}); select pg_temp.end_class({id})'
);
insert into events (event, act) values
('morning', 'select pg_temp.next_morning()'),
('charge approved', $$select pg_temp.said({id}, 'captured')$$),
('charge pending', $$select pg_temp.said({id}, 'authorizationPending')$$),
('charge declined', $$select pg_temp.said({id}, 'declined')$$),
(
    'charge over another amount',
    $$
        select pg_temp.said(
            {id}, 'captured', 'sale', '{"total": {"amount": "1.00", "currencyCode": "USD"}}'
        )
    $$
),
(
    'two charges approved',
    $$select pg_temp.said({id}, 'captured'); select pg_temp.said({id}, 'captured', 'new')$$
),
('charge refused', $$select pg_temp.answered({id}, 400, '{"failures": [{"code": "invalid"}]}')$$),
('charge without an answer', 'select pg_temp.answered({id}, null)'),
('charge never known', 'select pg_temp.never_known({id})'),
('charge taken back', $$select pg_temp.said({id}, 'voided')$$),
('charge refused by the bank', $$select pg_temp.said({id}, 'rejected')$$),
('staff charge it', 'select pg_temp.charged({id})'),
('family pays it', 'select pg_temp.by_page({id})'),
('paid in cash', $$select pg_temp.as_desk('api.mark_installment_paid({id}, ''cash'')')$$),
('10.00 in cash', 'select pg_temp.cash({id})'),
('check comes back', 'select pg_temp.check_returns({id})'),
('waived', 'select pg_temp.waive({id})'),
('rescheduled', 'select pg_temp.reschedule({id})'),
('all given back', 'select pg_temp.give_back({id})'),
('class ends', 'select pg_temp.end_class({id})');
-- The part with what is open of it and why, its registration, its charges, money going back, and what
-- is open of the next part where that is another amount than it was.
create function pg_temp.shown(p_part_id bigint) returns text language sql as $$
    select concat_ws(
        ' / ',
        concat_ws(
            ' ', i.status, nullif(i.amount_minor - i.paid_minor, 0),
            'after ' || nullif(i.attempts, 0), i.last_error
        ),
        r.status,
        (
            select concat('charges ', string_agg(p.status, ', ' order by p.id))
            from payment.payments as p where p.installment_id = i.id having count(*) > 0
        ),
        pg_temp.back(r.id),
        pg_temp.asked(pg_temp.charge_of(i.id)),
        (
            select concat('next part ', n.amount_minor - n.paid_minor)
            from payment.installments as n
            where
                n.registration_id = r.id
                and n.number = 3
                and n.amount_minor - n.paid_minor not in (0, 18829)
        )
    )
    from payment.installments as i
    inner join enrollment.registrations as r on i.registration_id = r.id
    where i.id = p_part_id
$$;
select pg_temp.read($table$
scheduled
    morning                     processing 18829 / confirmed / charges open / asks charge_stored_card
    charge approved             scheduled 18829 / confirmed
    charge pending              scheduled 18829 / confirmed
    charge declined             scheduled 18829 / confirmed
    charge over another amount  scheduled 18829 / confirmed
    two charges approved        scheduled 18829 / confirmed
    charge refused              scheduled 18829 / confirmed
    charge without an answer    scheduled 18829 / confirmed
    charge never known          scheduled 18829 / confirmed
    charge taken back           scheduled 18829 / confirmed
    charge refused by the bank  scheduled 18829 / confirmed
    staff charge it             processing 18829 / confirmed / charges open / asks charge_stored_card
    family pays it              paid / confirmed / charges authorized
    paid in cash                paid / confirmed
    10.00 in cash               scheduled 17829 / confirmed
    check comes back            scheduled 18829 / confirmed
    waived                      waived / confirmed
    rescheduled                 scheduled 18829 / confirmed
    all given back              waived / refunded / staff void done
    class ends                  waived / confirmed
overdue
    morning                     processing 18829 / confirmed / charges open / asks charge_stored_card
    charge approved             overdue 18829 / confirmed
    charge pending              overdue 18829 / confirmed
    charge declined             overdue 18829 / confirmed
    charge over another amount  overdue 18829 / confirmed
    two charges approved        overdue 18829 / confirmed
    charge refused              overdue 18829 / confirmed
    charge without an answer    overdue 18829 / confirmed
    charge never known          overdue 18829 / confirmed
    charge taken back           overdue 18829 / confirmed
    charge refused by the bank  overdue 18829 / confirmed
    staff charge it             processing 18829 / confirmed / charges open / asks charge_stored_card
    family pays it              paid / confirmed / charges authorized
    paid in cash                paid / confirmed
    10.00 in cash               overdue 17829 / confirmed
    check comes back            overdue 18829 / confirmed
    waived                      waived / confirmed
    rescheduled                 scheduled 18829 / confirmed
    all given back              waived / refunded / staff void done
    class ends                  waived / confirmed
processing, not sent
    morning                     processing 18829 / confirmed / charges open / asks charge_stored_card
    charge approved             paid / confirmed / charges authorized
    charge pending              processing 18829 / confirmed / charges open / asks charge_stored_card
    charge declined             failed 18829 after 1 declined / confirmed / charges declined
    charge over another amount  failed 18829 after 1 captured / confirmed / charges declined / surplus void pending
    two charges approved        paid / confirmed / charges authorized / surplus void pending
    charge refused              failed 18829 after 1 invalid / confirmed / charges declined
    charge without an answer    processing 18829 / confirmed / charges open / asks find_charge
    charge never known          failed 18829 after 1 no_answer / confirmed / charges declined
    charge taken back           failed 18829 after 1 voided / confirmed / charges declined
    charge refused by the bank  failed 18829 after 1 rejected / confirmed / charges declined
    staff charge it             refused: installment_processing
    family pays it              refused: installment_processing
    paid in cash                refused: installment_processing
    10.00 in cash               refused: payment_under_way
    check comes back            processing 18829 / confirmed / charges open / asks charge_stored_card
    waived                      refused: installment_processing
    rescheduled                 refused: installment_processing
    all given back              waived / refunded / charges declined / staff void done
    class ends                  waived / confirmed / charges declined
processing, sent
    morning                     processing 18829 / confirmed / charges open
    charge approved             paid / confirmed / charges authorized
    charge pending              processing 18829 / confirmed / charges open
    charge declined             failed 18829 after 1 declined / confirmed / charges declined
    charge over another amount  failed 18829 after 1 captured / confirmed / charges declined / surplus void pending
    two charges approved        paid / confirmed / charges authorized / surplus void pending
    charge refused              failed 18829 after 1 invalid / confirmed / charges declined
    charge without an answer    processing 18829 / confirmed / charges open / asks find_charge
    charge never known          failed 18829 after 1 no_answer / confirmed / charges declined
    charge taken back           failed 18829 after 1 voided / confirmed / charges declined
    charge refused by the bank  failed 18829 after 1 rejected / confirmed / charges declined
    staff charge it             refused: installment_processing
    family pays it              refused: installment_processing
    paid in cash                refused: installment_processing
    10.00 in cash               refused: payment_under_way
    check comes back            processing 18829 / confirmed / charges open
    waived                      refused: installment_processing
    rescheduled                 refused: installment_processing
    all given back              waived / refunded / charges open / staff void done
    class ends                  waived / confirmed / charges open
failed
    morning                     failed 18829 after 1 declined / confirmed / charges declined
    charge approved             failed 18829 after 1 declined / confirmed / charges declined
    charge pending              failed 18829 after 1 declined / confirmed / charges declined
    charge declined             failed 18829 after 1 declined / confirmed / charges declined
    charge over another amount  failed 18829 after 1 declined / confirmed / charges declined
    two charges approved        paid after 1 / confirmed / charges authorized
    charge refused              failed 18829 after 1 declined / confirmed / charges declined
    charge without an answer    failed 18829 after 1 declined / confirmed / charges declined
    charge never known          failed 18829 after 1 declined / confirmed / charges declined
    charge taken back           failed 18829 after 1 declined / confirmed / charges declined
    charge refused by the bank  failed 18829 after 1 declined / confirmed / charges declined
    staff charge it             processing 18829 after 1 / confirmed / charges declined, open / asks charge_stored_card
    family pays it              paid after 1 / confirmed / charges declined, authorized
    paid in cash                paid after 1 / confirmed / charges declined
    10.00 in cash               failed 17829 after 1 declined / confirmed / charges declined
    check comes back            failed 18829 after 1 declined / confirmed / charges declined
    waived                      waived after 1 / confirmed / charges declined
    rescheduled                 scheduled 18829 / confirmed / charges declined
    all given back              waived after 1 declined / refunded / charges declined / staff void done
    class ends                  waived after 1 declined / confirmed / charges declined
paid by card
    morning                     paid / confirmed / charges authorized
    charge approved             paid / confirmed / charges authorized
    charge pending              paid / confirmed / charges authorized
    charge declined             paid / confirmed / charges authorized / next part 37658
    charge over another amount  paid / confirmed / charges authorized
    two charges approved        paid / confirmed / charges authorized / surplus void pending
    charge refused              paid / confirmed / charges authorized
    charge without an answer    paid / confirmed / charges authorized
    charge never known          paid / confirmed / charges authorized
    charge taken back           paid / confirmed / charges voided / gateway void done / next part 37658
    charge refused by the bank  paid / confirmed / charges authorized / next part 37658
    staff charge it             refused: installment_closed
    family pays it              refused: installment_closed
    paid in cash                refused: installment_closed
    10.00 in cash               paid / confirmed / charges authorized / next part 17829
    check comes back            paid / confirmed / charges authorized
    waived                      refused: installment_closed
    rescheduled                 refused: installment_closed
    all given back              paid / refunded / charges voided / 2 staff void done
    class ends                  paid / confirmed / charges authorized
paid by check
    morning                     paid / confirmed
    charge approved             paid / confirmed
    charge pending              paid / confirmed
    charge declined             paid / confirmed
    charge over another amount  paid / confirmed
    two charges approved        paid / confirmed
    charge refused              paid / confirmed
    charge without an answer    paid / confirmed
    charge never known          paid / confirmed
    charge taken back           paid / confirmed
    charge refused by the bank  paid / confirmed
    staff charge it             refused: installment_closed
    family pays it              refused: installment_closed
    paid in cash                refused: installment_closed
    10.00 in cash               paid / confirmed / next part 17829
    check comes back            scheduled 18829 / confirmed
    waived                      refused: installment_closed
    rescheduled                 refused: installment_closed
    all given back              paid / refunded / staff void done, staff offline done
    class ends                  paid / confirmed
waived
    morning                     waived / confirmed
    charge approved             waived / confirmed
    charge pending              waived / confirmed
    charge declined             waived / confirmed
    charge over another amount  waived / confirmed
    two charges approved        waived / confirmed
    charge refused              waived / confirmed
    charge without an answer    waived / confirmed
    charge never known          waived / confirmed
    charge taken back           waived / confirmed
    charge refused by the bank  waived / confirmed
    staff charge it             refused: installment_closed
    family pays it              refused: installment_closed
    paid in cash                refused: installment_closed
    10.00 in cash               waived / confirmed / next part 17829
    check comes back            waived / confirmed
    waived                      refused: installment_closed
    rescheduled                 refused: installment_closed
    all given back              waived / refunded / staff void done
    class ends                  waived / confirmed
waived, charge sent
    morning                     waived / confirmed / charges open
    charge approved             waived / confirmed / charges authorized / surplus void pending
    charge pending              waived / confirmed / charges open
    charge declined             waived / confirmed / charges declined
    charge over another amount  waived / confirmed / charges declined / surplus void pending
    two charges approved        waived / confirmed / charges authorized / 2 surplus void pending
    charge refused              waived / confirmed / charges declined
    charge without an answer    waived / confirmed / charges open / asks find_charge
    charge never known          waived / confirmed / charges declined
    charge taken back           waived / confirmed / charges declined
    charge refused by the bank  waived / confirmed / charges declined
    staff charge it             refused: installment_closed
    family pays it              refused: installment_closed
    paid in cash                refused: installment_closed
    10.00 in cash               refused: payment_under_way
    check comes back            waived / confirmed / charges open
    waived                      refused: installment_closed
    rescheduled                 refused: installment_closed
    all given back              refused: nothing_to_refund
    class ends                  refused: enrollment_not_live
$table$);
select plan((select count(*) + 1 from cells)::integer);
select set_eq(
    'select distinct (regexp_match(s.state, ''^[a-z]+''))[1] from states as s',
    'select s from pg_temp.statuses(''installments_status_known'') as s',
    'every status of a part'
);
select pg_temp.run_cells();
select * from finish();
rollback;
