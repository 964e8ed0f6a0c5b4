"""From checkout to the confirmation in the inbox."""

from __future__ import annotations

import json
import re
import secrets

from tests.py.payments.support import (
    APPROVED,
    BACK,
    CANCEL,
    HOLDER,
    Gateway,
    assert_confirmed_once,
    open_session,
    payments_of,
    rows,
    transactions_of,
)
from tests.py.support import Family, Studio

# The design's worked example, line by line, as it stands in the receipt.
WORKED_EXAMPLE = [
    "2,269.83", "716.78", "195.00", "15.00", "40.00", "3,236.61",
    "1,513.06", "110.00", "40.00", "1,663.06",
    "-50.00", "4,849.67",
]


def phone() -> str:
    """A number nobody else has."""
    return f"+1{secrets.randbelow(8 * 10**9) + 2 * 10**9}"


def test_worked_example_is_paid_and_told_once_by_each_channel(aydt: Studio) -> None:
    gateway = Gateway(aydt)
    number = phone()
    family = aydt.family(full_name="Zenobia Quill", phone=number, sms_opt_in=True)
    sections = aydt.sections()
    wanted = {
        ("Odalys", "2010-01-15"): ["Ballet 4", "Contemporary 1", "Jazz 3", "Technique 1"],
        ("Ignatius", "2016-01-15"): ["Hip-Hop 2", "Tap 2"],
    }
    items = [
        (student, sections[title])
        for (name, born), titles in wanted.items()
        for student in [family.student(name, born)]
        for title in titles
    ]
    registration = family.hold(*items)
    assert registration["total_minor"] == 484967
    assert registration["status"] == "pending_payment"

    assert gateway.pay(open_session(family, registration)) == 303
    assert_confirmed_once(registration)

    mails = gateway.inbox(family.email)
    assert [mail["kind"] for mail in mails] == ["email"]
    assert mails[0]["to"] == [family.email]
    assert mails[0]["subject"].startswith("Academy of Young Dancers: you are enrolled for ")
    assert "Zenobia Quill" in mails[0]["text"]
    assert re.findall(r"-?[\d,]+\.\d\d$", mails[0]["text"], re.MULTILINE) == WORKED_EXAMPLE
    for title in (title for titles in wanted.values() for title in titles):
        assert title in mails[0]["text"]
    texts = gateway.inbox(number)
    assert [(text["kind"], text["to"]) for text in texts] == [("sms", [number])]
    assert "4,849.67 USD paid" in texts[0]["text"]


def test_sms_only_on_opt_in(gateway: Gateway, elmst: Studio, section_id: int) -> None:
    number = phone()
    family = elmst.family(phone=number, sms_opt_in=False)
    registration = family.hold((family.student(), section_id))
    gateway.pay(open_session(family, registration))
    assert_confirmed_once(registration)
    assert len(gateway.inbox(family.email)) == 1
    assert gateway.inbox(number) == []


def test_the_gateway_is_asked_in_order_and_told_nothing_beyond_the_name(
    gateway: Gateway, elmst: Studio, section_id: int
) -> None:
    number = phone()
    family = elmst.family(full_name="Zenobia Quill", phone=number)
    registration = family.hold((family.student("Odalys"), section_id))
    before = gateway.mark()
    session = open_session(family, registration)
    payment = payments_of(registration)[0]
    [shopper] = rows("select * from payment.shoppers where id = %s", payment["shopper_id"])

    find, create_shopper, create_order, create_session = gateway.requests(before)
    assert find["method"] == "GET"
    assert find["path"].startswith("/shoppers?")
    assert f"customReference_eq_{shopper['reference']}" in find["path"]
    assert (create_shopper["method"], create_shopper["path"]) == ("POST", "/shoppers")
    assert create_shopper["body"] == {
        "customReference": shopper["reference"], "fullName": "Zenobia Quill"
    }
    assert (create_order["method"], create_order["path"]) == ("POST", "/orders")
    assert create_order["body"] == {
        "total": {"amount": f"{registration['total_minor'] / 100:.2f}", "currencyCode": "USD"},
        "orderReference": payment["reference"],
        "customReference": payment["reference"],
    }
    assert (create_session["method"], create_session["path"]) == ("POST", "/payment-sessions")
    assert create_session["body"] == {
        "order": payment["order_ref"],
        "shopper": shopper["gateway_id"],
        "hppType": "fullPageRedirect",
        "doCreateTransaction": True,
        "doCapture": True,
        "returnUrl": BACK,
        "cancelUrl": CANCEL,
        "expiresAt": payment["session_ends_at"].strftime("%Y-%m-%dT%H:%M:%S.")
        + f"{payment['session_ends_at'].microsecond // 1000:03d}Z",
        "customReference": payment["reference"],
    }
    assert {each["merchant"] for each in gateway.requests(before)} == {gateway.merchant["alias"]}
    sent = json.dumps(gateway.requests(before))
    for personal in (family.email, number, "Odalys"):
        assert personal not in sent

    # What the family's browser learns of it, and when the page ends.
    assert session == {
        "payment_id": payment["id"],
        "registration_id": registration["registration_id"],
        "status": "open",
        "amount_minor": registration["total_minor"],
        "currency": "USD",
        "session_url": payment["session_url"],
        "session_ends_at": session["session_ends_at"],
    }
    assert gateway.session(payment)["url"] == session["session_url"]


def test_a_second_checkout_reuses_the_shopper(
    gateway: Gateway, family: Family, elmst: Studio, section_id: int
) -> None:
    student = family.student()
    first = family.hold((student, section_id))
    gateway.pay(open_session(family, first))
    assert_confirmed_once(first)
    second = family.hold((student, elmst.section(weekdays=(3,))))
    before = gateway.mark()
    gateway.pay(open_session(family, second))
    assert_confirmed_once(second)
    assert [each["path"] for each in gateway.requests(before) if each["method"] == "POST"] == [
        "/orders", "/payment-sessions"
    ]
    assert payments_of(first)[0]["shopper_id"] == payments_of(second)[0]["shopper_id"]
    assert len(gateway.inbox(family.email)) == 2


def test_a_decline_leaves_the_page_open_for_the_next_card(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    session = open_session(family, registration)
    assert gateway.pay(session, "4380564306105898") == 402
    gateway.deliver()
    total = registration["total_minor"]
    assert transactions_of(registration) == [("sale", "declined", total)]
    assert payments_of(registration)[0]["status"] == "open"
    assert gateway.inbox(family.email) == []

    assert gateway.pay(session, APPROVED) == 303
    assert_confirmed_once(registration)
    assert [each[:2] for each in transactions_of(registration)][0] == ("sale", "declined")
    assert len(gateway.inbox(family.email)) == 1


def test_a_result_among_the_previous_transactions_counts_as_well(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    # Where a session shows its result is open in the gateway's contract; and here nothing else
    # than the session tells of it.
    gateway.faults(
        epg={"result_in": "previousTransactions"},
        notifications={"drop": True},
    )
    gateway.pay(open_session(family, registration))
    session_ref = payments_of(registration)[0]["session_ref"]
    notice = gateway.notice(session_ref, resourceType="paymentSession")
    notice["resource"] = f"https://gw.sandbox.invalid/payment-sessions/{session_ref}"
    assert gateway.notify(notice).status_code == 201
    assert_confirmed_once(registration)
    assert HOLDER not in json.dumps(rows("select body from payment.gateway_events"))
