"""Twilio's programmable messaging, as far as sending and receiving text messages needs it.

A message goes to the inbox at once; its status in the answer is `queued`, as Twilio's would be.
What became of it is told to its StatusCallback afterwards (callbacks.py). A person who texts STOP
gets nothing more from that sender (error 21610) until they text START.
Source: https://www.twilio.com/docs/messaging/api/message-resource and
https://help.twilio.com/articles/223134027 (the words that opt out and in).
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Sequence
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request

from sandbox import inbox
from sandbox.callbacks import Callbacks
from sandbox.config import Config
from sandbox.faults import Faults
from sandbox.store import Store

E164 = re.compile(r"\+[1-9]\d{7,14}")
INVALID_TEST_NUMBER = "+15005550001"
LONGEST_BODY = 1600
API_VERSION = "2010-04-01"

# What a text says, and nothing else, to end or to take up messages again.
STOP_WORDS = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
START_WORDS = {"START", "YES", "UNSTOP"}

# What is told of a message, the last being its end, and why it was not delivered.
COURSE = {
    "delivered": ("sent", "delivered"),
    "undelivered": ("sent", "undelivered"),
    "failed": ("failed",),
}
ERROR_CODES = {"undelivered": 30003, "failed": 30008}
STATUSES = ("queued", "sent", "delivered", "undelivered", "failed")


class TwilioError(Exception):
    """An answer of Twilio's that refuses the request."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def is_address(text: str) -> bool:
    """Say whether a text is an http or https address."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def segments(body: str) -> int:
    """Return how many segments a text takes: 160 or 153 plain letters, 70 or 67 of others."""
    single, several = (160, 153) if body.isascii() else (70, 67)
    return 1 if len(body) <= single else -(-len(body) // several)


def tell_statuses(
    config: Config,
    callbacks: Callbacks,
    message: dict[str, Any],
    statuses: Sequence[str],
    error_code: int | None = None,
) -> bool:
    """Plan what is told about a message of the inbox; False when nobody wants to hear of it."""
    url = message.get("status_callback") or config.twilio_callback_url
    if url is None:
        return False
    told = [(each, _status_form(config, message, each, error_code)) for each in statuses]
    callbacks.plan("twilio", message["id"], url, told)
    return True


def _status_form(
    config: Config, message: dict[str, Any], status: str, error_code: int | None
) -> dict[str, str]:
    form = {
        "MessageSid": message["id"],
        "SmsSid": message["id"],
        "AccountSid": config.twilio_account_sid,
        "MessageStatus": status,
        "SmsStatus": status,
        "To": message["to"][0],
        "From": message["from"],
        "ApiVersion": API_VERSION,
    }
    if status in ERROR_CODES:
        form["ErrorCode"] = str(error_code or ERROR_CODES[status])
    return form


def receive(
    config: Config, store: Store, callbacks: Callbacks, url: str, sender: str, to: str, text: str
) -> str:
    """Take a text from a person in and plan to tell of it; return its id."""
    word = text.strip().upper()
    if word in STOP_WORDS:
        store.execute(
            "insert into opt_outs (recipient, sender) values (?, ?) on conflict do nothing",
            (sender, to),
        )
    elif word in START_WORDS:
        store.execute("delete from opt_outs where recipient = ? and sender = ?", (sender, to))
    sid = f"SM{secrets.token_hex(16)}"
    form = {
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsMessageSid": sid,
        "AccountSid": config.twilio_account_sid,
        "From": sender,
        "To": to,
        "Body": text,
        "NumMedia": "0",
        "NumSegments": str(segments(text)),
        "SmsStatus": "received",
        "ApiVersion": API_VERSION,
    }
    callbacks.plan("twilio", sid, url, [("received", form)])
    return sid


def create_blueprint(
    config: Config, store: Store, faults: Faults, callbacks: Callbacks
) -> Blueprint:
    """Build Twilio's routes."""
    blueprint = Blueprint("twilio", __name__, url_prefix="/twilio")

    @blueprint.errorhandler(TwilioError)
    def refused(error: TwilioError) -> tuple[Response, int]:
        body = {
            "code": error.code,
            "message": error.message,
            "more_info": f"https://www.twilio.com/docs/errors/{error.code}",
            "status": error.status,
        }
        return jsonify(body), error.status

    def check_credentials(account_sid: str) -> None:
        given = request.authorization
        if (
            given is None
            or given.type != "basic"
            or not hmac.compare_digest(
                (given.username or "").encode(), config.twilio_account_sid.encode()
            )
            or not hmac.compare_digest(
                (given.password or "").encode(), config.twilio_auth_token.encode()
            )
        ):
            raise TwilioError(401, 20003, "Authenticate")
        if account_sid != config.twilio_account_sid:
            raise TwilioError(404, 20404, "The requested resource was not found")

    def check_fields(to: str, sender: str, service: str, body: str, callback: str) -> None:
        if not to:
            raise TwilioError(400, 21604, "A 'To' phone number is required.")
        if not E164.fullmatch(to) or to == INVALID_TEST_NUMBER:
            raise TwilioError(400, 21211, f"Invalid 'To' Phone Number: {to}")
        if not sender and not service:
            raise TwilioError(400, 21603, "A 'From' phone number is required.")
        if sender and not E164.fullmatch(sender):
            raise TwilioError(400, 21212, f"Invalid From Number (caller ID): {sender}")
        if not body:
            raise TwilioError(400, 21602, "Message body is required.")
        if len(body) > LONGEST_BODY:
            raise TwilioError(
                400, 21617, "The concatenated message body exceeds the 1600 character limit"
            )
        if callback and not is_address(callback):
            raise TwilioError(400, 21609, f"The StatusCallback URL {callback} is not a valid URL.")
        if store.execute(
            "select 1 from opt_outs where recipient = ? and sender = ?", (to, sender or service)
        ):
            raise TwilioError(400, 21610, "Attempt to send to unsubscribed recipient")

    @blueprint.post("/2010-04-01/Accounts/<account_sid>/Messages.json")
    def send(account_sid: str) -> tuple[Response, int]:
        status = faults.take_status("twilio")
        if status == 429:
            raise TwilioError(429, 20429, "Too Many Requests")
        if status is not None:
            raise TwilioError(status, 20500, "An internal server error has occurred")
        check_credentials(account_sid)
        to = request.form.get("To", "")
        sender = request.form.get("From", "")
        service = request.form.get("MessagingServiceSid", "")
        body = request.form.get("Body", "")
        callback = request.form.get("StatusCallback", "")
        check_fields(to, sender, service, body, callback)
        sid = f"SM{secrets.token_hex(16)}"
        message = {
            "from": sender or service,
            "subject": None,
            "html": None,
            "text": body,
            "status_callback": callback or None,
        }
        switches = faults.section("twilio")
        with store.transaction():
            inbox.deliver(store, "sms", sid, [to], message)
            tell_statuses(
                config,
                callbacks,
                {"id": sid, "to": [to], **message},
                COURSE.get(switches["outcome"], ()),
                switches["error_code"],
            )
        return jsonify(_message(sid, account_sid, to, sender, service, body)), 201

    def _message(
        sid: str, account_sid: str, to: str, sender: str, service: str, body: str
    ) -> dict[str, Any]:
        moment = format_datetime(store.now().replace(microsecond=0))
        path = f"/2010-04-01/Accounts/{account_sid}/Messages/{sid}"
        return {
            "account_sid": account_sid,
            "api_version": API_VERSION,
            "body": body,
            "date_created": moment,
            "date_sent": None,
            "date_updated": moment,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": sender or None,
            "messaging_service_sid": service or None,
            "num_media": "0",
            "num_segments": str(segments(body)),
            "price": None,
            "price_unit": "USD",
            "sid": sid,
            "status": "accepted" if service else "queued",
            "subresource_uris": {"media": f"{path}/Media.json"},
            "to": to,
            "uri": f"{path}.json",
        }

    return blueprint
