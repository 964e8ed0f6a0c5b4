"""Requests to the card gateway (Elavon EPG), as the database composed them.

Source: Elavon Payment Gateway API v1: HTTP Basic with merchant alias and secret key, JSON, version
in a header, no redirects. https://developer.elavon.com/products/elavon-payment-gateway/v1
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from requests.auth import HTTPBasicAuth

from thin_api.allowed import is_allowed
from thin_api.exchange import Answer, NoAnswer, exchange
from thin_api.settings import GatewaySettings


TOO_MANY = 429


class NotConfigured(Exception):
    """The environment has no address of the host, or no key of the merchant."""


class NotAllowed(Exception):
    """The call is none that Callboard makes."""


@dataclass(frozen=True)
class GatewayAnswer:
    """What the gateway said.

    body: JSON text, as it came, so that no number in it changes; None: there was none.
    retry_after: the header of that name.
    """

    status: int
    body: str | None
    retry_after: str | None = None


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

    def send(self, call: Call) -> GatewayAnswer:
        """Send a call and return the answer.

        Errors: NotAllowed and NotConfigured, then nothing was sent; NoAnswer, also for a redirect
        and for an answer that is no JSON object, unless its status says that there may be none.
        """
        if not is_allowed(call.method, call.path):
            raise NotAllowed
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
        return GatewayAnswer(answer.status, _json_object(answer), answer.retry_after)


def _json_object(answer: Answer) -> str | None:
    try:
        text = answer.body.decode()
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        what, cause = "JSON", error
    else:
        if isinstance(document, dict):
            return text
        what, cause = "a JSON object", None
    if answer.status == TOO_MANY or answer.status >= 500:
        # The status alone is what the gateway, or a server before it, has to say.
        return None
    raise NoAnswer(f"status {answer.status} without {what}") from cause


def url_of(settings: GatewaySettings, call: Call) -> str:
    """Return the address of a call: always on our own configured host.

    The path begins with a slash, as everything on the list does. Errors: NotConfigured.
    """
    base = settings.base_urls.get(call.host)
    if base is None:
        raise NotConfigured
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
