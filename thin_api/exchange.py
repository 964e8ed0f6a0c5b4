"""One HTTP request to another server, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import requests
from requests.auth import AuthBase

# Bytes. No answer that we can use is larger.
LARGEST_ANSWER = 1024 * 1024


class NoAnswer(Exception):
    """No answer, or none that can be read; the message is a class of error without content."""


@dataclass(frozen=True)
class Answer:
    """What the other server said."""

    status: int
    body: bytes


class Bearer(AuthBase):
    """A bearer token.

    As `auth`, not as a header: a header would give way to whatever a netrc file says of the host.
    """

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


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
        timeouts: seconds to connect, seconds of silence.

    A redirect is an answer like any other; it is not followed. Errors: NoAnswer.
    """
    try:
        with requests.request(
            method,
            url,
            auth=auth,
            headers=dict(headers),
            data=data,
            timeout=timeouts,
            allow_redirects=False,
            stream=True,
        ) as response:
            body = b""
            for chunk in response.iter_content(64 * 1024):
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise NoAnswer("answer too large")
            return Answer(response.status_code, body)
    except requests.RequestException as error:
        # Its message holds addresses; its class says enough.
        raise NoAnswer(type(error).__name__) from error
