"""The gateway over HTTP (the gateway's contract, sections 2 to 5): credentials, headers, routes.

Order of the checks: a planned fault, credentials, Accept, Content-Type and Content-Length, then the
request itself.
"""

from __future__ import annotations

import hmac
import json
import re
import socket
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, request

from sandbox.config import Merchant
from sandbox.epg import breakage, cards, links, listing, sessions, transactions
from sandbox.epg.errors import GatewayError, refuse_if
from sandbox.epg.gateway import Body, Gateway, read_json, without_nulls
from sandbox.notifications import Pusher
from sandbox.store import timestamp

LARGEST_BODY = 1_000_000
SECRET_NAMES = {"number", "securitycode", "cardnumber", "pan", "cvc", "cvv", "cvv2"}


class MethodOverride:
    """Take the method of a POST to the gateway from X-HTTP-Method-Override, if it says so."""

    def __init__(self, app: Callable[..., Any], prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        method = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        if (
            environ["REQUEST_METHOD"] == "POST"
            and environ["PATH_INFO"].startswith(self._prefix)
            and method in ("DELETE", "PATCH")
        ):
            environ["REQUEST_METHOD"] = method
        return self._app(environ, start_response)


def redacted(value: Any) -> Any:
    """Return a JSON value with everything that may be card data blanked out."""
    if isinstance(value, dict):
        return {
            name: "[redacted]" if name.lower() in SECRET_NAMES else redacted(each)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [redacted(each) for each in value]
    return value


def _loggable_body() -> str | None:
    """Return the body of the present request for the log, null when it isn't JSON."""
    if not 0 < (request.content_length or 0) <= LARGEST_BODY:
        return None
    raw = request.get_data()
    try:
        return json.dumps(redacted(json.loads(raw))) if raw else None
    except (ValueError, RecursionError):
        return None


def create_blueprint(gateway: Gateway, pusher: Pusher) -> Blueprint:
    """Build the gateway's routes over one memory; `pusher` is woken when there is news."""
    blueprint = Blueprint("epg", __name__, url_prefix="/epg")
    store, faults = gateway.store, gateway.faults

    def answer(body: Body | None, status: int = 200, location: str | None = None) -> Response:
        """Write an answer as the gateway does."""
        if body is not None and request.args.get("suppressNullFields", "").lower() == "true":
            body = without_nulls(body)
        text = "" if body is None else json.dumps(body, ensure_ascii=False)
        response = Response(text, status, content_type="application/json;charset=UTF-8")
        if location is not None:
            response.headers["Location"] = location
        return response

    def withhold() -> None:
        """Cut the connection without a word; the request has been carried out."""
        g.fault = "answer withheld"
        g.withheld = True

    def cut() -> None:
        connection = request.environ["werkzeug.socket"]
        connection.shutdown(socket.SHUT_RDWR)

    # Before and after every request -------------------------------------------------------------

    @blueprint.before_request
    def admit() -> None:
        g.merchant = None
        g.fault = None
        g.withheld = False
        g.retry_after = None
        if request.path == "/epg/health" or request.method == "OPTIONS":
            return
        _apply_planned_fault()
        g.merchant, public = _authenticate()
        if public and not re.fullmatch(r"/epg/hosted-cards(/[^/]+)?", request.path):
            raise GatewayError(403)
        _check_headers()

    def _in_path(wanted: str | None) -> bool:
        return wanted is None or request.path.removeprefix("/epg").startswith(wanted)

    def _apply_planned_fault() -> None:
        switches = faults.section("epg")
        if not _in_path(switches["path"]) or switches["method"] not in (None, request.method):
            return
        if faults.take("epg", "lose_request"):
            g.fault = "request lost"
            g.withheld = True
            raise GatewayError(503)
        status = faults.take_status("epg")
        if status is not None:
            g.fault = f"answered {status}"
            g.retry_after = switches["retry_after"]
            raise GatewayError(status)

    def _authenticate() -> tuple[Merchant, bool]:
        given = request.authorization
        if given is not None and given.type == "basic":
            merchant = gateway.merchants.get(given.username or "")
            key = (given.password or "").encode()
            if merchant is not None:
                if hmac.compare_digest(key, merchant.secret_key.encode()):
                    return merchant, False
                if hmac.compare_digest(key, merchant.public_key.encode()):
                    return merchant, True
        raise GatewayError(401, field="Authorization header")

    def _check_headers() -> None:
        accepted = {
            re.sub(r"\s", "", each).lower() for each in request.headers.get("Accept", "").split(",")
        }
        if "application/json;charset=utf-8" not in accepted:
            raise GatewayError(406, field="Accept header")
        if request.headers.get("Accept-Version", "1") != "1":
            raise GatewayError(406, field="Accept-Version header")
        if request.method in ("POST", "PATCH"):
            if request.headers.get("Content-Length") is None:
                raise GatewayError(411)
            if request.mimetype != "application/json":
                raise GatewayError(415, field="Content-Type header")
            if (request.content_length or 0) > LARGEST_BODY:
                raise GatewayError(413)

    @blueprint.after_request
    def finish(response: Response) -> Response:
        response.headers["Version"] = "1"
        if g.merchant is not None and "Accept-Version" not in request.headers:
            response.headers["Warning"] = '299 - "no Accept-Version: the current one answers"'
        if request.path.startswith("/epg/hosted-cards"):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Allow-Headers"] = (
                "Authorization, Accept, Accept-Version, Content-Type"
            )
        if request.path != "/epg/health" and request.method != "OPTIONS":
            _withhold_if_asked()
            response = _break_if_asked(response)
            _log(response.status_code)
        pusher.wake()
        switches = faults.section("epg")
        if g.retry_after is not None:
            response.headers["Retry-After"] = str(g.retry_after)
        if switches["slow_seconds"] and _in_path(switches["path"]):
            time.sleep(switches["slow_seconds"])
        if g.withheld:
            time.sleep(switches["withhold_seconds"])
            cut()
        if switches["drip_seconds"] and _in_path(switches["path"]):
            return breakage.dripping(response, switches["drip_seconds"])
        return response

    def _break_if_asked(response: Response) -> Response:
        switches = faults.section("epg")
        wanted = switches["method"] in (None, request.method) and _in_path(switches["path"])
        if (
            g.fault is not None
            or switches["broken"] is None
            or g.merchant is None
            or not wanted
            or not faults.take("epg", "broken_times")
        ):
            return response
        g.fault = f"answer broken: {switches['broken']}"
        with gateway.operation():
            return breakage.broken(gateway, g.merchant, response)

    def _withhold_if_asked() -> None:
        switches = faults.section("epg")
        if g.fault is None and switches["withhold_answer"] and _in_path(switches["path"]):
            wanted_method = switches["method"] or "POST"
            if request.method == wanted_method and faults.take("epg", "withhold_answer"):
                withhold()

    def _log(status: int) -> None:
        with store.transaction():
            store.execute(
                "insert into requests (at, merchant, method, path, body, status, fault)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                (
                    timestamp(store.now()),
                    g.merchant.alias if g.merchant else None,
                    request.method,
                    request.full_path.removeprefix("/epg").removesuffix("?"),
                    _loggable_body(),
                    status,
                    g.fault,
                ),
            )

    @blueprint.errorhandler(GatewayError)
    def refused(error: GatewayError) -> Response:
        # The gateway's 5xx answers may come without a body; the sandbox's always do.
        return answer(None if error.status >= 500 else error.as_json(), error.status)

    # Routes -------------------------------------------------------------------------------------

    def operation(
        rule: str, *methods: str
    ) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
        """Register a view that runs as one act of the gateway, all or nothing."""

        def register(view: Callable[..., Response]) -> Callable[..., Response]:
            @wraps(view)
            def act(**arguments: str) -> Response:
                with gateway.operation():
                    return view(**arguments)

            blueprint.add_url_rule(rule, view_func=act, methods=list(methods))
            return act

        return register

    def shown(kind: str, body: Body, status: int = 200) -> Response:
        expand = listing.expansion(request.args) if request.method == "GET" else frozenset()
        location = gateway.href(kind, body["id"]) if status == 201 else None
        return answer(gateway.show(kind, g.merchant, body, expand), status, location)

    def given() -> Body:
        return read_json(request.get_data())

    @blueprint.get("/health")
    def health() -> Response:
        return Response("", 200)

    @operation("/merchants", "GET")
    def list_merchants() -> Response:
        merchant = gateway.show_merchant(g.merchant)
        href = gateway.href("merchants")
        return answer(
            {
                "href": href,
                "first": href,
                "next": None,
                "pageToken": None,
                "nextPageToken": None,
                "limit": listing.DEFAULT_LIMIT,
                "size": 1,
                "items": [merchant],
            }
        )

    @operation("/merchants/<resource_id>", "GET")
    def get_merchant(resource_id: str) -> Response:
        if resource_id != g.merchant.merchant_id:
            raise GatewayError(404)
        return answer(gateway.show_merchant(g.merchant))

    def listable(kind: str) -> None:
        @operation(f"/{kind}", "GET")
        @named(f"list_{kind}")
        def list_them() -> Response:
            return answer(listing.page(gateway, kind, g.merchant, request.args))

    def readable(kind: str) -> None:
        @operation(f"/{kind}/<resource_id>", "GET")
        @named(f"get_{kind}")
        def get_one(resource_id: str) -> Response:
            return shown(kind, gateway.find(kind, g.merchant, resource_id))

    def deletable(kind: str) -> None:
        @operation(f"/{kind}/<resource_id>", "DELETE")
        @named(f"delete_{kind}")
        def delete_one(resource_id: str) -> Response:
            body = gateway.find(kind, g.merchant, resource_id)
            if body["deletedAt"] is None:
                body["deletedAt"] = timestamp(gateway.now)
                gateway.save(body)
            return Response("", 204)

    for kind in (
        "shoppers",
        "orders",
        "payment-links",
        "transactions",
        "notifications",
        "batches",
    ):
        listable(kind)
        readable(kind)
    for kind in ("payment-sessions", "hosted-cards", "stored-cards"):
        readable(kind)
    for kind in ("shoppers", "stored-cards"):
        deletable(kind)

    def _check_default_card(values: Body) -> None:
        failures: list[Any] = []
        gateway.refer("stored-cards", g.merchant, values, "defaultStoredCard", failures)
        refuse_if(failures)

    @operation("/shoppers", "POST")
    def create_shopper() -> Response:
        values = gateway.bind_new("shoppers", given())
        _check_default_card(values)
        return shown("shoppers", gateway.create("shoppers", g.merchant, values), 201)

    @operation("/shoppers/<resource_id>", "POST", "PATCH")
    def update_shopper(resource_id: str) -> Response:
        shopper = gateway.find("shoppers", g.merchant, resource_id)
        values = gateway.bind_update("shoppers", given())
        _check_default_card(values)
        return shown("shoppers", gateway.save({**shopper, **values}))

    @operation("/shoppers/<resource_id>/stored-cards", "GET")
    def list_stored_cards(resource_id: str) -> Response:
        gateway.find("shoppers", g.merchant, resource_id)
        return answer(
            listing.page(
                gateway,
                "stored-cards",
                g.merchant,
                request.args,
                path=f"shoppers/{resource_id}/stored-cards",
                only=("json_extract(body, '$.shopper') = ?", [resource_id]),
            )
        )

    @operation("/orders", "POST")
    def create_order() -> Response:
        values = gateway.bind_new("orders", given())
        return shown("orders", gateway.create("orders", g.merchant, values), 201)

    @operation("/orders/<resource_id>", "POST", "PATCH")
    def update_order(resource_id: str) -> Response:
        order = gateway.find("orders", g.merchant, resource_id)
        values = gateway.bind_update("orders", given())
        return shown("orders", gateway.save({**order, **values}))

    @operation("/payment-sessions", "POST")
    def create_session() -> Response:
        return shown("payment-sessions", sessions.create(gateway, g.merchant, given()), 201)

    @operation("/payment-sessions/<resource_id>", "POST", "PATCH")
    def update_session(resource_id: str) -> Response:
        session = gateway.find("payment-sessions", g.merchant, resource_id)
        changed = sessions.update(gateway, g.merchant, session, given())
        return shown("payment-sessions", changed)

    @operation("/payment-links", "POST")
    def create_link() -> Response:
        return shown("payment-links", links.create(gateway, g.merchant, given()), 201)

    @operation("/payment-links/<resource_id>", "POST", "PATCH")
    def update_link(resource_id: str) -> Response:
        link = gateway.find("payment-links", g.merchant, resource_id)
        return shown("payment-links", links.update(gateway, g.merchant, link, given()))

    @operation("/hosted-cards", "POST")
    def create_hosted_card() -> Response:
        return shown("hosted-cards", cards.create_hosted_card(gateway, g.merchant, given()), 201)

    @operation("/stored-cards", "POST")
    def create_stored_card() -> Response:
        try:
            stored = cards.create_stored_card(gateway, g.merchant, given())
        except cards.CardRefused as error:
            return refused(error)
        return shown("stored-cards", stored, 201)

    @operation("/transactions", "POST")
    def create_transaction() -> Response:
        transaction = transactions.create(gateway, g.merchant, given())
        if transactions.withholds_answer(transaction):
            withhold()
        return shown("transactions", transaction, 201)

    @operation("/transactions/<resource_id>", "POST", "PATCH")
    def update_transaction(resource_id: str) -> Response:
        transaction = gateway.find("transactions", g.merchant, resource_id)
        changed = transactions.update(gateway, g.merchant, transaction, given())
        return shown("transactions", changed)

    return blueprint


def named(name: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Name a view that is made in a loop, so that each has an endpoint of its own."""

    def rename(view: Callable[..., Response]) -> Callable[..., Response]:
        view.__name__ = name.replace("-", "_")
        return view

    return rename
