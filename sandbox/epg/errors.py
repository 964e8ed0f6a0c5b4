"""Errors as the gateway words them (the gateway's contract, section 4).

Every error has two levels: the first failure names the HTTP status, the later ones what is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FIRST_CODES = {
    400: "badRequest",
    401: "unauthorized",
    403: "forbidden",
    404: "notFound",
    405: "methodNotAllowed",
    406: "notAcceptable",
    409: "conflict",
    411: "lengthRequired",
    413: "payloadTooLarge",
    415: "unsupportedMediaType",
    429: "tooManyRequests",
    500: "internalServerError",
    502: "internalServerError",
    503: "internalServerError",
    504: "internalServerError",
}


@dataclass(frozen=True)
class Failure:
    """One thing that is wrong. Descriptions never repeat a value: it could be a card number."""

    code: str
    description: str
    field: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the failure as it appears in an answer or in a transaction."""
        return {"code": self.code, "description": self.description, "field": self.field}


class GatewayError(Exception):
    """The request is refused with `status`; nothing it asked for has happened."""

    def __init__(
        self,
        status: int,
        *failures: Failure,
        description: str | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(status, failures)
        self.status = status
        code = FIRST_CODES[status]
        self.failures = [Failure(code, description or code, field), *failures]

    def as_json(self) -> dict[str, Any]:
        """Return the body of the answer."""
        return {"status": self.status, "failures": [each.as_json() for each in self.failures]}


def binding(description: str, field: str | None = None) -> Failure:
    """A request that can't be read: malformed, an unknown, repeated or read-only field, a type."""
    return Failure("jsonBindingFailure", description, field)


def invalid(description: str, field: str | None = None) -> Failure:
    """A request that can be read but asks for something the rules don't allow."""
    return Failure("fieldValidationFailure", description, field)


def refuse_if(failures: list[Failure]) -> None:
    """Raise a 400 that carries all failures found so far, if there are any."""
    if failures:
        raise GatewayError(400, *failures)
