"""The hosted page and payment sessions (the gateway's contract, section 6.3)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.py.sandbox.client import CENTS, DECLINED, card, usd


def test_a_session_starts_out_as_documented(sandbox):
    session = sandbox.session(doCreateTransaction=None, customReference="inv-1")
    assert session["doCreateTransaction"] is False
    assert session["doCapture"] is True
    assert session["hppType"] == "fullPageRedirect"
    assert session["transaction"] is None and session["previousTransactions"] == []
    assert session["hostedCard"] is None and session["storedCard"] is None
    assert session["url"].startswith(sandbox.url + "/hpp/?sessionId=" + session["id"])
    life = datetime.fromisoformat(session["expiresAt"]) - datetime.fromisoformat(
        session["createdAt"]
    )
    assert life == timedelta(minutes=30)


def test_paying_makes_the_transaction_and_sends_the_shopper_back(sandbox):
    order = sandbox.order("4849.67", orderReference="REG-7", customReference="order-ref")
    session = sandbox.session(order, customReference="session-ref")
    response = sandbox.pay(session)
    assert response.status_code == 303
    target = urlsplit(response.headers["Location"])
    assert parse_qs(target.query) == {"cart": ["1"], "sessionId": [session["id"]]}

    session = sandbox.read(f"/payment-sessions/{session['id']}")
    transaction = sandbox.read("/transactions/" + session["transaction"].rsplit("/", 1)[1])
    assert transaction["isAuthorized"] is True and transaction["type"] == "sale"
    assert transaction["total"] == usd("4849.67")
    assert transaction["orderReference"] == "REG-7"
    assert transaction["customReference"] is None
    assert transaction["source"] == "hppSubmitRedirect"
    assert transaction["paymentSession"] == session["href"]
    assert transaction["order"] == order["href"]


def test_the_result_can_appear_in_previous_transactions(sandbox):
    sandbox.faults(epg={"result_in": "previousTransactions"})
    session = sandbox.session()
    assert sandbox.pay(session).status_code == 303
    session = sandbox.read(f"/payment-sessions/{session['id']}")
    assert session["transaction"] is None
    assert len(session["previousTransactions"]) == 1


def test_a_decline_is_shown_and_can_be_retried(sandbox):
    session = sandbox.session()
    declined = sandbox.pay(session, DECLINED)
    assert declined.status_code == 402
    assert "declined" in declined.text and "<form" in declined.text
    assert sandbox.pay(session).status_code == 303
    session = sandbox.read(f"/payment-sessions/{session['id']}?expand=transaction")
    assert session["transaction"]["isAuthorized"] is True
    earlier = session["previousTransactions"][0].rsplit("/", 1)[1]
    assert sandbox.read(f"/transactions/{earlier}")["state"] == "declined"


def test_after_seven_declines_the_page_gives_up(sandbox):
    session = sandbox.session()
    assert [sandbox.pay(session, DECLINED).status_code for _ in range(7)] == [402] * 7
    assert sandbox.pay(session).status_code == 409
    assert sandbox.read("/transactions?limit=50")["size"] == 7


def test_a_second_payment_on_the_page_is_refused(sandbox):
    session = sandbox.session()
    assert sandbox.pay(session).status_code == 303
    assert sandbox.pay(session).status_code == 409
    assert sandbox.read("/transactions")["size"] == 1


def test_without_do_create_transaction_no_money_moves(sandbox):
    session = sandbox.session(doCreateTransaction=False)
    assert sandbox.pay(session).status_code == 303
    session = sandbox.read(f"/payment-sessions/{session['id']}")
    assert session["hostedCard"] is not None and session["transaction"] is None
    assert sandbox.read("/transactions")["size"] == 0

    sale = sandbox.make("/transactions", paymentSession=session["href"], total=usd("25.00"))
    assert sale["isAuthorized"] is True and sale["hostedCard"] is None
    again = {"paymentSession": session["id"], "total": usd("25.00")}
    assert ("fieldValidationFailure", "paymentSession") in sandbox.refused("/transactions", again)


def test_a_session_is_not_charged_for_another_amount_than_3ds_saw(sandbox):
    session = sandbox.session(doCreateTransaction=False)
    sandbox.pay(session)
    wrong = {"paymentSession": session["id"], "total": usd("26.00")}
    assert sandbox.refused("/transactions", wrong) == [("fieldValidationFailure", "total.amount")]


def test_an_empty_session_can_not_be_charged(sandbox):
    body = {"paymentSession": sandbox.session()["id"], "total": usd("25.00")}
    assert sandbox.refused("/transactions", body) == [("fieldValidationFailure", "paymentSession")]


def test_reset_makes_room_after_a_decline(sandbox):
    session = sandbox.session(sandbox.order("25.51"), doCreateTransaction=False)
    path = f"/payment-sessions/{session['id']}"
    assert sandbox.refused(path, {"doReset": True}) == [("fieldValidationFailure", "doReset")]
    sandbox.pay(session, CENTS)
    body = {"paymentSession": session["id"], "total": usd("25.51")}
    assert sandbox.make("/transactions", **body)["state"] == "declined"
    # Two rules are broken: the session has its transaction, and the card is used up.
    assert sandbox.refused("/transactions", body) == [
        ("fieldValidationFailure", "paymentSession")
    ] * 2

    changed = sandbox.epg("POST", path, {"doReset": True}).json()
    assert changed["transaction"] is None and len(changed["previousTransactions"]) == 1
    assert changed["hostedCard"] is None
    sandbox.deliver()
    assert ("paymentSession", "reset") in sandbox.hook.events()
    sandbox.pay(session)
    assert sandbox.make("/transactions", **body)["isAuthorized"] is True


def test_an_expired_session_takes_no_card(sandbox):
    session = sandbox.session()
    sandbox.advance(30 * 60)
    assert requests.get(session["url"], timeout=5).status_code == 410
    assert sandbox.pay(session).status_code == 410
    assert sandbox.read("/transactions")["size"] == 0
    assert sandbox.hook.events() == [("paymentSession", "expired")]


def test_an_unknown_session_is_not_found(sandbox):
    response = requests.get(f"{sandbox.url}/hpp/?sessionId=nothing", timeout=5)
    assert response.status_code == 404


def test_cancel_leads_to_the_cancel_url(sandbox):
    session = sandbox.session()
    page = requests.get(session["url"], timeout=5)
    assert page.status_code == 200 and "25.00" in page.text and "Studio One" in page.text
    response = requests.get(
        f"{sandbox.url}/hpp/cancel?sessionId={session['id']}", allow_redirects=False, timeout=5
    )
    assert response.status_code == 303
    assert response.headers["Location"] == f"https://shop.example/stop?sessionId={session['id']}"


@pytest.mark.parametrize(
    "fields",
    [
        {"number": "4546341111111118"},
        {"number": ""},
        {"expirationMonth": "13"},
        {"securityCode": "12"},
        {"holderName": ""},
    ],
)
def test_a_form_that_can_not_be_used_charges_nothing(sandbox, fields):
    session = sandbox.session()
    assert sandbox.pay(session, **fields).status_code == 422
    assert sandbox.read("/transactions")["size"] == 0


def test_a_card_is_remembered_only_when_asked(sandbox):
    shopper = sandbox.make("/shoppers", fullName="Ana Ruiz")
    path = f"/shoppers/{shopper['id']}/stored-cards"
    sandbox.pay(sandbox.session(shopper=shopper["href"]))
    assert sandbox.read(path)["size"] == 0
    chosen = sandbox.session(shopper=shopper["href"])
    sandbox.pay(chosen, saveCard="on")
    forced = sandbox.session(shopper=shopper["href"], useStoredPaymentMethod=True)
    sandbox.pay(forced)
    [stored] = sandbox.read(path)["items"]
    for session in (chosen, forced):
        after = sandbox.read(f"/payment-sessions/{session['id']}")
        assert after["storedCard"] == stored["href"]


@pytest.mark.parametrize(
    ("fields", "failure"),
    [
        ({"returnUrl": None}, "returnUrl"),
        ({"cancelUrl": None}, "cancelUrl"),
        ({"originUrl": "https://shop.example"}, "originUrl"),
        ({"hppType": "lightbox", "cancelUrl": None, "originUrl": "https://s.example"}, "returnUrl"),
        ({"returnUrl": "ftp://shop.example"}, "returnUrl"),
        ({"order": "nosuchorder"}, "order"),
        ({"expiresAt": "2099-01-01T00:00:00Z"}, "expiresAt"),
        ({"useStoredPaymentMethod": True}, "useStoredPaymentMethod"),
        ({"allowedPaymentMethods": ["card"]}, "allowedPaymentMethods"),
        ({"salesTax": usd("1.00")}, "salesTax"),
    ],
)
def test_session_rules(sandbox, fields, failure):
    body = {
        "order": sandbox.order()["id"],
        "returnUrl": "https://shop.example/back",
        "cancelUrl": "https://shop.example/stop",
        **fields,
    }
    assert sandbox.refused("/payment-sessions", body) == [("fieldValidationFailure", failure)]


def test_a_session_can_be_cut_short(sandbox):
    session = sandbox.session()
    ends = datetime.fromisoformat(session["createdAt"]) + timedelta(minutes=10)
    path = f"/payment-sessions/{session['id']}"
    changed = sandbox.epg("POST", path, {"expiresAt": ends.isoformat()})
    assert changed.status_code == 200
    assert datetime.fromisoformat(changed.json()["expiresAt"]) == ends
    late = (ends + timedelta(minutes=21)).isoformat()
    assert sandbox.refused(path, {"expiresAt": late}) == [("fieldValidationFailure", "expiresAt")]
    sandbox.advance(10 * 60)
    assert sandbox.pay(session).status_code == 410


def test_the_card_of_a_finished_sale_can_not_be_stored(sandbox):
    shopper = sandbox.make("/shoppers", fullName="Ana Ruiz")
    session = sandbox.session()
    sandbox.pay(session)
    hosted = sandbox.read(f"/payment-sessions/{session['id']}")["hostedCard"]
    body = {"shopper": shopper["id"], "hostedCard": hosted}
    assert sandbox.refused("/stored-cards", body) == [("fieldValidationFailure", "hostedCard")]


def test_the_page_declines_where_3ds_is_enforced_and_switched_off(sandbox):
    session = sandbox.session(doThreeDSecure=False)
    assert sandbox.pay(session).status_code == 402
    [transaction] = sandbox.read("/transactions")["items"]
    assert [each["code"] for each in transaction["failures"]] == [
        "declinedByGateway",
        "3dsEnforcedOnEcommerceSales",
    ]


def test_no_card_number_or_code_is_kept(sandbox):
    sandbox.pay(sandbox.session(), securityCode="8642")
    sandbox.sale(number=CENTS)
    sandbox.epg("POST", "/hosted-cards", {"card": card(DECLINED, securityCode="9753")})
    sandbox.epg("POST", "/hosted-cards", {"cvv": "9753", "card": {"number": 4380564306105898}})
    kept = b"".join(each.read_bytes() for each in sandbox.state.parent.iterdir())
    for number in ("4546341111111119", CENTS, DECLINED):
        assert number.encode() not in kept
    # Codes are too short to be looked for as such: look for members that hold digits.
    assert not re.search(rb'"(number|securityCode|cvv)": "?[0-9]', kept)
    assert b"XXXX.XXXX.XXXX.1119" in kept
