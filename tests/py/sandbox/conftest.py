"""A running sandbox on a free port, a webhook that listens, and small clients for both."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from werkzeug.serving import make_server

from sandbox.app import create_app
from sandbox.config import Config, Merchant, Signer
from tests.py.sandbox.client import (
    OTHER_SVIX_SECRET,
    SIGNER_SECRET,
    SVIX_SECRET,
    Hook,
    Sandbox,
)


@pytest.fixture(scope="session")
def hook_server() -> Iterator[tuple[str, Hook]]:
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            hook.received.append(
                {
                    "path": self.path,
                    "raw": raw,
                    "body": json.loads(raw)
                    if self.headers["Content-Type"] == "application/json"
                    else dict(parse_qsl(raw.decode(), keep_blank_values=True)),
                    "headers": dict(self.headers.items()),
                }
            )
            if hook.before is not None:
                hook.before()
            self.send_response(hook.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        # The default of 5 refuses some of twenty connections that come at once.
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", hook
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def merchants(hook_server: tuple[str, Hook]) -> tuple[Merchant, ...]:
    return (
        Merchant(
            alias="studio-one",
            secret_key="sk_one",
            public_key="pk_one",
            merchant_id="mch1",
            currency="USD",
            webhook_url=hook_server[0],
            webhook_user="gateway",
            webhook_password="very secret",
            name="Studio One",
            signers=(Signer("s1", SIGNER_SECRET),),
        ),
        Merchant("studio-two", "sk_two", "pk_two", "mch2", "USD", enforce_3ds=False),
    )


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., tuple[str, Callable[[], None]]]]:
    """Return a function that starts a sandbox over a state file: its URL, and how to stop it."""
    running: list[Callable[[], None]] = []

    def start(
        state: Path, merchants: tuple[Merchant, ...], **settings: Any
    ) -> tuple[str, Callable[[], None]]:
        # The port has to be known before the settings are made, so the server comes first.
        server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
        app = create_app(
            Config(
                environment="development",
                port=server.server_port,
                state=str(state),
                merchants=merchants,
                twilio_account_sid="AC123",
                twilio_auth_token="twilio-token",
                resend_api_key="re_key",
                **settings,
            )
        )
        server.app = app
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()

        def stop() -> None:
            running.remove(stop)
            server.shutdown()
            thread.join()
            server.server_close()
            for worker in app.extensions["sandbox_workers"]:
                worker.stop()
            app.extensions["sandbox_store"].close()

        running.append(stop)
        return f"http://127.0.0.1:{server.server_port}", stop

    yield start
    for stop in list(running):
        stop()


@pytest.fixture(scope="session")
def running_sandbox(
    serve: Any,
    merchants: tuple[Merchant, ...],
    hook_server: tuple[str, Hook],
    tmp_path_factory: pytest.TempPathFactory,
) -> Sandbox:
    state = tmp_path_factory.mktemp("sandbox") / "state.sqlite"
    told = hook_server[0]
    url, _ = serve(
        state,
        merchants,
        twilio_inbound_url=f"{told}/inbound",
        resend_webhook_url=f"{told}/resend",
        resend_webhook_secrets=(SVIX_SECRET, OTHER_SVIX_SECRET),
    )
    return Sandbox(url, hook_server[1], state)


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    """A sandbox in which nothing has happened yet."""
    running_sandbox.control("POST", "/reset")
    running_sandbox.hook.reset()
    return running_sandbox
