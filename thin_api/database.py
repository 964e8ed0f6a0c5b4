"""Steps in the database: each a statement of its own, a transaction of its own.

A step has a connection to itself, and no transaction is open while another server is asked. The
connection is kept for the next step: a new one has to log in, and its session has every function to
compile and every statement to plan, which took most of what confirming a payment takes. Before it
is used again, it is looked at, without asking the server: one that ended, as all do when the
database is restarted, has told so.

Not psycopg_pool: it connects by threads of its own, so that a step waits for its time limit while
the database is away, where it is refused at once here, and is not told why.
"""

from __future__ import annotations

import json
import logging
import select
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import namedtuple_row

from thin_api.errors import Refusal

log = logging.getLogger(__name__)

# Of the register's errors; PostgREST knows the same SQLSTATE.
_REFUSED = "PGRST"
# SQLSTATEs of a server that goes away, comes up or takes no more connections.
_AWAY = ("08", "57P", "53300")
# Seconds. A dead peer is noticed by the keepalives: the listener waits on its connection alone; and
# by what it does not acknowledge (milliseconds), where something was sent.
_CONNECTION: dict[str, Any] = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
_RETRY_SECONDS = 0.5
# Seconds after which a connection is replaced: settings of the login are read when it logs in, and
# what a session remembers is not given back before it ends.
_KEPT_SECONDS = 300.0


class DatabaseAway(Exception):
    """The database could not be reached, or was lost during a step.

    Whether a step that lost it took place is not known.
    """


class Database:
    """The database as login thin_api.

    Arguments:
        url: connection URL of the login.
        application: name shown in pg_stat_activity.
        kept_seconds: how long a connection is used before it is replaced.

    Every method raises DatabaseAway; Refusal for an error of the register; psycopg.Error else.
    """

    def __init__(
        self, url: str, application: str, *, kept_seconds: float = _KEPT_SECONDS
    ) -> None:
        self._url = url
        self._application = application
        self._kept_seconds = kept_seconds
        # Connections that are no step's at the moment, each with the time when it is to be replaced;
        # the one used last is at the right. As many as there were steps at a time.
        self._kept: deque[tuple[psycopg.Connection[Any], float]] = deque()

    def value(self, statement: str, parameters: Sequence[Any] = (), *, patience: float = 0) -> Any:
        """Run a statement as a transaction and return its one value.

        patience: seconds to keep trying while the database is away. Only for statements whose
        repetition changes nothing more, as the first try may have taken place.
        """
        until = time.monotonic() + patience
        while True:
            try:
                return self._run(statement, parameters)[0][0]
            except DatabaseAway:
                if time.monotonic() + _RETRY_SECONDS > until:
                    raise
            time.sleep(_RETRY_SECONDS)

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """Run a statement as a transaction and return its rows, as named tuples."""
        return self._run(statement, parameters)

    def connect(self) -> psycopg.Connection[Any]:
        """Open a connection on which each statement is a transaction of its own."""
        try:
            return psycopg.connect(
                self._url,
                autocommit=True,
                row_factory=namedtuple_row,
                # What a statement answers may be another type after a deployment.
                prepare_threshold=None,
                application_name=self._application,
                **_CONNECTION,
            )
        except psycopg.OperationalError as error:
            # libpq's own words, on one line; no statement was sent, so nothing of one is in them.
            raise DatabaseAway(" ".join(str(error).split())) from error

    def _run(self, statement: str, parameters: Sequence[Any]) -> list[Any]:
        connection, until = self._take()
        try:
            return connection.execute(statement, parameters).fetchall()
        except psycopg.Error as error:
            meaning = translated(error)
            if meaning is error:
                raise
            raise meaning from error
        finally:
            if connection.info.transaction_status == TransactionStatus.IDLE:
                self._kept.append((connection, until))
            else:
                # Lost, or broken off in the middle.
                connection.close()

    def _take(self) -> tuple[psycopg.Connection[Any], float]:
        """Return a connection that is nobody else's, and when it is to be replaced."""
        self._end_oldest()
        while True:
            try:
                connection, until = self._kept.pop()
            except IndexError:
                return self.connect(), time.monotonic() + self._kept_seconds
            if time.monotonic() < until and not _has_news(connection):
                return connection, until
            connection.close()

    def _end_oldest(self) -> None:
        """End the connection that was used longest ago, if it is time.

        The one used last is taken first, so what many steps at a time have left would stay.
        """
        try:
            connection, until = self._kept.popleft()
        except IndexError:
            return
        if time.monotonic() < until:
            self._kept.appendleft((connection, until))
        else:
            connection.close()


def _has_news(connection: psycopg.Connection[Any]) -> bool:
    """Return whether the server has said something unasked: in general that it has ended."""
    looking = select.poll()
    looking.register(connection.fileno(), select.POLLIN)
    return bool(looking.poll(0))


def translated(error: psycopg.Error) -> Exception:
    """Return what an error of psycopg means here: DatabaseAway, Refusal, or the error itself."""
    state = error.sqlstate
    if state == _REFUSED:
        detail = json.loads(error.diag.message_detail or "{}")
        return Refusal(int(detail["status"]), error.diag.message_primary or "")
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)) and (
        state is None or state.startswith(_AWAY)
    ):
        return DatabaseAway(f"lost during a step ({state or type(error).__name__})")
    return error


def sqlstate_of(error: BaseException) -> str | None:
    """Return the SQLSTATE of an error of the database; None for any other error."""
    return error.sqlstate if isinstance(error, psycopg.Error) else None


def error_response(database: Database, code: str) -> Refusal:
    """Return an error of the register as the database says it.

    Source: ops.error_response.
    """
    answer = database.value("select ops.error_response(%s)", (code,))
    return Refusal(int(answer["status"]), json.dumps(answer["body"]))
