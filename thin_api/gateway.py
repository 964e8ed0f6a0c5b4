"""Requests to the card gateway (Elavon EPG), as the database composed them.

Source: Elavon Payment Gateway API v1: HTTP Basic with merchant alias and secret key, JSON, version
in a header, no redirects. https://developer.elavon.com/products/elavon-payment-gateway/v1
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Protocol

from requests.auth import HTTPBasicAuth

from thin_api.exchange import NoAnswer, exchange
from thin_api.settings import GatewaySettings


class NotConfigured(Exception):
    """The environment has no address of the host, or no key of the merchant."""


class Call(Protocol):
    """A request as payment.claim_calls() hands it out; body is JSON text, None for a GET."""

    merchant_code: str
    alias: str
    host: str
    method: str
    path: str
    body: str | None


class Gateway:
    """The gateway, by the hosts and keys of the environment.

    Arguments:
        settings: reads addresses and keys; done anew for each request, and nothing of it is kept.
        timeouts: seconds to connect, seconds until the whole answer is there.
    """

    def __init__(
        self, settings: Callable[[], GatewaySettings], timeouts: tuple[float, float]
    ) -> None:
        self._read_settings = settings
        self._timeouts = timeouts

    def send(self, call: Call) -> tuple[int, str]:
        """Send a call and return status and JSON text of the answer.

        The text is the gateway's own, so that no number in it changes. Errors: NotConfigured;
        NoAnswer, also for a redirect and for an answer that is no JSON object.
        """
        settings = self._read_settings()
        key = settings.secret_keys.get(call.merchant_code)
        if key is None:
            raise NotConfigured
        answer = exchange(
            call.method,
            url_of(settings, call),
            # Bytes: `requests` would write text as Latin-1.
            auth=HTTPBasicAuth(call.alias.encode(), key.encode()),
            headers=headers_of(call),
            data=None if call.body is None else call.body.encode(),
            timeouts=self._timeouts,
        )
        if 300 <= answer.status < 400:
            raise NoAnswer(f"status {answer.status}")
        try:
            text = answer.body.decode()
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise NoAnswer(f"status {answer.status} without JSON") from error
        if not isinstance(document, dict):
            raise NoAnswer(f"status {answer.status} without a JSON object")
        return answer.status, text


def url_of(settings: GatewaySettings, call: Call) -> str:
    """Return the address of a call: always on our own configured host.

    Errors: NotConfigured; ValueError for a path that would leave the host.
    """
    base = settings.base_urls.get(call.host)
    if base is None:
        raise NotConfigured
    if not call.path.startswith("/"):
        raise ValueError("the path of a gateway call begins with /")
    return base + call.path


def headers_of(call: Call) -> dict[str, str]:
    """Return the headers of a call, beside Authorization and Content-Length."""
    headers = {
        "Accept": "application/json;charset=UTF-8",
        "Accept-Version": "1",
        "User-Agent": "callboard",
    }
    if call.body is not None:
        headers["Content-Type"] = "application/json"
    return headers
