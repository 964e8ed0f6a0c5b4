"""What the gateway settles comes to stand in the ledger, batch by batch, whoever tells us of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.py.payments.support import (
    Gateway,
    eventually,
    open_session,
    payments_of,
    rest,
    rows,
    status_of,
    transactions_of,
)
from tests.py.support import Family, Studio, refused, run_job, violated_invariants


@pytest.fixture
def silent(gateway: Gateway) -> Iterator[Gateway]:
    """The gateway with its webhook switched off."""
    webhook = f"/webhooks/{gateway.merchant['merchant_id']}"
    gateway.control("PUT", webhook, {"on": False})
    yield gateway
    gateway.control("PUT", webhook, {"on": True})


def postings_of(registration: dict[str, Any]) -> list[str]:
    """Return what was posted of a registration, oldest first."""
    return [
        f"{row['source']} {row['entries']}"
        for row in rows(
            "select p.source, string_agg("
            " e.account || ' ' || e.amount_minor, ', ' order by e.number) as entries"
            " from payment.ledger_postings as p"
            " inner join payment.ledger_entries as e"
            " on p.studio_id = e.studio_id and p.id = e.posting_id"
            " where p.registration_id = %s group by p.id, p.source order by p.id",
            registration["registration_id"],
        )
    ]


def sale_of(registration: dict[str, Any]) -> dict[str, Any]:
    """Return the one sale of a registration, with the batch it is of."""
    return rows(
        "select t.*, b.gateway_id as batch, b.matched_at from payment.transactions as t"
        " inner join payment.payments as p on t.studio_id = p.studio_id and t.payment_id = p.id"
        " left join payment.batches as b on t.studio_id = b.studio_id and t.batch_id = b.id"
        " where p.registration_id = %s and t.type = 'sale'",
        registration["registration_id"],
    )[0]


def pay(gateway: Gateway, family: Family, registration: dict[str, Any]) -> None:
    """Pay a registration; its notice is found in the gateway's list."""
    assert gateway.pay(open_session(family, registration)) == 303
    run_job("payment.list_notices")
    eventually(lambda: status_of(registration) == "confirmed")
    rest()
    # Captured a moment later, by the gateway's clock.
    gateway.deliver(1)


def unmatched(studio: Studio) -> list[dict[str, Any]]:
    return studio.staff().read("unmatched")


def test_a_batch_settles_what_nobody_told_us_of_and_is_found_to_agree(
    silent: Gateway, elmst: Studio, family: Family, registration: dict
) -> None:
    pay(silent, family, registration)
    total = registration["total_minor"]
    paid = postings_of(registration)
    assert [line.split()[0] for line in paid] == ["sale", "registration", "application"]
    assert paid[0] == f"sale cash_in_transit {total}, unapplied -{total}"
    # The batch is closed at night.
    batches = {batch["id"] for batch in silent.control("POST", "/batches/close")}
    run_job("payment.ask_batches")
    eventually(lambda: sale_of(registration)["state"] == "settled")
    rest()
    assert postings_of(registration) == [
        *paid,
        f"settlement cash_in_transit -{total}, cash {total}",
    ]
    run_job("payment.ask_batches")
    rest()
    sale = sale_of(registration)
    assert sale["batch"] in batches
    found = [each for each in unmatched(elmst) if sale["gateway_id"] in str(each["details"])]
    assert found == []
    # Again changes nothing.
    for _ in range(2):
        run_job("payment.ask_batches")
        rest()
    assert len(postings_of(registration)) == 4
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert violated_invariants(connection, elmst.id) == {}


def test_a_batch_that_the_bank_rejects_takes_its_money_back(
    silent: Gateway, elmst: Studio, family: Family, registration: dict
) -> None:
    pay(silent, family, registration)
    batches = silent.control("POST", "/batches/close", {"state": "submitted"})
    run_job("payment.ask_batches")
    rest()
    assert sale_of(registration)["batch"] is None, "it has no end yet"
    for batch in batches:
        silent.control("POST", f"/batches/{batch['id']}", {"state": "rejected"})
    run_job("payment.ask_batches")
    eventually(lambda: sale_of(registration)["state"] == "rejected")
    rest()
    total = registration["total_minor"]
    assert postings_of(registration)[3:] == [
        f"reversal receivable {total}, cash_in_transit -{total}"
    ]
    balance = family.api.read("family_balances")
    assert [row["receivable_minor"] for row in balance] == [total], "it is owed again"
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert violated_invariants(connection, elmst.id) == {}


def test_lists_that_break_off_are_read_again(
    silent: Gateway, family: Family, registration: dict
) -> None:
    pay(silent, family, registration)
    silent.control("POST", "/batches/close")
    silent.faults(epg={"status": 500, "times": 2, "path": "/batches"})
    run_job("payment.ask_batches")
    rest()
    silent.faults(epg={"withhold_answer": 1, "method": "GET", "path": "/transactions"})
    run_job("payment.ask_batches")
    rest()
    silent.faults()
    run_job("payment.ask_batches")
    eventually(lambda: sale_of(registration)["state"] == "settled")
    rest()
    run_job("payment.ask_batches")
    rest()
    assert sale_of(registration)["batch"] is not None
    assert [t[:2] for t in transactions_of(registration)] == [("sale", "settled")]
    assert [p["status"] for p in payments_of(registration)] == ["authorized"]


def test_a_month_is_closed_while_payments_come_in(studio: Studio) -> None:
    """Closing waits for no queue: whoever posts goes on, and the month has all that came before."""
    section_id = studio.section(capacity=None)
    families = [studio.family() for _ in range(6)]
    held = [family.hold((family.student(), section_id)) for family in families]
    payments = [
        family.open_payment(registration["registration_id"])
        for family, registration in zip(families, held, strict=True)
    ]
    owner, other = studio.staff("owner"), studio.staff("owner")
    last_month = rows(
        "select (date_trunc('month', now() at time zone s.timezone) - interval '1 month')::date"
        " as month from studio.studios as s where s.id = %s",
        studio.id,
    )[0]["month"]
    gate = threading.Barrier(len(families) + 2)

    def authorize(family: Family, payment_id: int) -> None:
        gate.wait(timeout=10)
        family.authorize(payment_id)

    def close(caller: Any) -> Any:
        gate.wait(timeout=10)
        return caller.post("close_month", {"month": str(last_month)})

    with ThreadPoolExecutor(len(families) + 2) as pool:
        paying = [pool.submit(authorize, *each) for each in zip(families, payments, strict=True)]
        closing = [pool.submit(close, caller) for caller in (owner, other)]
        for each in paying:
            each.result()
        answers = [each.result() for each in closing]
    # One of the two is first; payments are quicker than either gives up.
    codes = sorted("closed" if answer.ok else answer.json()["code"] for answer in answers)
    assert codes == ["closed", "month_closed"]
    refused(owner.post("close_month", {"month": str(last_month)}), "month_closed")
    balances = studio.staff("manager").read("trial_balance")
    assert sum(row["balance_minor"] for row in balances) == 0
    receipts = sum(row["debits_minor"] for row in balances if row["account"] == "cash_in_transit")
    assert receipts == sum(registration["total_minor"] for registration in held)
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert violated_invariants(connection, studio.id) == {}


def test_a_studio_without_a_posting_closes_a_month_too(studio: Studio) -> None:
    owner = studio.staff("owner")
    answer = owner.call("close_month", month="2026-01-01")
    assert answer == {"month": "2026-01-01", "months_closed": 1, "open_from": "2026-02-01"}
    refused(owner.post("close_month", {"month": "2025-12-01"}), "month_closed")
    assert studio.staff("manager").read("trial_balance") == []


def test_a_month_is_not_closed_while_somebody_posts(studio: Studio) -> None:
    """Nor for ever waited for: after some seconds the owner is told to try again."""
    owner = studio.staff("owner")
    month = rows(
        "select (date_trunc('month', now() at time zone s.timezone) - interval '1 month')::date"
        " as month from studio.studios as s where s.id = %s",
        studio.id,
    )[0]["month"]
    with psycopg.connect(os.environ["DATABASE_URL"]) as posting:
        posting.execute("set session authorization deploy")
        posting.execute("select auth.enter_studio(%s)", (studio.id,))
        posting.execute("select payment.lock_ledger(false)")
        refused(owner.post("close_month", {"month": str(month)}), "ledger_busy")
    assert owner.post("close_month", {"month": str(month)}).ok
