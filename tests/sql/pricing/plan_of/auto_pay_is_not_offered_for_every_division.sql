begin;
set local search_path = tap, public;
select plan(9);
select tests.section('Offered little', '{1}', 'early_childhood') as little \gset
select tests.section('Offered senior', '{2}', 'senior') as senior \gset
select tests.section('Offered technique', '{3}', 'technique') as program \gset
select tests.family() as family \gset
select tests.student(:family, 'Little') as one \gset
select tests.student(:family, 'Big') as two \gset
create function pg_temp.outcome(cart bigint, plan text) returns text language sql as $$
    select coalesce(tests.quote_error(cart, plan) ->> 'code', 'quoted')
$$;
select tests.cart(:one, :little) as cart \gset
select is(pg_temp.outcome(:cart, 'monthly'), 'plan_not_offered', 'early childhood alone');
select is(
    tests.quote_error(:cart, 'monthly') ->> 'message',
    'Auto-pay monthly is not offered for these classes. Please pay in full.', 'in words'
);
select is(pg_temp.outcome(:cart, 'full'), 'quoted', 'it is paid in full');
select is(pg_temp.outcome(:cart, 'deposit'), 'quoted', 'or with a deposit, without a card');
select is(
    (select count(*) from pricing.quotes as q where q.cart_id = :cart and q.auto_pay), 0::bigint,
    'nothing was kept of what was refused'
);
select tests.cart(:two, :program) as cart \gset
select is(
    pg_temp.outcome(:cart, 'monthly'), 'plan_not_offered', 'a program beside it changes nothing'
);
select tests.cart(:two, :senior) as cart \gset
select is(
    pg_temp.outcome(:cart, 'monthly'), 'quoted', 'a class that is offered it makes the whole order so'
);
select is(
    pg_temp.outcome(tests.cart(tests.student(tests.family()), :program), 'monthly'), 'quoted',
    'programs have their parts'
);
-- What is confirmed is no part of the order.
select tests.confirmed(:cart) as registration \gset
select tests.section('Offered little later', '{4}', 'early_childhood') as later \gset
select tests.cart(:one, :later) as cart \gset
select is(
    pg_temp.outcome(:cart, 'monthly'), 'plan_not_offered', 'what was bought before does not count'
);
select * from finish();
rollback;
