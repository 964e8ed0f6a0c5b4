"""Messages: what the providers are asked, and what their answers mean."""

from __future__ import annotations

import base64
import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import pytest

from tests.py.thin_api.conftest import ENVIRON, Peer
from thin_api.exchange import LARGEST_ANSWER
from thin_api.senders import Outcome, Senders
from thin_api.settings import courier_settings


def senders(url: str) -> Senders:
    settings = courier_settings(
        {**ENVIRON, "TWILIO_BASE_URL": f"{url}/twilio", "RESEND_BASE_URL": f"{url}/resend"}
    )
    return Senders(settings.senders, (0.5, 0.5))


def message(**changes: Any) -> SimpleNamespace:
    values = {
        "studio_id": 1,
        "message_id": 9,
        "lease_token": "lease",
        "channel": "email",
        "recipient": "parent@example.com",
        "subject": "Ünrolled",
        "body": "Hello",
        "html": "<p>Hello</p>",
        "send_key": UUID("11111111-2222-3333-4444-555555555555"),
    }
    return SimpleNamespace(**{**values, **changes})


def text(**changes: Any) -> SimpleNamespace:
    return message(
        **{"channel": "sms", "recipient": "+12125550123", "subject": None, "html": None, **changes}
    )


def test_a_text_is_sent_by_twilio(peer: Peer) -> None:
    peer.status, peer.body = 201, b'{"sid": "SM1"}'
    assert senders(peer.url).send(text()) == Outcome(True, 201, "SM1", None)
    (received,) = peer.received
    assert received["path"] == "/twilio/2010-04-01/Accounts/AC1/Messages.json"
    assert parse_qs(received["body"].decode()) == {
        "To": ["+12125550123"],
        "From": ["+15005550006"],
        "Body": ["Hello"],
        "StatusCallback": [
            "https://studio.example/webhooks/twilio/status?key=11111111-2222-3333-4444-555555555555"
        ],
    }
    assert received["headers"]["Authorization"] == (
        "Basic " + base64.b64encode(b"AC1:twilio-secret").decode()
    )


def test_twilio_is_not_asked_to_tell_where_nobody_listens(peer: Peer) -> None:
    peer.status, peer.body = 201, b'{"sid": "SM1"}'
    environ = {**ENVIRON, "TWILIO_CALLBACK_URL": "", "TWILIO_BASE_URL": peer.url}
    Senders(courier_settings(environ).senders, (0.5, 0.5)).send(text())
    assert b"StatusCallback" not in peer.received[0]["body"]


def test_an_email_is_sent_by_resend(peer: Peer) -> None:
    peer.body = b'{"id": "re1"}'
    assert senders(peer.url).send(message()) == Outcome(True, 200, "re1", None)
    (received,) = peer.received
    assert received["path"] == "/resend/emails"
    assert json.loads(received["body"]) == {
        "from": "Callboard <studio@callboard.example>",
        "to": ["parent@example.com"],
        "subject": "Ünrolled",
        "text": "Hello",
        "html": "<p>Hello</p>",
    }
    assert received["headers"]["Authorization"] == "Bearer resend-secret"
    assert received["headers"]["Idempotency-Key"] == "11111111-2222-3333-4444-555555555555"


def test_an_email_without_html_is_sent_as_text(peer: Peer) -> None:
    peer.body = b'{"id": "re1"}'
    senders(peer.url).send(message(html=None))
    assert "html" not in json.loads(peer.received[0]["body"])


def test_a_netrc_file_does_not_replace_the_key(
    peer: Peer, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    senders(peer.url).send(message())
    assert peer.received[0]["headers"]["Authorization"] == "Bearer resend-secret"


@pytest.mark.parametrize(
    ("one", "status", "body", "said"),
    [
        (text(), 400, b'{"code": 21211, "message": "Invalid +12125550123"}', "21211"),
        (text(), 200, b'{"sid": "SM1"}', "status 200"),
        (text(), 201, b"{}", "status 201"),
        (text(), 500, b"", "status 500"),
        (message(), 422, b'{"name": "validation_error", "message": "x@y.z"}', "validation_error"),
        (message(), 422, b'{"name": "parent@example.com is bad"}', "status 422"),
        (message(), 200, b"[]", "status 200"),
        (message(), 307, b"", "status 307"),
    ],
)
def test_any_other_answer_is_not_sent_and_has_no_content(
    peer: Peer, one: Any, status: int, body: bytes, said: str
) -> None:
    peer.status, peer.body = status, body
    assert senders(peer.url).send(one) == Outcome(False, status, None, said)


def test_a_provider_that_is_away_is_named_by_a_class_alone() -> None:
    assert senders("http://127.0.0.1:1").send(text()) == Outcome(
        False, None, None, "ConnectionError"
    )


def test_an_answer_that_broke_off_may_have_been_to_a_message_that_was_sent(peer: Peer) -> None:
    peer.status, peer.body = 201, b"x" * (LARGEST_ANSWER + 1)
    assert senders(peer.url).send(text()) == Outcome(
        False, None, None, "perhaps sent: answer too large"
    )


def test_a_channel_nobody_knows_is_not_sent() -> None:
    outcome = senders("http://127.0.0.1:1").send(message(channel="fax"))
    assert outcome == Outcome(False, None, None, "channel unknown")
