"""Measure quotes, checkouts, seat claims and payments beside yardsticks of the same run.

Runs in a fresh stack, as `make bench` makes it, and prints one table. A figure alone says little,
since it is the machine's as much as Callboard's; the ratios of one run are what to look at. All
kinds of load take turns in short slices, so that a noisy machine disturbs them alike, and each
slice begins when the one before has left nothing running. A first round is not counted: it leaves
a studio in use, with rows for the planner's statistics, and PostgREST with warm connections.

over PostgREST
  A client sends its next request as soon as it has the answer; wrk, PostgREST and Postgres share
  the machine. per second: answers; p50, p99: milliseconds within which half and 99 % of them came;
  ratio: p50 beside that of the one-row request; refused: answers other than 2xx, or none.
  request that commits one row   rpc/update_student: token, request hook, one row, one commit
  quote, 5 classes               rpc/quote of a cart for two students: priced, stored, put in words;
                                 standard classes and a program, an add-on, discounts
  quote, 6 items of all kinds    the same with a tier and two dates, a coupon, paid in five parts
  checkout, 5 places             rpc/checkout of a cart of five classes, each family once; 40 sections of 20
                                 places fill up at a time

in the database
  Transactions of pgbench in its plain mode, from when each session has done its first one.
  ratio: beside simple-update.
  pgbench simple-update          pgbench --builtin=simple-update, scale 10: two rows and a commit
  seat claims, one hot section   scope and enrollment.claim_seats() of a pending registration; all
                                 want the same section of 21 dates, and all are served. Sessions
                                 have the settings of the login that serves families
  seat claims over 40 sections   the same, spread
  hot section, in the pool       the same in as many sessions as PostgREST opens for that many
                                 clients, where that is fewer; no aim is about it

opening day
  Over PostgREST, each family with a token of its own; `python -m bench opening_day` alone.
  1,000 families, 32 at a time, want three of 145 sections each, 60 % of them of 10 % of the
  sections; whoever finds one full drops it and tries again. Then checkouts one after the other:
  at the last places of sections of 20 to 20,000, beside 10^3 and more enrollments, and over one
  backend whose memory is looked at, without what all backends share.

bulk pricing
  pricing.price_baskets() of many carts like those above, in calls of up to 100,000, in as many
  sessions as there are cores. per second: carts of all sessions; us each: microseconds of one
  session for a cart; lines each: lines of a cart; ratio: beside an aggregate of the same facts,
  unnested and grouped by cart and student.

webhooks
  Notices of the gateway at the shim, each of a sale of its own, by wrk; `python -m bench webhooks`
  alone, as each of the following parts by its name. The answer comes when the registration is
  confirmed. Shim, courier (which writes to the families), the gateway's stand-in and Postgres are
  those of the stack. ratio: p50 beside that of a notice that means nothing here, which is kept and
  acknowledged, and of the fetch of a sale at the stand-in, together. The cores' time says whose
  work it is.

charges
  payment.charge_installments() over all installments of a day, each of a registration of its own,
  of families with twenty; with what it leaves for the end of the transaction. again: the next pass.
  ratio: beside a plain insert of as many attempts.

ledger
  Read by the roles of the API under row security; a family has 200 postings at each size.
  ratio: at the largest size, beside a plain scan of all entries there are.

jobs
  Steps of a notice and jobs, in the database, beside payments that are done; little is due, and the
  same at every size.

Timings never decide how the run ends; refusals and errors do (exit code 1).

Why wrk: ab and pgbench's like send one body over and over, a checkout needs a new one each; a
client in Python would take more of the cores than what it measures. wrk reads prepared requests in
Lua, counts every status, and needs a few percent of one core.

Environment:
  DATABASE_URL, POSTGREST_URL, CALLBOARD_STACK_DIR   the stack
  BENCH_SECONDS     seconds for each figure, in two slices (6)
  BENCH_CHECKOUTS   families prepared to check out (200 a second and core)
  BENCH_CLAIMS      seats claimed for each figure (16000)
  BENCH_ENROLLMENTS enrollments of the largest studio on opening day, from 1000 by tens up to
                    1000000 (100000)
  BENCH_BULK        carts of the largest bulk, from 1000 by tens up to 1000000 (100000)
  BENCH_NOTICES     notices of sales that are prepared (100 a second and core)
  BENCH_PARTS       installments due on a day (100000)
  BENCH_POSTINGS    postings of the largest ledger, from 10000 by tens up to 10000000 (1000000)
  BENCH_PAYMENTS    payments that are done, from 1000 by tens up to 1000000 (100000)
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from bench import (
    bulk,
    charges,
    jobs,
    ledger,
    opening_day,
    report,
    sql_load,
    studio,
    webhooks,
)
from bench.errors import BenchError
from bench.http_load import Answers, Requests
from bench.report import (
    CHECKOUT,
    ONE_ROW,
    ONE_SECTION,
    POOLED,
    QUOTE,
    SECTIONS,
    SIMPLE_UPDATE,
    VARIED_QUOTE,
)
from bench.sql_load import Commits
from tools.stack import Stack

CLIENTS = (1, 8, 32)
_SLICES = 2
# All slices of a kind, with the one that is not counted.
_ALL_SLICES = 1 + _SLICES * len(CLIENTS)
_CHECKOUTS_PER_SECOND_AND_CORE = 200
_NOTICES_PER_SECOND_AND_CORE = 100
_QUIET_SECONDS = 30
# Programs beside Postgres and PostgREST, and the Debian packages they come in.
_PROGRAMS = {"wrk": "wrk", "pgbench": "postgresql-15"}

_BUSY = """
    select count(*)
    from pg_stat_activity
    where state <> 'idle' and pid <> pg_backend_pid() and backend_type = 'client backend'
"""
# Of the login that serves families, and the studio in scope.
_SESSION_SETTINGS = """
    select split_part(s.setting, '=', 1), split_part(s.setting, '=', 2)
    from pg_roles as r
    cross join lateral unnest(r.rolconfig) as s (setting)
    where r.rolname = 'authenticator'
    union all
    select 'callboard.studio_id', s.id::text
    from studio.studios as s
    where s.slug = %(slug)s
"""

_IDS = """
    select distinct
        c.family_id - c.number as families, c.registration_id - c.number as registrations
    from bench.claims as c
"""
_SERVER_SETTINGS = """
    select s.name, current_setting(s.name)
    from pg_settings as s
    where s.name in ('server_version', 'fsync', 'synchronous_commit', 'shared_buffers')
"""
_RUSH_SEATS = """
    select count(*)
    from enrollment.seats as s
    inner join enrollment.enrollments as e
        on s.studio_id = e.studio_id and s.enrollment_id = e.id
    inner join bench.claims as c on e.registration_id = c.registration_id
"""


def main() -> int:
    """Load, measure, report; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parts = {
        "load": _measure,
        "opening_day": _open_the_day,
        "webhooks": _tell,
        "charges": _plan,
        "ledger": _read_ledger,
        "jobs": _run_jobs,
    }
    parser.add_argument(
        "part", nargs="?", choices=("all", *parts), default="all",
        help="load: what comes first, up to bulk pricing",
    )
    part = parser.parse_args().part
    try:
        # One after the other, whatever came of the one before.
        return max([act() for name, act in parts.items() if part in ("all", name)])
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1


def _require(programs: Iterable[str]) -> None:
    for program in programs:
        if shutil.which(program) is None:
            raise BenchError(
                f"{program} is missing: `tools/setup.sh --bench` installs Debian's"
                f" {_PROGRAMS[program]}"
            )


def _measure() -> int:
    _require(_PROGRAMS)
    cores = len(os.sched_getaffinity(0))
    slice_seconds = -(-_setting("BENCH_SECONDS", 6) // _SLICES)
    checkouts = _setting(
        "BENCH_CHECKOUTS",
        slice_seconds * _ALL_SLICES * _CHECKOUTS_PER_SECOND_AND_CORE * cores,
    )
    # PostgREST serves any number of clients in so many sessions.
    pool = int(os.environ["POSTGREST_DB_POOL"])
    # The same number for each session in each slice.
    pooled = sum(clients > pool for clients in CLIENTS)
    claim_slices = _ALL_SLICES + (1 + _SLICES * pooled if pooled else 0)
    share = math.lcm(*CLIENTS, *(min(clients, pool) for clients in CLIENTS))
    claims = -(-_setting("BENCH_CLAIMS", 16_000) // (_SLICES * share)) * share
    largest = _setting("BENCH_BULK", 100_000)
    sizes = [carts for carts in (10**n for n in range(3, 7)) if carts <= max(largest, 1000)]
    with (
        tempfile.TemporaryDirectory(prefix="callboard-bench-") as folder,
        psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection,
    ):
        _say(f"loading {checkouts} families with carts, {2 * claims * claim_slices} for the rush")
        studio.load(checkouts=checkouts, claims=claims * claim_slices, connections=cores)
        connection.execute(
            sql.SQL("create database {}").format(sql.Identifier(sql_load.YARDSTICK))
        )
        sql_load.make_yardstick(os.environ["DATABASE_URL"])
        machine = _machine(connection)
        over_http = _Http(studio.write_requests(Path(folder)), slice_seconds)
        in_sql = _Sql(
            connection, claims=claims, slices=claim_slices, pool=pool, seconds=slice_seconds
        )
        turns = [
            *((over_http, kind) for kind in (ONE_ROW, QUOTE, VARIED_QUOTE, CHECKOUT)),
            *((in_sql, kind) for kind in (SIMPLE_UPDATE, ONE_SECTION, SECTIONS, POOLED)),
        ]
        _say("warming up")
        for load, kind in turns:
            load.run(kind, max(CLIENTS), counted=False)
        _await_quiet(connection)
        connection.execute("vacuum analyze")
        connection.execute("checkpoint")
        for clients in CLIENTS:
            _say(f"measuring with {clients} clients")
            for _ in range(_SLICES):
                for load, kind in turns:
                    _await_quiet(connection)
                    load.run(kind, clients)
        in_sql.check_seats()
        priced = []
        for carts in sizes:
            _say(f"pricing {carts} carts")
            _await_quiet(connection)
            priced.append(bulk.price(carts, sessions=cores))
    print(f"\n{report.text(machine, over_http.answered, in_sql.committed, priced)}")
    return _report_refusals(over_http.answered)


def _open_the_day() -> int:
    day = opening_day.measure(_setting("BENCH_ENROLLMENTS", 100_000), _say)
    print(f"\n{report.opening_day_text(day)}")
    unexpected = set(day.outcomes) - {"ok", "seat_unavailable"}
    if unexpected or any(day.anomalies.values()):
        print(f"bench: opening day: {day.outcomes}, {day.anomalies}", file=sys.stderr)
        return 1
    return 0


def _tell() -> int:
    _require(["wrk"])
    seconds = _setting("BENCH_SECONDS", 6)
    cores = len(os.sched_getaffinity(0))
    notices = _setting(
        "BENCH_NOTICES",
        webhooks.prepared_for(seconds, _NOTICES_PER_SECOND_AND_CORE * cores),
    )
    told = webhooks.measure(notices, seconds, _say)
    print(f"\n{report.webhooks_text(told)}")
    if told.refused or told.others:
        print(f"bench: webhooks: {told.refused} refused, {told.outcomes}", file=sys.stderr)
        return 1
    return 0


def _plan() -> int:
    planned = charges.measure(_setting("BENCH_PARTS", 100_000), _say)
    print(f"\n{report.charges_text(planned)}")
    return 1 if any(each.wrong for each in planned) else 0


def _read_ledger() -> int:
    read = ledger.measure(_setting("BENCH_POSTINGS", 1_000_000), _say)
    print(f"\n{report.ledger_text(read)}")
    return 1 if any(each.unbalanced for each in read) else 0


def _run_jobs() -> int:
    print(f"\n{report.jobs_text(jobs.measure(_setting('BENCH_PAYMENTS', 100_000), _say))}")
    return 0


class _Http:
    """The kinds of requests over PostgREST, and what came back."""

    def __init__(self, files: Mapping[str, Path], seconds: int) -> None:
        self._requests = {
            kind: Requests(file, once=kind == CHECKOUT, more="BENCH_CHECKOUTS")
            for kind, file in files.items()
        }
        self._seconds = seconds
        self.answered: report.Answered = {}

    def run(self, kind: str, clients: int, *, counted: bool = True) -> None:
        """Run one slice; not counted: its figures are dropped."""
        answers = self.answered.setdefault((kind, clients), Answers()) if counted else Answers()
        self._requests[kind].send(
            os.environ["POSTGREST_URL"], clients=clients, seconds=self._seconds, answers=answers
        )


class _Sql:
    """The kinds of transactions in the database, and what was committed."""

    def __init__(
        self,
        connection: psycopg.Connection,
        *,
        claims: int,
        slices: int,
        pool: int,
        seconds: int,
    ) -> None:
        self._connection = connection
        self._claims = claims
        self._pool = pool
        self._seconds = seconds
        # Of the families of the rush: the first half wants the hot section.
        self._next = {True: 1, False: 1 + claims * slices}
        self._claimed = 0
        self._settings = dict(
            connection.execute(_SESSION_SETTINGS, {"slug": studio.SLUG}).fetchall()
        )
        ids = connection.cursor(row_factory=dict_row).execute(_IDS).fetchall()
        if len(ids) != 1:
            raise BenchError("the ids of the rush don't follow each other: did others write too?")
        self._ids = ids[0]
        stack = Stack(Path(os.environ["CALLBOARD_STACK_DIR"]))
        self._operator_url = stack.database_url("deploy")
        self.committed: report.Committed = {}

    def run(self, kind: str, clients: int, *, counted: bool = True) -> None:
        """Run one slice; not counted: its figures are dropped."""
        if kind == POOLED and clients <= self._pool:
            return
        commits = self.committed.setdefault((kind, clients), Commits()) if counted else Commits()
        if kind == SIMPLE_UPDATE:
            sql_load.simple_update(
                os.environ["DATABASE_URL"], clients=clients, seconds=self._seconds, commits=commits
            )
            return
        is_hot = kind != SECTIONS
        sql_load.claim_seats(
            self._operator_url,
            settings=self._settings,
            ids=self._ids,
            first=self._next[is_hot],
            count=self._claims,
            clients=min(clients, self._pool) if kind == POOLED else clients,
            commits=commits,
        )
        self._next[is_hot] += self._claims
        self._claimed += self._claims

    def check_seats(self) -> None:
        """Raise BenchError unless each claim became a seat."""
        seats = self._connection.execute(_RUSH_SEATS).fetchone()
        if seats != (self._claimed,):
            raise BenchError(f"{self._claimed} seats were claimed, {seats} are there")


def _await_quiet(connection: psycopg.Connection) -> None:
    """Wait until nothing of the last slice runs any more: wrk leaves its last requests behind."""
    until = time.monotonic() + _QUIET_SECONDS
    while connection.execute(_BUSY).fetchone() != (0,):
        if time.monotonic() > until:
            raise BenchError(f"the database was still busy after {_QUIET_SECONDS} seconds")
        time.sleep(0.05)


def _machine(connection: psycopg.Connection) -> str:
    settings = dict(connection.execute(_SERVER_SETTINGS).fetchall())
    pages, page_size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return (
        f"{len(os.sched_getaffinity(0))} cores, {pages * page_size / 2**30:.0f} GiB, load"
        f" {os.getloadavg()[0]:.1f} before; PostgreSQL {settings['server_version'].split()[0]},"
        f" fsync {settings['fsync']}, synchronous_commit {settings['synchronous_commit']},"
        f" shared_buffers {settings['shared_buffers']}"
    )


def _report_refusals(answered: report.Answered) -> int:
    """Say what was refused where nothing should be; returns the exit code."""
    code = 0
    for (kind, clients), answers in answered.items():
        if answers.refused:
            code = 1
            counts = dict(answers.statuses) | {k: n for k, n in answers.failures.items() if n}
            print(
                f"bench: {kind} at {clients} clients: {counts}, first: {answers.refusal}",
                file=sys.stderr,
            )
    return code


def _setting(name: str, default: int) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    if not value.isdigit() or int(value) == 0:
        raise BenchError(f"{name} must be a whole number above 0")
    return int(value)


def _say(text: str) -> None:
    print(f"bench: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
