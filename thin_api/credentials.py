"""Who sends a notice: the credentials of every merchant, compared in constant time."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping


class WebhookCredentials:
    """User names and passwords the gateway uses towards us, by merchant code.

    What is compared are digests of one length, under a key of this process: how long a comparison
    takes says nothing about the credentials.
    """

    def __init__(self, credentials: Mapping[str, tuple[str, str]]) -> None:
        self._key = secrets.token_bytes(32)
        self._known = [
            (code, self._digest(user), self._digest(password))
            for code, (user, password) in credentials.items()
        ]

    def merchant_of(self, user: str, password: str) -> str | None:
        """Return the code of the merchant with these credentials; None when there is none.

        Always compares with all of them, name and password both.
        """
        given_user, given_password = self._digest(user), self._digest(password)
        found = None
        for code, known_user, known_password in self._known:
            matches = hmac.compare_digest(given_user, known_user) & hmac.compare_digest(
                given_password, known_password
            )
            found = code if matches else found
        return found

    def _digest(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode(), "sha256")
