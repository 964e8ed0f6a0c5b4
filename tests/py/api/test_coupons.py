"""Coupons over HTTP: caps hold though many come at once, uses come back, codes can't be guessed."""

from __future__ import annotations

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.py.support import (
    RATES,
    Family,
    Studio,
    at_once,
    new_studio,
    outcome,
    refused,
)

pytestmark = pytest.mark.usefixtures("no_deadlock_and_seats_that_add_up")


@pytest.fixture(scope="module")
def studio(stack: None) -> Studio:
    return new_studio()


@pytest.fixture(scope="module")
def families(studio: Studio) -> list[Family]:
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda _: studio.family(), range(8)))


def coupon(**changes: Any) -> dict[str, Any]:
    """A row of save_coupons: half off everything, by code HALF."""
    return {
        "key": "half",
        "name": "Half off",
        "code": "HALF",
        "kind": "percent",
        "percent_bp": 5000,
        "amount_minor": None,
        "available_from": None,
        "available_until": None,
        "max_uses": None,
        "max_uses_per_family": 1,
        "stackable": True,
        "applies_to": ["tuition", "registration", "recital"],
        "most_expensive_only": False,
        "active": True,
        "section_ids": [],
    } | changes


class Offer:
    """A term of its own with one coupon, and what families do with it."""

    def __init__(self, studio: Studio, **changes: Any) -> None:
        self.studio = studio
        self.term_id = studio.term()
        self.code = f"CODE{secrets.token_hex(4)}".upper()
        self.manager = studio.staff("manager")
        self.rows = [coupon(code=self.code, **changes)]
        self.save(0)

    def save(self, version: int) -> None:
        answer = self.manager.call(
            "save_coupons", term_id=self.term_id, expected_version=version, rows=self.rows
        )
        assert answer == {"version": version + 1, "rows": self.rows}

    def cart(self, family: Family, **details: Any) -> int:
        section_id = self.studio.section(term_id=self.term_id, **details)
        return family.cart((family.student(), section_id), term_id=self.term_id)

    def enter(self, family: Family, cart_id: int, code: str | None = None) -> dict[str, Any]:
        """Quote a cart with the code: what checkout needs."""
        quote = family.api.call("quote", cart_id=cart_id, coupon_code=code or self.code)
        assert quote["total_minor"] == RATES[1] // 2
        return {
            "cart_id": cart_id,
            "quote_id": quote["quote_id"],
            "idempotency_key": secrets.token_hex(8),
        }

    def statuses(self) -> Counter[str]:
        with self.studio.operator() as connection:
            rows = connection.execute(
                "select u.status from pricing.coupon_redemptions as u"
                " inner join pricing.coupons as c"
                " on u.studio_id = c.studio_id and u.coupon_id = c.id where c.term_id = %s",
                (self.term_id,),
            ).fetchall()
        return Counter(status for (status,) in rows)


def test_8_families_at_once_for_a_coupon_of_3_uses(studio: Studio, families: list[Family]) -> None:
    for together in (True, False):
        offer = Offer(studio, max_uses=3)
        section_id = studio.section(term_id=offer.term_id, capacity=20)
        # All for one section, or each for one of its own: the coupon alone is what they share.
        carts = [
            family.cart((family.student(), section_id), term_id=offer.term_id)
            if together
            else offer.cart(family)
            for family in families
        ]
        checkouts = [offer.enter(f, c) for f, c in zip(families, carts, strict=True)]

        outcomes = Counter(
            at_once(
                *[
                    lambda f=f, c=c: outcome(f.api.post("checkout", c))
                    for f, c in zip(families, checkouts, strict=True)
                ]
            )
        )

        assert outcomes == {"ok": 3, "coupon_used_up": 5}
        assert offer.statuses() == {"held": 3}
        (row,) = offer.manager.read("coupons", term_id=f"eq.{offer.term_id}")
        assert (row["code"], row["uses"]) == (offer.code, 3)


def test_a_use_comes_back_with_the_hold(studio: Studio, families: list[Family]) -> None:
    offer = Offer(studio, max_uses=1)
    first, second = families[:2]
    carts = offer.cart(first), offer.cart(second)
    waiting = offer.enter(second, carts[1])
    held = first.api.call("checkout", **offer.enter(first, carts[0]))
    quote = {"cart_id": carts[1], "coupon_code": offer.code}
    refused(second.api.post("quote", quote), "coupon_used_up")
    refused(second.api.post("checkout", waiting), "coupon_used_up")

    first.api.call("abandon_checkout", registration_id=held["registration_id"])
    held = second.api.call("checkout", **waiting)
    assert offer.statuses() == {"returned": 1, "held": 1}

    # So it does when nobody gives it back: a lapsed hold blocks nobody.
    studio.lapse(held["registration_id"])
    held = first.api.call("checkout", **offer.enter(first, carts[0]))
    assert offer.statuses() == {"returned": 2, "held": 1}
    first.pay(held["registration_id"])
    assert offer.statuses() == {"returned": 2, "used": 1}
    refused(second.api.post("quote", quote), "coupon_used_up")


def test_a_lapsed_use_is_taken_by_one_of_many(studio: Studio, families: list[Family]) -> None:
    offer = Offer(studio, max_uses=1)
    carts = [offer.cart(family) for family in families]
    held = families[0].api.call("checkout", **offer.enter(families[0], carts[0]))
    studio.lapse(held["registration_id"])
    checkouts = [offer.enter(f, c) for f, c in zip(families[1:], carts[1:], strict=True)]

    outcomes = Counter(
        at_once(
            *[
                lambda f=f, c=c: outcome(f.api.post("checkout", c))
                for f, c in zip(families[1:], checkouts, strict=True)
            ]
        )
    )

    assert outcomes == {"ok": 1, "coupon_used_up": 6}
    assert offer.statuses() == {"returned": 1, "held": 1}


def test_a_coupon_that_is_changed_or_ended_meanwhile(
    studio: Studio, families: list[Family]
) -> None:
    offer = Offer(studio)
    family = families[0]
    cart_id = offer.cart(family)
    checkout = offer.enter(family, cart_id)
    offer.rows = [coupon(code=offer.code, percent_bp=2500)]
    offer.save(1)
    refused(family.api.post("checkout", checkout), "quote_changed")
    offer.rows = [coupon(code=offer.code, active=False)]
    offer.save(2)
    refused(family.api.post("checkout", checkout), "coupon_inactive")
    offer.rows = []
    offer.save(3)
    refused(family.api.post("checkout", checkout), "coupon_not_found")
    assert offer.statuses() == {}


@pytest.mark.parametrize("entered", ["{0}", " {0} ", "  {0}"])
def test_blanks_and_case_of_a_code_do_not_matter(
    studio: Studio, families: list[Family], entered: str
) -> None:
    offer = Offer(studio)
    cart_id = offer.cart(families[0])
    for code in (offer.code, offer.code.lower(), offer.code.capitalize()):
        offer.enter(families[0], cart_id, entered.format(code))


def test_codes_can_not_be_guessed(studio: Studio) -> None:
    offer = Offer(studio)
    family, other = studio.family(), studio.family()
    cart_id = offer.cart(family)

    # The setting coupon_attempts of the demo is 10.
    outcomes = Counter(
        at_once(
            *[
                lambda n=n: outcome(
                    family.api.post("quote", {"cart_id": cart_id, "coupon_code": f"GUESS{n}"})
                )
                for n in range(16)
            ]
        )
    )

    assert outcomes == {"coupon_not_found": 10, "too_many_attempts": 6}
    body = {"cart_id": cart_id, "coupon_code": offer.code}
    refused(family.api.post("quote", body), "too_many_attempts")
    # Without a code the price is told, and another family is not held up.
    assert family.api.call("quote", cart_id=cart_id)["total_minor"] == RATES[1]
    offer.enter(other, offer.cart(other))


def test_families_are_never_shown_a_coupon(studio: Studio, families: list[Family]) -> None:
    for caller in (studio.anybody(), families[0].api):
        for view in ("coupons", "discounts"):
            response = caller.get(view)
            assert response.status_code in (401, 403), response.text
            assert response.json()["code"] == "42501"
