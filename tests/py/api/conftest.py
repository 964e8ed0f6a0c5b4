"""What tests of the API share, where many act at once: see races.py beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest

from tests.py.support import assert_seats_add_up


@pytest.fixture
def no_deadlock_and_seats_that_add_up() -> Iterator[None]:
    """After the test no session has been a deadlock's victim, and what must be true is."""
    deadlocks = "select deadlocks from pg_stat_database where datname = current_database()"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        before = connection.execute(deadlocks).fetchone()
        yield
        connection.execute("select pg_stat_force_next_flush()")
        assert connection.execute(deadlocks).fetchone() == before
    assert_seats_add_up()
