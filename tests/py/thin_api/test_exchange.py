"""Other servers at their worst: none of them holds us up, or fills our memory."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import threading
from collections.abc import Iterable, Iterator

import pytest
from requests.auth import HTTPBasicAuth

from tests.py.thin_api.conftest import Peer
from thin_api.exchange import LARGEST_ANSWER, Answer, NoAnswer, PerhapsArrived, exchange

# Seconds to connect, and for the whole answer: who answers at once has time to on any machine.
PATIENT = (30.0, 30.0)
IMPATIENT = (0.3, 0.7)
# A trickle without end: each pause is far below the seconds of silence that would be allowed.
PAUSE_SECONDS = 0.05


def _asked(url: str, timeouts: tuple[float, float] = PATIENT) -> Answer:
    return exchange(
        "GET", url, auth=HTTPBasicAuth("a", "b"), headers={}, data=None, timeouts=timeouts
    )


@contextlib.contextmanager
def _trickling(first: bytes, then: Iterable[bytes]) -> Iterator[str]:
    """Serve one connection: something at once, then the rest bit by bit until nobody listens."""
    done = threading.Event()

    def serve() -> None:
        with contextlib.suppress(OSError):
            connection, _ = server.accept()
            with connection:
                connection.recv(64 * 1024)
                connection.sendall(first)
                for bit in then:
                    if done.wait(PAUSE_SECONDS):
                        return
                    connection.sendall(bit)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        done.set()
    thread.join()


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
        # Without a length, an answer that was cut off looks like one that has ended.
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: ",
    ],
    ids=["body", "body without length", "header"],
)
def test_an_answer_that_trickles_in_is_ended(first: bytes) -> None:
    with (
        _trickling(first, itertools.repeat(b"x")) as url,
        pytest.raises(PerhapsArrived, match="^answer too slow$"),
    ):
        _asked(url, IMPATIENT)


def test_the_body_of_a_redirect_is_no_larger_than_any(peer: Peer) -> None:
    peer.status, peer.headers = 302, {"Location": f"{peer.url}/elsewhere"}
    peer.body = b"x" * (LARGEST_ANSWER + 1)
    with pytest.raises(PerhapsArrived, match="^answer too large$"):
        _asked(peer.url)


@pytest.mark.parametrize("location", ["/\xff\xfe", "http://[x", "", "http://127.0.0.1:1/"])
def test_where_a_redirect_leads_does_not_matter(peer: Peer, location: str) -> None:
    peer.status, peer.headers, peer.body = 302, {"Location": location}, b"{}"
    assert _asked(peer.url) == Answer(302, b"{}")


def test_a_packed_answer_is_not_unpacked(peer: Peer) -> None:
    peer.body = gzip.compress(b"x" * 1000)
    peer.headers = {"Content-Encoding": "gzip"}
    assert _asked(peer.url) == Answer(200, peer.body)
    assert peer.received[0]["headers"]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    "answer", [b"", b"HELLO\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"]
)
def test_what_is_no_answer_is_named_by_a_class(answer: bytes) -> None:
    with _trickling(answer, ()) as url, pytest.raises(PerhapsArrived) as raised:
        _asked(url)
    assert str(raised.value).isidentifier()


def test_what_nobody_took_has_not_arrived() -> None:
    with pytest.raises(NoAnswer, match="^ConnectionError$") as raised:
        _asked("http://127.0.0.1:1/")
    assert not isinstance(raised.value, PerhapsArrived)
