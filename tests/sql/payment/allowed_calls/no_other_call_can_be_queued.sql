begin;
set local search_path = tap, public;
select plan(8);
create function pg_temp.queue(purpose text, path text, body jsonb default null) returns text
language sql as $$
    select tests.error(
        format(
            'select tests.value(%L)',
            format(
                'payment.queue_call(%s, %L, %L, %L)', tests.merchant_account(), purpose, path, body
            )
        )
    ) ->> 'details'
$$;
select is(pg_temp.queue('create_order', '/orders', '{}'), null, 'what is on the list');
select is(pg_temp.queue('find_shopper', '/shoppers?limit=1&filter=customReference_eq_fam-1'), null,
    'with what it asks for'
);
select is(
    pg_temp.queue('find_stored_card', '/shoppers/shp1/stored-cards?limit=200'), null,
    'also further down'
);
select is(pg_temp.queue(c.purpose, c.path, c.body), 'gateway_calls_allowed', c.what)
from (
    values
    ('delete_shopper', '/shoppers/shp1', null, 'no purpose that is not there'),
    ('create_order', '/subscriptions', '{}', 'not at another place'),
    ('create_order', '/orders/ord1', '{}'::jsonb, 'nor a change of what is made'),
    ('fetch_transaction', '/transactions/../shoppers', null, 'nor around a corner'),
    ('fetch_transaction', '/transactions/trx1', '{}', 'nor by another method')
) as c (purpose, path, body, what);
select * from finish();
rollback;
