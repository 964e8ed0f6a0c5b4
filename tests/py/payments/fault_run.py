"""Families that pay while everything fails, and what must be true of their money afterwards.

    run = FaultRun(seed=5, count=12, studio=elmst, gateway=gateway)
    run.play()
    assert run.problems() == []

Everything that is chosen (fault_stories.py) comes from the seed; how the processes interleave does
not. Families (fault_families.py) try again as people do. Meanwhile the network loses, doubles,
delays and garbles, and Postgres, shim and courier die. Then everything works again, time passes,
the jobs run, and when nothing moves any more the gateway's own books are compared with ours, cent
by cent (fault_audit.py).
"""

from __future__ import annotations

import contextlib
import gzip
import itertools
import os
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg
import requests

from demo.api import Refused
from tests.py.payments.fault_audit import Audit, logs
from tests.py.payments.fault_families import Client
from tests.py.payments.fault_stories import DAY, HOUR, MINUTE, SECTIONS, Story, stories, troubles
from tests.py.payments.plans import business_day, charge
from tests.py.payments.support import (
    Gateway,
    crash_postgres,
    hurry,
    kill,
    let_leases_run_out,
    let_time_pass,
    repair,
    rows,
    run_jobs,
)
from tests.py.support import Studio, at_once

SIDE_BY_SIDE = 4
# So many families an act; between two acts everything comes to rest.
FAMILIES_AN_ACT = 25
REST_SECONDS = 60
# More for each family of the run, as each has notices, calls and messages to work off.
REST_SECONDS_EACH = 1

# What every trouble at the gateway begins with.
QUIET = {
    "status": None,
    "times": 0,
    "retry_after": None,
    "withhold_answer": 0,
    "lose_request": 0,
    "broken": None,
    "broken_times": 0,
    "slow_seconds": 0,
    "path": None,
    "method": None,
}


class Catalogue:
    """Sections at different hours, all but the last two with room for everybody."""

    def __init__(self, studio: Studio, count: int) -> None:
        few = max(2, count // 4)
        self.section_ids = [
            studio.section(
                capacity=few if number >= SECTIONS - 2 else None,
                weekdays=(number % 5 + 1,),
                starts_at=f"{9 + number}:00",
                ends_at=f"{10 + number}:00",
            )
            for number in range(SECTIONS)
        ]


class Reports:
    """Listens where Sentry would, and keeps what comes."""

    def __init__(self) -> None:
        received: list[bytes] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                received.append(body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.received = received
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.dsn = f"http://public@127.0.0.1:{self._server.server_port}/1"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def text(self) -> str:
        """Return all that was reported."""
        return b"\n".join(self.received).decode(errors="replace")


@dataclass
class FaultRun:
    """One run. `play` lets it happen, `problems` says what is wrong afterwards."""

    seed: int
    count: int
    studio: Studio
    gateway: Gateway
    is_over: bool = False
    registration_ids: list[int] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    given_back: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.catalogue = Catalogue(self.studio, self.count)
        self.staff = self.studio.staff("manager")
        self._books = threading.Lock()
        self._strangers = {each["id"] for each in self.transactions()}
        self.logs = {log: log.stat().st_size for log in logs()}

    # What happens -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def reporting(self) -> Iterator[Reports]:
        """Let shim and courier report their errors to us meanwhile."""
        reports = Reports()
        os.environ["SENTRY_DSN"] = reports.dsn
        try:
            _start_anew()
            yield reports
        finally:
            del os.environ["SENTRY_DSN"]
            _start_anew()
            reports.stop()

    def play(self) -> None:
        """Act by act: families pay while things break, then all comes to rest."""
        told = stories(self.seed, self.count)
        acts = [told[n : n + FAMILIES_AN_ACT] for n in range(0, len(told), FAMILIES_AN_ACT)]
        with self.reporting() as self.reports:
            for number, act in enumerate(acts):
                self.play_act(number, act)
                self.come_to_rest(number)
            self.pay_parts()
            self.come_to_rest(len(acts))
            self.give_back()
            self.come_to_rest(len(acts) + 1)
            self.give_back_again()
            self.come_to_rest(len(acts) + 2)

    def play_act(self, number: int, act: list[Story]) -> None:
        self.note(f"act {number}", families=len(act))
        clients = [Client(self, story) for story in act]
        self.clients += clients
        choice = random.Random(f"{self.seed}/act/{number}")
        # With webhooks switched off entirely every payment still reaches its end.
        if choice.random() < 1 / 3:
            self.switch_webhook(False)
        self.is_over = False
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            playing = [pool.submit(client.play) for client in clients]
            try:
                # Here and not beside: only a main thread may start what was killed again.
                for pause, kind, how in troubles(self.seed, number):
                    if not wait(playing, pause).not_done:
                        break
                    self.note(kind, **how)
                    getattr(self, "_" + kind.replace(" ", "_"))(**how)
            finally:
                self.is_over = True
        for done in playing:
            done.result()

    def note(self, what: str, **how: Any) -> None:
        """Keep what happens, and when."""
        words = [f"{name}={value}" for name, value in how.items()]
        self.happened.append(f"{time.monotonic() - self.began:6.1f} {' '.join([what, *words])}")

    def _gateway(self, **switches: Any) -> None:
        self.gateway.control("PATCH", "/faults", {"epg": {**QUIET, **switches}})

    def _notices(self, **switches: Any) -> None:
        self.gateway.control("PATCH", "/faults", {"notifications": switches})

    def _mail(self, **switches: Any) -> None:
        self.gateway.control("PATCH", "/faults", switches)

    def _calm(self) -> None:
        self.gateway.control("PATCH", "/faults", {"epg": QUIET})

    def _kill_postgres(self, seconds: float) -> None:
        with self._books:
            crash_postgres(lambda: time.sleep(seconds))

    def _kill_shim(self, seconds: float) -> None:
        self._kill("shim", seconds)

    def _kill_courier(self, seconds: float) -> None:
        self._kill("courier", seconds)

    def _kill(self, service: str, seconds: float) -> None:
        with self._books:
            kill(service)
        time.sleep(seconds)
        repair()

    def _time(self, seconds: float) -> None:
        self.pass_time(seconds)

    def _webhook(self, on: bool) -> None:
        self.switch_webhook(on)

    def _jobs(self) -> None:
        with self._books, contextlib.suppress(psycopg.OperationalError):
            run_jobs()
            hurry()

    def switch_webhook(self, on: bool) -> None:
        """Turn the gateway's pushes on or off."""
        self.note(f"webhook {'on' if on else 'off'}")
        self.gateway.control(
            "PUT", f"/webhooks/{self.gateway.merchant['merchant_id']}", {"on": on}
        )

    @property
    def rest_seconds(self) -> float:
        """How long it may take to come to rest."""
        return REST_SECONDS + REST_SECONDS_EACH * self.count

    def pass_time(self, seconds: float) -> None:
        """Let time pass on both sides."""
        with self._books:
            let_time_pass(self.gateway, seconds)

    def reference_of(self, registration_id: int) -> str | None:
        """Return the reference of the latest payment of a registration, as a clerk might see it."""
        with self._books:
            found = rows(
                "select p.reference from payment.payments as p where p.registration_id = %s"
                " order by p.id desc limit 1",
                registration_id,
            )
        return found[0]["reference"] if found else None

    def forge(self, reference: str, amount_minor: int) -> None:
        """Make a sale at the gateway that nobody asked for; the gateway may be away."""
        with contextlib.suppress(AssertionError, requests.RequestException, ValueError):
            self.gateway.forge({"reference": reference}, f"{amount_minor / 100:.2f}")

    def pay_parts(self) -> None:
        """Let the days come on which parts of plans are due, and break things on each of them.

        What no card will pay after all its tries staff charge in the end, by hand.
        """
        by_family = {client.family.id: client for client in self.clients}
        choice = random.Random(f"{self.seed}/parts")
        breaking = troubles(self.seed, -1)
        self.is_over = False
        # Each day that parts are due; in a long run also a week later, for what was declined.
        days = sorted(
            {
                business_day(part["due_on"]) + timedelta(days=wait)
                for part in rows(PARTS, self.registration_ids)
                for wait in ((0, 7) if self.count > FAMILIES_AN_ACT else (0,))
            }
        )
        for as_of in days:
            self._break_charges(choice, breaking)
            self.note(f"the day {as_of:%F}", open_parts=len(rows(PARTS, self.registration_ids)))
            at_once(*[lambda as_of=as_of: charge(self.studio, as_of)] * 2)
            if choice.random() < 0.5:
                self._kill_courier(choice.uniform(0, 0.5))
            for part in rows(PARTS, self.registration_ids):
                if not part["auto_pay"] and part["due_on"] <= as_of.date():
                    by_family[part["family_id"]].pay_by_hand(part)
            self._work_off(time.monotonic() + self.rest_seconds)
            run_jobs()
        self.gateway.faults()
        for part in rows(PARTS, self.registration_ids):
            if part["auto_pay"]:
                with contextlib.suppress(Refused):
                    self.staff.call("charge_installment", installment_id=part["id"])
            else:
                by_family[part["family_id"]].pay_by_hand(part)
            self._work_off(time.monotonic() + self.rest_seconds)
        self.is_over = True

    def give_back(self) -> None:
        """Let staff give money back, two of them at once, while the gateway fails and declines."""
        choice = random.Random(f"{self.seed}/regrets")
        breaking = troubles(self.seed, -2)
        self.is_over = False
        paid = self.regretting()
        for settled in (False, True):
            if settled:
                self.settle(choice)
            for registration_id, total_minor, regrets in paid:
                if regrets.endswith("settled") != settled:
                    continue
                _, _, how = next(each for each in breaking if each[1] == "gateway")
                self.note("give back", registration=registration_id, regrets=regrets, **how)
                self._gateway(
                    **{**how, "path": choice.choice((None, "/transactions"))},
                    broken_rules_as=choice.choice((400, 201)),
                    decline_voids=choice.choice((0, 0, 1)),
                    decline_refunds=choice.choice((0, 0, 1)),
                )
                amounts: list[int | None] = [None, None]
                if regrets.startswith("a part"):
                    amounts = [choice.randint(1, total_minor), choice.randint(1, total_minor)]
                elif regrets == "part by part":
                    amounts = [total_minor // 3, total_minor - total_minor // 3]
                at_once(*[lambda a=a, r=registration_id: self.refund(r, a) for a in amounts])
                if choice.random() < 0.2:
                    self._kill_courier(choice.uniform(0, 0.5))

    def give_back_again(self) -> None:
        """Let staff do what the gateway has declined once more, now that it works."""
        declined = {
            each["registration_id"]: each["details"]["amount_minor"]
            for each in self.staff.read("incidents", kind="eq.refund_failed")
        }
        for registration_id, _, regrets in self.regretting():
            if regrets.startswith("all") or regrets == "part by part":
                self.refund(registration_id, None)
            elif registration_id in declined:
                self.refund(registration_id, declined[registration_id])

    def regretting(self) -> list[tuple[int, int, str]]:
        """Return who wants money back: registration, what it costs, what it wants."""
        wanted = {client.family.id: client.story.regrets for client in self.clients}
        return [
            (row["id"], row["total_minor"], wanted[row["family_id"]])
            for row in rows(
                "select r.id, r.family_id, r.total_minor from enrollment.registrations as r"
                " where r.status in ('confirmed', 'partial') and r.id = any (%s) order by r.id",
                self.registration_ids,
            )
            if wanted[row["family_id"]] != "nothing"
        ]

    def refund(self, registration_id: int, amount_minor: int | None) -> None:
        """Let staff give money back; more than there is they are refused."""
        try:
            self.staff.call(
                "refund_payment",
                registration_id=registration_id,
                amount_minor=amount_minor,
                reason="the family has moved away",
            )
            self.given_back.add(registration_id)
        except Refused as refusal:
            assert refusal.code in ("refund_exceeds_paid", "nothing_to_refund"), refusal

    def settle(self, choice: random.Random) -> None:
        """Close the gateway's batch, perhaps by a way round."""
        way = choice.choice(("settled", "settled", "submitted", "failed"))
        self.note("close the batch", state=way)
        batches = self.gateway.control("POST", "/batches/close", {"state": way})
        if way == "submitted":
            for batch in batches:
                self.gateway.control("POST", f"/batches/{batch['id']}", {"state": "settled"})
        elif way == "failed":
            self.gateway.control("POST", "/batches/close")

    def _break_charges(
        self, choice: random.Random, breaking: Iterator[tuple[float, str, dict[str, Any]]]
    ) -> None:
        """Let the gateway lose, break or decline what comes next."""
        _, _, how = next(each for each in breaking if each[1] == "gateway")
        declines = choice.choice((0, 0, 1, 2))
        reason = choice.choice((None, "insufficientFunds", "doNotResubmit"))
        self.note("gateway", **how, declines=declines, reason=reason)
        self._gateway(
            **{**how, "path": choice.choice((None, "/transactions"))},
            decline_sales=declines,
            decline_reason=reason,
        )

    # Afterwards ---------------------------------------------------------------------------------

    def come_to_rest(self, act: int) -> None:
        """Let everything work again, and let time pass until nothing moves any more."""
        self.gateway.faults()
        repair()
        choice = random.Random(f"{self.seed}/rest/{act}")
        # What is late comes in while our side already gives up on it, or before.
        steps = choice.choice(((MINUTE, 20 * MINUTE), (HOUR,), (DAY,)))
        if choice.random() < 0.5:
            self.switch_webhook(True)
        deadline = time.monotonic() + self.rest_seconds
        for seconds in itertools.chain(steps, itertools.repeat(DAY)):
            self._work_off(deadline)
            self.note(f"at rest for {seconds} seconds", unsettled=self.unsettled())
            self._decide_at_the_gateway(choice)
            self.settle(choice)
            self.pass_time(seconds)
            run_jobs()
            self._work_off(deadline)
            if not (unsettled := self.unsettled()):
                break
            assert time.monotonic() < deadline, f"it does not come to rest: {unsettled}"
        self.switch_webhook(True)
        self.gateway.deliver()
        self._work_off(deadline)

    def _work_off(self, deadline: float) -> None:
        """Let every call and message that waits for its turn have it."""
        while True:
            let_leases_run_out()
            hurry()
            self.gateway.deliver()
            if not rows(
                "select from payment.gateway_calls where status in ('queued', 'claimed')"
                " union all select from messaging.messages where status in ('queued', 'sending')"
            ):
                return
            assert time.monotonic() < deadline, "calls or messages are stuck"
            time.sleep(0.2)

    def _decide_at_the_gateway(self, choice: random.Random) -> None:
        """Let a clerk decide what the gateway holds for review, and a bank what is pending."""
        for each in self.transactions():
            if each["state"] == "authorizationPending":
                state = choice.choice(("authorized", "declined"))
            elif each["state"] == "heldForReview":
                state = "authorized"
            else:
                continue
            self.gateway.control("POST", f"/transactions/{each['id']}", {"state": state})

    def unsettled(self) -> list[tuple[str, int]]:
        """Return what still has to reach its end: what, and how many."""
        return [
            (row["what"], row["count"])
            for row in rows(UNSETTLED, *[self.registration_ids] * 3)
            if row["count"]
        ]

    def transactions(self) -> list[dict[str, Any]]:
        """Return the transactions that the gateway has of this run, newest first."""
        found: list[dict[str, Any]] = []
        token = ""
        while True:
            page = self.gateway.api("GET", f"/transactions?limit=200{token}")
            found += page["items"]
            if page["nextPageToken"] is None:
                strangers = getattr(self, "_strangers", set())
                # Parts of other tests' plans are charged on this run's days, too.
                others = {
                    row["reference"]
                    for row in rows(
                        "select p.reference from payment.payments as p"
                        " where p.registration_id <> all (%s)",
                        self.registration_ids,
                    )
                }
                return [
                    each
                    for each in found
                    if each["id"] not in strangers and each["customReference"] not in others
                ]
            token = f"&pageToken={page['nextPageToken']}"

    def problems(self) -> list[str]:
        """Return everything that is wrong."""
        return Audit(self).problems()

    def told(self) -> str:
        """Return what happened, for whoever looks for the reason of a problem."""
        lines = [
            f"{client.story.number:4} {client.story.behaviour}: {'; '.join(client.trail)}"
            for client in self.clients
        ]
        return "\n".join([*self.happened, *lines])


def _start_anew() -> None:
    """Start shim and courier in the environment as it is now."""
    kill("shim")
    kill("courier")
    repair()


UNSETTLED = """
    select 'refunds' as what, count(*)
    from payment.refunds as f
    where f.status = 'pending' and f.registration_id = any (%s)
    union all
    select 'open payments' as what, count(*)
    from payment.payments as p
    where p.status = 'open' and p.registration_id = any (%s)
    union all
    select 'registrations not paid yet', count(*)
    from enrollment.registrations as r
    where r.status = 'pending_payment' and r.id = any (%s)
    union all
    select 'notices not done with', count(*)
    from payment.gateway_events as e
    where e.status = 'received'
    union all
    select 'calls', count(*)
    from payment.gateway_calls as c
    where c.status in ('queued', 'claimed')
    union all
    select 'messages', count(*)
    from messaging.messages as m
    where m.status in ('queued', 'sending')
"""

PARTS = """
    select i.*, l.auto_pay
    from payment.installments as i
    inner join payment.payment_plans as l
        on i.studio_id = l.studio_id and i.registration_id = l.registration_id
    where i.status not in ('paid', 'waived') and i.registration_id = any (%s)
    order by i.due_on, i.id
"""
