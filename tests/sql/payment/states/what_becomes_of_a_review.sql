begin;
set local search_path = tap, public;
\ir table.psql
-- What a family says it has paid, of a registration that waits for it.
create function pg_temp.submitted(p_registration_id bigint default null) returns bigint
language plpgsql as $$
declare
    v_registration_id constant bigint := coalesce(
        p_registration_id,
        tests.held(tests.cart(tests.student(tests.family()), pg_temp.section('States')))
    );
begin
    return (
        select tests.as_family(
            r.family_id, format('api.submit_payment_review(%s, ''transfer'', ''ref 4711'')', r.id)
        ) -> 'review_id'
        from enrollment.registrations as r where r.id = v_registration_id
    );
end;
$$;
create function pg_temp.registration(p_id bigint) returns bigint language sql as $$
    select v.registration_id from payment.payment_reviews as v where v.id = p_id
$$;
create function pg_temp.decided(p_id bigint, p_is_approved boolean) returns bigint language sql as $$
    select pg_temp.as_desk(
        format('api.review_payment(%s, %L::boolean, ''looked at it'')', p_id, p_is_approved)
    );
    select p_id
$$;
create function pg_temp.paid_in_cash(p_id bigint) returns bigint language sql as $$
    select pg_temp.as_desk(
        format('api.record_payment(%s, ''cash'', %s)', r.id, r.total_minor)
    )
    from enrollment.registrations as r where r.id = pg_temp.registration(p_id);
    select p_id
$$;
create function pg_temp.lapsed(p_id bigint) returns bigint language plpgsql as $$
begin
    perform tests.lapse(pg_temp.registration(p_id));
    perform tests.value('enrollment.expire_holds()');
    return p_id;
end;
$$;
-- Twice before staff had found nothing, and a family may say it three times.
create function pg_temp.last_try() returns bigint language plpgsql as $$
declare
    v_registration_id constant bigint := tests.held(
        tests.cart(tests.student(tests.family()), pg_temp.section('States'))
    );
begin
    for v_try in 1..2
    loop
        perform pg_temp.decided(pg_temp.submitted(v_registration_id), false);
    end loop;
    return pg_temp.submitted(v_registration_id);
end;
$$;
insert into states (state, make, acts) values
('submitted', 'pg_temp.submitted()', null),
('submitted, last try', 'pg_temp.last_try()', null),
('submitted, hold lapsed', 'pg_temp.submitted()', 'select pg_temp.lapsed({id})'),
('approved', 'pg_temp.submitted()', 'select pg_temp.decided({id}, true)'),
('rejected', 'pg_temp.submitted()', 'select pg_temp.decided({id}, false)'),
('withdrawn', 'pg_temp.submitted()', 'select pg_temp.paid_in_cash({id})');
insert into events (event, act) values
('approved', 'select pg_temp.decided({id}, true)'),
('rejected', 'select pg_temp.decided({id}, false)'),
('said once more', 'select pg_temp.submitted(pg_temp.registration({id}))'),
('paid in cash', 'select pg_temp.paid_in_cash({id})'),
('family wants to pay by card', 'select tests.payment(pg_temp.registration({id}))'),
('family gives up', 'select tests.abandon(pg_temp.registration({id}))'),
('hold lapses', 'select pg_temp.lapsed({id})');
-- The review, its registration, and all others of it.
create function pg_temp.shown(p_id bigint) returns text language sql as $$
    select concat_ws(
        ' / ',
        v.status,
        r.status || coalesce(' ' || r.status_reason, ''),
        (
            select 'paid by ' || string_agg(o.kind, ', ' order by o.id)
            from payment.offline_payments as o where o.registration_id = r.id
        ),
        (
            select 'also ' || string_agg(o.status, ', ' order by o.id)
            from payment.payment_reviews as o where o.registration_id = r.id and o.id <> v.id
        ),
        (
            select 'by card ' || string_agg(p.status, ', ' order by p.id)
            from payment.payments as p where p.registration_id = r.id
        )
    )
    from payment.payment_reviews as v
    inner join enrollment.registrations as r on v.registration_id = r.id
    where v.id = p_id
$$;
select pg_temp.read($table$
submitted
    approved                     approved / confirmed / paid by transfer
    rejected                     rejected / pending_payment
    said once more               refused: payment_in_review
    paid in cash                 withdrawn / confirmed / paid by cash
    family wants to pay by card  refused: payment_in_review
    family gives up              withdrawn / cancelled abandoned
    hold lapses                  submitted / failed hold_lapsed
submitted, last try
    approved                     approved / confirmed / paid by transfer / also rejected, rejected
    rejected                     rejected / cancelled review_rejected / also rejected, rejected
    said once more               refused: payment_in_review
    paid in cash                 withdrawn / confirmed / paid by cash / also rejected, rejected
    family wants to pay by card  refused: payment_in_review
    family gives up              withdrawn / cancelled abandoned / also rejected, rejected
    hold lapses                  submitted / failed hold_lapsed / also rejected, rejected
submitted, hold lapsed
    approved                     approved / confirmed / paid by transfer
    rejected                     rejected / failed hold_lapsed
    said once more               refused: registration_expired
    paid in cash                 withdrawn / confirmed / paid by cash
    family wants to pay by card  refused: registration_expired
    family gives up              submitted / failed hold_lapsed
    hold lapses                  submitted / failed hold_lapsed
approved
    approved                     refused: review_decided
    rejected                     refused: review_decided
    said once more               refused: registration_confirmed
    paid in cash                 refused: payment_exceeds_due
    family wants to pay by card  refused: registration_confirmed
    family gives up              refused: registration_confirmed
    hold lapses                  approved / confirmed / paid by transfer
rejected
    approved                     refused: review_decided
    rejected                     refused: review_decided
    said once more               rejected / pending_payment / also submitted
    paid in cash                 rejected / confirmed / paid by cash
    family wants to pay by card  rejected / pending_payment / by card open
    family gives up              rejected / cancelled abandoned
    hold lapses                  rejected / failed hold_lapsed
withdrawn
    approved                     refused: review_decided
    rejected                     refused: review_decided
    said once more               refused: registration_confirmed
    paid in cash                 refused: payment_exceeds_due
    family wants to pay by card  refused: registration_confirmed
    family gives up              refused: registration_confirmed
    hold lapses                  withdrawn / confirmed / paid by cash
$table$);
select plan((select count(*) + 1 from cells)::integer);
select set_eq(
    'select distinct split_part(s.state, '','', 1) from states as s',
    'select s from pg_temp.statuses(''payment_reviews_status_known'') as s',
    'every status of a review'
);
select pg_temp.run_cells();
select * from finish();
rollback;
