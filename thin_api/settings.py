"""Settings of shim and courier, read from the process environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

# Seconds: to reach another server, and of silence while it works on its answer.
CONNECT_SECONDS = 3.05
READ_SECONDS = 20.0
POLL_SECONDS = 5.0
DEFAULT_PORT = 5000

_NAMED = re.compile(
    r"EPG_(BASE_URL|SECRET_KEY|WEBHOOK_USER|WEBHOOK_PASSWORD)_([A-Z][A-Z0-9_]*)"
)


class ConfigError(Exception):
    """A setting is missing or makes no sense; the message names it and never its value."""


@dataclass(frozen=True)
class GatewaySettings:
    """How the card gateway is reached, and how it is known.

    base_urls: by host key, lower case, without a trailing slash.
    secret_keys: by merchant code, lower case.
    webhook_credentials: user name and password the gateway uses towards us, by merchant code.
    """

    base_urls: Mapping[str, str]
    secret_keys: Mapping[str, str] = field(repr=False)
    webhook_credentials: Mapping[str, tuple[str, str]] = field(repr=False)


@dataclass(frozen=True)
class SenderSettings:
    """How text messages (Twilio) and e-mails (Resend) are sent."""

    twilio_base_url: str
    twilio_account_sid: str
    twilio_auth_token: str = field(repr=False)
    twilio_from: str
    resend_base_url: str
    resend_api_key: str = field(repr=False)
    resend_from: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What shim and courier both need.

    timeouts: seconds to connect, and seconds until the whole answer of another server is there.
    """

    environment: str
    database_url: str = field(repr=False)
    gateway: GatewaySettings
    timeouts: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS)
    sentry_dsn: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class ShimSettings(Settings):
    """What the shim needs: `port` on loopback, and PostgREST's address without trailing slash."""

    port: int = DEFAULT_PORT
    postgrest_url: str


@dataclass(frozen=True, kw_only=True)
class CourierSettings(Settings):
    """What the courier needs. poll_seconds: the longest it waits before it looks again."""

    senders: SenderSettings
    poll_seconds: float = POLL_SECONDS


def shim_settings(environ: Mapping[str, str]) -> ShimSettings:
    """Read the shim's settings; ConfigError names the first bad one."""
    return ShimSettings(
        **_common(environ),
        port=int(_number(environ, "THIN_API_PORT", DEFAULT_PORT)),
        postgrest_url=_url(environ, "POSTGREST_URL", inside=True),
    )


def courier_settings(environ: Mapping[str, str]) -> CourierSettings:
    """Read the courier's settings; ConfigError names the first bad one."""
    return CourierSettings(
        **_common(environ),
        senders=SenderSettings(
            twilio_base_url=_url(environ, "TWILIO_BASE_URL"),
            twilio_account_sid=_required(environ, "TWILIO_ACCOUNT_SID"),
            twilio_auth_token=_required(environ, "TWILIO_AUTH_TOKEN"),
            twilio_from=_required(environ, "TWILIO_FROM"),
            resend_base_url=_url(environ, "RESEND_BASE_URL"),
            resend_api_key=_required(environ, "RESEND_API_KEY"),
            resend_from=_required(environ, "RESEND_FROM"),
        ),
        poll_seconds=_number(environ, "COURIER_POLL_SECONDS", POLL_SECONDS),
    )


def _common(environ: Mapping[str, str]) -> dict[str, Any]:
    if environ.get("CALLBOARD_ENV") not in ("development", "production"):
        raise ConfigError("CALLBOARD_ENV is neither 'development' nor 'production'")
    return {
        "environment": environ["CALLBOARD_ENV"],
        "database_url": _required(environ, "THIN_API_DATABASE_URL"),
        "gateway": _gateway(environ),
        "timeouts": (
            _number(environ, "HTTP_CONNECT_TIMEOUT_SECONDS", CONNECT_SECONDS),
            _number(environ, "HTTP_READ_TIMEOUT_SECONDS", READ_SECONDS),
        ),
        "sentry_dsn": environ.get("SENTRY_DSN") or None,
    }


def _gateway(environ: Mapping[str, str]) -> GatewaySettings:
    found: dict[str, dict[str, str]] = {
        "BASE_URL": {}, "SECRET_KEY": {}, "WEBHOOK_USER": {}, "WEBHOOK_PASSWORD": {}
    }
    for name in environ:
        match = _NAMED.fullmatch(name)
        if match is None:
            continue
        kind, key = match.groups()
        found[kind][key.lower()] = (
            _url(environ, name) if kind == "BASE_URL" else _required(environ, name)
        )
    users, passwords = found["WEBHOOK_USER"], found["WEBHOOK_PASSWORD"]
    for code in sorted(users.keys() ^ passwords.keys()):
        missing = "USER" if code in passwords else "PASSWORD"
        raise ConfigError(f"EPG_WEBHOOK_{missing}_{code.upper()} is not set")
    pairs = {code: (users[code], passwords[code]) for code in sorted(users)}
    if len(set(pairs.values())) != len(pairs):
        # The pair is what says of which merchant a notice is.
        raise ConfigError("EPG_WEBHOOK_USER_…: two merchants share one user name and password")
    return GatewaySettings(
        base_urls=found["BASE_URL"], secret_keys=found["SECRET_KEY"], webhook_credentials=pairs
    )


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise ConfigError(f"{name} is not set")
    return value


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    try:
        value = float(environ.get(name) or default)
    except ValueError as error:
        raise ConfigError(f"{name} is not a number") from error
    if not 0 < value <= 65535:
        raise ConfigError(f"{name} is out of range")
    return value


def _url(environ: Mapping[str, str], name: str, *, inside: bool = False) -> str:
    """Read a base URL. Only on our own machines (`inside`), or in development, may it be http."""
    value = _required(environ, name).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ConfigError(f"{name} is not the address of a server")
    if parts.query or parts.fragment:
        raise ConfigError(f"{name} has a query or a fragment")
    if parts.scheme == "http" and not inside and environ.get("CALLBOARD_ENV") != "development":
        raise ConfigError(f"{name} must be https outside development")
    return value
