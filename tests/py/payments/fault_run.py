"""Families that pay while everything fails, and what must be true of their money afterwards.

    run = FaultRun(seed=5, count=12, studio=elmst, gateway=gateway)
    run.play()
    run.assert_all_is_well()

Everything that is chosen (who does what, and what breaks when) comes from the seed; how the
processes interleave does not. Families act through the API, the shim and the hosted page alone, and
try again as people do. Meanwhile the network loses, doubles, delays and garbles, and Postgres, shim
and courier die. Then everything works again, time passes, the jobs run, and when nothing moves any
more the gateway's own books are compared with ours, cent by cent.
"""

from __future__ import annotations

import contextlib
import gzip
import itertools
import os
import random
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import requests

from demo.api import Refused
from tests.py.payments.plans import business_day, charge
from tests.py.payments.support import (
    APPROVED,
    DECLINED,
    HOLDER,
    Gateway,
    ask_for_session,
    crash_postgres,
    hurry,
    kill,
    let_leases_run_out,
    let_time_pass,
    repair,
    rows,
    run_jobs,
)
from tests.py.support import Family, Studio, at_once

SIDE_BY_SIDE = 4
# So many families an act; between two acts everything comes to rest.
FAMILIES_AN_ACT = 25
MOST_ROUNDS = 4
MOST_LOOKS = 20
PATIENCE_SECONDS = 30
REST_SECONDS = 60
MINUTE, HOUR, DAY = 60, 3600, 86_400

Found = TypeVar("Found")


# ---------------------------------------------------------------- what is chosen


BEHAVIOURS = (
    "pays",
    "pays",
    "pays",
    "pays after a decline",
    "is declined",
    "leaves the page",
    "never asks for a page",
    "gives up",
    "gives up and pays all the same",
    "asks twice at once",
    "pays twice",
    "pays another amount first",
    "pays and is held for review",
    "pays and stays pending",
    "cuts it fine",
    "pays in parts",
    "pays in parts",
    "pays in parts and never comes back",
    "pays in parts after a bad card",
    "pays half now and half by hand",
)

# How it wants to pay, where not in full.
PLANS = {"pays in parts": "monthly", "pays half now": "deposit"}


@dataclass(frozen=True)
class Story:
    """What one family wants and does."""

    number: int
    behaviour: str
    students: int
    section_choices: tuple[int, ...]
    sms: bool
    comes_back: bool
    dawdles: float

    @property
    def plan_code(self) -> str:
        """The payment plan it takes."""
        return next((p for start, p in PLANS.items() if self.behaviour.startswith(start)), "full")


def stories(seed: int, count: int) -> list[Story]:
    """Return what so many families do: each kind of behaviour in turn, in an order by the seed."""
    chooser = random.Random(f"{seed}/order")
    order: list[str] = []
    while len(order) < count:
        order += chooser.sample(BEHAVIOURS, len(BEHAVIOURS))
    told = []
    for number, behaviour in enumerate(order[:count]):
        choice = random.Random(f"{seed}/family/{number}")
        told.append(
            Story(
                number,
                behaviour,
                students=choice.choice((1, 1, 2)),
                section_choices=tuple(choice.choices(range(Catalogue.SECTIONS), k=2)),
                sms=choice.random() < 0.3,
                comes_back=choice.random() < 0.5,
                dawdles=choice.uniform(0, 0.5),
            )
        )
    return told


BROKEN = ("truncated", "cut", "html", "empty", "other_resource", "redirect")


def troubles(seed: int, act: int) -> Iterator[tuple[float, str, dict[str, Any]]]:
    """Return without end: how long it is quiet, then what breaks, and how."""
    choice = random.Random(f"{seed}/troubles/{act}")

    def gateway_trouble() -> dict[str, Any]:
        path = choice.choice(
            (None, None, "/orders", "/payment-sessions", "/transactions", "/shoppers")
        )
        times = choice.randint(1, 4)
        return choice.choice(
            (
                {"status": 500, "times": times},
                {"status": 503, "times": times},
                {"status": 429, "times": times, "retry_after": choice.choice((None, 1, 60))},
                {"withhold_answer": times},
                {"withhold_answer": times, "method": "GET"},
                {"lose_request": times},
                {"broken": choice.choice(BROKEN), "broken_times": times},
                {"slow_seconds": 0.3},
            )
        ) | {"path": path, "result_in": choice.choice(("transaction", "previousTransactions"))}

    def notice_trouble() -> dict[str, Any]:
        return {
            "duplicate": choice.choice((0, 0, 1, 3)),
            "reorder": choice.random() < 0.5,
            "drop": choice.random() < 0.3,
            "delay_seconds": choice.choice((0, 0, 1, MINUTE, HOUR, DAY)),
        }

    kinds: dict[str, Callable[[], dict[str, Any]]] = {
        "gateway": gateway_trouble,
        "notices": notice_trouble,
        "mail": lambda: {
            choice.choice(("resend", "twilio")): {
                "status": choice.choice((429, 500)),
                "times": choice.randint(1, 5),
            }
        },
        "calm": dict,
        "kill postgres": lambda: {"seconds": choice.uniform(0, 0.5)},
        "kill shim": lambda: {"seconds": choice.uniform(0, 1)},
        "kill courier": lambda: {"seconds": choice.uniform(0, 2)},
        "time": lambda: {"seconds": choice.choice((30, 3 * MINUTE, 12 * MINUTE, HOUR))},
        "webhook": lambda: {"on": choice.random() < 0.5},
        "jobs": dict,
    }
    while True:
        for kind in choice.sample([*sorted(kinds), "jobs"], len(kinds) + 1):
            yield choice.uniform(0.1, 0.6), kind, kinds[kind]()


# ---------------------------------------------------------------- what there is to be had


class Catalogue:
    """Sections at different hours, all but the last two with room for everybody."""

    SECTIONS = 6

    def __init__(self, studio: Studio, count: int) -> None:
        few = max(2, count // 4)
        self.section_ids = [
            studio.section(
                capacity=few if number >= self.SECTIONS - 2 else None,
                weekdays=(number % 5 + 1,),
                starts_at=f"{9 + number}:00",
                ends_at=f"{10 + number}:00",
            )
            for number in range(self.SECTIONS)
        ]


# ---------------------------------------------------------------- a family


class Client:
    """A family on its way through its story. `refusals` keeps every code it was answered."""

    def __init__(self, run: FaultRun, story: Story) -> None:
        self.run = run
        self.story = story
        self.parent = f"Wilhelmina{secrets.token_hex(4)}"
        self.children = [f"Thelonius{secrets.token_hex(4)}" for _ in range(story.students)]
        self.phone = f"+1{secrets.randbelow(8 * 10**9) + 2 * 10**9}"
        self.family: Family = run.studio.family(
            full_name=f"{self.parent} Featherstonehaugh", phone=self.phone, sms_opt_in=story.sms
        )
        self.student_ids = [self.family.student(name) for name in self.children]
        self.refusals: list[tuple[str, int, str | None]] = []
        self.registration: dict[str, Any] = {}
        self.session: dict[str, Any] = {}
        self.trail: list[str] = []

    def personal(self) -> dict[str, str]:
        """Return what no log and no report may hold."""
        return {
            "parent": self.parent,
            "e-mail address": self.family.email,
            "phone number": self.phone,
            "token": self.family.api.token,
            "signature of the token": self.family.api.token.rpartition(".")[2],
            **{f"child {number}": name for number, name in enumerate(self.children)},
        }

    # As people do: again and again while nothing answers.

    def patiently(self, what: str, act: Callable[[], Found]) -> Found | None:
        """Do something until it is done or refused; None: refused. Time-outs are tried again.

        A family that is told that its payment is under way looks again a few times.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        looks = MOST_LOOKS
        while True:
            try:
                return act()
            except requests.RequestException:
                pass
            except Refused as refusal:
                looks -= refusal.code == "payment_under_way"
                if not is_outage(refusal) and not (
                    refusal.code == "payment_under_way" and looks and not self.run.is_over
                ):
                    self.refusals.append((what, refusal.status, refusal.code))
                    self.trail.append(f"{what}: {refusal.code}")
                    return None
            if self.run.is_over or time.monotonic() > deadline:
                self.trail.append(f"{what}: lost patience")
                return None
            time.sleep(0.2)

    def play(self) -> None:
        """Live the story: a family that is told to start over does so, a few times."""
        for _ in range(MOST_ROUNDS):
            if not self.check_out():
                return
            if self.behave():
                return
            time.sleep(0.5)

    def check_out(self) -> bool:
        """Have a registration that can be paid, the one there is or a new one."""
        if self.registration and self.status() == "pending_payment":
            return True
        if self.registration and self.status() == "confirmed":
            return False
        key = secrets.token_hex(16)
        items = [
            (student_id, self.run.catalogue.section_ids[choice])
            for student_id, choice in zip(
                self.student_ids, self.story.section_choices, strict=False
            )
        ]
        cart_id = self.fill_cart(items)
        if cart_id is None:
            return False
        quote = self.patiently(
            "quote",
            lambda: self.family.api.call(
                "quote", cart_id=cart_id, plan_code=self.story.plan_code
            ),
        )
        if quote is None:
            return False
        registration = self.patiently(
            "checkout",
            lambda: self.family.api.call(
                "checkout", cart_id=cart_id, quote_id=quote["quote_id"], idempotency_key=key
            ),
        )
        if registration is None:
            return False
        self.registration = {**registration, "due_minor": quote["schedule"][0]["amount_minor"]}
        self.run.registration_ids.append(registration["registration_id"])
        self.trail.append(f"checked out {registration['registration_id']}")
        return True

    def fill_cart(self, items: list[tuple[int, int]]) -> int | None:
        """Have everything in the cart; what went in before its answer was lost is there already."""
        api = self.family.api
        cart_id = self.patiently(
            "open cart", lambda: api.call("open_cart", term_id=self.run.studio.term_id)
        )
        for student_id, section_id in items:
            wanted = {"cart_id": cart_id, "student_id": student_id, "section_id": section_id}
            put = cart_id and self.patiently(
                "put", lambda wanted=wanted: api.call("put_cart_item", **wanted) or True
            )
            if put is None and self.refusals[-1:] != [("put", 409, "already_in_cart")]:
                return None
        return cart_id

    def status(self) -> str | None:
        """Return the status of the registration, as the family sees it."""
        found = self.patiently(
            "look",
            lambda: self.family.api.read(
                "registrations", id=f"eq.{self.registration['registration_id']}"
            ),
        )
        return found[0]["status"] if found else None

    # Steps --------------------------------------------------------------------------------------

    def open_page(self, **wanted: Any) -> bool:
        """Ask the shim for a page to pay on."""

        def ask() -> dict[str, Any]:
            response = ask_for_session(
                self.family, self.registration["registration_id"], **wanted
            )
            if not response.ok:
                raise Refused(response)
            return response.json()

        session = self.patiently("page", ask)
        if session is None:
            return False
        self.session = session
        return True

    def enter_card(self, number: str = APPROVED) -> int:
        """Fill in the page; return what it said."""
        time.sleep(self.story.dawdles)
        said = self.run.gateway.pay(self.session, number)
        self.trail.append(f"card {'approved' if number == APPROVED else 'bad'}: {said}")
        if said == 303 and self.story.comes_back:
            self.come_back()
        return said

    def come_back(self) -> None:
        """Arrive at the studio's page again, which asks what became of the payment."""
        self.patiently(
            "come back",
            lambda: self.family.api.call("check_payment", payment_id=self.session["payment_id"]),
        )

    def pay(self) -> bool:
        """Go to the page and pay; False: it is too late for this one."""
        return self.open_page() and self.enter_card() in (303, 409)

    # Behaviours: True when the family is done, False when it starts over. -------------------------

    def behave(self) -> bool:
        name = "does_" + self.story.behaviour.replace(" ", "_")
        done: bool = getattr(self, name)()
        return done

    def does_pays(self) -> bool:
        return self.pay()

    def does_pays_after_a_decline(self) -> bool:
        if not self.open_page() or self.enter_card(DECLINED) not in (402, 409):
            return False
        return self.enter_card() in (303, 409)

    def does_is_declined(self) -> bool:
        return self.open_page() and self.enter_card(DECLINED) in (402, 409)

    def does_leaves_the_page(self) -> bool:
        self.open_page()
        return True

    def does_never_asks_for_a_page(self) -> bool:
        return True

    def does_gives_up(self) -> bool:
        self.open_page()
        self.patiently(
            "give up",
            lambda: self.family.api.call(
                "abandon_checkout", registration_id=self.registration["registration_id"]
            ),
        )
        return True

    def does_gives_up_and_pays_all_the_same(self) -> bool:
        if self.open_page():
            self.patiently(
                "give up",
                lambda: self.family.api.call(
                    "abandon_checkout", registration_id=self.registration["registration_id"]
                ),
            )
            self.enter_card()
        return True

    def does_asks_twice_at_once(self) -> bool:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: self.open_page(), range(2)))
        return self.pay()

    def does_pays_twice(self) -> bool:
        """Once on the page, once by a clerk at the gateway who knew the reference."""
        if not self.pay():
            return False
        self.forge(self.amount())
        return True

    def does_pays_another_amount_first(self) -> bool:
        if not self.open_page():
            return False
        self.forge(self.amount() - 1)
        return self.enter_card() in (303, 409)

    def does_pays_and_is_held_for_review(self) -> bool:
        self.run.gateway.control("PATCH", "/faults", {"epg": {"hold_for_review": 1}})
        return self.pay()

    def does_pays_and_stays_pending(self) -> bool:
        self.run.gateway.control("PATCH", "/faults", {"epg": {"leave_pending": 1}})
        return self.pay()

    def does_cuts_it_fine(self) -> bool:
        """The page is opened, and paid after so long that it may have ended."""
        if not self.open_page():
            return False
        self.run.pass_time(9 * MINUTE + 50)
        return self.enter_card() in (303, 409)

    def does_pays_in_parts(self) -> bool:
        if not self.pay():
            return False
        self.come_back()
        return True

    def does_pays_in_parts_and_never_comes_back(self) -> bool:
        return self.pay()

    def does_pays_in_parts_after_a_bad_card(self) -> bool:
        """The page takes any card; that this one is declined shows when it is charged."""
        if not self.open_page() or self.enter_card(DECLINED) not in (303, 409):
            return False
        self.come_back()
        declined = self.session["payment_id"]
        deadline = time.monotonic() + PATIENCE_SECONDS / 2
        while not self.run.is_over and time.monotonic() < deadline:
            if self.open_page() and self.session["payment_id"] != declined:
                return self.enter_card() in (303, 409)
            if self.status() != "pending_payment":
                return False
            time.sleep(0.5)
        return False

    def does_pays_half_now_and_half_by_hand(self) -> bool:
        return self.pay()

    def pay_by_hand(self, installment: dict[str, Any]) -> None:
        """Pay a part of the plan on a page of its own."""
        if self.open_page(installment_id=installment["id"]):
            self.enter_card()

    def amount(self) -> int:
        return int(self.registration["due_minor"])

    def forge(self, amount_minor: int) -> None:
        """Let a sale be made under the reference of this registration's payment."""
        reference = self.run.reference_of(self.registration["registration_id"])
        if reference is not None:
            self.run.forge(reference, amount_minor)
            self.trail.append(f"forged {amount_minor}")


def is_outage(refusal: Refused) -> bool:
    """Say whether a refusal means that somebody is away, which people wait out.

    PostgREST has no code for a connection that broke under a request, and says 400; the shim says
    that the gateway is away with a code of ours and 5xx.
    """
    return refusal.status >= 500 or not refusal.code


# ---------------------------------------------------------------- error reports


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


# ---------------------------------------------------------------- the run


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

    def __post_init__(self) -> None:
        self.catalogue = Catalogue(self.studio, self.count)
        self._books = threading.Lock()
        self._strangers = {each["id"] for each in self.transactions()}
        self._logs = {log: log.stat().st_size for log in _logs()}

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
        staff = self.studio.staff()
        by_family = {client.family.id: client for client in self.clients}
        choice = random.Random(f"{self.seed}/parts")
        breaking = troubles(self.seed, -1)
        self.is_over = False
        # Each day that parts are due; in a long run also a week later, for those that were declined.
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
            self._work_off(time.monotonic() + REST_SECONDS)
            run_jobs()
        self.gateway.faults()
        for part in rows(PARTS, self.registration_ids):
            if part["auto_pay"]:
                with contextlib.suppress(Refused):
                    staff.call("charge_installment", installment_id=part["id"])
            else:
                by_family[part["family_id"]].pay_by_hand(part)
            self._work_off(time.monotonic() + REST_SECONDS)
        self.is_over = True

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
        steps = choice.choice(((MINUTE, 20 * MINUTE, DAY), (HOUR, DAY), (DAY,)))
        if choice.random() < 0.5:
            self.switch_webhook(True)
        deadline = time.monotonic() + REST_SECONDS
        for seconds in itertools.chain(steps, itertools.repeat(20 * MINUTE)):
            self._work_off(deadline)
            self.note(f"at rest for {seconds} seconds", unsettled=self.unsettled())
            self._decide_at_the_gateway(choice)
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
            for row in rows(UNSETTLED, self.registration_ids, self.registration_ids)
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
                return [each for each in found if each["id"] not in strangers]
            token = f"&pageToken={page['nextPageToken']}"

    # What must be true --------------------------------------------------------------------------

    def problems(self) -> list[str]:
        """Return everything that is wrong."""
        at_gateway = {each["id"]: each for each in self.transactions()}
        in_books = {
            row["gateway_id"]: row
            for row in rows(
                "select t.*, p.registration_id from payment.transactions as t"
                " inner join payment.payments as p"
                " on t.studio_id = p.studio_id and t.payment_id = p.id"
                " where p.registration_id = any (%s)",
                self.registration_ids,
            )
        }
        return [
            *self._money_problems(at_gateway, in_books),
            *self._registration_problems(at_gateway, in_books),
            *self._ledger_problems(at_gateway, in_books),
            *self._message_problems(),
            *self._work_list_problems(),
            *self._log_problems(),
            *self._answer_problems(),
        ]

    def _money_problems(
        self, at_gateway: dict[str, Any], in_books: dict[str, Any]
    ) -> Iterator[str]:
        """Every cent that the gateway has taken or given back is in the books, and no other."""
        for gateway_id, there in at_gateway.items():
            if not there["isAuthorized"]:
                continue
            here = in_books.get(gateway_id)
            if here is None:
                yield f"the books know nothing of {there['type']} {gateway_id}: {there['state']}"
            elif here["amount_minor"] != _minor(there["total"]):
                yield f"another amount of {gateway_id} in the books"
            elif _is_live(there["state"]) != _is_live(here["state"]):
                yield f"{gateway_id} is {there['state']} there, {here['state']} here"
        for gateway_id, here in in_books.items():
            if here["is_authorized"] and gateway_id not in at_gateway:
                yield f"the gateway knows nothing of {gateway_id}"

    def _registration_problems(
        self, at_gateway: dict[str, Any], in_books: dict[str, Any]
    ) -> Iterator[str]:
        """Confirmed is what is paid, once, and has its seats; nothing else has money or seats."""
        net: Counter[int] = Counter()
        sales: Counter[int] = Counter()
        for gateway_id, there in at_gateway.items():
            if gateway_id in in_books and there["isAuthorized"] and _is_live(there["state"]):
                registration_id = in_books[gateway_id]["registration_id"]
                if there["type"] == "sale":
                    net[registration_id] += _minor(there["total"])
                    sales[registration_id] += 1
                elif there["type"] == "refund":
                    net[registration_id] -= _minor(there["total"])
        for row in rows(REGISTRATIONS, self.registration_ids):
            name = f"registration {row['id']} ({row['status']})"
            paid = net[row["id"]]
            if paid != row["paid_minor"]:
                yield f"{name}: {paid} at the gateway, {row['paid_minor']} in the books"
            if row["status"] == "confirmed":
                if paid != row["cost_minor"]:
                    yield f"{name}: costs {row['cost_minor']}, paid {paid}"
                if sales[row["id"]] != row["parts"]:
                    yield f"{name}: {row['parts']} parts, paid by {sales[row['id']]} sales"
                if row["open_parts"]:
                    yield f"{name}: {row['open_parts']} parts are still open"
                if row["confirmations"] != 1:
                    yield f"{name}: {row['confirmations']} confirmations"
                if row["enrollments"] != row["seated"] or not row["enrollments"]:
                    yield f"{name}: {row['enrollments']} enrollments, {row['seated']} with seats"
            elif row["status"] == "pending_payment":
                yield f"{name} is still open"
            else:
                if paid:
                    yield f"{name}: paid {paid}"
                if row["seated"]:
                    yield f"{name} has seats"

    def _ledger_problems(
        self, at_gateway: dict[str, Any], in_books: dict[str, Any]
    ) -> Iterator[str]:
        """The ledger holds the cents that the gateway holds, and owes nobody any."""
        family_ids = [client.family.id for client in self.clients]
        balance = {
            row["account"]: int(row["balance"]) for row in rows(BALANCES, family_ids)
        }
        held = sum(
            _minor(there["total"]) * {"sale": 1, "refund": -1, "void": 0}[there["type"]]
            for gateway_id, there in at_gateway.items()
            if there["isAuthorized"] and _is_live(there["state"])
        )
        posted = balance.get("cash", 0) + balance.get("cash_in_transit", 0)
        if posted != held:
            yield f"{held} at the gateway, {posted} in the ledger"
        if sum(balance.values()):
            yield f"the ledger is out of balance by {sum(balance.values())}"
        for account in ("receivable", "unapplied"):
            if balance.get(account, 0):
                yield f"{balance[account]} left on {account}"

    def _message_problems(self) -> Iterator[str]:
        """Each confirmed family was told once by e-mail; nobody else was told that."""
        for row in rows(TOLD, self.registration_ids):
            wanted = 1 if row["status"] == "confirmed" else 0
            if row["mails"] != wanted:
                yield f"registration {row['id']} ({row['status']}): {row['mails']} confirmations sent"
        for row in rows(MAILS, [client.family.id for client in self.clients]):
            [email] = [c.family.email for c in self.clients if c.family.id == row["family_id"]]
            came = len(self.gateway.inbox(email))
            # Of one that was given up nobody knows whether it came.
            if not row["sent"] <= came <= row["sent"] + row["failed"]:
                yield f"family {row['family_id']} got {came} e-mails: {row['sent']} were sent"

    def _work_list_problems(self) -> Iterator[str]:
        for row in self.studio.staff("manager").read("incidents"):
            if row["registration_id"] in (None, *self.registration_ids):
                yield f"left for staff: {row['kind']} {row['details']}"

    def _log_problems(self) -> Iterator[str]:
        """No log and no report of an error names anybody; nobody was caught in a deadlock."""
        personal = {
            "card number": APPROVED,
            "declined card number": DECLINED,
            "card holder": HOLDER,
            "gateway key": self.gateway.merchant["secret_key"],
            "webhook password": self.gateway.merchant["webhook_password"],
        }
        written = {log.name: _tail(log, self._logs.get(log, 0)) for log in _logs()}
        written["reports of errors"] = self.reports.text()
        everybody = [personal, *(client.personal() for client in self.clients)]
        for name, text in written.items():
            for person in everybody:
                for what, value in person.items():
                    if value in text:
                        yield f"{name} holds a {what}"
        for line in written["postgres.log"].splitlines():
            if DEFECT.search(line):
                yield f"postgres.log: {line}"

    def _answer_problems(self) -> Iterator[str]:
        """Nobody was refused for a reason that is none."""
        for client in self.clients:
            for what, status, code in client.refusals:
                if code not in EXPECTED:
                    yield f"family {client.story.number} was refused: {what} {status} {code}"

    def told(self) -> str:
        """Return what happened, for whoever looks for the reason of a problem."""
        lines = [
            f"{client.story.number:4} {client.story.behaviour}: {'; '.join(client.trail)}"
            for client in self.clients
        ]
        return "\n".join([*self.happened, *lines])


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

# What Postgres must never have to say.
DEFECT = re.compile(r"deadlock detected|violates|PANIC|could not serialize|FATAL:  terminating.*bug")

# Why a family may be refused although nothing is wrong with us.
EXPECTED = {
    "already_in_cart",
    "seat_unavailable",
    "waitlist_only",
    "hold_expired",
    "registration_expired",
    "registration_not_pending",
    "registration_closed",
    "payment_under_way",
    "payment_refused",
}

LIVE = ("authorized", "captured", "settled", "settlementDelayed")

UNSETTLED = """
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

BALANCES = """
    select e.account, sum(e.amount_minor) as balance
    from payment.ledger_entries as e
    where e.family_id = any (%s)
    group by e.account
"""

REGISTRATIONS = """
    select
        r.id,
        r.status,
        r.total_minor + coalesce((
            select sum(c.price_change_minor)
            from enrollment.changes as c
            inner join enrollment.enrollments as e
                on c.studio_id = e.studio_id and c.enrollment_id = e.id
            where e.studio_id = r.studio_id and e.registration_id = r.id
        ), 0) as cost_minor,
        coalesce((
            select sum(case t.type when 'sale' then t.amount_minor else -t.amount_minor end)
            from payment.payments as p
            inner join payment.transactions as t
                on p.studio_id = t.studio_id and p.id = t.payment_id
            where
                p.studio_id = r.studio_id
                and p.registration_id = r.id
                and t.type in ('sale', 'refund')
                and t.is_authorized
                and t.state in ('authorized', 'captured', 'settled', 'settlementDelayed')
        ), 0) as paid_minor,
        greatest(1, (
            select count(*)
            from payment.installments as i
            where
                i.studio_id = r.studio_id and i.registration_id = r.id and i.amount_minor > 0
        )) as parts,
        (
            select count(*)
            from payment.installments as i
            where
                i.studio_id = r.studio_id
                and i.registration_id = r.id
                and i.status not in ('paid', 'waived')
        ) as open_parts,
        (
            select count(*)
            from enrollment.confirmations as c
            where c.studio_id = r.studio_id and c.registration_id = r.id
        ) as confirmations,
        (
            select count(*)
            from enrollment.enrollments as e
            where e.studio_id = r.studio_id and e.registration_id = r.id
        ) as enrollments,
        (
            select count(distinct s.enrollment_id)
            from enrollment.enrollments as e
            inner join enrollment.seats as s
                on e.studio_id = s.studio_id and e.id = s.enrollment_id
            where e.studio_id = r.studio_id and e.registration_id = r.id
        ) as seated
    from enrollment.registrations as r
    where r.id = any (%s)
    order by r.id
"""

MAILS = """
    select
        m.family_id,
        count(*) filter (where m.status in ('sent', 'delivered', 'bounced', 'complained')) as sent,
        count(*) filter (where m.status = 'failed') as failed
    from messaging.messages as m
    where m.channel = 'email' and m.family_id = any (%s)
    group by m.family_id
"""

PARTS = """
    select i.*, l.auto_pay
    from payment.installments as i
    inner join payment.payment_plans as l
        on i.studio_id = l.studio_id and i.registration_id = l.registration_id
    where i.status not in ('paid', 'waived') and i.registration_id = any (%s)
    order by i.due_on, i.id
"""

TOLD = """
    select
        r.id,
        r.status,
        (
            select count(*)
            from messaging.messages as m
            where
                m.studio_id = r.studio_id
                and m.registration_id = r.id
                and m.template_code = 'registration_confirmed'
                and m.channel = 'email'
                and m.status in ('sent', 'delivered', 'bounced', 'complained')
        ) as mails
    from enrollment.registrations as r
    where r.id = any (%s)
    order by r.id
"""

def _start_anew() -> None:
    """Start shim and courier in the environment as it is now."""
    kill("shim")
    kill("courier")
    repair()


def _minor(money: dict[str, str]) -> int:
    return int(Decimal(money["amount"]) * 100)


def _is_live(state: str) -> bool:
    return state in LIVE


def _logs() -> list[Path]:
    return sorted(Path(os.environ["CALLBOARD_LOG_DIR"]).glob("*.log"))


def _tail(log: Path, since: int) -> str:
    with log.open("rb") as file:
        file.seek(since)
        return file.read().decode(errors="replace")
