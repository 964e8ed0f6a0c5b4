"""Bulk pricing inside the database: many carts in a call, beside an aggregate of their facts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench import studio
from bench.errors import BenchError
from demo import operator

# More in one call would meet the limit of an array, a gigabyte, with their lines.
PER_CALL = 100_000
# Whose carts they are, again and again.
_FAMILIES = 100
_SCRIPT = Path(__file__).with_name("bulk.sql")


@dataclass(frozen=True)
class Priced:
    """What it took to price some carts, in several sessions at a time.

    Fields:
        pricing_seconds, aggregate_seconds: of each session, on average.
    """

    carts: int
    sessions: int
    lines: int
    pricing_seconds: float
    aggregate_seconds: float

    @property
    def per_second(self) -> float:
        """Carts a second, of all sessions together."""
        return self.carts / self.pricing_seconds

    @property
    def microseconds(self) -> float:
        """Of one session, for one cart."""
        return self.pricing_seconds * self.sessions / self.carts * 1e6

    @property
    def ratio(self) -> float:
        """Beside the aggregate."""
        return self.pricing_seconds / self.aggregate_seconds


def price(carts: int, *, sessions: int) -> Priced:
    """Price so many carts, the same number in each session.

    Errors: BenchError when a cart came out without lines. psycopg.Error.
    """
    share = max(1, carts // sessions // _FAMILIES) * _FAMILIES
    with ThreadPoolExecutor(sessions) as pool:
        answers = list(pool.map(lambda _: _in_a_session(share), range(sessions)))
    lines = sum(answer[0] for answer in answers)
    if lines < share * sessions:
        raise BenchError(f"{share * sessions} carts have no more than {lines} lines")
    return Priced(
        carts=share * sessions,
        sessions=sessions,
        lines=lines,
        pricing_seconds=sum(answer[1] for answer in answers) / sessions,
        aggregate_seconds=sum(answer[2] for answer in answers) / sessions,
    )


def _in_a_session(carts: int) -> tuple[int, float, float]:
    with operator.session(studio.SLUG) as connection:
        connection.execute(_SCRIPT.read_text())
        return connection.execute(
            "select b.lines, b.pricing_s, b.aggregate_s from pg_temp.bulk(%s, %s, %s) as b",
            (carts, PER_CALL, _FAMILIES),
        ).fetchone()
