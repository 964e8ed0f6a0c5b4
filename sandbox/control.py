"""The control door, part of no contract: faults, clock, batches, webhooks, what was seen."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import inbox, resend, twilio
from sandbox.callbacks import Callbacks
from sandbox.config import Merchant
from sandbox.epg import batches, transactions
from sandbox.epg.gateway import Body, Gateway
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


def create_blueprint(gateway: Gateway, pusher: Pusher, callbacks: Callbacks) -> Blueprint:
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
        with callbacks.delivering:
            pusher.reset()
        return Response(status=204)

    @blueprint.get("/clock")
    def clock() -> Response:
        return jsonify({"now": timestamp(store.now())})

    def _seconds() -> float:
        seconds = _given({"seconds": (int, float)}).get("seconds")
        if seconds is None or seconds < 0:
            raise ControlError(400, "seconds, zero or more, is wanted")
        return seconds

    def _caught_up() -> Response:
        pusher.catch_up()
        callbacks.catch_up()
        return jsonify({"now": timestamp(store.now())})

    @blueprint.post("/advance")
    def advance() -> Response:
        store.advance(_seconds())
        return _caught_up()

    @blueprint.post("/age")
    def age() -> Response:
        store.age(_seconds())
        return _caught_up()

    @blueprint.post("/batches/close")
    def close_batches() -> Response:
        given = _given({"state": (str,)})
        state = given.get("state", "settled")
        if state not in batches.STATES:
            raise ControlError(400, f"state is one of {', '.join(batches.STATES)}")
        with gateway.operation():
            closed = [
                batch
                for merchant in gateway.config.merchants
                if (batch := batches.close(gateway, merchant, state)) is not None
            ]
        pusher.wake()
        return jsonify(
            [{"id": each["id"], "state": each["state"], "net": each["net"]} for each in closed]
        )

    def _owned(kind: str, resource_id: str) -> tuple[Merchant, Body]:
        for merchant in gateway.config.merchants:
            body = store.get(kind, merchant.alias, resource_id)
            if body is not None:
                return merchant, body
        raise ControlError(404, f"no such resource among {kind}")

    @blueprint.post("/batches/<batch_id>")
    def end_batch(batch_id: str) -> Response:
        state = _given({"state": (str,)}).get("state")
        with gateway.operation():
            merchant, batch = _owned("batches", batch_id)
            if batch["state"] != "submitted" or state not in batches.STATES or state == "submitted":
                raise ControlError(409, f"a batch that is {batch['state']} does not become this")
            batches.end(gateway, merchant, batch, state)
        pusher.wake()
        return jsonify({"id": batch["id"], "state": batch["state"], "net": batch["net"]})

    @blueprint.post("/transactions/<transaction_id>")
    def move_transaction(transaction_id: str) -> Response:
        state = _given({"state": (str,)}).get("state", "")
        with gateway.operation():
            merchant, transaction = _owned("transactions", transaction_id)
            arrow = (transaction["type"], transaction["state"])
            if state not in transactions.ARROWS.get(arrow, ()) or transaction["batch"] is not None:
                raise ControlError(409, f"a {arrow[0]} that is {arrow[1]} does not become this")
            transactions.enter(gateway, merchant, transaction, state)
        pusher.wake()
        return jsonify({"id": transaction["id"], "state": transaction["state"]})

    @blueprint.post("/notifications")
    def notify() -> Response:
        given = _given(
            {
                "merchant_id": (str,),
                "event_type": (str,),
                "resource_type": (str,),
                "resource_id": (str,),
            }
        )
        for name in ("event_type", "resource_type", "resource_id"):
            if not given.get(name):
                raise ControlError(400, f"{name} is wanted")
        wanted = given.get("merchant_id", gateway.config.merchants[0].merchant_id)
        merchant = next(
            (each for each in gateway.config.merchants if each.merchant_id == wanted), None
        )
        if merchant is None:
            raise ControlError(404, "no such merchant")
        with gateway.operation():
            notification = gateway.notify(
                merchant,
                given["event_type"],
                given["resource_type"],
                {"id": given["resource_id"]},
            )
            shown = gateway.show("notifications", merchant, notification)
        pusher.wake()
        return jsonify(shown)

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
        times, concurrently = _repetitions()
        merchant = _merchant_of(notification_id)
        return jsonify(pusher.redeliver(merchant, notification_id, times, concurrently))

    def _repetitions() -> tuple[int, bool]:
        given = _given({"times": (int,), "concurrently": (bool,)})
        times = given.get("times", 1)
        if not 1 <= times <= MOST_REDELIVERIES:
            raise ControlError(400, f"times is between 1 and {MOST_REDELIVERIES}")
        return times, given.get("concurrently", False)

    def _merchant_of(notification_id: str) -> Merchant:
        for merchant in gateway.config.merchants:
            if merchant.webhook_url and store.get("notifications", merchant.alias, notification_id):
                return merchant
        raise ControlError(404, "no such notification of a merchant with a webhook")

    # What Twilio and Resend tell ------------------------------------------------------------------

    def _message(message_id: str, kind: str) -> dict[str, Any]:
        found = inbox.message(store, message_id)
        if found is None or found["kind"] != kind:
            raise ControlError(404, "no such message")
        return found

    def _told(message_id: str) -> Response:
        """Answer all that was told about a message, delivered when it is due now."""
        callbacks.catch_up()
        return jsonify(callbacks.planned(message_id))

    @blueprint.get("/callbacks")
    def show_callbacks() -> Response:
        return jsonify(callbacks.planned(request.args.get("message")))

    @blueprint.post("/callbacks/<int:callback_id>/redeliver")
    def redeliver_callback(callback_id: int) -> Response:
        times, concurrently = _repetitions()
        try:
            return jsonify(callbacks.redeliver(callback_id, times, concurrently))
        except LookupError as error:
            raise ControlError(404, "no such callback") from error

    @blueprint.post("/twilio/messages/<sid>/status")
    def tell_status(sid: str) -> Response:
        given = _given({"status": (str,), "error_code": (int,)})
        if given.get("status") not in twilio.STATUSES:
            raise ControlError(400, f"status is one of {', '.join(twilio.STATUSES)}")
        message = _message(sid, "sms")
        if not twilio.tell_statuses(
            gateway.config, callbacks, message, [given["status"]], given.get("error_code")
        ):
            raise ControlError(409, "the message has no StatusCallback")
        return _told(sid)

    @blueprint.post("/twilio/inbound")
    def receive_text() -> Response:
        given = _given({"from": (str,), "to": (str,), "body": (str,)})
        url = gateway.config.twilio_inbound_url
        if url is None:
            raise ControlError(409, "TWILIO_INBOUND_URL is not set")
        for name in ("from", "to", "body"):
            if not given.get(name):
                raise ControlError(400, f"{name} is wanted")
        return _told(
            twilio.receive(
                gateway.config, store, callbacks, url, given["from"], given["to"], given["body"]
            )
        )

    @blueprint.post("/resend/emails/<message_id>/events")
    def tell_event(message_id: str) -> Response:
        given = _given({"type": (str,), "bounce_type": (str,)})
        if given.get("type") not in resend.EVENTS:
            raise ControlError(400, f"type is one of {', '.join(resend.EVENTS)}")
        message = _message(message_id, "email")
        if not resend.tell_events(
            gateway.config,
            store,
            callbacks,
            message,
            [given["type"]],
            given.get("bounce_type", "Permanent"),
        ):
            raise ControlError(409, "RESEND_WEBHOOK_URL is not set")
        return _told(message_id)

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
