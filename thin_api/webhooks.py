"""The door through which the gateway tells that something happened.

Nothing limits how often: the gateway switches off a webhook that refuses its notices, so whoever
proves to be the gateway is let in, and whoever does not costs us no step in the database.
"""

from __future__ import annotations

import threading
import time

from flask import Blueprint, Response, request
from werkzeug.datastructures import Authorization

from thin_api.credentials import SIGNATURE_HEADER
from thin_api.database import error_response
from thin_api.errors import refusal
from thin_api.parts import parts

blueprint = Blueprint("webhooks", __name__)

# How many notices may wait for the gateway at a time, and how many with those that wait for their
# turn, so that a slow one leaves threads for families. The courier carries out what the others point
# at.
_waiting = threading.BoundedSemaphore(16)
_in_line = threading.BoundedSemaphore(40)
# Seconds. While the gateway answers as it should, all of those have had their turn by then.
_TURN_SECONDS = 2.0
# Seconds after which no further call is begun for a notice: the courier goes on.
_WAIT_SECONDS = 15.0
# Seconds we look on, and how often, when there is nothing for us to call: the courier may have a
# call of the notice under way.
_IDLE_SECONDS = 2.0
_LOOK_SECONDS = 0.1


@blueprint.post("/webhooks/epg")
def notice() -> Response:
    """Hand one notice of the gateway to the database, unchanged, and fetch what it points at.

    User name and password, a signature, or both, as the merchant's settings say; they also name
    the merchant. Answers 201 without a body once
    the notice is done with, and 500 while it is not, so that it is sent again. Errors:
    webhook_unauthorized, request_too_large, notice_malformed, notice_of_another_merchant,
    service_unavailable.
    """
    raw = request.get_data(cache=False)
    merchant_code = _sender(raw)
    database = parts().database
    try:
        body = raw.decode()
    except UnicodeDecodeError:
        body = "\0"
    if "\0" in body:
        raise error_response(database, "notice_malformed")
    received = database.value("select payment.receive_notice(%s, %s)", (merchant_code, body))
    if received["status"] == "received" and _in_line.acquire(blocking=False):
        try:
            if _waiting.acquire(timeout=_TURN_SECONDS):
                try:
                    return Response(status=_carry_out(received["studio_id"], received["event_id"]))
                finally:
                    _waiting.release()
        finally:
            _in_line.release()
    return Response(status=_answer(received["event_id"]))


def _answer(event_id: int) -> int:
    status: int = parts().database.value("select payment.notice_answer(%s)", (event_id,))
    return status


def _carry_out(studio_id: int, event_id: int) -> int:
    """Make the calls of a notice until it is done with, or time is over; return the answer to it."""
    now = idle_since = time.monotonic()
    until = now + _WAIT_SECONDS
    while True:
        worked = parts().calls.run_event(studio_id, event_id)
        answer = _answer(event_id)
        now = time.monotonic()
        if worked:
            idle_since = now
        if answer < 400 or now >= until or now >= idle_since + _IDLE_SECONDS:
            return answer
        if not worked:
            time.sleep(_LOOK_SECONDS)


def _sender(body: bytes) -> str:
    try:
        given = request.authorization
    except ValueError:
        # Not even ASCII.
        given = None
    if given is None or given.type != "basic":
        given = Authorization("basic", {})
    merchant_code = parts().webhook_credentials().merchant_of(
        given.username or "",
        given.password or "",
        {
            name.lower().removeprefix(SIGNATURE_HEADER): value
            for name, value in request.headers.items()
            if name.lower().startswith(SIGNATURE_HEADER)
        },
        body,
    )
    if merchant_code is None:
        raise refusal("webhook_unauthorized", {"WWW-Authenticate": 'Basic realm="webhooks"'})
    return merchant_code
