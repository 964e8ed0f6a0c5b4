"""Settings of shim and courier, read from the process environment."""

from __future__ import annotations

import base64
import binascii
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
    r"EPG_(BASE_URL|SECRET_KEY|(?:NEXT_)?WEBHOOK_USER|(?:NEXT_)?WEBHOOK_PASSWORD|WEBHOOK_SIGNERS"
    r"|WEBHOOK_CHECK)_([A-Z][A-Z0-9_]*)"
)
_SIGNER = re.compile(r"[A-Za-z0-9_-]{1,100}")


class ConfigError(Exception):
    """A setting is missing or makes no sense; the message names it and never its value."""


@dataclass(frozen=True)
class WebhookSettings:
    """What the gateway shows us with the notices of one merchant account.

    logins: user names with passwords; the second is the one that comes next.
    signers: ids with the secrets they share with us.
    check: `both`: all that is configured has to be right; `either`: one of the two kinds.
    """

    logins: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    signers: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    check: str = "both"


@dataclass(frozen=True)
class GatewaySettings:
    """How the card gateway is reached, and how it is known.

    base_urls: by host key, lower case, without a trailing slash.
    secret_keys: by merchant code, lower case.
    webhooks: by merchant code.
    """

    base_urls: Mapping[str, str]
    secret_keys: Mapping[str, str] = field(repr=False)
    webhooks: Mapping[str, WebhookSettings] = field(default_factory=dict)


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
    # Where Twilio tells what became of a text; None: it is not asked to.
    twilio_callback_url: str | None = None


@dataclass(frozen=True)
class CallbackSettings:
    """How Twilio and Resend are known when they tell what became of messages.

    twilio_auth_tokens, resend_secrets: several while one replaces another; none: nobody is believed.
    twilio_callback_url, twilio_inbound_url: our doors as Twilio knows them, since it signs them.
    """

    twilio_auth_tokens: tuple[str, ...] = field(default=(), repr=False)
    twilio_callback_url: str | None = None
    twilio_inbound_url: str | None = None
    resend_secrets: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What shim and courier both need.

    environ: where they come from.
    timeouts: seconds to connect, and seconds until the whole answer of another server is there.
    """

    environment: str
    environ: Mapping[str, str] = field(repr=False)
    database_url: str = field(repr=False)
    timeouts: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS)
    sentry_dsn: str | None = field(default=None, repr=False)

    def gateway(self) -> GatewaySettings:
        """Read the gateway's settings, anew for each request to it and from it.

        ConfigError names the first bad one.
        """
        return _gateway(self.environ)


@dataclass(frozen=True, kw_only=True)
class ShimSettings(Settings):
    """What the shim needs: `port` on loopback, and PostgREST's address without trailing slash."""

    port: int = DEFAULT_PORT
    postgrest_url: str
    callbacks: CallbackSettings


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
        callbacks=CallbackSettings(
            twilio_auth_tokens=tuple(
                environ[name]
                for name in ("TWILIO_AUTH_TOKEN", "TWILIO_SECONDARY_AUTH_TOKEN")
                if environ.get(name)
            ),
            twilio_callback_url=_optional_url(environ, "TWILIO_CALLBACK_URL"),
            twilio_inbound_url=_optional_url(environ, "TWILIO_INBOUND_URL"),
            resend_secrets=tuple(
                _base64("RESEND_WEBHOOK_SECRET", secret.removeprefix("whsec_"))
                for secret in environ.get("RESEND_WEBHOOK_SECRET", "").split()
            ),
        ),
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
            twilio_callback_url=_optional_url(environ, "TWILIO_CALLBACK_URL"),
        ),
        poll_seconds=_number(environ, "COURIER_POLL_SECONDS", POLL_SECONDS),
    )


def _common(environ: Mapping[str, str]) -> dict[str, Any]:
    if environ.get("CALLBOARD_ENV") not in ("development", "production"):
        raise ConfigError("CALLBOARD_ENV is neither 'development' nor 'production'")
    # Read at each request; whatever is wrong with them is said at the start.
    _gateway(environ)
    return {
        "environment": environ["CALLBOARD_ENV"],
        "environ": environ,
        "database_url": _required(environ, "THIN_API_DATABASE_URL"),
        "timeouts": (
            _number(environ, "HTTP_CONNECT_TIMEOUT_SECONDS", CONNECT_SECONDS),
            _number(environ, "HTTP_READ_TIMEOUT_SECONDS", READ_SECONDS),
        ),
        "sentry_dsn": environ.get("SENTRY_DSN") or None,
    }


def _gateway(environ: Mapping[str, str]) -> GatewaySettings:
    found: dict[str, dict[str, str]] = {}
    for name in environ:
        match = _NAMED.fullmatch(name)
        if match is None:
            continue
        kind, key = match.groups()
        found.setdefault(kind, {})[key.lower()] = (
            _url(environ, name) if kind == "BASE_URL" else _required(environ, name)
        )
    webhooks = _webhooks(found)
    shown = [login for webhook in webhooks.values() for login in webhook.logins]
    if len(set(shown)) != len(shown):
        # The pair is what says of which merchant a notice is.
        raise ConfigError("EPG_WEBHOOK_USER_…: one user name and password is there twice")
    secrets = [secret for webhook in webhooks.values() for _, secret in webhook.signers]
    if len(set(secrets)) != len(secrets):
        raise ConfigError("EPG_WEBHOOK_SIGNERS_…: one key is there twice")
    return GatewaySettings(
        base_urls=found.get("BASE_URL", {}),
        secret_keys=found.get("SECRET_KEY", {}),
        webhooks=webhooks,
    )


def _webhooks(found: Mapping[str, Mapping[str, str]]) -> dict[str, WebhookSettings]:
    logins: dict[str, list[tuple[str, str]]] = {}
    for kind in ("WEBHOOK", "NEXT_WEBHOOK"):
        users, passwords = found.get(f"{kind}_USER", {}), found.get(f"{kind}_PASSWORD", {})
        for code in sorted(users.keys() ^ passwords.keys()):
            missing = "USER" if code in passwords else "PASSWORD"
            raise ConfigError(f"EPG_{kind}_{missing}_{code.upper()} is not set")
        for code, user in users.items():
            logins.setdefault(code, []).append((user, passwords[code]))
    signers = {
        code: _signers(f"EPG_WEBHOOK_SIGNERS_{code.upper()}", text)
        for code, text in found.get("WEBHOOK_SIGNERS", {}).items()
    }
    checks = found.get("WEBHOOK_CHECK", {})
    for code, check in checks.items():
        if check not in ("both", "either"):
            raise ConfigError(f"EPG_WEBHOOK_CHECK_{code.upper()} is neither 'both' nor 'either'")
        if code not in logins or code not in signers:
            raise ConfigError(
                f"EPG_WEBHOOK_CHECK_{code.upper()} is about a user name and a signer"
            )
    return {
        code: WebhookSettings(
            tuple(logins.get(code, ())), signers.get(code, ()), checks.get(code, "both")
        )
        for code in sorted(logins.keys() | signers.keys())
    }


def _signers(name: str, text: str) -> tuple[tuple[str, bytes], ...]:
    """Read signers: `id:secret`, the secret as base64, with blanks between them."""
    signers = []
    for entry in text.split():
        signer, _, secret = entry.partition(":")
        if not _SIGNER.fullmatch(signer):
            raise ConfigError(f"{name} is not a list of id:secret")
        signers.append((signer, _base64(name, secret)))
    if not signers:
        raise ConfigError(f"{name} is not set")
    return tuple(signers)


def _base64(name: str, text: str) -> bytes:
    try:
        secret = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ConfigError(f"{name} has a key that is not base64") from error
    if len(secret) < 16:
        raise ConfigError(f"{name} has a key that is too short")
    return secret


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


def _optional_url(environ: Mapping[str, str], name: str) -> str | None:
    return _url(environ, name) if environ.get(name) else None


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
