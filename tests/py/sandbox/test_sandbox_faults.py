"""Answers that are broken, late or lost."""

from __future__ import annotations

import json
import time
from http.client import IncompleteRead

import pytest
import requests

from tests.py.sandbox.client import DECLINED, usd


@pytest.mark.parametrize("status", [401, 403, 409, 429, 500, 502, 503, 504])
def test_errors_that_are_planned(sandbox, status):
    sandbox.faults(epg={"status": status, "times": 1, "retry_after": 7})
    failed = sandbox.epg("POST", "/orders", {"total": usd("1.00")})
    assert failed.status_code == status and failed.headers["Retry-After"] == "7"
    assert (failed.content == b"") == (status >= 500)
    assert sandbox.read("/orders")["size"] == 0


def test_a_429_may_say_nothing_of_when(sandbox):
    sandbox.faults(epg={"status": 429, "times": 1})
    failed = sandbox.epg("GET", "/orders")
    assert failed.json()["failures"][0]["code"] == "tooManyRequests"
    assert "Retry-After" not in failed.headers
    assert "Retry-After" not in sandbox.epg("GET", "/orders").headers


def test_a_request_can_be_lost_before_the_work(sandbox):
    sandbox.faults(epg={"lose_request": 1, "method": "POST"})
    assert sandbox.read("/orders")["size"] == 0
    with pytest.raises(requests.ConnectionError):
        sandbox.order()
    assert sandbox.read("/orders")["size"] == 0
    assert sandbox.order()["id"]
    faults = [each["fault"] for each in sandbox.control("GET", "/requests")]
    assert faults == [None, "request lost", None, None]


def broken_order(sandbox, how):
    """Make an order whose answer is broken, and look that it is there."""
    sandbox.faults(epg={"broken": how, "broken_times": 1, "path": "/orders"})
    response = sandbox.epg("POST", "/orders", {"total": usd("1.00")}, allow_redirects=False)
    assert sandbox.read("/orders")["size"] == 1
    [made, _] = sandbox.control("GET", "/requests")
    assert made["fault"] == f"answer broken: {how}"
    return response


def test_an_answer_can_be_half_of_its_json(sandbox):
    response = broken_order(sandbox, "truncated")
    assert response.status_code == 201 and response.text.startswith('{"href"')
    with pytest.raises(json.JSONDecodeError):
        response.json()


def test_an_answer_can_end_before_its_length(sandbox):
    with pytest.raises(requests.RequestException) as caught:
        broken_order(sandbox, "cut")
    assert "IncompleteRead" in str(caught.value) or isinstance(caught.value, IncompleteRead)
    assert sandbox.read("/orders")["size"] == 1


def test_an_answer_can_be_a_page(sandbox):
    response = broken_order(sandbox, "html")
    assert response.status_code == 201
    assert response.headers["Content-Type"].startswith("text/html")
    assert response.text.startswith("<html>")


def test_an_answer_can_be_empty(sandbox):
    response = broken_order(sandbox, "empty")
    assert (response.status_code, response.content) == (201, b"")


def test_an_answer_can_point_elsewhere(sandbox):
    response = broken_order(sandbox, "redirect")
    assert response.status_code == 307
    assert response.headers["Location"] == "https://gw.sandbox.invalid/"
    sandbox.faults(
        epg={"broken": "redirect", "broken_times": 1, "redirect_to": "http://127.0.0.1:1/x"}
    )
    response = sandbox.epg("GET", "/orders", allow_redirects=False)
    assert response.headers["Location"] == "http://127.0.0.1:1/x"


def test_an_answer_can_be_about_another_resource(sandbox):
    stranger = broken_order(sandbox, "other_resource").json()
    [own] = sandbox.read("/orders")["items"]
    assert stranger["id"] != own["id"] and stranger["href"].endswith(f"/orders/{stranger['id']}")
    assert sandbox.epg("GET", f"/orders/{stranger['id']}").status_code == 404
    second = sandbox.order("2.00", customReference="second")
    sandbox.faults(epg={"broken": "other_resource", "broken_times": 2})
    assert sandbox.read(f"/orders/{own['id']}")["id"] == second["id"]
    listed = sandbox.read("/orders?filter=customReference_eq_nobody")
    assert [each["id"] for each in listed["items"]] == [second["id"], own["id"]]


def test_what_is_broken_can_be_limited(sandbox):
    sandbox.faults(
        epg={"broken": "empty", "broken_times": 2, "path": "/orders", "method": "GET"}
    )
    sandbox.order()
    assert sandbox.read("/shoppers")["size"] == 0
    assert sandbox.epg("GET", "/orders").content == b""
    assert sandbox.epg("GET", "/orders").content == b""
    assert sandbox.read("/orders")["size"] == 1


def test_a_refused_request_is_answered_brokenly_too(sandbox):
    sandbox.faults(epg={"broken": "other_resource", "broken_times": 2})
    assert sandbox.refused("/orders", {}) == [("fieldValidationFailure", "total")]
    sandbox.faults(epg={"broken": "empty", "broken_times": 1})
    assert sandbox.epg("POST", "/orders", {}).content == b""


def test_an_answer_can_come_in_pieces(sandbox):
    order = sandbox.order()
    sandbox.faults(epg={"drip_seconds": 0.02})
    started = time.monotonic()
    assert sandbox.read(f"/orders/{order['id']}") == order
    assert time.monotonic() - started >= 0.2


def test_the_next_sales_can_be_declined_for_a_reason(sandbox):
    sandbox.faults(epg={"decline_sales": 1, "decline_reason": "doNotResubmit"})
    declined = sandbox.sale()
    assert (declined["state"], declined["isAuthorized"]) == ("declined", False)
    assert [each["code"] for each in declined["failures"]] == ["declinedByIssuer", "doNotResubmit"]
    assert sandbox.sale()["isAuthorized"] is True
    other = sandbox.sale(number=DECLINED)
    assert [each["code"] for each in other["failures"]] == ["declinedByIssuer", "doNotResubmit"]


def test_the_next_cards_can_be_refused_for_storing(sandbox):
    shopper = sandbox.make("/shoppers", fullName="Ana")
    session = sandbox.session(doCreateTransaction=False, shopper=shopper["id"])
    sandbox.pay(session)
    hosted = sandbox.read(f"/payment-sessions/{session['id']}")["hostedCard"]
    body = {"shopper": shopper["id"], "hostedCard": hosted}
    sandbox.faults(epg={"refuse_stored_cards": 1})
    assert sandbox.refused("/stored-cards", body) == [
        ("cardNotValidForCredentialOnFile", "hostedCard")
    ]
    assert sandbox.make("/stored-cards", **body)["card"]["last4"] == "1119"
