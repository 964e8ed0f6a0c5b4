"""Migrations: applied in order and once, all or nothing, by one deployment at a time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tests.py.deploy.tree import Database, Tree
from tools import deploy
from tools.deploy import DeployError
from tools.deploy.connections import LOCK_KEY

REPOSITORY = Path(__file__).parents[3]
APPLIED = "select migration_id from yoyo._yoyo_migration order by migration_id"
MORE = "migrations/0003.more.sql"


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_migrations_are_applied_once_marked_and_recorded(deployed: Database, tree: Tree) -> None:
    assert deployed.rows(APPLIED) == [("0001.applied_sources",), ("0002.studios",)]
    tree.write(MORE, "alter table studio.studios add column more text;")
    assert deploy.run(deployed.url, tree.root).migrations == [MORE]
    assert deploy.run(deployed.url, tree.root).migrations == []
    recorded = "select superseded_at from ops.applied_sources where path = %s"
    assert deployed.rows(recorded, MORE) == [(None,)]


def test_the_tools_own_tables_are_in_a_schema_of_their_own(deployed: Database) -> None:
    tables = deployed.rows(
        "select schemaname from pg_tables where tablename like any('{%%yoyo%%}') group by 1"
    )
    assert tables == [("yoyo",)]
    assert deployed.rows("select * from yoyo.yoyo_lock") == []


def test_what_a_migration_makes_belongs_to_role_deploy(deployed: Database, tree: Tree) -> None:
    tree.write(MORE, "create table studio.more (id integer);")
    deploy.run(deployed.url, tree.root)
    assert deployed.value("select tableowner from pg_tables where tablename = 'more'") == "deploy"


def test_a_migration_that_fails_leaves_nothing_and_names_its_line(
    deployed: Database, tree: Tree
) -> None:
    before = deploy.catalog_dump(deployed.url)
    tree.write(
        MORE,
        "-- One more column.\n"
        "alter table studio.studios add column more text;\n\n"
        "-- And one too many.\n"
        "create table studio.more (\n    id integer,\n    wrong nothing\n);\n",
    )
    with pytest.raises(DeployError, match=r"^migrations/0003\.more\.sql:7: .*nothing"):
        deploy.run(deployed.url, tree.root)
    assert deploy.catalog_dump(deployed.url) == before
    tree.write(MORE, "select 1;\n\nalter table studio.studios add column name text;\n")
    with pytest.raises(DeployError, match=r"^migrations/0003\.more\.sql:3: .*already exists"):
        deploy.run(deployed.url, tree.root)
    tree.write(MORE, "alter table studio.studios add column more text;\n")
    assert deploy.run(deployed.url, tree.root).migrations == [MORE]


def test_a_migration_outside_transactions_is_marked_too(deployed: Database, tree: Tree) -> None:
    tree.write(
        MORE,
        "-- transactional: false\n"
        "create index concurrently if not exists studios_name_idx on studio.studios (name);\n",
    )
    assert deploy.run(deployed.url, tree.root).migrations == [MORE]
    assert not deploy.run(deployed.url, tree.root).changed


def test_settings_of_a_migration_do_not_reach_its_bookkeeping(
    deployed: Database, tree: Tree
) -> None:
    tree.write(MORE, "set local search_path = studio;\nset local role studio;\nselect 1;\n")
    deploy.run(deployed.url, tree.root)
    assert ("0003.more",) in deployed.rows(APPLIED)


def test_a_table_without_a_schema_is_refused(deployed: Database, tree: Tree) -> None:
    tree.write(MORE, "create table more (id integer);")
    with pytest.raises(DeployError, match="creates more without naming a schema"):
        deploy.run(deployed.url, tree.root)
    assert deployed.value("select to_regclass('yoyo.more')") is None


def test_the_first_migration_has_to_bring_the_record(
    tree: Tree, new_database: Callable[[], Database]
) -> None:
    tree.write("migrations/0001.applied_sources.sql", "select 1;")
    with pytest.raises(DeployError, match=r"0001.*has to create ops\.applied_sources"):
        deploy.run(new_database().url, tree.root)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["0004.more.sql"], r"0004\.more\.sql: number 0003 is expected"),
        (["0003.more.sql", "0003.other.sql"], r"0003\.other\.sql: number 0004 is expected"),
        (["3.more.sql"], r"should be named NNNN"),
        (["0003.more.py"], r"should be named NNNN"),
        (["0003.more.rollback.sql"], r"rolls back a migration that is not there"),
    ],
)
def test_gaps_repetitions_and_other_names_are_refused(
    deployed: Database, tree: Tree, names: list[str], message: str
) -> None:
    for name in names:
        tree.write(f"migrations/{name}", "select 1;")
    with pytest.raises(DeployError, match=message):
        deploy.run(deployed.url, tree.root)


def test_a_late_insert_is_refused(deployed: Database, tree: Tree) -> None:
    folder = tree.root / "migrations"
    (folder / "0002.studios.sql").rename(folder / "0003.studios.sql")
    tree.write("migrations/0002.late.sql", "select 1;")
    with pytest.raises(DeployError, match=r"0002\.studios\.sql was applied .* not in the tree"):
        deploy.run(deployed.url, tree.root)
    # The same when whoever renamed it changed the database's record as well.
    deployed.rows("update yoyo._yoyo_migration set migration_id = '0003.studios' "
                  "where migration_id = '0002.studios'")  # fmt: skip
    with pytest.raises(DeployError, match=r"0002\.late\.sql: comes late, 0003 is already applied"):
        deploy.run(deployed.url, tree.root)


def test_an_edited_applied_migration_is_refused(deployed: Database, tree: Tree) -> None:
    path = tree.root / "migrations/0002.studios.sql"
    path.write_text(path.read_text() + "-- A harmless word.\n")
    for how in ({}, {"check": True}, {"only_load": True}):
        with pytest.raises(DeployError, match=r"0002\.studios\.sql: was edited"):
            deploy.run(deployed.url, tree.root, **how)


def test_a_migration_applied_by_hand_is_recorded_and_said(deployed: Database, tree: Tree) -> None:
    deployed.rows("delete from ops.applied_sources where path = 'migrations/0002.studios.sql'")
    assert "0002.studios.sql" in deploy.run(deployed.url, tree.root).notes[0]
    assert deploy.run(deployed.url, tree.root).notes == []


def test_loading_alone_is_refused_while_migrations_are_pending(
    deployed: Database, tree: Tree
) -> None:
    tree.write(MORE, "select 1;")
    with pytest.raises(DeployError, match=r"pending: migrations/0003\.more\.sql"):
        deploy.run(deployed.url, tree.root, only_load=True)


def test_check_names_pending_migrations_and_applies_none(
    tree: Tree, deployed: Database, new_database: Callable[[], Database]
) -> None:
    tree.write(MORE, "select 1;")
    assert deploy.run(deployed.url, tree.root, check=True).migrations == [MORE]
    assert ("0003.more",) not in deployed.rows(APPLIED)
    absent = new_database()
    report = deploy.run(absent.url, tree.root, check=True)
    assert (report.created_database, len(report.migrations)) == (True, 3)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        absent.rows("select 1")


def test_a_killed_deployment_leaves_a_lock_that_the_next_one_breaks(
    deployed: Database, tree: Tree
) -> None:
    tree.write(MORE, "alter table studio.studios add column more text;")
    with psycopg.connect(deployed.url) as somebody:
        somebody.execute("lock table studio.studios")
        running = subprocess.Popen(
            [sys.executable, "-m", "tools.deploy", "--root", str(tree.root)],
            cwd=REPOSITORY,
            env=dict(os.environ) | {"DATABASE_URL": deployed.url},
        )
        try:
            wait_until(lambda: deployed.rows(
                "select pid from pg_stat_activity where wait_event_type = 'Lock' "
                "and datname = current_database() and query like 'alter table%%'"))  # fmt: skip
        finally:
            running.send_signal(signal.SIGKILL)
            running.wait()
        assert deployed.value("select count(*) from yoyo.yoyo_lock") == 1
    with psycopg.connect(deployed.url):  # an innocent bystander
        assert deploy.run(deployed.url, tree.root).migrations == [MORE]
    assert deployed.rows("select * from yoyo.yoyo_lock") == []


def test_the_lock_of_a_yoyo_run_by_hand_counts_while_its_session_may_live(
    deployed: Database, tree: Tree
) -> None:
    tree.write(MORE, "select 1;")
    deployed.rows("insert into yoyo.yoyo_lock values (1, now() at time zone 'utc', 4711)")
    with (
        psycopg.connect(deployed.url),
        pytest.raises(DeployError, match=r"lock is held .* by process 4711.*break-lock"),
    ):
        deploy.run(deployed.url, tree.root)
    sessions = "select count(*) from pg_stat_activity where datname = current_database()"
    wait_until(lambda: deployed.value(sessions) == 1)
    assert deploy.run(deployed.url, tree.root).migrations == [MORE]


def test_of_two_deployments_at_once_one_waits_and_finds_nothing_to_do(
    tree: Tree, new_database: Callable[[], Database]
) -> None:
    database = new_database()
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: deploy.run(database.url, tree.root), range(4)))
    assert sorted(len(r.migrations) for r in reports) == [0, 0, 0, 2]
    assert sum(r.load.changed for r in reports) == 1


def test_two_databases_can_be_deployed_at_once(
    tree: Tree, new_database: Callable[[], Database]
) -> None:
    databases = [new_database() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda d: deploy.run(d.url, tree.root), databases))
    assert [r.created_database for r in reports] == [True] * 4


def test_a_deployment_gives_up_waiting_with_a_clear_word(deployed: Database, tree: Tree) -> None:
    with psycopg.connect(deployed.url) as other:
        other.execute("select pg_advisory_lock(%s)", (LOCK_KEY,))
        with pytest.raises(
            DeployError,
            match=rf"another deployment .* process {other.info.backend_pid}.* after 0\.2 s",
        ):
            deploy.run(deployed.url, tree.root, wait=0.2)
