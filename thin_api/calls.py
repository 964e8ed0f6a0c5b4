"""Gateway calls: claim one, send it, store what came of it. Shim and courier do it alike.

Claiming and storing are transactions of their own; none is open while the gateway works.
"""

from __future__ import annotations

import logging
from typing import Any

import psycopg

from thin_api.database import Database
from thin_api.errors import Refusal, unless_taken_over
from thin_api.exchange import NoAnswer
from thin_api.gateway import Gateway, GatewayAnswer, NotAllowed, NotConfigured

log = logging.getLogger(__name__)

# At a time, since a lease covers one request and not a queue of them.
_CLAIMED = 1
# Seconds during which an answer in hand outlives a restart of the database. Storing twice is
# refused by the lease.
_PATIENCE = 15

_CLAIM = """
select studio_id, call_id, lease_token, merchant_code, alias, host, method, path, body::text as body
from payment.claim_calls(%s, %s, %s, %s)
"""
_STORE_ANSWER = "select payment.store_answer(%s, %s, %s, %s, %s::jsonb, %s)"
_STORE_FAILURE = "select payment.store_failure(%s, %s, %s, %s)"
_TAKEN_OVER = "gateway_call_not_yours"


class Calls:
    """Carries out the gateway calls that the database has queued."""

    def __init__(self, database: Database, gateway: Gateway) -> None:
        self._database = database
        self._gateway = gateway

    def run_due(self) -> int:
        """Carry out calls that are due, of any studio; return how many were claimed.

        Errors: DatabaseAway.
        """
        return self._run(None, None, None)

    def run_payment(self, studio_id: int, payment_id: int) -> int:
        """Carry out the next call of a payment; return how many were claimed.

        Errors: DatabaseAway.
        """
        return self._run(studio_id, payment_id, None)

    def run_event(self, studio_id: int, event_id: int) -> int:
        """Carry out the next call of a notice; return how many were claimed.

        Errors: DatabaseAway.
        """
        return self._run(studio_id, None, event_id)

    def _run(self, studio_id: int | None, payment_id: int | None, event_id: int | None) -> int:
        claimed = self._database.rows(_CLAIM, (_CLAIMED, studio_id, payment_id, event_id))
        for call in claimed:
            self._perform(call)
        return len(claimed)

    def _perform(self, call: Any) -> None:
        try:
            answer = self._gateway.send(call)
        except NotAllowed:
            log.error("call %s: none that may be made", call.call_id)
            self._store_failure(call, "not allowed")
        except NotConfigured:
            log.error("call %s: merchant %s is not configured", call.call_id, call.merchant_code)
            self._store_failure(call, "not configured")
        except NoAnswer as error:
            log.warning("call %s: no answer (%s)", call.call_id, error)
            self._store_failure(call, str(error))
        else:
            log.info("call %s: status %s", call.call_id, answer.status)
            self._store_answer(call, answer)

    def _store_answer(self, call: Any, answer: GatewayAnswer) -> None:
        try:
            with unless_taken_over(_TAKEN_OVER, f"call {call.call_id}"):
                self._database.value(
                    _STORE_ANSWER,
                    (
                        call.studio_id,
                        call.call_id,
                        call.lease_token,
                        answer.status,
                        answer.body,
                        answer.retry_after,
                    ),
                    patience=_PATIENCE,
                )
        except Refusal as error:
            self._not_applied(call, error.code or "refused")
        except psycopg.Error as error:
            self._not_applied(call, error.sqlstate or type(error).__name__)

    def _not_applied(self, call: Any, why: str) -> None:
        log.error("call %s: answer not applied (%s)", call.call_id, why)
        self._store_failure(call, f"answer not applied: {why}")

    def _store_failure(self, call: Any, why: str) -> None:
        with unless_taken_over(_TAKEN_OVER, f"call {call.call_id}"):
            self._database.value(
                _STORE_FAILURE,
                (call.studio_id, call.call_id, call.lease_token, why),
                patience=_PATIENCE,
            )
