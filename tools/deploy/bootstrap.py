"""What only a superuser can give: roles of the cluster, extensions and schemas of the database."""

from pathlib import Path

import psycopg

from tools.deploy.connections import DEPLOY_ROLE
from tools.deploy.errors import DeployError, in_file

CLUSTER = "sql/schema/cluster.sql"
DATABASE = "sql/schema/database.sql"

# Roles belong to the cluster, an advisory lock to one database: two deployments of two databases
# meet here only. Reading (and so logging in) goes on meanwhile.
LOCK_ROLES = "lock table pg_catalog.pg_authid in share row exclusive mode"

# What a deployment without a superuser stands on.
READINESS = """
select
    r.oid is not null as role_exists,
    r.oid is not null and pg_has_role(session_user, r.oid, 'member') as may_become,
    to_regnamespace('ops') is not null as schemas_exist
from (values (%(role)s)) as wanted (name)
left join pg_catalog.pg_roles as r on r.rolname = wanted.name
"""


def bootstrap(conn: psycopg.Connection, root: Path) -> None:
    """Run the cluster's and the database's file, both made to be run again and again.

    conn: autocommit connection of a superuser.
    """
    _run_file(conn, root, CLUSTER, first=LOCK_ROLES)
    _run_file(conn, root, DATABASE)


def require_prepared(conn: psycopg.Connection) -> None:
    """Refuse a database that a superuser has not prepared, or a login that may not deploy."""
    row = conn.execute(READINESS, {"role": DEPLOY_ROLE}).fetchone()
    assert row is not None
    role_exists, may_become, schemas_exist = row
    login = conn.info.user
    if not role_exists:
        raise DeployError(
            f"role {DEPLOY_ROLE} does not exist: a superuser has to run {CLUSTER} first"
        )
    if not may_become:
        raise DeployError(f"login {login} is not a member of role {DEPLOY_ROLE}")
    if not schemas_exist:
        raise DeployError(
            f"schema ops does not exist: a superuser has to run {DATABASE} in this database first"
        )


def _run_file(conn: psycopg.Connection, root: Path, path: str, first: str | None = None) -> None:
    text = read_source(root, path)
    try:
        with conn.transaction():
            if first is not None:
                conn.execute(first)
            conn.execute(text.encode())
    except psycopg.Error as error:
        raise in_file(path, text, error) from error


def read_source(root: Path, path: str) -> str:
    """The text of a file named relative to the root; a missing one is a DeployError."""
    try:
        return (root / path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DeployError(f"{path}: no such file") from None
