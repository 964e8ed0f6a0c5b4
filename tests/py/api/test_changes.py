"""Changes of confirmed enrollments by staff, at once with one another and with everybody else."""

from __future__ import annotations

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
    await_blocked_by,
    new_studio,
    nothing_written,
    outcome,
    run_job,
)

pytestmark = pytest.mark.usefixtures("no_deadlock_and_seats_that_add_up")

# How often a race is run whose outcome hangs on who is first.
ROUNDS = 4


@pytest.fixture(scope="module")
def arena(stack: None) -> Studio:
    return new_studio()


@pytest.fixture(scope="module")
def desks(arena: Studio) -> list[Caller]:
    """Two people at the front desk."""
    return [arena.staff(), arena.staff()]


@pytest.fixture(scope="module")
def crowd(arena: Studio) -> list[Family]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda _: arena.family(), range(8)))


@pytest.fixture
def race(arena: Studio) -> Race:
    return Race(arena)


def enrolled(race: Race, family: Family, section_id: int) -> int:
    """A new student of a family in a section, paid; return the enrollment."""
    checkout = race.enter(family, [section_id])
    registration_id = family.api.call("checkout", **checkout)["registration_id"]
    family.pay(registration_id)
    return race.studio.ask(
        "select id from enrollment.enrollments where studio_id = %s and registration_id = %s",
        race.studio.id,
        registration_id,
    )


def asked(caller: Caller, function: str, **arguments: Any) -> Callable[[], str]:
    return lambda: outcome(caller.post(function, {"reason": "asked to", **arguments}))


def students_of(studio: Studio, section_id: int) -> Counter[str]:
    with studio.operator() as connection:
        return Counter(
            status
            for (status,) in connection.execute(
                "select status from enrollment.seats where studio_id = %s and section_id = %s",
                (studio.id, section_id),
            )
        )


def test_two_staff_move_one_student_and_one_of_them_does(
    race: Race, desks: list[Caller], crowd: list[Family]
) -> None:
    for _ in range(ROUNDS):
        old = race.section(capacity=1)
        new = [race.section(capacity=1), race.section(capacity=1)]
        enrollment_id = enrolled(race, crowd[0], old)

        outcomes = at_once(
            *[
                asked(
                    desk,
                    "transfer_enrollment",
                    enrollment_id=enrollment_id,
                    section_id=section_id,
                )
                for desk, section_id in zip(desks, new, strict=True)
            ]
        )

        assert sorted(outcomes) == ["enrollment_not_live", "ok"]
        assert students_of(race.studio, old) == {}
        moved = new[outcomes.index("ok")]
        assert students_of(race.studio, moved) == {"confirmed": 1}
        assert sum(students_of(race.studio, s).total() for s in new) == 1


def test_a_move_and_seven_checkouts_at_the_last_place(
    race: Race, desks: list[Caller], crowd: list[Family]
) -> None:
    seen: Counter[str] = Counter()
    for _ in range(ROUNDS):
        old, last = race.section(capacity=1), race.section(capacity=1)
        enrollment_id = enrolled(race, crowd[0], old)
        checkouts = race.enter_all(crowd[1:], [last])

        moved, *outcomes = at_once(
            asked(
                desks[0], "transfer_enrollment", enrollment_id=enrollment_id, section_id=last
            ),
            *map(over_http, crowd[1:], checkouts),
        )

        # Whoever came second has lost nothing: the old place is still the student's.
        assert Counter([moved, *outcomes]) == {"ok": 1, "seat_unavailable": 7}
        assert students_of(race.studio, old) == ({} if moved == "ok" else {"confirmed": 1})
        assert students_of(race.studio, last).total() == 1
        seen[moved] += 1
        # A family has one open checkout a term; the next round is in this one, too.
        for family, checkout, how in zip(crowd[1:], checkouts, outcomes, strict=True):
            if how == "ok":
                registration = family.api.call("checkout", **checkout)
                family.api.call(
                    "abandon_checkout", registration_id=registration["registration_id"]
                )
            else:
                for item in family.api.read("cart_items"):
                    family.api.call("remove_cart_item", cart_item_id=item["id"])
    assert seen.total() == ROUNDS


def test_two_students_who_change_places_do_not_wait_for_one_another(
    race: Race, desks: list[Caller], crowd: list[Family]
) -> None:
    for _ in range(ROUNDS):
        one, two = race.section(capacity=2), race.section(capacity=2)
        enrollments = [enrolled(race, crowd[0], one), enrolled(race, crowd[1], two)]

        outcomes = at_once(
            *[
                asked(
                    desk,
                    "transfer_enrollment",
                    enrollment_id=enrollment_id,
                    section_id=section_id,
                )
                for desk, enrollment_id, section_id in zip(
                    desks, enrollments, (two, one), strict=True
                )
            ]
        )

        assert outcomes == ["ok", "ok"]
        assert [students_of(race.studio, s) for s in (one, two)] == [{"confirmed": 1}] * 2


def test_an_enrollment_ends_while_what_replaces_it_is_being_paid(
    race: Race, desks: list[Caller], crowd: list[Family]
) -> None:
    for _ in range(ROUNDS):
        old, new = race.section(capacity=1), race.section(capacity=1, weekdays=(2,))
        family = crowd[2]
        checkout = race.enter(family, [old])
        registration_id = family.api.call("checkout", **checkout)["registration_id"]
        family.pay(registration_id)
        enrollment_id, student_id = (
            race.studio.ask(
                f"select {column} from enrollment.enrollments"
                " where studio_id = %s and registration_id = %s",
                race.studio.id,
                registration_id,
            )
            for column in ("id", "student_id")
        )
        blocker = race.enter(crowd[3], [new])
        held = crowd[3].api.call("checkout", **blocker)["registration_id"]
        entry = family.api.call(
            "join_waitlist",
            section_id=new,
            student_ids=[student_id],
            replaces_enrollment_id=enrollment_id,
        )["entries"][0]["waitlist_entry_id"]
        crowd[3].api.call("abandon_checkout", registration_id=held)
        for item in crowd[3].api.read("cart_items"):
            crowd[3].api.call("remove_cart_item", cart_item_id=item["id"])
        (waiting,) = family.api.read("waitlist_entries", id=f"eq.{entry}")
        quote = family.api.call("quote", cart_id=waiting["cart_id"])
        accepted = family.api.call(
            "accept_offer",
            waitlist_entry_id=entry,
            quote_id=quote["quote_id"],
            idempotency_key=blocker["idempotency_key"],
        )["registration_id"]

        def pay(family: Family = family, accepted: int = accepted) -> str:
            family.pay(accepted)
            return "ok"

        ended, paid = at_once(
            asked(desks[0], "cancel_enrollment", enrollment_id=enrollment_id), pay
        )

        assert paid == "ok"
        # While the new class is being paid its price counts the old one.
        assert ended in ("checkout_open", "enrollment_not_live")
        assert students_of(race.studio, old) == {}
        assert students_of(race.studio, new) == {"confirmed": 1}
        changes = family.api.read("enrollment_changes", enrollment_id=f"eq.{enrollment_id}")
        assert [change["kind"] for change in changes] == ["replaced"]
        # Either way the family has paid for the new class alone.
        assert changes[0]["given_back_minor"] == -changes[0]["price_change_minor"] > 0


def test_a_section_is_cancelled_while_everybody_is_at_it(
    race: Race, desks: list[Caller], crowd: list[Family]
) -> None:
    for _ in range(ROUNDS):
        section_id = race.section(capacity=6)
        ended = enrolled(race, crowd[0], section_id)
        stays = enrolled(race, crowd[1], section_id)
        checkouts = race.enter_all(crowd[2:6], [section_id])
        paying = [
            family.api.call("checkout", **checkout)["registration_id"]
            for family, checkout in zip(crowd[2:4], checkouts[:2], strict=True)
        ]

        def pay(number: int, paying: list[int] = paying) -> Callable[[], str]:
            def act() -> str:
                crowd[2 + number].pay(paying[number])
                return "ok"

            return act

        cancelled, *outcomes = at_once(
            asked(desks[0], "cancel_section", section_id=section_id),
            asked(desks[1], "cancel_enrollment", enrollment_id=ended),
            pay(0),
            pay(1),
            *map(over_http, crowd[4:6], checkouts[2:]),
        )

        assert cancelled == "ok"
        assert outcomes[0] in ("ok", "enrollment_not_live")
        assert outcomes[1:3] == ["ok", "ok"]
        assert set(outcomes[3:]) <= {"ok", "section_not_open"}
        assert students_of(race.studio, section_id) == {}
        with race.studio.operator() as connection:
            live = connection.execute(
                "select e.status, count(*), count(c.id) from enrollment.enrollments as e"
                " left join enrollment.changes as c"
                " on e.studio_id = c.studio_id and e.id = c.enrollment_id"
                " where e.studio_id = %s and e.section_id = %s group by e.status",
                (race.studio.id, section_id),
            ).fetchall()
        # Each of those who paid has it back, once; what was not paid yet can't be any more.
        unpaid = outcomes[3:].count("ok")
        assert sorted(live) == [("cancelled", 4, 4)] + [("pending", unpaid, 0)] * (unpaid > 0)
        assert stays in {
            change["enrollment_id"] for change in crowd[1].api.read("enrollment_changes")
        }
        for family, checkout, how in zip(crowd[4:6], checkouts[2:], outcomes[3:], strict=True):
            if how == "ok":
                registration = family.api.call("checkout", **checkout)
                family.api.call(
                    "abandon_checkout", registration_id=registration["registration_id"]
                )
        for family in crowd[4:6]:
            for item in family.api.read("cart_items"):
                family.api.call("remove_cart_item", cart_item_id=item["id"])


LOCK_QUEUE = "select enrollment.lock_queues(array[%s]::bigint [])"


def test_a_move_to_where_a_hold_has_lapsed_while_the_old_class_grows(
    race: Race, desks: list[Caller], crowd: list[Family]
) -> None:
    old, new = race.section(capacity=1), race.section(capacity=1)
    enrollment_id = enrolled(race, crowd[6], old)
    held = crowd[7].api.call("checkout", **race.enter(crowd[7], [new]))["registration_id"]
    race.studio.lapse(held)
    with ThreadPoolExecutor(2) as pool:
        with race.studio.operator() as connection:
            # Whoever changes the capacity has the student's registration, and waits.
            connection.execute(LOCK_QUEUE, (old,))
            grows = pool.submit(
                lambda: outcome(
                    desks[1].post("set_capacity", {"section_id": old, "capacity": 2})
                )
            )
            await_blocked_by(connection)
            moves = pool.submit(
                asked(
                    desks[0], "transfer_enrollment", enrollment_id=enrollment_id, section_id=new
                )
            )
            await_blocked_by(connection, waiting=2)
        assert [grows.result(), moves.result()] == ["ok", "ok"]
    assert students_of(race.studio, old) == {}
    assert students_of(race.studio, new) == {"confirmed": 1}


def test_enrollments_end_on_their_day_while_a_student_is_moved_between_their_classes(
    race: Race, desks: list[Caller], crowd: list[Family]
) -> None:
    low, high = race.section(capacity=3), race.section(capacity=3)
    # The job comes to the one with the higher number first.
    ending = [enrolled(race, crowd[6], high), enrolled(race, crowd[7], low)]
    enrollment_id = enrolled(race, crowd[5], low)
    with race.studio.operator() as connection:
        last_day = "select ends_on from catalog.sections where id = %s"
        (ends_on,) = connection.execute(last_day, (low,)).fetchone()
    for ended_id in ending:
        desks[0].call(
            "cancel_enrollment", enrollment_id=ended_id, reason="x", effective_on=str(ends_on)
        )
    with race.studio.operator() as connection:
        connection.execute(
            "update enrollment.enrollments set ended_on = created_at::date - 1"
            " where studio_id = %s and id = any(%s)",
            (race.studio.id, ending),
        )
    with ThreadPoolExecutor(2) as pool:
        with race.studio.operator() as connection:
            connection.execute(
                "select from enrollment.places where studio_id = %s and section_id = %s for update",
                (race.studio.id, high),
            )
            job = pool.submit(run_job, "enrollment.end_due_enrollments")
            await_blocked_by(connection)
            moves = pool.submit(
                asked(
                    desks[0], "transfer_enrollment", enrollment_id=enrollment_id, section_id=high
                )
            )
            await_blocked_by(connection, waiting=2)
        job.result()
        assert moves.result() == "ok"
    assert students_of(race.studio, low) == {}
    assert students_of(race.studio, high) == {"confirmed": 1}


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("cancel_enrollment", {}),
        ("transfer_enrollment", {"section_id": None}),
        ("drop_weekdays", {"weekdays": [1]}),
    ],
)
def test_a_family_changes_no_enrollment_itself(
    race: Race, crowd: list[Family], function: str, arguments: dict[str, Any]
) -> None:
    section_id = race.section(capacity=2)
    enrollment_id = enrolled(race, crowd[4], section_id)
    arguments = {k: section_id if v is None else v for k, v in arguments.items()}
    with nothing_written():
        response = crowd[4].api.post(
            function, {"enrollment_id": enrollment_id, "reason": "please", **arguments}
        )
    assert response.status_code in (401, 403), response.text


def test_a_preview_writes_nothing_at_all(
    race: Race, desks: list[Caller], crowd: list[Family]
) -> None:
    old, new = race.section(capacity=1), race.section(capacity=1)
    enrollment_id = enrolled(race, crowd[5], old)
    with nothing_written():
        for function, arguments in (
            ("cancel_enrollment", {}),
            ("transfer_enrollment", {"section_id": new}),
        ):
            answer = desks[0].call(
                function, enrollment_id=enrollment_id, reason="x", preview=True, **arguments
            )
            assert answer["preview"] is True
