"""Notices of the gateway at the shim: from the POST until the registration is confirmed.

Families of the demo studio elmst wait at a hosted page, and the gateway's stand-in has a sale of
each. The notices are delivered by wrk, each once; the shim answers 201 when what a notice points at
was fetched and applied, in one transaction with the confirmation. Shim, stand-in, courier and
Postgres are the processes that `make run` starts, and share the machine with wrk.
"""

from __future__ import annotations

import base64
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import requests
from psycopg.rows import dict_row

from bench.errors import BenchError
from bench.http_load import Answers, Requests
from demo import operator
from tools.services import Services

SLUG = "elmst"
# What wrk sends: notices of a sale, notices of a kind that means nothing here, and what the shim
# itself asks the stand-in for, without a notice.
CONFIRMING, UNKNOWN, FETCH = "confirming", "unknown", "fetch"
CLIENTS = (8, 32)
_SLICES = 2
# All slices of a kind, with the one that is not counted.
_ALL_SLICES = 1 + _SLICES * len(CLIENTS)
# Sales are made by so many at a time.
_PAYING = 8
_REST_SECONDS = 60
_CARD = "4546341111111119"
_HOST = "https://gw.sandbox.invalid"
_FOLDER = Path(__file__).parent
# They ask about payments that nobody told of, which here are those whose turn comes later.
_ASKING = [
    "list_notices", "ask_quiet_payments", "ask_ended_sessions", "fetch_unsettled_notices",
    "retry_refunds",
]

# Payments of this bench by what became of their notice, registration and seat.
_OUTCOMES = """
    select
        concat_ws(
            ' ', coalesce(e.status, 'no notice'), p.status, r.status,
            (select string_agg(distinct s.status, ',')
                from enrollment.enrollments as n
                inner join enrollment.seats as s
                    on n.studio_id = s.studio_id and n.id = s.enrollment_id
                where n.studio_id = r.studio_id and n.registration_id = r.id)
        ) as outcome,
        count(*) as payments
    from payment.payments as p
    inner join enrollment.registrations as r
        on p.studio_id = r.studio_id and p.registration_id = r.id
    left join payment.transactions as t on p.studio_id = t.studio_id and p.id = t.payment_id
    left join payment.gateway_events as e on t.gateway_id = e.resource_id
    where p.reference like 'pay-told-%'
    group by 1
"""
_CONFIRMED = "applied authorized confirmed confirmed"
_UNTOUCHED = "no notice open pending_payment held"
_UNDER_WAY = """
    select count(*) from payment.gateway_calls as c where c.status in ('queued', 'claimed')
"""


@dataclass
class Measured:
    """What came back.

    Fields:
        answered: by kind and number of clients.
        cpu: seconds of the cores that each process took for confirming, by number of clients.
        outcomes: payments by what became of them, once everything was at rest.
    """

    answered: dict[tuple[str, int], Answers] = field(default_factory=dict)
    cpu: dict[int, Counter[str]] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def confirmed(self) -> int:
        """Registrations that were confirmed, also by notices whose answer wrk did not await."""
        return self.outcomes[_CONFIRMED]

    @property
    def refused(self) -> int:
        """Notices of sales that were answered otherwise than 201, or not at all."""
        return sum(
            answers.refused for (kind, _), answers in self.answered.items() if kind == CONFIRMING
        )

    @property
    def others(self) -> int:
        """Payments that came to another end than confirmed or untouched."""
        return self.outcomes.total() - self.outcomes[_CONFIRMED] - self.outcomes[_UNTOUCHED]


def measure(notices: int, seconds: int, say: Callable[[str], None]) -> Measured:
    """Load, let sales be made, deliver.

    Arguments:
        notices: how many sales to prepare, each of a family of its own.
        seconds: of each figure, in slices.

    Errors: BenchError when it was measured in this database before, or the notices were not enough.
    psycopg.Error.
    """
    known = json.loads((Path(os.environ["CALLBOARD_STACK_DIR"]) / "secrets.json").read_text())
    gateway = _Gateway(known["merchants"][SLUG.upper()])
    say(f"webhooks: {notices} families at a hosted page")
    payments = load(notices, "told")
    measured = Measured()
    with (
        tempfile.TemporaryDirectory(prefix="callboard-bench-") as folder,
        psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection,
        paused(connection),
        gateway.silent(),
        requests.Session() as http,
    ):
        http.trust_env = False
        with ThreadPoolExecutor(_PAYING) as pool:
            sales = list(pool.map(lambda payment: gateway.sell(http, payment), payments))
        connection.execute("vacuum analyze")
        shim, stand_in = os.environ["THIN_API_URL"], os.environ["SANDBOX_URL"]
        loads = {
            CONFIRMING: (shim, gateway.notices(Path(folder) / CONFIRMING, sales)),
            UNKNOWN: (
                shim,
                gateway.notices(
                    Path(folder) / UNKNOWN,
                    (f"rev{number:08}" for number in range(40 * notices)),
                    eventType="reviewed",
                    resourceType="review",
                ),
            ),
            FETCH: (stand_in, gateway.fetches(Path(folder) / FETCH, sales)),
        }
        say("webhooks: warming up")
        for kind, (url, prepared) in loads.items():
            prepared.send(url, clients=max(CLIENTS), seconds=-(-seconds // _SLICES),
                          answers=Answers())
            _rest(connection)
        connection.execute("vacuum analyze")
        for clients in CLIENTS:
            say(f"webhooks: delivering with {clients} clients")
            for _ in range(_SLICES):
                for kind, (url, prepared) in loads.items():
                    before = _cpu_seconds()
                    prepared.send(
                        url,
                        clients=clients,
                        seconds=-(-seconds // _SLICES),
                        answers=measured.answered.setdefault((kind, clients), Answers()),
                    )
                    if kind == CONFIRMING:
                        taken = measured.cpu.setdefault(clients, Counter())
                        taken.update(_cpu_seconds() - before)
                    _rest(connection)
        measured.outcomes = Counter(dict(connection.execute(_OUTCOMES).fetchall()))
    return measured


def prepared_for(seconds: int, per_second: int) -> int:
    """Return how many notices are enough for all slices at so many a second."""
    return -(-seconds // _SLICES) * _ALL_SLICES * per_second


class _Gateway:
    """The gateway's stand-in, seen by the merchant, and what it would tell the shim.

    Arguments:
        merchant: its account, as the stack made it.
    """

    def __init__(self, merchant: dict[str, str]) -> None:
        self._merchant = merchant
        self._url = os.environ["SANDBOX_URL"]
        self._headers = {
            "Accept": "application/json;charset=UTF-8",
            "Accept-Version": "1",
            "Content-Type": "application/json",
            "Authorization": _basic(merchant["alias"], merchant["secret_key"]),
        }

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Tell nothing by itself meanwhile: the notices are ours to deliver, and there are no others.

        The messages to the families are sent all the same.
        """
        self._switch(
            {
                "notifications": {"drop": True},
                "twilio": {"outcome": None},
                "resend": {"outcome": None},
            }
        )
        try:
            yield
        finally:
            self._switch({})

    def sell(self, http: requests.Session, payment: dict[str, Any]) -> str:
        """Take an approved card for a payment and return the sale's id."""
        answer = http.post(
            f"{self._url}/epg/transactions",
            data=json.dumps(
                {
                    "total": payment["total"],
                    "orderReference": payment["reference"],
                    "shopperInteraction": "telephoneOrder",
                    "card": {
                        "holderName": "Ana Bench",
                        "number": _CARD,
                        "expirationMonth": 12,
                        "expirationYear": time.gmtime().tm_year + 3,
                        "securityCode": "123",
                    },
                }
            ),
            headers=self._headers,
            timeout=60,
        )
        if answer.status_code != 201:
            raise BenchError(f"the stand-in made no sale: {answer.status_code} {answer.text}")
        return answer.json()["id"]

    def notices(self, file: Path, resource_ids: Iterable[str], **fields: str) -> Requests:
        """Prepare a notice for each of some resources; fields replace the form's own."""
        authorization = _basic(
            self._merchant["webhook_user"], self._merchant["webhook_password"]
        )
        file.touch(mode=0o600)
        with file.open("w") as lines:
            for resource_id in resource_ids:
                notice = {
                    "href": f"{_HOST}/notifications/{resource_id}n",
                    "id": f"{resource_id}n",
                    "merchant": f"{_HOST}/merchants/{self._merchant['merchant_id']}",
                    "createdAt": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
                    "eventType": "saleAuthorized",
                    "resourceType": "transaction",
                    "resource": f"{_HOST}/transactions/{resource_id}",
                    **fields,
                }
                lines.write(f"POST\t/webhooks/epg\t{authorization}\t{json.dumps(notice)}\n")
        return Requests(file, once=True, more="BENCH_NOTICES")

    def fetches(self, file: Path, sales: Iterable[str]) -> Requests:
        """Prepare what the shim asks for each sale."""
        file.touch(mode=0o600)
        with file.open("w") as lines:
            for sale in sales:
                lines.write(f"GET\t/epg/transactions/{sale}\t{self._headers['Authorization']}\t\n")
        return Requests(file)

    def _switch(self, faults: dict[str, Any]) -> None:
        with requests.Session() as http:
            http.trust_env = False
            http.put(f"{self._url}/control/faults", json=faults, timeout=60).raise_for_status()


def load(families: int, tag: str) -> list[dict[str, Any]]:
    """Load families that wait at a hosted page; answers reference and total of each payment.

    Errors: BenchError when there are some with this tag. psycopg.Error.
    """
    with operator.session(SLUG) as connection:
        if connection.execute(
            "select 1 from identity.families as f"
            " where f.studio_id = auth.studio_id() and f.name = %s",
            (f"{tag} 1",),
        ).fetchone():
            raise BenchError("this database was measured before; `make bench` makes a fresh one")
        connection.execute(
            "select set_config('bench.families', %s, true), set_config('bench.tag', %s, true)",
            (str(families), tag),
        )
        cursor = connection.cursor(row_factory=dict_row)
        cursor.execute((_FOLDER / "webhooks.sql").read_text())
        while cursor.nextset():
            pass
        return cursor.fetchall()


@contextmanager
def paused(connection: psycopg.Connection) -> Iterator[None]:
    """Let the jobs that ask the gateway rest meanwhile."""
    switch = "update cron.job set active = %s where jobname = any (%s)"
    connection.execute(switch, (False, _ASKING))
    try:
        yield
    finally:
        connection.execute(switch, (True, _ASKING))


def _rest(connection: psycopg.Connection) -> None:
    """Wait until what was told is done with, also what wrk left behind."""
    until = time.monotonic() + _REST_SECONDS
    quiet = 0
    while quiet < 5:
        quiet = quiet + 1 if connection.execute(_UNDER_WAY).fetchone() == (0,) else 0
        if time.monotonic() > until:
            raise BenchError(f"calls were still under way after {_REST_SECONDS} seconds")
        time.sleep(0.1)


def _cpu_seconds() -> Counter[str]:
    """Return what each process of the stack has taken of the cores so far."""
    run_dir = Path(os.environ["CALLBOARD_STACK_DIR"])
    services = Services(run_dir)
    running = {name: services.process(name) for name in ("shim", "courier", "sandbox", "postgrest")}
    seconds = Counter({name: sum(_times(p.pid)[:2]) for name, p in running.items() if p})
    # Its backends, and those that have ended by now.
    postmaster = int((Path(os.environ["PGDATA"]) / "postmaster.pid").read_text().split()[0])
    seconds["postgres"] = sum(_times(postmaster)) + sum(
        sum(_times(pid)[:2])
        for pid in (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
        if _stat(pid)[1:2] == [str(postmaster)]
    )
    return seconds


def _times(pid: int) -> tuple[float, ...]:
    """Return user and system time of a process and of its children that have ended, in seconds."""
    ticks = _stat(pid)[11:15] or ["0"]
    return tuple(int(tick) / os.sysconf("SC_CLK_TCK") for tick in ticks)


def _stat(pid: int) -> list[str]:
    """Return what /proc says of a process, from its state on; nothing of one that has ended."""
    try:
        # Behind the name, which may have blanks in it.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
