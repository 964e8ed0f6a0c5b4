"""Messages: claim one, send it, store what came of it.

Claiming and storing are transactions of their own; none is open while the provider works.
"""

from __future__ import annotations

import logging

from thin_api.database import Database
from thin_api.errors import unless_taken_over
from thin_api.senders import Senders

log = logging.getLogger(__name__)

# At a time, since a lease covers one message and not a queue of them.
_CLAIMED = 1
# Seconds during which an outcome in hand outlives a restart of the database: a message that was
# sent, and is not known to be, is sent again. Storing twice is refused by the lease.
_PATIENCE = 15

_CLAIM = """
select studio_id, message_id, lease_token, channel, recipient, subject, body, html, send_key
from messaging.claim_messages(%s)
"""
_STORE = "select messaging.store_outcome(%s, %s, %s, %s, %s, %s, %s)"


class Messages:
    """Sends the messages that the database has queued."""

    def __init__(self, database: Database, senders: Senders) -> None:
        self._database = database
        self._senders = senders

    def run_due(self) -> int:
        """Send messages that are due, of any studio; return how many were claimed.

        Errors: DatabaseAway.
        """
        claimed = self._database.rows(_CLAIM, (_CLAIMED,))
        for message in claimed:
            outcome = self._senders.send(message)
            log.log(
                logging.INFO if outcome.sent else logging.WARNING,
                "message %s: %s",
                message.message_id,
                "sent" if outcome.sent else f"not sent ({outcome.error})",
            )
            with unless_taken_over("message_not_yours", f"message {message.message_id}"):
                self._database.value(
                    _STORE,
                    (
                        message.studio_id,
                        message.message_id,
                        message.lease_token,
                        outcome.sent,
                        outcome.status,
                        outcome.provider_id,
                        outcome.error,
                    ),
                    patience=_PATIENCE,
                )
        return len(claimed)
