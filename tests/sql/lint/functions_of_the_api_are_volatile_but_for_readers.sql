begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(2);

-- A stable function runs in a read-only transaction and may be called by GET.
create view tests.readers_of_the_api as
select f.entity from tests.own_functions as f where f.schema = 'api' and f.volatility <> 'v';

select set_eq(
    'table tests.readers_of_the_api',
    array[
        'api.check_cart', 'api.dry_run_requirements', 'api.explain_quote', 'api.preview_price', 'api.price_what_if',
        'api.rates_csv', 'api.section_prices'
    ],
    'these functions of the API read, every other one writes'
);

alter function api.checkout(bigint, bigint, text, text [], jsonb) stable;
select set_has(
    'table tests.readers_of_the_api',
    $$values ('api.checkout')$$,
    'the rule sees a writer called stable'
);

select * from finish();
rollback;
