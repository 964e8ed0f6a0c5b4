"""The webhook by signature and on the way to it; what the shim may call, and when."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.py.payments.support import (
    Gateway,
    ask_for_session,
    assert_confirmed_once,
    basic,
    eventually,
    events_of,
    open_session,
    payments_of,
    rows,
)
from tests.py.support import Family, login_url, nothing_written, refused
from thin_api.allowed import ALLOWED
from thin_api.app import create_app
from thin_api.settings import shim_settings

KEY, NEXT_KEY = secrets.token_bytes(32), secrets.token_bytes(32)


def encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


@pytest.fixture
def shim(gateway: Gateway) -> Callable[..., FlaskClient]:
    """Build a shim of the same database that knows the gateway by these settings of elmst."""

    def build(**settings: str) -> FlaskClient:
        environ = {
            "CALLBOARD_ENV": "development",
            "THIN_API_DATABASE_URL": login_url("thin_api"),
            "POSTGREST_URL": os.environ["POSTGREST_URL"],
            "EPG_BASE_URL_SANDBOX": f"{os.environ['SANDBOX_URL']}/epg",
            "EPG_SECRET_KEY_ELMST": gateway.merchant["secret_key"],
            **{f"EPG_{name}_ELMST": value for name, value in settings.items()},
        }
        return create_app(shim_settings(environ)).test_client()

    return build


def send(client: FlaskClient, body: bytes, **headers: str) -> int:
    return client.post(
        "/webhooks/epg",
        data=body,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    ).status_code


def signature(key: bytes, body: bytes) -> str:
    return base64.b64encode(hashlib.sha512(key + body).digest()).decode()


@pytest.fixture
def notice(gateway: Gateway) -> dict[str, Any]:
    """A notice of something that has no meaning here, so that it is done with at once."""
    return gateway.notice(f"tm{secrets.token_hex(6)}", resourceType="terminal")


def test_a_notice_is_believed_by_its_signature_alone(
    gateway: Gateway, shim: Callable[..., FlaskClient], notice: dict[str, Any]
) -> None:
    client = shim(WEBHOOK_SIGNERS=f"s1:{encoded(KEY)} s2:{encoded(NEXT_KEY)}")
    body = json.dumps(notice, separators=(",", ":")).encode()
    own = basic(gateway.merchant["webhook_user"], gateway.merchant["webhook_password"])
    with nothing_written():
        assert send(client, body) == 401
        assert send(client, body, Authorization=own) == 401
        assert send(client, body, Signature_s1=signature(NEXT_KEY, body)) == 401
        assert send(client, body + b" ", Signature_s1=signature(KEY, body)) == 401
    assert send(client, body, Signature_s1=signature(KEY, body)) == 201
    assert send(client, body, Signature_s2=signature(NEXT_KEY, body)) == 201
    (event,) = events_of(notice["resource"].rpartition("/")[2])
    assert (event["status"], event["deliveries"]) == ("ignored", 2)


@pytest.mark.parametrize(("check", "alone"), [("both", 401), ("either", 201)])
def test_password_and_signature_are_wanted_both_or_either(
    gateway: Gateway,
    shim: Callable[..., FlaskClient],
    notice: dict[str, Any],
    check: str,
    alone: int,
) -> None:
    client = shim(
        WEBHOOK_USER="gateway",
        WEBHOOK_PASSWORD="old",
        # Two at once, while one replaces the other.
        **{"NEXT_WEBHOOK_USER": "gateway", "NEXT_WEBHOOK_PASSWORD": "new"},
        WEBHOOK_SIGNERS=f"s1:{encoded(KEY)}",
        WEBHOOK_CHECK=check,
    )
    body = json.dumps(notice).encode()
    signed = {"Signature_s1": signature(KEY, body)}
    for password in ("old", "new"):
        assert send(client, body, Authorization=basic("gateway", password)) == alone
        assert send(client, body, Authorization=basic("gateway", password), **signed) == 201
    assert send(client, body, **signed) == alone
    assert send(client, body, Authorization=basic("gateway", "other"), **signed) == alone
    assert send(client, body) == 401


def test_without_settings_nobody_is_believed(
    gateway: Gateway, shim: Callable[..., FlaskClient], notice: dict[str, Any]
) -> None:
    body = json.dumps(notice).encode()
    client = shim()
    with nothing_written():
        assert send(client, body, Authorization=basic("", "")) == 401
        assert send(client, body, Signature_s1=signature(b"", body)) == 401


def test_the_shim_has_the_databases_list_of_what_may_be_called() -> None:
    """One list, twice: the database composes the calls, and the shim has the keys."""
    listed = rows("select distinct a.method, a.path_form from payment.allowed_calls() as a")
    assert {(row["method"], row["path_form"]) for row in listed} == ALLOWED


def test_the_gateway_says_when_it_wants_to_be_asked_again(
    gateway: Gateway, family: Family, registration: dict[str, Any]
) -> None:
    gateway.faults(epg={"status": 429, "times": 1, "retry_after": 90})
    refused(ask_for_session(family, registration["registration_id"]), "gateway_unavailable")
    (call,) = rows(
        "select c.status, c.attempts, c.answer_status, c.failures -> 0 ->> 'code' as code,"
        " c.next_attempt_at > now() + interval '80 seconds' as waits"
        " from payment.gateway_calls as c inner join payment.payments as p"
        " on c.studio_id = p.studio_id and c.payment_id = p.id where p.registration_id = %s",
        registration["registration_id"],
    )
    assert call == {
        "status": "queued",
        "attempts": 1,
        "answer_status": 429,
        "code": "tooManyRequests",
        "waits": True,
    }
    # The time over, it goes on from there.
    eventually(lambda: payments_of(registration)[0]["session_url"])
    assert gateway.pay(open_session(family, registration)) == 303
    gateway.deliver()
    assert_confirmed_once(registration)
