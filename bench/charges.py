"""Planning of charges: all installments that are due on a day, in one pass of the job.

Each gets a payment, an attempt and a request to the gateway, committed before anything is sent; here
nothing is. The yardstick is a plain insert of as many attempts. Sizes are studios of their own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.errors import BenchError
from demo import operator

_PER_FAMILY = 20
_SCRIPT = Path(__file__).with_name("charges.sql")

# A business day of the studio: the Tuesday after the next one, at noon.
_DUE = """
    select d.day::date, d.day + interval '17 hours'
    from (select date_trunc('week', now() at time zone 'UTC') + interval '15 days' as day) as d
"""
_PLAN = "select payment.charge_installments((%s::timestamp) at time zone 'UTC')"
# What the job leaves for the end of the transaction is done at once, to be in the time.
_AT_ONCE = "set constraints all immediate"
# The courier leaves them alone.
_KEEP = """
    update payment.gateway_calls as c
    set next_attempt_at = 'infinity'
    where c.studio_id = auth.studio_id() and c.status = 'queued'
"""
_MAKE_YARDSTICK = """
    create table public.bench_attempts (like payment.charge_attempts including all)
"""
_YARDSTICK = """
    insert into public.bench_attempts (
        studio_id, family_id, installment_id, number, payment_id, cause
    )
    select i.studio_id, i.family_id, i.id, 1, i.id, 'schedule'
    from payment.installments as i
    inner join studio.studios as s on i.studio_id = s.id
    where s.slug = %s and i.number = 2
"""
# Of all registrations: whether what is open is what is owed, as the trigger would have it that
# rested while they were loaded; and whether each part is being charged, once.
_WRONG = """
    select count(*)
    from payment.installments as i
    where
        i.studio_id = auth.studio_id()
        and i.number = 2
        and (
            i.status <> 'processing'
            or (
                select count(*)
                from payment.charge_attempts as a
                inner join payment.payments as p
                    on a.studio_id = p.studio_id and a.payment_id = p.id
                inner join payment.gateway_calls as c
                    on p.studio_id = c.studio_id and p.id = c.payment_id
                where
                    a.studio_id = i.studio_id
                    and a.family_id = i.family_id
                    and a.installment_id = i.id
                    and p.amount_minor = i.amount_minor
                    and c.purpose = 'charge_stored_card'
            ) <> 1
        )
"""
_OWED = """
    select count(*)
    from payment.installments as i
    where
        i.studio_id = auth.studio_id()
        and i.number = 2
        and mod(i.registration_id, %s) = 0
        and payment.balance_minor(i.family_id, i.registration_id) <> i.amount_minor
"""


@dataclass(frozen=True)
class Measured:
    """What one pass over so many due installments took.

    Fields:
        plain_seconds: of the plain insert.
        again_seconds: of the next pass, which finds all of them under way.
        wrong: installments that are not being charged, once, and those that the next pass charged.
    """

    parts: int
    seconds: float
    plain_seconds: float
    again_seconds: float
    wrong: int

    @property
    def per_second(self) -> float:
        """Installments planned a second."""
        return self.parts / self.seconds

    @property
    def ratio(self) -> float:
        """Beside the plain insert."""
        return self.seconds / self.plain_seconds


def measure(largest: int, say: Callable[[str], None]) -> list[Measured]:
    """Load and measure studios with a tenth of the largest number of due installments, and all.

    Errors: BenchError when it was measured in this database before. psycopg.Error.
    """
    return [_measure(parts, say) for parts in (max(largest // 10, _PER_FAMILY), largest)]


def _measure(parts: int, say: Callable[[str], None]) -> Measured:
    slug = f"bench-charges-{parts}"
    say(f"charges: {parts} installments due on a day")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        day, noon = connection.execute(_DUE).fetchone()
        parts = _load(connection, slug, parts, day)
        connection.execute("drop table if exists public.bench_attempts")
        connection.execute(_MAKE_YARDSTICK)
        began = time.perf_counter()
        connection.execute(_YARDSTICK, (slug,))
        plain_seconds = time.perf_counter() - began
        connection.execute("drop table public.bench_attempts")
    with operator.session(slug) as connection:
        # As many of them as take some seconds.
        (wrong,) = connection.execute(_OWED, (max(parts // 1000, 1),)).fetchone()
    with operator.session(slug) as connection:
        began = time.perf_counter()
        (planned,) = connection.execute(_PLAN, (noon,)).fetchone()
        connection.execute(_AT_ONCE)
        seconds = time.perf_counter() - began
        connection.execute(_KEEP)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            "vacuum analyze payment.installments, payment.payments, payment.charge_attempts,"
            " payment.gateway_calls"
        )
    with operator.session(slug) as connection:
        began = time.perf_counter()
        (again,) = connection.execute(_PLAN, (noon,)).fetchone()
        again_seconds = time.perf_counter() - began
        (under_way,) = connection.execute(_WRONG).fetchone()
    return Measured(
        parts=parts,
        seconds=seconds,
        plain_seconds=plain_seconds,
        again_seconds=again_seconds,
        wrong=wrong + under_way + again + abs(planned - parts),
    )


def _load(connection: psycopg.Connection[Any], slug: str, parts: int, day: Any) -> int:
    """Load a studio; answers how many of its installments are due."""
    if connection.execute("select 1 from studio.studios where slug = %s", (slug,)).fetchone():
        raise BenchError("this database was measured before; `make bench` makes a fresh one")
    with connection.transaction():
        for name, value in (
            ("slug", slug), ("parts", parts), ("per_family", _PER_FAMILY), ("due_on", day)
        ):
            connection.execute("select set_config(%s, %s, true)", (f"bench.{name}", str(value)))
        connection.execute(_SCRIPT.read_text())
    connection.execute("vacuum analyze")
    connection.execute("checkpoint")
    return connection.execute(
        "select count(*) from payment.installments as i"
        " inner join studio.studios as s on i.studio_id = s.id where s.slug = %s and i.number = 2",
        (slug,),
    ).fetchone()[0]
