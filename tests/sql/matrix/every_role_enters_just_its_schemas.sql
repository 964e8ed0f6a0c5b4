begin;
set local search_path = tap, public;
\ir ../lint/catalog.psql
\ir grid.psql
select plan(4);

-- From staff on, each role may do what the one before may; domain is the group of the domains.
create view tests.visitors (role, col) as
values
('anon', 'anon'), ('customer', 'cust'), ('instructor', 'inst'),
('staff', 'staf'), ('manager', 'staf'), ('owner', 'staf'), ('platform_admin', 'staf'),
('authenticator', 'gate'), ('thin_api', 'thin'), ('scheduler', 'sche'), ('domain', 'doma'),
('auth', 'auth'), ('ops', 'ops');

-- x: may enter, and there still needs a grant on each object.
create view tests.expected_visits as
select g.name as schema, v.role, g.cell
from tests.read_grid(
    $$
schema     anon cust inst staf gate thin sche doma auth ops
api        x    x    x    x    -    -    -    -    -    -
auth       x    x    x    x    x    x    x    x    x    x
catalog    -    -    -    -    -    -    -    x    x    -
cron       -    -    -    -    -    -    x    -    -    -
enrollment -    -    -    -    -    -    x    x    x    -
extensions x    x    x    x    x    x    x    x    x    x
identity   -    -    -    -    -    -    -    x    x    -
messaging  -    -    -    -    -    x    x    x    x    -
ops        x    x    x    x    -    x    x    x    x    x
payment    -    -    -    -    -    x    x    x    x    -
pricing    -    -    -    -    -    -    -    x    x    -
report     -    -    -    -    -    -    -    -    -    -
studio     -    -    -    -    -    -    x    x    x    -
yoyo       -    -    -    -    -    -    -    -    -    -
    $$
) as g
inner join tests.visitors as v on g.col = v.col;

create view tests.actual_visits as
select
    n.nspname::text as schema,
    v.role,
    v.col,
    case when has_schema_privilege(v.role, n.oid, 'usage') then 'x' else '-' end as cell
from pg_catalog.pg_namespace as n
cross join tests.visitors as v
where
    n.nspname !~ '^pg_'
    -- Postgres' own, and what is there for tests alone
    and n.nspname not in ('information_schema', 'public', 'tap', 'tests');

select diag(g.line)
from tests.draw_grid(
    'select a.schema as name, a.col, a.cell from tests.actual_visits as a',
    'schema', 'anon', 'cust', 'inst', 'staf', 'gate', 'thin', 'sche', 'doma', 'auth', 'ops'
) as g (line);

select set_eq(
    'select a.schema, a.role, a.cell from tests.actual_visits as a',
    'table tests.expected_visits',
    'no role of the API enters a domain, but ops, where the error register is'
);

create view tests.makers as
select s.name as schema, a.grantee::regrole::text as role
from tests.own_schemas as s
cross join lateral aclexplode(s.acl) as a
where a.privilege_type = 'CREATE' and a.grantee <> to_regrole(s.owner);
select set_eq(
    'table tests.makers',
    $$
        values
        -- a domain owns the exposed functions that act in it
        ('api', 'studio'), ('api', 'identity'), ('api', 'catalog'), ('api', 'pricing'),
        ('api', 'enrollment'), ('api', 'payment'), ('api', 'messaging'),
        -- and confirmer one function there
        ('enrollment', 'confirmer')
    $$,
    'no other role owns anything in a schema that is not its own'
);

grant usage on schema pricing to manager;
grant create on schema payment to enrollment;
select set_eq(
    'select a.schema, a.role, a.cell from tests.actual_visits as a
    except table tests.expected_visits',
    $$
        values
        ('pricing', 'manager', 'x'), ('pricing', 'owner', 'x'), ('pricing', 'platform_admin', 'x')
    $$,
    'the comparison sees staff that enters a domain'
);
select set_has(
    'table tests.makers',
    $$values ('payment', 'enrollment')$$,
    'the rule sees a domain that could put a function into another'
);

select * from finish();
rollback;
