"""Databases and trees for the tests of the deployment."""

import contextlib
import os
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo, sql

from tests.py.deploy.tree import Database, Tree
from tools import deploy
from tools.deploy.connections import database_name


# Up to here migrations have been deployed and are never edited again. `make test-upgrades` tries the
# upgrades from before each of them as well, which takes minutes.
_LANDED = 26


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out upgrades from versions that nobody runs any more, unless all are asked for."""
    if "CALLBOARD_ALL_UPGRADES" in os.environ:
        return
    old = [
        item
        for item in items
        if (number := re.match(r"test_(\d{4})_", item.name)) and int(number[1]) <= _LANDED
    ]
    config.hook.pytest_deselected(items=old)
    items[:] = [item for item in items if item not in old]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """The small tree, fresh for each test."""
    made = Tree(tmp_path / "tree")
    made.fill()
    return made


@pytest.fixture
def new_database() -> Iterator[Callable[[], Database]]:
    """Makes names of databases that do not exist yet; they are dropped afterwards."""
    with _databases() as make:
        yield make


@pytest.fixture(scope="session")
def small_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database to which the small tree was deployed, to be copied."""
    tree = Tree(tmp_path_factory.mktemp("small") / "tree")
    tree.fill()
    with _databases() as make:
        database = make()
        deploy.run(database.url, tree.root)
        yield database_name(database.url)


@pytest.fixture
def deployed(small_database: str, new_database: Callable[[], Database]) -> Database:
    """A database to which the small tree was deployed."""
    database = new_database()
    copy = sql.Identifier(database_name(database.url))
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as conn:
        for statement in (
            "create database {copy} template {original}",
            # A copy has no rights of its original.
            "grant connect, create on database {copy} to deploy",
        ):
            conn.execute(
                sql.SQL(statement).format(copy=copy, original=sql.Identifier(small_database))
            )
    return database


@contextlib.contextmanager
def _databases() -> Iterator[Callable[[], Database]]:
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
