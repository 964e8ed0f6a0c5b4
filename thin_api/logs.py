"""Logs of shim and courier: one line an entry, with the request's id, on standard error.

No bodies, tokens, addresses or query strings. Of an exception the class and the places in the
code are logged, never its message: libraries and the database put values into it.
"""

from __future__ import annotations

import logging
import sys
import traceback
from contextvars import ContextVar
from types import TracebackType

from thin_api.database import sqlstate_of

request_id: ContextVar[str] = ContextVar("request_id", default="-")

_FORMAT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"


class Formatter(logging.Formatter):
    """Formats an entry; an exception as classes and places."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry as text."""
        record.request_id = request_id.get()
        # Another handler may have left the whole traceback here.
        record.exc_text = None
        return super().format(record)

    def formatException(  # noqa: N802, the name is the base class's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """Return an exception, and those that caused it, without their messages."""
        lines: list[str] = []
        error: BaseException | None = ei[1]
        seen: list[BaseException] = []
        while error is not None and error not in seen:
            seen.append(error)
            state = sqlstate_of(error)
            lines.append(type(error).__qualname__ + (f" (SQLSTATE {state})" if state else ""))
            lines += [
                f"    {frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(error.__traceback__)
            ]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)


def start() -> None:
    """Log to standard error: our own entries from INFO on, those of libraries from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter(_FORMAT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("thin_api").setLevel(logging.INFO)
