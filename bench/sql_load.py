"""Load inside the database, by pgbench: claims of seats, and pgbench's own simple update."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

from bench.errors import BenchError

YARDSTICK = "bench_yardstick"
_SCALE = 10
_SCRIPT = Path(__file__).with_name("seat_claim.pgbench")


@dataclass
class Commits:
    """What was committed by one kind of transaction at one number of clients, over all slices.

    A slice counts from when each session has done its first transaction: sessions begin cold.
    """

    transactions: int = 0
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Committed transactions per second."""
        return self.transactions / self.seconds


def make_yardstick(database_url: str) -> None:
    """Fill the database YARDSTICK of the same cluster with pgbench's tables.

    Errors: BenchError with what pgbench said.
    """
    _pgbench("--initialize", "--quiet", f"--scale={_SCALE}", url=_yardstick_url(database_url))


def simple_update(database_url: str, *, clients: int, seconds: int, commits: Commits) -> None:
    """Run pgbench's builtin simple-update for some seconds; add to `commits`."""
    _measure(
        commits,
        "--builtin=simple-update",
        f"--client={clients}",
        f"--time={seconds}",
        url=_yardstick_url(database_url),
    )


def claim_seats(
    database_url: str,
    *,
    settings: Mapping[str, str],
    ids: Mapping[str, int],
    first: int,
    count: int,
    clients: int,
    commits: Commits,
) -> None:
    """Let families of the rush take their seats, one transaction each; add to `commits`.

    Arguments:
        database_url: of a login whose scope settings count and that may execute the function.
        settings: of each session, by name.
        ids: what is to be added to a family's number to get the ids of its `families` row and its
            `registrations` row.
        first: number of the first family in bench.claims.
        count: how many families, a multiple of clients.
        clients: how many sessions.

    Errors: BenchError with what pgbench said.
    """
    _measure(
        commits,
        f"--file={_SCRIPT}",
        *(f"--define={name}={offset}" for name, offset in ids.items()),
        f"--define=first={first}",
        f"--define=clients={clients}",
        "--define=next=0",
        f"--client={clients}",
        f"--transactions={count // clients}",
        url=database_url,
        settings=settings,
    )


def _yardstick_url(database_url: str) -> str:
    return make_conninfo(database_url, dbname=YARDSTICK)


def _measure(
    commits: Commits, *arguments: str, url: str, settings: Mapping[str, str] | None = None
) -> None:
    """Run pgbench and add to `commits` what its log says of the time when all sessions are warm."""
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as folder:
        prefix = Path(folder) / "log"
        _pgbench(
            *arguments,
            "--no-vacuum",
            "--log",
            f"--log-prefix={prefix}",
            url=url,
            settings=settings,
        )
        # A line a transaction: client, its number, microseconds, script, end in s and microseconds.
        lines = [
            [int(word) for word in line.split()]
            for file in Path(folder).iterdir()
            for line in file.read_text().splitlines()
        ]
    first_ends: dict[int, float] = {}
    ends = []
    for client, _, _, _, seconds, microseconds, *_ in lines:
        end = seconds + microseconds / 1e6
        first_ends.setdefault(client, end)
        ends.append(end)
    warm = max(first_ends.values(), default=0.0)
    counted = [end for end in ends if end > warm]
    if not counted:
        raise BenchError("no session got to its second transaction within the measured time")
    commits.transactions += len(counted)
    commits.seconds += max(counted) - warm


def _pgbench(*arguments: str, url: str, settings: Mapping[str, str] | None = None) -> None:
    # In PGOPTIONS a blank inside a value is escaped.
    options = " ".join(
        "-c {}={}".format(name, value.replace("\\", "\\\\").replace(" ", "\\ "))
        for name, value in (settings or {}).items()
    )
    ran = subprocess.run(
        ["pgbench", *arguments, url],
        capture_output=True,
        text=True,
        env={**os.environ, "PGOPTIONS": options},
    )
    if ran.returncode != 0:
        raise BenchError(f"pgbench: {ran.stderr.strip()}")
