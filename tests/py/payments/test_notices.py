"""Notices that come twice, late, out of order or never, and money that comes too late."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from tests.py.payments.support import (
    APPROVED,
    DECLINED,
    Gateway,
    assert_confirmed_once,
    end_session,
    eventually,
    hurry,
    messages_of,
    open_session,
    payments_of,
    rest,
    rows,
    run_as_superuser,
    status_of,
    transactions_of,
)
from tests.py.support import Family, Studio, login_url, run_job

# ---------------------------------------------------------------- twice, late, out of order


@pytest.mark.parametrize(
    ("faults", "seconds"),
    [
        ({}, 0),
        ({"duplicate": 4}, 0),
        ({"reorder": True}, 0),
        ({"reorder": True, "duplicate": 2}, 0),
        ({"delay_seconds": 5}, 5),
        ({"delay_seconds": 5, "duplicate": 3, "reorder": True}, 5),
    ],
    ids=lambda value: "+".join(value) or "plain" if isinstance(value, dict) else "",
)
def test_however_the_notices_arrive(
    gateway: Gateway, family: Family, registration: dict, faults: dict, seconds: float
) -> None:
    gateway.faults(notifications=faults, epg={"announce_capture": True})
    assert gateway.pay(open_session(family, registration)) == 303
    gateway.deliver(seconds)
    assert_confirmed_once(registration)
    # It is captured a moment later, and the notice of that comes as late as the others.
    gateway.deliver(1)
    gateway.deliver(seconds)
    assert_confirmed_once(registration)
    assert len(gateway.inbox(family.email)) == 1
    payment = payments_of(registration)[0]
    delivered = gateway.deliveries_of(payment["session_ref"], gateway.sale_of(payment)["id"])
    assert {each["state"] for each in delivered} == {"acknowledged"}
    events = rows(
        "select status from payment.gateway_events where resource_id = any(%s)",
        [payment["session_ref"], gateway.sale_of(payment)["id"]],
    )
    assert Counter(event["status"] for event in events) in (
        Counter(applied=2), Counter(applied=3)  # with the notice of its capture
    )


@pytest.mark.parametrize("kind", ["transaction", "paymentSession"])
def test_either_of_the_two_notices_is_enough(
    gateway: Gateway, family: Family, registration: dict, kind: str
) -> None:
    gateway.faults(notifications={"drop": True})
    gateway.pay(open_session(family, registration))
    gateway.faults()
    payment = payments_of(registration)[0]
    [only] = [
        each
        for each in gateway.deliveries_of(payment["session_ref"], gateway.sale_of(payment)["id"])
        if each["resourceType"] == kind
    ]
    assert gateway.redeliver(only) == [201]
    assert_confirmed_once(registration)
    assert len(gateway.inbox(family.email)) == 1


def test_a_decline_heard_of_after_the_approval_changes_nothing(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    session = open_session(family, registration)
    gateway.faults(notifications={"delay_seconds": 5})
    assert gateway.pay(session, DECLINED) == 402
    gateway.faults()
    assert gateway.pay(session, APPROVED) == 303
    assert_confirmed_once(registration)
    gateway.deliver(5)
    rest()
    assert_confirmed_once(registration)
    states = {state for _, state, _ in transactions_of(registration)}
    assert "declined" in states and states <= {"declined", "authorized", "captured"}


def test_an_older_state_never_replaces_a_newer_one(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    """Two fetches of one sale under way at once; the one that was asked first answers last."""
    gateway.faults(notifications={"drop": True}, epg={"capture_delay_ms": 0})
    gateway.pay(open_session(family, registration))
    payment = payments_of(registration)[0]
    sale = gateway.sale_of(payment)["id"]
    as_authorized = {**gateway.sale_of(payment), "state": "authorized"}
    as_captured = {**gateway.sale_of(payment), "state": "captured"}
    early, late = (Fetch(gateway, sale, number) for number in (1, 2))
    late.answer(as_captured)
    assert status_of(registration) == "confirmed"
    early.answer(as_authorized)
    assert transactions_of(registration) == [("sale", "captured", registration["total_minor"])]
    assert_confirmed_once(registration)


def test_another_currency_confirms_nothing_and_goes_back(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    """525.00 of another money is not what was asked for."""
    gateway.faults(notifications={"drop": True})
    gateway.pay(open_session(family, registration))
    sale = gateway.sale_of(payments_of(registration)[0])
    fetch = Fetch(gateway, sale["id"])
    fetch.answer({**sale, "total": {**sale["total"], "currencyCode": "EUR"}})
    assert status_of(registration) == "pending_payment"
    assert messages_of(registration) == []
    eventually(lambda: gateway.api("GET", f"/transactions/{sale['id']}")["state"] == "voided")
    rest()
    assert status_of(registration) == "pending_payment"


class Fetch:
    """The fetch of a sale after a notice, claimed by the test in place of shim and courier."""

    def __init__(self, gateway: Gateway, sale: str, number: int = 0) -> None:
        self._connection = psycopg.connect(
            login_url("thin_api"), autocommit=True, row_factory=dict_row
        )
        notice = gateway.notice(sale, id=f"{sale}f{number}")
        received = self._value(
            "select payment.receive_notice(%s, %s)", "elmst", json.dumps(notice)
        )
        self._call = self._connection.execute(
            "select * from payment.claim_calls(1, %s, null, %s)",
            (received["studio_id"], received["event_id"]),
        ).fetchone()

    def answer(self, document: dict[str, Any]) -> None:
        """Store what the gateway is to have said."""
        call = self._call
        self._value(
            "select payment.store_answer(%s::integer, %s, %s, 200, %s::jsonb)",
            call["studio_id"], call["call_id"], call["lease_token"], json.dumps(document),
        )
        self._connection.close()

    def _value(self, statement: str, *arguments: Any) -> Any:
        row = self._connection.execute(statement, arguments).fetchone()
        return next(iter(row.values()))


# ---------------------------------------------------------------- never


def ask_what_became_of(payment: dict[str, Any]) -> None:
    """Let a payment's time run out and run the job until it has asked about it.

    The job is skipped while pg_cron runs it.
    """
    end_session(payment["id"])

    def asked() -> bool:
        run_job("payment.ask_ended_sessions")
        row = rows("select * from payment.payments where id = %s", payment["id"])[0]
        return row["final_answer_due_at"] is not None or row["status"] != "open"

    eventually(asked)


def test_a_payment_that_was_never_told_of_is_found_by_the_job(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    gateway.faults(notifications={"drop": True})
    gateway.pay(open_session(family, registration))
    gateway.faults()
    rest()
    assert status_of(registration) == "pending_payment"
    ask_what_became_of(payments_of(registration)[0])
    assert_confirmed_once(registration)
    assert len(gateway.inbox(family.email)) == 1


def test_a_page_that_was_left_ends_and_the_seat_is_free(
    gateway: Gateway, elmst: Studio, family: Family
) -> None:
    section = elmst.section(capacity=1)
    registration = family.hold((family.student(), section))
    open_session(family, registration)
    elmst.lapse(registration["registration_id"])
    run_job("enrollment.expire_holds")
    # While the page is open, money may come: the seat is kept.
    assert (status_of(registration), elmst.seats_left(section)) == ("pending_payment", 0)
    ask_what_became_of(payments_of(registration)[0])
    eventually(lambda: payments_of(registration)[0]["status"] == "expired")
    run_job("enrollment.expire_holds")
    assert (status_of(registration), elmst.seats_left(section)) == ("failed", 1)
    assert messages_of(registration) == []


def test_an_ended_page_may_be_followed_by_another(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    open_session(family, registration)
    ask_what_became_of(payments_of(registration)[0])
    eventually(lambda: payments_of(registration)[0]["status"] == "expired")
    gateway.pay(open_session(family, registration))
    eventually(lambda: status_of(registration) == "confirmed")
    rest()
    assert [p["status"] for p in payments_of(registration)] == ["expired", "authorized"]
    assert len(gateway.inbox(family.email)) == 1


def test_a_silent_gateway_does_not_keep_the_seat_for_ever(
    gateway: Gateway, elmst: Studio, family: Family, late_money_goes_back: None
) -> None:
    section = elmst.section(capacity=1)
    registration = family.hold((family.student(), section))
    gateway.faults(notifications={"drop": True})
    gateway.pay(open_session(family, registration))
    gateway.faults(epg={"status": 500, "times": 10_000})
    elmst.lapse(registration["registration_id"])
    ask_what_became_of(payments_of(registration)[0])
    run_job("enrollment.expire_holds")
    assert status_of(registration) == "pending_payment"
    run_as_superuser(
        "update payment.payments set final_answer_due_at = now() - interval '1 second'"
        f" where registration_id = {registration['registration_id']}"
    )
    run_job("enrollment.expire_holds")
    assert (status_of(registration), elmst.seats_left(section)) == ("failed", 1)
    # And when it speaks again, the money that it had goes back.
    gateway.faults()
    assert_given_back(gateway, family, registration)
    assert elmst.seats_left(section) == 1


# ---------------------------------------------------------------- too late


@pytest.fixture
def late_money_goes_back(elmst: Studio) -> Iterator[None]:
    """Studio elmst takes no seat again for money that comes too late."""
    setting = (
        "update studio.settings set late_money = '{}'"
        f" where studio_id = {elmst.id} and term_id is null"
    )
    run_as_superuser(setting.format("return"))
    yield
    run_as_superuser(setting.format("retake"))


@pytest.fixture
def released(
    gateway: Gateway, elmst: Studio, family: Family, late_money_goes_back: None
) -> dict[str, Any]:
    """A checkout whose seat was given back while its page, at the gateway, is still open."""
    section = elmst.section(capacity=1)
    registration = family.hold((family.student(), section))
    session = open_session(family, registration)
    elmst.lapse(registration["registration_id"])
    ask_what_became_of(payments_of(registration)[0])
    eventually(lambda: payments_of(registration)[0]["status"] == "expired")
    run_job("enrollment.expire_holds")
    assert status_of(registration) == "failed"
    return {**registration, "session": session, "section_id": section}


def assert_given_back(gateway: Gateway, family: Family, registration: dict[str, Any]) -> None:
    """Wait until a late payment is voided at the gateway and the family knows it."""
    payment = payments_of(registration)[0]
    eventually(lambda: gateway.sale_of(payment)["state"] == "voided")
    gateway.deliver()
    eventually(lambda: payments_of(registration)[0]["status"] == "voided")
    rest()
    assert status_of(registration) == "failed"
    assert rows(
        "select from enrollment.confirmations where registration_id = %s",
        registration["registration_id"],
    ) == []
    assert [m["template_code"] for m in messages_of(registration)] == ["payment_returned"]
    [mail] = gateway.inbox(family.email)
    assert "returned" in mail["subject"]
    assert Counter(t[:2] for t in transactions_of(registration))["void", "authorized"] == 1


def test_money_that_comes_after_the_release_goes_back_and_the_family_is_told(
    gateway: Gateway, elmst: Studio, family: Family, released: dict
) -> None:
    assert gateway.pay(released["session"]) == 303
    assert_given_back(gateway, family, released)
    assert elmst.seats_left(released["section_id"]) == 1


def test_late_money_told_of_many_times_goes_back_once(
    gateway: Gateway, family: Family, released: dict
) -> None:
    gateway.faults(notifications={"duplicate": 5, "reorder": True})
    gateway.pay(released["session"])
    assert_given_back(gateway, family, released)


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500, "times": 1},
        {"status": 429, "times": 3},
        {"withhold_answer": 1},
    ],
    ids=["500", "429", "answer lost"],
)
def test_late_money_goes_back_also_when_the_void_fails_at_first(
    gateway: Gateway, family: Family, released: dict, fault: dict
) -> None:
    gateway.faults(epg={**fault, "path": "/transactions", "method": "POST"})
    gateway.pay(released["session"])
    assert_given_back(gateway, family, released)


def test_late_money_takes_its_seat_again_where_it_is_free(
    gateway: Gateway, elmst: Studio, family: Family, released: dict
) -> None:
    run_as_superuser(
        "update studio.settings set late_money = 'retake'"
        f" where studio_id = {elmst.id} and term_id is null"
    )
    gateway.faults(notifications={"duplicate": 3, "reorder": True})
    assert gateway.pay(released["session"]) == 303
    gateway.deliver()
    assert_confirmed_once(released)
    assert elmst.seats_left(released["section_id"]) == 0


def test_the_seat_may_be_somebody_elses_by_then(
    gateway: Gateway, elmst: Studio, family: Family, released: dict
) -> None:
    other = elmst.family()
    theirs = other.hold((other.student(), released["section_id"]))
    gateway.pay(released["session"])
    assert_given_back(gateway, family, released)
    gateway.pay(open_session(other, theirs))
    assert_confirmed_once(theirs)
    assert elmst.seats_left(released["section_id"]) == 0


def test_paid_on_two_pages_one_confirms_and_the_other_goes_back(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    first = open_session(family, registration)
    ask_what_became_of(payments_of(registration)[0])
    eventually(lambda: payments_of(registration)[0]["status"] == "expired")
    assert gateway.pay(open_session(family, registration)) == 303
    eventually(lambda: status_of(registration) == "confirmed")

    assert gateway.pay(first) == 303
    eventually(lambda: payments_of(registration)[0]["status"] == "voided")
    gateway.deliver()
    rest()
    assert status_of(registration) == "confirmed"
    assert [p["status"] for p in payments_of(registration)] == ["voided", "authorized"]
    assert gateway.sale_of(payments_of(registration)[0])["state"] == "voided"
    assert gateway.sale_of(payments_of(registration)[1])["state"] in ("authorized", "captured")
    mails = gateway.inbox(family.email)
    assert [mail for mail in mails if "you are enrolled" in mail["subject"]]
    # The family is enrolled, and is not told otherwise.
    assert [mail for mail in mails if "Nothing is enrolled" in mail["text"]] == []


def test_a_payment_that_is_under_way_is_not_begun_twice(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    """Between the end of the page and the gateway's last word, there is no second page."""
    gateway.faults(notifications={"drop": True})
    gateway.pay(open_session(family, registration))
    end_session(payments_of(registration)[0]["id"])
    response = family.api.post(
        "start_payment",
        {
            "registration_id": registration["registration_id"],
            "return_url": "https://studio.example/",
            "cancel_url": "https://studio.example/",
        },
    )
    assert (response.status_code, response.json()["code"]) == (409, "payment_under_way")
    ask_what_became_of(payments_of(registration)[0])
    hurry()
    assert_confirmed_once(registration)
