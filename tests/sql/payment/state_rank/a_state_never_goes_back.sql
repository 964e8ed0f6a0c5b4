begin;
set local search_path = tap, public;
select plan(6);
select tests.section('Ranked') as section \gset
select tests.open_payment(:section) as payment \gset
create function pg_temp.after(payment bigint, state text, authorized boolean default true)
returns text language plpgsql as $$
begin
    perform tests.apply(
        payment,
        tests.sale(payment, 'trx1', jsonb_build_object('state', state, 'isAuthorized', authorized))
    );
    return (
        select concat_ws(' ', t.state, t.is_authorized) from payment.transactions as t
        where t.payment_id = after.payment
    );
end;
$$;
select is(pg_temp.after(:payment, 'captured'), 'captured t', 'captured comes first');
select is(
    pg_temp.after(:payment, 'authorized'), 'captured t', 'a late "authorized" does not replace it'
);
select is(
    pg_temp.after(:payment, 'authorizationPending', false), 'captured t', 'nor a later "pending"'
);
select is(pg_temp.after(:payment, 'settled'), 'settled t', '"settled" does');
select is(
    pg_temp.after(:payment, 'somethingNew', false), 'settled t',
    'a state nobody knows replaces nothing'
);
select is(
    (
        select array_agg(s.state order by payment.state_rank(s.state), s.state)
        from unnest(
            array['voided', 'settled', 'captured', 'authorized', 'heldForReview',
            'authorizationPending', 'settlementDelayed', 'declined', 'expired', 'rejected']
        ) as s (state)
    ),
    '{authorizationPending,heldForReview,authorized,captured,settlementDelayed,settled,'
    'declined,expired,rejected,voided}',
    'the order of the states'
);
select * from finish();
rollback;
