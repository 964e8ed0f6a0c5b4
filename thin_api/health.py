"""The doors through which a supervisor asks how the shim is."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, jsonify

from thin_api.database import DatabaseAway
from thin_api.parts import parts

log = logging.getLogger(__name__)

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """Say that the process answers; nothing else is asked."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """Say whether the shim can do its work: 200, or 503 with what is missing."""
    missing = []
    try:
        parts().database.value("select 1")
    except DatabaseAway as error:
        log.warning("the database is away: %s", error)
        missing.append("database")
    if not parts().family_api.is_ready():
        missing.append("postgrest")
    if missing:
        return jsonify({"status": "not ready", "missing": missing}), 503
    return jsonify({"status": "ok"}), 200
