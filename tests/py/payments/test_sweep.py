"""Payments that nobody tells us of: with webhooks switched off each reaches its end all the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.py.payments.support import (
    DECLINED,
    Gateway,
    ask_for_session,
    assert_confirmed_once,
    end_session,
    eventually,
    events_of,
    open_session,
    payments_of,
    rest,
    rows,
    run_as_superuser,
    status_of,
    transactions_of,
)
from tests.py.support import Family, Studio, at_once, run_job


@pytest.fixture
def silent(gateway: Gateway) -> Iterator[Gateway]:
    """The gateway with its webhook switched off."""
    webhook = f"/webhooks/{gateway.merchant['merchant_id']}"
    gateway.control("PUT", webhook, {"on": False})
    yield gateway
    gateway.control("PUT", webhook, {"on": True})


def grow_quiet(payment: dict[str, Any]) -> None:
    """Let everything about a payment have happened an hour ago."""
    run_as_superuser(
        "update payment.payments set created_at = now() - interval '1 hour'"
        f" where id = {payment['id']};"
        " update payment.gateway_calls set created_at = now() - interval '1 hour',"
        " answered_at = case when answered_at is not null then now() - interval '1 hour' end"
        f" where payment_id = {payment['id']}"
    )


def list_notices() -> None:
    """Run the job that lists notices, when no list is being read any more: then it does nothing."""
    rest()
    run_job("payment.list_notices")


def test_the_list_of_notices_tells_what_nobody_delivered(
    silent: Gateway, family: Family, registration: dict
) -> None:
    session = open_session(family, registration)
    assert silent.pay(session, DECLINED) == 402
    list_notices()
    eventually(lambda: ("sale", "declined") in [t[:2] for t in transactions_of(registration)])
    assert status_of(registration) == "pending_payment"
    assert silent.pay(session) == 303
    list_notices()
    assert_confirmed_once(registration)
    # And it goes on after that: once its batch is closed, the money is there.
    silent.deliver(1)
    silent.control("POST", "/batches/close")
    list_notices()
    eventually(lambda: ("sale", "settled") in [t[:2] for t in transactions_of(registration)])
    assert_confirmed_once(registration)
    assert len(silent.inbox(family.email)) == 1


def test_a_notice_in_the_list_and_delivered_counts_once(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    gateway.faults(notifications={"delay_seconds": 5, "duplicate": 2})
    gateway.pay(open_session(family, registration))
    list_notices()
    assert_confirmed_once(registration)
    gateway.deliver(5)
    list_notices()
    rest()
    assert_confirmed_once(registration)
    sale = gateway.sale_of(payments_of(registration)[0])["id"]
    event = events_of(sale)[0]
    assert (event["is_listed"], event["deliveries"], event["status"]) == (True, 3, "applied")
    assert len(gateway.inbox(family.email)) == 1


def test_a_quiet_payment_is_asked_about_while_the_family_still_waits(
    silent: Gateway, family: Family, registration: dict
) -> None:
    silent.pay(open_session(family, registration))
    rest()
    run_job("payment.ask_quiet_payments")
    rest()
    assert status_of(registration) == "pending_payment"
    grow_quiet(payments_of(registration)[0])
    run_job("payment.ask_quiet_payments")
    assert_confirmed_once(registration)


def test_a_fetch_that_was_given_up_is_taken_up_again(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    """The gateway fails longer than it goes on to deliver: the notice is ours to finish."""
    gateway.faults(notifications={"drop": True})
    gateway.pay(open_session(family, registration))
    sale = gateway.sale_of(payments_of(registration)[0])["id"]
    gateway.faults(epg={"status": 500, "times": 1_000})
    assert gateway.notify(gateway.notice(sale)).status_code == 500
    fetches = f"select c.status from payment.gateway_calls as c where c.path = '/transactions/{sale}'"
    eventually(lambda: rows(fetches) == [{"status": "failed"}])
    gateway.faults()
    run_as_superuser(
        "update payment.gateway_events set received_at = now() - interval '1 hour'"
        f" where resource_id = '{sale}';"
        " update payment.gateway_calls set created_at = now() - interval '1 hour'"
        f" where path = '/transactions/{sale}'"
    )
    run_job("payment.fetch_unsettled_notices")
    assert_confirmed_once(registration)


def test_the_page_that_a_family_comes_back_to_asks_by_itself(
    silent: Gateway, elmst: Studio, family: Family, registration: dict
) -> None:
    silent.pay(open_session(family, registration))
    payment = payments_of(registration)[0]
    before = silent.mark()

    def look() -> str:
        return family.api.call("check_payment", payment_id=payment["id"])["status"]

    # Ten tabs at once ask the gateway once.
    statuses = at_once(*[look] * 10)
    assert set(statuses) <= {"open", "authorized"}
    eventually(lambda: look() == "authorized")
    assert_confirmed_once(registration)
    asked = Counter(each["path"].split("?")[0] for each in silent.requests(before))
    assert asked[f"/payment-sessions/{payment['session_ref']}"] == 1


def test_webhook_sweep_and_return_page_at_once(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    gateway.faults(notifications={"drop": True})
    gateway.pay(open_session(family, registration))
    gateway.faults()
    payment = payments_of(registration)[0]
    deliveries = gateway.deliveries_of(
        payment["session_ref"], gateway.sale_of(payment)["id"]
    )
    grow_quiet(payment)
    at_once(
        *[
            lambda each=each: gateway.redeliver(each, times=5, concurrently=True)
            for each in deliveries
        ],
        *[lambda: family.api.call("check_payment", payment_id=payment["id"])] * 4,
        lambda: run_job("payment.ask_quiet_payments"),
        lambda: run_job("payment.list_notices"),
        lambda: run_job("payment.ask_ended_sessions"),
        lambda: run_job("enrollment.expire_holds"),
    )
    assert_confirmed_once(registration)
    assert len(gateway.inbox(family.email)) == 1


def test_fifty_deliveries_of_one_notice_at_once(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    gateway.faults(notifications={"drop": True})
    gateway.pay(open_session(family, registration))
    gateway.faults()
    sale = gateway.sale_of(payments_of(registration)[0])["id"]
    delivery = gateway.deliveries_of(sale)[0]
    answers = gateway.redeliver(delivery, times=50, concurrently=True)
    # Some may be told to come again, while the first is still being applied.
    assert set(answers) <= {201, 500} and 201 in answers
    assert_confirmed_once(registration)
    [event] = events_of(sale)
    assert (event["deliveries"], event["status"]) == (50, "applied")
    assert len(gateway.inbox(family.email)) == 1


def test_at_the_last_moment_nothing_lets_what_was_paid_fail(
    gateway: Gateway, elmst: Studio, section_id: int
) -> None:
    """Page and hold end while the money comes: notice, sweep, expiry and a new start all meet."""
    families = [elmst.family() for _ in range(8)]
    held = [family.hold((family.student(), section_id)) for family in families]
    gateway.faults(notifications={"drop": True})
    for family, registration in zip(families, held, strict=True):
        assert gateway.pay(open_session(family, registration)) == 303
    gateway.faults()
    payments = [payments_of(registration)[0] for registration in held]
    deliveries = gateway.deliveries_of(*[gateway.sale_of(payment)["id"] for payment in payments])
    for registration, payment in zip(held, payments, strict=True):
        elmst.lapse(registration["registration_id"])
        end_session(payment["id"])

    def begin_again(family: Family, registration: dict[str, Any]) -> None:
        response = ask_for_session(family, registration["registration_id"])
        assert response.json()["code"] in ("payment_under_way", "registration_confirmed")

    at_once(
        *[lambda each=each: gateway.redeliver(each) for each in deliveries],
        *[
            lambda family=family, registration=registration: begin_again(family, registration)
            for family, registration in zip(families, held, strict=True)
        ],
        *[lambda: run_job("enrollment.expire_holds")] * 3,
        *[lambda: run_job("payment.ask_ended_sessions")] * 3,
        *[lambda: run_job("payment.ask_quiet_payments")] * 2,
        lambda: run_job("payment.list_notices"),
    )
    for family, registration in zip(families, held, strict=True):
        assert_confirmed_once(registration)
        assert len(gateway.inbox(family.email)) == 1
