"""Tables change by numbered migrations, applied by yoyo in order and once.

yoyo knows a migration by its name alone and marks it in a transaction after the one that applied
it. Here a migration, yoyo's mark and the checksum of its file are one transaction, an applied
file that was edited is refused, and so is a number that comes late or leaves a gap.
"""

import glob
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import conninfo
from yoyo import exceptions, read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI
from yoyo.migrations import Migration

from tools.deploy import applied
from tools.deploy.connections import APPLICATION_NAME, DEPLOY_ROLE, deploy_options
from tools.deploy.errors import DeployError, describe, in_file

FOLDER = "migrations"
SCHEMA = "yoyo"
MIGRATION_TABLE = "_yoyo_migration"
OWN_TABLES = ["_yoyo_log", "_yoyo_version", MIGRATION_TABLE, "yoyo_lock"]
FILE_NAME = re.compile(r"(\d{4})\.[a-z0-9_-]+\.sql")
ROLLBACK = ".rollback.sql"

MAY_BYPASS = """
select r.rolbypassrls or r.rolsuper from pg_catalog.pg_roles as r where r.rolname = current_user
"""

# Sessions that could have written the lock row: whoever took yoyo's lock stays connected while
# holding it. Deployments are kept out by their own lock, pg_cron's scheduler takes no yoyo lock.
OTHER_WRITERS = """
select a.pid, a.usename, a.application_name
from pg_catalog.pg_stat_activity as a
where
    a.datname = current_database()
    and a.usesysid is not null
    and has_table_privilege(a.usesysid, 'yoyo.yoyo_lock', 'insert')
    and a.application_name not in (%(deploy)s, 'pg_cron scheduler')
order by a.pid
"""

UNQUALIFIED = """
select c.relname
from pg_catalog.pg_class as c
where
    c.relnamespace = %(schema)s::regnamespace
    and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'c')
    and c.relname <> all(%(own)s)
order by c.relname
"""


@dataclass(frozen=True)
class MigrationFile:
    """A migration as it lies in the tree; `id` is the name yoyo knows it by."""

    id: str
    number: int
    path: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class _StatementCursor(psycopg.Cursor):
    """A cursor whose errors carry the statement that failed, to find its line by."""

    def execute(self, query, params=None, **options):  # type: ignore[no-untyped-def]
        try:
            return super().execute(query, params, **options)
        except psycopg.Error as error:
            error.failed_statement = query  # type: ignore[attr-defined]
            raise


class _Backend(PostgresqlPsycopgBackend):
    """yoyo's Postgres backend with one transaction a migration and a lock that outlives no one.

    Use it only while holding the lock between deployments.
    """

    def connect(self, dburi: DatabaseURI) -> psycopg.Connection:
        connection = super().connect(dburi)
        connection.cursor_factory = _StatementCursor
        return connection

    @contextmanager
    def lock(self, timeout: float = 10) -> Iterator[None]:
        """yoyo's own lock, which keeps out a yoyo run by hand."""
        if not self._is_locked:
            self._break_dead_lock()
        with super().lock(timeout):
            yield

    # A deployment writes its process id with a minus sign: who holds the lock between deployments
    # knows that such a row was left by a killed one.
    def _insert_lock_row(self, pid: int, timeout: float, poll_interval: float = 0.5) -> None:
        super()._insert_lock_row(-pid, timeout, poll_interval)

    def _delete_lock_row(self, pid: int) -> None:
        super()._delete_lock_row(-pid)

    def _break_dead_lock(self) -> None:
        row = self.execute("select pid, ctime from yoyo_lock").fetchone()
        if row is None:
            return
        pid, since = row
        if pid > 0:
            writers = self.connection.execute(
                OTHER_WRITERS, {"deploy": APPLICATION_NAME}
            ).fetchall()
            if writers:
                sessions = ", ".join(f"{w[0]} ({w[1]}, {w[2] or 'no name'})" for w in writers)
                raise DeployError(
                    f"yoyo's lock is held since {since} UTC by process {pid}, which may be one of "
                    f"the server sessions {sessions}; when it is none of them, run yoyo break-lock"
                )
        self.break_lock()

    def apply_file(self, migration: Migration, file: MigrationFile) -> None:
        """Apply one migration, mark it and record its checksum, all or nothing.

        A file marked `transactional: false` is marked and recorded in a transaction of its own.
        """
        migration.load()
        with self.copy() as worker:
            if not migration.use_transactions:
                migration.process_steps(worker, "apply")
            with worker.transaction():
                if migration.use_transactions:
                    migration.process_steps(worker, "apply")
                worker.finish(migration, file)

    def finish(self, migration: Migration, file: MigrationFile) -> None:
        """Within the migration's transaction: check what it left, then do the bookkeeping."""
        self.execute("reset role")
        self.init_connection(self.connection)
        loose = self.connection.execute(
            UNQUALIFIED, {"schema": SCHEMA, "own": OWN_TABLES}
        ).fetchall()
        if loose:
            names = ", ".join(row[0] for row in loose)
            raise DeployError(f"{file.path}: creates {names} without naming a schema")
        if not applied.is_there(self.connection):
            raise DeployError(f"{file.path}: the first migration has to create {applied.TABLE}")
        self.log_migration(migration, "apply")
        self.mark_one(migration, log=False)
        applied.record(self.connection, {file.path: applied.Source(file.checksum, "")})


def read_files(root: Path) -> list[MigrationFile]:
    """The migrations of the tree in order.

    Errors: a name that is not NNNN.<what-changed>.sql, a gap, a number given twice, a rollback
    file without its migration.
    """
    folder = root / FOLDER
    found = sorted(p for p in folder.glob("*") if p.suffix in {".sql", ".py"})
    names = {p.name for p in found}
    files: list[MigrationFile] = []
    for path in found:
        if path.name.endswith(ROLLBACK):
            if path.name.removesuffix(ROLLBACK) + ".sql" not in names:
                raise DeployError(f"{FOLDER}/{path.name}: rolls back a migration that is not there")
            continue
        match = FILE_NAME.fullmatch(path.name)
        if match is None:
            raise DeployError(f"{FOLDER}/{path.name}: should be named NNNN.<what-changed>.sql")
        number = int(match[1])
        expected = len(files) + 1
        if number != expected:
            raise DeployError(
                f"{FOLDER}/{path.name}: number {expected:04} is expected here; "
                "migrations are numbered from 0001 without gap or repetition"
            )
        text = path.read_text(encoding="utf-8")
        files.append(MigrationFile(path.stem, number, f"{FOLDER}/{path.name}", text))
    return files


@dataclass(frozen=True)
class Plan:
    """What is left to do.

    pending: in order. unrecorded: applied by hand, without a record of their checksum.
    """

    pending: list[MigrationFile]
    unrecorded: list[MigrationFile]


def plan(conn: psycopg.Connection, root: Path) -> Plan:
    """Compare the tree with what the database says was applied.

    conn: a connection as role `deploy`.
    Errors: an applied migration that is missing from the tree or was edited, a pending one that
    comes before an applied one.
    """
    files = read_files(root)
    done = _applied_ids(conn)
    recorded = applied.live(conn, FOLDER + "/") if applied.is_there(conn) else {}
    for missing in sorted(done - {f.id for f in files}):
        raise DeployError(
            f"{FOLDER}/{missing}.sql was applied to this database and is not in the tree: "
            "the database is newer than these files, or the file was renamed"
        )
    pending = [f for f in files if f.id not in done]
    last_done = max((f.number for f in files if f.id in done), default=0)
    for file in pending:
        if file.number < last_done:
            raise DeployError(
                f"{file.path}: comes late, {last_done:04} is already applied; give it a new number"
            )
    for file in files:
        source = recorded.get(file.path)
        if source is not None and source.checksum != file.checksum:
            raise DeployError(
                f"{file.path}: was edited after it had been applied; "
                "put it back and write a new migration"
            )
    unrecorded = [f for f in files if f.id in done and f.path not in recorded]
    return Plan(pending, unrecorded)


def _applied_ids(conn: psycopg.Connection) -> set[str]:
    name = f"{SCHEMA}.{MIGRATION_TABLE}"
    row = conn.execute("select to_regclass(%s)", (name,)).fetchone()
    assert row is not None
    if row[0] is None:
        return set()
    query = f"select migration_id from {name}"
    return {r[0] for r in conn.execute(query.encode())}


def migrate(conn: psycopg.Connection, database_url: str, root: Path) -> Plan:
    """Apply the pending migrations; what was done.

    conn: a connection as role `deploy`, in no transaction before and after.
    Errors: as of `plan`; role `deploy` without BYPASSRLS; a statement that fails, with its line.
    """
    row = conn.execute(MAY_BYPASS).fetchone()
    if row is None or not row[0]:
        raise DeployError(
            f"role {DEPLOY_ROLE} has no BYPASSRLS: under forced row security its migrations "
            "would miss rows without a word"
        )
    todo = plan(conn, root)
    if todo.unrecorded:
        applied.record(conn, {f.path: applied.Source(f.checksum, "") for f in todo.unrecorded})
    if todo.pending:
        conn.execute(f"create schema if not exists {SCHEMA}".encode())
        conn.execute(f"comment on schema {SCHEMA} is 'Records of the migration tool.'".encode())
    conn.commit()
    if todo.pending:
        _apply(database_url, root, todo.pending)
    return todo


def _apply(database_url: str, root: Path, pending: list[MigrationFile]) -> None:
    known = {m.id: m for m in read_migrations(glob.escape(str(root / FOLDER)))}
    with _backend(database_url) as backend:
        backend.create_lock_table()
        backend.ensure_internal_schema_updated()
        with backend.lock():
            for file in pending:
                try:
                    backend.apply_file(known[file.id], file)
                except psycopg.Error as error:
                    raise _located(file, error) from error
                except exceptions.BadMigration as error:
                    raise DeployError(f"{file.path}: {error}") from error


def _backend(database_url: str) -> _Backend:
    arguments = conninfo.conninfo_to_dict(database_url)
    database = arguments.pop("dbname")
    arguments |= {
        "schema": SCHEMA,
        "application_name": APPLICATION_NAME,
        "options": deploy_options(database_url),
    }
    uri = DatabaseURI("postgresql+psycopg", None, None, None, None, database, arguments)
    return _Backend(uri, MIGRATION_TABLE)


def _located(file: MigrationFile, error: psycopg.Error) -> DeployError:
    """yoyo sends one statement at a time: find where it begins, then the line within it."""
    statement = getattr(error, "failed_statement", None)
    if not isinstance(statement, str) or statement not in file.text:
        return DeployError(f"{file.path}: {describe(error)}")
    line = file.text.count("\n", 0, file.text.index(statement))
    if error.diag.statement_position is None:
        return DeployError(f"{file.path}:{line + 1}: {describe(error)}")
    return in_file(file.path, "\n" * line + statement, error)
