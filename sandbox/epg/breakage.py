"""Answers that are not what they should be: the request has been carried out all the same."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from flask import Response, request

from sandbox.config import Merchant
from sandbox.epg import listing
from sandbox.epg.gateway import Gateway
from sandbox.store import new_id

PIECES = 16
HTML = "<html><head><title>Please wait</title></head><body><h1>Please wait</h1></body></html>"


def broken(gateway: Gateway, merchant: Merchant, response: Response) -> Response:
    """Return an answer in place of a right one, broken as the switch `broken` says."""
    switches = gateway.faults.section("epg")
    how = switches["broken"]
    body = response.get_data()
    half = body[: len(body) // 2]
    if how == "truncated":
        response.set_data(half)
    elif how == "cut":
        # Its length announces all of it, and the connection ends before.
        length = response.headers["Content-Length"]
        response = Response(iter([half]), response.status_code, headers=dict(response.headers))
        response.headers["Content-Length"] = length
    elif how == "html":
        response.set_data(HTML)
        response.headers["Content-Type"] = "text/html;charset=UTF-8"
    elif how == "empty":
        response.set_data(b"")
    elif how == "redirect":
        response.set_data(b"")
        response.status_code = 307
        response.headers["Location"] = switches["redirect_to"]
    else:
        document = json.loads(body) if body else None
        if isinstance(document, dict):
            response.set_data(json.dumps(_another(gateway, merchant, document)))
    return response


def _another(gateway: Gateway, merchant: Merchant, document: dict[str, Any]) -> dict[str, Any]:
    """Return what was not asked for: another resource of the kind, or a list without filters."""
    path = request.path.removeprefix("/epg/").split("/")
    if "nextPageToken" in document:
        return listing.page(gateway, path[-1], merchant, type(request.args)())
    kind = path[0]
    if "id" not in document:
        return document
    for other in gateway.store.select(kind, merchant.alias):
        if other["id"] != document["id"]:
            return gateway.show(kind, merchant, other)
    stranger = new_id()
    return {**document, "id": stranger, "href": gateway.href(kind, stranger)}


def dripping(response: Response, seconds: float) -> Response:
    """Return an answer that arrives in pieces with pauses between them."""
    body = response.get_data()
    size = max(1, -(-len(body) // PIECES))

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(body), size):
            if start:
                time.sleep(seconds)
            yield body[start : start + size]

    dripped = Response(pieces(), response.status_code, headers=dict(response.headers))
    dripped.headers["Content-Length"] = str(len(body))
    return dripped
