"""Databases and trees for the tests of the deployment."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo, sql

from tests.py.deploy.tree import Database, Tree
from tools import deploy


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """The small tree, fresh for each test."""
    made = Tree(tmp_path / "tree")
    made.fill()
    return made


@pytest.fixture
def new_database() -> Iterator[Callable[[], Database]]:
    """Makes names of databases that do not exist yet; they are dropped afterwards."""
    server = os.environ["DATABASE_URL"]
    names: list[str] = []

    def make() -> Database:
        names.append(f"deploy_test_{uuid.uuid4().hex[:12]}")
        return Database(conninfo.make_conninfo(server, dbname=names[-1]))

    yield make
    with psycopg.connect(server, autocommit=True) as conn:
        for name in names:
            conn.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )


@pytest.fixture
def deployed(tree: Tree, new_database: Callable[[], Database]) -> Database:
    """A database to which the small tree was deployed."""
    database = new_database()
    deploy.run(database.url, tree.root)
    return database
