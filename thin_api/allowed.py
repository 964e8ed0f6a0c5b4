"""What the shim sends to the gateway, whoever asks: it has the keys."""

from __future__ import annotations

import re

# Method and path, as payment.allowed_calls() has them; a test compares both lists.
ALLOWED = frozenset(
    (
        ("GET", r"^/shoppers\?limit=1&filter=customReference_eq_[A-Za-z0-9_-]+$"),
        ("POST", r"^/shoppers$"),
        ("POST", r"^/orders$"),
        ("POST", r"^/payment-sessions$"),
        ("GET", r"^/payment-sessions/[A-Za-z0-9_-]+$"),
        ("GET", r"^/transactions/[A-Za-z0-9_-]+$"),
        ("GET", r"^/hosted-cards/[A-Za-z0-9_-]+$"),
        ("GET", r"^/shoppers/[A-Za-z0-9_-]+/stored-cards(\?[^\s#]+)?$"),
        ("POST", r"^/stored-cards$"),
        ("POST", r"^/transactions$"),
        ("GET", r"^/transactions\?[^\s#]+$"),
        ("GET", r"^/notifications\?[^\s#]+$"),
        ("GET", r"^/batches(\?[^\s#]+)?$"),
    )
)


def is_allowed(method: str, path: str) -> bool:
    """Return whether a call is on the list."""
    return any(
        method == known and re.fullmatch(form, path) is not None for known, form in ALLOWED
    )
