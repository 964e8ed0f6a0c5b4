begin;
set local search_path = tap, public;
select plan(25);
select tests.section('Taken Mon', '{1}') as monday \gset
select tests.section('Taken Tue', '{2}') as tuesday \gset
create function pg_temp.code(cart bigint) returns text language sql as $$
    select coalesce(q.quote ->> 'code', tests.amount_of_kind(q.quote, 'coupon')::text)
    from (select tests.coupon_quote(cart, 'SAVE20') as quote) as q
$$;
-- Check out at the price with the code; answers the registration, or why not.
create function pg_temp.checked_out(cart bigint, quote jsonb) returns text language plpgsql as $$
declare
    v_error jsonb;
    v_id bigint;
begin
    v_error := tests.error(
        format(
            'select tests.as_family(%s, %L)', tests.family_of_cart(cart),
            format('api.checkout(%s, %s, %L)', cart, quote ->> 'quote_id', gen_random_uuid())
        )
    );
    if v_error is not null then
        return v_error ->> 'code';
    end if;
    select max(r.id) into v_id from enrollment.registrations as r where r.cart_id = cart;
    return v_id;
end;
$$;
create function pg_temp.statuses() returns text language sql as $$
    select string_agg(u.status || ' ' || u.amount_minor, ', ' order by u.id)
    from pricing.coupon_redemptions as u
$$;
create function pg_temp.abandon(registration text) returns void language sql as $$
    select tests.as_family(r.family_id, format('api.abandon_checkout(%s)', r.id))
    from enrollment.registrations as r where r.id = registration::bigint
$$;
select tests.coupon('{"max_uses": 1}') as coupon \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :monday) as cart \gset
select tests.cart(tests.student(tests.family()), :monday) as other_cart \gset

select tests.coupon_quote(:cart, 'SAVE20') as quote \gset
select tests.coupon_quote(:other_cart, 'SAVE20') as other_quote \gset
select is(tests.amount_of_kind(:'quote', 'coupon'), -18329::bigint, '20 % of 916.43');
select is(pg_temp.statuses(), null, 'a quote takes nothing');
select pg_temp.checked_out(:cart, :'quote') as registration \gset
select is(pg_temp.statuses(), 'held 18329', 'checkout takes it');
select is(pg_temp.code(:cart), '-18329', 'whose it is sees the same price meanwhile');
select is(pg_temp.code(:other_cart), 'coupon_used_up', 'for everybody else it is used up');
select is(
    pg_temp.checked_out(:other_cart, :'other_quote'), 'coupon_used_up',
    'also at checkout, by the same code'
);
select is(
    tests.error_code(
        format(
            'select tests.run(%L)',
            format(
                'select pricing.take_coupon(%s, %s)', :registration, :'other_quote'::jsonb
                -> 'quote_id'
            )
        )
    ),
    'coupon_used_up', 'and whatever the quote saw, when it is taken'
);
select pg_temp.abandon(:'registration');
select is(pg_temp.statuses(), 'returned 18329', 'an abandoned checkout gives it back');
select is(pg_temp.code(:other_cart), '-18329', 'so that another family may');
select pg_temp.checked_out(:cart, :'quote') as registration \gset
select is(pg_temp.statuses(), 'returned 18329, held 18329', 'each checkout has its own row');
-- A hold that has lapsed blocks nobody.
select tests.lapse(:registration);
select is(pg_temp.code(:other_cart), '-18329', 'what a lapsed hold keeps is free');
select pg_temp.checked_out(:other_cart, :'other_quote') as other_registration \gset
select is(
    pg_temp.statuses(), 'returned 18329, returned 18329, held 18329',
    'checkout takes it from there'
);
select pg_temp.abandon(:'other_registration');
select pg_temp.checked_out(:cart, :'quote') as registration \gset
select tests.payment(:registration) as payment \gset
select tests.apply(:payment, tests.sale(:payment));
select is(
    pg_temp.statuses(), 'returned 18329, returned 18329, returned 18329, used 18329',
    'confirmation uses it'
);
select is(
    (select r.total_minor from enrollment.registrations as r where r.id = :registration),
    73314::bigint, 'at the price that was told'
);
select tests.cart(:student, :tuesday) as cart \gset
select is(pg_temp.code(:cart), 'coupon_used_up', 'used up in all');
-- The facts are kept: a quote replays though the coupon is used up by now.
select is(
    tests.replayed((:'other_quote'::jsonb ->> 'quote_id')::bigint),
    tests.kept((:'other_quote'::jsonb ->> 'quote_id')::bigint), 'a quote with a coupon replays'
);
-- Once a family, where there is no cap in all.
select tests.supersede('coupons', 'true', '{"max_uses": null}', now() - interval '2 ms');
select is(pg_temp.code(:cart), 'coupon_used_by_family', 'once a family, over all versions');
select is(pg_temp.code(:other_cart), '-18329', 'another family may');
select tests.supersede(
    'coupons', 'true', '{"max_uses_per_family": 2}', now() - interval '1 ms'
);
-- 155304 - 79643 and a costume; video and registration are paid
select is(pg_temp.code(:cart), '-16432', 'twice, where the coupon says so');
select is(
    (
        select q.inputs #> '{orders,0,coupon_uses}' from pricing.quotes as q
        where q.cart_id = :cart order by q.id desc limit 1
    ),
    '[{"key": "save20", "uses": 0, "family_uses": 1}]', 'with how often it was used'
);
-- Taken away, or changed, between quote and checkout.
select tests.coupon_quote(:other_cart, 'SAVE20') as other_quote \gset
select tests.run(
    'update pricing.coupons set superseded_at = clock_timestamp() where superseded_at is null'
);
select is(
    tests.error_code(
        format(
            'select tests.run(%L)',
            format(
                'select pricing.take_coupon(%s, %s)', :registration, :'other_quote'::jsonb
                -> 'quote_id'
            )
        )
    ),
    'quote_changed', 'one that is no longer there is not taken'
);
select is(
    tests.error_code(
        format(
            'insert into pricing.coupon_redemptions
            (studio_id, family_id, coupon_id, registration_id, amount_minor)
            select r.studio_id, r.family_id, %s, r.id, 1 from enrollment.registrations as r
            where r.id = %s', :coupon, :registration
        )
    ),
    '23505', 'one coupon a registration'
);
select is(
    tests.error_code('update pricing.coupon_redemptions set status = ''held'''),
    'status_not_allowed', 'a use that is over does not come back'
);
-- Nothing of what families can read shows a coupon.
select is(
    tests.error_code(
        format('select tests.as_family(%s, ''(select count(*) from pricing.coupons)'')', :family)
    ),
    '42501', 'families can''t list coupons'
);
select is(
    tests.error_code(
        format('select tests.as_family(%s, ''(select count(*) from api.coupons)'')', :family)
    ),
    '42501', 'in no view either'
);
select * from finish();
rollback;
