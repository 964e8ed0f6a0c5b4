"""What staff name by an id of another studio, or by none, is unknown; nothing is written by it."""

from __future__ import annotations

from datetime import date, timedelta
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
    "accept_offer": (
        {"quote_id": 1, "idempotency_key": "12345678"},
        ("waitlist_entry_id",),
    ),
    "assign_place": ({"reason": "next"}, ("waitlist_entry_id",)),
    "cancel_enrollment": ({"reason": "ill"}, ("enrollment_id",)),
    "cancel_meeting": ({"reason": "ill"}, ("meeting_id",)),
    "cancel_section": ({"reason": "too few"}, ("section_id",)),
    "charge_installment": ({}, ("installment_id",)),
    "decide_approval": ({"approve": True}, ("approval_id",)),
    "decline_offer": ({}, ("waitlist_entry_id",)),
    "drop_weekdays": ({"weekdays": [1], "reason": "ill"}, ("enrollment_id",)),
    "grant_credit": ({"amount_minor": 1, "reason": "late"}, ("family_id",)),
    "grant_waiver": (
        {"kind": "audition", "reason": "known"},
        ("student_id", "class_id"),
    ),
    "import_rates_csv": (
        {"expected_version": 0, "csv": "division,location,weekly_count,amount\r\n"},
        ("term_id",),
    ),
    "leave_waitlist": ({}, ("waitlist_entry_id",)),
    "mark_installment_paid": ({"kind": "cash"}, ("installment_id",)),
    "move_meeting": (HOURS, ("meeting_id",)),
    "place_student": ({"division": "open"}, ("student_id",)),
    "price_what_if": ({}, ("term_id", "proposed_term_id")),
    "rates_csv": ({}, ("term_id",)),
    "record_approval": ({"kind": "audition"}, ("student_id", "class_id")),
    "record_payment": ({"kind": "cash", "amount_minor": 1}, ("registration_id",)),
    "refund_payment": ({"amount_minor": 1, "reason": "because we say so"}, ("registration_id",)),
    "release_reservation": ({}, ("seat_id",)),
    "remove_closure": ({}, ("closure_id",)),
    "remove_stored_method": ({}, ("stored_method_id",)),
    "reopen_place": ({}, ("seat_id",)),
    "reschedule_installment": (
        {"due_on": (date.today() + timedelta(days=30)).isoformat(), "reason": "late"},
        ("installment_id",),
    ),
    "reserve_place": ({"reason": "a guest"}, ("section_id", "student_id")),
    "return_check": ({"reason": "no funds"}, ("offline_payment_id",)),
    "review_payment": ({"approve": True}, ("review_id",)),
    "resume_mail": ({}, ("guardian_id",)),
    "save_date_prices": ({"expected_version": 0, "rows": []}, ("section_id",)),
    "save_section_sale": ({"sold_by_weekday": True}, ("section_id",)),
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
    "transfer_enrollment": ({"reason": "ill"}, ("enrollment_id", "section_id")),
    "waive_installment": ({"reason": "late"}, ("installment_id",)),
    "withdraw_adjustment": ({"reason": "late"}, ("adjustment_id",)),
    "withdraw_approval": ({"reason": "late"}, ("approval_id",)),
    "withdraw_waiver": ({"reason": "late"}, ("waiver_id",)),
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

# An adjustment or a line of the whole family names no student, nor does a place kept for a guest;
# a waiver may name a section instead of a class, a refund a payment instead of a registration.
MAY_BE_LEFT_OUT = {
    ("adjust_price", "student_id"),
    ("grant_waiver", "class_id"),
    ("refund_payment", "registration_id"),
    ("reserve_place", "student_id"),
    ("set_line_price", "student_id"),
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
    full = studio.section(weekdays=(2,), capacity=1)
    paid = family.hold((family.student("Ben"), full))
    family.pay(paid["registration_id"])
    closure = studio.staff("manager").call(
        "add_closure", starts_on="2030-01-01", ends_on="2030-01-01", label="New Year"
    )
    waiting = family.api.call("join_waitlist", section_id=full, student_ids=[student_id])
    class_id = studio.ask("select s.class_id from catalog.sections as s where s.id = %s", section_id)
    with studio.operator() as operator:
        operator.execute(
            "insert into catalog.requirements (studio_id, term_id, class_id, code, kind, enforcement)"
            " values (%s, %s, %s, 'seen', 'audition', 'soft_warn')",
            (studio.id, studio.term_id, class_id),
        )
    waiver_id = studio.staff().call(
        "grant_waiver", student_id=student_id, kind="audition", reason="known", class_id=class_id
    )
    checked = family.hold((family.student("Cleo"), studio.section(weekdays=(3,))))
    recorded = studio.staff().call(
        "record_payment",
        registration_id=checked["registration_id"],
        kind="check",
        amount_minor=checked["total_minor"],
        reference="17",
    )
    # Of a family of its own: who is in a checkout can't be moved.
    payer = studio.family()
    said = payer.hold((payer.student("Dora"), studio.section(weekdays=(4,))))
    review = payer.api.call(
        "submit_payment_review",
        registration_id=said["registration_id"],
        kind="transfer",
        reference="T 1",
    )
    return {
        "adjustment_id": adjustment_id,
        "approval_id": family.api.call(
            "request_approval", student_id=student_id, class_id=class_id, kind="audition"
        ),
        "cart_id": family.cart((student_id, section_id)),
        "class_id": class_id,
        "enrollment_id": family.api.read("enrollments")[0]["id"],
        "family_id": family.id,
        "guardian_id": family.api.read("guardians")[0]["id"],
        "meeting_id": studio.anybody().read("meetings", limit="1")[0]["id"],
        "offline_payment_id": recorded["offline_payment_id"],
        "proposed_term_id": studio.term_id,
        "registration_id": checked["registration_id"],
        "review_id": review["review_id"],
        "closure_id": closure["closure_id"],
        **family.keep_card(paid["registration_id"]),
        "seat_id": studio.staff().call("reserve_place", section_id=section_id, reason="a guest")[
            "seat_ids"
        ][0],
        "section_id": section_id,
        "student_id": student_id,
        "term_id": studio.term_id,
        "waitlist_entry_id": waiting["entries"][0]["waitlist_entry_id"],
        "waiver_id": waiver_id,
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
                if wrong is None and (function, name) in MAY_BE_LEFT_OUT:
                    continue
                arguments = {**given, **{n: ours[n] for n in names}, name: wrong}
                response = manager.post(function, arguments, {"X-Family": str(ours["family_id"])})
                code = response.json()["code"]
                what = {
                    "offline_payment_id": "payment",
                    "proposed_term_id": "term",
                    "seat_id": "place",
                }.get(name, name.removesuffix("_id"))
                assert (response.status_code, code) in (
                    (404, f"{what}_not_found"),
                    (404, f"{what}_unknown"),
                ), f"{name} {wrong}: {response.text}"
