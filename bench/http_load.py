"""Load over HTTP, by wrk: prepared requests, each answer counted by its status."""

from __future__ import annotations

import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench.errors import BenchError

_SCRIPT = Path(__file__).with_name("requests.lua")
# Longer than any answer takes: wrk counts slower ones as failures.
_TIMEOUT_SECONDS = 30


@dataclass
class Answers:
    """What came back for one kind of request at one number of clients, over all slices.

    Fields:
        statuses: answers by HTTP status.
        failures: requests without an answer, by wrk's word for it (connect, read, write, timeout).
        latencies: answers by microseconds.
        seconds: measured time.
        refusal: the body of the first answer that was not wanted.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    latencies: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    refusal: str = ""

    @property
    def per_second(self) -> float:
        """Wanted answers (2xx) per second."""
        wanted = sum(n for status, n in self.statuses.items() if 200 <= status < 300)
        return wanted / self.seconds

    @property
    def refused(self) -> int:
        """Answers other than 2xx, and requests without an answer."""
        others = sum(n for status, n in self.statuses.items() if not 200 <= status < 300)
        return others + self.failures.total()

    def percentile(self, share: float) -> float:
        """Return the milliseconds within which this share (0 to 1) of the answers came."""
        wanted = share * self.latencies.total()
        seen = 0
        for microseconds, count in sorted(self.latencies.items()):
            seen += count
            if seen >= wanted:
                return microseconds / 1000
        raise BenchError("no answer came within the measured time")


class Requests:
    """Prepared requests, taken in order over all slices.

    Arguments:
        file: a line a request, see requests.lua.
        once: no request may be sent twice; else the file is begun again at its end.
        more: the setting that says how many of those are prepared.
    """

    def __init__(self, file: Path, *, once: bool = False, more: str = "") -> None:
        self._file = file
        self._once = once
        self._more = more
        self._next = 0

    def send(self, url: str, *, clients: int, seconds: int, answers: Answers) -> None:
        """Let clients send for some seconds, each its next request as soon as it has an answer.

        Adds what came back to `answers`.
        Errors: BenchError when wrk fails or the prepared requests were not enough.
        """
        outcome = self._file.with_suffix(".outcome")
        command = [
            "wrk",
            "--threads=1",
            f"--connections={clients}",
            f"--duration={seconds}s",
            f"--timeout={_TIMEOUT_SECONDS}s",
            f"--script={_SCRIPT}",
            url,
            "--",
            str(self._file),
            str(self._next),
            str(outcome),
            "once" if self._once else "again",
        ]
        ran = subprocess.run(command, capture_output=True, text=True)
        if ran.returncode != 0:
            raise BenchError(f"wrk: {(ran.stderr or ran.stdout).strip()}")
        for line in outcome.read_text().splitlines():
            name, value, number = line.split("\t")
            self._take(answers, name, value, int(number))

    def _take(self, answers: Answers, name: str, value: str, number: int) -> None:
        match name:
            case "status":
                answers.statuses[int(value)] += number
            case "failure":
                answers.failures[value] += number
            case "latency":
                answers.latencies[int(value)] += number
            case "microseconds":
                answers.seconds += number / 1e6
            case "refusal":
                answers.refusal = answers.refusal or value
            case "asked":
                self._next += number
            case "exhausted" if number:
                raise BenchError(
                    f"all requests of {self._file.name} were sent before the time was over;"
                    f" prepare more with {self._more}"
                )
