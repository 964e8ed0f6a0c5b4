"""Connections of a deployment: as the login, as role `deploy`, and the lock between deployments."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import conninfo, sql

from tools.deploy.errors import DeployError, describe

APPLICATION_NAME = "callboard deploy"
DEPLOY_ROLE = "deploy"

# Any constant will do, as long as nothing else in this database takes the same session lock.
LOCK_KEY = 4_857_120_331

# Definitions read back from the catalog depend on the search path and on how instants are written,
# so these are the same whoever deploys. The last one ends the statement of a killed deployment.
PINNED_SETTINGS = {
    "role": DEPLOY_ROLE,
    "search_path": "",
    "timezone": "UTC",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "client_min_messages": "warning",
    "client_connection_check_interval": "1s",
}


def connect_as_login(database_url: str) -> psycopg.Connection:
    """An autocommit connection as whoever the URL names."""
    parameters = conninfo.make_conninfo(database_url, application_name=APPLICATION_NAME)
    try:
        return psycopg.connect(parameters, autocommit=True)
    except psycopg.OperationalError as error:
        raise DeployError(str(error).strip()) from error


def connect_as_deploy(database_url: str, lock_timeout: float) -> psycopg.Connection:
    """A connection on which every statement runs as role `deploy`, not in autocommit.

    lock_timeout: seconds a statement may wait for a lock.
    """
    options = deploy_options(database_url, {"lock_timeout": f"{int(lock_timeout * 1000)}ms"})
    parameters = conninfo.make_conninfo(
        database_url, application_name=APPLICATION_NAME, options=options
    )
    try:
        return psycopg.connect(parameters)
    except psycopg.OperationalError as error:
        raise DeployError(str(error).strip()) from error


def deploy_options(database_url: str, more: dict[str, str] | None = None) -> str:
    """Server options that make a new session one of role `deploy`, beside those of the URL.

    Given as options, not by SET, so that `reset role` and `reset all` come back to them.
    """
    own = str(conninfo.conninfo_to_dict(database_url).get("options") or "")
    pinned = PINNED_SETTINGS | (more or {})
    return " ".join([own, *(f"-c {name}={value}" for name, value in pinned.items())]).strip()


def database_name(database_url: str) -> str:
    """The database a URL names; an error when it names none."""
    name = conninfo.conninfo_to_dict(database_url).get("dbname")
    if not name:
        raise DeployError("the database URL names no database")
    return str(name)


def is_missing(database_url: str) -> bool:
    """Whether the database of the URL does not exist.

    Errors: it exists and the login cannot connect, or the server cannot be reached.
    """
    try:
        connect_as_login(database_url).close()
        return False
    except DeployError as refused:
        # The driver gives no code for a refused connection; the catalog, read in the maintenance
        # database, tells a missing database from a wrong password.
        try:
            maintenance = connect_as_login(conninfo.make_conninfo(database_url, dbname="postgres"))
        except DeployError:
            raise refused from None
        query = "select exists (select from pg_catalog.pg_database where datname = %s)"
        with maintenance as conn:
            if _value(conn.execute(query, (database_name(database_url),))):
                raise
    return True


def ensure_database(database_url: str) -> bool:
    """Create the database of the URL if it is missing; whether it was created.

    Errors: those of `is_missing`, or the login may not create databases.
    """
    if not is_missing(database_url):
        return False
    name = database_name(database_url)
    create = sql.SQL("create database {} template template0 encoding 'UTF8'")
    with connect_as_login(conninfo.make_conninfo(database_url, dbname="postgres")) as conn:
        try:
            conn.execute(create.format(sql.Identifier(name)))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return False  # another deployment was quicker
        except psycopg.Error as error:
            raise DeployError(f"cannot create database {name}: {describe(error)}") from error
    return True


def _value(cursor: psycopg.Cursor) -> object:
    row = cursor.fetchone()
    assert row is not None
    return row[0]


def is_superuser(conn: psycopg.Connection) -> bool:
    """Whether the login of this connection is a superuser."""
    query = "select rolsuper from pg_catalog.pg_roles where rolname = session_user"
    return bool(_value(conn.execute(query)))


HOLDER = """
select a.pid, a.usename, a.application_name
from pg_catalog.pg_locks as l
join pg_catalog.pg_stat_activity as a on a.pid = l.pid
where
    l.locktype = 'advisory'
    and l.granted
    and a.datname = current_database()
    and l.database = a.datid
    and (l.classid::bigint << 32 | l.objid::bigint) = %(key)s
    and l.objsubid = 1
"""


@contextmanager
def deploy_lock(conn: psycopg.Connection, wait: float) -> Iterator[None]:
    """Keep other deployments of this database out; a second one waits.

    conn: an autocommit connection that stays open meanwhile; the lock dies with it.
    wait: seconds to wait for the other one before giving up with an error.
    """
    conn.execute("select set_config('lock_timeout', %s, false)", (f"{int(wait * 1000)}ms",))
    try:
        conn.execute("select pg_catalog.pg_advisory_lock(%s)", (LOCK_KEY,))
    except psycopg.errors.LockNotAvailable as error:
        holder = conn.execute(HOLDER, {"key": LOCK_KEY}).fetchone()
        by = f" (server process {holder[0]}, user {holder[1]})" if holder else ""
        raise DeployError(
            f"another deployment of this database is running{by}; gave up after {wait:g} s"
        ) from error
    conn.execute("reset lock_timeout")
    try:
        yield
    finally:
        if not conn.broken:
            conn.execute("select pg_catalog.pg_advisory_unlock(%s)", (LOCK_KEY,))
