"""Nothing personal in logs, nothing personal in error reports."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
import sentry_sdk
from flask import Flask, request
from psycopg import errors as pg
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from tests.py.thin_api.conftest import ENVIRON, Peer
from thin_api import logs, observability
from thin_api.credentials import svix_signature, twilio_signature
from thin_api.settings import shim_settings

TOKEN = "eyJhbGciOi.secret-token"
ADDRESS = "parent@example.com"
PHONE = "+12125550123"
NAME = "Sofia Surname"
CLIENT = "203.0.113.77"
# Where Twilio finds the shim, by the settings.
ENVIRON_URLS = "https://studio.example"
PERSONAL = (TOKEN, ADDRESS, PHONE, NAME, CLIENT, "cookie-secret", "db-secret", "sk_aydt")


class Capturing(Transport):
    """Keeps what would have been sent, as bytes."""

    def __init__(self) -> None:
        super().__init__({"dsn": "http://public@127.0.0.1:1/1"})
        self.sent: list[bytes] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent.append(envelope.serialize())

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(sent.split(b"\n")[2]) for sent in self.sent]


@pytest.fixture
def transport() -> Iterator[Capturing]:
    transport = Capturing()
    settings = shim_settings({**ENVIRON, "SENTRY_DSN": "http://public@127.0.0.1:1/1"})
    assert observability.start(settings, "shim", transport)
    with sentry_sdk.isolation_scope() as scope:
        scope.clear()
        yield transport
    sentry_sdk.init()
    sentry_sdk.get_global_scope().clear()


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.start()
    written = io.StringIO()
    root.handlers[0].stream = written  # type: ignore[attr-defined]
    yield written
    root.handlers[:], root.level = handlers, level


def _request(app: Flask, *, path: str = "/payments/sessions") -> Any:
    return app.test_client().post(
        f"{path}?email={ADDRESS}&token={TOKEN}",
        json={"registration_id": 5, "return_url": f"https://a/?p={PHONE}", "cancel_url": NAME},
        headers={
            "Authorization": f"Bearer {TOKEN}",
            "Cookie": "session=cookie-secret",
            "X-Forwarded-For": CLIENT,
            "Referer": f"https://a/?e={ADDRESS}",
        },
        environ_base={"REMOTE_ADDR": CLIENT},
    )


def test_without_a_dsn_nothing_is_reported() -> None:
    assert not observability.start(shim_settings(ENVIRON), "shim", Capturing())
    assert not sentry_sdk.is_initialized()


def test_a_report_says_where_and_nothing_about_whom(
    app: Flask, transport: Capturing
) -> None:
    def fail() -> None:
        somebody = {"address": ADDRESS, "phone": PHONE, "headers": dict(request.headers)}
        logging.getLogger("thin_api.x").warning("about %s", somebody)
        logging.getLogger("elsewhere").warning(f"about {NAME}")
        sentry_sdk.set_user({"email": ADDRESS, "ip_address": CLIENT})
        sentry_sdk.set_context("family", {"name": NAME})
        sentry_sdk.set_tag("phone", PHONE)
        try:
            raise pg.CheckViolation(f"Failing row contains ({NAME}, {PHONE})")
        except pg.CheckViolation as error:
            raise RuntimeError(f"{ADDRESS} {TOKEN}") from error

    app.view_functions["failing"] = fail
    assert _request(app, path="/failing").status_code == 500
    sentry_sdk.flush()
    assert transport.sent
    everything = b"".join(transport.sent).decode()
    for personal in PERSONAL:
        assert personal not in everything
    (event,) = transport.events()
    assert [value["type"] for value in event["exception"]["values"]] == [
        "CheckViolation", "RuntimeError"
    ]
    frames = event["exception"]["values"][-1]["stacktrace"]["frames"]
    assert frames[-1]["function"] == "fail"
    assert not any("vars" in frame for frame in frames)
    assert event["request"] == {"method": "POST"}
    assert event["tags"] == {"part": "shim"}
    assert not {"user", "contexts", "extra", "modules", "server_name"} & event.keys()


def test_an_error_of_the_database_is_reported_by_its_sqlstate(transport: Capturing) -> None:
    try:
        raise pg.CheckViolation(f"Failing row contains ({NAME})")
    except pg.CheckViolation as error:
        sentry_sdk.capture_exception(error)
    (event,) = transport.events()
    assert event["tags"]["sqlstate"] == "23514"
    assert NAME not in transport.sent[0].decode()


def test_a_logged_error_is_reported_by_its_template(transport: Capturing) -> None:
    logging.getLogger("thin_api.calls").error("call %s: %s", 7, ADDRESS)
    logging.getLogger("elsewhere").error(f"about {ADDRESS}")
    ours, theirs = transport.events()
    assert ours["logentry"] == {"message": "call %s: %s"}
    assert "logentry" not in theirs
    assert ADDRESS not in b"".join(transport.sent).decode()


def test_calls_to_others_leave_no_address_and_carry_no_trace(
    peer: Peer, transport: Capturing
) -> None:
    requests.get(f"{peer.url}/shoppers?filter=customReference_eq_{NAME}", timeout=2)
    sentry_sdk.capture_message("after")
    (received,) = peer.received
    assert not {"sentry-trace", "baggage"} & {name.lower() for name in received["headers"]}
    (event,) = transport.events()
    (crumb,) = event["breadcrumbs"]["values"]
    assert crumb["data"]["http.method"] == "GET"
    assert {"url", "http.query", "reason"}.isdisjoint(crumb["data"])
    assert "Surname" not in transport.sent[0].decode()


def test_logs_say_what_happened_and_nothing_about_whom(
    app: Flask, lines: io.StringIO
) -> None:
    def fail() -> None:
        raise RuntimeError(f"{ADDRESS} {TOKEN}")

    app.view_functions["failing"] = fail
    answer = _request(app, path="/failing")
    _request(app, path=f"/{PHONE}")
    written = lines.getvalue()
    for personal in PERSONAL:
        assert personal not in written
    assert "POST /failing 500" in written
    assert "POST (no door) 404" in written
    assert f"[{answer.headers['X-Request-Id']}]" in written
    assert "RuntimeError" in written


DOORS = {
    "/webhooks/epg": "webhooks.notice",
    "/webhooks/twilio/status": "callbacks.text_status",
    "/webhooks/twilio/inbound": "callbacks.text",
    "/webhooks/resend": "callbacks.mail_event",
}


def _tell(app: Flask, door: str) -> Any:
    """Tell something personal at a door of providers, once believed and once not."""
    form = {"From": PHONE, "To": PHONE, "Body": NAME, "MessageSid": ADDRESS}
    url = f"{ENVIRON_URLS}{door}?key={TOKEN}"
    signed = url + "".join(name + form[name] for name in sorted(form))
    document = json.dumps({"data": {"to": [ADDRESS], "subject": NAME, "phone": PHONE}}).encode()
    when = str(int(time.time()))
    client = app.test_client()
    answers = []
    for twilio, svix, user in (
        (
            twilio_signature("twilio-secret", signed),
            svix_signature(b"resend-signing-key", f"msg.{when}.".encode() + document),
            ("gateway-aydt", "password-aydt"),
        ),
        (TOKEN, TOKEN, (ADDRESS, TOKEN)),
    ):
        answers.append(
            client.post(
                f"{door}?key={TOKEN}",
                data=urlencode(form).encode() if "twilio" in door else document,
                content_type="application/x-www-form-urlencoded"
                if "twilio" in door
                else "application/json",
                auth=user,
                headers={
                    "X-Twilio-Signature": twilio,
                    "svix-id": "msg",
                    "svix-timestamp": when,
                    "svix-signature": svix,
                    "signature-s1": TOKEN,
                    "Cookie": "session=cookie-secret",
                },
                environ_base={"REMOTE_ADDR": CLIENT},
            ).status_code
        )
    return answers


@pytest.mark.parametrize("door", DOORS)
def test_what_providers_tell_is_not_logged(app: Flask, lines: io.StringIO, door: str) -> None:
    # Believed, it goes as far as the database, which is away.
    assert _tell(app, door) == [503, 401]
    written = lines.getvalue()
    for personal in (*PERSONAL, "password-aydt", "twilio-secret", "signing-key"):
        assert personal not in written
    assert f"POST {door} 503" in written and f"POST {door} 401" in written


@pytest.mark.parametrize("door", DOORS)
def test_what_providers_tell_is_not_reported(app: Flask, transport: Capturing, door: str) -> None:
    def fail() -> None:
        told = request.get_data() + request.query_string
        raise RuntimeError(f"{told!r} {dict(request.headers)}")

    app.view_functions[DOORS[door]] = fail
    assert _tell(app, door) == [500, 500]
    sentry_sdk.flush()
    everything = b"".join(transport.sent).decode()
    for personal in (*PERSONAL, "password-aydt", "twilio-secret", "signing-key"):
        assert personal not in everything
    assert {event["transaction"] for event in transport.events()} == {DOORS[door]}


def test_the_callers_request_id_is_kept_if_it_is_one(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz", headers={"X-Request-Id": "abc-12345"}).headers[
        "X-Request-Id"
    ] == "abc-12345"
    for odd in ("", "short", "a b c d e f", "x" * 65):
        given = client.get("/healthz", headers={"X-Request-Id": odd}).headers["X-Request-Id"]
        assert given != odd and len(given) == 16


def test_an_exception_is_logged_by_class_and_place(lines: io.StringIO) -> None:
    try:
        try:
            raise pg.CheckViolation(f"Failing row contains ({NAME})")
        except pg.CheckViolation as error:
            raise RuntimeError(ADDRESS) from error
    except RuntimeError:
        logging.getLogger("thin_api.x").exception("it failed")
    written = lines.getvalue()
    assert "RuntimeError\n" in written
    assert "CheckViolation (SQLSTATE 23514)" in written
    assert "test_an_exception_is_logged_by_class_and_place" in written
    assert NAME not in written and ADDRESS not in written
