"""A thread that does what is due, again and again, until it is stopped."""

from __future__ import annotations

import logging
import threading

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
STOP_SECONDS = 11


class Worker:
    """Base of what works beside the requests; a subclass says in `catch_up` what is to be done."""

    name = "worker"

    def __init__(self) -> None:
        self._news = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def catch_up(self) -> None:
        """Do everything that is due now."""
        raise NotImplementedError

    def start(self) -> None:
        """Start the worker thread."""
        self._thread = threading.Thread(target=self._work, name=self.name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the worker thread after what it is at."""
        self._stopping = True
        self._news.set()
        if self._thread is not None:
            self._thread.join(timeout=STOP_SECONDS)

    def wake(self) -> None:
        """Tell the worker that there may be something to do."""
        self._news.set()

    def _work(self) -> None:
        while not self._stopping:
            self._news.wait(POLL_SECONDS)
            self._news.clear()
            try:
                self.catch_up()
            except Exception:  # the worker outlives any one failure, and says so
                log.exception("%s: a round failed", self.name)
