"""Power cuts: whatever dies, and wherever it dies, the family ends with one confirmation."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from demo.api import Refused
from tests.py.payments.support import (
    Found,
    Gateway,
    ask_for_session,
    assert_confirmed_once,
    crash_postgres,
    eventually,
    kill,
    let_leases_run_out,
    locked,
    messages_of,
    open_session,
    paused,
    payments_of,
    pid_of,
    repair,
    rows,
    status_of,
)
from tests.py.support import Family, Studio, at_once

PATIENCE_SECONDS = 30
# As many as the stack lets it have.
POSTGREST_CONNECTIONS = 10


def patiently(act: Callable[[], Found]) -> Found:
    """Do something as a family does: try again while the service is away."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return act()
        except requests.ConnectionError:
            pass
        except Refused as refusal:
            # PostgREST has no code for a connection that broke under a request, and says 400.
            if refusal.code and refusal.status < 500:
                raise
        assert time.monotonic() < deadline, "the service did not come back"
        time.sleep(0.1)


@pytest.fixture(autouse=True)
def everything_works_again(gateway: Gateway, elmst: Studio) -> Iterator[None]:
    """Wait until PostgREST has found out about each of its connections that a crash has broken."""
    yield
    eventually(
        lambda: all(
            at_once(*[lambda: elmst.anybody().get("terms").ok] * POSTGREST_CONNECTIONS)
        )
    )


class Checkout:
    """A family's way from the catalogue to its confirmation, one step at a time."""

    STEPS = (
        "read_catalogue", "fill_cart", "ask_price", "check_out", "open_page", "enter_card",
        "hear_of_it",
    )

    def __init__(self, studio: Studio, gateway: Gateway, section_id: int) -> None:
        self.studio = studio
        self.gateway = gateway
        self.section_id = section_id
        self.phone = f"+1{secrets.randbelow(8 * 10**9) + 2 * 10**9}"
        self.key = secrets.token_hex(16)

    def read_catalogue(self) -> None:
        found = self.studio.anybody().read("sections", id=f"eq.{self.section_id}")
        assert [section["id"] for section in found] == [self.section_id]

    def fill_cart(self) -> None:
        self.family = self.studio.family(phone=self.phone, sms_opt_in=True)
        self.cart_id = self.family.cart((self.family.student(), self.section_id))

    def ask_price(self) -> None:
        self.quote_id = self.family.api.call("quote", cart_id=self.cart_id)["quote_id"]

    def check_out(self) -> None:
        self.registration = self.family.api.call(
            "checkout", cart_id=self.cart_id, quote_id=self.quote_id, idempotency_key=self.key
        )

    def open_page(self) -> None:
        response = ask_for_session(self.family, self.registration["registration_id"])
        if not response.ok:
            raise Refused(response)
        self.session = response.json()

    def enter_card(self) -> None:
        # The gateway tells of it later: so that there is a moment between the two.
        self.gateway.faults(notifications={"delay_seconds": 1})
        assert self.gateway.pay(self.session) == 303

    def hear_of_it(self) -> None:
        self.gateway.deliver(1)
        # A notice that met a database in recovery comes again after half a minute.
        self.gateway.deliver(30)
        eventually(lambda: status_of(self.registration) == "confirmed")


@pytest.mark.parametrize("last_step", Checkout.STEPS)
def test_postgres_dies_after(
    gateway: Gateway, elmst: Studio, section_id: int, last_step: str
) -> None:
    checkout = Checkout(elmst, gateway, section_id)
    done = Checkout.STEPS.index(last_step) + 1
    with paused(pid_of("courier")):
        # So that after the last step the messages are still to be sent.
        for step in Checkout.STEPS[:done]:
            getattr(checkout, step)()
        crash_postgres()
    for step in Checkout.STEPS[done:]:
        patiently(getattr(checkout, step))
    assert_told_once(checkout)


def test_postgres_dies_before_the_gateway_tells(
    gateway: Gateway, elmst: Studio, section_id: int
) -> None:
    """The card is entered, and the notice comes, while there is no database."""
    checkout = Checkout(elmst, gateway, section_id)
    for step in Checkout.STEPS[:5]:
        getattr(checkout, step)()

    payment = payments_of(checkout.registration)[0]

    def pay_and_tell() -> None:
        assert gateway.pay(checkout.session) == 303
        gateway.deliver()
        [delivery] = gateway.deliveries_of(payment["session_ref"])
        assert [attempt["status"] for attempt in delivery["attempts"]] == [503]

    crash_postgres(meanwhile=pay_and_tell)
    gateway.deliver(30)
    assert_told_once(checkout)


def test_a_step_repeated_after_a_lost_answer_is_done_once(
    gateway: Gateway, elmst: Studio, section_id: int
) -> None:
    """A family that does not know whether it checked out, or has a page, simply asks again."""
    checkout = Checkout(elmst, gateway, section_id)
    for step in Checkout.STEPS[:4]:
        getattr(checkout, step)()
    first = checkout.registration
    crash_postgres()
    patiently(checkout.check_out)
    assert checkout.registration["registration_id"] == first["registration_id"]
    checkout.open_page()
    session = checkout.session
    crash_postgres()
    patiently(checkout.open_page)
    assert checkout.session == session
    checkout.enter_card()
    checkout.hear_of_it()
    assert_told_once(checkout)


def assert_told_once(checkout: Checkout) -> None:
    """Assert one confirmation, one e-mail and one text, at the family's side and in the books."""
    assert_confirmed_once(checkout.registration)
    assert sorted(m["channel"] for m in messages_of(checkout.registration)) == ["email", "sms"]
    assert [m["kind"] for m in checkout.gateway.inbox(checkout.family.email)] == ["email"]
    assert [m["kind"] for m in checkout.gateway.inbox(checkout.phone)] == ["sms"]


# ---------------------------------------------------------------- shim and courier


@pytest.mark.parametrize("who", ["the courier", "the next request"])
def test_the_shim_dies_while_it_makes_a_session(
    gateway: Gateway, family: Family, registration: dict[str, Any], who: str
) -> None:
    before = gateway.mark()
    gateway.faults(epg={"slow_seconds": 1, "path": "/orders"})
    with paused(pid_of("courier")):
        with ThreadPoolExecutor() as pool:
            asked = pool.submit(ask_for_session, family, registration["registration_id"])
            eventually(lambda: [r for r in gateway.requests(before) if r["path"] == "/orders"])
            kill("shim")
            with pytest.raises(requests.ConnectionError):
                asked.result()
        gateway.faults()
        repair()
        if who == "the next request":
            # Until its lease is over the call is the dead shim's.
            let_leases_run_out()
            eventually(lambda: ask_for_session(family, registration["registration_id"]).ok)
    let_leases_run_out()
    eventually(lambda: payments_of(registration)[0]["session_url"])
    assert gateway.pay(open_session(family, registration)) == 303
    assert_confirmed_once(registration)
    assert len(payments_of(registration)) == 1


def test_the_courier_dies_between_sending_and_saying_so(
    gateway: Gateway, family: Family, registration: dict[str, Any]
) -> None:
    """The provider knows the message by its key, so the second sending sends nothing."""
    with locked("messaging.delivery_attempts"):
        gateway.pay(open_session(family, registration))
        eventually(lambda: gateway.inbox(family.email))
        kill("courier")
    [message] = messages_of(registration)
    assert message["status"] == "sending"
    repair()
    let_leases_run_out()
    eventually(lambda: messages_of(registration)[0]["status"] == "sent")
    assert len(gateway.inbox(family.email)) == 1
    attempts = rows(
        "select outcome from messaging.delivery_attempts where message_id = %s order by id",
        message["id"],
    )
    assert [attempt["outcome"] for attempt in attempts] == ["failed", "sent"]
