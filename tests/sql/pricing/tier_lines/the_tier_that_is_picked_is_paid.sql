begin;
set local search_path = tap, public;
select plan(19);
select tests.section('Tiered camp', '{1,2,3,4,5}', p_mode => 'tiered') as camp \gset
select tests.section('Beside the camp', '{6}') as ballet \gset
select tests.tier_price(:camp, 'all_day', 59500), tests.tier_price(:camp, 'first_half', 32500)
\g /dev/null
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.student(:family, 'Two') as two \gset
select tests.as_family(:family, format('api.open_cart(%s)', tests.term())) as cart \gset
select tests.put(:cart, :one, :camp, 'tier => ''all_day''') as item \gset
-- A camp pays the registration fee; it causes no costume and no video, and has no division.
select is(
    tests.lines_text(tests.quote(:cart)), 'all_day 59500, registration 4000', 'the day and the fee'
);
select is(
    (
        select array[l.kind, l.label] from tests.lines(tests.quote(:cart)) as l
        where l.code = 'all_day'
    ),
    array['tier', 'Tiered camp, All day'], 'in words'
);
select is(
    (
        select array[l.rule ->> 'table', l.rule ->> 'version']
        from tests.lines(tests.quote(:cart)) as l where l.code = 'all_day'
    ),
    array['pricing.tier_prices', '1'], 'by which rule'
);
select tests.put(:cart, :two, :camp, 'tier => ''first_half''') as other_item \gset
select is(
    tests.lines_text(tests.quote(:cart)),
    'all_day 59500, registration 4000, first_half 32500, registration 4000, family_discount -5000',
    'each student the tier of its own; the family discount counts them'
);
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select is(tests.replayed(:quote), tests.kept(:quote), 'the quote replays');

-- A new version of both prices, from this very moment on.
select clock_timestamp() as moment \gset
select tests.run(
    format(
        'update pricing.tier_prices set superseded_at = %2$L where section_id = %1$s;
        insert into pricing.tier_prices
        (studio_id, section_id, tier_id, amount_minor, version, valid_from)
        select studio_id, section_id, id, 40000, 2, %2$L from catalog.section_tiers
        where section_id = %1$s', :camp, :'moment'
    )
);
select is(tests.replayed(:quote), tests.kept(:quote), 'it replays at the prices it was made by');
-- 400.00 and 400.00, two fees, less 50.00
select is(
    tests.value(
        format(
            '(select p.total_minor from pricing.price_cart(
                %s, null, pricing.plan_of(%s, null, null, now()), %L
            ) as p)', :cart, tests.term(), :'moment'
        )
    ),
    '83000', 'what is quoted later is by the new version'
);

-- Another tier at the same price is not what was quoted.
select tests.section('Even camp', '{1}', p_mode => 'tiered') as even \gset
select tests.tier_price(:even, 'all_day', 1000), tests.tier_price(:even, 'first_half', 1000)
\g /dev/null
select tests.family() as other_family \gset
select tests.student(:other_family) as other \gset
select tests.cart(:other, :even) as even_cart \gset
select tests.quote(:even_cart) ->> 'quote_id' as even_quote \gset
select tests.run(format('delete from enrollment.cart_items where cart_id = %s', :even_cart));
select tests.put(:even_cart, :other, :even, 'tier => ''first_half''') as other_item \gset
select is(
    tests.family_error_code(
        :other_family,
        format('api.checkout(%s, %s, ''another tier'')', :even_cart, :even_quote)
    ),
    'quote_changed', 'checkout tells them apart'
);

-- Sold, it is not charged again.
select tests.confirmed(:cart) as registration \gset
select is(
    (
        select count(*) from enrollment.enrollments as e
        inner join catalog.section_tiers as t on e.tier_id = t.id
        where e.registration_id = :registration and t.code = 'all_day'
    ),
    1::bigint, 'the tier goes with the enrollment'
);
select is(
    tests.family_error_code(
        :family,
        format(
            'api.put_cart_item(api.open_cart(%s), %s, %s, tier => ''first_half'')',
            tests.term(), :one, :camp
        )
    ),
    'already_enrolled', 'one tier a student'
);
select tests.cart(:one, :ballet) as next_cart \gset
select is(
    tests.lines_text(tests.quote(:next_cart)),
    'senior 79643, costume_senior 6500, video 1500',
    'a class later: the rate of one class, since a camp is not counted, and no second fee'
);

-- The receipt says the hours of the tier.
select matches(
    tests.value(format('messaging.receipt_text(%s)', :registration)) #>> '{}',
    'Tiered camp, All day, .*, Mon 10:00 am and Tue 10:00 am', 'the receipt names tier and hours'
);

-- What staff set wins over the tier.
select tests.worker() as staff \gset
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :camp) as cart \gset
select tests.override(:staff, :student, :camp, 100) as override \gset
select is(
    tests.lines_text(tests.quote(:cart)), 'override 100, registration 4000', 'instead of the tier'
);

-- No price, no sale.
select tests.section('Unpriced camp', '{1}', p_mode => 'tiered') as unpriced \gset
select tests.tier_price(:unpriced, 'first_half', 100) \g /dev/null
select tests.cart(tests.student(tests.family()), :unpriced) as cart \gset
select is(
    tests.quote_error(:cart) ->> 'code', 'price_missing', 'the price of another tier is none'
);
select tests.tier_price(:unpriced, 'all_day', 0) \g /dev/null
select is(tests.total(:cart), 4000::bigint, 'a price of nothing is a price');

-- A tier that is withdrawn can't be bought; what is sold of it stays.
select tests.run(
    format('update catalog.section_tiers set is_offered = false where section_id = %s', :unpriced)
);
select is(
    tests.quote(:cart) #>> '{findings,0,code}', 'tier_unknown', 'withdrawn in the meantime: said'
);
select is(tests.checkout_error(:cart) ->> 'code', 'tier_unknown', 'and refused');

-- The public sees what can be bought, and what it costs today.
create function pg_temp.public_tiers(section bigint) returns text language plpgsql as $$
declare
    v_text text;
begin
    perform tests.act_as_anon();
    select string_agg(concat_ws(' ', t.code, t.starts_at, t.ends_at, t.amount_minor), ', '
        order by t.position) into v_text
    from api.section_tiers as t where t.section_id = section;
    perform tests.act_as_operator();
    return v_text;
end;
$$;
select is(
    pg_temp.public_tiers(:camp),
    'first_half 10:00:00 10:30:00 40000, all_day 10:00:00 11:00:00 40000',
    'hours and the price of today'
);
select is(pg_temp.public_tiers(:unpriced), null, 'nothing that is withdrawn');
select * from finish();
rollback;
