"""Which of our functions the tests call, in SQL and in Python, over the whole run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

# Postgres counts calls since helpers.psql asked it to, also those of transactions rolled back.
_CALLED = "select f.schemaname || '.' || f.funcname from pg_catalog.pg_stat_user_functions as f"

HERE = Path(__file__).parent


class Calls:
    """The functions that were called, by schema and name.

    Looked at after each module, since Postgres forgets its counts when it is killed, as some tests
    do. What it can't say then, because it is still starting, it can after the next module.
    """

    def __init__(self) -> None:
        self.functions: set[str] = set()

    def note(self) -> None:
        """Add the functions that are counted now."""
        try:
            with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5) as connection:
                self.functions |= {name for (name,) in connection.execute(_CALLED)}
        except psycopg.OperationalError:
            pass

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        if nextitem is None or nextitem.path != item.path:
            self.note()


CALLS = pytest.StashKey[Calls]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what judges the whole run after everything else."""
    items.sort(key=lambda item: HERE in item.path.parents)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note what the tests in SQL called, and from now on what the others call."""
    calls = Calls()
    calls.note()
    session.config.stash[CALLS] = calls
    session.config.pluginmanager.register(calls)


@pytest.fixture
def calls(request: pytest.FixtureRequest) -> Iterator[Calls]:
    """The functions called up to now."""
    yield request.config.stash[CALLS]
