"""Notifications and their delivery (the gateway's contract, section 9)."""

from __future__ import annotations

import base64
import json
import threading

import pytest

from sandbox.notifications import signature
from tests.py.sandbox.client import DECLINED, SIGNER_SECRET, eventually

SALE = [("transaction", "saleAuthorized"), ("paymentSession", "saleAuthorized")]


def test_the_signature_matches_the_published_way():
    body = (
        b'{"href":"https://gateway.test/notifications/nt3kq7","id":"nt3kq7",'
        b'"merchant":"https://gateway.test/merchants/mr1",'
        b'"createdAt":"2026-01-05T10:00:00.000Z","eventType":"saleAuthorized",'
        b'"resourceType":"transaction","resource":"https://gateway.test/transactions/tx9"}'
    )
    assert signature(SIGNER_SECRET, body) == (
        "+3DYCDBbg9DsoXDhf5aB3fdfV+AEHaS64sR1CO+ha1mANTKbsTU3NVb1qhBNkzG0kb9Eb1n+MFqEgK99LWKlQw=="  # pragma: allowlist secret
    )


def test_a_paid_session_notifies_twice_with_references_only(sandbox):
    session = sandbox.session(customReference="ref-5")
    sandbox.pay(session)
    transaction = sandbox.read(f"/payment-sessions/{session['id']}")["transaction"]
    sandbox.advance(60)
    first, second = sandbox.hook.received
    assert sandbox.hook.events() == SALE
    assert list(first["body"]) == [
        "href",
        "id",
        "merchant",
        "createdAt",
        "eventType",
        "resourceType",
        "resource",
        "customReference",
    ]
    assert first["body"]["resource"] == transaction
    assert first["body"]["customReference"] is None
    assert second["body"]["resource"] == session["href"]
    assert second["body"]["customReference"] == "ref-5"
    assert first["body"]["merchant"].endswith("/merchants/mch1")


def test_pushes_happen_without_being_asked_for(sandbox):
    sandbox.pay(sandbox.session())
    eventually(lambda: sandbox.hook.events() == SALE)


def test_a_push_is_compact_authenticated_and_signed(sandbox):
    sandbox.sale()
    sandbox.deliver()
    [push] = sandbox.hook.received
    assert push["raw"] == json.dumps(push["body"], separators=(",", ":")).encode()
    assert push["headers"]["Content-Type"] == "application/json"
    expected = base64.b64encode(b"gateway:very secret").decode()
    assert push["headers"]["Authorization"] == f"Basic {expected}"
    assert push["headers"]["signature-s1"] == signature(SIGNER_SECRET, push["raw"])


def test_declines_voids_captures_and_settlements_are_told(sandbox):
    sandbox.pay(sandbox.session(), DECLINED)
    sale = sandbox.sale(doCapture=False)
    sandbox.epg("POST", f"/transactions/{sale['id']}", {"doCapture": True})
    sandbox.control("POST", "/batches/close")
    sandbox.make("/transactions", type="refund", parentTransaction=sale["id"])
    other = sandbox.sale()
    sandbox.make("/transactions", type="void", parentTransaction=other["id"])
    sandbox.deliver()
    assert sandbox.hook.events() == [
        ("transaction", "saleDeclined"),
        ("paymentSession", "saleDeclined"),
        ("transaction", "saleAuthorized"),
        ("transaction", "saleCaptured"),
        ("transaction", "saleSettled"),
        ("transaction", "refundAuthorized"),
        ("transaction", "saleAuthorized"),
        ("transaction", "voidAuthorized"),
    ]


def test_the_automatic_capture_is_told_only_when_switched_on(sandbox):
    sandbox.faults(epg={"announce_capture": True})
    sandbox.sale()
    sandbox.advance(1)
    assert sandbox.hook.events()[-1] == ("transaction", "saleCaptured")


def test_notifications_can_be_pulled(sandbox):
    sandbox.sale()
    sandbox.advance(60)
    later = sandbox.control("GET", "/clock")["now"]
    sale = sandbox.sale()
    everything = sandbox.read("/notifications")
    assert everything["size"] == 2
    [last] = sandbox.read(f"/notifications?filter=createdAt_ge_{later}")["items"]
    assert last["resource"] == sale["href"]
    assert sandbox.read(f"/notifications/{last['id']}") == last


def test_retries_then_the_webhook_switches_itself_off(sandbox):
    sandbox.hook.status = 500
    sandbox.sale()
    sandbox.deliver()
    assert len(sandbox.hook.received) == 1
    for number, wait in enumerate((30, 300, 3600, 86_400), start=2):
        assert sandbox.control("GET", "/webhooks")[0]["on"] is True
        sandbox.advance(wait - 15)
        assert len(sandbox.hook.received) == number - 1
        sandbox.advance(15)
        assert len(sandbox.hook.received) == number
    [webhook] = sandbox.control("GET", "/webhooks")
    assert webhook["on"] is False and webhook["offSince"]
    [delivery] = sandbox.control("GET", "/deliveries")
    assert delivery["state"] == "failed"
    assert [each["status"] for each in delivery["attempts"]] == [500] * 5


def test_a_webhook_that_is_off_holds_and_later_replays_two_weeks(sandbox):
    sandbox.control("PUT", "/webhooks/mch1", {"on": False})
    sandbox.sale(customReference="old")
    sandbox.advance(15 * 86_400)
    sandbox.sale(customReference="new")
    sandbox.deliver()
    assert sandbox.hook.received == []
    assert {each["state"] for each in sandbox.control("GET", "/deliveries")} == {"held"}
    sandbox.control("PUT", "/webhooks/mch1", {"on": True})
    sandbox.deliver()
    assert [each["body"]["customReference"] for each in sandbox.hook.received] == ["new"]


@pytest.mark.parametrize("status", [200, 204, 302, 401])
def test_only_201_acknowledges(sandbox, status):
    sandbox.hook.status = status
    sandbox.sale()
    sandbox.deliver()
    [delivery] = sandbox.control("GET", "/deliveries")
    assert delivery["state"] == "waiting" and delivery["attempts"][0]["status"] == status
    sandbox.hook.status = 201
    sandbox.advance(30)
    [delivery] = sandbox.control("GET", "/deliveries")
    assert delivery["state"] == "acknowledged" and len(delivery["attempts"]) == 2


def test_duplicates(sandbox):
    sandbox.faults(notifications={"duplicate": 2})
    sandbox.sale()
    sandbox.deliver()
    assert len({each["body"]["id"] for each in sandbox.hook.received}) == 1
    assert len(sandbox.hook.received) == 3


def test_reordering(sandbox):
    sandbox.faults(notifications={"reorder": True})
    sandbox.pay(sandbox.session())
    sandbox.deliver()
    assert sandbox.hook.events() == SALE[::-1]


def test_delay(sandbox):
    sandbox.faults(notifications={"delay_seconds": 120})
    sandbox.sale()
    sandbox.advance(90)
    assert sandbox.hook.received == []
    sandbox.advance(30)
    assert len(sandbox.hook.received) == 1


def test_dropping_can_be_limited_to_one_event(sandbox):
    sandbox.faults(notifications={"drop": True, "only": "saleAuthorized"})
    sale = sandbox.sale()
    sandbox.make("/transactions", type="void", parentTransaction=sale["id"])
    sandbox.deliver()
    assert sandbox.hook.events() == [("transaction", "voidAuthorized")]
    states = [each["state"] for each in sandbox.control("GET", "/deliveries")]
    assert states == ["dropped", "acknowledged"]
    assert sandbox.read("/notifications")["size"] == 2


def test_redelivery_on_demand(sandbox):
    sandbox.sale()
    sandbox.deliver()
    [delivery] = sandbox.control("GET", "/deliveries")
    path = f"/notifications/{delivery['notification']}/redeliver"
    outcomes = sandbox.control("POST", path, {"times": 3})
    assert [each["status"] for each in outcomes] == [201] * 3
    outcomes = sandbox.control("POST", path, {"times": 20, "concurrently": True})
    assert [each["status"] for each in outcomes] == [201] * 20
    assert len({each["raw"] for each in sandbox.hook.received}) == 1
    assert len(sandbox.hook.received) == 24
    assert len(sandbox.control("GET", "/deliveries")) == 24


def test_concurrent_redelivery_is_concurrent(sandbox):
    sandbox.sale()
    sandbox.deliver()
    [delivery] = sandbox.control("GET", "/deliveries")
    together = threading.Barrier(4, timeout=30)
    sandbox.hook.before = together.wait
    path = f"/notifications/{delivery['notification']}/redeliver"
    outcomes = sandbox.control("POST", path, {"times": 4, "concurrently": True})
    assert [each["status"] for each in outcomes] == [201] * 4


def test_one_charge_whoever_is_faster(sandbox):
    """A session that many pay at once is charged once."""
    session = sandbox.session()
    gate = threading.Barrier(6)
    statuses = []

    def pay():
        gate.wait()
        statuses.append(sandbox.pay(session).status_code)

    threads = [threading.Thread(target=pay) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303] + [409] * 5
    assert sandbox.read("/transactions")["size"] == 1
