"""The courier's worker: what goes wrong is tried again, and never in a tight loop."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import psycopg
import pytest

from tests.py.support import login_url
from thin_api import __main__ as shim_program
from thin_api import courier
from thin_api.courier import Worker, pauses
from thin_api.database import Database, DatabaseAway

# Longer than any test runs: a pause that ends has been cut short.
FOREVER = 3600.0
SOON = 10


class Work:
    """Fails so many times, then has nothing to do; notes each time it is called."""

    def __init__(self, *failures: Exception) -> None:
        self._failures = list(failures)
        self.calls = threading.Semaphore(0)

    def __call__(self) -> int:
        self.calls.release()
        if self._failures:
            raise self._failures.pop(0)
        return 0

    def was_called(self, seconds: float = SOON) -> bool:
        """Return whether it is called once more within this time."""
        return self.calls.acquire(timeout=seconds)


def test_pauses_double_up_to_the_longest() -> None:
    waits = pauses()
    assert [next(waits) for _ in range(6)] == [1, 2, 4, 8, 10, 10]


@pytest.mark.parametrize(
    "failure", [RuntimeError("unexpected"), DatabaseAway("away")], ids=["unexpected", "away"]
)
def test_after_an_error_no_notification_cuts_the_pause_short(
    monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    monkeypatch.setattr(courier, "FIRST_PAUSE", FOREVER)
    work = Work(failure)
    worker = Worker("work", work, poll_seconds=FOREVER)
    worker.start()
    assert work.was_called()
    for _ in range(5):
        worker.wake()
        assert not work.was_called(0.1)
    # But the end of the courier does.
    worker.stop()
    worker.join()


def test_otherwise_a_notification_does() -> None:
    work = Work()
    worker = Worker("work", work, poll_seconds=FOREVER)
    worker.start()
    assert work.was_called()
    worker.wake()
    assert work.was_called()
    worker.stop()
    worker.join()


def test_an_error_does_not_end_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "FIRST_PAUSE", 0.01)
    work = Work(RuntimeError("unexpected"))
    worker = Worker("work", work, poll_seconds=FOREVER)
    worker.start()
    assert work.was_called() and work.was_called()
    worker.stop()
    worker.join()


def test_told_to_stop_while_it_works_it_does_not_wait() -> None:
    worker = Worker("work", lambda: worker.stop() or 1, poll_seconds=FOREVER)
    worker.start()
    worker.join()


class Counted:
    """In place of a worker: counts how often it is woken."""

    def __init__(self) -> None:
        self.woken = threading.Semaphore(0)

    def wake(self) -> None:
        self.woken.release()


def test_a_listener_whose_connection_is_ended_listens_again(
    monkeypatch: pytest.MonkeyPatch, stack: None
) -> None:
    monkeypatch.setattr(courier, "FIRST_PAUSE", 0.01)
    worker, stop = Counted(), threading.Event()
    listener = threading.Thread(
        target=courier.listen,
        args=(Database(login_url("thin_api"), "callboard listener"), [worker], stop),
    )
    listener.start()
    try:
        assert worker.woken.acquire(timeout=SOON)
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as superuser:
            superuser.execute(
                "select pg_terminate_backend(a.pid) from pg_stat_activity as a"
                " where a.application_name = 'callboard listener'"
            )
            # Woken after each connect, as what was queued meanwhile told nobody.
            assert worker.woken.acquire(timeout=SOON)
            superuser.execute(f"notify {courier.CHANNEL}")
            assert worker.woken.acquire(timeout=SOON)
    finally:
        stop.set()
        listener.join()


class Stopping(threading.Event):
    """Set itself once it was waited for so many times."""

    def __init__(self, waits: int) -> None:
        super().__init__()
        self.pauses: list[float | None] = []
        self._waits = waits

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout)
        if len(self.pauses) == self._waits:
            self.set()
        return super().wait(0)


def test_a_listener_without_a_database_asks_later_and_later() -> None:
    stop = Stopping(3)
    away = Database("postgresql://nobody@127.0.0.1:1/none", "callboard listener")
    courier.listen(away, [], stop)
    assert stop.pauses == [1, 2, 4]


@pytest.mark.parametrize(
    ("name", "program"), [("shim", shim_program.main), ("courier", courier.main)]
)
def test_a_program_without_settings_ends_and_names_the_first(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    program: Callable[[], int],
) -> None:
    monkeypatch.setattr(os, "environ", {})
    assert program() == 2
    said = capsys.readouterr().err
    assert said == f"{name}: CALLBOARD_ENV is neither 'development' nor 'production'\n"
