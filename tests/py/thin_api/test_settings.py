"""Settings of shim and courier."""

from __future__ import annotations

import pytest

from tests.py.thin_api.conftest import ENVIRON
from thin_api.settings import (
    CallbackSettings,
    ConfigError,
    WebhookSettings,
    courier_settings,
    shim_settings,
)


def test_settings_are_read_by_merchant_and_host() -> None:
    settings = shim_settings(ENVIRON)
    assert settings.port == 5001
    assert settings.postgrest_url == "http://127.0.0.1:1"
    gateway = settings.gateway()
    assert gateway.base_urls == {"sandbox": "http://127.0.0.1:1/epg"}
    assert gateway.secret_keys == {"aydt": "sk_aydt"}
    assert gateway.webhooks == {
        "aydt": WebhookSettings((("gateway-aydt", "password-aydt"),)),
        "elmst": WebhookSettings((("gateway-elmst", "pässword:elmst"),)),
        "signed": WebhookSettings((), (("s1", bytes(range(1, 33))),)),
    }
    assert settings.callbacks == CallbackSettings(
        ("twilio-secret",),
        "https://studio.example/webhooks/twilio/status",
        "https://studio.example/webhooks/twilio/inbound",
        (b"resend-signing-key",),
    )
    assert settings.sentry_dsn is None
    assert courier_settings(ENVIRON).poll_seconds == 5.0


def test_settings_show_no_secret() -> None:
    shown = repr(shim_settings(ENVIRON)) + repr(courier_settings(ENVIRON))
    shown += repr(shim_settings(ENVIRON).gateway())
    for secret in (
        "db-secret", "sk_aydt", "password-aydt", "twilio-secret", "resend-secret", "signing-key",
        "\\x01\\x02",
    ):
        assert secret not in shown


def test_while_one_secret_replaces_another_both_are_good() -> None:
    settings = shim_settings(
        {
            **ENVIRON,
            "EPG_NEXT_WEBHOOK_USER_AYDT": "gateway-aydt",
            "EPG_NEXT_WEBHOOK_PASSWORD_AYDT": "next",
            "EPG_WEBHOOK_SIGNERS_AYDT": "s1:AAAAAAAAAAAAAAAAAAAAAA== s2://///////////////////w==",
            "EPG_WEBHOOK_CHECK_AYDT": "either",
            "TWILIO_SECONDARY_AUTH_TOKEN": "twilio-next",
            "RESEND_WEBHOOK_SECRET": "whsec_AAAAAAAAAAAAAAAAAAAAAA==  /////////////////////w==",  # pragma: allowlist secret
        }
    )
    zeros, ones = b"\0" * 16, b"\xff" * 16
    assert settings.gateway().webhooks["aydt"] == WebhookSettings(
        (("gateway-aydt", "password-aydt"), ("gateway-aydt", "next")),
        (("s1", zeros), ("s2", ones)),
        "either",
    )
    assert settings.callbacks.twilio_auth_tokens == ("twilio-secret", "twilio-next")
    assert settings.callbacks.resend_secrets == (zeros, ones)


def test_what_tells_of_messages_may_be_left_out_and_is_not_believed_then() -> None:
    left_out = {
        name: value
        for name, value in ENVIRON.items()
        if name not in ("TWILIO_AUTH_TOKEN", "RESEND_WEBHOOK_SECRET")
        and name not in ("TWILIO_CALLBACK_URL", "TWILIO_INBOUND_URL")
    }
    assert shim_settings(left_out).callbacks == CallbackSettings()
    assert courier_settings(ENVIRON).senders.twilio_callback_url is not None
    assert (
        courier_settings({**left_out, "TWILIO_AUTH_TOKEN": "x"}).senders.twilio_callback_url is None
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CALLBOARD_ENV", "staging"),
        ("THIN_API_DATABASE_URL", ""),
        ("TWILIO_AUTH_TOKEN", ""),
        ("COURIER_POLL_SECONDS", "soon"),
        ("COURIER_POLL_SECONDS", "-1"),
        ("HTTP_READ_TIMEOUT_SECONDS", "nan"),
        ("EPG_SECRET_KEY_AYDT", ""),
        ("EPG_BASE_URL_SANDBOX", "ftp://gateway.example"),
        ("EPG_BASE_URL_SANDBOX", "https://name:secret@gateway.example"),
        ("EPG_BASE_URL_SANDBOX", "https://gateway.example/?a=secret"),
        ("EPG_WEBHOOK_USER_OTHER", "secret"),
        ("EPG_NEXT_WEBHOOK_USER_AYDT", "secret"),
        ("EPG_WEBHOOK_CHECK_AYDT", "secret"),
        ("EPG_WEBHOOK_CHECK_AYDT", "both"),
        ("EPG_WEBHOOK_SIGNERS_AYDT", "secret"),
        ("EPG_WEBHOOK_SIGNERS_AYDT", "s1:secret"),
        ("EPG_WEBHOOK_SIGNERS_AYDT", "s1:c2VjcmV0"),
        ("EPG_WEBHOOK_SIGNERS_AYDT", " "),
        ("EPG_WEBHOOK_SIGNERS_AYDT", "ö:AAAAAAAAAAAAAAAAAAAAAA=="),
        ("EPG_WEBHOOK_SIGNERS_AYDT", ENVIRON["EPG_WEBHOOK_SIGNERS_SIGNED"]),
        ("TWILIO_CALLBACK_URL", "secret"),
    ],
)
def test_a_bad_setting_is_named_without_its_value(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as raised:
        courier_settings({**ENVIRON, name: value})
    expected = {
        "EPG_WEBHOOK_USER_OTHER": "EPG_WEBHOOK_PASSWORD_OTHER",
        "EPG_NEXT_WEBHOOK_USER_AYDT": "EPG_NEXT_WEBHOOK_PASSWORD_AYDT",
    }.get(name, name)
    assert (expected if value != ENVIRON["EPG_WEBHOOK_SIGNERS_SIGNED"] else "is there twice") in (
        str(raised.value)
    )
    assert value.strip() == "" or value not in str(raised.value).replace("'both'", "")


@pytest.mark.parametrize(
    ("name", "value"),
    [("RESEND_WEBHOOK_SECRET", "whsec_secret!"), ("TWILIO_INBOUND_URL", "ftp://secret")],
)
def test_a_bad_setting_of_the_doors_is_named_without_its_value(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name) as raised:
        shim_settings({**ENVIRON, name: value})
    assert value not in str(raised.value)


def test_outside_development_others_are_reached_by_https_alone() -> None:
    production = {
        **ENVIRON,
        "CALLBOARD_ENV": "production",
        "EPG_BASE_URL_SANDBOX": "https://gateway.example",
    }
    assert shim_settings(production).postgrest_url.startswith("http://")
    with pytest.raises(ConfigError, match="TWILIO_BASE_URL must be https"):
        courier_settings(production)


def test_two_merchants_cannot_share_credentials() -> None:
    same = {
        **ENVIRON,
        "EPG_WEBHOOK_USER_ELMST": "gateway-aydt",
        "EPG_WEBHOOK_PASSWORD_ELMST": "password-aydt",
    }
    with pytest.raises(ConfigError, match="is there twice"):
        shim_settings(same)
