"""Races: carts at the start, checkouts as acts to let loose, and an eye on the seats meanwhile."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg

from tests.py.support import (
    Family,
    Studio,
    error_code,
    login_url,
    outcome,
    request_of,
    violated_invariants,
)

CHECKOUT = "select api.checkout(%(cart_id)s, %(quote_id)s, %(idempotency_key)s)"
Checkout = dict[str, Any]


class Race:
    """A term with sections, and families at its start: each with a quote of what it wants."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.term_id = studio.term()

    def section(self, **details: Any) -> int:
        return self.studio.section(term_id=self.term_id, **details)

    def enter(self, family: Family, *wanted: list[Any]) -> Checkout:
        """Quote a cart with one new student for each list of sections: what checkout needs.

        In place of a section: (section, weekdays).
        """
        items = [
            (student_id, section_id)
            for student_id, sections in [(family.student(), sections) for sections in wanted]
            for section_id in sections
        ]
        cart_id = family.cart(*items, term_id=self.term_id)
        return {
            "cart_id": cart_id,
            "quote_id": family.api.call("quote", cart_id=cart_id)["quote_id"],
            "idempotency_key": secrets.token_hex(8),
        }

    def enter_all(self, families: list[Family], *wanted: list[Any]) -> list[Checkout]:
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda family: self.enter(family, *wanted), families))


def over_http(family: Family, checkout: Checkout) -> Callable[[], str]:
    """A checkout as browsers do it."""
    return lambda: outcome(family.api.post("checkout", checkout))


def in_sql(
    family: Family, checkout: Checkout, connections: contextlib.ExitStack
) -> Callable[[], str]:
    """A checkout over a connection of its own, with the request begun as PostgREST begins it."""
    connection = connections.enter_context(request_of(family.api))

    def act() -> str:
        try:
            connection.execute(CHECKOUT, checkout)
            connection.commit()
        except psycopg.Error as error:
            connection.rollback()
            return error_code(error)
        return "ok"

    return act


Act = tuple[int, Callable[[], str]]


def act_of(connection: psycopg.Connection, *statements: tuple[str, Any]) -> Act:
    """Statements of one transaction as an act, with the session that does it."""

    def act() -> str:
        try:
            for statement, arguments in statements:
                connection.execute(statement, arguments)
            connection.commit()
        except psycopg.Error as error:
            connection.rollback()
            return error_code(error)
        return "ok"

    return connection.info.backend_pid, act


def job(connections: contextlib.ExitStack, name: str = "enrollment.expire_holds") -> Act:
    connection = connections.enter_context(
        psycopg.connect(login_url("scheduler"), autocommit=True)
    )
    return act_of(connection, ("call ops.run_job(%s)", (name,)))


@contextlib.contextmanager
def seats_that_add_up_throughout() -> Iterator[None]:
    """Look at the invariants again and again meanwhile, each time all of them at one instant."""
    over = threading.Event()

    def watch() -> int:
        looks = 0
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            while not over.is_set() or looks < 2:
                assert violated_invariants(connection) == {}
                connection.rollback()
                looks += 1
        return looks

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch)
        try:
            yield
        finally:
            over.set()
        watching.result(timeout=60)


def await_done_or_blocked(
    act: Future[Any], pid: int, seconds: float = 20
) -> None:
    """Wait until what a session does is over, or until the session waits for another one's lock."""
    until = time.monotonic() + seconds
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as observer:
        while not act.done():
            (blocked,) = observer.execute(
                "select cardinality(pg_blocking_pids(%s)) > 0", (pid,)
            ).fetchone()
            if blocked:
                return
            assert time.monotonic() < until, "it neither ended nor waited"
            time.sleep(0.01)
