"""What the jobs of each minute and the steps of a notice take, as a studio's past grows.

Beside all that is done, little is due when a job runs, and that is the same at every size: twenty
open payments that nobody has told of for a day, and twenty refunds that wait for settlement. Inside
the database, as shim and jobs call it; the gateway's answers are made here.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from psycopg.rows import dict_row

from bench import webhooks
from bench.errors import BenchError
from demo import operator
from tools.stack import Stack

JOBS = (
    "ask_quiet_payments", "ask_ended_sessions", "list_notices", "charge_due_installments",
    "retry_refunds", "fetch_unsettled_notices", "post_missing", "ask_batches", "summarize_charges",
)
# What staff read when they look what there is to do, and a job for whom it has to tell of it.
INCIDENTS = "incidents"
# The steps of a notice: what the shim asks the database for, one after the other.
STEPS = ("receive_notice", "claim_calls", "store_answer", "notice_answer")
_TIMES = 5
_QUIET = 20
# Notices for each figure, and how many of them only warm up.
_NOTICES, _WARMING = 40, 10
_SCRIPT = Path(__file__).with_name("jobs.sql")
_GROW_QUIET = """
    update payment.payments as p
    set created_at = p.created_at - interval '1 day'
    where p.reference like 'pay-quiet-%'
"""
_LOADED = """
    select count(*) from payment.payments as p where p.reference like 'pay-done-%'
"""


@dataclass
class Measured:
    """Milliseconds beside so many payments that are done: medians, by job and by step."""

    payments: int
    milliseconds: dict[str, float] = field(default_factory=dict)


def measure(largest: int, say: Callable[[str], None]) -> list[Measured]:
    """Load payments and measure beside 10^3 of them and more by tens, up to the largest.

    Errors: BenchError when it was measured in this database before. psycopg.Error.
    """
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        if connection.execute(_LOADED).fetchone() != (0,):
            raise BenchError("this database was measured before; `make bench` makes a fresh one")
        webhooks.load(_QUIET, "quiet")
        connection.execute(_GROW_QUIET)
        measured = []
        there = 0
        with webhooks.paused(connection):
            for size in (10**n for n in range(3, 7)):
                if size > max(largest, 1000):
                    break
                say(f"jobs: beside {size} payments")
                _load(connection, there + 1, size)
                there = size
                measured.append(_measure(connection, size))
    return measured


def _measure(connection: psycopg.Connection[Any], size: int) -> Measured:
    payments = webhooks.load(_NOTICES, f"beside {size}")
    connection.execute("vacuum analyze")
    connection.execute("checkpoint")
    measured = Measured(size)
    known = json.loads((Path(os.environ["CALLBOARD_STACK_DIR"]) / "secrets.json").read_text())
    merchant_id = known["merchants"][webhooks.SLUG.upper()]["merchant_id"]
    url = Stack(Path(os.environ["CALLBOARD_STACK_DIR"])).database_url("thin_api")
    taken: dict[str, list[float]] = {step: [] for step in STEPS}
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as shim:
        for number, payment in enumerate(payments):
            _tell(shim, merchant_id, f"trx{size}x{number}", payment, taken)
    for step, times in taken.items():
        measured.milliseconds[step] = median(times[_WARMING:])
    for job in JOBS:
        measured.milliseconds[job] = median(
            _time_job(f"select payment.{job}()") for _ in range(_TIMES)
        )
    measured.milliseconds[INCIDENTS] = median(
        _time_job("select count(*) from payment.incidents()") for _ in range(_TIMES)
    )
    return measured


def _tell(
    shim: psycopg.Connection[Any],
    merchant_id: str,
    sale: str,
    payment: dict[str, Any],
    taken: dict[str, list[float]],
) -> None:
    """Tell of a sale and answer what is asked about it, until its registration is confirmed."""
    host = "https://gateway.example"
    told = {
        "id": f"{sale}n",
        "merchant": f"{host}/merchants/{merchant_id}",
        "eventType": "saleAuthorized",
        "resourceType": "transaction",
        "resource": f"{host}/transactions/{sale}",
    }
    answer = {
        "id": sale,
        "type": "sale",
        "state": "authorized",
        "isAuthorized": True,
        "total": payment["total"],
        "orderReference": payment["reference"],
        "card": {"scheme": "visa", "last4": "1119"},
    }

    def step(name: str, query: str, *arguments: Any) -> dict[str, Any]:
        began = time.perf_counter()
        row = shim.execute(query, arguments).fetchone()
        taken[name].append((time.perf_counter() - began) * 1000)
        if row is None:
            raise BenchError(f"{name} has no answer")
        return row

    received = step(
        "receive_notice",
        "select payment.receive_notice(%s, %s) as event", webhooks.SLUG, json.dumps(told),
    )["event"]
    call = step(
        "claim_calls",
        "select * from payment.claim_calls(1, %s, null, %s)",
        received["studio_id"], received["event_id"],
    )
    step(
        "store_answer",
        "select payment.store_answer(%s, %s, %s, 200, %s::jsonb, null)",
        call["studio_id"], call["call_id"], call["lease_token"], json.dumps(answer),
    )
    status = step(
        "notice_answer", "select payment.notice_answer(%s) as status", received["event_id"]
    )["status"]
    if status != 201:
        raise BenchError(f"a notice was answered {status}")


def _time_job(query: str) -> float:
    """Run a job twice and take it back; answers the milliseconds of the second time."""
    with operator.session(webhooks.SLUG) as connection:
        for _ in range(2):
            connection.execute("savepoint before_it")
            began = time.perf_counter()
            connection.execute(query).fetchall()
            milliseconds = (time.perf_counter() - began) * 1000
            connection.execute("rollback to before_it")
    return milliseconds


def _load(connection: psycopg.Connection[Any], first: int, last: int) -> None:
    # In steps, so that none has to sort more than there is memory for.
    for begin in range(first, last + 1, 50_000):
        with connection.transaction():
            connection.execute(
                "select set_config('bench.first', %s, true), set_config('bench.last', %s, true)",
                (str(begin), str(min(last, begin + 49_999))),
            )
            connection.execute(_SCRIPT.read_text())
