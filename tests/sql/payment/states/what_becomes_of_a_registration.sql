begin;
set local search_path = tap, public;
\ir table.psql
select tests.section('Last place', '{2}', p_capacity => 1) as last_place \gset
create function pg_temp.held(p_title text default 'States') returns bigint language sql as $$
    select tests.held(tests.cart(tests.student(tests.family()), pg_temp.section(p_title)))
$$;
-- Money comes by a card, or is said to.
create function pg_temp.by_card(
    p_id bigint, p_name text, p_state text default 'captured', p_changes jsonb default '{}'
) returns void language plpgsql as $$
declare
    v_payment_id bigint;
begin
    select max(p.id) into v_payment_id
    from payment.payments as p where p.registration_id = p_id;
    if v_payment_id is null then
        v_payment_id := tests.payment(p_id);
    end if;
    perform pg_temp.say(v_payment_id, p_state, p_name, p_changes);
end;
$$;
create function pg_temp.end_class(p_id bigint) returns jsonb language sql as $$
    select pg_temp.as_desk(format('api.cancel_enrollment(%s, ''moved away'')', e.id))
    from enrollment.enrollments as e where e.registration_id = p_id
$$;
create function pg_temp.in_cash(p_id bigint, p_part integer default 1) returns void
language sql as $$
    select tests.as_staff(
        tests.worker('owner'),
        format(
            'api.record_payment(%s, ''cash'', %s, balance_due_on => %L)',
            r.id, r.total_minor / p_part,
            case when p_part > 1 then current_date + 30 end
        ),
        p_role => 'owner'
    )
    from enrollment.registrations as r where r.id = p_id
$$;
create function pg_temp.lapse(p_id bigint) returns void language plpgsql as $$
begin
    if (select r.status from enrollment.registrations as r where r.id = p_id) = 'pending_payment'
    then
        perform tests.lapse(p_id);
    end if;
    perform tests.value('enrollment.expire_holds()');
end;
$$;
-- The page was never paid at, and its payment has expired.
create function pg_temp.begun(p_id bigint) returns void language sql as $$
    select tests.run(
        format(
            'update payment.payments set status = ''expired'', session_ends_at = now()
            where id = %s', tests.payment(p_id)
        )
    )
$$;
-- All of it, and the gateway agrees.
create function pg_temp.give_back(p_id bigint) returns void language plpgsql as $$
declare
    v_refund record;
begin
    perform pg_temp.as_desk(
        format('api.refund_payment(%s, reason => ''all of it goes back'')', p_id)
    );
    for v_refund in
        select f.kind, t.payment_id
        from payment.refunds as f
        inner join payment.transactions as t on f.transaction_id = t.id
        where f.registration_id = p_id and f.status = 'pending'
    loop
        perform tests.apply(
            v_refund.payment_id,
            tests.return_of(v_refund.payment_id, v_refund.kind, 'back' || p_id)
        );
    end loop;
end;
$$;
insert into states (state, make, acts) values
('pending_payment', 'pg_temp.held()', null),
('confirmed', 'pg_temp.held()', $$select pg_temp.by_card({id}, 'first')$$),
('partial', 'pg_temp.held()', 'select pg_temp.in_cash({id}, 2)'),
(
    'failed, hold lapsed', 'pg_temp.held()',
    'select pg_temp.begun({id}); select pg_temp.lapse({id})'
),
(
    'failed, place sold', $$pg_temp.held('Last place')$$,
    $$
        select pg_temp.begun({id}); select pg_temp.lapse({id}); select pg_temp.held('Last place')
    $$
),
('cancelled', 'pg_temp.held()', 'select pg_temp.begun({id}); select tests.abandon({id})'),
(
    'refunded', 'pg_temp.held()',
    $$select pg_temp.by_card({id}, 'first'); select pg_temp.give_back({id})$$
);
insert into events (event, act) values
('money by card', $$select pg_temp.by_card({id}, 'new')$$),
(
    'another amount by card',
    $$
        select pg_temp.by_card(
            {id}, 'new', 'captured', '{"total": {"amount": "1.00", "currencyCode": "USD"}}'
        )
    $$
),
('declined by card', $$select pg_temp.by_card({id}, 'new', 'declined')$$),
('all in cash', 'select pg_temp.in_cash({id})'),
('half in cash', 'select pg_temp.in_cash({id}, 2)'),
('hold lapses', 'select pg_temp.lapse({id})'),
('all given back', 'select pg_temp.give_back({id})'),
('class ends', 'select pg_temp.end_class({id})'),
('family gives up', 'select tests.abandon({id})');
-- The registration, its enrollment, its seats, its payments, and money going back.
create function pg_temp.shown(p_id bigint) returns text language sql as $$
    select concat_ws(
        ' / ',
        r.status || coalesce(' ' || r.status_reason, ''),
        e.status,
        (
            select count(*) || ' seats' from enrollment.seats as s where s.enrollment_id = e.id
        ),
        (
            select 'by card ' || string_agg(p.status, ', ' order by p.id)
            from payment.payments as p where p.registration_id = r.id
        ),
        (
            select 'in hand ' || sum(o.amount_minor)
            from payment.offline_payments as o where o.registration_id = r.id
        ),
        pg_temp.back(r.id)
    )
    from enrollment.registrations as r
    inner join enrollment.enrollments as e on r.id = e.registration_id
    where r.id = p_id
$$;
select pg_temp.read($table$
pending_payment
    money by card           confirmed / confirmed / 1 seats / by card authorized
    another amount by card  pending_payment / pending / 1 seats / by card open / surplus void pending
    declined by card        pending_payment / pending / 1 seats / by card open
    all in cash             confirmed / confirmed / 1 seats / in hand 91643
    half in cash            partial / confirmed / 1 seats / in hand 45821
    hold lapses             failed hold_lapsed / failed / 0 seats
    all given back          refused: nothing_to_refund
    class ends              refused: enrollment_not_live
    family gives up         cancelled abandoned / cancelled / 0 seats
confirmed
    money by card           confirmed / confirmed / 1 seats / by card authorized / surplus void pending
    another amount by card  confirmed / confirmed / 1 seats / by card authorized / surplus void pending
    declined by card        confirmed / confirmed / 1 seats / by card authorized
    all in cash             refused: payment_exceeds_due
    half in cash            refused: payment_exceeds_due
    hold lapses             confirmed / confirmed / 1 seats / by card authorized
    all given back          refunded refunded / cancelled / 0 seats / by card voided / staff void done
    class ends              confirmed / cancelled / 0 seats / by card authorized
    family gives up         refused: registration_confirmed
partial
    money by card           refused: registration_confirmed
    another amount by card  refused: registration_confirmed
    declined by card        refused: registration_confirmed
    all in cash             refused: payment_exceeds_due
    half in cash            refused: balance_due_on_invalid
    hold lapses             partial / confirmed / 1 seats / in hand 45821
    all given back          refunded refunded / cancelled / 0 seats / in hand 45821 / staff offline done
    class ends              confirmed / cancelled / 0 seats / in hand 45821
    family gives up         refused: registration_confirmed
failed, hold lapsed
    money by card           confirmed / confirmed / 1 seats / by card authorized
    another amount by card  failed hold_lapsed / failed / 0 seats / by card expired / surplus void pending
    declined by card        failed hold_lapsed / failed / 0 seats / by card expired
    all in cash             confirmed / confirmed / 1 seats / by card expired / in hand 91643
    half in cash            partial / confirmed / 1 seats / by card expired / in hand 45821
    hold lapses             failed hold_lapsed / failed / 0 seats / by card expired
    all given back          refused: nothing_to_refund
    class ends              refused: enrollment_not_live
    family gives up         failed hold_lapsed / failed / 0 seats / by card expired
failed, place sold
    money by card           failed hold_lapsed / failed / 0 seats / by card authorized / late void pending
    another amount by card  failed hold_lapsed / failed / 0 seats / by card expired / surplus void pending
    declined by card        failed hold_lapsed / failed / 0 seats / by card expired
    all in cash             refused: registration_expired
    half in cash            refused: registration_expired
    hold lapses             failed hold_lapsed / failed / 0 seats / by card expired
    all given back          refused: nothing_to_refund
    class ends              refused: enrollment_not_live
    family gives up         failed hold_lapsed / failed / 0 seats / by card expired
cancelled
    money by card           cancelled abandoned / cancelled / 0 seats / by card authorized / late void pending
    another amount by card  cancelled abandoned / cancelled / 0 seats / by card expired / surplus void pending
    declined by card        cancelled abandoned / cancelled / 0 seats / by card expired
    all in cash             refused: registration_closed
    half in cash            refused: registration_closed
    hold lapses             cancelled abandoned / cancelled / 0 seats / by card expired
    all given back          refused: nothing_to_refund
    class ends              refused: enrollment_not_live
    family gives up         cancelled abandoned / cancelled / 0 seats / by card expired
refunded
    money by card           refunded refunded / cancelled / 0 seats / by card voided / staff void done, surplus void pending
    another amount by card  refunded refunded / cancelled / 0 seats / by card voided / staff void done, surplus void pending
    declined by card        refunded refunded / cancelled / 0 seats / by card voided / staff void done
    all in cash             refused: registration_closed
    half in cash            refused: registration_closed
    hold lapses             refunded refunded / cancelled / 0 seats / by card voided / staff void done
    all given back          refused: nothing_to_refund
    class ends              refused: enrollment_not_live
    family gives up         refunded refunded / cancelled / 0 seats / by card voided / staff void done
$table$);
select plan((select count(*) + 1 from cells)::integer);
select set_eq(
    'select distinct split_part(s.state, '','', 1) from states as s',
    'select s from pg_temp.statuses(''registrations_status_known'') as s',
    'every status of a registration'
);
select pg_temp.run_cells();
select * from finish();
rollback;
