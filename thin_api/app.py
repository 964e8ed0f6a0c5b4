"""The shim as a Flask application."""

from __future__ import annotations

import logging
import os
import re
import secrets
import time

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from thin_api import callbacks, health, logs, payments, webhooks
from thin_api.database import DatabaseAway
from thin_api.errors import Refusal, refusal
from thin_api.parts import build_parts
from thin_api.settings import ShimSettings, shim_settings

log = logging.getLogger(__name__)

# Bytes. The largest request that any door has a use for.
LARGEST_BODY = 64 * 1024

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_CODES = {404: "door_not_found", 405: "method_not_allowed", 413: "request_too_large"}


def create_app(config: ShimSettings | None = None) -> Flask:
    """Build the shim.

    Arguments:
        config: its settings; None reads them from the environment.

    Errors: ConfigError. Nothing is connected to before the first request.
    """
    settings = shim_settings(os.environ) if config is None else config
    app = Flask("thin_api", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.extensions["thin_api"] = build_parts(settings)
    for blueprint in (
        payments.blueprint,
        webhooks.blueprint,
        callbacks.blueprint,
        health.blueprint,
    ):
        app.register_blueprint(blueprint)
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(Refusal, _answer)
    app.register_error_handler(DatabaseAway, _database_away)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(InternalServerError, _internal_error)
    return app


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.began = time.monotonic()
    logs.request_id.set(given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8))


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = logs.request_id.get()
    response.headers["Cache-Control"] = "no-store"
    log.info(
        "%s %s %s %.0f ms",
        request.method,
        # The door, not the address: whatever a stranger writes there stays out of the logs.
        request.url_rule.rule if request.url_rule is not None else "(no door)",
        response.status_code,
        (time.monotonic() - g.began) * 1000,
    )
    return response


def _answer(error: Refusal) -> Response:
    return Response(
        error.body, error.status, headers=error.headers, content_type="application/json"
    )


def _database_away(error: DatabaseAway) -> Response:
    log.warning("the database is away: %s", error)
    return _answer(refusal("service_unavailable"))


def _http_error(error: HTTPException) -> Response:
    code = _CODES.get(error.code or 500, "request_malformed")
    headers = None
    if isinstance(error, MethodNotAllowed):
        headers = {"Allow": ", ".join(sorted(error.valid_methods or ()))}
    return _answer(refusal(code, headers))


def _internal_error(error: InternalServerError) -> Response:
    # Flask has logged it, and told Sentry.
    return _answer(refusal("internal_error"))
