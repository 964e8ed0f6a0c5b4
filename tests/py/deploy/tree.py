"""A small tree of sources to deploy, with a file of each kind, and databases to deploy it to."""

import contextlib
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

from tools.deploy.connections import database_name

CLUSTER = """\
do $$
declare
    v_role text;
begin
    foreach v_role in array array['customer', 'staff', 'studio', 'ops', 'api', 'report']
    loop
        if to_regrole(v_role) is null then
            execute format('create role %I nologin', v_role);
        end if;
    end loop;
    if to_regrole('scheduler') is null then
        create role scheduler login;
    end if;
    if to_regrole('deploy') is null then
        create role deploy login bypassrls;
    end if;
end;
$$;
grant studio to deploy;
grant ops to deploy;
grant api to deploy;
grant report to deploy;
grant scheduler to deploy;
"""

DATABASE = """\
do $$
begin
    if current_database() = current_setting('cron.database_name', true) then
        create extension if not exists pg_cron;
        grant usage on schema cron to scheduler;
    end if;
    execute format('grant connect, create on database %I to deploy', current_database());
end;
$$;
create schema if not exists ops authorization ops;
create schema if not exists studio authorization studio;
create schema if not exists api authorization api;
create schema if not exists report authorization report;
alter default privileges for role deploy revoke execute on functions from public;
"""

APPLIED_SOURCES = """\
create table ops.applied_sources (
    id bigint generated always as identity primary key,
    path text not null,
    checksum text not null,
    definition_hash text not null,
    applied_at timestamptz not null default now(),
    superseded_at timestamptz
);
create unique index applied_sources_live_key on ops.applied_sources (path)
where superseded_at is null;
alter table ops.applied_sources owner to ops;
alter table ops.applied_sources enable row level security;
alter table ops.applied_sources force row level security;
"""

STUDIOS = """\
create table studio.studios (
    id integer generated always as identity,
    name text not null,
    seats integer not null default 0,
    constraint studios_pkey primary key (id),
    constraint studios_seats_known check (seats >= 0)
);
alter table studio.studios owner to studio;
alter table studio.studios enable row level security;
comment on table studio.studios is 'Studios.';
"""

POLICIES = """\
create policy studios_customer_select on studio.studios for select to customer using (seats > 0);
grant select (id, name) on studio.studios to customer;
grant select on studio.studios to staff;
"""

DOUBLED = """\
create or replace function studio.doubled(p_value integer)
returns integer
language sql
immutable
set search_path = ''
as $$ select p_value * 2 $$;
alter function studio.doubled(integer) owner to studio;
grant execute on function studio.doubled(integer) to staff;
comment on function studio.doubled(integer) is 'Twice the value.';
"""

QUADRUPLED = """\
create or replace function studio.quadrupled(p_value integer)
returns integer
language sql
immutable
begin atomic
    select studio.doubled(studio.doubled(p_value));
end;
"""

VIEW = """\
create view api.studios
with (security_invoker = true) as
select s.id, s.name, s.seats from studio.studios as s;
alter view api.studios owner to api;
grant select on api.studios to customer;
comment on view api.studios is 'Studios.';
"""

VIEW_ON_VIEW = """\
create view report.studio_seats as
select s.name, studio.doubled(s.seats) as doubled from api.studios as s;
"""

TRIGGER = """\
create or replace function studio.tg_studios__trim()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    new.name := btrim(new.name);
    return new;
end;
$$;
create trigger _100_trim before insert or update on studio.studios
for each row execute function studio.tg_studios__trim();
create trigger _200_trim_again before update on studio.studios
for each row execute function studio.tg_studios__trim();
"""

JOB = """\
set local role scheduler;
select cron.schedule('tick', '*/5 * * * *', 'select 1');
"""

SOURCES = {
    "schema/ops/applied_sources.sql": APPLIED_SOURCES,
    "schema/studio/studios.sql": STUDIOS,
    "functions/studio/doubled.sql": DOUBLED,
    "functions/studio/quadrupled.sql": QUADRUPLED,
    "schema/api/studios.sql": VIEW,
    "schema/report/studio_seats.sql": VIEW_ON_VIEW,
    "triggers/studio/tg_studios__trim.sql": TRIGGER,
    "policies/studio/studios.sql": POLICIES,
    "cron/tick.sql": JOB,
}


@dataclass
class Tree:
    """A folder with sql/ and migrations/ that a test may change."""

    root: Path

    def fill(self) -> None:
        """Write the whole small tree."""
        self.write("sql/schema/cluster.sql", CLUSTER)
        self.write("sql/schema/database.sql", DATABASE)
        for path, text in SOURCES.items():
            self.write(f"sql/{path}", text)
        self.list_in_order([*SOURCES])
        self.write("migrations/0001.applied_sources.sql", APPLIED_SOURCES)
        self.write("migrations/0002.studios.sql", STUDIOS)

    def write(self, path: str, text: str) -> None:
        """Write one file, named relative to the root."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def list_in_order(self, entries: list[str]) -> None:
        """Write the manifest."""
        self.write("sql/manifest.txt", "# In order.\n" + "\n".join(entries) + "\n")

    @property
    def entries(self) -> list[str]:
        """The manifest's entries in order."""
        return (self.root / "sql/manifest.txt").read_text().splitlines()[1:]

    def add(self, entry: str, text: str, before: str | None = None) -> None:
        """Write a new file under sql/ and list it, at the end or before another entry."""
        self.write(f"sql/{entry}", text)
        entries = self.entries
        entries.insert(entries.index(before) if before else len(entries), entry)
        self.list_in_order(entries)

    def remove(self, entry: str) -> None:
        """Take a file under sql/ out of the tree and the manifest."""
        (self.root / "sql" / entry).unlink()
        self.list_in_order([e for e in self.entries if e != entry])


@dataclass
class Database:
    """A database of one test, by its URL."""

    url: str

    @property
    def read_only_url(self) -> str:
        """A URL with which nothing can be written."""
        return conninfo.make_conninfo(self.url, options="-c default_transaction_read_only=on")

    def rows(self, query: str, *parameters: object) -> list[tuple]:
        """Run one statement as superuser in a transaction of its own; its rows, if any."""
        with psycopg.connect(self.url, autocommit=True) as conn:
            cursor = conn.execute(query.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, query: str, *parameters: object) -> object:
        """The one value that a query gives."""
        return self.rows(query, *parameters)[0][0]


@contextlib.contextmanager
def databases() -> Iterator[Callable[[], Database]]:
    """Make names of databases that do not exist yet; they are dropped at the end."""
    server = os.environ["DATABASE_URL"]
    made: list[Database] = []

    def make() -> Database:
        name = f"deploy_test_{uuid.uuid4().hex[:12]}"
        made.append(Database(conninfo.make_conninfo(server, dbname=name)))
        return made[-1]

    try:
        yield make
    finally:
        with psycopg.connect(server, autocommit=True) as conn:
            for database in made:
                name = sql.Identifier(database_name(database.url))
                conn.execute(sql.SQL("drop database if exists {} with (force)").format(name))
