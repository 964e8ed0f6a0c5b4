begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(5);

-- Rows of one studio can then point only at rows of the same, and two studios never get into each
-- other's way; indexes of exclusion constraints are keys as well. These may name the studio later:
-- GiST compares column by column, and all rows of a studio are alike in it.
create view tests.keys_without_studio as
select t.entity, x.relname::text as key
from tests.own_tables as t
inner join pg_catalog.pg_index as i on t.oid = i.indrelid
inner join pg_catalog.pg_class as x on i.indexrelid = x.oid
where
    not t.is_platform
    and (i.indisunique or i.indisexclusion)
    and not exists (
        select
        from tests.own_columns as c
        where
            c.oid = t.oid
            and c.name = 'studio_id'
            and (
                c.number = i.indkey[0]
                or (i.indisexclusion and c.number = any(i.indkey::smallint []))
            )
    )
union all
-- Of the tables without a studio_id (studios, accounts), only the id can be pointed at.
select t.entity, k.conname::text
from tests.own_tables as t
inner join pg_catalog.pg_constraint as k on t.oid = k.conrelid and k.contype = 'f'
inner join tests.own_tables as r on k.confrelid = r.oid
left join tests.own_columns as s on r.oid = s.oid and s.name = 'studio_id'
where
    not t.is_platform
    and not (r.is_platform and s.number is null)
    and not (
        k.confkey[1] is not distinct from s.number
        and exists (
            select
            from tests.own_columns as c
            where c.oid = t.oid and c.number = k.conkey[1] and c.name = 'studio_id'
        )
    )
union all
-- A key with a null column holds nothing.
select c.entity, 'studio_id may be null'
from tests.own_columns as c
where c.kind in ('r', 'p') and not c.is_platform and c.name = 'studio_id' and not c.not_null;

select set_eq(
    $$
        select t.entity
        from tests.own_tables as t
        where
            not exists (
                select
                from pg_catalog.pg_index as i
                inner join tests.own_columns as c on c.oid = t.oid and c.number = i.indkey[0]
                where i.indrelid = t.oid and i.indisprimary and c.name = 'studio_id'
            )
    $$,
    'table tests.platform_tables',
    'the tables whose primary key has no studio are those of the platform'
);
select is_empty(
    'table tests.keys_without_studio',
    'primary, unique and foreign keys of a studio start with studio_id, exclusions name it'
);

create table catalog.planted (
    studio_id integer,
    id bigint constraint planted_pkey primary key,
    term_id bigint,
    during tstzrange,
    constraint planted_term_fkey
    foreign key (term_id, studio_id) references catalog.terms (id, studio_id),
    constraint planted_overlap exclude using gist (during with &&)
);
select set_eq(
    'table tests.keys_without_studio',
    $$
        values
        ('catalog.planted', 'planted_pkey'),
        ('catalog.planted', 'planted_overlap'),
        ('catalog.planted', 'planted_term_fkey'),
        ('catalog.planted', 'studio_id may be null')
    $$,
    'the rule sees each kind of key, and a nullable studio'
);

drop table catalog.planted;
create unique index terms_starts_on_key on catalog.terms (starts_on, studio_id);
select set_eq(
    'table tests.keys_without_studio',
    $$values ('catalog.terms', 'terms_starts_on_key')$$,
    'the rule sees a unique index that is no constraint'
);

drop index catalog.terms_starts_on_key;
alter table catalog.terms
add constraint terms_account_fkey foreign key (id) references identity.accounts (id) not valid;
select is_empty(
    'table tests.keys_without_studio',
    'a foreign key to a platform table needs no studio'
);

select * from finish();
rollback;
