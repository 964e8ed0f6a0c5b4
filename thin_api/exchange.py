"""One HTTP request to another server, and its answer."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

# Bytes. No answer that we can use is larger.
LARGEST_ANSWER = 1024 * 1024


class NoAnswer(Exception):
    """No answer, or none that can be read; the message is a class of error without content."""


class PerhapsArrived(NoAnswer):
    """No answer to a request that the other server may have carried out."""


@dataclass(frozen=True)
class Answer:
    """What the other server said."""

    status: int
    body: bytes
    retry_after: str | None = None


class Bearer(AuthBase):
    """A bearer token.

    As `auth`, not as a header: a header would give way to whatever a netrc file says of the host.
    """

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Sockets(HTTPAdapter):
    """Knows the sockets it opens, so that an answer that trickles in can be ended from outside."""

    def __init__(self) -> None:
        self.opened: list[socket.socket] = []
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": self._noting(HTTPConnectionPool),
            "https": self._noting(HTTPSConnectionPool),
        }

    def shut(self) -> None:
        """End whatever is still being read."""
        for opened in self.opened:
            # It may be closed already.
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)

    def _noting(self, pool: type) -> type:
        opened = self.opened

        class Connection(pool.ConnectionCls):
            def connect(self) -> None:
                super().connect()
                opened.append(self.sock)

        class Pool(pool):
            ConnectionCls = Connection

        return Pool


class _Session(requests.Session):
    """Looks at no redirect, not even to prepare for following it."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def exchange(
    method: str,
    url: str,
    *,
    auth: AuthBase,
    headers: Mapping[str, str],
    data: bytes | Mapping[str, str] | None,
    timeouts: tuple[float, float],
) -> Answer:
    """Send one request, on a connection of its own, and read the whole answer.

    Arguments:
        data: the body as it is, or the fields of a form.
        timeouts: seconds to connect, seconds until the whole answer is there.

    A redirect is an answer like any other; it is not followed. Errors: NoAnswer,
    which is PerhapsArrived once there was a connection.
    """
    sockets = _Sockets()
    too_slow = threading.Event()

    def end() -> None:
        too_slow.set()
        sockets.shut()

    # A timeout of the library's is one of silence: a byte now and then would hold us for ever.
    deadline = threading.Timer(sum(timeouts), end)
    deadline.daemon = True
    deadline.start()
    try:
        with _Session() as session:
            # Settings of the machine are not ours: proxies, netrc.
            session.trust_env = False
            session.mount("http://", sockets)
            session.mount("https://", sockets)
            with session.request(
                method,
                url,
                auth=auth,
                # Packed, a small answer could become a large one.
                headers={"Accept-Encoding": "identity", **headers},
                data=data,
                timeout=timeouts,
                allow_redirects=False,
                stream=True,
            ) as response:
                body = b""
                for chunk in response.raw.stream(64 * 1024, decode_content=False):
                    body += chunk
                    if len(body) > LARGEST_ANSWER:
                        raise PerhapsArrived("answer too large")
                if too_slow.is_set():
                    raise PerhapsArrived("answer too slow")
                return Answer(
                    response.status_code, body, response.headers.get("Retry-After")
                )
    except (requests.RequestException, HTTPError, ValueError) as error:
        # Its message holds addresses; its class says enough.
        what = "answer too slow" if too_slow.is_set() else type(error).__name__
        raise (PerhapsArrived if sockets.opened else NoAnswer)(what) from error
    finally:
        deadline.cancel()
