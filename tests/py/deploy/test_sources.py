"""sql/ and migrations/ build the same database, in the small tree and in ours."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.py.deploy.tree import Database, Tree
from tools import deploy
from tools.deploy.catalog import QUERIES, snapshot
from tools.deploy.connections import connect_as_deploy
from tools.deploy.deployment import ROOT
from tools.deploy.load import load
from tools.deploy.manifest import MANIFEST

Make = Callable[[], Database]


def test_both_ways_build_the_same(deployed: Database, tree: Tree, new_database: Make) -> None:
    built = new_database()
    deploy.build_from_sources(built.url, tree.root)
    assert deploy.catalog_dump(built.url) == deploy.catalog_dump(deployed.url)


@pytest.mark.parametrize(
    "difference",
    [
        "alter table studio.studios add column more text",
        "alter table studio.studios drop column name cascade; "
        "alter table studio.studios add column name text not null",
        "alter table studio.studios owner to ops",
        "comment on column studio.studios.name is 'A name.'",
        "create index on studio.studios (name)",
        "grant usage on schema studio to customer",
        "alter table studio.studios alter column id set (n_distinct = 1)",
    ],
)
def test_a_difference_shows(deployed: Database, difference: str) -> None:
    before = deploy.catalog_dump(deployed.url)
    deployed.rows(difference)
    assert deploy.catalog_dump(deployed.url) != before


def test_the_command_line_says_what_was_done(tree: Tree, new_database: Make) -> None:
    def command(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tools.deploy", "--database-url", database.url,
             "--root", str(tree.root), *more],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip

    database = new_database()
    assert command("--check").returncode == 1
    first = command()
    assert first.returncode == 0
    assert "created the database\nmigration  migrations/0001" in first.stdout
    assert "applied    sql/functions/studio/doubled.sql" in first.stdout
    assert command("--check").stdout.startswith("nothing to do")
    tree.write("sql/functions/studio/doubled.sql", "select;;\nwrong")
    failed = command("--only-load")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.startswith("deploy: sql/functions/studio/doubled.sql:2: syntax error")


def test_our_sources_and_our_migrations_build_the_same(new_database: Make) -> None:
    migrated, built = new_database(), new_database()

    def seconds_to_deploy() -> float:
        began = time.monotonic()
        deploy.run(migrated.url)
        return time.monotonic() - began

    whole = seconds_to_deploy()
    deploy.build_from_sources(built.url, ROOT)
    assert deploy.catalog_dump(built.url) == deploy.catalog_dump(migrated.url)
    assert not deploy.run(migrated.url).changed

    # Nobody waits for a deployment that has nothing to do, however slow the machine is.
    assert seconds_to_deploy() < whole / 4


def test_each_of_our_files_stands_alone(new_database: Make, tmp_path: Path) -> None:
    """No object relies on what another one's file did to it, as a grant given elsewhere would."""
    database = new_database()
    deploy.run(database.url)
    before = all_objects(database)
    # The same files, the last one first.
    shutil.copytree(ROOT / "sql", tmp_path / "sql")
    manifest = tmp_path / MANIFEST
    lines = manifest.read_text().splitlines()
    manifest.write_text("\n".join(reversed(lines)) + "\n")
    # Of any two files, each is loaded once after the other: what that one did to its object is gone.
    for root in (ROOT, tmp_path):
        stale = {
            path
            for (path,) in database.rows(
                "update ops.applied_sources set definition_hash = 'stale'"
                " where definition_hash <> '' and superseded_at is null returning path"
            )
        }
        assert stale <= set(load(database.url, root, lock_timeout=5).applied)
        assert all_objects(database) == before


def all_objects(database: Database) -> dict[tuple[str, str], str]:
    """The definition of each replaceable object."""
    with connect_as_deploy(database.url, lock_timeout=1) as conn:
        found = snapshot(conn, [kind for kind in QUERIES if kind != "job"])
    return {key: entry.definition for key, entry in found.entries.items()}
