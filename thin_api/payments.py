"""The door through which a family begins to pay by card."""

from __future__ import annotations

import json
import time
from typing import Any, NoReturn

from flask import Blueprint, Response, jsonify, request

from thin_api.database import error_response
from thin_api.errors import refusal
from thin_api.parts import parts

blueprint = Blueprint("payments", __name__)

FIELDS = frozenset(("registration_id", "return_url", "cancel_url"))
OPTIONAL_FIELDS = frozenset(("amount_minor", "installment_id"))
ANSWERED = (
    "payment_id",
    "registration_id",
    "status",
    "amount_minor",
    "currency",
    "session_url",
    "session_ends_at",
)
PASSED_ON = ("Authorization", "X-Studio", "X-Family")
# Seconds: how long a family waits for its hosted page, and how often we look whether the courier,
# which may have a call of the payment under way, has got further.
_WAIT_SECONDS = 8.0
_LOOK_SECONDS = 0.25


@blueprint.after_request
def _open_to_every_page(response: Response) -> Response:
    """Let a page of any origin call, as PostgREST does: the token is in a header, not a cookie."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "POST"
    response.headers["Access-Control-Allow-Headers"] = ", ".join((*PASSED_ON, "Content-Type"))
    return response


@blueprint.post("/payments/sessions")
def start_session() -> tuple[Response, int]:
    """Begin a payment, or go on with the open one; answer once its hosted page is known.

    Body: {registration_id, return_url, cancel_url}, and perhaps amount_minor (what the payer
    believes is due) and installment_id. Headers: Authorization (the family's token),
    X-Studio and X-Family go on to PostgREST. Answers 201 with payment_id, registration_id, status,
    amount_minor (minor units), currency, session_url and session_ends_at. Errors:
    sign_in_required, request_malformed, gateway_unavailable, payment_refused,
    service_unavailable, and those of api.start_payment as PostgREST gives them.
    """
    headers = _headers()
    if "Authorization" not in headers:
        raise refusal("sign_in_required")
    payment = parts().family_api.start_payment(headers, read_fields(request.get_data()))
    payment = _with_session(payment)
    if payment["session_url"] is None:
        raise error_response(parts().database, payment["error_code"])
    return jsonify({key: payment[key] for key in ANSWERED}), 201


def read_fields(raw: bytes) -> dict[str, Any]:
    """Return the body's fields; what they mean is the database's to say.

    Errors: Refusal request_malformed for anything but a JSON object of FIELDS, and perhaps of
    OPTIONAL_FIELDS.
    """
    try:
        document = json.loads(raw.decode(), parse_constant=_refuse)
        # What is sent on has to be JSON too: no number without end, no half of a character.
        json.dumps(document, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise refusal("request_malformed") from error
    if not isinstance(document, dict) or not (
        FIELDS <= document.keys() <= FIELDS | OPTIONAL_FIELDS
    ):
        raise refusal("request_malformed")
    return document


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _headers() -> dict[str, str]:
    headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
    if not all(value.isascii() for value in headers.values()):
        raise refusal("request_malformed")
    return headers


def _with_session(payment: dict[str, Any]) -> dict[str, Any]:
    """Return the payment with its hosted page, or as it is when the time to wait is over."""
    studio_id, payment_id = payment["studio_id"], payment["payment_id"]
    until = time.monotonic() + _WAIT_SECONDS
    waiting = payment["session_url"] is None
    while waiting and time.monotonic() < until:
        worked = parts().calls.run_payment(studio_id, payment_id)
        payment = parts().database.value(
            "select payment.session_of(%s, %s)", (studio_id, payment_id)
        )
        waiting = payment["waiting"]
        if waiting and not worked:
            time.sleep(_LOOK_SECONDS)
    return payment
