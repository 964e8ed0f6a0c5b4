"""The application: every door of the sandbox under one roof."""

from __future__ import annotations

import json

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from sandbox import control, hosted_page, inbox, resend, twilio
from sandbox.callbacks import Callbacks
from sandbox.config import Config
from sandbox.epg import ageing
from sandbox.epg import http as epg
from sandbox.epg.errors import FIRST_CODES, GatewayError
from sandbox.epg.gateway import Gateway
from sandbox.faults import Faults
from sandbox.notifications import Pusher
from sandbox.store import Store


def create_app(config: Config) -> Flask:
    """Build the application and start its worker threads.

    `app.extensions["sandbox_workers"]` are the workers, whose `stop()` ends them, and
    `app.extensions["sandbox_store"]` is the Store.
    """
    store = Store(config.state)
    faults = Faults(store)
    gateway = Gateway(config, store, faults, ageing.catch_up)
    pusher = Pusher(gateway)
    callbacks = Callbacks(config, store, faults)

    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False
    app.register_blueprint(epg.create_blueprint(gateway, pusher))
    app.register_blueprint(hosted_page.create_blueprint(gateway, pusher))
    app.register_blueprint(twilio.create_blueprint(config, store, faults, callbacks))
    app.register_blueprint(resend.create_blueprint(config, store, faults, callbacks))
    app.register_blueprint(inbox.create_blueprint(store))
    app.register_blueprint(control.create_blueprint(gateway, pusher, callbacks))
    app.wsgi_app = epg.MethodOverride(app.wsgi_app, "/epg/")  # type: ignore[method-assign]

    @app.get("/")
    def doors() -> str:
        return render_template("doors.html", merchants=config.merchants)

    @app.get("/healthz")
    def healthz() -> Response:
        store.now()
        return Response("ok", mimetype="text/plain")

    @app.errorhandler(HTTPException)
    def outside_every_route(error: HTTPException) -> Response | HTTPException:
        """Word errors of unknown gateway paths and methods as the gateway does."""
        if not request.path.startswith("/epg/") or error.code not in FIRST_CODES:
            return error
        body = json.dumps(GatewayError(error.code).as_json())
        response = Response(body, error.code, content_type="application/json;charset=UTF-8")
        response.headers["Version"] = "1"
        return response

    app.extensions["sandbox_workers"] = (pusher, callbacks)
    app.extensions["sandbox_store"] = store
    for worker in app.extensions["sandbox_workers"]:
        worker.start()
    return app
