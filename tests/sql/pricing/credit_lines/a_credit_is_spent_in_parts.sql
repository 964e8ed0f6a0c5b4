begin;
set local search_path = tap, public;
select plan(27);
select tests.worker() as staff \gset
select tests.section('Credit Mon', '{1}') as monday \gset
select tests.section('Credit Tue', '{2}') as tuesday \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
create function pg_temp.grant(staff bigint, family bigint, amount bigint) returns bigint
language sql as $$
    select tests.as_staff(
        staff, format('api.grant_credit(%s, %s, ''a lesson fell out'')', family, amount)
    )::bigint
$$;
-- What the family sees: granted, spent, left, the oldest first.
create function pg_temp.seen(family bigint) returns text language sql as $$
    select tests.as_family(
        family,
        '(select string_agg(
            concat_ws(''-'', c.amount_minor, c.spent_minor) || ''='' || c.left_minor, '' ''
            order by c.id
        ) from api.credits as c)'
    ) #>> '{}'
$$;
create function pg_temp.uses(registration bigint) returns text language sql as $$
    select string_agg(u.status || ' ' || u.amount_minor, ', ' order by u.credit_id)
    from pricing.credit_uses as u where u.registration_id = registration
$$;

-- Granted money waits until the family chooses to spend it.
select tests.cart(:student, :monday) as cart \gset
select tests.use_credit(:cart);
select is(
    tests.total(:cart), 91643::bigint, 'nothing kept, nothing to spend: 796.43 + 65 + 15 + 40'
);
select tests.use_credit(:cart, false);
select pg_temp.grant(:staff, :family, 50000) as first \gset
select pg_temp.grant(:staff, :family, 60000) as second \gset
select is(tests.total(:cart), 91643::bigint, 'a grant by itself lowers no price');
select is(
    tests.as_family(:family, '(select bool_or(c.uses_credit) from api.carts as c)'), 'false',
    'the family sees that it has not chosen so'
);
select tests.quote(:cart) ->> 'quote_id' as old_quote \gset
select tests.use_credit(:cart);
select is(
    tests.family_error_code(
        :family, format('api.checkout(%s, %s, ''12345678'')', :cart, :old_quote)
    ),
    'quote_changed', 'a quote from before the choice is not taken'
);
select is(
    tests.amount(tests.quote(:cart), 'credit'), -91643::bigint,
    'one line over what is due, where more is left'
);
select is(
    (select l.label from tests.lines(tests.quote(:cart)) as l where l.kind = 'credit'), 'Credit',
    'in words'
);
select is(tests.total(:cart), 0::bigint, 'down to 0');
select is(pg_temp.seen(:family), '50000-0=50000 60000-0=60000', 'a quote takes nothing');

-- Nothing due: confirmed at once, by its lines, without the gateway.
select count(*) as calls from payment.gateway_calls \gset
select tests.checkout(:cart) as answer \gset
select :'answer'::jsonb ->> 'registration_id' as paid \gset
select is(:'answer'::jsonb ->> 'status', 'confirmed', 'a total of 0 is confirmed at once');
select is(
    (select count(*) from payment.gateway_calls), :calls::bigint, 'the gateway is not asked'
);
select is(
    (select c.cause from enrollment.confirmations as c where c.registration_id = :paid),
    'nothing_due', 'its cause is that nothing was due'
);
select is(
    pg_temp.uses(:paid), 'used 50000, used 41643', 'the oldest is spent first, the next in part'
);
select is(pg_temp.seen(:family), '50000-50000=0 60000-41643=18357', 'the rest is left');

-- The rest goes into the next checkout, which is due for more.
select tests.cart(:student, :tuesday) as cart \gset
select is(tests.total(:cart), 82161::bigint, 'the next cart chooses anew: 756.61 + 65');
select tests.use_credit(:cart);
select is(tests.amount(tests.quote(:cart), 'credit'), -18357::bigint, 'all that is left');
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select tests.held(:cart) as registration \gset
select is(pg_temp.uses(:registration), 'held 18357', 'held with the seats');
select is(pg_temp.seen(:family), '50000-50000=0 60000-60000=0', 'and not there for anything else');
select is(
    tests.amount(tests.quote(:cart), 'credit'), -18357::bigint,
    'who looks at the price again meanwhile sees the same'
);
select is(tests.replayed(:quote), tests.kept(:quote), 'the quote replays, whatever is left now');

-- Given back with the seats, once.
select tests.as_family(:family, format('api.abandon_checkout(%s)', :registration)) as gone \gset
select is(pg_temp.uses(:registration), 'returned 18357', 'an abandoned checkout gives it back');
select is(pg_temp.seen(:family), '50000-50000=0 60000-41643=18357', 'so that it is left again');
select tests.held(:cart) as registration \gset
select tests.payment(:registration) as payment \gset
select is(
    (select p.amount_minor from payment.payments as p where p.id = :payment), 63804::bigint,
    'the card pays the rest: 821.61 - 183.57'
);
select tests.apply(:payment, tests.sale(:payment));
select is(pg_temp.uses(:registration), 'used 18357', 'confirmation uses it');
select pg_temp.grant(:staff, :family, 100) as third \gset
select is(
    pg_temp.seen(:family), '50000-50000=0 60000-60000=0 100-0=100', 'what is spent stays spent'
);

-- A fact of the quote, not of the day: two families apart.
select tests.family('Stranger') as stranger \gset
select is(pg_temp.seen(:stranger), null, 'another family sees nothing of it');
select tests.cart(tests.student(:stranger), :monday) as strangers_cart \gset
select tests.use_credit(:strangers_cart);
select is(tests.total(:strangers_cart), 91643::bigint, 'and spends nothing of it');
select is(
    tests.family_error_code(:stranger, format('api.use_credit(%s, true)', :cart)),
    'cart_not_found', 'nor chooses for it'
);
select * from finish();
rollback;
