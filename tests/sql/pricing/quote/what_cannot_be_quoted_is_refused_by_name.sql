begin;
set local search_path = tap, public;
select plan(12);
select tests.family() as family \gset
select tests.family('Stranger') as stranger \gset
select tests.student(:family) as student \gset
select tests.section('Refused') as section \gset
select tests.as_family(:family, format('api.open_cart(%s)', tests.term())) as cart \gset
select is(tests.quote_error(:cart) ->> 'code', 'cart_empty', 'an empty cart');
select is(tests.cart(:student, :section)::text, :'cart', 'the open cart is used again');
select is(
    tests.family_error_code(:family, 'api.quote(0)'), 'cart_not_found', 'a cart that is not there'
);
select is(
    tests.family_error_code(:family, 'api.quote(null)'), 'cart_not_found', 'no cart'
);
select is(
    tests.family_error_code(:stranger, format('api.quote(%s)', :cart)), 'cart_not_found',
    'a cart of another family'
);
select is(
    tests.quote_error(:cart, 'yearly') ->> 'code', 'plan_unknown', 'a plan that is not there'
);
select is(
    -- answered, not raised, so that it is counted
    tests.as_family(:family, format('api.quote(%s, coupon_code => ''FREE'')', :cart)) ->> 'code',
    'coupon_not_found', 'a coupon that is not there'
);
select is(
    tests.as_family(
        :family, format('api.quote(%s, coupon_code => '' '')', :cart)
    ) ->> 'total_minor',
    '91643', 'blanks are no coupon'
);
select tests.worker() as staff \gset
select is(
    tests.error_code(format('select tests.as_staff(%s, ''api.quote(%s)'')', :staff, :cart)),
    'family_required', 'staff without a family'
);
select is(
    tests.as_staff(:staff, format('api.quote(%s)', :cart), :family) ->> 'total_minor', '91643',
    'staff for the family'
);
select tests.confirmed(:cart) as registration \gset
select is(tests.quote_error(:cart) ->> 'code', 'cart_closed', 'a cart that is checked out');
select tests.act_as_anon();
select tests.error_code(format('select api.quote(%s)', :cart)) as code \gset
select tests.act_as_operator();
select is(:'code'::text, '42501', 'nobody who is not signed in');
select * from finish();
rollback;
