begin;
set local search_path = tap, public;
select plan(16);
select tests.section('Discount Mon', '{1}') as monday \gset
select tests.section('Discount Tue', '{2}') as tuesday \gset
select tests.section('Discount Wed', '{3}') as wednesday \gset
create function pg_temp.award(family bigint) returns text language sql as $$
    select string_agg(w.status, ',' order by w.id) from pricing.family_awards as w
    where w.family_id = family
$$;
create function pg_temp.discount(cart bigint) returns bigint language sql as $$
    select tests.amount(tests.quote(cart), 'family_discount')
$$;

-- Two students in one checkout: held with the seats, used when it is paid, never again.
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.student(:family, 'Two') as two \gset
select tests.cart(:one, :monday, :tuesday) as cart \gset
select is(pg_temp.discount(:cart), null, 'one student with two classes is one student');
select tests.cart(:two, :monday) as cart \gset
select is(pg_temp.discount(:cart), -5000::bigint, 'two students save');
select is(pg_temp.award(:family), null, 'a quote takes nothing');
select tests.held(:cart) as registration \gset
select is(pg_temp.award(:family), 'held', 'checkout takes it');
select is(
    pg_temp.discount(:cart), -5000::bigint,
    'who looks at the price again meanwhile sees the same'
);
select tests.payment(:registration) as payment \gset
select tests.apply(:payment, tests.sale(:payment));
select is(pg_temp.award(:family), 'used', 'confirmation uses it');
select tests.cart(:two, :tuesday) as cart \gset
select tests.cart(tests.student(:family, 'Three'), :monday) as cart \gset
select is(pg_temp.discount(:cart), null, 'once a term, whoever comes later');

-- The second child may come later: who is confirmed counts.
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.cart(:one, :monday) as cart \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:one, :wednesday) as cart \gset
select is(pg_temp.discount(:cart), null, 'the same child again is still one');
select tests.cart(tests.student(:family, 'Two'), :monday) as cart \gset
select is(
    pg_temp.discount(:cart), -5000::bigint, 'a second child after the first is confirmed saves'
);

-- Given back with the seats, it can be taken again.
select tests.family() as family \gset
select tests.cart(tests.student(:family, 'One'), :monday) as cart \gset
select tests.cart(tests.student(:family, 'Two'), :monday) as cart \gset
select tests.held(:cart) as registration \gset
select tests.as_family(
    :family, format('api.abandon_checkout(%s)', :registration)
) ->> 'status' as status \gset
select is(pg_temp.award(:family), 'returned', 'an abandoned checkout gives it back');
select tests.held(:cart) as registration \gset
select is(pg_temp.award(:family), 'returned,held', 'so that the next one takes it');

-- A hold that has lapsed blocks nobody, its own family least of all.
select tests.lapse(:registration);
select is(pg_temp.discount(:cart), -5000::bigint, 'the award of a lapsed hold is not in the way');
select is(
    tests.checkout_error(:cart), null, 'the price of that quote is the price at checkout'
);

-- Never more than there is to pay.
select tests.section('Discount technique', '{4}', 'technique') as program \gset
select tests.worker() as staff \gset
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.student(:family, 'Two') as two \gset
select tests.cart(:one, :program) as cart \gset
select tests.cart(:two, :program) as cart \gset
select tests.override(:staff, :one, :program, 2000) as override \gset
select tests.override(:staff, :two, :program, 0) as override \gset
select is(pg_temp.discount(:cart), -2000::bigint, 'it stops at a total of 0');
select is(tests.total(:cart), 0::bigint, 'which is never negative');
select tests.override(:staff, :one, :program, 0) as override \gset
select is(pg_temp.discount(:cart), null, 'where nothing is due, none is given away');
select * from finish();
rollback;
