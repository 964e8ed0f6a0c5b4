begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(4);

create view tests.tables_without_primary_key as
select t.entity
from tests.own_tables as t
where
    not exists (
        select from pg_catalog.pg_index as i where i.indrelid = t.oid and i.indisprimary
    );

create view tests.tables_without_comment as
select t.entity
from tests.own_tables as t
where coalesce(btrim(obj_description(t.oid, 'pg_class')), '') = '';

select is_empty('table tests.tables_without_primary_key', 'every table has a primary key');
select is_empty('table tests.tables_without_comment', 'every table says what it is for');

create table pricing.bare_table (id bigint);
comment on table pricing.bare_table is ' ';
select set_eq(
    'table tests.tables_without_primary_key',
    array['pricing.bare_table'],
    'the rule sees a table without a key'
);
select set_eq(
    'table tests.tables_without_comment',
    array['pricing.bare_table'],
    'the rule sees a table with an empty comment'
);

select * from finish();
rollback;
