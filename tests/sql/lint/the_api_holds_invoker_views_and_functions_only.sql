begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(2);

create view tests.strangers_in_the_api as
select r.entity, r.kind
from tests.own_relations as r
where
    (r.schema = 'api' or r.kind = 'v')
    and not (
        r.kind = 'v' and coalesce(r.options, '{}') && array['security_invoker=true']
    );

select is_empty(
    'table tests.strangers_in_the_api',
    'the API holds no table, and each view, there or elsewhere, reads with its caller''s rights'
);

create table api.planted (id bigint);
-- Replacing a view without the clause switches it off without a word.
create or replace view api.locations as
select l.id, l.name, l.address from studio.locations as l;
create view pricing.planted as select r.id from pricing.rates as r;
select set_eq(
    'table tests.strangers_in_the_api',
    $$values ('api.planted', 'r'::"char"), ('api.locations', 'v'), ('pricing.planted', 'v')$$,
    'the rule sees a table, and a view that reads with the rights of its owner'
);

select * from finish();
rollback;
