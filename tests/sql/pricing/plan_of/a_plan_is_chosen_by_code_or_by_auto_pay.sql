begin;
set local search_path = tap, public;
select plan(8);
select tests.section('Plan of') as section \gset
select tests.cart(tests.student(tests.family()), :section) as cart \gset
create function pg_temp.plan(cart bigint, arguments text) returns text language sql as $$
    select coalesce(
        tests.family_error_code(
            tests.family_of_cart(cart), format('api.quote(%s%s)', cart, arguments)
        ),
        tests.as_family(
            tests.family_of_cart(cart), format('api.quote(%s%s)', cart, arguments)
        ) -> 'plan' ->> 'code'
    )
$$;
select is(pg_temp.plan(:cart, ''), 'full', 'neither: in full');
select is(pg_temp.plan(:cart, ', plan_code => ''monthly'''), 'monthly', 'by code');
select is(pg_temp.plan(:cart, ', auto_pay => true'), 'monthly', 'by auto-pay');
select is(pg_temp.plan(:cart, ', auto_pay => false'), 'full', 'without auto-pay');
select is(
    pg_temp.plan(:cart, ', plan_code => ''full'', auto_pay => true'), 'plan_unknown',
    'a code that contradicts is no plan'
);
select is(pg_temp.plan(:cart, ', plan_code => '''''), 'plan_unknown', 'an empty code is none');
select is(
    pg_temp.plan(:cart, ', plan_code => ''FULL'''), 'plan_unknown', 'codes are written as they are'
);
select tests.supersede('payment_plans', 'true');
select is(pg_temp.plan(:cart, ''), 'plan_unknown', 'a plan that is no longer offered');
select * from finish();
rollback;
