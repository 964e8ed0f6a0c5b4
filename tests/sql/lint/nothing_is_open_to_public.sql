begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(4);

-- What every login may do with anything of ours. Types are left out: naming one opens nothing.
create view tests.open_to_public as
select 'function' as kind, f.signature as name, a.privilege_type as privilege
from tests.own_functions as f
inner join pg_catalog.pg_proc as p on f.oid = p.oid
cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
where a.grantee = 0
union all
select 'relation', r.entity, a.privilege_type
from tests.own_relations as r
cross join lateral aclexplode(r.acl) as a
where a.grantee = 0
union all
select 'column', c.entity || '.' || c.name, a.privilege_type
from tests.own_columns as c
inner join pg_catalog.pg_attribute as t on c.oid = t.attrelid and c.number = t.attnum
cross join lateral aclexplode(t.attacl) as a
where a.grantee = 0
union all
select 'schema', n.nspname, a.privilege_type
from pg_catalog.pg_namespace as n
cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) as a
where
    a.grantee = 0
    and n.nspname !~ '^pg_'
    -- Postgres' own, and what is there for tests alone
    and n.nspname not in ('information_schema', 'public', 'tap', 'tests')
union all
select 'database', d.datname, a.privilege_type
from pg_catalog.pg_database as d
cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) as a
where a.grantee = 0 and d.datname = current_database();

select set_eq(
    'table tests.open_to_public',
    $$
        values
        -- so that policies can name the functions that read the scope, for whoever queries
        ('schema', 'auth', 'USAGE'),
        -- so that an operator class or a hash can be named
        ('schema', 'extensions', 'USAGE')
    $$,
    'PUBLIC enters two schemas and has no other privilege'
);

-- Whoever holds an advisory lock of ours can stop families, money and jobs.
create view tests.strangers_who_may_lock as
select p.oid::regprocedure::text as function, r.rolname::text as role
from pg_catalog.pg_proc as p
cross join pg_catalog.pg_roles as r
where
    p.pronamespace = 'pg_catalog'::regnamespace
    and p.proname ~ '^pg_(try_)?advisory_'
    and has_function_privilege(r.oid, p.oid, 'execute')
    and not r.rolsuper
    and r.rolname not in (
        'deploy', 'enrollment', 'identity', 'messaging', 'payment', 'pricing', 'scheduler'
    );

select is_empty('table tests.strangers_who_may_lock', 'only those who order work take locks');

create function enrollment.planted() returns void language sql as '';
grant select on catalog.terms to public;
grant update (status) on enrollment.registrations to public;
grant usage on schema payment to public;
grant temporary on database :"DBNAME" to public;
select set_has(
    'table tests.open_to_public',
    $$
        values
        ('function', 'enrollment.planted()', 'EXECUTE'),
        ('relation', 'catalog.terms', 'SELECT'),
        ('column', 'enrollment.registrations.status', 'UPDATE'),
        ('schema', 'payment', 'USAGE'),
        ('database', current_database(), 'TEMPORARY')
    $$,
    'the rule sees functions, relations, columns, schemas and the database'
);
grant execute on function pg_catalog.pg_advisory_lock(bigint) to customer;
select set_has(
    'table tests.strangers_who_may_lock',
    $$values ('pg_advisory_lock(bigint)', 'customer')$$,
    'the rule sees a family that could lock'
);

select * from finish();
rollback;
