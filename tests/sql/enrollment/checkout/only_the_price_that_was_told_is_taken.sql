begin;
set local search_path = tap, public;
select plan(15);
select tests.section('Told Mon', '{1}') as monday \gset
select tests.section('Told Tue', '{2}') as tuesday \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :monday) as cart \gset
select tests.quote(:cart) ->> 'quote_id' as quote \gset
create function pg_temp.refusal(family bigint, cart bigint, quote text)
returns jsonb language sql as $$
    select tests.family_error(
        family, format('api.checkout(%s, %s, %L)', cart, quote, gen_random_uuid())
    )
$$;
select is(
    pg_temp.refusal(:family, :cart, '0') ->> 'code', 'quote_not_found', 'a quote that is not there'
);
select is(pg_temp.refusal(:family, :cart, 'null') ->> 'code', 'quote_not_found', 'no quote');
select is(
    pg_temp.refusal(:family, 0, :'quote') ->> 'code', 'cart_not_found', 'a cart that is not there'
);
select tests.family('Other') as other \gset
select tests.cart(tests.student(:other), :monday) as other_cart \gset
select is(
    pg_temp.refusal(:other, :other_cart, :'quote') ->> 'code', 'quote_not_found',
    'a quote of another family'
);
select is(
    pg_temp.refusal(:other, :cart, :'quote') ->> 'code', 'cart_not_found',
    'a cart of another family'
);

-- Another cart than the one that was priced.
select tests.cart(:student, :tuesday) as cart \gset
create temporary table refusal as select pg_temp.refusal(:family, :cart, :'quote') as body;
select is((select body ->> 'code' from refusal), 'quote_changed', 'a class more than was quoted');
select is(
    (select (body ->> 'details')::jsonb - 'lines' from refusal),
    '{"quoted_minor": 91643, "total_minor": 173804}',
    'the refusal has the old price and the new'
);
select is(
    (select array_agg((l.value ->> 'amount_minor')::integer) from refusal,
    jsonb_array_elements((body ->> 'details')::jsonb -> 'lines') as l),
    '{155304,13000,1500,4000}', 'with its lines'
);
select tests.quote(:cart) ->> 'quote_id' as quote \gset
-- The same total by other lines is another price, too.
select tests.supersede(
    'fee_rules', format('code = %L', f.code), jsonb_build_object('amount_minor', f.amount_minor),
    now() - interval '1 ms'
)
from (values ('registration', 4100), ('video', 1400)) as f (code, amount_minor);
select is(
    pg_temp.refusal(:family, :cart, :'quote') ->> 'code', 'quote_changed',
    'the same sum by other lines'
);
select tests.supersede(
    'fee_rules', format('code = %L', f.code), jsonb_build_object('amount_minor', f.amount_minor)
)
from (values ('registration', 4000), ('video', 1500)) as f (code, amount_minor);
select tests.supersede('payment_plans', 'code = ''monthly''', '{"accepts_checkout": false}');
select is(
    tests.family_error_code(
        :family,
        format(
            'api.checkout(%s, %s, ''key-monthly'')', :cart,
            tests.quote(:cart, 'monthly') ->> 'quote_id'
        )
    ),
    'plan_not_available', 'a plan that can be quoted but not taken'
);
select tests.run(
    $$update catalog.terms set registration_closes_at = now() where studio_id = auth.studio_id()$$
);
select is(
    pg_temp.refusal(:family, :cart, :'quote') ->> 'code', 'term_not_open',
    'at the instant registration closes'
);
select tests.run(
    $$update catalog.terms
    set registration_closes_at = now() + interval '1 s', registration_opens_at = now()
    where studio_id = auth.studio_id()$$
);
select is(
    pg_temp.refusal(:family, :cart, :'quote'), null,
    'at the instant it opens, with the price as told'
);
-- Other classes at the same price are not what the family was told.
select tests.student(tests.family()) as exchanger \gset
select tests.section('Told Thu', '{4}') as thursday \gset
select tests.section('Told Fri', '{5}') as friday \gset
select tests.cart(:exchanger, :thursday) as exchanged_cart \gset
select tests.family_of_cart(:exchanged_cart) as exchanging_family \gset
select tests.quote(:exchanged_cart) ->> 'quote_id' as exchanged_quote \gset
select i.id as item from enrollment.cart_items as i where i.cart_id = :exchanged_cart \gset
select tests.as_family(:exchanging_family, format('api.remove_cart_item(%s)', :item)) as r \gset
select tests.cart(:exchanger, :friday) as exchanged_cart \gset
select is(
    pg_temp.refusal(:exchanging_family, :exchanged_cart, :'exchanged_quote') ->> 'code',
    'quote_changed', 'another class at the same price'
);
-- A quote is for the cart it was made for, whatever it says.
select r.id as registration from enrollment.registrations as r where r.cart_id = :cart \gset
select tests.payment(:registration) as payment \gset
select tests.apply(:payment, tests.sale(:payment));
select tests.cart(:student, tests.section('Told Wed', '{3}')) as next_cart \gset
select is(
    pg_temp.refusal(:family, :next_cart, :'quote') ->> 'code', 'quote_not_found',
    'a quote of the family''s last cart'
);
select tests.section('Told never', '{4}') as never \gset
select tests.run(format('delete from catalog.meetings where section_id = %s', :never));
select is(
    tests.checkout_error(tests.cart(tests.student(tests.family()), :never)) ->> 'code',
    'section_not_open',
    'a class that never meets is not sold'
);
select * from finish();
rollback;
