"""Pushing notifications to the merchants' webhooks (the gateway's contract, section 9).

A worker thread posts what is due. 201 acknowledges; anything else is tried again after 30 seconds,
5 minutes, 1 hour and 24 hours, and then the webhook switches itself off. A switch turns it on again
and replays what the last two weeks missed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from datetime import timedelta
from typing import Any

import requests

from sandbox.config import Merchant
from sandbox.epg.gateway import Body, Gateway
from sandbox.store import timestamp
from sandbox.worker import Worker

RETRY_AFTER = (30, 300, 3600, 86_400)
REPLAYED = timedelta(days=14)
TIMEOUT_SECONDS = 10


def signature(secret: str, body: bytes) -> str:
    """Return the value of a `signature-<signerId>` header: a prefixed hash, not an HMAC.

    `secret` is the shared secret in base64; `body` is what goes over the wire, byte for byte.
    """
    return base64.b64encode(hashlib.sha512(base64.b64decode(secret) + body).digest()).decode()


class Pusher(Worker):
    """Delivers planned notifications, one at a time, in a thread of its own."""

    name = "notifications"

    def __init__(self, gateway: Gateway) -> None:
        super().__init__()
        self._gateway = gateway
        self._store = gateway.store
        self._delivering = threading.Lock()

    def catch_up(self) -> None:
        """Let due things happen and deliver every notification that is due now."""
        with self._gateway.operation():
            pass
        with self._delivering:
            while not self._stopping and (row := self._next_due()) is not None:
                self._deliver(row)

    def _next_due(self) -> Any:
        rows = self._store.execute(
            "select id, notification, merchant from deliveries"
            " where state = 'waiting' and due_at <= ? order by due_at, rank limit 1",
            (timestamp(self._store.now()),),
        )
        return rows[0] if rows else None

    def _deliver(self, row: Any) -> None:
        merchant = self._gateway.merchants.get(row["merchant"])
        if merchant is None or not merchant.webhook_url:
            self._store.execute(
                "update deliveries set state = 'dropped' where id = ?", (row["id"],)
            )
            return
        attempt = self._post(merchant, row["notification"])
        with self._store.transaction():
            self._record(merchant, row["id"], attempt)

    def _post(self, merchant: Merchant, notification_id: str) -> Body:
        """Send one notification and return what came of it: at, status, error."""
        with self._gateway.operation():
            notification = self._gateway.find("notifications", merchant, notification_id)
            shown = self._gateway.show("notifications", merchant, notification)
            at = timestamp(self._gateway.now)
        body = json.dumps(shown, separators=(",", ":"), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        for signer in merchant.signers:
            headers[f"signature-{signer.id}"] = signature(signer.secret, body)
        if merchant.webhook_user is not None:
            pair = f"{merchant.webhook_user}:{merchant.webhook_password or ''}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        with requests.Session() as session:
            session.trust_env = False  # no proxy stands between the sandbox and this machine
            try:
                response = session.post(
                    merchant.webhook_url or "",
                    data=body,
                    headers=headers,
                    timeout=TIMEOUT_SECONDS,
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                return {"at": at, "status": None, "error": type(error).__name__}
        return {"at": at, "status": response.status_code, "error": None}

    def _record(self, merchant: Merchant, delivery_id: int, attempt: Body) -> None:
        rows = self._store.execute(
            "select tries, attempts from deliveries where id = ?", (delivery_id,)
        )
        if not rows:
            return  # a reset came in between
        attempts = [*json.loads(rows[0]["attempts"]), attempt]
        failed = rows[0]["tries"]
        now = self._store.now()
        state, due_at = "waiting", now
        if attempt["status"] == 201:
            state = "acknowledged"
        elif failed < len(RETRY_AFTER):
            due_at = now + timedelta(seconds=RETRY_AFTER[failed])
        else:
            state = "failed"
        self._store.execute(
            "update deliveries set state = ?, due_at = ?, tries = tries + 1, attempts = ?"
            " where id = ?",
            (state, timestamp(due_at), json.dumps(attempts), delivery_id),
        )
        if state == "failed":
            self.switch(merchant, on=False)

    # What the control door asks for -------------------------------------------------------------

    def reset(self) -> None:
        """Forget everything, between two deliveries."""
        with self._delivering:
            self._store.reset()

    def webhooks(self) -> list[Body]:
        """Return every merchant's webhook and whether it is on."""
        off = {
            row["merchant"]: row["off_since"]
            for row in self._store.execute("select merchant, off_since from webhooks")
        }
        return [
            {
                "merchant": merchant.merchant_id,
                "url": merchant.webhook_url,
                "on": merchant.alias not in off,
                "offSince": off.get(merchant.alias),
            }
            for merchant in self._gateway.config.merchants
            if merchant.webhook_url
        ]

    def switch(self, merchant: Merchant, *, on: bool) -> None:
        """Turn a webhook off, or on again, which replays what the last two weeks missed."""
        with self._store.transaction():
            now = self._store.now()
            if not on:
                self._store.execute(
                    "insert into webhooks (merchant, off_since) values (?, ?)"
                    " on conflict (merchant) do nothing",
                    (merchant.alias, timestamp(now)),
                )
                self._store.execute(
                    "update deliveries set state = 'held' where merchant = ? and state = 'waiting'",
                    (merchant.alias,),
                )
                return
            self._store.execute("delete from webhooks where merchant = ?", (merchant.alias,))
            self._store.execute(
                "update deliveries set state = 'waiting', due_at = ?, tries = 0"
                " where merchant = ? and state in ('held', 'failed') and not by_hand"
                " and exists (select 1 from resources where id = deliveries.notification"
                " and json_extract(body, '$.createdAt') >= ?)",
                (timestamp(now), merchant.alias, timestamp(now - REPLAYED)),
            )

    def redeliver(
        self, merchant: Merchant, notification_id: str, times: int, concurrently: bool
    ) -> list[Body]:
        """Send a notification again, several times if wanted, and return each outcome.

        These deliveries are not retried. `concurrently` lets all of them start together.
        """
        gate = threading.Barrier(times)
        outcomes: list[Body] = []

        def send() -> None:
            if concurrently:
                gate.wait()
            outcomes.append(self._post(merchant, notification_id))

        if concurrently:
            threads = [threading.Thread(target=send) for _ in range(times)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        else:
            for _ in range(times):
                send()
        with self._store.transaction():
            for outcome in outcomes:
                state = "acknowledged" if outcome["status"] == 201 else "failed"
                self._store.execute(
                    "insert into deliveries"
                    " (notification, merchant, state, due_at, rank, tries, by_hand, attempts)"
                    " values (?, ?, ?, ?, 0, 1, 1, ?)",
                    (
                        notification_id,
                        merchant.alias,
                        state,
                        outcome["at"],
                        json.dumps([outcome]),
                    ),
                )
        return outcomes

    def deliveries(self) -> list[Body]:
        """Return every planned or made delivery, oldest first."""
        rows = self._store.execute(
            "select d.*, r.body from deliveries as d"
            " join resources as r on r.id = d.notification order by d.id"
        )
        return [
            {
                "id": row["id"],
                "notification": row["notification"],
                "eventType": json.loads(row["body"])["eventType"],
                "resourceType": json.loads(row["body"])["resourceType"],
                "resource": json.loads(row["body"])["resource"],
                "merchant": json.loads(row["body"])["merchant"],
                "state": row["state"],
                "dueAt": row["due_at"],
                "byHand": bool(row["by_hand"]),
                "attempts": json.loads(row["attempts"]),
            }
            for row in rows
        ]
