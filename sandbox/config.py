"""Settings of the sandbox, read from the process environment."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class ConfigError(Exception):
    """A setting is missing or makes no sense; the message names it and never its value."""


@dataclass(frozen=True)
class Signer:
    """A shared secret with which pushed notifications are signed (base64 text)."""

    id: str
    secret: str


@dataclass(frozen=True)
class Merchant:
    """A merchant account of the gateway.

    `enforce_3ds` declines an `ecommerce` sale without 3DS data. Without `webhook_url` nothing is
    pushed; the notifications can still be listed. With `auto_settle_at` (HH:MM, UTC) a batch is
    closed every day.
    """

    alias: str
    secret_key: str
    public_key: str
    merchant_id: str
    currency: str
    webhook_url: str | None = None
    webhook_user: str | None = None
    webhook_password: str | None = None
    name: str = "Sandbox Merchant"
    enforce_3ds: bool = True
    signers: tuple[Signer, ...] = ()
    auto_settle_at: str | None = None


@dataclass(frozen=True)
class Config:
    """Everything the sandbox is told. `public_url` is where a browser finds it.

    Without `twilio_callback_url` Twilio tells only of messages that name a StatusCallback; without
    `twilio_inbound_url` no text can come in; without `resend_webhook_url` Resend tells nothing.
    """

    environment: str
    port: int
    state: str
    merchants: tuple[Merchant, ...]
    twilio_account_sid: str
    twilio_auth_token: str
    resend_api_key: str
    public_url: str = field(default="")
    twilio_callback_url: str | None = None
    twilio_inbound_url: str | None = None
    resend_webhook_url: str | None = None
    resend_webhook_secrets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.environment != "development":
            raise ConfigError("the sandbox runs only where CALLBOARD_ENV is 'development'")
        if not self.public_url:
            object.__setattr__(self, "public_url", f"http://127.0.0.1:{self.port}")
        if self.resend_webhook_url and not self.resend_webhook_secrets:
            raise ConfigError("RESEND_WEBHOOK_SECRET is not set, and RESEND_WEBHOOK_URL is")
        for secret in self.resend_webhook_secrets:
            try:
                base64.b64decode(secret.removeprefix("whsec_"), validate=True)
            except binascii.Error as error:
                raise ConfigError("RESEND_WEBHOOK_SECRET is not whsec_ and base64") from error
        for attribute in ("alias", "merchant_id"):
            values = [getattr(merchant, attribute) for merchant in self.merchants]
            if len(set(values)) != len(values):
                raise ConfigError(f"SANDBOX_EPG_MERCHANTS: two merchants share one {attribute}")


def merchant_from(entry: Mapping[str, Any]) -> Merchant:
    """Read one element of SANDBOX_EPG_MERCHANTS.

    Raises ConfigError for an unknown, missing or unusable key.
    """
    known = set(Merchant.__dataclass_fields__)
    unknown = sorted(set(entry) - known)
    if unknown:
        raise ConfigError(f"SANDBOX_EPG_MERCHANTS: unknown key {unknown[0]!r}")
    missing = [
        name
        for name in ("alias", "secret_key", "public_key", "merchant_id", "currency")
        if not entry.get(name)
    ]
    if missing:
        raise ConfigError(f"SANDBOX_EPG_MERCHANTS: {missing[0]!r} is missing")
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", entry.get("auto_settle_at") or "00:00"):
        raise ConfigError("SANDBOX_EPG_MERCHANTS: 'auto_settle_at' is not HH:MM")
    signers = []
    for signer in entry.get("signers", ()):
        try:
            base64.b64decode(signer["secret"], validate=True)
            signers.append(Signer(signer["id"], signer["secret"]))
        except (KeyError, TypeError, binascii.Error) as error:
            raise ConfigError(
                "SANDBOX_EPG_MERCHANTS: a signer needs an 'id' and a base64 'secret'"
            ) from error
    return Merchant(**{**entry, "signers": tuple(signers)})


def config_from_environment(environ: Mapping[str, str]) -> Config:
    """Build the settings from environment variables; ConfigError names the first bad one."""

    def required(name: str) -> str:
        value = environ.get(name, "")
        if not value:
            raise ConfigError(f"{name} is not set")
        return value

    environment = environ.get("CALLBOARD_ENV", "")
    if environment != "development":
        raise ConfigError("the sandbox runs only where CALLBOARD_ENV is 'development'")
    try:
        port = int(required("SANDBOX_PORT"))
    except ValueError as error:
        raise ConfigError("SANDBOX_PORT is not a number") from error
    try:
        entries = json.loads(required("SANDBOX_EPG_MERCHANTS"))
    except json.JSONDecodeError as error:
        raise ConfigError("SANDBOX_EPG_MERCHANTS is not JSON") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigError("SANDBOX_EPG_MERCHANTS is not a list of objects")
    return Config(
        environment=environment,
        port=port,
        state=required("SANDBOX_STATE"),
        merchants=tuple(merchant_from(entry) for entry in entries),
        twilio_account_sid=required("TWILIO_ACCOUNT_SID"),
        twilio_auth_token=required("TWILIO_AUTH_TOKEN"),
        resend_api_key=required("RESEND_API_KEY"),
        public_url=environ.get("SANDBOX_URL", "").rstrip("/"),
        twilio_callback_url=environ.get("TWILIO_CALLBACK_URL") or None,
        twilio_inbound_url=environ.get("TWILIO_INBOUND_URL") or None,
        resend_webhook_url=environ.get("RESEND_WEBHOOK_URL") or None,
        resend_webhook_secrets=tuple(environ.get("RESEND_WEBHOOK_SECRET", "").split()),
    )
