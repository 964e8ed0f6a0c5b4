"""Tiers and dates over HTTP: from the manager's price to the seat, and many at one date."""

from __future__ import annotations

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.py.support import (
    Caller,
    Family,
    Studio,
    assert_seats_add_up,
    at_once,
    new_studio,
    nothing_written,
    outcome,
    refused,
)

pytestmark = pytest.mark.usefixtures("no_deadlock_and_seats_that_add_up")

# How often a race is run whose outcome hangs on who is first.
ROUNDS = 4

HALF_DAY = {
    "code": "half_day",
    "name": "Half day",
    "starts_at": "09:00",
    "ends_at": "12:00",
    "position": 1,
    "amount_minor": 32_500,
}
FULL_DAY = {
    **HALF_DAY,
    "code": "full_day",
    "name": "Full day",
    "ends_at": "15:00",
    "position": 2,
    "amount_minor": 59_500,
}


@pytest.fixture(scope="module")
def arena(stack: None) -> Studio:
    return new_studio()


@pytest.fixture(scope="module")
def manager(arena: Studio) -> Caller:
    return arena.staff("manager")


@pytest.fixture(scope="module")
def crowd(arena: Studio) -> list[Family]:
    """31 families; every race is in a term of its own, so they may be in all of them."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda _: arena.family(), range(31)))


class Dates:
    """A drop-in section in a term of its own, at 20.00 a date."""

    def __init__(self, studio: Studio, manager: Caller, capacity: int) -> None:
        self.studio = studio
        self.term_id = studio.term()
        self.section_id = studio.section(
            term_id=self.term_id, price_mode="drop_in", capacity=capacity
        )
        manager.call(
            "save_date_prices",
            section_id=self.section_id,
            expected_version=0,
            rows=[{"held_on": None, "amount_minor": 2_000}],
        )

    def meetings(self) -> list[dict[str, Any]]:
        return self.studio.anybody().read(
            "meetings", section_id=f"eq.{self.section_id}", order="held_on"
        )

    def left(self) -> list[int]:
        """Places left by date."""
        return [meeting["seats_left"] for meeting in self.meetings()]

    def enter(self, family: Family, *dates: str) -> dict[str, Any]:
        """Quote a cart of one new student with these dates: what checkout needs."""
        cart_id = family.api.call("open_cart", term_id=self.term_id)
        family.api.call(
            "put_cart_item",
            cart_id=cart_id,
            student_id=family.student(),
            section_id=self.section_id,
            dates=list(dates),
        )
        return {
            "cart_id": cart_id,
            "quote_id": family.api.call("quote", cart_id=cart_id)["quote_id"],
            "idempotency_key": secrets.token_hex(8),
        }

    def rush(self, entries: list[tuple[Family, tuple[str, ...]]]) -> list[str]:
        """All quote, then all check out at the same moment; return what became of each."""
        with ThreadPoolExecutor(8) as pool:
            checkouts = list(pool.map(lambda entry: self.enter(entry[0], *entry[1]), entries))

        def act(family: Family, checkout: dict[str, Any]) -> Any:
            return lambda: outcome(family.api.post("checkout", checkout))

        acts = [act(family, c) for (family, _), c in zip(entries, checkouts, strict=True)]
        return at_once(*acts)


# ---------------------------------------------------------------- races


def test_16_families_at_the_last_place_of_a_date_while_others_buy_another(
    arena: Studio, manager: Caller, crowd: list[Family]
) -> None:
    for _ in range(ROUNDS):
        dates = Dates(arena, manager, capacity=8)
        first, second = (meeting["held_on"] for meeting in dates.meetings()[:2])
        earlier, rivals, others = crowd[:7], crowd[7:23], crowd[23:31]
        assert dates.rush([(family, (first,)) for family in earlier]) == ["ok"] * 7
        assert dates.left()[:2] == [1, 8]

        # Those who buy the second date share the places with those of the first.
        outcomes = dates.rush(
            [(family, (first,)) for family in rivals] + [(family, (second,)) for family in others]
        )

        assert Counter(outcomes[:16]) == {"ok": 1, "seat_unavailable": 15}
        assert outcomes[16:] == ["ok"] * 8
        assert dates.left()[:3] == [0, 0, 8]
        assert_seats_add_up()


def test_families_whose_dates_overlap_in_a_ring(
    arena: Studio, manager: Caller, crowd: list[Family]
) -> None:
    """Each wants two of three dates, and there are two places a date: three can have them."""
    for _ in range(ROUNDS):
        dates = Dates(arena, manager, capacity=2)
        one, two, three = (meeting["held_on"] for meeting in dates.meetings()[:3])
        pairs = [(one, two), (two, three), (three, one)]

        outcomes = dates.rush([(f, pairs[n % 3]) for n, f in enumerate(crowd[:12])])

        # All or none: nobody holds one date of two.
        won = Counter(outcomes)["ok"]
        assert Counter(outcomes) == {"ok": won, "seat_unavailable": 12 - won}
        assert sum(dates.left()[:3]) == 6 - 2 * won
        # At least two fit in any order, and whoever lost had met a full date.
        assert won in (2, 3)
        assert 0 in dates.left()[:3]
        assert_seats_add_up()


def test_a_date_and_a_weekly_class_at_one_hour_for_one_student_through_two_terms(
    arena: Studio, manager: Caller, crowd: list[Family]
) -> None:
    """One checkout a term may be open, so the family's own rule doesn't keep the two apart."""
    family = crowd[0]
    student_id = family.student()
    dates = Dates(arena, manager, capacity=5)
    weekly_term = arena.term()
    weekly = arena.section(term_id=weekly_term)
    carts = {
        dates.term_id: {
            "section_id": dates.section_id,
            "dates": [dates.meetings()[1]["held_on"]],
        },
        weekly_term: {"section_id": weekly},
    }
    checkouts = []
    for term_id, choice in carts.items():
        cart_id = family.api.call("open_cart", term_id=term_id)
        family.api.call("put_cart_item", cart_id=cart_id, student_id=student_id, **choice)
        quote = family.api.call("quote", cart_id=cart_id)
        checkouts.append(
            {
                "cart_id": cart_id,
                "quote_id": quote["quote_id"],
                "idempotency_key": secrets.token_hex(8),
            }
        )

    outcomes = at_once(
        *[lambda c=c: outcome(family.api.post("checkout", c)) for c in checkouts]
    )

    assert Counter(outcomes) == {"ok": 1, "schedule_conflict": 1}


# ---------------------------------------------------------------- the whole way


def test_a_camp_is_sold_by_tier_from_the_managers_price_on(
    studio: Studio, family: Family
) -> None:
    camp = studio.section(
        price_mode="tiered", weekdays=(1, 2, 3), starts_at="09:00", ends_at="15:00"
    )
    manager = studio.staff("manager")
    saved = manager.call(
        "save_tiers", section_id=camp, expected_version=0, rows=[HALF_DAY, FULL_DAY]
    )
    assert saved == {"version": 1, "rows": [HALF_DAY, FULL_DAY]}

    # What everybody sees is what staff saved.
    tiers = studio.anybody().read("section_tiers", section_id=f"eq.{camp}", order="position")
    assert [(t["code"], t["starts_at"], t["amount_minor"]) for t in tiers] == [
        ("half_day", "09:00:00", 32_500),
        ("full_day", "09:00:00", 59_500),
    ]
    student_id = family.student()
    cart_id = family.api.call("open_cart", term_id=studio.term_id)
    wanted = {"cart_id": cart_id, "student_id": student_id, "section_id": camp}
    with nothing_written():
        refused(family.api.post("put_cart_item", wanted), "tier_required")
        refused(family.api.post("put_cart_item", {**wanted, "tier": "night"}), "tier_unknown")
    family.api.call("put_cart_item", **wanted, tier="full_day")
    quote = family.api.call("quote", cart_id=cart_id)
    assert quote["total_minor"] == 59_500
    held = family.api.call(
        "checkout", cart_id=cart_id, quote_id=quote["quote_id"], idempotency_key="12345678"
    )
    # Shorter days are not what the family is about to pay for; another price is for later ones.
    with nothing_written():
        shorter = [HALF_DAY, {**FULL_DAY, "ends_at": "14:00"}]
        refused(
            manager.post(
                "save_tiers", {"section_id": camp, "expected_version": 1, "rows": shorter}
            ),
            "section_has_seats",
        )
    dearer = [HALF_DAY, {**FULL_DAY, "amount_minor": 61_000}]
    assert manager.call("save_tiers", section_id=camp, expected_version=1, rows=dearer) == {
        "version": 2,
        "rows": dearer,
    }
    with nothing_written():
        refused(
            manager.post(
                "save_tiers", {"section_id": camp, "expected_version": 1, "rows": dearer}
            ),
            "version_stale",
        )
    family.pay(held["registration_id"])
    (enrolled,) = family.api.read("enrollments")
    assert (enrolled["status"], enrolled["tier_id"]) == ("confirmed", tiers[1]["id"])
    explained = family.api.call("explain_quote", quote_id=quote["quote_id"])
    assert explained["total_minor"] == 59_500


def test_dates_are_sold_one_by_one_from_the_managers_price_on(
    arena: Studio, manager: Caller, crowd: list[Family]
) -> None:
    family = crowd[0]
    dates = Dates(arena, manager, capacity=3)
    first, second, third = (meeting["held_on"] for meeting in dates.meetings()[:3])
    manager.call(
        "save_date_prices",
        section_id=dates.section_id,
        expected_version=1,
        rows=[{"held_on": None, "amount_minor": 2_000}, {"held_on": second, "amount_minor": 500}],
    )
    assert [m["amount_minor"] for m in dates.meetings()[:3]] == [2_000, 500, 2_000]
    student_id = family.student()
    cart_id = family.api.call("open_cart", term_id=dates.term_id)
    wanted = {"cart_id": cart_id, "student_id": student_id, "section_id": dates.section_id}
    with nothing_written():
        for choice, code in (
            ({}, "dates_required"),
            ({"dates": []}, "dates_required"),
            ({"dates": [first, first]}, "dates_invalid"),
            ({"dates": ["2031-02-28"]}, "date_unknown"),
            ({"tier": "full_day"}, "tier_not_offered"),
        ):
            refused(family.api.post("put_cart_item", {**wanted, **choice}), code)
    family.api.call("put_cart_item", **wanted, dates=[second, first])
    (item,) = family.api.read("cart_items", cart_id=f"eq.{cart_id}")
    assert item["dates"] == [first, second]
    quote = family.api.call("quote", cart_id=cart_id)
    assert quote["total_minor"] == 2_500
    held = family.api.call(
        "checkout", cart_id=cart_id, quote_id=quote["quote_id"], idempotency_key="12345678"
    )
    assert dates.left()[:3] == [2, 2, 3]
    family.pay(held["registration_id"])

    # The rest later: another enrollment, at the price of its date alone.
    cart_id = family.api.call("open_cart", term_id=dates.term_id)
    wanted["cart_id"] = cart_id
    with nothing_written():
        refused(
            family.api.post("put_cart_item", {**wanted, "dates": [second, third]}),
            "already_enrolled",
        )
    family.api.call("put_cart_item", **wanted, dates=[third])
    quote = family.api.call("quote", cart_id=cart_id)
    assert (quote["total_minor"], quote["findings"]) == (2_000, [])
    family.api.call(
        "checkout", cart_id=cart_id, quote_id=quote["quote_id"], idempotency_key="87654321"
    )
    assert dates.left()[:3] == [2, 2, 2]
    # The section says what is left on the date that has most.
    assert arena.seats_left(dates.section_id) == 3


def test_only_managers_save_prices(studio: Studio, family: Family) -> None:
    camp = studio.section(price_mode="tiered")
    by_date = studio.section(price_mode="drop_in")
    callers = [studio.staff(), family.api, studio.anybody()]
    with nothing_written():
        for caller in callers:
            for function, section_id in (("save_tiers", camp), ("save_date_prices", by_date)):
                answer = caller.post(
                    function, {"section_id": section_id, "expected_version": 0, "rows": []}
                )
                assert answer.status_code in (401, 403), answer.text
