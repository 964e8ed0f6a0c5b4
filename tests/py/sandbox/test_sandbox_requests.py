"""Credentials, headers, binding, lists and errors (the gateway's contract, sections 2 to 4)."""

from __future__ import annotations

import json
import socket

import pytest
import requests

from tests.py.sandbox.client import JSON, card, usd


def first_code(response):
    body = response.json()
    assert body["status"] == response.status_code
    return body["failures"][0]["code"]


def test_health_needs_no_credentials(sandbox):
    response = requests.get(f"{sandbox.url}/epg/health", timeout=5)
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    "auth", [None, ("studio-one", "wrong"), ("nobody", "sk_one"), ("studio-one", "sk_two")]
)
def test_wrong_credentials(sandbox, auth):
    response = sandbox.epg("GET", "/orders", auth=auth)
    assert response.status_code == 401
    assert response.json()["failures"][0] == {
        "code": "unauthorized",
        "description": "unauthorized",
        "field": "Authorization header",
    }
    assert response.headers["Version"] == "1"


def test_the_public_key_opens_hosted_cards_only(sandbox):
    auth = ("studio-one", "pk_one")
    made = sandbox.epg("POST", "/hosted-cards", {"card": card()}, auth=auth)
    assert made.status_code == 201
    assert sandbox.epg("GET", f"/hosted-cards/{made.json()['id']}", auth=auth).status_code == 200
    refused = sandbox.epg("POST", "/orders", {"total": usd("1.00")}, auth=auth)
    assert refused.status_code == 403 and first_code(refused) == "forbidden"
    assert sandbox.read("/orders")["size"] == 0


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html"])
def test_accept_must_name_the_charset(sandbox, accept):
    response = sandbox.epg("GET", "/orders", headers={"Accept": accept})
    assert response.status_code == 406 and first_code(response) == "notAcceptable"


def test_accept_version(sandbox):
    assert sandbox.epg("GET", "/orders", headers={"Accept-Version": "2"}).status_code == 406
    without = sandbox.epg("GET", "/orders", headers={"Accept-Version": None})
    assert without.status_code == 200 and "Warning" in without.headers
    assert "Warning" not in sandbox.epg("GET", "/orders").headers


def test_content_type_and_length(sandbox):
    wrong = sandbox.epg(
        "POST", "/orders", {"total": usd("1.00")}, headers={"Content-Type": "text/plain"}
    )
    assert wrong.status_code == 415
    charset = sandbox.epg("POST", "/orders", {"total": usd("1.00")}, headers={"Content-Type": JSON})
    assert charset.status_code == 201
    chunked = requests.post(
        f"{sandbox.url}/epg/orders",
        data=iter([b"{}"]),
        headers={"Accept": JSON, "Content-Type": "application/json"},
        auth=("studio-one", "sk_one"),
        timeout=5,
    )
    assert chunked.status_code == 411
    large = sandbox.epg("POST", "/orders", raw=b" " * 1_000_001)
    assert large.status_code == 413


def test_unknown_paths_and_methods(sandbox):
    assert first_code(sandbox.epg("GET", "/nothing")) == "notFound"
    assert first_code(sandbox.epg("GET", "/orders/nothing")) == "notFound"
    assert first_code(sandbox.epg("GET", "/payment-sessions")) == "methodNotAllowed"
    assert first_code(sandbox.epg("DELETE", "/transactions/x")) == "methodNotAllowed"


def test_one_merchant_does_not_see_another(sandbox):
    order = sandbox.order()
    assert (
        sandbox.epg("GET", f"/orders/{order['id']}", auth=("studio-two", "sk_two")).status_code
        == 404
    )
    body = {
        "order": order["id"],
        "returnUrl": "https://a.example",
        "cancelUrl": "https://a.example",
    }
    refused = sandbox.epg("POST", "/payment-sessions", body, auth=("studio-two", "sk_two"))
    assert refused.status_code == 400 and refused.json()["failures"][1]["field"] == "order"


def test_the_shape_of_a_created_resource(sandbox):
    response = sandbox.epg("POST", "/orders", {"total": usd("10.5")})
    order = response.json()
    assert response.headers["Location"] == order["href"]
    assert order["href"] == f"https://gw.sandbox.invalid/orders/{order['id']}"
    assert order["merchant"] == "https://gw.sandbox.invalid/merchants/mch1"
    assert order["total"] == usd("10.50")
    assert order["description"] is None and "orderReference" in order
    assert order["createdAt"].endswith("Z") and len(order["createdAt"]) == 24
    assert not set(order["id"]) & set("aeiou")
    slim = sandbox.read(f"/orders/{order['id']}?suppressNullFields=true")
    assert slim == {name: value for name, value in order.items() if value is not None}


@pytest.mark.parametrize("host", [False, "https://elsewhere.example"])
def test_the_host_of_hrefs_can_be_chosen(sandbox, host):
    sandbox.faults(epg={"foreign_host_in_hrefs": host})
    assert sandbox.order()["href"].startswith(host or f"{sandbox.url}/epg/orders/")


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"", None),
        (b"{", None),
        (b"[]", None),
        (b'{"total": {"amount": "1.00", "currencyCode": "USD"}, "billTo": {}}', "billTo"),
        (b'{"total": {"amount": "1.00", "currencyCode": "USD", "x": 1}}', "total.x"),
        (b'{"total": {"amount": 1.00, "currencyCode": "USD"}}', "total.amount"),
        (b'{"total": {"amount": "1", "amount": "2", "currencyCode": "USD"}}', "total.amount"),
        (b'{"total": {"amount": "1.00", "currencyCode": "USD"}, "id": "x"}', "id"),
        (b'{"total": {"amount": "1.00", "currencyCode": "USD"}, "description": []}', "description"),
        (
            b'{"total": {"amount": "1.00", "currencyCode": "USD"}, "items": [{"type": ""}]}',
            "items[0].type",
        ),
    ],
)
def test_what_can_not_be_bound_is_refused(sandbox, raw, field):
    response = sandbox.epg("POST", "/orders", raw=raw)
    assert response.status_code == 400
    first, second = response.json()["failures"]
    assert first["code"] == "badRequest"
    assert (second["code"], second["field"]) == ("jsonBindingFailure", field)
    assert sandbox.read("/orders")["size"] == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "total"),
        ({"total": usd("0.00")}, "total.amount"),
        ({"total": usd("-1.00")}, "total.amount"),
        ({"total": usd("1.00001")}, "total.amount"),
        ({"total": usd("1234567890.00")}, "total.amount"),
        ({"total": {"amount": "1.00", "currencyCode": "usd"}}, "total.currencyCode"),
        ({"total": usd("1.00"), "description": "50% off"}, "description"),
        ({"total": usd("1.00"), "description": "dance \U0001f483"}, "description"),
        ({"total": usd("1.00"), "customReference": "x" * 256}, "customReference"),
        ({"total": usd("1.00"), "customFields": {"n" * 65: "v"}}, "customFields"),
    ],
)
def test_what_means_nothing_is_refused(sandbox, body, field):
    assert sandbox.refused("/orders", body) == [("fieldValidationFailure", field)]


def test_all_problems_of_a_stage_come_together(sandbox):
    body = {"total": usd("0.00"), "description": "<b>", "orderReference": "[1]"}
    fields = {field for _, field in sandbox.refused("/orders", body)}
    assert fields == {"total.amount", "description", "orderReference"}
    # A problem of form hides those of meaning.
    assert sandbox.refused("/orders", {**body, "x": 1}) == [("jsonBindingFailure", "x")]


def test_references_are_hrefs_or_ids(sandbox):
    order = sandbox.order()
    for given in (order["id"], order["href"], f"http://other.example/v/orders/{order['id']}"):
        assert sandbox.session({"href": given})["order"] == order["href"]
    body = {"returnUrl": "https://a.example", "cancelUrl": "https://a.example"}
    for wrong in ("not an id", f"https://a.example/shoppers/{order['id']}", {}, 5):
        assert sandbox.refused("/payment-sessions", {**body, "order": wrong}) == [
            ("jsonBindingFailure", "order")
        ]


def test_types_are_coerced_gently(sandbox):
    session = sandbox.session(doCreateTransaction="true", hppType="FULLPAGEREDIRECT")
    assert session["doCreateTransaction"] is True
    assert session["hppType"] == "fullPageRedirect"
    hosted = sandbox.make("/hosted-cards", card=card(4546341111111119, expirationMonth="12"))
    assert hosted["card"]["last4"] == "1119" and hosted["card"]["expirationMonth"] == 12


def test_expand_inlines_references(sandbox):
    session = sandbox.session(sandbox.order(description="Ballet"))
    shown = sandbox.read(f"/payment-sessions/{session['id']}?expand=order,merchant")
    assert shown["order"]["description"] == "Ballet"
    assert shown["merchant"]["legalName"] == "Studio One"
    deeper = sandbox.read(f"/payment-sessions/{session['id']}?expand=order.merchant&expand=order")
    assert deeper["order"]["merchant"]["id"] == "mch1"
    assert sandbox.epg("GET", f"/payment-sessions/{session['id']}?expand=x").status_code == 400


def test_updates(sandbox):
    shopper = sandbox.make("/shoppers", fullName="Ana", email="ana@example.com")
    path = f"/shoppers/{shopper['id']}"
    changed = sandbox.epg("POST", path, {"email": None, "company": "Ruiz"})
    assert changed.status_code == 200
    assert changed.json()["email"] is None and changed.json()["company"] == "Ruiz"
    assert changed.json()["fullName"] == "Ana"
    assert sandbox.refused(path, {"fullName": None}) == [("fieldValidationFailure", "fullName")]
    assert sandbox.refused(path, {"deletedAt": None}) == [("jsonBindingFailure", "deletedAt")]
    order = sandbox.order()
    assert sandbox.refused(f"/orders/{order['id']}", {"total": usd("9.00")}) == [
        ("jsonBindingFailure", "total")
    ]
    assert sandbox.read(f"/orders/{order['id']}")["total"] == usd("25.00")


def test_a_shopper_takes_no_bill_to(sandbox):
    body = {"fullName": "Ana", "billTo": {"city": "Boston"}}
    assert sandbox.refused("/shoppers", body) == [("jsonBindingFailure", "billTo")]


def test_shoppers_are_found_by_custom_reference(sandbox):
    for reference in ("family-1", "family-2", "family-1"):
        sandbox.make("/shoppers", fullName="Ana", customReference=reference)
    assert sandbox.read("/shoppers?filter=customReference_eq_family-1")["size"] == 2
    response = sandbox.epg("GET", "/shoppers?filter=email_eq_a")
    assert response.json()["failures"][1]["code"] == "filterParseFailure"
    response = sandbox.epg("GET", "/shoppers?filter=nonsense")
    assert response.json()["failures"][1]["code"] == "filterParseFailure"


def test_deleting_is_soft(sandbox):
    shopper = sandbox.make("/shoppers", fullName="Ana")
    path = f"/shoppers/{shopper['id']}"
    override = {"X-HTTP-Method-Override": "DELETE"}
    assert sandbox.epg("POST", path, headers=override).status_code == 204
    assert sandbox.read(path)["deletedAt"] is not None
    assert sandbox.read("/shoppers")["size"] == 0


def test_lists_are_paged_newest_first(sandbox):
    made = [sandbox.order(f"{n}.00")["id"] for n in range(1, 13)]
    page = sandbox.read("/orders")
    assert (page["limit"], page["size"], page["pageToken"]) == (10, 10, None)
    assert [each["id"] for each in page["items"]] == made[:1:-1]
    assert page["next"].endswith(f"pageToken={page['nextPageToken']}")
    last = sandbox.read(f"/orders?pageToken={page['nextPageToken']}")
    assert [each["id"] for each in last["items"]] == made[1::-1]
    assert last["next"] is None and last["nextPageToken"] is None
    for bad in ("limit=0", "limit=201", "limit=x", "pageToken=x"):
        assert sandbox.epg("GET", f"/orders?{bad}").status_code == 400


def test_status_faults(sandbox):
    sandbox.faults(epg={"status": 429, "times": 2, "path": "/orders"})
    assert sandbox.epg("GET", "/shoppers").status_code == 200
    assert first_code(sandbox.epg("GET", "/orders")) == "tooManyRequests"
    assert sandbox.epg("GET", "/orders").status_code == 429
    assert sandbox.epg("GET", "/orders").status_code == 200
    sandbox.faults(epg={"status": 500, "times": 1, "method": "POST"})
    assert sandbox.epg("GET", "/orders").status_code == 200
    failed = sandbox.epg("POST", "/orders", {"total": usd("1.00")})
    assert (failed.status_code, failed.content) == (500, b"")
    assert sandbox.read("/orders")["size"] == 0


def test_an_answer_can_be_withheld_after_the_work(sandbox):
    sandbox.faults(epg={"withhold_answer": 1, "path": "/orders"})
    with pytest.raises(requests.ConnectionError):
        sandbox.order()
    assert sandbox.read("/orders")["size"] == 1
    assert sandbox.order()["id"]


def test_a_withheld_answer_can_keep_the_client_waiting(sandbox):
    sandbox.faults(epg={"withhold_answer": 1, "withhold_seconds": 2})
    host, port = sandbox.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=0.2) as connection:
        body = json.dumps({"total": usd("1.00")})
        connection.sendall(
            (
                f"POST /epg/orders HTTP/1.1\r\nHost: x\r\nAccept: {JSON}\r\n"
                "Authorization: Basic c3R1ZGlvLW9uZTpza19vbmU=\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
            ).encode()
        )
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(30)
        assert connection.recv(1) == b""
    assert sandbox.read("/orders")["size"] == 1


def test_slow_answers(sandbox):
    sandbox.faults(epg={"slow_seconds": 0.3})
    assert sandbox.epg("GET", "/orders").elapsed.total_seconds() >= 0.3


def test_requests_are_logged_without_card_data(sandbox):
    sandbox.order(customReference="ref-1")
    sandbox.epg("POST", "/hosted-cards", {"card": card(securityCode="987")})
    sandbox.epg("GET", "/orders?filter=customReference_eq_x", auth=None)
    order, hosted, unknown = sandbox.control("GET", "/requests")
    assert (order["method"], order["path"], order["status"]) == ("POST", "/orders", 201)
    assert order["body"]["customReference"] == "ref-1" and order["merchant"] == "studio-one"
    assert hosted["body"]["card"]["number"] == "[redacted]"
    assert hosted["body"]["card"]["securityCode"] == "[redacted]"
    assert hosted["body"]["card"]["holderName"] == "Ana Ruiz"
    assert (unknown["path"], unknown["status"], unknown["merchant"]) == (
        "/orders?filter=customReference_eq_x",
        401,
        None,
    )
