begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(4);

create view tests.foreign_keys_without_index as
select t.entity, k.conname::text as key
from tests.own_tables as t
inner join pg_catalog.pg_constraint as k on t.oid = k.conrelid and k.contype = 'f'
where
    not exists (
        select
        from pg_catalog.pg_index as i
        where
            i.indrelid = t.oid
            -- all rows, or those alone that have the key at all
            and (
                i.indpred is null
                or exists (
                    select
                    from pg_catalog.pg_attribute as a
                    where
                        a.attrelid = t.oid
                        and a.attnum = any(k.conkey)
                        and pg_catalog.pg_get_expr(i.indpred, t.oid)
                        = format('(%I IS NOT NULL)', a.attname)
                )
            )
            and i.indisvalid
            -- the first columns of the index are those of the key, in whatever order
            and (i.indkey::smallint [])[0:cardinality(k.conkey) - 1] @> k.conkey
    );

-- Nobody's rows vanish or lose their parent because somebody else's do.
create view tests.foreign_keys_that_delete as
select t.entity, k.conname::text as key
from tests.own_tables as t
inner join pg_catalog.pg_constraint as k on t.oid = k.conrelid and k.contype = 'f'
where k.confdeltype <> 'r';

select is_empty(
    'table tests.foreign_keys_without_index', 'every foreign key leads an index of its table'
);
select is_empty(
    'table tests.foreign_keys_that_delete', 'every foreign key says on delete restrict'
);

create table catalog.planted (
    studio_id integer,
    term_id bigint,
    constraint planted_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete cascade
);
-- Neither a later column nor some of the rows will do.
create index planted_later_idx on catalog.planted (studio_id, (term_id + 1), term_id);
create index planted_partial_idx on catalog.planted (studio_id, term_id) where term_id > 0;
select set_eq(
    'table tests.foreign_keys_without_index',
    $$values ('catalog.planted', 'planted_term_fkey')$$,
    'the rule sees a key whose index has another column between, or not every row'
);
select set_eq(
    'table tests.foreign_keys_that_delete',
    $$values ('catalog.planted', 'planted_term_fkey')$$,
    'the rule sees a key that would delete'
);

select * from finish();
rollback;
