"""What the shim makes of PostgREST's answers: its refusals word for word, its troubles never."""

from __future__ import annotations

import json

import pytest

from tests.py.thin_api.conftest import Peer
from thin_api.errors import Refusal
from thin_api.family_api import FamilyApi

REFUSAL = {"code": "hold_expired", "message": "Too late.", "details": None, "hint": None}


def _asked(url: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        FamilyApi(url).start_payment({}, {"registration_id": 1})
    return caught.value


def test_a_refusal_is_passed_on_as_it_is(peer: Peer) -> None:
    peer.status, peer.body = 409, json.dumps(REFUSAL).encode()
    peer.headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Retry-After": "60",
        "Server": "postgrest",
    }
    error = _asked(peer.url)
    assert (error.status, json.loads(error.body)) == (409, REFUSAL)
    assert error.headers == {"Retry-After": "60"}


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        # A connection lost in the middle of a request: the driver has no SQLSTATE.
        (500, "application/json", {**REFUSAL, "code": ""}),
        (500, "application/json", {**REFUSAL, "code": None}),
        (503, "application/json", {**REFUSAL, "code": "PGRST000", "details": "at db.internal"}),
        (503, "application/json", {**REFUSAL, "code": "PGRST001"}),
        (503, "application/json", {**REFUSAL, "code": "PGRST002"}),
        (504, "application/json", {**REFUSAL, "code": "PGRST003"}),
        # From something between us and PostgREST.
        (502, "text/html", "Bad gateway"),
        (404, "application/json", "not JSON at all"),
        (200, "application/json", []),
        (200, "text/html", "Welcome"),
    ],
)
def test_trouble_on_the_way_is_one_error(
    peer: Peer, status: int, kind: str, body: object
) -> None:
    peer.status = status
    peer.body = (body if isinstance(body, str) else json.dumps(body)).encode()
    peer.headers = {"Content-Type": kind}
    error = _asked(peer.url)
    assert (error.status, error.code) == (503, "service_unavailable")
    assert "internal" not in error.body


def test_nobody_there_is_the_same_error() -> None:
    assert _asked("http://127.0.0.1:1").code == "service_unavailable"


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False), (404, False)])
def test_postgrest_is_ready_when_it_says_so(peer: Peer, status: int, ready: bool) -> None:
    peer.status = status
    assert FamilyApi(peer.url).is_ready() is ready
    assert [received["method"] for received in peer.received] == ["OPTIONS"]


def test_postgrest_that_is_away_is_not_ready() -> None:
    assert not FamilyApi("http://127.0.0.1:1").is_ready()
