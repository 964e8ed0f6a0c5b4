"""The doors of Twilio and Resend, with nobody at the other ends: whom they let in.

What comes of it is tested with the database, in tests/py/payments/test_callbacks.py.
"""

from __future__ import annotations

import base64
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from tests.py.thin_api.conftest import ENVIRON
from thin_api.app import LARGEST_BODY, create_app
from thin_api.credentials import svix_signature, twilio_signature
from thin_api.settings import shim_settings

KEY = b"resend-signing-key"
DOORS = {
    "/webhooks/twilio/status": {"MessageSid": "SM1", "MessageStatus": "sent", "To": "+12125550123"},
    "/webhooks/twilio/inbound": {"MessageSid": "SM1", "From": "+12125550123", "Body": "STOP"},
}


def post_twilio(app: Flask, door: str, *, token: str = "twilio-secret", **fields: str) -> Any:
    form = {**DOORS[door], **fields}
    signed = f"https://studio.example{door}" + "".join(name + form[name] for name in sorted(form))
    return app.test_client().post(
        door,
        data=urlencode(form),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": twilio_signature(token, signed)},
    )


def post_resend(app: Flask, *, key: bytes = KEY, body: bytes = b"{}", seconds: int = 0) -> Any:
    when = str(int(time.time()) + seconds)
    return app.test_client().post(
        "/webhooks/resend",
        data=body,
        headers={
            "svix-id": "msg_1",
            "svix-timestamp": when,
            "svix-signature": svix_signature(key, f"msg_1.{when}.".encode() + body),
        },
    )


def without(*names: str) -> Flask:
    """The shim with some settings left out."""
    return create_app(
        shim_settings({name: value for name, value in ENVIRON.items() if name not in names})
    )


def assert_refused(answer: Any) -> None:
    assert (answer.status_code, answer.json["code"]) == (401, "webhook_unauthorized")


def assert_let_in(answer: Any) -> None:
    # As far as the database, which is away.
    assert (answer.status_code, answer.json["code"]) == (503, "service_unavailable")


@pytest.mark.parametrize("door", DOORS)
def test_twilio_is_let_in_and_nobody_else(app: Flask, door: str) -> None:
    assert_let_in(post_twilio(app, door))
    assert_let_in(post_twilio(app, door, Body="né \U0001f600"))
    assert_refused(post_twilio(app, door, token="another"))
    assert_refused(app.test_client().post(door, data=DOORS[door]))
    assert_refused(app.test_client().post(door, json=DOORS[door]))
    assert_refused(app.test_client().post(door))


def test_resend_is_let_in_and_nobody_else(app: Flask) -> None:
    assert_let_in(post_resend(app))
    assert_refused(post_resend(app, key=b"another"))
    assert_refused(post_resend(app, seconds=-3600))
    assert_refused(app.test_client().post("/webhooks/resend", json={}))


@pytest.mark.parametrize("door", DOORS)
def test_without_the_token_or_the_doors_address_twilio_is_nobody(door: str) -> None:
    assert_refused(post_twilio(without("TWILIO_AUTH_TOKEN"), door))
    assert_refused(post_twilio(without("TWILIO_AUTH_TOKEN"), door, token=""))
    assert_refused(post_twilio(without("TWILIO_CALLBACK_URL", "TWILIO_INBOUND_URL"), door))


def test_without_a_secret_resend_is_nobody() -> None:
    assert_refused(post_resend(without("RESEND_WEBHOOK_SECRET")))
    assert_refused(post_resend(without("RESEND_WEBHOOK_SECRET"), key=b""))


@pytest.mark.parametrize("door", [*DOORS, "/webhooks/resend"])
def test_what_is_too_large_is_not_read(app: Flask, door: str) -> None:
    answer = app.test_client().post(
        door,
        data=b"x" * (LARGEST_BODY + 1),
        content_type="application/x-www-form-urlencoded",
    )
    assert (answer.status_code, answer.json["code"]) == (413, "request_too_large")


def test_the_gateways_signature_is_one_of_the_bytes_that_came(app: Flask) -> None:
    import hashlib

    body = b'{"id": "nt1"}'
    secret = bytes(range(1, 33))
    signature = base64.b64encode(hashlib.sha512(secret + body).digest()).decode()

    def post(**headers: str) -> Any:
        return app.test_client().post(
            "/webhooks/epg",
            data=body,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )

    assert_let_in(post(Signature_s1=signature))
    assert_let_in(post(signature_S1=signature, signature_s0="of an older secret"))
    assert_refused(post(signature_s2=signature))
    assert_refused(post(signature_s1=signature[:-1]))
    assert_refused(post(signature=signature))
