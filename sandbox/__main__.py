"""Run the sandbox: `python -m sandbox`, settings from the environment.

Werkzeug's threaded server serves it, not a production server: an answer that is withheld needs the
connection itself, to cut it after the work was done, and only this server hands it to the
application. It listens on loopback alone.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from werkzeug.serving import make_server

from sandbox.app import create_app
from sandbox.config import ConfigError, config_from_environment

HOST = "127.0.0.1"


def main() -> int:
    """Serve until a signal ends it; return the exit code."""
    try:
        config = config_from_environment(os.environ)
    except ConfigError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    app = create_app(config)
    server = make_server(HOST, config.port, app, threaded=True)

    def stop(*_: object) -> None:
        # shutdown() waits for the loop it ends, so another thread has to call it.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"sandbox: listening on http://{HOST}:{config.port}", flush=True)
    server.serve_forever()
    for worker in app.extensions["sandbox_workers"]:
        worker.stop()
    app.extensions["sandbox_store"].close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
