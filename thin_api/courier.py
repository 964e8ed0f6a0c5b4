"""The courier: sends what the database has queued. Run it with `python -m thin_api.courier`.

Two workers, one for gateway calls and one for messages, so that a slow provider of the one never
holds up the other. They look when the database says that something was queued, and every few
seconds in any case, since a notification may be missed and a next try becomes due by itself.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

import psycopg

from thin_api import logs, observability
from thin_api.calls import Calls
from thin_api.database import Database, DatabaseAway, translated
from thin_api.gateway import Gateway
from thin_api.messages import Messages
from thin_api.senders import Senders
from thin_api.settings import ConfigError, CourierSettings, courier_settings

# Also when run as __main__.
log = logging.getLogger("thin_api.courier")

CHANNEL = "callboard_outbox"
# Seconds between tries while something does not work: doubled each time, up to the last.
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 10.0
# Seconds after which the listener looks whether it should stop.
_LISTEN_SECONDS = 1.0


def pauses() -> Iterator[float]:
    """Yield the seconds to wait after each failure in a row."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE)


class Worker:
    """Carries out one kind of work until it is told to stop.

    Arguments:
        name: for logs.
        work: does what is due and returns how much that was; it is repeated until it returns 0.
        poll_seconds: the longest it waits before it looks again.
    """

    def __init__(self, name: str, work: Callable[[], int], poll_seconds: float) -> None:
        self.name = name
        self._work = work
        self._poll_seconds = poll_seconds
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.run, name=name)

    def start(self) -> None:
        """Begin to work, in a thread of its own."""
        self._thread.start()

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    def stop(self) -> None:
        """Take up nothing more; what is in hand is finished."""
        self._stop.set()
        self._wake.set()

    def join(self) -> None:
        """Wait until the work in hand is finished."""
        self._thread.join()

    def run(self) -> None:
        """Work until stop() is called; whatever goes wrong is logged and tried again later."""
        waits = pauses()
        while not self._stop.is_set():
            self._wake.clear()
            pause = self._poll_seconds
            wait_for = self._wake
            try:
                while not self._stop.is_set() and self._work():
                    waits = pauses()
                waits = pauses()
            except DatabaseAway as error:
                pause = next(waits)
                log.warning("%s: the database is away: %s", self.name, error)
                wait_for = self._stop
            except Exception:
                pause = next(waits)
                wait_for = self._stop
                log.exception("%s: a round failed", self.name)
            # stop() may have come before the wake-up call was cleared.
            if not self._stop.is_set():
                # After an error nothing that is queued meanwhile cuts the pause short.
                wait_for.wait(pause)


def listen(database: Database, workers: Sequence[Worker], stop: threading.Event) -> None:
    """Wake the workers whenever something is queued, until `stop` is set.

    They are woken after each connect as well: what was queued before it told nobody.
    """
    waits = pauses()
    while not stop.is_set():
        try:
            with database.connect() as connection:
                connection.execute(f"listen {CHANNEL}")
                log.info("listening")
                waits = pauses()
                _wake_all(workers)
                while not stop.is_set():
                    for _ in connection.notifies(timeout=_LISTEN_SECONDS, stop_after=1):
                        _wake_all(workers)
        except DatabaseAway as error:
            log.warning("listener: the database is away: %s", error)
            stop.wait(next(waits))
        except psycopg.Error as error:
            log.warning("listener: %s", translated(error))
            stop.wait(next(waits))


def _wake_all(workers: Sequence[Worker]) -> None:
    for worker in workers:
        worker.wake()


def build_workers(settings: CourierSettings, database: Database) -> list[Worker]:
    """Return the courier's workers, not yet started."""
    calls = Calls(database, Gateway(settings.gateway, settings.timeouts))
    messages = Messages(database, Senders(settings.senders, settings.timeouts))
    return [
        Worker("gateway calls", calls.run_due, settings.poll_seconds),
        Worker("messages", messages.run_due, settings.poll_seconds),
    ]


def main() -> int:
    """Run until SIGTERM or SIGINT; return the exit code, 2 for a bad setting."""
    try:
        settings = courier_settings(os.environ)
    except ConfigError as error:
        print(f"courier: {error}", file=sys.stderr)
        return 2
    logs.start()
    observability.start(settings, "courier")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    database = Database(settings.database_url, "callboard courier")
    workers = build_workers(settings, database)
    for worker in workers:
        worker.start()
    try:
        listen(database, workers, stop)
    finally:
        for worker in workers:
            worker.stop()
        for worker in workers:
            worker.join()
    log.info("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
