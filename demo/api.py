"""A caller of the public API, as a family's browser would be."""

from __future__ import annotations

from typing import Any

import requests


def http() -> requests.Session:
    """Return a session for servers on this machine: proxies are about other ones."""
    session = requests.Session()
    session.trust_env = False
    return session


class Refused(Exception):
    """The API said no. `status`: HTTP status; `code`: the stable word for why."""

    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        body = response.json() if "json" in response.headers.get("Content-Type", "") else {}
        self.code = body.get("code")
        super().__init__(f"{self.status} {self.code}: {body.get('message', response.text)}")


class Api:
    """PostgREST for one studio, anonymous until a token is given.

    Arguments:
        url: base URL of PostgREST.
        studio: slug of the studio, sent as X-Studio.
    """

    def __init__(self, url: str, studio: str) -> None:
        self._url = url
        self.http = http()
        self.http.headers["X-Studio"] = studio

    def sign_in(self, email: str, password: str) -> None:
        """Sign in; every later call is made as that account. Errors: Refused."""
        token = self.call("sign_in", email=email, password=password)["token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def call(self, function: str, **arguments: Any) -> Any:
        """Call a function of the API and return its result. Errors: Refused."""
        response = self.http.post(f"{self._url}/rpc/{function}", json=arguments, timeout=30)
        return _result(response)

    def read(self, view: str, **filters: str) -> list[dict[str, Any]]:
        """Read rows of a view; filters as PostgREST writes them (`id="eq.7"`). Errors: Refused."""
        response = self.http.get(f"{self._url}/{view}", params=filters, timeout=30)
        return _result(response)


def _result(response: requests.Response) -> Any:
    if not response.ok:
        raise Refused(response)
    return response.json() if response.content else None
