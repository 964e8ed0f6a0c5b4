"""The control door, part of no contract: faults, clock, batches, webhooks, what was seen."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.config import Merchant
from sandbox.epg.gateway import Gateway
from sandbox.faults import FaultError
from sandbox.notifications import Pusher
from sandbox.store import timestamp

MOST_REDELIVERIES = 100


class ControlError(Exception):
    """A control call that can't be carried out."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def _given(known: dict[str, tuple[type, ...]]) -> dict[str, Any]:
    """Return the JSON object of the present request, checked against the known members."""
    body = request.get_json(silent=True) if request.get_data() else {}
    if not isinstance(body, dict):
        raise ControlError(400, "a JSON object is wanted")
    for name, value in body.items():
        if name not in known:
            raise ControlError(400, f"unknown member {name!r}")
        if not isinstance(value, known[name]) or (
            isinstance(value, bool) and bool not in known[name]
        ):
            raise ControlError(400, f"{name} does not take this type")
    return body


def create_blueprint(gateway: Gateway, pusher: Pusher) -> Blueprint:
    """Build the control routes."""
    blueprint = Blueprint("control", __name__, url_prefix="/control")
    store, faults = gateway.store, gateway.faults

    @blueprint.errorhandler(ControlError)
    def refused(error: ControlError) -> tuple[Response, int]:
        return jsonify({"error": error.message}), error.status

    @blueprint.errorhandler(FaultError)
    def refused_fault(error: FaultError) -> tuple[Response, int]:
        return jsonify({"error": str(error)}), 400

    @blueprint.get("/faults")
    def show_faults() -> Response:
        return jsonify(faults.current())

    @blueprint.put("/faults")
    def replace_faults() -> Response:
        return jsonify(faults.change(request.get_json(silent=True), keep_others=False))

    @blueprint.patch("/faults")
    def change_faults() -> Response:
        return jsonify(faults.change(request.get_json(silent=True), keep_others=True))

    @blueprint.post("/reset")
    def reset() -> Response:
        pusher.reset()
        return Response(status=204)

    @blueprint.get("/clock")
    def clock() -> Response:
        return jsonify({"now": timestamp(store.now())})

    @blueprint.post("/advance")
    def advance() -> Response:
        seconds = _given({"seconds": (int, float)}).get("seconds")
        if seconds is None or seconds < 0:
            raise ControlError(400, "seconds, zero or more, is wanted")
        now = store.advance(seconds)
        pusher.catch_up()
        return jsonify({"now": timestamp(now)})

    @blueprint.post("/batches/close")
    def close_batches() -> Response:
        with gateway.operation():
            closed = gateway.close_batches()
        pusher.wake()
        return jsonify([{"id": each["id"], "net": each["net"]} for each in closed])

    @blueprint.get("/webhooks")
    def show_webhooks() -> Response:
        return jsonify(pusher.webhooks())

    @blueprint.put("/webhooks/<merchant_id>")
    def switch_webhook(merchant_id: str) -> Response:
        wanted = _given({"on": (bool,)}).get("on")
        merchant = next(
            (each for each in gateway.config.merchants if each.merchant_id == merchant_id), None
        )
        if merchant is None or not merchant.webhook_url:
            raise ControlError(404, "no such webhook")
        if wanted is None:
            raise ControlError(400, "on, true or false, is wanted")
        pusher.switch(merchant, on=wanted)
        pusher.wake()
        return jsonify(pusher.webhooks())

    @blueprint.get("/deliveries")
    def deliveries() -> Response:
        return jsonify(pusher.deliveries())

    @blueprint.post("/notifications/<notification_id>/redeliver")
    def redeliver(notification_id: str) -> Response:
        given = _given({"times": (int,), "concurrently": (bool,)})
        times = given.get("times", 1)
        if not 1 <= times <= MOST_REDELIVERIES:
            raise ControlError(400, f"times is between 1 and {MOST_REDELIVERIES}")
        merchant = _merchant_of(notification_id)
        return jsonify(
            pusher.redeliver(merchant, notification_id, times, given.get("concurrently", False))
        )

    def _merchant_of(notification_id: str) -> Merchant:
        for merchant in gateway.config.merchants:
            if merchant.webhook_url and store.get("notifications", merchant.alias, notification_id):
                return merchant
        raise ControlError(404, "no such notification of a merchant with a webhook")

    @blueprint.get("/requests")
    def seen() -> Response:
        rows = store.execute("select * from requests order by id")
        return jsonify(
            [
                {**dict(row), "body": json.loads(row["body"]) if row["body"] else None}
                for row in rows
            ]
        )

    return blueprint
