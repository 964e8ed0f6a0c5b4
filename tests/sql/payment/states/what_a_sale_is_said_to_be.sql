begin;
set local search_path = tap, public;
\ir table.psql
-- Every state of a sale by every state that is reported of it next, of a payment that was open; and
-- 'unknown', which is what anything else is taken for.
create temporary table sale_states (state text, position serial);
insert into sale_states (state) values
('unknown'), ('authorizationPending'), ('heldForReview'), ('authorized'), ('captured'),
('settlementDelayed'), ('settled'), ('declined'), ('expired'), ('rejected'), ('voided');
insert into states (state, make, acts)
select
    s.state, 'pg_temp.at_a_page()',
    format('select pg_temp.say({id}, %L); select tests.forget_calls({id})', s.state)
from sale_states as s order by s.position;
insert into events (event, act)
select s.state, format('select pg_temp.say({id}, %L)', s.state)
from sale_states as s order by s.position;

-- What it is then, the payment, the registration, and money on its way back.
create function pg_temp.shown(p_payment_id bigint) returns text language sql as $$
    select concat_ws(
        ' / ',
        (select t.state from payment.transactions as t where t.payment_id = p.id),
        p.status,
        r.status,
        pg_temp.back(p.registration_id),
        pg_temp.asked(p.id),
        (
            select concat('owes ', b.minor)
            from tests.value(
                format('payment.balance_minor(%s, %s)', p.family_id, p.registration_id)
            ) as b (minor)
            where b.minor::bigint > 0 and r.status <> 'pending_payment'
        ),
        (
            select concat('staff see ', i.kinds #>> '{}')
            from tests.value(
                format(
                    '(select string_agg(i.kind, '', '') from payment.incidents() as i
                    where i.payment_id = %s)',
                    p.id
                )
            ) as i (kinds)
            where i.kinds <> 'null'
        )
    )
    from payment.payments as p
    inner join enrollment.registrations as r on p.registration_id = r.id
    where p.id = p_payment_id
$$;
select pg_temp.read($table$
unknown
    unknown               unknown / open / pending_payment
    authorizationPending  authorizationPending / open / pending_payment
    heldForReview         heldForReview / open / pending_payment
    authorized            authorized / authorized / confirmed
    captured              captured / authorized / confirmed
    settlementDelayed     settlementDelayed / authorized / confirmed
    settled               settled / authorized / confirmed
    declined              declined / open / pending_payment
    expired               expired / open / pending_payment
    rejected              rejected / open / pending_payment
    voided                voided / open / pending_payment
authorizationPending
    unknown               authorizationPending / open / pending_payment
    authorizationPending  authorizationPending / open / pending_payment
    heldForReview         heldForReview / open / pending_payment
    authorized            authorized / authorized / confirmed
    captured              captured / authorized / confirmed
    settlementDelayed     settlementDelayed / authorized / confirmed
    settled               settled / authorized / confirmed
    declined              declined / open / pending_payment
    expired               expired / open / pending_payment
    rejected              rejected / open / pending_payment
    voided                voided / open / pending_payment
heldForReview
    unknown               heldForReview / open / pending_payment
    authorizationPending  heldForReview / open / pending_payment
    heldForReview         heldForReview / open / pending_payment
    authorized            authorized / authorized / confirmed
    captured              captured / authorized / confirmed
    settlementDelayed     settlementDelayed / authorized / confirmed
    settled               settled / authorized / confirmed
    declined              declined / open / pending_payment
    expired               expired / open / pending_payment
    rejected              rejected / open / pending_payment
    voided                voided / open / pending_payment
authorized
    unknown               authorized / authorized / confirmed
    authorizationPending  authorized / authorized / confirmed
    heldForReview         authorized / authorized / confirmed
    authorized            authorized / authorized / confirmed
    captured              captured / authorized / confirmed
    settlementDelayed     settlementDelayed / authorized / confirmed
    settled               settled / authorized / confirmed
    declined              declined / authorized / confirmed / owes 91643 / staff see money_lost
    expired               expired / authorized / confirmed / owes 91643 / staff see money_lost
    rejected              rejected / authorized / confirmed / owes 91643 / staff see money_lost
    voided                voided / voided / confirmed / gateway void done / owes 91643
captured
    unknown               captured / authorized / confirmed
    authorizationPending  captured / authorized / confirmed
    heldForReview         captured / authorized / confirmed
    authorized            captured / authorized / confirmed
    captured              captured / authorized / confirmed
    settlementDelayed     settlementDelayed / authorized / confirmed
    settled               settled / authorized / confirmed
    declined              declined / authorized / confirmed / owes 91643 / staff see money_lost
    expired               expired / authorized / confirmed / owes 91643 / staff see money_lost
    rejected              rejected / authorized / confirmed / owes 91643 / staff see money_lost
    voided                voided / voided / confirmed / gateway void done / owes 91643
settlementDelayed
    unknown               settlementDelayed / authorized / confirmed
    authorizationPending  settlementDelayed / authorized / confirmed
    heldForReview         settlementDelayed / authorized / confirmed
    authorized            settlementDelayed / authorized / confirmed
    captured              settlementDelayed / authorized / confirmed
    settlementDelayed     settlementDelayed / authorized / confirmed
    settled               settled / authorized / confirmed
    declined              declined / authorized / confirmed / owes 91643 / staff see money_lost
    expired               expired / authorized / confirmed / owes 91643 / staff see money_lost
    rejected              rejected / authorized / confirmed / owes 91643 / staff see money_lost
    voided                voided / voided / confirmed / gateway void done / owes 91643
settled
    unknown               settled / authorized / confirmed
    authorizationPending  settled / authorized / confirmed
    heldForReview         settled / authorized / confirmed
    authorized            settled / authorized / confirmed
    captured              settled / authorized / confirmed
    settlementDelayed     settled / authorized / confirmed
    settled               settled / authorized / confirmed
    declined              declined / authorized / confirmed / owes 91643 / staff see money_lost
    expired               expired / authorized / confirmed / owes 91643 / staff see money_lost
    rejected              rejected / authorized / confirmed / owes 91643 / staff see money_lost
    voided                voided / voided / confirmed / gateway void done / owes 91643
declined
    unknown               declined / open / pending_payment
    authorizationPending  declined / open / pending_payment
    heldForReview         declined / open / pending_payment
    authorized            declined / open / pending_payment
    captured              declined / open / pending_payment
    settlementDelayed     declined / open / pending_payment
    settled               declined / open / pending_payment
    declined              declined / open / pending_payment
    expired               declined / open / pending_payment
    rejected              declined / open / pending_payment
    voided                voided / open / pending_payment
expired
    unknown               expired / open / pending_payment
    authorizationPending  expired / open / pending_payment
    heldForReview         expired / open / pending_payment
    authorized            expired / open / pending_payment
    captured              expired / open / pending_payment
    settlementDelayed     expired / open / pending_payment
    settled               expired / open / pending_payment
    declined              expired / open / pending_payment
    expired               expired / open / pending_payment
    rejected              expired / open / pending_payment
    voided                voided / open / pending_payment
rejected
    unknown               rejected / open / pending_payment
    authorizationPending  rejected / open / pending_payment
    heldForReview         rejected / open / pending_payment
    authorized            rejected / open / pending_payment
    captured              rejected / open / pending_payment
    settlementDelayed     rejected / open / pending_payment
    settled               rejected / open / pending_payment
    declined              rejected / open / pending_payment
    expired               rejected / open / pending_payment
    rejected              rejected / open / pending_payment
    voided                voided / open / pending_payment
voided
    unknown               voided / open / pending_payment
    authorizationPending  voided / open / pending_payment
    heldForReview         voided / open / pending_payment
    authorized            voided / open / pending_payment
    captured              voided / open / pending_payment
    settlementDelayed     voided / open / pending_payment
    settled               voided / open / pending_payment
    declined              voided / open / pending_payment
    expired               voided / open / pending_payment
    rejected              voided / open / pending_payment
    voided                voided / open / pending_payment
$table$);
select plan((select count(*) + 1 from cells)::integer);
select set_eq(
    'select s.state from sale_states as s',
    -- Those that the rank of states knows, and one that it does not.
    $$
        select m.match[1]
        from pg_catalog.pg_proc as f
        cross join lateral regexp_matches(f.prosrc, 'when ''([A-Za-z]+)''', 'g') as m (match)
        where f.oid = 'payment.state_rank'::regproc
        union all
        values ('unknown')
    $$,
    'every state of a sale'
);
select pg_temp.run_cells();
select * from finish();
rollback;
