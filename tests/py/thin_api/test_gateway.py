"""Requests to the gateway: where they go, with what headers, and what counts as an answer."""

from __future__ import annotations

import base64

import pytest

from tests.py.thin_api.conftest import Peer, call
from thin_api.exchange import LARGEST_ANSWER, NoAnswer
from thin_api.gateway import Gateway, NotConfigured, headers_of
from thin_api.settings import GatewaySettings

TIMEOUTS = (30.0, 30.0)


def gateway(url: str = "http://127.0.0.1:1/epg") -> Gateway:
    return Gateway(GatewaySettings({"sandbox": url}, {"aydt": "sk_é"}, {}), TIMEOUTS)


def test_the_address_is_on_our_configured_host() -> None:
    path = "/shoppers?limit=1&filter=customReference_eq_fam-1"
    assert gateway().url_of(call(path=path)) == "http://127.0.0.1:1/epg" + path


@pytest.mark.parametrize("path", ["@evil.example/", "https://evil.example/", ".evil.example/", ""])
def test_a_path_cannot_leave_the_host(path: str) -> None:
    with pytest.raises(ValueError, match="begins with /"):
        gateway().url_of(call(path=path))


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
    assert gateway(peer.url).send(call()) == (201, '{"amount": 10.10, "name": "Zoë"}')
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


@pytest.mark.parametrize("status", [200, 400, 404, 409, 500])
def test_an_answer_in_json_is_the_databases_to_judge(peer: Peer, status: int) -> None:
    peer.status = status
    assert gateway(peer.url).send(call()) == (status, "{}")


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, b"", "status 500 without JSON"),
        (200, b"<html>", "status 200 without JSON"),
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
