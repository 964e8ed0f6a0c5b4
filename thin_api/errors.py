"""Errors as callers see them: one shape, `{"code", "message", "details", "hint"}`."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator

log = logging.getLogger(__name__)

# Said before, or without, the database: it may be away, and a stranger may not make it work.
# Each is in the register of the database, word for word; a test compares them.
WITHOUT_DATABASE: dict[str, tuple[int, str]] = {
    "request_malformed": (400, "The request can't be read."),
    "sign_in_required": (401, "Please sign in first."),
    "webhook_unauthorized": (401, "The sender of the notice is not known."),
    "door_not_found": (404, "There is nothing at this address."),
    "method_not_allowed": (405, "This address does not take this kind of request."),
    "request_too_large": (413, "The request is too large."),
    "internal_error": (500, "Something went wrong on our side. Please try again."),
    "service_unavailable": (503, "The service is not available. Please try again in a minute."),
}


class Refusal(Exception):
    """An error meant for the caller.

    Arguments:
        status: HTTP status.
        body: the error as JSON text, relayed as it is.
        headers: of the answer.
    """

    def __init__(self, status: int, body: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.body = body
        self.headers = headers or {}

    @property
    def code(self) -> str | None:
        """The error's code in the register; None when the body has none."""
        try:
            document = json.loads(self.body)
        except ValueError:
            return None
        return document.get("code") if isinstance(document, dict) else None


def refusal(code: str, headers: dict[str, str] | None = None) -> Refusal:
    """Return an error of WITHOUT_DATABASE; KeyError for any other code."""
    status, message = WITHOUT_DATABASE[code]
    body = {"code": code, "message": message, "details": None, "hint": None}
    return Refusal(status, json.dumps(body), headers)


@contextlib.contextmanager
def unless_taken_over(code: str, what: str) -> Iterator[None]:
    """Pass over the refusal that says somebody else has what was ours for a while.

    Arguments:
        code: of that refusal; every other one is raised.
        what: it is, for the log.
    """
    try:
        yield
    except Refusal as error:
        if error.code != code:
            raise
        log.warning("%s: taken over by somebody else", what)
