"""Payment links and notifications of other kinds (the gateway's contract, sections 8 and 9)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import requests

from tests.py.sandbox.client import DECLINED, usd


def link(sandbox, seconds=3600.0, **fields):
    return sandbox.make(
        "/payment-links",
        **{
            "total": usd("40.00"),
            "expiresAt": after(sandbox, seconds),
            "returnUrl": "https://shop.example/paid",
            "orderReference": "REG-40",
            **fields,
        },
    )


def after(sandbox, seconds):
    """Return the sandbox's time some seconds from now."""
    now = datetime.fromisoformat(sandbox.control("GET", "/clock")["now"])
    return (now + timedelta(seconds=seconds)).isoformat()


def follow(made):
    """Open a link: the answer, or the page of the session that it led to."""
    response = requests.get(made["url"], timeout=5)
    return response.url if response.status_code == 200 else response.status_code


def test_a_link_is_paid_on_a_page_of_its_own(sandbox):
    made = link(sandbox, customReference="mine")
    assert (made["status"], made["clickCount"], made["conversionCount"]) == ("active", 0, 0)
    assert sandbox.read("/payment-links?filter=customReference_eq_mine")["size"] == 1
    page = follow(made)
    paid = sandbox.pay({"url": page})
    assert paid.status_code == 303
    assert paid.headers["Location"].startswith("https://shop.example/paid?sessionId=")
    found = sandbox.read(f"/payment-links/{made['id']}")
    assert (found["clickCount"], found["conversionCount"]) == (1, 1)
    [sale] = sandbox.read(f"/transactions?filter=paymentLink_eq_{made['id']}")["items"]
    assert (sale["paymentLink"], sale["orderReference"]) == (made["href"], "REG-40")
    assert sale["total"] == usd("40.00") and sale["source"] == "payByLink"
    session_id = page.rsplit("=", 1)[1]
    session = sandbox.read(f"/payment-sessions/{session_id}")
    assert (session["hppType"], session["paymentLink"]) == ("paymentLink", made["href"])
    sandbox.deliver()
    assert sandbox.hook.events() == [
        ("transaction", "saleAuthorized"),
        ("paymentSession", "saleAuthorized"),
        ("paymentLink", "saleAuthorized"),
    ]
    assert sandbox.hook.received[2]["body"]["resource"] == made["href"]
    assert sandbox.hook.received[2]["body"]["customReference"] == "mine"


def test_a_link_without_a_return_url_ends_on_a_notice(sandbox):
    paid = sandbox.pay({"url": follow(link(sandbox, returnUrl=None))})
    assert paid.status_code == 200 and "Paid" in paid.text


def test_a_decline_on_a_link_is_told_and_counts_for_nothing(sandbox):
    made = link(sandbox)
    page = follow(made)
    assert sandbox.pay({"url": page}, DECLINED).status_code == 402
    assert sandbox.read(f"/payment-links/{made['id']}")["conversionCount"] == 0
    sandbox.deliver()
    assert sandbox.hook.events()[-1] == ("paymentLink", "saleDeclined")
    assert sandbox.pay({"url": page}).status_code == 303


def test_a_pending_sale_on_a_link_is_told(sandbox):
    sandbox.faults(epg={"leave_pending": 1})
    sandbox.pay({"url": follow(link(sandbox))})
    sandbox.deliver()
    assert sandbox.hook.events() == [
        ("paymentSession", "saleAuthorizationPending"),
        ("paymentLink", "saleAuthorizationPending"),
    ]


def test_a_link_is_paid_no_more_often_than_it_may_be(sandbox):
    made = link(sandbox, conversionLimit=1)
    first, second = follow(made), follow(made)
    assert sandbox.pay({"url": first}).status_code == 303
    assert sandbox.pay({"url": second}).status_code == 402
    [declined] = sandbox.read("/transactions?filter=state_in_declined")["items"]
    assert declined["failures"][-1]["code"] == "paymentLinkLimitReached"
    assert sandbox.read(f"/payment-links/{made['id']}")["status"] == "limitReached"
    assert follow(made) == 409
    sandbox.epg("POST", f"/payment-links/{made['id']}", {"conversionLimit": 2})
    assert sandbox.pay({"url": follow(made)}).status_code == 303


def test_a_link_expires(sandbox):
    made = link(sandbox, 600)
    page = follow(made)
    sandbox.advance(601)
    assert sandbox.read(f"/payment-links/{made['id']}")["status"] == "expired"
    assert follow(made) == 410 and sandbox.pay({"url": page}).status_code == 410
    assert ("paymentLink", "expired") in sandbox.hook.events()
    assert sandbox.refused(f"/payment-links/{made['id']}", {"doCancel": True}) == [
        ("paymentLinkExpired", None)
    ]


def test_a_link_can_be_cancelled(sandbox):
    made = link(sandbox)
    cancelled = sandbox.epg("POST", f"/payment-links/{made['id']}", {"doCancel": True}).json()
    assert cancelled["status"] == "cancelled" and cancelled["cancelledAt"]
    assert follow(made) == 410
    sandbox.advance(7200)
    assert sandbox.hook.events() == []
    assert sandbox.refused(f"/payment-links/{made['id']}", {"description": "x"}) == [
        ("paymentLinkCancelled", None)
    ]
    named = sandbox.epg("POST", f"/payment-links/{made['id']}", {"customReference": "x"})
    assert named.json()["customReference"] == "x"


def test_a_links_end_can_be_moved(sandbox):
    made = link(sandbox, 600)
    sandbox.epg("POST", f"/payment-links/{made['id']}", {"expiresAt": after(sandbox, 1200)})
    sandbox.advance(700)
    assert sandbox.read(f"/payment-links/{made['id']}")["status"] == "active"
    sandbox.advance(600)
    assert sandbox.read(f"/payment-links/{made['id']}")["status"] == "expired"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"total": None}, ("fieldValidationFailure", "total")),
        ({"total": {"amount": "4", "currencyCode": "EUR"}},
         ("fieldValidationFailure", "total.currencyCode")),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, ("fieldValidationFailure", "expiresAt")),
        ({"expiresAt": "2999-01-01T00:00:00Z"}, ("fieldValidationFailure", "expiresAt")),
        ({"shopper": "nobody"}, ("fieldValidationFailure", "shopper")),
        ({"useStoredPaymentMethod": True}, ("fieldValidationFailure", "useStoredPaymentMethod")),
        ({"conversionCount": 1}, ("jsonBindingFailure", "conversionCount")),
    ],
)
def test_bad_links(sandbox, fields, expected):
    body = {"total": usd("4.00"), "expiresAt": after(sandbox, 60), **fields}
    assert sandbox.refused("/payment-links", body) == [expected]


def test_a_link_that_is_not_there(sandbox):
    response = requests.get(f"{sandbox.url}/hpp/link?paymentLinkId=none", timeout=5)
    assert response.status_code == 404


# ---------------------------------------------------------------- notifications


def test_a_notification_of_an_unknown_kind_is_pushed_and_listed(sandbox):
    made = sandbox.control(
        "POST",
        "/notifications",
        {"event_type": "moonRisen", "resource_type": "moon", "resource_id": "m7"},
    )
    sandbox.deliver()
    [push] = sandbox.hook.received
    assert push["body"] == made
    assert (made["eventType"], made["resourceType"]) == ("moonRisen", "moon")
    assert made["resource"].endswith("/moons/m7")
    assert sandbox.read("/notifications")["items"] == [made]


def test_notifications_are_paged_and_filtered_by_the_time_they_were_made(sandbox):
    made = []
    for number in range(25):
        made.append(
            sandbox.control(
                "POST",
                "/notifications",
                {"event_type": "x", "resource_type": "transaction", "resource_id": f"t{number}"},
            )
        )
        sandbox.advance(60)
    since, until = made[5]["createdAt"], made[20]["createdAt"]

    def ids(query):
        found, token = [], ""
        while True:
            page = sandbox.read(f"/notifications?limit=7{query}{token}")
            found += [each["id"] for each in page["items"]]
            if page["nextPageToken"] is None:
                return found
            token = f"&pageToken={page['nextPageToken']}"

    everything = [each["id"] for each in reversed(made)]
    assert ids("") == everything
    assert ids(f"&filter=createdAt_ge_{since}") == everything[:20]
    assert ids(f"&filter=createdAt_gt_{since}") == everything[:19]
    between = f"&filter=createdAt_ge_{since}&filter=createdAt_lt_{until}"
    assert ids(between) == everything[5:20]
    assert ids(f"&filter=createdAt_le_{since}") == everything[19:]
    local = since.replace("Z", "%2B00:00")
    assert ids(f"&filter=createdAt_ge_{local}") == everything[:20]


def test_a_page_goes_on_where_it_ended_although_more_has_come(sandbox):
    for number in range(4):
        sandbox.sale(f"{number + 1}.00")
    first = sandbox.read("/notifications?limit=2")
    sandbox.sale("9.00")
    second = sandbox.read(f"/notifications?limit=2&pageToken={first['nextPageToken']}")
    whole = [each["id"] for each in sandbox.read("/notifications?limit=9")["items"]]
    assert [each["id"] for each in first["items"] + second["items"]] == whole[1:]


def test_what_is_not_pushed_is_still_listed(sandbox):
    sandbox.faults(notifications={"drop": True})
    sandbox.pay(sandbox.session())
    sandbox.control("PUT", "/webhooks/mch1", {"on": False})
    sandbox.sale()
    sandbox.advance(86_400)
    assert sandbox.hook.received == []
    assert sandbox.read("/notifications")["size"] == 3
