"""Sending one message: a text by Twilio, an e-mail by Resend.

Source: Twilio Programmable Messaging, https://www.twilio.com/docs/messaging/api/message-resource;
Resend, https://resend.com/docs/api-reference/emails/send-email.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote
from uuid import UUID

from requests.auth import HTTPBasicAuth

from thin_api.exchange import Answer, Bearer, NoAnswer, PerhapsArrived, exchange
from thin_api.settings import SenderSettings

# Twilio's are numbers, Resend's are words. Anything else could be content.
_CODE = re.compile(r"[a-z_]{1,64}|[0-9]{1,6}")


class Message(Protocol):
    """A message as messaging.claim_messages() hands it out; html is None for a text."""

    channel: str
    recipient: str
    subject: str | None
    body: str
    html: str | None
    send_key: UUID


@dataclass(frozen=True)
class Outcome:
    """What came of sending: error is a class or a code of the provider's, never content."""

    sent: bool
    status: int | None
    provider_id: str | None
    error: str | None


class Senders:
    """Both providers.

    Arguments:
        settings: addresses, accounts and sender names.
        timeouts: seconds to connect, seconds until the whole answer is there.
    """

    def __init__(self, settings: SenderSettings, timeouts: tuple[float, float]) -> None:
        self._settings = settings
        self._timeouts = timeouts

    def send(self, message: Message) -> Outcome:
        """Send a message by its channel and say what came of it."""
        send = {"email": self._email, "sms": self._text}.get(message.channel)
        if send is None:
            return Outcome(False, None, None, "channel unknown")
        try:
            return send(message)
        except PerhapsArrived as error:
            return Outcome(False, None, None, f"perhaps sent: {error}")
        except NoAnswer as error:
            return Outcome(False, None, None, str(error))

    def _text(self, message: Message) -> Outcome:
        account = self._settings.twilio_account_sid
        fields = {
            "To": message.recipient,
            "From": self._settings.twilio_from,
            "Body": message.body,
        }
        if self._settings.twilio_callback_url is not None:
            # With the key we know a text again whose sending got no answer.
            fields["StatusCallback"] = (
                f"{self._settings.twilio_callback_url}?key={message.send_key}"
            )
        answer = exchange(
            "POST",
            f"{self._settings.twilio_base_url}/2010-04-01/Accounts/{quote(account, safe='')}"
            "/Messages.json",
            auth=HTTPBasicAuth(account.encode(), self._settings.twilio_auth_token.encode()),
            headers={"Accept": "application/json", "User-Agent": "callboard"},
            data=fields,
            timeouts=self._timeouts,
        )
        return _outcome(answer, sent_status=201, id_key="sid", code_key="code")

    def _email(self, message: Message) -> Outcome:
        document = {
            "from": self._settings.resend_from,
            "to": [message.recipient],
            "subject": message.subject,
            "text": message.body,
        }
        if message.html is not None:
            document["html"] = message.html
        answer = exchange(
            "POST",
            f"{self._settings.resend_base_url}/emails",
            auth=Bearer(self._settings.resend_api_key),
            headers={
                "Accept": "application/json",
                "Content-Type": "application/json",
                # The same key sends once, however often we ask.
                "Idempotency-Key": str(message.send_key),
                "User-Agent": "callboard",
            },
            data=json.dumps(document).encode(),
            timeouts=self._timeouts,
        )
        return _outcome(answer, sent_status=200, id_key="id", code_key="name")


def _outcome(answer: Answer, *, sent_status: int, id_key: str, code_key: str) -> Outcome:
    document = _object(answer.body)
    provider_id = document.get(id_key)
    if answer.status == sent_status and isinstance(provider_id, str) and provider_id:
        return Outcome(True, answer.status, provider_id, None)
    code = str(document.get(code_key, ""))
    return Outcome(
        False, answer.status, None, code if _CODE.fullmatch(code) else f"status {answer.status}"
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
