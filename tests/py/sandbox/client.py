"""Small clients for the tests: of the sandbox's doors, and of a webhook that listens."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

JSON = "application/json;charset=UTF-8"
SIGNER_SECRET = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="  # pragma: allowlist secret
SVIX_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # pragma: allowlist secret
OTHER_SVIX_SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"
APPROVED = "4546341111111119"
DECLINED = "4380564306105898"
CENTS = "4000000000000002"


@dataclass
class Hook:
    """A webhook: remembers what it got; answers `status`, 201 unless told otherwise.

    `before` is called before each answer.
    """

    status: int = 201
    before: Callable[[], Any] | None = None
    received: list[dict[str, Any]] = field(default_factory=list)

    def reset(self) -> None:
        self.status = 201
        self.before = None
        self.received.clear()

    def events(self) -> list[tuple[str, str]]:
        return [(each["body"]["resourceType"], each["body"]["eventType"]) for each in self.received]


@dataclass
class Sandbox:
    """Client of the sandbox. Gateway paths are called as the first merchant unless told."""

    url: str
    hook: Hook
    state: Path

    def epg(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        auth: tuple[str, str] = ("studio-one", "sk_one"),
        headers: dict[str, str] | None = None,
        raw: bytes | None = None,
        **options: Any,
    ) -> requests.Response:
        sent = {"Accept": JSON, "Accept-Version": "1"}
        data = raw
        if body is not None:
            data = json.dumps(body).encode()
        if method == "POST":
            sent["Content-Type"] = "application/json"
        return requests.request(
            method,
            f"{self.url}/epg{path}",
            data=data,
            headers={**sent, **(headers or {})},
            auth=auth,
            timeout=5,
            **options,
        )

    def make(self, path: str, **body: Any) -> dict[str, Any]:
        """Create a resource and return it; the request is expected to succeed."""
        response = self.epg("POST", path, body)
        assert response.status_code == 201, response.text
        return response.json()

    def read(self, path: str) -> dict[str, Any]:
        response = self.epg("GET", path)
        assert response.status_code == 200, response.text
        return response.json()

    def refused(self, path: str, body: Any) -> list[tuple[str, str | None]]:
        """Return (code, field) of each second-level failure of a request that gets a 400."""
        response = self.epg("POST", path, body)
        assert response.status_code == 400, response.text
        first, *others = response.json()["failures"]
        assert first["code"] == "badRequest"
        assert others
        return [(each["code"], each["field"]) for each in others]

    def order(self, amount: str = "25.00", **fields: Any) -> dict[str, Any]:
        return self.make("/orders", total={"amount": amount, "currencyCode": "USD"}, **fields)

    def session(self, order: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        wanted = {
            "order": (order or self.order())["href"],
            "returnUrl": "https://shop.example/back?cart=1",
            "cancelUrl": "https://shop.example/stop",
            "doCreateTransaction": True,
            **fields,
        }
        return self.make("/payment-sessions", **wanted)

    def pay(
        self, session: dict[str, Any], number: str = APPROVED, **fields: str
    ) -> requests.Response:
        """Fill in the hosted page."""
        form = {
            "holderName": "Ana Ruiz",
            "number": number,
            "expirationMonth": "12",
            "expirationYear": "2040",
            "securityCode": "123",
            **fields,
        }
        return requests.post(session["url"], data=form, allow_redirects=False, timeout=5)

    def sale(self, amount: str = "25.00", number: str = APPROVED, **fields: Any) -> dict[str, Any]:
        """Carry out a sale with a card, of the kind that needs no 3DS."""
        return self.make(
            "/transactions",
            total={"amount": amount, "currencyCode": "USD"},
            card=card(number),
            shopperInteraction="telephoneOrder",
            **fields,
        )

    def control(self, method: str, path: str, body: Any = None) -> Any:
        response = requests.request(method, f"{self.url}/control{path}", json=body, timeout=10)
        assert response.status_code < 300, response.text
        return response.json() if response.content else None

    def faults(self, **sections: dict[str, Any]) -> None:
        self.control("PUT", "/faults", sections)

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock; what has come due is delivered when this returns."""
        self.control("POST", "/advance", {"seconds": seconds})

    def deliver(self) -> None:
        self.advance(0)


def card(number: str = APPROVED, **fields: Any) -> dict[str, Any]:
    return {
        "holderName": "Ana Ruiz",
        "number": number,
        "expirationMonth": 12,
        "expirationYear": 2040,
        "securityCode": "123",
        **fields,
    }


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currencyCode": "USD"}


def eventually(condition: Callable[[], Any], seconds: float = 5) -> Any:
    """Wait for another thread: return the condition's value as soon as it is true."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
    return value
