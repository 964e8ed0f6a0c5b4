begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(2);

create view tests.tables_with_open_rows as
select t.entity
from tests.own_tables as t
where not (t.row_security and t.row_security_forced);

select is_empty(
    'table tests.tables_with_open_rows',
    'row security is enabled on every table, and forced on its owner'
);

create table catalog.open_table (id bigint);
create table catalog.table_open_to_its_owner (id bigint);
alter table catalog.table_open_to_its_owner enable row level security;
select set_eq(
    'table tests.tables_with_open_rows',
    array['catalog.open_table', 'catalog.table_open_to_its_owner'],
    'the rule sees a table without it, and one whose owner passes'
);

select * from finish();
rollback;
