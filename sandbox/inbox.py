"""The inbox: every e-mail and text message that was sent, newest first."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request

from sandbox.store import Store, timestamp


def deliver(store: Store, kind: str, message_id: str, to: list[str], body: dict[str, Any]) -> None:
    """Put a message into the inbox; `body` has from, subject, html and text."""
    with store.transaction():
        store.execute(
            "insert into messages (id, seq, kind, received_at, recipients, body)"
            " values (?, (select coalesce(max(seq), 0) + 1 from messages), ?, ?, ?, ?)",
            (message_id, kind, timestamp(store.now()), json.dumps(to), json.dumps(body)),
        )


def _read(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "kind": row["kind"],
        "received_at": row["received_at"],
        "to": json.loads(row["recipients"]),
        **json.loads(row["body"]),
    }


def messages(store: Store, to: str | None = None) -> list[dict[str, Any]]:
    """Return the messages, newest first, all of them or those to one address or number."""
    rows = store.execute("select * from messages order by seq desc")
    found = [_read(row) for row in rows]
    if to is None:
        return found
    wanted = to.strip().lower()  # an unescaped + in a query string arrives as a blank
    return [each for each in found if any(wanted in one.lower() for one in each["to"])]


def message(store: Store, message_id: str) -> dict[str, Any] | None:
    """Return one message, or None."""
    rows = store.execute("select * from messages where id = ?", (message_id,))
    return _read(rows[0]) if rows else None


def create_blueprint(store: Store) -> Blueprint:
    """Build the inbox's routes."""
    blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")

    def wants_json() -> bool:
        return request.accept_mimetypes.best_match(("text/html", "application/json")) == (
            "application/json"
        )

    @blueprint.get("")
    def show_all() -> Response | str:
        found = messages(store, request.args.get("to") or None)
        if wants_json():
            return jsonify(found)
        return render_template("inbox.html", messages=found, to=request.args.get("to", ""))

    @blueprint.get("/<message_id>")
    def show_one(message_id: str) -> Response | str:
        found = message(store, message_id)
        if found is None:
            abort(404)
        return jsonify(found) if wants_json() else render_template("mail.html", message=found)

    @blueprint.delete("")
    def empty() -> Response:
        with store.transaction():
            store.execute("delete from messages")
        return Response(status=204)

    return blueprint
