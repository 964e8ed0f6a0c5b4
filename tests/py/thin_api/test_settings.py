"""Settings of shim and courier."""

from __future__ import annotations

import pytest

from tests.py.thin_api.conftest import ENVIRON
from thin_api.settings import ConfigError, courier_settings, shim_settings


def test_settings_are_read_by_merchant_and_host() -> None:
    settings = shim_settings(ENVIRON)
    assert settings.port == 5001
    assert settings.postgrest_url == "http://127.0.0.1:1"
    assert settings.gateway.base_urls == {"sandbox": "http://127.0.0.1:1/epg"}
    assert settings.gateway.secret_keys == {"aydt": "sk_aydt"}
    assert settings.gateway.webhook_credentials == {
        "aydt": ("gateway-aydt", "password-aydt"),
        "elmst": ("gateway-elmst", "pässword:elmst"),
    }
    assert settings.sentry_dsn is None
    assert courier_settings(ENVIRON).poll_seconds == 5.0


def test_settings_show_no_secret() -> None:
    shown = repr(shim_settings(ENVIRON)) + repr(courier_settings(ENVIRON))
    for secret in ("db-secret", "sk_aydt", "password-aydt", "twilio-secret", "resend-secret"):
        assert secret not in shown


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
    ],
)
def test_a_bad_setting_is_named_without_its_value(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as raised:
        courier_settings({**ENVIRON, name: value})
    expected = "EPG_WEBHOOK_PASSWORD_OTHER" if name == "EPG_WEBHOOK_USER_OTHER" else name
    assert expected in str(raised.value)
    assert "secret" not in str(raised.value)


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
    with pytest.raises(ConfigError, match="share"):
        shim_settings(same)
