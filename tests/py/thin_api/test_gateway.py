"""Requests to the gateway: where they go, with what headers, and what counts as an answer."""

from __future__ import annotations

import base64

import pytest

from tests.py.thin_api.conftest import ENVIRON, Peer, call
from thin_api.exchange import LARGEST_ANSWER, NoAnswer
from thin_api.gateway import (
    Gateway,
    GatewayAnswer,
    NotAllowed,
    NotConfigured,
    headers_of,
    url_of,
)
from thin_api.settings import GatewaySettings, shim_settings

TIMEOUTS = (30.0, 30.0)


def gateway(url: str = "http://127.0.0.1:1/epg") -> Gateway:
    return Gateway(lambda: settings(url), TIMEOUTS)


def settings(url: str = "http://127.0.0.1:1/epg") -> GatewaySettings:
    return GatewaySettings({"sandbox": url}, {"aydt": "sk_é"})


def test_the_address_is_on_our_configured_host() -> None:
    path = "/shoppers?limit=1&filter=customReference_eq_fam-1"
    assert url_of(settings(), call(path=path)) == "http://127.0.0.1:1/epg" + path


@pytest.mark.parametrize(
    "changes",
    [
        # Around the host, or away from it.
        {"path": "@evil.example/"},
        {"path": "https://evil.example/"},
        {"path": "//evil.example/orders"},
        {"path": ".evil.example/"},
        {"path": ""},
        {"path": "/../orders"},
        {"path": "/orders#x"},
        {"path": "/orders\n"},
        # On the host, and none of ours.
        {"path": "/subscriptions"},
        {"path": "/shoppers/shp1"},
        {"method": "DELETE"},
        {"method": "GET", "body": None},
        {"method": "POST", "path": "/transactions/trx1"},
    ],
)
def test_what_is_not_on_the_list_is_not_sent(peer: Peer, changes: dict[str, str]) -> None:
    with pytest.raises(NotAllowed):
        gateway(peer.url).send(call(**changes))
    assert peer.received == []


def test_hosts_and_keys_are_read_anew_for_each_call(peer: Peer) -> None:
    environ = {**ENVIRON, "EPG_BASE_URL_SANDBOX": peer.url}
    rotating = Gateway(shim_settings(environ).gateway, TIMEOUTS)
    rotating.send(call())
    environ["EPG_SECRET_KEY_AYDT"] = "sk_next"
    rotating.send(call())
    del environ["EPG_SECRET_KEY_AYDT"]
    with pytest.raises(NotConfigured):
        rotating.send(call())
    shown = [base64.b64decode(r["headers"]["Authorization"][6:]) for r in peer.received]
    assert shown == [b"aydt-alias:sk_aydt", b"aydt-alias:sk_next"]


def test_headers() -> None:
    expected = {
        "Accept": "application/json;charset=UTF-8",
        "Accept-Version": "1",
        "User-Agent": "callboard",
    }
    assert headers_of(call(method="GET", body=None)) == expected
    assert headers_of(call()) == {**expected, "Content-Type": "application/json"}


def test_a_call_is_sent_as_the_database_composed_it(peer: Peer) -> None:
    peer.status, peer.body = 201, '{"amount": 10.10, "name": "Zoë"}'.encode()
    assert gateway(peer.url).send(call()) == GatewayAnswer(
        201, '{"amount": 10.10, "name": "Zoë"}'
    )
    (received,) = peer.received
    assert (received["method"], received["path"]) == ("POST", "/orders")
    assert received["body"] == b'{"total": {"amount": "10.10"}}'
    headers = received["headers"]
    assert headers["Authorization"] == (
        "Basic " + base64.b64encode("aydt-alias:sk_é".encode()).decode()
    )
    assert headers["Content-Type"] == "application/json"
    assert headers["Content-Length"] == "30"
    assert not {"sentry-trace", "baggage", "Cookie"} & headers.keys()


@pytest.mark.parametrize("changes", [{"merchant_code": "other"}, {"host": "other"}])
def test_without_key_or_host_nothing_is_sent(peer: Peer, changes: dict[str, str]) -> None:
    with pytest.raises(NotConfigured):
        gateway(peer.url).send(call(**changes))
    assert peer.received == []


@pytest.mark.parametrize("status", [200, 400, 404, 409, 429, 500])
def test_an_answer_in_json_is_the_databases_to_judge(peer: Peer, status: int) -> None:
    peer.status = status
    assert gateway(peer.url).send(call()) == GatewayAnswer(status, "{}")


@pytest.mark.parametrize("status", [429, 500, 502, 503])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"\xff", b'{"half": '])
def test_a_server_that_does_not_work_need_give_no_reasons(
    peer: Peer, status: int, body: bytes
) -> None:
    peer.status, peer.body, peer.headers = status, body, {"Retry-After": "120"}
    assert gateway(peer.url).send(call()) == GatewayAnswer(status, None, "120")


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        # Of a page in between: not the gateway's word that there is no such thing.
        (404, b"<html>", "status 404 without JSON"),
        (400, b"", "status 400 without JSON"),
        (200, b"<html>", "status 200 without JSON"),
        (200, b"", "status 200 without JSON"),
        (201, b'{"id": ', "status 201 without JSON"),
        (200, b"\xff", "status 200 without JSON"),
        (200, b"[" * 100_000, "status 200 without JSON"),
        (200, b"[]", "status 200 without a JSON object"),
        (200, b'"' + b"x" * LARGEST_ANSWER + b'"', "answer too large"),
    ],
)
def test_what_cannot_be_read_is_no_answer(
    peer: Peer, status: int, body: bytes, said: str
) -> None:
    peer.status, peer.body = status, body
    with pytest.raises(NoAnswer) as raised:
        gateway(peer.url).send(call())
    assert str(raised.value) == said


def test_a_redirect_is_not_followed(peer: Peer) -> None:
    peer.status, peer.headers = 307, {"Location": f"{peer.url}/elsewhere"}
    with pytest.raises(NoAnswer, match="^status 307$"):
        gateway(peer.url).send(call())
    assert [received["path"] for received in peer.received] == ["/orders"]


def test_a_gateway_that_is_away_is_named_by_a_class_alone() -> None:
    with pytest.raises(NoAnswer) as raised:
        gateway().send(call())
    assert str(raised.value) == "ConnectionError"
