"""Who sends a notice: by password, by signature, by both; and that comparing takes equally long."""

from __future__ import annotations

import ast
import base64
import hashlib
import hmac
import inspect
import time
from collections.abc import Callable
from typing import Any

import pytest

from thin_api import credentials
from thin_api.credentials import (
    CallbackCredentials,
    Comparison,
    WebhookCredentials,
    notice_signature,
    svix_signature,
    twilio_signature,
)
from thin_api.settings import CallbackSettings, WebhookSettings

KEY, NEXT_KEY, OTHER_KEY = b"0" * 32, b"1" * 32, b"2" * 32
BODY = b'{"id":"nt1","resource":"https://gateway.test/transactions/tx9"}'
KNOWN = {
    "aydt": WebhookSettings(logins=(("one", "first"),)),
    "elmst": WebhookSettings(logins=(("two", "se\u00e7ond"), ("two", "next"), ("three", "x" * 500))),
    "signed": WebhookSettings(signers=(("s1", KEY), ("s2", NEXT_KEY))),
    "both": WebhookSettings(logins=(("four", "fourth"),), signers=(("s1", OTHER_KEY),)),
    "either": WebhookSettings(
        logins=(("five", "fifth"),), signers=(("S5", b"5" * 32),), check="either"
    ),
    # Somebody has named an account and given it nothing.
    "bare": WebhookSettings(),
    "lax": WebhookSettings(check="either"),
}


def merchant(user: str = "", password: str = "", body: bytes = BODY, **signatures: str) -> Any:
    return WebhookCredentials(KNOWN).merchant_of(user, password, signatures, body)


def signed(key: bytes, body: bytes = BODY) -> str:
    return notice_signature(key, body)


def test_the_published_vector() -> None:
    """Of the gateway's reference: a prefixed hash over the bytes that came, no HMAC."""
    secret = base64.b64decode("AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=")
    body = (
        b'{"href":"https://gateway.test/notifications/nt3kq7","id":"nt3kq7",'
        b'"merchant":"https://gateway.test/merchants/mr1","createdAt":"2026-01-05T10:00:00.000Z",'
        b'"eventType":"saleAuthorized","resourceType":"transaction",'
        b'"resource":"https://gateway.test/transactions/tx9"}'
    )
    signature = (
        "+3DYCDBbg9DsoXDhf5aB3fdfV+AEHaS64sR1CO+ha1mANTKbsTU3NVb1qhBNkzG0kb9Eb1n+MFqEgK99LWKlQw=="  # pragma: allowlist secret
    )
    assert notice_signature(secret, body) == signature
    known = WebhookCredentials({"aydt": WebhookSettings(signers=(("s1", secret),))})
    assert known.merchant_of("", "", {"s1": signature}, body) == "aydt"
    assert known.merchant_of("", "", {"s1": signature}, body.replace(b",", b", ")) is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"user": "one", "password": "first"}, "aydt"),
        ({"user": "two", "password": "se\u00e7ond"}, "elmst"),
        ({"user": "two", "password": "next"}, "elmst"),
        ({"user": "three", "password": "x" * 500}, "elmst"),
        ({"s1": signed(KEY)}, "signed"),
        ({"s2": signed(NEXT_KEY)}, "signed"),
        ({"s1": signed(KEY), "s2": "old"}, "signed"),
        ({"user": "four", "password": "fourth", "s1": signed(OTHER_KEY)}, "both"),
        ({"user": "five", "password": "fifth"}, "either"),
        ({"s5": signed(b"5" * 32)}, "either"),
        ({"user": "five", "password": "wrong", "s5": signed(b"5" * 32)}, "either"),
    ],
)
def test_what_is_shown_names_the_merchant(given: dict[str, str], code: str) -> None:
    assert merchant(**given) == code


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"user": "one"},
        {"password": "first"},
        {"user": "one", "password": "se\u00e7ond"},
        {"user": "two", "password": "first"},
        {"user": "onefirst"},
        # Half of what has to be right.
        {"user": "four", "password": "fourth"},
        {"s1": signed(OTHER_KEY)},
        {"user": "four", "password": "fourth", "s1": signed(KEY)},
        {"user": "four", "password": "fourth", "s2": signed(OTHER_KEY)},
        # Another signer, other bytes, another form.
        {"s2": signed(KEY)},
        {"s1": signed(KEY, BODY + b" ")},
        {"s1": signed(KEY).lower()},
        {"s1": signed(KEY)[:-1]},
        {"s1": base64.b64encode(hmac.digest(KEY, BODY, "sha512")).decode()},
        {"s1": base64.b64encode(hashlib.sha512(BODY).digest()).decode()},
        {"s9": ""},
        # Of two merchants at once.
        {"user": "one", "password": "first", "s1": signed(KEY)},
        {"user": "five", "password": "fifth", "s1": signed(KEY)},
    ],
)
def test_nothing_else_does(given: dict[str, str]) -> None:
    assert merchant(**given) is None


def test_without_any_configured_nobody_is_known() -> None:
    assert WebhookCredentials({}).merchant_of("", "", {"s1": signed(KEY)}, BODY) is None


@pytest.mark.parametrize("odd", ["\udcff\udcfe", "\x80" * 500, "é"])
def test_what_is_no_text_is_nobody(odd: str) -> None:
    assert merchant(user=odd, password=odd, s1=odd) is None


# ---------------------------------------------------------------- Twilio and Resend

URL = "https://studio.example/webhooks/twilio/status"
FORM = {"MessageSid": ["SM1"], "To": ["+12125550123"], "MessageStatus": ["sent"]}
# By hand: the address, then each field with its value, in the order of their names.
TWILIO_TEXT = f"{URL}?key=k1MessageSidSM1MessageStatussentTo+12125550123"
CALLBACKS = CallbackCredentials(
    CallbackSettings(
        twilio_auth_tokens=("token", "next token"),
        twilio_callback_url=URL,
        resend_secrets=(KEY, NEXT_KEY),
    )
)


@pytest.mark.parametrize("token", [b"token", b"next token"])
def test_twilio_signs_the_address_and_the_fields(token: bytes) -> None:
    digest = hmac.new(token, TWILIO_TEXT.encode(), hashlib.sha1).digest()
    assert CALLBACKS.is_twilio(base64.b64encode(digest).decode(), URL, "key=k1", FORM)


@pytest.mark.parametrize(
    "change",
    [
        {"given": ""},
        {"given": twilio_signature("another", TWILIO_TEXT)},
        {"given": twilio_signature("", TWILIO_TEXT)},
        {"url": None},
        {"url": URL.replace("https", "http")},
        {"query": ""},
        {"query": "key=k2"},
        {"form": {**FORM, "MessageStatus": ["delivered"]}},
        {"form": {**FORM, "More": ["x"]}},
        {"form": {}},
    ],
)
def test_anything_else_is_not_twilios(change: dict[str, Any]) -> None:
    right: dict[str, Any] = {
        "given": twilio_signature("token", TWILIO_TEXT), "url": URL, "query": "key=k1", "form": FORM
    }
    assert CALLBACKS.is_twilio(**right)
    assert not CALLBACKS.is_twilio(**{**right, **change})


def test_a_field_with_several_values_is_signed_with_all_of_them() -> None:
    text = f"{URL}MediaUrlaMediaUrlb"
    form = {"MediaUrl": ["b", "a", "b"]}
    assert CALLBACKS.is_twilio(twilio_signature("token", text), URL, "", form)


def test_svix_own_vector() -> None:
    """Of https://docs.svix.com/receiving/verifying-payloads/how-manual."""
    secret = base64.b64decode("plJ3nmyCDGBKInavdOK15jsl")
    signed_content = (
        b'msg_loFOjxBNrRLzqYUf.1731705121.'
        b'{"event_type":"ping","data":{"success":true}}'
    )
    assert svix_signature(secret, signed_content) == (
        "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="
    )


def resend(seconds: float | str = 0, given: str | None = None, **change: Any) -> bool:
    when = seconds if isinstance(seconds, str) else str(int(time.time() + seconds))
    signature = svix_signature(KEY, f"msg_1.{when}.".encode() + BODY)
    right: dict[str, Any] = {
        "message_id": "msg_1", "seconds": when, "given": signature, "body": BODY
    }
    if given is not None:
        right["given"] = given.replace("$", signature)
    return CALLBACKS.is_resend(**{**right, **change})


def test_resend_signs_id_time_and_body() -> None:
    assert resend()
    assert resend(given="v1,AAAA $")
    assert resend(given="v1a,AAAA $ v1,BBBB")
    when = str(int(time.time()))
    later = svix_signature(NEXT_KEY, f"msg_1.{when}.".encode() + BODY)
    assert resend(when, given=later)


@pytest.mark.parametrize(
    "change",
    [
        {"given": ""},
        {"given": "$x"},
        {"given": "v1,AAAA " * 10 + "$"},
        {"message_id": "msg_2"},
        {"body": BODY + b" "},
        {"seconds": -400},
        {"seconds": 400},
        {"seconds": ""},
        {"seconds": "soon"},
        {"seconds": "-1"},
        {"seconds": "1e9"},
        {"seconds": "٣٣"},
        {"seconds": "9" * 400},
    ],
)
def test_anything_else_is_not_resends(change: dict[str, Any]) -> None:
    assert not resend(**change)


@pytest.mark.parametrize(
    "believed",
    [
        lambda nobody: nobody.is_twilio(twilio_signature("", TWILIO_TEXT), URL, "key=k1", FORM),
        lambda nobody: nobody.is_resend(
            "msg_1",
            str(int(time.time())),
            svix_signature(b"", f"msg_1.{int(time.time())}.".encode() + BODY),
            BODY,
        ),
    ],
)
def test_without_a_secret_nobody_is_believed(
    believed: Callable[[CallbackCredentials], bool]
) -> None:
    assert not believed(CallbackCredentials(CallbackSettings(twilio_callback_url=URL)))


# ---------------------------------------------------------------- in constant time


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    """What is compared from now on, each with each."""
    seen: list[tuple[Any, Any]] = []

    def compare(left: Any, right: Any) -> bool:
        seen.append((left, right))
        return hmac.compare_digest(left, right)

    monkeypatch.setattr(
        credentials,
        "hmac",
        type("Hmac", (), {"compare_digest": staticmethod(compare), "digest": hmac.digest}),
    )
    return seen


@pytest.mark.parametrize(
    "given",
    [
        {"user": "one", "password": "first"},
        {"user": "three", "password": "x" * 500},
        {"s1": signed(KEY)},
        {"user": "nobody", "password": "at all", "s1": "x"},
        {},
    ],
)
def test_everything_is_compared_whichever_is_right(
    compared: list[tuple[Any, Any]], given: dict[str, str]
) -> None:
    merchant(**given)
    logins = sum(len(each.logins) for each in KNOWN.values())
    signers = sum(len(each.signers) for each in KNOWN.values())
    assert len(compared) == 2 * logins + signers
    assert {type(side) for pair in compared for side in pair} == {bytes}
    assert {len(side) for pair in compared for side in pair} == {32}


@pytest.mark.parametrize("given", ["", "v1,AAAA", "$"])
def test_every_secret_is_tried_whichever_is_right(
    compared: list[tuple[Any, Any]], given: str
) -> None:
    resend(given=given)
    CALLBACKS.is_twilio(given, URL, "", FORM)
    assert len(compared) == 4
    assert {len(side) for pair in compared for side in pair} == {32}


def test_what_the_constant_comparison_says_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing gets in past it, and it alone lets in."""
    for answer in (False, True):
        monkeypatch.setattr(Comparison, "same", lambda *_, answer=answer: answer)
        alone = WebhookCredentials({"aydt": KNOWN["both"]})
        assert alone.merchant_of("four", "fourth", {}, BODY) == ("aydt" if answer else None)
        assert CALLBACKS.is_twilio("", URL, "", FORM) is answer
        assert resend() is answer


def test_no_secret_is_compared_in_any_other_way() -> None:
    """The module has no ==, != or `in` but on what is public."""
    found = {
        ast.unparse(node)
        for node in ast.walk(ast.parse(inspect.getsource(credentials)))
        if isinstance(node, ast.Compare)
    }
    assert found == {
        "webhook.check == 'either'",
        "len(known) == 1",
        # The code of a merchant, which is no secret.
        "known[0] in accepted",
        "url is None",
        "len(seconds) < 16",
        "abs(time.time() - int(seconds)) > TOLERANCE_SECONDS",
    }
    # And no other part of the shim knows the secrets.
    for module in ("webhooks", "callbacks", "parts"):
        source = inspect.getsource(__import__(f"thin_api.{module}", fromlist=[module]))
        assert not [
            name
            for name in ("resend_secrets", "twilio_auth_tokens", "logins", "signers")
            if name in source
        ]
