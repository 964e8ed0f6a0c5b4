"""Resend's e-mail API, as far as sending one e-mail needs it, and what it tells afterwards.

An `Idempotency-Key` is honoured for 24 hours: the same request again gets the same id and sends
nothing, another request under the same key is refused. Of each e-mail sent events are told
(callbacks.py): it was sent, and then what the recipient's side did. As at Resend itself, addresses
at resend.dev decide for themselves: delivered@, bounced@ and complained@, with or without a +label.
Source: https://resend.com/docs/dashboard/webhooks/event-types and
https://resend.com/docs/dashboard/emails/send-test-emails.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import inbox
from sandbox.callbacks import Callbacks
from sandbox.config import Config
from sandbox.faults import Faults
from sandbox.store import Store, timestamp

ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+|[^<>]*<[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+>")
KEY_LIFE = timedelta(hours=24)
MOST_RECIPIENTS = 50
TEST_ADDRESS = re.compile(r"(delivered|bounced|complained)(\+[^@]*)?@resend\.dev")

# What is told of an e-mail after email.sent, the last being its end.
COURSE = {
    "delivered": ("email.delivered",),
    "bounced": ("email.bounced",),
    "complained": ("email.delivered", "email.complained"),
    "failed": ("email.failed",),
}
EVENTS = (
    "email.sent",
    "email.delivered",
    "email.delivery_delayed",
    "email.bounced",
    "email.complained",
    "email.failed",
    "email.opened",
    "email.clicked",
)


class ResendError(Exception):
    """An answer of Resend's that refuses the request."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.name = name
        self.message = message


def tell_events(
    config: Config,
    store: Store,
    callbacks: Callbacks,
    message: dict[str, Any],
    events: Sequence[str],
    bounce_type: str = "Permanent",
) -> bool:
    """Plan what is told about an e-mail of the inbox; False when there is no webhook."""
    if config.resend_webhook_url is None:
        return False
    told = [(each, _event_document(store, message, each, bounce_type)) for each in events]
    callbacks.plan("resend", message["id"], config.resend_webhook_url, told)
    return True


def _event_document(
    store: Store, message: dict[str, Any], event: str, bounce_type: str
) -> dict[str, Any]:
    data: dict[str, Any] = {
        "created_at": message["received_at"],
        "email_id": message["id"],
        "from": message["from"],
        "to": message["to"],
        "subject": message["subject"],
    }
    if event == "email.bounced":
        data["bounce"] = {
            "message": "The recipient's mail server refused the message.",
            "subType": "General",
            "type": bounce_type,
        }
    elif event == "email.failed":
        data["failed"] = {"reason": "reached_daily_quota"}
    return {"type": event, "created_at": timestamp(store.now()), "data": data}


def create_blueprint(
    config: Config, store: Store, faults: Faults, callbacks: Callbacks
) -> Blueprint:
    """Build Resend's routes."""
    blueprint = Blueprint("resend", __name__, url_prefix="/resend")

    @blueprint.errorhandler(ResendError)
    def refused(error: ResendError) -> tuple[Response, int]:
        body = {"statusCode": error.status, "message": error.message, "name": error.name}
        return jsonify(body), error.status

    def check_credentials() -> None:
        header = request.headers.get("Authorization", "")
        if not header:
            raise ResendError(401, "missing_api_key", "Missing API Key")
        if not hmac.compare_digest(header.encode(), f"Bearer {config.resend_api_key}".encode()):
            raise ResendError(401, "validation_error", "API key is invalid")

    def read_mail() -> dict[str, Any]:
        mail = request.get_json(silent=True)
        if not isinstance(mail, dict):
            raise ResendError(422, "validation_error", "The request body is not a JSON object.")
        for name in ("from", "to", "subject"):
            if not mail.get(name):
                raise ResendError(422, "missing_required_field", f"Missing `{name}` field.")
        if not mail.get("html") and not mail.get("text"):
            raise ResendError(422, "missing_required_field", "Missing `html` or `text` field.")
        for name in ("from", "subject", "html", "text"):
            if not isinstance(mail.get(name, ""), (str, type(None))):
                raise ResendError(422, "validation_error", f"Invalid `{name}` field.")
        to = mail["to"] if isinstance(mail["to"], list) else [mail["to"]]
        for name, addresses in (("from", [mail["from"]]), ("to", to)):
            if len(addresses) > MOST_RECIPIENTS or not all(
                isinstance(each, str) and ADDRESS.fullmatch(each) for each in addresses
            ):
                raise ResendError(
                    422,
                    "validation_error",
                    f"Invalid `{name}` field. The email address needs to follow the"
                    " `email@example.com` or `Name <email@example.com>` format.",
                )
        return {**mail, "to": to}

    @blueprint.post("/emails")
    def send() -> tuple[Response, int]:
        status = faults.take_status("resend")
        if status == 429:
            raise ResendError(429, "rate_limit_exceeded", "Too many requests.")
        if status is not None:
            raise ResendError(status, "application_error", "An unexpected error occurred.")
        check_credentials()
        mail = read_mail()
        key = request.headers.get("Idempotency-Key")
        if key is not None and not 1 <= len(key) <= 256:
            raise ResendError(
                400, "invalid_idempotency_key", "The key must be between 1-256 chars."
            )
        with store.transaction():
            message_id = _earlier(key, mail) if key is not None else None
            if message_id is None:
                message_id = str(uuid.uuid4())
                inbox.deliver(
                    store,
                    "email",
                    message_id,
                    mail["to"],
                    {name: mail.get(name) for name in ("from", "subject", "html", "text")},
                )
                _tell_course({"id": message_id, "received_at": timestamp(store.now()), **mail})
                if key is not None:
                    store.execute(
                        "insert into idempotency_keys (key, fingerprint, message, created_at)"
                        " values (?, ?, ?, ?)",
                        (key, _fingerprint(mail), message_id, timestamp(store.now())),
                    )
        return jsonify({"id": message_id}), 200

    def _tell_course(message: dict[str, Any]) -> None:
        """Plan all that is told of an e-mail just sent, by its address or else by the switches."""
        switches = faults.section("resend")
        own = TEST_ADDRESS.fullmatch(message["to"][0].lower())
        outcome = own.group(1) if own else switches["outcome"]
        if outcome is None:
            return
        events = ("email.sent", *COURSE[outcome])
        tell_events(config, store, callbacks, message, events, switches["bounce_type"])

    def _fingerprint(mail: dict[str, Any]) -> str:
        return hashlib.sha256(json.dumps(mail, sort_keys=True).encode()).hexdigest()

    def _earlier(key: str, mail: dict[str, Any]) -> str | None:
        """Return the id of the e-mail already sent under this key, if there is one."""
        store.execute(
            "delete from idempotency_keys where created_at <= ?",
            (timestamp(store.now() - KEY_LIFE),),
        )
        rows = store.execute(
            "select fingerprint, message from idempotency_keys where key = ?", (key,)
        )
        if not rows:
            return None
        if rows[0]["fingerprint"] != _fingerprint(mail):
            raise ResendError(
                409,
                "invalid_idempotent_request",
                "Same idempotency key used with a different request payload.",
            )
        return rows[0]["message"]

    return blueprint
