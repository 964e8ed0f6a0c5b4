"""The whole deployment, one at a time for each database."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tools.deploy import migrations
from tools.deploy.bootstrap import bootstrap, require_prepared
from tools.deploy.connections import (
    connect_as_deploy,
    connect_as_login,
    deploy_lock,
    ensure_database,
    is_missing,
    is_superuser,
)
from tools.deploy.errors import DeployError, describe
from tools.deploy.load import LoadReport, load

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Report:
    """What a deployment did, or, when only checking, would do.

    created_database: whether the database was missing. migrations: paths of those applied.
    load: what the load did. notes: what to know besides. seconds: how long it took.
    """

    created_database: bool = False
    migrations: list[str] = field(default_factory=list)
    load: LoadReport = field(default_factory=LoadReport)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def changed(self) -> bool:
        """Whether the database is another than before."""
        return self.created_database or bool(self.migrations) or self.load.changed

    def __str__(self) -> str:
        lines = ["created the database"] if self.created_database else []
        lines += [f"migration  {path}" for path in self.migrations]
        lines += [f"dropped    {name}" for name in self.load.dropped]
        lines += [f"removed    {path}" for path in self.load.removed]
        lines += [f"applied    {path}" for path in self.load.applied]
        lines += [f"recorded   {path}" for path in self.load.recorded]
        if not lines:
            lines = ["nothing to do"]
        lines += [f"note: {note}" for note in [*self.notes, *self.load.notes]]
        return "\n".join([*lines, f"{self.seconds:.2f} s"])


def run(
    database_url: str,
    root: Path = ROOT,
    *,
    only_load: bool = False,
    check: bool = False,
    wait: float = 60.0,
    lock_timeout: float = 5.0,
) -> Report:
    """Bring the database to the state that the files under `root` describe.

    database_url: whose login is a superuser (the database is then created and prepared as needed)
        or a member of role `deploy` in a prepared database.
    root: the folder that holds sql/ and migrations/.
    only_load: neither prepare nor migrate; refused while migrations are pending.
    check: change nothing, say what would be done.
    wait: seconds to wait for another deployment of the same database.
    lock_timeout: seconds that the load waits for somebody who uses what is to be replaced.
    Errors: DeployError; the step that failed has then left the database as it was.
    """
    started = time.monotonic()
    try:
        report = _run(database_url, root, only_load, check, wait, lock_timeout)
    except psycopg.Error as error:
        raise DeployError(describe(error)) from error
    report.seconds = time.monotonic() - started
    return report


def _run(
    database_url: str, root: Path, only_load: bool, check: bool, wait: float, lock_timeout: float
) -> Report:
    report = Report()
    may_change = not only_load and not check
    if may_change:
        report.created_database = ensure_database(database_url)
    elif check and is_missing(database_url):
        report.created_database = True
        report.migrations = [file.path for file in migrations.read_files(root)]
        return report
    with connect_as_login(database_url) as login:
        superuser = is_superuser(login)
        if not superuser:
            require_prepared(login)
            login.execute("set role deploy")  # the login itself may not take the lock
        with deploy_lock(login, wait):
            if superuser and may_change:
                bootstrap(login, root)
            _migrate(database_url, root, report, may_change)
            if only_load and report.migrations:
                raise DeployError(f"migrations are pending: {', '.join(report.migrations)}")
            if check and report.migrations:
                report.notes.append("what to load is known once the migrations are applied")
            else:
                report.load = load(database_url, root, lock_timeout, check)
            if report.migrations and not report.load.changed and not check:
                login.execute("notify pgrst, 'reload schema'")
    return report


def _migrate(database_url: str, root: Path, report: Report, may_change: bool) -> None:
    """Apply what is pending, or only find it; noted in the report."""
    with connect_as_deploy(database_url, lock_timeout=0) as conn:
        if may_change:
            todo = migrations.migrate(conn, database_url, root)
        else:
            todo = migrations.plan(conn, root)
    report.migrations = [file.path for file in todo.pending]
    if todo.unrecorded:
        names = ", ".join(file.path for file in todo.unrecorded)
        report.notes.append(f"applied outside a deployment, recorded as they are now: {names}")
