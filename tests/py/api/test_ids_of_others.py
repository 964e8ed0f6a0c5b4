"""What staff name by an id of another studio, or by none, is unknown; nothing is written by it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.py.support import Studio, new_studio, nothing_written

# Of each function, the arguments that name nothing, and those that name something.
HOURS = {"held_on": "2030-01-07", "starts_at": "10:00", "ends_at": "11:00"}
FUNCTIONS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "add_meeting": (HOURS, ("section_id",)),
    "adjust_price": (
        {"kind": "other", "label": "Late", "amount_minor": -1, "reason": "late"},
        ("term_id", "student_id"),
    ),
    "cancel_meeting": ({"reason": "ill"}, ("meeting_id",)),
    "grant_credit": ({"amount_minor": 1, "reason": "late"}, ("family_id",)),
    "import_rates_csv": (
        {"expected_version": 0, "csv": "division,location,weekly_count,amount\r\n"},
        ("term_id",),
    ),
    "move_meeting": (HOURS, ("meeting_id",)),
    "price_what_if": ({}, ("term_id", "proposed_term_id")),
    "rates_csv": ({}, ("term_id",)),
    "save_date_prices": ({"expected_version": 0, "rows": []}, ("section_id",)),
    "save_tiers": ({"expected_version": 0, "rows": []}, ("section_id",)),
    "set_capacity": ({"capacity": 5}, ("section_id",)),
    "set_date_capacity": (
        {"held_on": "2030-01-07", "capacity": 5, "reason": "small"},
        ("section_id",),
    ),
    "set_line_price": (
        {"kind": "fee", "code": "registration", "amount_minor": 0, "reason": "late"},
        ("term_id", "student_id"),
    ),
    "set_payment_schedule": (
        {
            "rows": [
                {"due_on": "2030-01-01", "amount_minor": 1},
                {"due_on": "2030-02-01", "amount_minor": 1},
            ],
            "reason": "late",
        },
        ("cart_id",),
    ),
    "withdraw_adjustment": ({"reason": "late"}, ("adjustment_id",)),
} | {
    f"save_{rules}": ({"expected_version": 0, "rows": []}, ("term_id",))
    for rules in (
        "add_ons",
        "class_prices",
        "coupons",
        "discounts",
        "family_discount",
        "fees",
        "plans",
        "program_prices",
        "rates",
    )
}


def _ids(studio: Studio) -> dict[str, int]:
    family = studio.family()
    student_id, section_id = family.student(), studio.section()
    adjustment_id = studio.staff().call(
        "adjust_price",
        term_id=studio.term_id,
        student_id=student_id,
        kind="other",
        label="Late",
        amount_minor=-1,
        reason="late",
    )
    return {
        "adjustment_id": adjustment_id,
        "cart_id": family.cart((student_id, section_id)),
        "family_id": family.id,
        "meeting_id": studio.anybody().read("meetings", limit="1")[0]["id"],
        "proposed_term_id": studio.term_id,
        "section_id": section_id,
        "student_id": student_id,
        "term_id": studio.term_id,
    }


@pytest.fixture(scope="module")
def ids() -> tuple[Studio, dict[str, int], dict[str, int]]:
    ours = new_studio()
    return ours, _ids(ours), _ids(new_studio())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_staff_name_must_be_their_studios_own(
    ids: tuple[Studio, dict[str, int], dict[str, int]], function: str
) -> None:
    studio, ours, theirs = ids
    given, names = FUNCTIONS[function]
    manager = studio.staff("manager")
    with nothing_written():
        for name in names:
            for wrong in (theirs[name], -1, 2**63 - 1, None):
                if (name, wrong) == ("student_id", None):
                    # An adjustment or a line of the whole family names no student.
                    continue
                arguments = {**given, **{n: ours[n] for n in names}, name: wrong}
                response = manager.post(function, arguments, {"X-Family": str(ours["family_id"])})
                code = response.json()["code"]
                what = "term" if name == "proposed_term_id" else name.removesuffix("_id")
                assert (response.status_code, code) in (
                    (404, f"{what}_not_found"),
                    (404, f"{what}_unknown"),
                ), f"{name} {wrong}: {response.text}"
