"""What staff do to meetings and capacity, over HTTP: first a preview, then the act."""

from __future__ import annotations

from typing import Any

import pytest

from tests.py.support import (
    Caller,
    Family,
    Studio,
    assert_seats_add_up,
    nothing_written,
    refused,
)


@pytest.fixture
def staff(studio: Studio) -> Caller:
    return studio.staff()


def meetings_of(studio: Studio, section_id: int) -> list[dict[str, Any]]:
    return studio.anybody().read("meetings", section_id=f"eq.{section_id}", order="starts_at")


def day_after(studio: Studio, held_on: str) -> str:
    return studio.ask("select (%s::date + 1)::text", held_on)


def carried_out(staff: Caller, function: str, **arguments: Any) -> dict[str, Any]:
    """Ask what would come of it, then do it: one answer, and a preview writes nothing."""
    with nothing_written():
        preview = staff.call(function, **arguments, preview=True)
    answer = staff.call(function, **arguments)
    ids = ("meeting_id",) if function == "add_meeting" else ()
    assert {k: v for k, v in preview.items() if k not in ids} == {
        k: v for k, v in answer.items() if k not in ids
    }
    assert_seats_add_up()
    return answer


def test_a_preview_of_each_act_writes_nothing_and_says_what_it_will_do(
    studio: Studio, staff: Caller, family: Family
) -> None:
    section_id = studio.section(capacity=2, weekdays=(1, 3))
    ada, ben = family.student("Ada"), family.student("Ben")
    family.pay(family.hold((ada, section_id), (ben, section_id))["registration_id"])
    other = studio.family()
    [entry] = other.api.call("join_waitlist", section_id=section_id, student_ids=[other.student()])[
        "entries"
    ]
    first, second = meetings_of(studio, section_id)[:2]

    moved = carried_out(
        staff,
        "move_meeting",
        meeting_id=first["id"],
        held_on=day_after(studio, first["held_on"]),
        starts_at="15:00",
        ends_at="16:30",
    )
    assert moved["meeting_id"] == first["id"]
    assert [s["student"] for s in moved["students"]] == ["Ada Stone", "Ben Stone"]
    assert (moved["seats"], moved["offers"]) == ({"changed": 2, "added": 0, "ended": 0}, [])

    cancelled = carried_out(staff, "cancel_meeting", meeting_id=second["id"], reason="ill")
    assert {s["family_id"] for s in cancelled["students"]} == {family.id}
    [seen] = family.api.read("meetings", id=f"eq.{second['id']}")
    assert (seen["status"], seen["cancelled_reason"]) == ("cancelled", None)
    [seen] = staff.read("meetings", id=f"eq.{second['id']}")
    assert (seen["status"], seen["cancelled_reason"]) == ("cancelled", "ill")

    added = carried_out(
        staff,
        "add_meeting",
        section_id=section_id,
        held_on=second["held_on"],
        starts_at="17:00",
        ends_at="18:00",
    )
    assert added["seats"] == {"changed": 2, "added": 0, "ended": 0}

    grown = carried_out(staff, "set_capacity", section_id=section_id, capacity=4)
    assert [o["waitlist_entry_id"] for o in grown["offers"]] == [entry["waitlist_entry_id"]]
    assert grown["places_free"] == 1
    last = meetings_of(studio, section_id)[-1]
    fewer = carried_out(
        staff,
        "set_date_capacity",
        section_id=section_id,
        held_on=last["held_on"],
        capacity=3,
        reason="a small room",
    )
    assert (fewer["places_free"], fewer["places_free_on_date"]) == (0, 0)
    with nothing_written():
        refused(
            staff.post(
                "set_date_capacity",
                {
                    "section_id": section_id,
                    "held_on": last["held_on"],
                    "capacity": 2,
                    "reason": "smaller yet",
                },
            ),
            "capacity_below_taken",
        )
        refused(
            staff.post("set_capacity", {"section_id": section_id, "capacity": 2}),
            "capacity_below_taken",
        )
    # So that other tests find as many places taken as there are seats.
    carried_out(
        staff,
        "set_date_capacity",
        section_id=section_id,
        held_on=last["held_on"],
        capacity=4,
        reason="a large one",
    )
    told = [m["template_code"] for m in family.api.read("messages", order="id")]
    assert sorted(told)[:2] == ["class_cancelled", "class_moved"]


def test_a_refusal_names_who_would_be_in_two_places(
    studio: Studio, staff: Caller, family: Family
) -> None:
    one, other = studio.section(weekdays=(1,)), studio.section(weekdays=(2,), title="Tap")
    ada = family.student("Ada")
    family.hold((ada, one), (ada, other))
    meeting = meetings_of(studio, one)[0]
    move = {
        "meeting_id": meeting["id"],
        "held_on": day_after(studio, meeting["held_on"]),
        "starts_at": "10:30",
        "ends_at": "11:30",
    }
    with nothing_written():
        for preview in (True, False):
            body = refused(
                staff.post("move_meeting", {**move, "preview": preview}), "meeting_clashes"
            )
            assert body["message"].endswith("two classes at once: Ada Stone (Tap).")
    assert staff.call("move_meeting", **{**move, "starts_at": "11:00"})["status"] == "scheduled"


def test_families_can_not_change_meetings(studio: Studio, family: Family) -> None:
    section_id = studio.section()
    meeting = meetings_of(studio, section_id)[0]
    hours = {"held_on": meeting["held_on"], "starts_at": "15:00", "ends_at": "16:00"}
    with nothing_written():
        for function, arguments in (
            ("cancel_meeting", {"meeting_id": meeting["id"], "reason": "ill"}),
            ("move_meeting", {"meeting_id": meeting["id"], **hours}),
            ("add_meeting", {"section_id": section_id, **hours}),
            ("set_capacity", {"section_id": section_id, "capacity": 1}),
            (
                "set_date_capacity",
                {
                    "section_id": section_id,
                    "held_on": meeting["held_on"],
                    "capacity": 1,
                    "reason": "please",
                },
            ),
        ):
            response = family.api.post(function, arguments)
            assert (response.status_code, response.json()["code"]) == (403, "42501"), function
