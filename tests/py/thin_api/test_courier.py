"""The courier's worker: what goes wrong is tried again, and never in a tight loop."""

from __future__ import annotations

import threading

import pytest

from thin_api import courier
from thin_api.courier import Worker, pauses
from thin_api.database import DatabaseAway

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
