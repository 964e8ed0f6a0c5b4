"""Who sends a notice."""

from __future__ import annotations

import hmac
from typing import Any

import pytest

from thin_api.credentials import WebhookCredentials

KNOWN = {"aydt": ("one", "first"), "elmst": ("two", "seçond"), "third": ("three", "x" * 500)}


@pytest.mark.parametrize("code", KNOWN)
def test_the_pair_names_the_merchant(code: str) -> None:
    assert WebhookCredentials(KNOWN).merchant_of(*KNOWN[code]) == code


@pytest.mark.parametrize(
    ("user", "password"),
    [("", ""), ("one", ""), ("", "first"), ("one", "seçond"), ("two", "first"), ("onefirst", "")],
)
def test_no_other_pair_does(user: str, password: str) -> None:
    assert WebhookCredentials(KNOWN).merchant_of(user, password) is None


def test_without_any_configured_nobody_is_known() -> None:
    assert WebhookCredentials({}).merchant_of("", "") is None


@pytest.mark.parametrize(
    "given", [("one", "first"), ("three", "x" * 500), ("", ""), ("nobody", "at all")]
)
def test_every_pair_is_compared_whole_and_in_constant_time(
    monkeypatch: pytest.MonkeyPatch, given: tuple[str, str]
) -> None:
    compared: list[tuple[Any, Any]] = []

    def compare(left: Any, right: Any) -> bool:
        compared.append((left, right))
        return hmac.compare_digest(left, right)

    credentials = WebhookCredentials(KNOWN)
    monkeypatch.setattr(
        "thin_api.credentials.hmac",
        type("Hmac", (), {"compare_digest": staticmethod(compare), "digest": hmac.digest}),
    )
    credentials.merchant_of(*given)
    # Names and passwords of all, whichever of them was the right one.
    assert len(compared) == 2 * len(KNOWN)
    assert {type(side) for pair in compared for side in pair} == {bytes}
    assert {len(side) for pair in compared for side in pair} == {32}
