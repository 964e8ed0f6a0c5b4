"""PostgREST, called as the family that asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
from postgrest import APIError, SyncPostgrestClient

from thin_api.errors import Refusal, refusal

# Seconds. Longer than the database lets a family's statement run.
_TIMEOUT = httpx.Timeout(15.0, connect=3.0)
_READY_TIMEOUT = httpx.Timeout(2.0)


class FamilyApi:
    """PostgREST.

    Arguments:
        url: its address, without a trailing slash.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def start_payment(
        self, headers: Mapping[str, str], parameters: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Call rpc start_payment and return its answer.

        Arguments:
            headers: Authorization, X-Studio and X-Family of the request, as far as it has them.
            parameters: the function's arguments.

        Errors: Refusal, with PostgREST's own status and body, or service_unavailable.
        Source: api.start_payment.
        """
        answers: list[httpx.Response] = []
        # The library's errors have no status; so the answer itself is kept.
        with httpx.Client(
            timeout=_TIMEOUT, trust_env=False, event_hooks={"response": [answers.append]}
        ) as http:
            client = SyncPostgrestClient(
                self._url, schema="api", headers=dict(headers), http_client=http
            )
            try:
                payment = client.rpc("start_payment", dict(parameters)).execute().data
            except httpx.TransportError as error:
                raise refusal("service_unavailable") from error
            except APIError as error:
                raise _relayed(answers[-1]) from error
        if not isinstance(payment, dict):
            # Not PostgREST's: something between us and it has answered.
            raise refusal("service_unavailable")
        return payment

    def is_ready(self) -> bool:
        """Return whether PostgREST is there and knows the database's schema."""
        try:
            answer = httpx.options(f"{self._url}/", timeout=_READY_TIMEOUT, trust_env=False)
        except httpx.TransportError:
            return False
        return answer.is_success


def _relayed(answer: httpx.Response) -> Refusal:
    if not answer.is_error or not answer.headers.get("content-type", "").startswith(
        "application/json"
    ):
        # Not PostgREST's either.
        return refusal("service_unavailable")
    relayed = Refusal(answer.status_code, answer.text)
    if not relayed.code or relayed.code.startswith("PGRST00"):
        # PostgREST has lost the database, or can't reach it; its own words name the host.
        return refusal("service_unavailable")
    headers = {
        name: answer.headers[name]
        for name in ("WWW-Authenticate", "Retry-After")
        if name in answer.headers
    }
    relayed.headers = headers
    return relayed
