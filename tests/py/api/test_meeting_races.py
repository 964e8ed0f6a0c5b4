"""Meetings and capacity that staff change while families check out, pay and wait, over HTTP.

Each test asserts the whole outcome, so that an error nobody expected is a failure, too.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.py.api.races import Race, over_http
from tests.py.support import (
    Caller,
    Family,
    Studio,
    at_once,
    new_studio,
    outcome,
)

pytestmark = pytest.mark.usefixtures("no_deadlock_and_seats_that_add_up")

# How often a race is run whose outcome hangs on who is first.
ROUNDS = 4


@pytest.fixture(scope="module")
def arena(stack: None) -> Studio:
    return new_studio()


@pytest.fixture(scope="module")
def staff(arena: Studio) -> list[Caller]:
    return [arena.staff(), arena.staff()]


@pytest.fixture(scope="module")
def manager(arena: Studio) -> Caller:
    return arena.staff("manager")


@pytest.fixture(scope="module")
def crowd(arena: Studio) -> list[Family]:
    """16 families; every race is in a term of its own, so they may be in all of them."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda _: arena.family(), range(16)))


@pytest.fixture
def race(arena: Studio) -> Race:
    return Race(arena)


def act(caller: Caller, function: str, **arguments: Any) -> Callable[[], str]:
    return lambda: outcome(caller.post(function, arguments))


def meetings_of(race: Race, section_id: int) -> list[dict[str, Any]]:
    return race.studio.anybody().read(
        "meetings", section_id=f"eq.{section_id}", order="starts_at"
    )


def seats_on(race: Race, section_id: int, held_on: str) -> int:
    return race.studio.ask(
        "select count(*) from enrollment.seats as s"
        " where s.section_id = %s and s.dates @> %s::date",
        section_id,
        held_on,
    )


def day_after(race: Race, held_on: str, days: int = 1) -> str:
    return race.studio.ask("select (%s::date + %s)::text", held_on, days)


def test_a_class_shrinks_while_families_check_out(
    race: Race, crowd: list[Family], staff: list[Caller]
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=8)
        checkouts = race.enter_all(crowd, [section_id])

        *outcomes, shrunk = at_once(
            *map(over_http, crowd, checkouts),
            act(staff[0], "set_capacity", section_id=section_id, capacity=4),
        )

        # Before the fifth family, or never.
        places = {"ok": 4, "capacity_below_taken": 8}[shrunk]
        assert Counter(outcomes) == {"ok": places, "seat_unavailable": 16 - places}
        assert race.studio.seats_left(section_id) == 0


def test_a_date_holds_fewer_while_families_check_out(
    race: Race, crowd: list[Family], staff: list[Caller]
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=6)
        held_on = meetings_of(race, section_id)[0]["held_on"]
        checkouts = race.enter_all(crowd[:8], [section_id])

        *outcomes, shrunk = at_once(
            *map(over_http, crowd, checkouts),
            act(
                staff[0],
                "set_date_capacity",
                section_id=section_id,
                held_on=held_on,
                capacity=3,
                reason="a small room",
            ),
        )

        places = {"ok": 3, "capacity_below_taken": 6}[shrunk]
        assert Counter(outcomes) == {"ok": places, "seat_unavailable": 8 - places}
        assert race.studio.seats_left(section_id) == 0
        # So that the places are as many as the seats again.
        staff[0].call(
            "set_date_capacity",
            section_id=section_id,
            held_on=held_on,
            capacity=6,
            reason="a large one",
        )


def test_a_meeting_moves_while_families_check_out_and_pay(
    race: Race, crowd: list[Family], staff: list[Caller]
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=20)
        meeting = meetings_of(race, section_id)[0]
        moved_to = day_after(race, meeting["held_on"])
        held = race.enter_all(crowd[:4], [section_id])
        registrations = [
            family.api.call("checkout", **checkout)["registration_id"]
            for family, checkout in zip(crowd, held, strict=False)
        ]
        checkouts = race.enter_all(crowd[4:10], [section_id])

        def pay(family: Family, registration_id: int) -> str:
            family.pay(registration_id)
            return "ok"

        outcomes = at_once(
            *map(over_http, crowd[4:], checkouts),
            *[
                lambda f=family, r=registration_id: pay(f, r)
                for family, registration_id in zip(crowd, registrations, strict=False)
            ],
            act(
                staff[0],
                "move_meeting",
                meeting_id=meeting["id"],
                held_on=moved_to,
                starts_at="15:00",
                ends_at="16:00",
            ),
        )

        assert Counter(outcomes) == {"ok": 11}
        assert seats_on(race, section_id, meeting["held_on"]) == 0
        assert seats_on(race, section_id, moved_to) == 10


@pytest.mark.parametrize("function", ["cancel_meeting", "move_meeting"])
def test_a_date_goes_while_families_buy_it(
    race: Race, crowd: list[Family], staff: list[Caller], manager: Caller, function: str
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=4, price_mode="drop_in")
        manager.call(
            "save_date_prices",
            section_id=section_id,
            expected_version=0,
            rows=[{"held_on": None, "amount_minor": 2_000}],
        )
        meeting = meetings_of(race, section_id)[0]
        moved_to = day_after(race, meeting["held_on"])
        checkouts = []
        for family in crowd[:8]:
            cart_id = family.api.call("open_cart", term_id=race.term_id)
            family.api.call(
                "put_cart_item",
                cart_id=cart_id,
                student_id=family.student(),
                section_id=section_id,
                dates=[meeting["held_on"]],
            )
            checkouts.append(
                {
                    "cart_id": cart_id,
                    "quote_id": family.api.call("quote", cart_id=cart_id)["quote_id"],
                    "idempotency_key": secrets.token_hex(8),
                }
            )
        how = (
            {"reason": "ill"}
            if function == "cancel_meeting"
            else {"held_on": moved_to, "starts_at": "10:00", "ends_at": "11:00"}
        )

        *outcomes, changed = at_once(
            *map(over_http, crowd, checkouts),
            act(staff[0], function, meeting_id=meeting["id"], **how),
        )

        assert changed == "ok"
        counted = Counter(outcomes)
        # Whoever came later finds that the date, or the price of another one, is not what it saw.
        assert set(counted) <= {"ok", "seat_unavailable", "date_unknown", "quote_changed"}
        assert counted["ok"] <= 4
        assert seats_on(race, section_id, meeting["held_on"]) == 0
        assert seats_on(race, section_id, moved_to) == (
            counted["ok"] if function == "move_meeting" else 0
        )


def test_two_staff_move_two_classes_of_one_student_to_one_hour(
    race: Race, crowd: list[Family], staff: list[Caller]
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        sections = [race.section(weekdays=(day,)) for day in (1, 2)]
        crowd[0].api.call("checkout", **race.enter(crowd[0], sections))
        first, second = (meetings_of(race, section_id)[0] for section_id in sections)
        to = day_after(race, first["held_on"], 3)

        outcomes = at_once(
            *[
                act(
                    who,
                    "move_meeting",
                    meeting_id=meeting["id"],
                    held_on=to,
                    starts_at="15:00",
                    ends_at="16:00",
                )
                for who, meeting in zip(staff, (first, second), strict=True)
            ]
        )

        assert Counter(outcomes) == {"ok": 1, "meeting_clashes": 1}


def test_one_meeting_is_cancelled_and_moved_many_times_at_once(
    race: Race, crowd: list[Family], staff: list[Caller]
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section()
        crowd[0].api.call("checkout", **race.enter(crowd[0], [section_id]))
        meeting = meetings_of(race, section_id)[0]
        to = day_after(race, meeting["held_on"])
        move = {"held_on": to, "starts_at": "15:00", "ends_at": "16:00"}

        *cancelled, moved = at_once(
            *[
                act(who, "cancel_meeting", meeting_id=meeting["id"], reason="ill")
                for who in staff * 2
            ],
            act(staff[0], "move_meeting", meeting_id=meeting["id"], **move),
        )

        assert Counter(cancelled) == {"ok": 1, "meeting_cancelled": 3}
        assert moved in ("ok", "meeting_cancelled")
        assert seats_on(race, section_id, to) == 0


def test_an_offer_that_replaces_a_class_is_accepted_while_that_class_changes(
    race: Race, crowd: list[Family], staff: list[Caller]
) -> None:
    """It gives up a seat of a class that staff are just changing; neither waits for ever."""
    for _ in range(ROUNDS):
        race = Race(race.studio)
        has, wants = race.section(capacity=5), race.section(capacity=1)
        family, other = crowd[0], crowd[1]
        entered = race.enter(family, [has])
        student_id = family.api.read("cart_items", cart_id=f"eq.{entered['cart_id']}")[0][
            "student_id"
        ]
        registration_id = family.api.call("checkout", **entered)["registration_id"]
        family.pay(registration_id)
        [enrolled] = family.api.read("enrollments", registration_id=f"eq.{registration_id}")
        held = other.api.call("checkout", **race.enter(other, [wants]))["registration_id"]
        joined = family.api.call(
            "join_waitlist",
            section_id=wants,
            student_ids=[student_id],
            replaces_enrollment_id=enrolled["id"],
        )
        other.api.call("abandon_checkout", registration_id=held)
        entry_id = joined["entries"][0]["waitlist_entry_id"]
        [entry] = family.api.read("waitlist_entries", id=f"eq.{entry_id}")
        quote_id = family.api.call("quote", cart_id=entry["cart_id"])["quote_id"]
        meeting = meetings_of(race, has)[0]

        # It costs no more than what is given up, so it is paid when it is accepted.
        outcomes = at_once(
            act(
                family.api,
                "accept_offer",
                waitlist_entry_id=entry_id,
                quote_id=quote_id,
                idempotency_key=secrets.token_hex(8),
            ),
            act(staff[0], "set_capacity", section_id=has, capacity=6),
            act(staff[1], "cancel_meeting", meeting_id=meeting["id"], reason="ill"),
        )

        assert Counter(outcomes) == {"ok": 3}
        assert race.studio.seats_left(has) == 6
        assert race.studio.seats_left(wants) == 0
