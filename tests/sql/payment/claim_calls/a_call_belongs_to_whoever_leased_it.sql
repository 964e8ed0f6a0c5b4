begin;
set local search_path = tap, public;
select plan(18);
select tests.section('Claimed', p_capacity => null) as section \gset
select tests.payment(
    tests.held(tests.cart(tests.student(tests.family('Ana <Rivera>')), :section))
) as payment \gset
create temporary table claimed as select c as call from tests.claim(:payment) as c;
select is(
    (select call - 'lease_token' - 'call_id' - 'path' from claimed),
    jsonb_build_object(
        'studio_id', 1, 'merchant_code', 'aydt', 'host', 'sandbox', 'method', 'GET', 'body', null,
        'alias', (select m.alias from payment.merchant_accounts as m where m.code = 'aydt')
    ),
    'all that is needed to make the call, but no secret'
);
select is_empty(format('select tests.claim(%s)', :payment), 'nobody else gets it meanwhile');
select is(
    tests.error_code(format('select tests.answer(%L, 200)', c.call || c.change)),
    'gateway_call_not_yours', c.what
)
from (
    select call, v.change, v.what
    from claimed,
    (
        values ('{"lease_token": "00000000-0000-0000-0000-000000000000"}'::jsonb, 'another lease'),
        ('{"call_id": 0}', 'another call'), ('{"studio_id": 2}', 'another studio')
    ) as v (change, what)
) as c;
select is(
    tests.error_code(
        format(
            'select tests.answer(%L, null)',
            call || '{"lease_token": "00000000-0000-0000-0000-000000000000"}'
        )
    ),
    'gateway_call_not_yours', 'nor may another lease say that it failed'
)
from claimed;
select is(tests.calls(:payment), 'find_shopper claimed', 'nothing came of those');

-- The order is strict; the shopper is looked for before one is made.
select tests.answer(call, 200, '{"items": []}') from claimed;
select is(
    tests.error_code(
        format('select tests.answer(%L, 200, ''{"items": []}'')', call)
    ), 'gateway_call_not_yours', 'an answer is taken once'
) from claimed;
create temporary table shopper as select c as call from tests.claim(:payment) as c;
select is((select call ->> 'path' from shopper), '/shoppers', 'no shopper there: one is made');
select is(
    (select call -> 'body' ->> 'fullName' from shopper), 'Ana  Rivera',
    'by a name the gateway can take'
);
select is(
    (
        select c.body ? 'fullName' from payment.gateway_calls as c where c.payment_id = :payment
        and c.purpose = 'create_shopper'
    ), false,
    'which is not kept with the call'
);
select tests.answer(call, 201, '{"id": "shp1", "fullName": "Ana Rivera"}') from shopper;
select is(
    (
        select c.answer from payment.gateway_calls as c where c.payment_id = :payment
        and c.purpose = 'create_shopper'
    ), '{"id": "shp1"}', 'nor with its answer'
);
select is(tests.exchange(:payment, 201, '{"id": "ord1"}'), 'POST /orders', 'then the order');
create temporary table session as select c as call from tests.claim(:payment) as c;
select is(
    (select (call -> 'body') - '{expiresAt,customReference}'::text[] from session),
    '{"order": "ord1", "shopper": "shp1", "hppType": "fullPageRedirect",
    "doCreateTransaction": true, "doCapture": true,
    "returnUrl": "https://example.com/done", "cancelUrl": "https://example.com/back"}',
    'then the session'
);
select tests.answer(call, 201, '{"id": "pss1", "url": "https://pay.example/pss1"}') from session;
select is(
    tests.as_thin_api(format('payment.session_of(1, %s)', :payment)) ->> 'session_url',
    'https://pay.example/pss1', 'whose page the family is sent to'
);
select is_empty(format('select tests.claim(%s)', :payment), 'and nothing more');
-- The same family's next payment knows its shopper.
select tests.family_of_cart(r.cart_id) as family from enrollment.registrations as r
where r.id = tests.registration_of(:payment) \gset
select tests.apply(:payment, tests.sale(:payment, 'paid' || :payment));
select tests.payment(tests.held(tests.cart(tests.student(:family, 'Two'), :section))) as next \gset
select is(
    tests.calls(:next), 'create_order queued', 'a family that was there before has its shopper'
);
-- A studio with many calls does not come first each time.
create function pg_temp.new_payment(section bigint, studio text) returns bigint
language plpgsql as $$
begin
    return tests.payment(
        tests.held(tests.cart(tests.student(tests.family('Busy', studio)), section))
    );
end;
$$;
select tests.section('Elsewhere', p_level => 'open', p_studio => 'elmst', p_capacity => null)
as elsewhere \gset
select count(pg_temp.new_payment(:section, 'aydt')) as busy from generate_series(1, 40) as g \gset
select pg_temp.new_payment(:elsewhere, 'elmst') as quiet \gset
update payment.gateway_calls set next_attempt_at = now() - interval '1 hour'
where status = 'queued' and payment_id <> :quiet;
update payment.gateway_calls set next_attempt_at = now() where payment_id = :quiet;
-- By chance it would take more than 30 turns once in 2 to the 30.
create temporary table claimed_in_turn as
select tests.as_thin_api(
    format('(select c.studio_id from payment.claim_calls(1) as c where %s > 0)', g)
)::integer as studio_id
from generate_series(1, 30) as g;
select bag_eq(
    'select distinct studio_id from claimed_in_turn', array[1, 2],
    'forty calls that have waited longer do not keep the one of another studio waiting'
);
select * from finish();
rollback;
