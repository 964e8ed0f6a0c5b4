"""Databases and trees for the tests of the deployment."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.py.deploy.tree import Database, Tree, databases
from tools import deploy
from tools.deploy.connections import database_name


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """The small tree, fresh for each test."""
    made = Tree(tmp_path / "tree")
    made.fill()
    return made


@pytest.fixture
def new_database() -> Iterator[Callable[[], Database]]:
    """Makes names of databases that do not exist yet; they are dropped afterwards."""
    with databases() as make:
        yield make


@pytest.fixture
def copy_of(new_database: Callable[[], Database]) -> Callable[[str], Database]:
    """Makes copies of a database, of which only the name is given."""

    def make(original: str) -> Database:
        database = new_database()
        copy = sql.Identifier(database_name(database.url))
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as conn:
            for statement in (
                "create database {copy} template {original}",
                # A copy has no rights of its original.
                "grant connect, create on database {copy} to deploy",
            ):
                conn.execute(
                    sql.SQL(statement).format(copy=copy, original=sql.Identifier(original))
                )
        return database

    return make


@pytest.fixture(scope="session")
def small_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database to which the small tree was deployed, to be copied."""
    tree = Tree(tmp_path_factory.mktemp("small") / "tree")
    tree.fill()
    with databases() as make:
        database = make()
        deploy.run(database.url, tree.root)
        yield database_name(database.url)


@pytest.fixture
def deployed(small_database: str, copy_of: Callable[[str], Database]) -> Database:
    """A database to which the small tree was deployed."""
    return copy_of(small_database)
