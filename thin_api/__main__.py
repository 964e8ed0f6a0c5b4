"""Run the shim: `python -m thin_api`, settings from the environment."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

from waitress import create_server

from thin_api import logs, observability
from thin_api.app import create_app
from thin_api.settings import ConfigError, shim_settings

HOST = "127.0.0.1"
# Most of a request is waiting, for the gateway or the database. Not all of them are for notices.
THREADS = 48
# Bytes the server takes in before the shim, with its lower limit and its words, says no.
LARGEST_REQUEST = 1024 * 1024


def main() -> int:
    """Serve until a signal ends it; return the exit code, 2 for a bad setting."""
    try:
        settings = shim_settings(os.environ)
    except ConfigError as error:
        print(f"shim: {error}", file=sys.stderr)
        return 2
    logs.start()
    observability.start(settings, "shim")
    server = create_server(
        create_app(settings),
        host=HOST,
        port=settings.port,
        threads=THREADS,
        max_request_body_size=LARGEST_REQUEST,
        ident=None,
    )
    signal.signal(signal.SIGTERM, _end)
    server.run()
    return 0


def _end(*_: object) -> NoReturn:
    # Once is enough: a second one must not break off what the first one began.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # The server's loop takes this as the wish to end: requests in hand get a few seconds.
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
