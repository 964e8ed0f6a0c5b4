"""What the database's catalog says about our objects, in a few set-based queries.

Each query answers for all objects of a kind, or for those named: `--named` begins the line that is
then added, whose condition on the bare name an index can answer. `definition` is a text that
differs when the object differs; `drop` are the statements that remove the object; `clear`, those
that take away what its file gives but leave it in place, null where it has to be dropped before
its file is run again.
Names in answers are qualified because the search path is empty.
"""

import hashlib
import re
from dataclasses import dataclass, field

import psycopg

from tools.deploy.manifest import SCHEMAS, SourceFile

# Functions and procedures by name; several of one name are one entry. Clearing leaves a function
# as a new one would be: owned by who deploys, open to nobody else, without a comment. One that
# belongs to a stranger can only be dropped, which the schema's owner may do.
FUNCTIONS = """
select
    n.nspname || '.' || p.proname as name,
    string_agg(concat_ws(
        E'\\n', pg_get_functiondef(p.oid), 'owner ' || p.proowner::regrole, acl.items, d.description
    ), E'\\n' order by signature.text) as definition,
    case when bool_and(pg_has_role(p.proowner, 'usage')) then
        array_agg('alter routine ' || signature.text || ' owner to current_user')
        || array_agg('comment on routine ' || signature.text || ' is null')
        || array_agg(
            'revoke all on routine ' || signature.text || ' from ' || others.list || ' cascade'
        ) filter (where others.list is not null)
        || array_agg('grant all on routine ' || signature.text || ' to current_user')
    end as clear,
    array_agg('drop routine if exists ' || signature.text) as drop
from pg_catalog.pg_proc as p
join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
left join pg_catalog.pg_description as d
    on d.classoid = 'pg_catalog.pg_proc'::regclass and d.objoid = p.oid and d.objsubid = 0
cross join lateral (select p.oid::regprocedure::text as text) as signature
cross join lateral (select coalesce(p.proacl, acldefault('f', p.proowner)) as acl) as granted
cross join lateral (
    select string_agg(a::text, ' ' order by a::text) as items from unnest(granted.acl) as a
) as acl
cross join lateral (
    select string_agg(
        distinct case g.grantee when 0 then 'public' else g.grantee::regrole::text end, ', '
    ) as list
    from aclexplode(granted.acl) as g
    where g.grantee <> p.proowner
) as others
where
    n.nspname = any(%(schemas)s)
    --named and p.proname = any(%(bare)s) and n.nspname || '.' || p.proname = any(%(names)s)
    and p.prokind <> 'a'
    and not exists (
        select from pg_catalog.pg_depend as e
        where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e'
    )
group by n.nspname, p.proname
"""

# Triggers of our tables and views, by the function they call.
TRIGGERS = """
select
    fn.nspname || '.' || f.proname as name,
    string_agg(concat_ws(
        E'\\n', pg_get_triggerdef(t.oid), 'enabled', t.tgenabled, d.description
    ), E'\\n' order by pg_get_triggerdef(t.oid)) as definition,
    null as clear,
    array_agg(
        'drop trigger if exists ' || quote_ident(t.tgname) || ' on ' || t.tgrelid::regclass
    ) as drop
from pg_catalog.pg_trigger as t
join pg_catalog.pg_class as c on c.oid = t.tgrelid
join pg_catalog.pg_namespace as cn on cn.oid = c.relnamespace
join pg_catalog.pg_proc as f on f.oid = t.tgfoid
join pg_catalog.pg_namespace as fn on fn.oid = f.pronamespace
left join pg_catalog.pg_description as d
    on d.classoid = 'pg_catalog.pg_trigger'::regclass and d.objoid = t.oid
where
    not t.tgisinternal
    and t.tgparentid = 0
    and cn.nspname = any(%(schemas)s)
    --named and f.proname = any(%(bare)s) and fn.nspname || '.' || f.proname = any(%(names)s)
group by fn.nspname, f.proname
"""

VIEWS = """
select
    n.nspname || '.' || c.relname as name,
    concat_ws(
        E'\\n', pg_get_viewdef(c.oid), array_to_string(c.reloptions, ' '),
        'owner ' || c.relowner::regrole, acl.items, columns.items, comments.items
    ) as definition,
    null as clear,
    array['drop view if exists ' || c.oid::regclass] as drop
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
cross join lateral (
    select string_agg(a::text, ' ' order by a::text) as items
    from unnest(coalesce(c.relacl, acldefault('r', c.relowner))) as a
) as acl
cross join lateral (
    select string_agg(concat_ws(
        ' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attacl::text
    ), E'\\n' order by a.attnum) as items
    from pg_catalog.pg_attribute as a
    where a.attrelid = c.oid and a.attnum > 0
) as columns
cross join lateral (
    select string_agg(d.objsubid || ' ' || d.description, E'\\n' order by d.objsubid) as items
    from pg_catalog.pg_description as d
    where d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = c.oid
) as comments
where
    c.relkind = 'v'
    and n.nspname = any(%(schemas)s)
    --named and c.relname = any(%(bare)s) and n.nspname || '.' || c.relname = any(%(names)s)
    and not exists (
        select from pg_catalog.pg_depend as e
        where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e'
    )
"""

# Policies and grants of each table. A table has nothing of either when `drop` is empty.
POLICIES = """
select
    n.nspname || '.' || c.relname as name,
    concat_ws(E'\\n', policies.items, acl.items, columns.items) as definition,
    policies.drop
    || others.revoke
    || array['grant all on table ' || c.oid::regclass || ' to ' || c.relowner::regrole] as clear,
    policies.drop || others.revoke as drop
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
cross join lateral (select coalesce(c.relacl, acldefault('r', c.relowner)) as acl) as granted
cross join lateral (
    select
        string_agg(concat_ws(
            ' ', p.polname, p.polcmd, p.polpermissive::text,
            (
                select string_agg(w.role, ',' order by w.role)
                from unnest(p.polroles) as r
                cross join lateral (
                    select case r when 0 then 'public' else r::regrole::text end as role
                ) as w
            ),
            'using ' || pg_get_expr(p.polqual, p.polrelid),
            'check ' || pg_get_expr(p.polwithcheck, p.polrelid),
            d.description
        ), E'\\n' order by p.polname) as items,
        array_agg('drop policy ' || quote_ident(p.polname) || ' on ' || c.oid::regclass) as drop
    from pg_catalog.pg_policy as p
    left join pg_catalog.pg_description as d
        on d.classoid = 'pg_catalog.pg_policy'::regclass and d.objoid = p.oid
    where p.polrelid = c.oid
) as policies
cross join lateral (
    select string_agg(a::text, ' ' order by a::text) as items from unnest(granted.acl) as a
) as acl
cross join lateral (
    select string_agg(a.attname || ' ' || (
        select string_agg(i::text, ' ' order by i::text) from unnest(a.attacl) as i
    ), E'\\n' order by a.attname) as items
    from pg_catalog.pg_attribute as a
    where a.attrelid = c.oid and cardinality(a.attacl) > 0 and not a.attisdropped
) as columns
cross join lateral (
    -- A table's revoke takes grants on its columns along.
    select
        array_agg(
            'revoke all on table ' || c.oid::regclass || ' from '
            || case e.grantee when 0 then 'public' else e.grantee::regrole::text end || ' cascade'
        ) as revoke
    from (
        select g.grantee from aclexplode(granted.acl) as g
        union
        select g.grantee
        from pg_catalog.pg_attribute as a
        cross join lateral aclexplode(a.attacl) as g
        where a.attrelid = c.oid
    ) as e
    where e.grantee <> c.relowner
) as others
where
    c.relkind in ('r', 'p')
    and n.nspname = any(%(schemas)s)
    --named and c.relname = any(%(bare)s) and n.nspname || '.' || c.relname = any(%(names)s)
    and not exists (
        select from pg_catalog.pg_depend as e
        where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e'
    )
"""

# Jobs of role scheduler in this database. Whether one is active is the operator's to say.
JOBS = """
select
    coalesce(j.jobname, 'job ' || j.jobid) as name,
    concat_ws(E'\\n', j.schedule, j.command, j.username) as definition,
    null as clear,
    array[
        'set local role scheduler',
        'select cron.unschedule(' || j.jobid || '::bigint)',
        'reset role'
    ] as drop
from cron.job as j
where
    j.username = 'scheduler'
    and j.database = current_database()
    --named and j.jobname = any(%(names)s)
"""

QUERIES = {
    "job": JOBS,
    "trigger": TRIGGERS,
    "policies": POLICIES,
    "view": VIEWS,
    "function": FUNCTIONS,
}

ROUTINES = """
select
    p.oid::regprocedure::text as signature,
    concat_ws(' ', p.oid, p.xmin, p.ctid) as version,
    'drop routine if exists ' || p.oid::regprocedure as drop
from pg_catalog.pg_proc as p
join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
where p.proname = %(bare)s and n.nspname || '.' || p.proname = %(name)s
"""

# pg_cron lives in one database of a cluster; the setting that names it is not ours to read.
HAS_CRON = """
select exists (select from pg_catalog.pg_extension where extname = 'pg_cron')
"""

# Everything a load must leave as it is, one line for each thing.
KEPT = """
with relations as (
    select c.*, c.oid::regclass::text as name
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = any(%(schemas)s) and c.relkind in ('r', 'p', 'S', 'f', 'm', 'c')
),

types as (
    select t.*, t.oid::regtype::text as name
    from pg_catalog.pg_type as t
    join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
    where n.nspname = any(%(schemas)s) and t.typtype in ('d', 'e', 'r', 'm')
)

select concat_ws(
    ' ', 'relation', r.name, r.relkind, 'owner', r.relowner::regrole, 'row security',
    r.relrowsecurity, r.relforcerowsecurity, r.relpersistence, r.reloptions,
    obj_description(r.oid, 'pg_class')
) as line
from relations as r
union all
select concat_ws(
    ' ', 'column', r.name, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod),
    a.attcollation, a.attnotnull, a.attidentity, a.attgenerated,
    'default ' || pg_get_expr(d.adbin, d.adrelid), col_description(r.oid, a.attnum)
)
from relations as r
join pg_catalog.pg_attribute as a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
left join pg_catalog.pg_attrdef as d on d.adrelid = r.oid and d.adnum = a.attnum
union all
select concat_ws(
    ' ', 'constraint', coalesce(r.name, t.name), k.conname, pg_get_constraintdef(k.oid)
)
from pg_catalog.pg_constraint as k
left join relations as r on r.oid = k.conrelid
left join types as t on t.oid = k.contypid
where coalesce(r.oid, t.oid) is not null and k.contype <> 't'
union all
select concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid), i.indisvalid)
from pg_catalog.pg_index as i
join relations as r on r.oid = i.indrelid
union all
select concat_ws(
    ' ', 'sequence', r.name, s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
    s.seqcache, s.seqcycle
)
from pg_catalog.pg_sequence as s
join relations as r on r.oid = s.seqrelid
union all
select concat_ws(
    ' ', 'type', t.name, t.typtype, 'owner', t.typowner::regrole, t.typnotnull, t.typdefault,
    nullif(t.typbasetype, 0)::regtype,
    (
        select string_agg(e.enumlabel, ',' order by e.enumsortorder)
        from pg_catalog.pg_enum as e
        where e.enumtypid = t.oid
    ),
    obj_description(t.oid, 'pg_type')
)
from types as t
order by line
"""


@dataclass(frozen=True)
class Entry:
    """One object as it is: its definition, and the statements that clear or drop it."""

    definition: str
    clear: list[str]
    drop: list[str]

    @property
    def hash(self) -> str:
        """SHA-256 of the definition, in hex."""
        return hashlib.sha256(self.definition.encode()).hexdigest()


@dataclass
class Snapshot:
    """Our replaceable objects as they are, by (kind, name)."""

    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def hash_of(self, file: SourceFile) -> str | None:
        """The fingerprint of the object a file makes; None when it is missing.

        A trigger's file makes a function and at least one trigger that calls it.
        """
        entry = self.entries.get(file.key)
        if entry is None or file.kind != "trigger":
            return entry.hash if entry else None
        function = self.entries.get(("function", file.name))
        if function is None:
            return None
        return hashlib.sha256((function.hash + entry.hash).encode()).hexdigest()

    def strays(self, files: list[SourceFile]) -> dict[tuple[str, str], Entry]:
        """The objects that no file makes, in an order in which they can be dropped."""
        made = {file.key for file in files}
        made |= {("function", file.name) for file in files if file.kind == "trigger"}
        return {key: e for key, e in self.entries.items() if key not in made and e.drop}


def snapshot(
    conn: psycopg.Connection, kinds: list[str], names: list[str] | None = None
) -> Snapshot:
    """Read our objects of these kinds, all or those named."""
    found = Snapshot()
    parameters: dict[str, object] = {"schemas": list(SCHEMAS)}
    if names is not None:
        parameters |= {"names": names, "bare": [_bare(name) for name in names]}
    for kind in kinds:
        query = _query(kind, named=names is not None)
        for name, definition, clear, drop in conn.execute(query, parameters):
            found.entries[kind, name] = Entry(definition, clear or [], drop or [])
    return found


def _query(kind: str, *, named: bool) -> bytes:
    query = QUERIES[kind]
    if named:
        return query.replace("--named ", "").encode()
    # Its placeholders would be looked for in a comment, too.
    return re.sub(r" *--named .*\n", "", query).encode()


def _bare(name: str) -> str:
    return name.rpartition(".")[2]


def kept(conn: psycopg.Connection) -> set[str]:
    """Tables, columns, constraints, indexes, sequences and types, one line for each."""
    return {row[0] for row in conn.execute(KEPT, {"schemas": list(SCHEMAS)})}


def routines(conn: psycopg.Connection, name: str) -> dict[str, tuple[str, str]]:
    """The routines of one name: signature to (version of its catalog row, drop statement)."""
    parameters = {"name": name, "bare": _bare(name)}
    return {s: (version, drop) for s, version, drop in conn.execute(ROUTINES, parameters)}


def has_cron(conn: psycopg.Connection) -> bool:
    """Whether pg_cron is in this database."""
    return conn.execute(HAS_CRON).fetchone() == (True,)
