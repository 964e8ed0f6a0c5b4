"""A step's connection is kept for the next one, and never is a dead one used for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.py.support import login_url
from thin_api.database import Database, DatabaseAway
from thin_api.errors import Refusal

_OWN = "select pg_backend_pid()"
_REFUSED = "select payment.store_failure(1, 0, gen_random_uuid(), 'nobody''s')"


@pytest.fixture
def database() -> Database:
    return Database(login_url("thin_api"), "callboard test of connections")


@pytest.fixture
def operator() -> Iterator[psycopg.Connection]:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        yield connection


def test_the_next_step_has_the_connection_of_the_last(database: Database) -> None:
    assert database.value(_OWN) == database.value(_OWN)


def test_so_it_has_after_a_step_that_was_refused(database: Database) -> None:
    before = database.value(_OWN)
    with pytest.raises(Refusal):
        database.value(_REFUSED)
    with pytest.raises(psycopg.errors.DivisionByZero):
        database.value("select 1 / 0")
    assert database.value(_OWN) == before


def test_steps_at_a_time_have_a_connection_each(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        served = list(
            pool.map(
                lambda _: database.value("select pg_backend_pid() from pg_sleep(0.5)"), range(4)
            )
        )
    assert len(set(served)) == 4
    assert database.value(_OWN) in served


def test_one_that_was_ended_meanwhile_is_not_used(
    database: Database, operator: psycopg.Connection
) -> None:
    before = database.value(_OWN)
    assert operator.execute("select pg_terminate_backend(%s, 5000)", (before,)).fetchone() == (True,)
    assert database.value(_OWN) != before


def test_one_that_is_lost_in_a_step_is_not_used_again(database: Database) -> None:
    before = database.value(_OWN)
    with pytest.raises(DatabaseAway):
        database.value("select pg_terminate_backend(pg_backend_pid())")
    assert database.value(_OWN) != before


def test_none_is_used_for_ever(operator: psycopg.Connection) -> None:
    """Nor left open: what several steps at a time have left goes one by one."""
    database = Database(login_url("thin_api"), "callboard test of old connections", kept_seconds=1)
    with ThreadPoolExecutor(4) as pool:
        before = list(
            pool.map(
                lambda _: database.value("select pg_backend_pid() from pg_sleep(0.5)"), range(4)
            )
        )
    operator.execute("select pg_sleep(1)")
    for _ in before:
        assert database.value(_OWN) not in before
    for _ in range(100):
        if operator.execute(
            "select count(*) from pg_stat_activity where pid = any (%s)", (before,)
        ).fetchone() == (0,):
            return
        operator.execute("select pg_sleep(0.05)")
    pytest.fail("an old connection is still there")


def test_a_connection_leaves_nothing_to_the_next_step(database: Database) -> None:
    """No studio, no family: each step says for itself whose it is."""
    database.rows("select * from payment.claim_calls(1)")
    in_scope = "select current_setting('callboard.studio_id', true)"
    assert not database.value(in_scope)
