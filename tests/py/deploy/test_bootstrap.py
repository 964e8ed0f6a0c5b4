"""A cluster that has seen nothing yet: its roles, its logins, and pg_cron in its one database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import conninfo

from tests.py.deploy.tree import JOB, Database, Tree
from tools import deploy
from tools.cluster import Cluster
from tools.deploy import DeployError

PASSWORD = "secret-of-a-test"
JOB_FILE = "sql/cron/tick.sql"


@pytest.fixture
def callboard(tmp_path: Path) -> Iterator[Database]:
    """The empty database `callboard`, where pg_cron lives, of a cluster of its own."""
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    cluster = Cluster(run_dir, settings={"fsync": "off"})
    cluster.create(PASSWORD, throwaway=True)
    try:
        cluster.start(die_with_parent=True)
        yield Database(cluster.url("postgres", PASSWORD))
    finally:
        cluster.destroy()


def as_login(database: Database, login: str) -> Database:
    return Database(conninfo.make_conninfo(database.url, user=login))


def test_who_may_deploy(callboard: Database, tree: Tree) -> None:
    """One cluster, from empty to deployed by an ordinary member of role deploy."""
    callboard.rows(f"create role somebody login password '{PASSWORD}'")
    somebody = as_login(callboard, "somebody")

    with pytest.raises(DeployError, match=r"role deploy does not exist.*cluster\.sql"):
        deploy.run(somebody.url, tree.root)

    callboard.rows("create role deploy login bypassrls")
    with pytest.raises(DeployError, match="somebody is not a member of role deploy"):
        deploy.run(somebody.url, tree.root)

    callboard.rows("grant deploy to somebody")
    with pytest.raises(DeployError, match=r"schema ops does not exist.*database\.sql"):
        deploy.run(somebody.url, tree.root)

    nowhere = Database(conninfo.make_conninfo(somebody.url, dbname="nowhere"))
    with pytest.raises(DeployError, match="cannot create database nowhere: permission denied"):
        deploy.run(nowhere.url, tree.root)
    with pytest.raises(DeployError, match="password authentication failed"):
        deploy.run(conninfo.make_conninfo(somebody.url, password="wrong"), tree.root)

    deploy.run(callboard.url, tree.root)
    tree.write("migrations/0003.more.sql", "alter table studio.studios add column more text;")
    tree.add("schema/api/one.sql", "create view api.one as select 1 as one;")
    report = deploy.run(somebody.url, tree.root)
    assert report.migrations == ["migrations/0003.more.sql"]
    assert report.load.applied == ["sql/schema/api/one.sql"]

    callboard.rows(f"alter role deploy password '{PASSWORD}'")
    assert not deploy.run(as_login(callboard, "deploy").read_only_url, tree.root).changed

    callboard.rows("alter role deploy nobypassrls")
    with pytest.raises(DeployError, match="no BYPASSRLS"):
        deploy.run(callboard.url, tree.root)


def test_jobs_live_where_pg_cron_lives(callboard: Database, tree: Tree) -> None:
    jobs = "select jobname, schedule, command, username::text, active from cron.job order by 1"
    first = ("tick", "*/5 * * * *", "select 1", "scheduler", True)

    assert deploy.run(callboard.url, tree.root).load.notes == []
    assert callboard.rows(jobs) == [first]
    assert not deploy.run(callboard.url, tree.root).changed

    tree.write(JOB_FILE, JOB.replace("*/5", "*/10"))
    assert deploy.run(callboard.url, tree.root).load.applied == [JOB_FILE]
    assert callboard.rows(jobs) == [("tick", "*/10 * * * *", *first[2:])]

    # Changed by hand, lost, a stranger in the scheduler's name; another role's is not ours.
    callboard.rows("update cron.job set command = 'select 2'")
    assert deploy.run(callboard.url, tree.root).load.applied == [JOB_FILE]
    callboard.rows("delete from cron.job")
    assert deploy.run(callboard.url, tree.root).load.applied == [JOB_FILE]
    callboard.rows("select cron.schedule('of an operator', '@daily', 'select 3')")
    callboard.rows("update cron.job set active = false where jobname = 'tick'")
    assert not deploy.run(callboard.url, tree.root).changed
    callboard.rows("set role scheduler; select cron.schedule('stray', '@daily', 'select 4')")
    assert deploy.run(callboard.url, tree.root).load.dropped == ["job stray"]

    tree.write(JOB_FILE, JOB.replace("'tick'", "'tock'"))
    with pytest.raises(DeployError, match="another name: job tock"):
        deploy.run(callboard.url, tree.root)
    tree.remove("cron/tick.sql")
    assert deploy.run(callboard.url, tree.root).load.dropped == ["job tick"]
    assert [name for name, *_ in callboard.rows(jobs)] == ["of an operator"]

    tree.add("cron/tick.sql", JOB)
    elsewhere = Database(conninfo.make_conninfo(callboard.url, dbname="elsewhere"))
    report = deploy.run(elsewhere.url, tree.root)
    assert report.load.notes == ["1 cron files skipped: pg_cron is not in database elsewhere"]
    assert JOB_FILE not in report.load.applied
    assert not deploy.run(elsewhere.url, tree.root).changed
