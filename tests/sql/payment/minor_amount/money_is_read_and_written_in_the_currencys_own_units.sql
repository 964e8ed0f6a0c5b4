begin;
set local search_path = tap, public;
select plan(24);
select is(
    payment.minor_amount(
        jsonb_build_object('amount', v.amount, 'currencyCode', v.currency)
    ), v.minor, concat_ws(' ', v.amount, v.currency)
)
from (
    values
    ('10.00', 'USD', 1000::bigint), ('10', 'USD', 1000), ('0.01', 'USD', 1),
    ('4849.6700', 'USD', 484967),
    ('1000', 'JPY', 1000), ('1000.00', 'JPY', 1000), ('1.234', 'KWD', 1234), ('1', 'KWD', 1000),
    -- no amount of ours
    ('10.005', 'USD', null), ('1000.5', 'JPY', null), ('1.2345', 'KWD', null), ('-1', 'USD', null),
    ('1e3', 'USD', null), ('', 'USD', null), (null, 'USD', null), ('1,000.00', 'USD', null),
    ('NaN', 'USD', null)
) as v (amount, currency, minor);
select is(payment.minor_amount('"10.00"'), null, 'not an object');
select is(
    tests.value(format('payment.gateway_amount(%s, %L)', v.minor, v.currency)),
    jsonb_build_object('amount', v.amount, 'currencyCode', v.currency),
    format('%s of %s', v.minor, v.currency)
)
from (
    values
    (1000, 'USD', '10.00'), (1, 'USD', '0.01'), (1000, 'JPY', '1000'), (1234, 'KWD', '1.234'),
    (484967, 'USD', '4849.67')
) as v (minor, currency, amount);
-- There and back again.
select is_empty(
    $$select a.minor, c.code
    from unnest(array[0, 1, 9, 99, 100, 101, 999999999]) as a (minor),
    unnest(array['USD', 'JPY', 'KWD']) as c (code)
    where payment.minor_amount(payment.gateway_amount(a.minor, c.code)) <> a.minor$$,
    'what is written is read as it was'
);
select * from finish();
rollback;
