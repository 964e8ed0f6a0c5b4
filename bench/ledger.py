"""What it takes to read a ledger as it grows: trial balance, balances, a family's statement.

Read as the roles of the API, under row security, beside a plain scan of all entries. Each size is a
studio of its own, from few postings to many; a family has the same number of postings in each.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from psycopg import sql

from bench.errors import BenchError
from tools.stack import Stack

# What is read, in the order of the report.
SCAN, TRIAL, CLOSED_TRIAL = "scan", "trial balance", "closed trial balance"
BALANCES, STATEMENT, BALANCE = "all balances", "statement", "balance"
CLOSE = "close"
_PER_FAMILY = 200
_TIMES = 3
# Families whose statement and balance are read, one after the other.
_FAMILIES = 40
_SCRIPT = Path(__file__).with_name("ledger.sql")

_PLAIN_SCAN = "select sum(e.amount_minor) from payment.ledger_entries as e"
_QUERIES = {
    TRIAL: "select * from api.trial_balance",
    BALANCES: "select * from api.family_balances",
    STATEMENT: "select * from api.family_statement",
    BALANCE: "select * from api.family_balances",
}
# Postings that are not what they say: none, also where no trigger has looked.
_UNBALANCED = """
    select count(*)
    from payment.ledger_postings as p
    left join (
        select
            e.studio_id,
            e.posting_id,
            sum(e.amount_minor) as balance_minor,
            sum(greatest(e.amount_minor, 0)) as debits_minor,
            count(*) as entries,
            count(distinct (e.family_id, e.posted_on)) as kinds,
            min(e.family_id) as family_id,
            min(e.posted_on) as posted_on
        from payment.ledger_entries as e
        group by e.studio_id, e.posting_id
    ) as e on p.studio_id = e.studio_id and p.id = e.posting_id
    where
        (e.balance_minor, e.debits_minor, e.entries, e.kinds, e.family_id, e.posted_on)
        is distinct from
        (0::numeric, p.amount_minor::numeric, p.entry_count::bigint, 1::bigint, p.family_id, p.posted_on)
"""


@dataclass
class Measured:
    """What came of one size.

    Fields:
        postings, entries: how many the studio has.
        milliseconds: of each reading, the median of several; of the closing, once.
        unbalanced: postings that are not balanced, and accounts' sum that is not 0.
    """

    postings: int
    entries: int = 0
    milliseconds: dict[str, float] = field(default_factory=dict)
    unbalanced: int = 0

    def ratio(self, what: str) -> float:
        """Beside the plain scan."""
        return self.milliseconds[what] / self.milliseconds[SCAN]


def measure(largest: int, say: Callable[[str], None]) -> list[Measured]:
    """Load and measure studios of 10^4 postings and more by tens, up to the largest.

    Errors: BenchError when it was measured in this database before. psycopg.Error.
    """
    return [
        _measure(postings, say)
        for postings in (10**n for n in range(4, 8))
        if postings <= max(largest, 10**4)
    ]


def _measure(postings: int, say: Callable[[str], None]) -> Measured:
    slug = f"bench-ledger-{postings}"
    say(f"ledger: {postings} postings")
    measured = Measured(postings)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        studio_id = _load(connection, slug, postings)
        # As many as one backend does: a plain scan has no helpers either.
        connection.execute("set max_parallel_workers_per_gather = 0")
        measured.entries = connection.execute(
            "select count(*) from payment.ledger_entries as e where e.studio_id = %s", (studio_id,)
        ).fetchone()[0]
        (measured.unbalanced,) = connection.execute(_UNBALANCED).fetchone()
        measured.milliseconds[SCAN] = _time(lambda: connection.execute(_PLAIN_SCAN).fetchall())
        family_ids = [
            row[0]
            for row in connection.execute(
                "select f.id from identity.families as f where f.studio_id = %s order by f.id"
                " limit %s",
                (studio_id, _FAMILIES),
            )
        ]
    reader = Stack(Path(os.environ["CALLBOARD_STACK_DIR"])).database_url("authenticator")
    with psycopg.connect(reader, autocommit=True) as connection:
        connection.execute("set max_parallel_workers_per_gather = 0")
        measured.unbalanced += sum(
            row[0]
            for row in _read(
                connection,
                "manager",
                studio_id,
                "select abs(sum(t.balance_minor)) from api.trial_balance as t group by t.month",
            )
        )
        for what, role in ((TRIAL, "manager"), (BALANCES, "staff")):
            measured.milliseconds[what] = _time(
                lambda what=what, role=role: _read(connection, role, studio_id, _QUERIES[what])
            )
        for what in (STATEMENT, BALANCE):
            measured.milliseconds[what] = median(
                _time(
                    lambda what=what, family_id=family_id: _read(
                        connection, "customer", studio_id, _QUERIES[what], family_id
                    ),
                    times=1,
                )
                for family_id in family_ids
            )
        measured.milliseconds[CLOSE] = _time(
            lambda: _read(
                connection,
                "owner",
                studio_id,
                "select api.close_month(date_trunc('month', now() - interval '31 days')::date)",
            ),
            times=1,
        )
        measured.milliseconds[CLOSED_TRIAL] = _time(
            lambda: _read(connection, "manager", studio_id, _QUERIES[TRIAL])
        )
    return measured


def _load(connection: psycopg.Connection[Any], slug: str, postings: int) -> int:
    if connection.execute("select 1 from studio.studios where slug = %s", (slug,)).fetchone():
        raise BenchError("this database was measured before; `make bench` makes a fresh one")
    with connection.transaction():
        for name, value in (
            ("slug", slug), ("postings", postings), ("per_family", _PER_FAMILY)
        ):
            connection.execute("select set_config(%s, %s, true)", (f"bench.{name}", str(value)))
        connection.execute(_SCRIPT.read_text())
    connection.execute("vacuum analyze payment.ledger_postings, payment.ledger_entries")
    connection.execute("checkpoint")
    return connection.execute(
        "select s.id from studio.studios as s where s.slug = %s", (slug,)
    ).fetchone()[0]


def _read(
    connection: psycopg.Connection[Any],
    role: str,
    studio_id: int,
    query: str,
    family_id: int | None = None,
) -> list[Any]:
    """Return what a role of the API reads in a transaction of its own."""
    with connection.transaction():
        connection.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
        connection.execute(
            "select set_config('callboard.studio_id', %s, true),"
            " set_config('callboard.family_id', %s, true)",
            (str(studio_id), "" if family_id is None else str(family_id)),
        )
        return connection.execute(query).fetchall()


def _time(act: Callable[[], Any], times: int = _TIMES) -> float:
    """The median milliseconds of an act."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)
