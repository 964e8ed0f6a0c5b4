"""Proof that sql/ and migrations/ build the same database."""

import os
import re
import subprocess
from pathlib import Path

import psycopg
from psycopg import conninfo

from tools.deploy.bootstrap import bootstrap
from tools.deploy.connections import (
    connect_as_deploy,
    connect_as_login,
    deploy_lock,
    ensure_database,
)
from tools.deploy.errors import DeployError, in_file
from tools.deploy.load import LoadReport, load
from tools.deploy.manifest import read_manifest
from tools.deploy.migrations import SCHEMA as MIGRATION_SCHEMA

LOCK_TIMEOUT = 10.0

# Each entry of a dump begins with such a comment; it also names the owner.
ENTRY = re.compile(r"^-- Name: .*$", re.MULTILINE)


def build_from_sources(database_url: str, root: Path) -> LoadReport:
    """Build an empty database from sql/ alone: the table files in the manifest's order, the load.

    Among the tables are the functions that their constraints call.

    database_url: login of a superuser; the database is created when it is missing.
    Errors: a DeployError that names file and line; a database that is not empty.
    """
    ensure_database(database_url)
    with connect_as_login(database_url) as login, deploy_lock(login, LOCK_TIMEOUT):
        bootstrap(login, root)
        with connect_as_deploy(database_url, LOCK_TIMEOUT) as conn:
            files = read_manifest(root)
            tables = [number for number, file in enumerate(files, start=1) if file.is_table]
            for file in files[: max(tables, default=0)]:
                try:
                    conn.execute(file.text.encode())
                except psycopg.Error as error:
                    raise in_file(file.path, file.text, error) from error
        return load(database_url, root, LOCK_TIMEOUT)


def catalog_dump(database_url: str) -> str:
    """The schema as pg_dump writes it, entries in one order whatever the order of creation.

    Owners, grants and comments are in it, columns in their order. Left out are the records of
    the migration tool, which a database built from sql/ does not have.
    """
    parameters = conninfo.conninfo_to_dict(database_url)
    password = parameters.pop("password", None)
    environment = dict(os.environ) | ({"PGPASSWORD": str(password)} if password else {})
    result = subprocess.run(
        [
            "pg_dump",
            "--schema-only",
            f"--exclude-schema={MIGRATION_SCHEMA}",
            f"--dbname={conninfo.make_conninfo('', **parameters)}",
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise DeployError(f"pg_dump failed: {result.stderr.strip()}")
    return _normalised(result.stdout)


def _normalised(dump: str) -> str:
    starts = [match.start() for match in ENTRY.finditer(dump)]
    entries = []
    for start, end in zip(starts, [*starts[1:], len(dump)], strict=True):
        head, *rest = dump[start:end].splitlines()
        body = [line for line in rest if line not in {"", "--"} and not _is_noise(line)]
        # Grants come in the order in which they were given, which says nothing.
        if "; Type: ACL;" in head or "; Type: DEFAULT ACL;" in head:
            body.sort()
        entries.append("\n".join([head, *body]))
    return "\n\n".join(sorted(entries)) + "\n"


def _is_noise(line: str) -> bool:
    """What belongs to the dump and not to the database: settings between entries, its end."""
    return line.startswith(
        ("SET default_table", "-- PostgreSQL database dump complete", "\\unrestrict ")
    )
