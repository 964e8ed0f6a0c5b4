"""The work list over HTTP: who sees an entry, and who may say how far they are with it."""

from __future__ import annotations

import pytest

from tests.py.support import (
    Caller,
    Studio,
    at_once,
    new_studio,
    nothing_written,
    outcome,
    refused,
)


@pytest.fixture
def incident(studio: Studio) -> str:
    """Money of a family that the processor took back: for the office."""
    return studio.family().lose_money(studio.section())


@pytest.fixture
def stuck(studio: Studio) -> str:
    """A payment of which the gateway does not say how it ended: for developers."""
    family = studio.family()
    registration = family.hold((family.student(), studio.section()))
    payment_id = family.open_payment(registration["registration_id"])
    with studio.operator() as operator:
        operator.execute(
            "update payment.payments set final_answer_due_at = now() - interval '2 hours'"
            " where id = %s",
            (payment_id,),
        )
    return f"payment_stuck:{payment_id}"


def listed(caller: Caller, incident: str) -> list[tuple[str, str | None]]:
    """Return status and note of an entry, as the caller sees it; empty: it is not there."""
    return [
        (row["status"], row["note"]) for row in caller.read("incidents", incident=f"eq.{incident}")
    ]


def test_an_entry_from_the_day_it_is_new_until_nobody_will_mend_it(
    studio: Studio, incident: str
) -> None:
    staff = studio.staff()
    (entry,) = staff.read("incidents", incident=f"eq.{incident}")
    assert (
        entry["kind"],
        entry["origin"],
        entry["source"],
        entry["lane"],
        entry["severity"],
        entry["status"],
        entry["noted_by"],
    ) == ("money_lost", "gateway", "checkout", "office", "critical", "new", None)
    assert entry["since"] == entry["last_at"]

    said = staff.call(
        "note_incident",
        incident=incident,
        status="acknowledged",
        note="I call them",
        last_at=entry["last_at"],
    )
    (seen,) = studio.staff().read("incidents", incident=f"eq.{incident}")
    assert {name: seen[name] for name in said} == said
    assert (said["status"], said["note"]) == ("acknowledged", "I call them")
    assert said["noted_by"]
    with nothing_written():
        assert staff.call("note_incident", incident=incident, status="acknowledged") == said
        refused(
            staff.post("note_incident", {"incident": incident, "status": "wont_fix"}),
            "reason_required",
        )
    staff.call("note_incident", incident=incident, status="wont_fix", note="written off")
    assert listed(staff, incident) == []
    with nothing_written():
        refused(
            staff.post("note_incident", {"incident": incident, "status": "actioned"}),
            "incident_status_passed",
        )
    assert [
        (note["status"], note["note"])
        for note in staff.read("incident_notes", incident=f"eq.{incident}", order="id")
    ] == [("acknowledged", "I call them"), ("wont_fix", "written off")]


def test_who_may_not_note_anything_of_it(studio: Studio, incident: str, stuck: str) -> None:
    family, teacher, desk = studio.family(), studio.staff("instructor"), studio.staff()
    elsewhere = new_studio().staff("owner")
    here = {"incident": incident, "status": "acknowledged"}
    with nothing_written():
        for caller in (family.api, teacher):
            assert caller.post("note_incident", here).status_code == 403
            for view in ("incidents", "incident_notes"):
                assert not caller.get(view).ok
        assert studio.anybody().post("note_incident", here).status_code == 401
        # Another studio's: not there, whoever asks.
        assert listed(elsewhere, incident) == []
        refused(elsewhere.post("note_incident", here), "incident_not_found")
        # Another family's, with a family in scope.
        in_scope = {"X-Family": str(family.id)}
        refused(desk.post("note_incident", here, in_scope), "incident_not_found")
        # What is for developers the desk sees, and has no say in.
        assert listed(desk, stuck) == [("new", None)]
        refused(
            desk.post("note_incident", {"incident": stuck, "status": "acknowledged"}),
            "not_allowed",
        )
    for role in ("manager", "owner", "platform_admin"):
        answer = studio.staff(role).call(
            "note_incident", incident=stuck, status="acknowledged", note=role
        )
        assert answer["note"] == role


def test_notes_of_a_family_are_not_seen_with_another_in_scope(
    studio: Studio, incident: str
) -> None:
    staff = studio.staff()
    staff.call("note_incident", incident=incident, status="actioned")
    (note,) = staff.read("incident_notes", incident=f"eq.{incident}")
    for family_id, seen in ((note["family_id"], 1), (studio.family().id, 0)):
        found = staff.get("incident_notes", {"X-Family": str(family_id)})
        assert len(found.json()) == seen


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"status": None}, "incident_status_unknown"),
        ({"status": "new"}, "incident_status_unknown"),
        ({"status": "resolved"}, "incident_status_unknown"),
        ({"note": "x" * 501}, "reason_required"),
        ({"status": "wont_fix", "note": "   "}, "reason_required"),
        ({"incident": None}, "incident_not_found"),
        ({"incident": ""}, "incident_not_found"),
        ({"incident": "money_lost:1' or '1'='1"}, "incident_not_found"),
        ({"incident": "x" * 100_000}, "incident_not_found"),
        ({"last_at": "2020-01-01T00:00:00Z"}, "incident_changed"),
    ],
)
def test_what_is_wrong_about_a_note(
    studio: Studio, incident: str, given: dict[str, str | None], code: str
) -> None:
    staff = studio.staff()
    with nothing_written():
        refused(
            staff.post(
                "note_incident", {"incident": incident, "status": "acknowledged", **given}
            ),
            code,
        )


def test_several_note_it_at_once(studio: Studio, incident: str) -> None:
    staff, same = studio.staff(), {"incident": incident, "status": "acknowledged", "note": "mine"}

    assert set(
        at_once(*[lambda: outcome(staff.post("note_incident", same)) for _ in range(4)])
    ) == {"ok"}

    assert len(staff.read("incident_notes", incident=f"eq.{incident}")) == 1
    # However they meet, it is as far as the one who came farthest.
    others = [
        lambda s=status: outcome(
            staff.post("note_incident", {"incident": incident, "status": s, "note": s})
        )
        for status in ("acknowledged", "actioned", "acknowledged")
    ]
    assert set(at_once(*others)) <= {"ok", "incident_status_passed"}
    assert listed(staff, incident) == [("actioned", "actioned")]


def test_what_is_settled_is_gone_by_itself(studio: Studio, stuck: str) -> None:
    manager = studio.staff("manager")
    manager.call("note_incident", incident=stuck, status="actioned")
    with studio.operator() as operator:
        operator.execute(
            "update payment.payments set status = 'expired' where id = %s",
            (int(stuck.partition(":")[2]),),
        )
    assert listed(manager, stuck) == []
    with nothing_written():
        refused(
            manager.post("note_incident", {"incident": stuck, "status": "actioned"}),
            "incident_not_found",
        )
