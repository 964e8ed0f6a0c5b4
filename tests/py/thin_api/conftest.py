"""The shim without a stack: its settings, and a server that listens.

What it does with Postgres, PostgREST and the gateway is tested against those, in tests/py/payments.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from flask import Flask

from thin_api.app import create_app
from thin_api.settings import shim_settings

ENVIRON = {
    "CALLBOARD_ENV": "development",
    "THIN_API_DATABASE_URL": "postgresql://thin_api:db-secret@127.0.0.1:1/callboard",
    "POSTGREST_URL": "http://127.0.0.1:1/",
    "THIN_API_PORT": "5001",
    "EPG_BASE_URL_SANDBOX": "http://127.0.0.1:1/epg/",
    "EPG_SECRET_KEY_AYDT": "sk_aydt",
    "EPG_WEBHOOK_USER_AYDT": "gateway-aydt",
    "EPG_WEBHOOK_PASSWORD_AYDT": "password-aydt",
    "EPG_WEBHOOK_USER_ELMST": "gateway-elmst",
    "EPG_WEBHOOK_PASSWORD_ELMST": "pässword:elmst",
    "EPG_WEBHOOK_SIGNERS_SIGNED": "s1:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=",
    "TWILIO_CALLBACK_URL": "https://studio.example/webhooks/twilio/status",
    "TWILIO_INBOUND_URL": "https://studio.example/webhooks/twilio/inbound",
    "RESEND_WEBHOOK_SECRET": "whsec_cmVzZW5kLXNpZ25pbmcta2V5",  # pragma: allowlist secret
    "TWILIO_BASE_URL": "http://127.0.0.1:1/twilio",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "twilio-secret",
    "TWILIO_FROM": "+15005550006",
    "RESEND_BASE_URL": "http://127.0.0.1:1/resend",
    "RESEND_API_KEY": "resend-secret",
    "RESEND_FROM": "Callboard <studio@callboard.example>",
}


@dataclass
class Peer:
    """A server that notes what it is asked and gives a set answer."""

    url: str
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    received: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def peer() -> Iterator[Peer]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            here.received.append(
                {
                    "method": self.command,
                    "path": self.path,
                    "headers": dict(self.headers.items()),
                    "body": self.rfile.read(length),
                }
            )
            self.send_response(here.status)
            for name, value in here.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(here.body)))
            self.end_headers()
            self.wfile.write(here.body)

        do_GET = do_POST = do_OPTIONS = _serve  # noqa: N815, the base class's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Peer(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield here
    server.shutdown()
    server.server_close()


@pytest.fixture
def app() -> Flask:
    """The shim with nobody at the other ends, and a door that fails as nothing should."""
    app = create_app(shim_settings(ENVIRON))

    @app.post("/failing")
    def failing() -> NoReturn:
        raise RuntimeError

    return app


def call(**changes: Any) -> SimpleNamespace:
    """Return a gateway call as the database hands it out."""
    values = {
        "studio_id": 1,
        "call_id": 7,
        "lease_token": "lease",
        "merchant_code": "aydt",
        "alias": "aydt-alias",
        "host": "sandbox",
        "method": "POST",
        "path": "/orders",
        "body": json.dumps({"total": {"amount": "10.10"}}),
    }
    return SimpleNamespace(**{**values, **changes})
