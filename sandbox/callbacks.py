"""What Twilio and Resend tell about messages afterwards, each signed in its own way.

Sources: Twilio, https://www.twilio.com/docs/messaging/guides/track-outbound-message-status,
https://www.twilio.com/docs/messaging/guides/webhook-request and
https://www.twilio.com/docs/usage/webhooks/webhooks-security; Resend,
https://resend.com/docs/dashboard/webhooks/introduction, and Svix, which sends for it,
https://docs.svix.com/receiving/verifying-payloads/how-manual and https://docs.svix.com/retries.

Any 2xx acknowledges. Twilio tries once more where no connection came about, and never otherwise;
Svix tries again after 5 seconds, 5 and 30 minutes, 2, 5, 10 and 10 hours.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import requests

from sandbox.config import Config
from sandbox.faults import Faults
from sandbox.store import Store, timestamp
from sandbox.worker import Worker

TIMEOUT_SECONDS = 10
RESEND_RETRIES = (5, 300, 1800, 7200, 18_000, 36_000, 36_000)
TWILIO_RETRIES = (1,)


def twilio_signature(auth_token: str, url: str, parameters: Mapping[str, str]) -> str:
    """Return the value of X-Twilio-Signature for a form posted to an address."""
    signed = url + "".join(name + parameters[name] for name in sorted(parameters))
    digest = hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def svix_signature(secret: str, message_id: str, seconds: str, body: bytes) -> str:
    """Return one signature of a Svix message; `secret` is `whsec_` and base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{seconds}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


class Callbacks(Worker):
    """Delivers planned callbacks, one at a time, in a thread of its own."""

    name = "callbacks"

    def __init__(self, config: Config, store: Store, faults: Faults) -> None:
        super().__init__()
        self._config = config
        self._store = store
        self._faults = faults
        self.delivering = threading.Lock()

    # Planning -----------------------------------------------------------------------------------

    def plan(
        self,
        provider: str,
        message_id: str,
        url: str,
        told: Iterable[tuple[str, Mapping[str, Any]]],
    ) -> None:
        """Plan callbacks about one message, all at one moment, in this order.

        The switches of the provider say when, how often and whether the other way round. `told` are
        Twilio's statuses with its forms, or Resend's types with its documents.
        """
        switches = self._faults.section(provider)
        state = "dropped" if switches["drop"] else "waiting"
        direction = -1 if switches["reorder"] else 1
        with self._store.transaction():
            [(rank,)] = self._store.execute("select count(*) from callbacks")
            due_at = self._store.now() + timedelta(seconds=switches["delay_seconds"])
            for kind, content in told:
                # Every copy of one callback carries one key, by which the receiver knows it again.
                key = f"msg_{secrets.token_urlsafe(20)}"
                for _ in range(switches["duplicate"] + 1):
                    rank += 1
                    self._store.execute(
                        "insert into callbacks"
                        " (provider, kind, message, key, url, content, state, due_at, rank)"
                        " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        (
                            provider,
                            kind,
                            message_id,
                            key,
                            url,
                            json.dumps(content),
                            state,
                            timestamp(due_at),
                            rank * direction,
                        ),
                    )
        self.wake()

    # Delivering ---------------------------------------------------------------------------------

    def catch_up(self) -> None:
        """Deliver every callback that is due now."""
        with self.delivering:
            while not self._stopping and (row := self._next_due()) is not None:
                self._record(row, self._post(row))

    def _next_due(self) -> Any:
        rows = self._store.execute(
            "select * from callbacks where state = 'waiting' and due_at <= ?"
            " order by due_at, rank limit 1",
            (timestamp(self._store.now()),),
        )
        return rows[0] if rows else None

    def _post(self, row: Any) -> dict[str, Any]:
        """Send one callback and return what came of it: at, status, error."""
        content = json.loads(row["content"])
        if row["provider"] == "twilio":
            body, headers = self._as_twilio(row["url"], content)
        else:
            body, headers = self._as_resend(row["key"], content)
        at = timestamp(self._store.now())
        with requests.Session() as session:
            session.trust_env = False  # no proxy stands between the sandbox and this machine
            try:
                response = session.post(
                    row["url"],
                    data=body,
                    headers=headers,
                    timeout=TIMEOUT_SECONDS,
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                return {"at": at, "status": None, "error": type(error).__name__}
        return {"at": at, "status": response.status_code, "error": None}

    def _as_twilio(self, url: str, form: dict[str, str]) -> tuple[bytes, dict[str, str]]:
        return urlencode(form).encode(), {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": twilio_signature(self._config.twilio_auth_token, url, form),
        }

    def _as_resend(self, key: str, document: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        body = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
        # The real time, not the sandbox's: whoever checks it looks at a clock of their own.
        seconds = str(int(time.time()))
        return body, {
            "Content-Type": "application/json",
            "User-Agent": "Svix-Webhooks/1.0",
            "svix-id": key,
            "svix-timestamp": seconds,
            "svix-signature": " ".join(
                svix_signature(secret, key, seconds, body)
                for secret in self._config.resend_webhook_secrets
            ),
        }

    def _record(self, row: Any, attempt: dict[str, Any]) -> None:
        retries = TWILIO_RETRIES if row["provider"] == "twilio" else RESEND_RETRIES
        status, now = attempt["status"], self._store.now()
        state, due_at = "waiting", now
        if status is not None and 200 <= status < 300:
            state = "acknowledged"
        elif row["tries"] >= len(retries) or (row["provider"] == "twilio" and status is not None):
            state = "failed"
        else:
            due_at = now + timedelta(seconds=retries[row["tries"]])
        self._store.execute(
            "update callbacks set state = ?, due_at = ?, tries = tries + 1, attempts = ?"
            " where id = ?",
            (
                state,
                timestamp(due_at),
                json.dumps([*json.loads(row["attempts"]), attempt]),
                row["id"],
            ),
        )

    # What the control door asks for -------------------------------------------------------------

    def redeliver(self, callback_id: int, times: int, concurrently: bool) -> list[dict[str, Any]]:
        """Send a callback again, several times if wanted, and return each outcome.

        These deliveries are not retried. LookupError: there is no such callback.
        """
        rows = self._store.execute("select * from callbacks where id = ?", (callback_id,))
        if not rows:
            raise LookupError(callback_id)
        if not concurrently:
            return [self._post(rows[0]) for _ in range(times)]
        gate = threading.Barrier(times)
        outcomes: list[dict[str, Any]] = []

        def send() -> None:
            gate.wait()
            outcomes.append(self._post(rows[0]))

        threads = [threading.Thread(target=send) for _ in range(times)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return outcomes

    def planned(self, message_id: str | None = None) -> list[dict[str, Any]]:
        """Return every callback, or those about one message, oldest first."""
        rows = self._store.execute(
            "select * from callbacks where ? is null or message = ? order by id",
            (message_id, message_id),
        )
        return [
            {
                "id": row["id"],
                "provider": row["provider"],
                "kind": row["kind"],
                "message": row["message"],
                "url": row["url"],
                "content": json.loads(row["content"]),
                "state": row["state"],
                "dueAt": row["due_at"],
                "attempts": json.loads(row["attempts"]),
            }
            for row in rows
        ]
