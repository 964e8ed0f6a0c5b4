"""Money that goes back: voids, refunds, their lost answers, and whoever asks for them at once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest

from tests.py.payments.support import (
    Gateway,
    eventually,
    messages_of,
    open_session,
    payments_of,
    rest,
    rows,
    run_as_superuser,
    status_of,
)
from tests.py.support import Caller, Family, Studio, at_once, run_job, run_without_lock

REASON = "moved to another town"


@pytest.fixture
def desk(elmst: Studio) -> Caller:
    """Somebody at the desk of studio elmst."""
    return elmst.staff()


@pytest.fixture
def paid(gateway: Gateway, family: Family, registration: dict[str, Any]) -> dict[str, Any]:
    """A registration that was paid by card, not settled yet; with its payment and its sale."""
    assert gateway.pay(open_session(family, registration)) == 303
    # The gateway captures a sale a moment after it has authorized it.
    gateway.deliver(seconds=1)
    eventually(lambda: status_of(registration) == "confirmed")
    rest()
    (payment,) = payments_of(registration)
    return {**registration, "payment": payment, "sale": gateway.sale_of(payment)}


def refunds_of(registration: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Return kind, status and amount of what goes back of a registration, oldest first."""
    return [
        (row["kind"], row["status"], row["amount_minor"])
        for row in rows(
            "select r.* from payment.refunds as r where r.registration_id = %s order by r.id",
            registration["registration_id"],
        )
    ]


def given_back(gateway: Gateway, registration: dict[str, Any]) -> list[tuple[str, str]]:
    """Return type and state of what the gateway itself has given back of a registration's sale."""
    return sorted(
        (child["type"], child["state"])
        for child in gateway.api(
            "GET",
            f"/transactions?limit=200&filter=parentTransaction_eq_{registration['sale']['id']}",
        )["items"]
    )


def settle(gateway: Gateway, registration: dict[str, Any]) -> None:
    """Let the gateway close its batch, and tell of it."""
    gateway.control("POST", "/batches/close")
    gateway.deliver()
    eventually(
        lambda: rows(
            "select from payment.transactions as t where t.gateway_id = %s and t.state = 'settled'",
            registration["sale"]["id"],
        )
    )


def refund(desk: Caller, registration: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    """Give back money of a registration."""
    return desk.call(
        "refund_payment",
        registration_id=registration["registration_id"],
        reason=REASON,
        **arguments,
    )


def seats_of(registration: dict[str, Any]) -> int:
    """Return how many seats a registration has."""
    return len(
        rows(
            "select from enrollment.seats as s inner join enrollment.enrollments as e"
            " on s.studio_id = e.studio_id and s.enrollment_id = e.id"
            " where e.registration_id = %s",
            registration["registration_id"],
        )
    )


def assert_ended(registration: dict[str, Any], status: str) -> None:
    """Wait until all money is back: the registration has ended with its seats, and is told once."""
    eventually(lambda: status_of(registration) == "refunded")
    rest()
    assert [payment["status"] for payment in payments_of(registration)] == [status]
    assert seats_of(registration) == 0
    told = Counter(m["template_code"] for m in messages_of(registration))
    assert told["registration_refunded"] == 1


# ---------------------------------------------------------------- voids and refunds


def test_what_is_not_settled_is_voided_and_ends_what_was_enrolled(
    gateway: Gateway, desk: Caller, paid: dict
) -> None:
    answer = refund(desk, paid)
    assert [r["kind"] for r in answer["refunds"]] == ["void"]
    assert_ended(paid, "voided")
    assert given_back(gateway, paid) == [("void", "authorized")]
    # Notices of it come late, and more than once.
    gateway.deliver()
    assert refunds_of(paid) == [("void", "done", paid["total_minor"])]


def test_what_is_settled_is_refunded_in_parts_that_are_together_all_of_it(
    gateway: Gateway, desk: Caller, paid: dict
) -> None:
    settle(gateway, paid)
    refund(desk, paid, amount_minor=1000)
    eventually(lambda: refunds_of(paid) == [("refund", "done", 1000)])
    assert (status_of(paid), seats_of(paid)) == ("confirmed", 1)
    refund(desk, paid)
    assert_ended(paid, "refunded")
    sale = gateway.api("GET", f"/transactions/{paid['sale']['id']}")
    assert Decimal(sale["totalRefundable"]["amount"]) == 0
    assert len(given_back(gateway, paid)) == 2


def test_a_part_of_what_is_not_settled_waits_for_it(
    gateway: Gateway, desk: Caller, paid: dict, elmst: Studio
) -> None:
    answer = refund(desk, paid, amount_minor=1000)
    assert answer["refunds"][0]["waits_for_settlement"] is True
    rest()
    assert given_back(gateway, paid) == []
    # The notice of the settlement is lost: a job asks.
    gateway.faults(notifications={"drop": True})
    gateway.control("POST", "/batches/close")
    run_as_superuser(
        "update payment.gateway_calls as c set created_at = now() - interval '2 hours',"
        " answered_at = answered_at - interval '2 hours'"
        f" where c.path = '/transactions/{paid['sale']['id']}'"
    )
    # Two at once, without the lock of the jobs: one of them asks.
    asked = at_once(*[lambda: run_without_lock(elmst, "payment.retry_refunds")] * 2)
    assert sorted(asked) == [0, 1]
    eventually(lambda: refunds_of(paid) == [("refund", "done", 1000)])
    assert status_of(paid) == "confirmed"


def test_what_was_settled_without_our_knowing_is_refunded_instead_of_voided(
    gateway: Gateway, desk: Caller, paid: dict
) -> None:
    gateway.faults(notifications={"drop": True})
    gateway.control("POST", "/batches/close")
    refund(desk, paid)
    assert_ended(paid, "refunded")
    assert refunds_of(paid) == [("refund", "done", paid["total_minor"])]
    assert [kind for kind, _ in given_back(gateway, paid)] == ["refund"]


def test_what_is_just_being_settled_is_waited_for(
    gateway: Gateway, desk: Caller, paid: dict
) -> None:
    gateway.faults(notifications={"drop": True})
    ours = [
        batch["id"]
        for batch in gateway.control("POST", "/batches/close", {"state": "submitted"})
    ]
    refund(desk, paid)
    eventually(
        lambda: rows(
            "select from payment.refunds as r where r.registration_id = %s"
            " and r.waits_for_settlement",
            paid["registration_id"],
        )
    )
    rest()
    assert status_of(paid) == "confirmed"
    gateway.faults()
    for batch in ours:
        gateway.control("POST", f"/batches/{batch}", {"state": "settled"})
    gateway.deliver()
    assert_ended(paid, "refunded")


@pytest.mark.parametrize("settled", [False, True], ids=["void", "refund"])
@pytest.mark.parametrize(
    "fault",
    [{"status": 500, "times": 1}, {"status": 429, "times": 2}, {"withhold_answer": 1}],
    ids=["500", "429", "answer lost"],
)
def test_nothing_is_given_back_twice_when_answers_are_lost(
    gateway: Gateway, desk: Caller, paid: dict, fault: dict, settled: bool
) -> None:
    if settled:
        settle(gateway, paid)
    gateway.faults(
        notifications={"drop": True},
        epg={**fault, "path": "/transactions", "method": "POST"},
    )
    refund(desk, paid)
    assert_ended(paid, "refunded" if settled else "voided")
    assert len(given_back(gateway, paid)) == 1


@pytest.mark.parametrize("as_status", [400, 201], ids=["refused", "declined"])
def test_what_the_gateway_declines_has_failed_and_staff_see_it(
    gateway: Gateway, elmst: Studio, desk: Caller, paid: dict, as_status: int
) -> None:
    settle(gateway, paid)
    if as_status == 201:
        gateway.faults(epg={"decline_refunds": 1})
    else:
        # All of it was given back at the gateway, of which nobody has told us.
        gateway.faults(notifications={"drop": True})
        gateway.api(
            "POST", "/transactions", {"type": "refund", "parentTransaction": paid["sale"]["id"]}
        )
    refund(desk, paid, amount_minor=1000)
    eventually(lambda: ("refund", "failed", 1000) in refunds_of(paid))
    rest()
    assert (status_of(paid), seats_of(paid)) == ("confirmed", 1)
    told = Counter(m["template_code"] for m in messages_of(paid, to_staff=True))
    assert told["staff_refund_failed"] > 0
    (row,) = elmst.staff().read(
        "refunds", registration_id=f"eq.{paid['registration_id']}", status="eq.failed"
    )
    # Asked what there is, the gateway names the one that nobody had told us of.
    assert row["failure_code"] == (
        "declinedByProcessor" if as_status == 201 else "refunded_otherwise"
    )
    if as_status == 400:
        # It was found by that, and is owed again.
        assert ("refund", "done", paid["total_minor"]) in refunds_of(paid)


def test_a_refund_that_the_bank_refuses_later_has_failed_after_all(
    gateway: Gateway, desk: Caller, paid: dict
) -> None:
    settle(gateway, paid)
    refund(desk, paid, amount_minor=1000)
    eventually(lambda: refunds_of(paid) == [("refund", "done", 1000)])
    (child,) = gateway.api(
        "GET", f"/transactions?limit=200&filter=parentTransaction_eq_{paid['sale']['id']}"
    )["items"]
    gateway.control("POST", f"/transactions/{child['id']}", {"state": "declined"})
    gateway.deliver()
    eventually(lambda: refunds_of(paid) == [("refund", "failed", 1000)])


# ---------------------------------------------------------------- at once


def test_two_at_the_desk_who_refund_at_once_give_it_back_once(
    gateway: Gateway, elmst: Studio, paid: dict
) -> None:
    """All of it, by eight people at the same moment: one does it, the others are told."""
    gate = Barrier(8)

    def attempt(desk: Caller) -> str:
        gate.wait(timeout=10)
        response = desk.post(
            "refund_payment",
            {"registration_id": paid["registration_id"], "reason": REASON},
        )
        return "refunded" if response.ok else response.json()["code"]

    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(attempt, [elmst.staff() for _ in range(8)]))
    assert outcomes == {"refunded": 1, "nothing_to_refund": 7}
    assert_ended(paid, "voided")
    assert len(given_back(gateway, paid)) == 1


def test_parts_that_are_refunded_at_once_are_never_more_than_was_paid(
    gateway: Gateway, elmst: Studio, paid: dict
) -> None:
    settle(gateway, paid)
    part = paid["total_minor"] * 2 // 5
    gate = Barrier(6)

    def attempt(desk: Caller) -> str:
        gate.wait(timeout=10)
        response = desk.post(
            "refund_payment",
            {
                "registration_id": paid["registration_id"],
                "amount_minor": part,
                "reason": REASON,
            },
        )
        return "refunded" if response.ok else response.json()["code"]

    with ThreadPoolExecutor(6) as pool:
        outcomes = Counter(pool.map(attempt, [elmst.staff() for _ in range(6)]))
    assert outcomes == {"refunded": 2, "refund_exceeds_paid": 4}
    eventually(lambda: refunds_of(paid) == [("refund", "done", part)] * 2)
    assert status_of(paid) == "confirmed"


def test_a_review_and_a_card_at_once_are_paid_once(
    gateway: Gateway, elmst: Studio, family: Family, registration: dict[str, Any]
) -> None:
    """Staff approve, record, and reject what a family has paid, all at the same moment."""
    review = family.api.call(
        "submit_payment_review",
        registration_id=registration["registration_id"],
        kind="transfer",
        reference="T 17",
    )
    calls: list[tuple[str, dict[str, Any]]] = [
        ("review_payment", {"review_id": review["review_id"], "approve": True}),
        ("review_payment", {"review_id": review["review_id"], "approve": True}),
        (
            "record_payment",
            {
                "registration_id": registration["registration_id"],
                "kind": "cash",
                "amount_minor": registration["total_minor"],
            },
        ),
    ]
    gate = Barrier(len(calls))

    def attempt(call: tuple[str, dict[str, Any]]) -> str:
        desk = elmst.staff()
        gate.wait(timeout=10)
        response = desk.post(*call)
        return "done" if response.ok else response.json()["code"]

    with ThreadPoolExecutor(len(calls)) as pool:
        outcomes = Counter(pool.map(attempt, calls))
    assert outcomes["done"] == 1, outcomes
    assert set(outcomes) <= {"done", "review_decided", "payment_exceeds_due"}
    assert status_of(registration) == "confirmed"
    assert [
        row["amount_minor"]
        for row in rows(
            "select o.amount_minor from payment.offline_payments as o where o.registration_id = %s",
            registration["registration_id"],
        )
    ] == [registration["total_minor"]]


# ---------------------------------------------------------------- the job


def test_the_job_asks_once_however_often_it_comes(
    gateway: Gateway, desk: Caller, paid: dict
) -> None:
    gateway.faults(notifications={"drop": True}, epg={"status": 500, "times": 10_000})
    refund(desk, paid)
    eventually(
        lambda: rows(
            "select from payment.gateway_calls as c inner join payment.refunds as r"
            " on c.studio_id = r.studio_id and c.refund_id = r.id"
            " where r.registration_id = %s and c.purpose = 'find_returns'",
            paid["registration_id"],
        )
    )
    # Nobody has answered for an hour; the calls were given up.
    run_as_superuser(
        "update payment.gateway_calls as c set status = 'failed', lease_token = null,"
        " leased_until = null, created_at = now() - interval '1 hour'"
        f" where c.payment_id = {paid['payment']['id']} and c.status = 'claimed';"
        "set session_replication_role = replica;"
        "update payment.gateway_calls as c set status = 'failed',"
        " created_at = now() - interval '1 hour', answered_at = null"
        f" where c.payment_id = {paid['payment']['id']} and c.refund_id is not null;"
        "set session_replication_role = origin"
    )
    gateway.faults()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run_job, ["payment.retry_refunds"] * 2))
    run_job("payment.retry_refunds")
    assert_ended(paid, "voided")
    assert len(given_back(gateway, paid)) == 1
