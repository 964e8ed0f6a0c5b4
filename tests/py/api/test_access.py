"""No row crosses a studio, no row crosses a family; nobody writes but through functions."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from tests.py.support import (
    PASSWORD,
    Caller,
    Family,
    Studio,
    claims_of,
    login_url,
    new_studio,
    nothing_written,
    refused,
    request_of,
    sign,
    unique,
)

CATALOGUE = [
    "add_ons",
    "classes",
    "divisions",
    "error_codes",
    "locations",
    "meetings",
    "requirements",
    "section_tiers",
    "section_times",
    "sections",
    "studios",
    "terms",
]
FAMILY_VIEWS = [
    "approvals",
    "cart_items",
    "carts",
    "credits",
    "enrollment_changes",
    "enrollments",
    "families",
    "family_balances",
    "family_statement",
    "findings",
    "guardians",
    "installment_plans",
    "installments",
    "messages",
    "offline_payments",
    "payment_reviews",
    "payments",
    "placements",
    "refunds",
    "registrations",
    "stored_methods",
    "students",
    "waitlist_entries",
    "waivers",
]
STAFF_VIEWS = [
    "adjustments",
    "charge_attempts",
    "class_prices",
    "closures",
    "coupons",
    "discounts",
    "family_discounts",
    "fee_rules",
    "incident_notes",
    "incidents",
    "installment_changes",
    "line_overrides",
    "override_uses",
    "payment_plans",
    "price_overrides",
    "program_prices",
    "rates",
    "requirement_sets",
    "rule_sets",
    "section_counts",
    "unmatched",
    "waitlist_events",
]
MANAGER_VIEWS = ["ledger_entries", "trial_balance"]
VIEWS = CATALOGUE + FAMILY_VIEWS + STAFF_VIEWS + MANAGER_VIEWS
EVERYBODY = ["preview_price", "section_prices", "sign_in", "sign_up"]
FAMILY_FUNCTIONS = [
    "abandon_checkout",
    "accept_offer",
    "add_student",
    "check_cart",
    "check_payment",
    "checkout",
    "decline_offer",
    "explain_quote",
    "join_waitlist",
    "leave_waitlist",
    "open_cart",
    "put_cart_item",
    "quote",
    "remove_cart_item",
    "remove_stored_method",
    "request_approval",
    "set_add_on",
    "start_payment",
    "submit_payment_review",
    "update_student",
    "use_credit",
    "withdraw_approval",
]
STAFF_FUNCTIONS = [
    "add_meeting",
    "adjust_price",
    "assign_place",
    "cancel_enrollment",
    "cancel_section",
    "cancel_meeting",
    "charge_installment",
    "decide_approval",
    "drop_weekdays",
    "grant_credit",
    "grant_waiver",
    "mark_installment_paid",
    "move_meeting",
    "note_incident",
    "place_student",
    "rates_csv",
    "record_approval",
    "record_payment",
    "refund_payment",
    "release_reservation",
    "reopen_place",
    "reschedule_installment",
    "reserve_place",
    "return_check",
    "resume_mail",
    "review_finding",
    "review_payment",
    "set_capacity",
    "set_date_capacity",
    "set_line_price",
    "set_price_override",
    "transfer_enrollment",
    "withdraw_adjustment",
    "withdraw_waiver",
]
MANAGER_FUNCTIONS = [
    "add_closure",
    "dry_run_requirements",
    "import_rates_csv",
    "price_what_if",
    "remove_closure",
    "save_add_ons",
    "save_class_prices",
    "save_coupons",
    "save_date_prices",
    "save_discounts",
    "save_family_discount",
    "save_fees",
    "save_plans",
    "save_program_prices",
    "save_rates",
    "save_requirements",
    "save_section_sale",
    "save_tiers",
    "set_payment_schedule",
    "waive_installment",
]
OWNER_FUNCTIONS = ["close_month"]

# What each role finds in the API's description, and nothing else.
DESCRIBED = {
    "anon": CATALOGUE + EVERYBODY,
    "customer": CATALOGUE
    + EVERYBODY
    + FAMILY_VIEWS
    + FAMILY_FUNCTIONS
    + ["set_sms_opt_in", "sign_out_everywhere"],
    "instructor": CATALOGUE + EVERYBODY + ["sign_out_everywhere"],
    "staff": CATALOGUE
    + EVERYBODY
    + FAMILY_VIEWS
    + STAFF_VIEWS
    + FAMILY_FUNCTIONS
    + STAFF_FUNCTIONS
    + ["sign_out_everywhere"],
}
DESCRIBED["manager"] = DESCRIBED["staff"] + MANAGER_VIEWS + MANAGER_FUNCTIONS
DESCRIBED |= dict.fromkeys(("owner", "platform_admin"), DESCRIBED["manager"] + OWNER_FUNCTIONS)

# Something for every parameter.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "abandon_checkout": {"registration_id": 1},
    "accept_offer": {"waitlist_entry_id": 1, "quote_id": 1, "idempotency_key": "12345678"},
    "assign_place": {"waitlist_entry_id": 1, "reason": "please"},
    "cancel_enrollment": {"enrollment_id": 1, "reason": "please"},
    "cancel_section": {"section_id": 1, "reason": "please"},
    "add_meeting": {
        "section_id": 1,
        "held_on": "2027-01-05",
        "starts_at": "10:00",
        "ends_at": "11:00",
    },
    "cancel_meeting": {"meeting_id": 1, "reason": "please"},
    "move_meeting": {
        "meeting_id": 1,
        "held_on": "2027-01-05",
        "starts_at": "10:00",
        "ends_at": "11:00",
    },
    "decline_offer": {"waitlist_entry_id": 1},
    "drop_weekdays": {"enrollment_id": 1, "weekdays": [1], "reason": "please"},
    "transfer_enrollment": {"enrollment_id": 1, "section_id": 1, "reason": "please"},
    "join_waitlist": {"section_id": 1, "student_ids": [1]},
    "leave_waitlist": {"waitlist_entry_id": 1},
    "release_reservation": {"seat_id": 1},
    "reopen_place": {"seat_id": 1},
    "reserve_place": {"section_id": 1, "reason": "please"},
    "add_student": {"first_name": "A", "last_name": "B", "birth_date": "2015-01-01"},
    "adjust_price": {
        "term_id": 1,
        "student_id": 1,
        "kind": "other",
        "label": "please",
        "amount_minor": -1,
        "reason": "please",
    },
    "check_cart": {"cart_id": 1},
    "charge_installment": {"installment_id": 1},
    "check_payment": {"payment_id": 1},
    "checkout": {"cart_id": 1, "quote_id": 1, "idempotency_key": "12345678"},
    "decide_approval": {"approval_id": 1, "approve": True},
    "explain_quote": {"quote_id": 1},
    "grant_waiver": {"student_id": 1, "kind": "audition", "reason": "please", "class_id": 1},
    "place_student": {"student_id": 1, "division": "open"},
    "record_approval": {"student_id": 1, "class_id": 1, "kind": "audition"},
    "record_payment": {"registration_id": 1, "kind": "cash", "amount_minor": 1},
    "refund_payment": {"registration_id": 1, "reason": "because we say so"},
    "request_approval": {"student_id": 1, "class_id": 1},
    "return_check": {"offline_payment_id": 1, "reason": "please"},
    "resume_mail": {"guardian_id": 1},
    "review_finding": {"finding_id": 1, "note": "seen"},
    "review_payment": {"review_id": 1, "approve": True},
    "withdraw_approval": {"approval_id": 1, "reason": "please"},
    "withdraw_waiver": {"waiver_id": 1, "reason": "please"},
    "grant_credit": {"family_id": 1, "amount_minor": 1, "reason": "please"},
    "mark_installment_paid": {"installment_id": 1, "kind": "cash"},
    "note_incident": {"incident": "payment_stuck:1", "status": "acknowledged"},
    "open_cart": {"term_id": 1},
    "put_cart_item": {"cart_id": 1, "student_id": 1, "section_id": 1},
    "quote": {"cart_id": 1},
    "remove_cart_item": {"cart_item_id": 1},
    "remove_stored_method": {"stored_method_id": 1},
    "reschedule_installment": {
        "installment_id": 1,
        "due_on": "2027-01-31",
        "reason": "please",
    },
    "rates_csv": {"term_id": 1},
    "set_add_on": {"cart_item_id": 1, "add_on_code": "early", "wanted": True},
    "set_line_price": {
        "term_id": 1,
        "student_id": 1,
        "kind": "fee",
        "code": "registration",
        "amount_minor": 0,
        "reason": "please",
    },
    "set_capacity": {"section_id": 1, "capacity": 1},
    "set_date_capacity": {
        "section_id": 1,
        "held_on": "2027-01-05",
        "capacity": 1,
        "reason": "please",
    },
    "set_price_override": {
        "student_id": 1,
        "section_id": 1,
        "amount_minor": 0,
        "reason": "please",
    },
    "set_sms_opt_in": {"sms_opt_in": False},
    "start_payment": {
        "registration_id": 1,
        "return_url": "https://a.b",
        "cancel_url": "https://a.b",
    },
    "submit_payment_review": {"registration_id": 1, "kind": "cash", "reference": "please"},
    "update_student": {"student_id": 1},
    "use_credit": {"cart_id": 1, "use": True},
    "withdraw_adjustment": {"adjustment_id": 1, "reason": "please"},
    # managers'
    "add_closure": {"starts_on": "2027-01-01", "ends_on": "2027-01-02", "label": "New Year"},
    "remove_closure": {"closure_id": 1},
    "waive_installment": {"installment_id": 1, "reason": "please"},
    "dry_run_requirements": {"term_id": 1, "rows": []},
    "import_rates_csv": {"term_id": 1, "expected_version": 0, "csv": ""},
    "price_what_if": {"term_id": 1, "proposed_term_id": 1},
    "save_date_prices": {"section_id": 1, "expected_version": 0, "rows": []},
    "save_section_sale": {"section_id": 1, "sold_by_weekday": True},
    "save_tiers": {"section_id": 1, "expected_version": 0, "rows": []},
    "set_payment_schedule": {"cart_id": 1, "rows": [], "reason": "please"},
    # owners'
    "close_month": {"month": "2027-01-01"},
}
ARGUMENTS |= {
    function: {"term_id": 1, "expected_version": 0, "rows": []}
    for function in MANAGER_FUNCTIONS
    if function not in ARGUMENTS
}


def a_family_with_everything(studio: Studio) -> tuple[Family, dict[str, int]]:
    """A family with rows in every view; and its ids, by the name of the parameter they go into."""
    family = studio.family()
    student_id = family.student()
    given = studio.section(weekdays=(6,))
    studio.staff().call(
        "set_price_override",
        student_id=student_id,
        section_id=given,
        amount_minor=0,
        reason="given",
    )
    studio.staff().call("grant_credit", family_id=family.id, amount_minor=100, reason="given")
    family.hold((student_id, given))
    section_id = studio.section(weekdays=(2,))
    with studio.operator() as operator:
        class_id = operator.execute(
            """
            insert into catalog.requirements (
                studio_id, term_id, class_id, code, kind, enforcement
            )
            select s.studio_id, s.term_id, s.class_id, 'of_' || s.id, 'audition', 'soft_warn'
            from catalog.sections as s
            where s.id = %s
            returning class_id
            """,
            (section_id,),
        ).fetchone()[0]
    staff = studio.staff()
    given_up = family.hold((student_id, studio.section(weekdays=(5,))))
    family.pay(given_up["registration_id"])
    kept = family.keep_card(given_up["registration_id"])
    staff.call(
        "cancel_enrollment",
        enrollment_id=family.api.read("enrollments")[0]["id"],
        reason="given up",
    )
    by_cash = family.hold((student_id, studio.section(weekdays=(4,))))["registration_id"]
    review = family.api.call(
        "submit_payment_review", registration_id=by_cash, kind="cash", reference="in an envelope"
    )
    staff.call("review_payment", review_id=review["review_id"], approve=True)
    staff.call(
        "refund_payment", registration_id=by_cash, amount_minor=100, reason="because we say so"
    )
    staff.call("place_student", student_id=student_id, division="open")
    waiver_id = staff.call(
        "grant_waiver",
        student_id=student_id,
        kind="schedule_conflict",
        reason="given",
        section_id=given,
        other_section_id=section_id,
    )
    approval_id = family.api.call(
        "request_approval", student_id=student_id, class_id=class_id, kind="audition"
    )
    cart_id = family.cart((student_id, section_id))
    quote_id = family.api.call("quote", cart_id=cart_id)["quote_id"]
    registration = family.api.call(
        "checkout",
        cart_id=cart_id,
        quote_id=quote_id,
        idempotency_key="12345678",
        acknowledged=["audition_required"],
    )
    payment_id = family.open_payment(registration["registration_id"])
    full, other = studio.section(weekdays=(3,), capacity=1), studio.family()
    other.hold((other.student(), full))
    joined = family.api.call("join_waitlist", section_id=full, student_ids=[student_id])
    return family, {
        "waitlist_entry_id": joined["entries"][0]["waitlist_entry_id"],
        "approval_id": approval_id,
        "class_id": class_id,
        "student_id": student_id,
        "waiver_id": waiver_id,
        "cart_id": cart_id,
        "quote_id": quote_id,
        "registration_id": registration["registration_id"],
        "payment_id": payment_id,
        "stored_method_id": kept["stored_method_id"],
        "cart_item_id": family.api.read("cart_items", cart_id=f"eq.{cart_id}")[0]["id"],
    }


# ---------------------------------------------------------------- families


def test_a_family_sees_its_own_rows_in_every_view_and_nobody_elses(studio: Studio) -> None:
    theirs, _ = a_family_with_everything(studio)
    mine = studio.family()
    mine.student()

    for view in FAMILY_VIEWS:
        rows = theirs.api.read(view)
        assert rows, f"{view} has a row to hide"
        for column, value in rows[0].items():
            if isinstance(value, list):
                value = f"{{{','.join(map(str, value))}}}"
            found = mine.api.get(view, **{column: "is.null" if value is None else f"eq.{value}"})
            assert found.ok, found.text
            of_family = {row.get("family_id", row["id"]) for row in found.json()}
            assert of_family <= {mine.id}, f"{view} by {column}"
        counted = mine.api.get(view, headers={"Prefer": "count=exact"})
        own = len(counted.json())
        assert counted.headers["Content-Range"].endswith(f"/{own}"), "counts see no more than rows"


def test_another_familys_id_is_an_unknown_id_in_every_parameter(studio: Studio) -> None:
    _, theirs = a_family_with_everything(studio)
    family = studio.family()
    student_id, section_id = family.student(), studio.section()
    cart_id = family.cart((student_id, section_id))
    mine = {
        "cart_id": cart_id,
        "quote_id": family.api.call("quote", cart_id=cart_id)["quote_id"],
        "student_id": student_id,
        "section_id": section_id,
    }
    urls = {"return_url": "https://example.com", "cancel_url": "https://example.com"}
    calls: list[tuple[str, dict[str, Any], str, str]] = [
        ("abandon_checkout", {}, "registration_id", "registration_not_found"),
        ("start_payment", urls, "registration_id", "registration_not_found"),
        (
            "submit_payment_review",
            {"kind": "cash", "reference": "in an envelope"},
            "registration_id",
            "registration_not_found",
        ),
        ("check_cart", {}, "cart_id", "cart_not_found"),
        ("check_payment", {}, "payment_id", "payment_not_found"),
        ("quote", {}, "cart_id", "cart_not_found"),
        (
            "put_cart_item",
            {k: mine[k] for k in ("student_id", "section_id")},
            "cart_id",
            "cart_not_found",
        ),
        (
            "put_cart_item",
            {k: mine[k] for k in ("cart_id", "section_id")},
            "student_id",
            "student_not_found",
        ),
        (
            "checkout",
            {"quote_id": mine["quote_id"], "idempotency_key": "87654321"},
            "cart_id",
            "cart_not_found",
        ),
        (
            "checkout",
            {"cart_id": cart_id, "idempotency_key": "87654321"},
            "quote_id",
            "quote_not_found",
        ),
        ("explain_quote", {}, "quote_id", "quote_not_found"),
        ("remove_cart_item", {}, "cart_item_id", "cart_item_not_found"),
        (
            "set_add_on",
            {"add_on_code": "early", "wanted": True},
            "cart_item_id",
            "cart_item_not_found",
        ),
        ("use_credit", {"use": True}, "cart_id", "cart_not_found"),
        ("remove_stored_method", {}, "stored_method_id", "stored_method_not_found"),
        ("update_student", {"first_name": "Mine"}, "student_id", "student_not_found"),
        (
            "request_approval",
            {"class_id": theirs["class_id"], "kind": "audition"},
            "student_id",
            "student_not_found",
        ),
        ("withdraw_approval", {}, "approval_id", "approval_not_found"),
        (
            "accept_offer",
            {"quote_id": mine["quote_id"], "idempotency_key": "87654321"},
            "waitlist_entry_id",
            "waitlist_entry_not_found",
        ),
        ("decline_offer", {}, "waitlist_entry_id", "waitlist_entry_not_found"),
        ("leave_waitlist", {}, "waitlist_entry_id", "waitlist_entry_not_found"),
    ]
    with nothing_written():
        for function, arguments, parameter, code in calls:
            refused(family.api.post(function, {**arguments, parameter: theirs[parameter]}), code)
        # Of several, one is theirs.
        for wish, code in (
            ({"section_id": section_id, "student_ids": [student_id, theirs["student_id"]]},
             "student_not_found"),
            ({"cart_item_ids": [theirs["cart_item_id"]]}, "cart_item_not_found"),
        ):
            refused(family.api.post("join_waitlist", wish), code)


def test_another_family_can_not_be_named_in_the_header(studio: Studio, family: Family) -> None:
    other = studio.family()
    with nothing_written():
        for name in (str(other.id), "0", "", "1 or 1=1", str(2**70)):
            refused(family.api.get("students", {"X-Family": name}), "family_unknown")
            refused(
                family.api.post(
                    "add_student",
                    {
                        "first_name": "A",
                        "last_name": "B",
                        "birth_date": "2015-01-01",
                    },
                    {"X-Family": name},
                ),
                "family_unknown",
            )
    assert family.api.get("students", {"X-Family": str(family.id)}).ok


def test_a_guardian_of_two_families_says_which(studio: Studio, family: Family) -> None:
    other = studio.family()
    other.student("Theirs")
    family.student("Ours")
    account_id = claims_of(family.api.token)["sub"]
    with studio.operator() as connection:
        connection.execute(
            "insert into identity.guardians (studio_id, family_id, account_id) values (%s, %s, %s)",
            (studio.id, other.id, account_id),
        )
    with nothing_written():
        refused(family.api.get("students"), "family_required")
        refused(family.api.post("open_cart", {"term_id": studio.term_id}), "family_required")
    for family_id, name in ((family.id, "Ours"), (other.id, "Theirs")):
        rows = family.api.get("students", {"X-Family": str(family_id)}).json()
        assert [row["first_name"] for row in rows] == [name]


# ---------------------------------------------------------------- studios


def test_one_account_has_a_family_at_each_studio_and_a_token_for_each(studio: Studio) -> None:
    here = studio.family()
    here.student("Here")
    there = here_at(new_studio(), here)
    there.student("There")
    assert here.id != there.id
    assert claims_of(here.api.token)["sub"] == claims_of(there.api.token)["sub"]
    for family, name in ((here, "Here"), (there, "There")):
        assert [row["first_name"] for row in family.api.read("students")] == [name]
        assert [row["id"] for row in family.api.read("families")] == [family.id]
        assert [row["slug"] for row in family.api.read("studios")] == [family.studio.slug]


def here_at(studio: Studio, family: Family) -> Family:
    """The same person, signed in at another studio."""
    api = studio.anybody()
    api.sign_in(family.email, PASSWORD)
    return Family(studio, api, family.email, api.read("families")[0]["id"])


def test_who_is_signed_in_does_not_matter_to_who_signs_up_or_in(studio: Studio) -> None:
    """As in a browser that two parents share: the first one's token is sent along."""
    first, (_, second) = studio.family(), studio.account()
    staff = studio.staff()
    for caller, headers in ((first.api, {}), (staff, {"X-Family": str(first.id)})):
        new = f"{unique('person')}@example.com"
        answers = {
            caller.post(
                "sign_up", {"email": email, "full_name": "Lin", "password": PASSWORD}, headers
            ).json()["next"]
            for email in (new, second)
        }
        # Known and unknown addresses are answered alike.
        assert answers == {"sign_in"}
        for email in (new, second):
            signed_in = caller.post("sign_in", {"email": email, "password": PASSWORD}, headers)
            assert signed_in.status_code == 200, signed_in.text
            families = studio.anybody().use_token(signed_in.json()["token"]).read("families")
            assert [family["id"] for family in families] != [first.id]
            assert len(families) == 1


def test_a_token_of_one_studio_does_not_open_another(aydt: Studio, elmst: Studio) -> None:
    for home, away in ((aydt, elmst), (elmst, aydt)):
        family = home.family()
        staff = home.staff("owner")
        with nothing_written():
            for caller in (family.api, staff):
                refused(caller.get("terms", {"X-Studio": away.slug}), "studio_mismatch")
                refused(caller.get("students", {"X-Studio": away.slug}), "studio_mismatch")
                refused(
                    caller.post("open_cart", {"term_id": away.term_id}, {"X-Studio": away.slug}),
                    "studio_mismatch",
                )
                refused(caller.get("terms", {"X-Studio": "nowhere"}), "studio_mismatch")
                # The header may be left out: the token says which studio.
                (named,) = caller.get("studios", {"X-Studio": None}).json()
                assert named["slug"] == home.slug
                # Even our own signature makes no guardian or owner of the other studio.
                moved = sign({**claims_of(caller.token), "studio": away.id})
                refused(Caller(away.slug).use_token(moved).get("students"), "role_lost")
                gone = sign({**claims_of(caller.token), "studio": 2_000_000_000})
                refused(
                    Caller(home.slug).use_token(gone).get("students", {"X-Studio": None}),
                    "role_lost",
                )


def test_ids_of_another_studio_are_unknown_ids(aydt: Studio, elmst: Studio) -> None:
    for home, away in ((aydt, elmst), (elmst, aydt)):
        family, other = home.family(), away.family()
        student_id = family.student()
        cart_id, section_id = family.cart(), min(home.sections().values())
        their_section, their_student = min(away.sections().values()), other.student()
        their_cart = other.cart((their_student, their_section))
        their_quote = other.api.call("quote", cart_id=their_cart)["quote_id"]
        calls = [
            ("open_cart", {"term_id": away.term_id}, "term_not_found"),
            (
                "put_cart_item",
                {"cart_id": cart_id, "student_id": student_id, "section_id": their_section},
                "section_not_found",
            ),
            (
                "put_cart_item",
                {"cart_id": cart_id, "student_id": their_student, "section_id": section_id},
                "student_not_found",
            ),
            (
                "put_cart_item",
                {"cart_id": their_cart, "student_id": student_id, "section_id": section_id},
                "cart_not_found",
            ),
            ("quote", {"cart_id": their_cart}, "cart_not_found"),
            ("explain_quote", {"quote_id": their_quote}, "quote_not_found"),
            ("use_credit", {"cart_id": their_cart, "use": True}, "cart_not_found"),
            (
                "update_student",
                {"student_id": their_student, "first_name": "Ours"},
                "student_not_found",
            ),
        ]
        staff = home.staff("owner")
        with nothing_written():
            for function, arguments, code in calls:
                refused(family.api.post(function, arguments), code)
                refused(staff.post(function, arguments, {"X-Family": str(family.id)}), code)
            refused(staff.get("students", {"X-Family": str(other.id)}), "family_unknown")
            refused(staff.post("explain_quote", {"quote_id": their_quote}), "quote_not_found")
        for caller in (family.api, staff, home.anybody()):
            for view, their_id in (("terms", away.term_id), ("sections", their_section)):
                assert caller.read(view, id=f"eq.{their_id}") == []
            assert caller.read("meetings", section_id=f"eq.{their_section}") == []
        assert staff.read("students", id=f"eq.{their_student}") == []


# ---------------------------------------------------------------- staff


def test_staff_see_every_family_of_their_studio_and_none_of_another(studio: Studio) -> None:
    first, second = studio.family(), studio.family()
    first.student("First")
    second.student("Second")
    elsewhere = new_studio().family()
    elsewhere.student("Elsewhere")
    staff = studio.staff()

    assert {row["first_name"] for row in staff.read("students")} == {"First", "Second"}
    families = {row["id"] for row in staff.read("families")}
    assert {first.id, second.id} <= families
    assert elsewhere.id not in families

    only_first = {"X-Family": str(first.id)}
    assert [r["first_name"] for r in staff.get("students", only_first).json()] == ["First"]
    assert [r["id"] for r in staff.get("families", only_first).json()] == [first.id]
    assert staff.get("students", only_first, family_id=f"eq.{second.id}").json() == []


def test_staff_act_for_a_family_they_name_and_it_is_on_record(
    studio: Studio, family: Family
) -> None:
    staff = studio.staff("manager")
    account_id = int(claims_of(staff.token)["sub"])
    as_family = {"X-Family": str(family.id)}
    with nothing_written():
        # A request names its family, and staff have those of all families in their queue.
        for function in set(FAMILY_FUNCTIONS) - {"explain_quote", "withdraw_approval"}:
            refused(staff.post(function, ARGUMENTS[function]), "family_required")

    student_id = staff.post(
        "add_student",
        {
            "first_name": "Ada",
            "last_name": "Stone",
            "birth_date": "2015-01-01",
        },
        as_family,
    ).json()
    hidden = studio.section(visibility="hidden")
    cart_id = staff.post("open_cart", {"term_id": studio.term_id}, as_family).json()
    staff.post(
        "put_cart_item",
        {
            "cart_id": cart_id,
            "student_id": student_id,
            "section_id": hidden,
        },
        as_family,
    ).raise_for_status()
    quote = staff.post("quote", {"cart_id": cart_id}, as_family).json()
    held = staff.post(
        "checkout",
        {
            "cart_id": cart_id,
            "quote_id": quote["quote_id"],
            "idempotency_key": "12345678",
        },
        as_family,
    ).json()

    (mine,) = family.api.read("registrations")
    assert (mine["id"], mine["status"]) == (held["registration_id"], "pending_payment")
    with studio.operator() as connection:
        who = connection.execute(
            "select distinct l.account_id, l.acting_role, l.family_id from ops.audit_log as l"
            " where l.entity = 'enrollment.registrations' and l.entity_id = %s",
            (mine["id"],),
        ).fetchall()
    assert who == [(account_id, "manager", family.id)]


def test_an_instructor_sees_the_catalogue_and_no_family(studio: Studio, family: Family) -> None:
    instructor = studio.staff("instructor")
    assert instructor.read("sections") == []
    studio.section()
    assert len(instructor.read("sections")) == 1
    with nothing_written():
        for view in FAMILY_VIEWS + STAFF_VIEWS:
            response = instructor.get(view)
            assert (response.status_code, response.json()["code"]) == (403, "42501"), view
        for function in FAMILY_FUNCTIONS:
            response = instructor.post(function, ARGUMENTS[function], {"X-Family": str(family.id)})
            assert (response.status_code, response.json()["code"]) == (403, "42501"), function


def test_staff_can_not_do_what_managers_do(studio: Studio) -> None:
    staff = studio.staff()
    with nothing_written():
        for function in MANAGER_FUNCTIONS + OWNER_FUNCTIONS:
            response = staff.post(function, ARGUMENTS[function])
            assert (response.status_code, response.json()["code"]) == (403, "42501"), function
        for view in MANAGER_VIEWS:
            response = staff.get(view)
            assert (response.status_code, response.json()["code"]) == (403, "42501"), view


def test_managers_can_not_do_what_owners_do(studio: Studio) -> None:
    manager = studio.staff("manager")
    with nothing_written():
        for function in OWNER_FUNCTIONS:
            response = manager.post(function, ARGUMENTS[function])
            assert (response.status_code, response.json()["code"]) == (403, "42501"), function


def test_a_family_can_not_do_what_staff_do(studio: Studio, family: Family) -> None:
    with nothing_written():
        for function in STAFF_FUNCTIONS + MANAGER_FUNCTIONS + OWNER_FUNCTIONS:
            response = family.api.post(function, ARGUMENTS[function])
            assert (response.status_code, response.json()["code"]) == (403, "42501"), function
        for view in STAFF_VIEWS + MANAGER_VIEWS:
            response = family.api.get(view)
            assert (response.status_code, response.json()["code"]) == (403, "42501"), view


# ---------------------------------------------------------------- anonymous callers


def test_an_anonymous_caller_reads_the_public_catalogue_and_no_more(aydt: Studio) -> None:
    anybody = aydt.anybody()
    for view in CATALOGUE:
        assert anybody.read(view), view
    assert {row["slug"] for row in anybody.read("studios")} == {"aydt"}
    assert all("studio_id" not in anybody.read(view, limit="1")[0] for view in CATALOGUE)
    with nothing_written():
        for view in FAMILY_VIEWS + STAFF_VIEWS:
            response = anybody.get(view)
            assert (response.status_code, response.json()["code"]) == (401, "42501"), view
        for function in FAMILY_FUNCTIONS:
            response = anybody.post(function, ARGUMENTS[function])
            assert (response.status_code, response.json()["code"]) == (401, "42501"), function


def test_what_is_hidden_or_still_a_draft_is_seen_by_staff_alone(studio: Studio) -> None:
    shown, hidden = studio.section(), studio.section(visibility="hidden")
    draft = studio.term(status="draft")
    in_draft = studio.section(term_id=draft)
    concealed = {hidden, in_draft}

    def seen(caller: Caller) -> dict[str, set[int]]:
        return {
            "terms": {row["id"] for row in caller.read("terms")},
            "sections": {row["id"] for row in caller.read("sections")},
            "section_times": {row["section_id"] for row in caller.read("section_times")},
            "meetings": {row["section_id"] for row in caller.read("meetings")},
            "classes": {row["term_id"] for row in caller.read("classes")},
        }

    public = {
        "terms": {studio.term_id},
        "sections": {shown},
        "section_times": {shown},
        "meetings": {shown},
        "classes": {studio.term_id},
    }
    for caller in (studio.anybody(), studio.family().api, studio.staff("instructor")):
        assert seen(caller) == public
        assert len(caller.read("classes")) == 1
        for section_id in concealed:
            assert caller.read("sections", id=f"eq.{section_id}") == []
    everything = seen(studio.staff())
    assert everything["terms"] == {studio.term_id, draft}
    assert everything["sections"] == everything["meetings"] == {shown, *concealed}


# ---------------------------------------------------------------- the doors of PostgREST


@pytest.mark.parametrize("role", DESCRIBED)
def test_the_description_lists_exactly_what_a_role_may_use(studio: Studio, role: str) -> None:
    if role == "anon":
        caller = studio.anybody()
    elif role == "customer":
        caller = studio.family().api
    else:
        caller = studio.staff(role)

    response = caller.get("", {"X-Studio": None})

    assert response.status_code == 200
    paths = {path.removeprefix("/rpc/").strip("/") for path in response.json()["paths"]} - {""}
    assert paths == set(DESCRIBED[role])
    described = response.json()["paths"]
    for path in paths & set(VIEWS):
        assert described[f"/{path}"]["get"]["summary"], f"{path} has a comment"
    for path in paths - set(VIEWS):
        assert described[f"/rpc/{path}"]["post"]["summary"], f"{path} has a comment"


def test_nobody_writes_to_a_view(studio: Studio) -> None:
    family, _ = a_family_with_everything(studio)
    callers = [studio.anybody(), family.api, studio.staff(), studio.staff("platform_admin")]
    with nothing_written():
        for caller in callers:
            for view in VIEWS:
                # Every row would match the filter.
                for method, query, body in (
                    ("POST", {}, {"name": "mine"}),
                    ("POST", {}, {}),
                    ("POST", {"on_conflict": "id"}, [{"id": 1}]),
                    ("PATCH", {"id": "gt.0"}, {"status": "confirmed"}),
                    ("PATCH", {}, {"name": "mine"}),
                    ("PUT", {"id": "eq.1"}, {"id": 1}),
                    ("DELETE", {"id": "gt.0"}, None),
                    ("DELETE", {}, None),
                ):
                    response = caller.send(method, view, params=query, json=body)
                    # What PostgREST itself can see is wrong it refuses in its own words.
                    if not response.json()["code"].startswith("PGRST"):
                        refused(response, "method_not_allowed")
                    assert 400 <= response.status_code < 500, f"{method} {view}: {response.text}"


@pytest.mark.parametrize(
    "schema",
    [
        "identity",
        "enrollment",
        "pricing",
        "ops",
        "auth",
        "cron",
        "public",
        "pg_catalog",
        "information_schema",
        "tests",
    ],
)
def test_no_other_schema_can_be_asked_for(family: Family, schema: str) -> None:
    with nothing_written():
        for headers in ({"Accept-Profile": schema}, {"Content-Profile": schema}):
            response = family.api.send(
                "GET" if "Accept-Profile" in headers else "POST",
                "students",
                headers=headers,
                json=None if "Accept-Profile" in headers else {},
            )
            assert (response.status_code, response.json()["code"]) == (406, "PGRST106")


def test_embedding_aggregates_and_plans_reveal_nothing(studio: Studio) -> None:
    theirs, _ = a_family_with_everything(studio)
    mine = studio.family()
    mine.hold((mine.student(), studio.section()))
    for caller in (mine.api, studio.anybody()):
        for outer in VIEWS:
            for inner in VIEWS:
                if outer == inner:
                    continue
                response = caller.get(outer, select=f"*,{inner}(*)")
                # There is no key between views, so nothing embeds; if it ever does, no leak.
                if response.ok:
                    for row in response.json():
                        assert f'"family_id": {theirs.id}' not in json.dumps(row)
                else:
                    assert response.status_code < 500, response.text
    for query in ("select=count()", "select=id.count()", "select=total_minor.sum()"):
        response = mine.api.send("GET", f"registrations?{query}")
        assert response.status_code == 400, response.text
    plan = mine.api.get("registrations", {"Accept": "application/vnd.pgrst.plan+json"})
    assert plan.status_code == 415


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Niue", "Asia/Tokyo", "nonsense"])
def test_the_callers_time_zone_changes_no_date_and_no_price(
    studio: Studio, family: Family, zone: str
) -> None:
    section_id = studio.section(starts_at="19:30", ends_at="23:30")
    cart_id = family.cart((family.student(), section_id))
    prefer = {"Prefer": f"timezone={zone}"}

    def dates(headers: dict[str, str]) -> Any:
        return (
            [row["held_on"] for row in studio.anybody().get("meetings", headers).json()],
            [row["starts_at"] for row in studio.anybody().get("section_times", headers).json()],
            [(r["starts_on"], r["ends_on"]) for r in studio.anybody().get("terms", headers).json()],
            [row["birth_date"] for row in family.api.get("students", headers).json()],
        )

    assert dates(prefer) == dates({})
    plain = family.api.post("quote", {"cart_id": cart_id}).json()
    zoned = family.api.post("quote", {"cart_id": cart_id}, prefer).json()
    assert zoned["schedule"] == plain["schedule"]
    assert zoned["priced_at"].endswith("+00:00"), "functions answer in UTC"
    assert (
        family.api.post(
            "checkout",
            {
                "cart_id": cart_id,
                "quote_id": plain["quote_id"],
                "idempotency_key": "12345678",
            },
            prefer,
        )
        .json()["hold_expires_at"]
        .endswith("+00:00")
    )


@pytest.mark.parametrize("prefer", ["Pacific/Niue", "Pacific/Kiritimati"])
@pytest.mark.parametrize("zone", ["Pacific/Niue", "Pacific/Kiritimati"])
def test_a_birth_date_is_judged_by_the_studios_day_and_not_by_the_callers(
    stack: None, zone: str, prefer: str
) -> None:
    # Between the two it is always another date.
    studio = new_studio(zone)
    family = studio.family()
    today, tomorrow = (
        studio.ask("select (studio.local_date(now()) + %s)::text", days) for days in (0, 1)
    )

    def add(birth_date: str) -> Any:
        return family.api.post(
            "add_student",
            {"first_name": "A", "last_name": "B", "birth_date": birth_date},
            {"Prefer": f"timezone={prefer}"},
        )

    assert add(today).ok
    refused(add(tomorrow), "invalid_birth_date")


def test_the_description_needs_no_studio_and_everything_else_does(aydt: Studio) -> None:
    anybody = aydt.anybody()
    assert anybody.get("", {"X-Studio": None}).ok
    for path in VIEWS:
        refused(anybody.get(path, {"X-Studio": None}), "studio_required")


# ---------------------------------------------------------------- the database behind it


def test_a_request_that_skipped_the_hook_sees_nothing(family: Family) -> None:
    """Row security fails closed: without a studio in scope a statement raises."""
    with psycopg.connect(login_url("authenticator")) as connection:
        for role in ("anon", "customer", "staff"):
            for view in CATALOGUE + (FAMILY_VIEWS if role != "anon" else []):
                if view == "error_codes":
                    continue
                with pytest.raises(psycopg.Error) as raised, connection.transaction():
                    connection.execute(f"set local role {role}")
                    connection.execute(f"select * from api.{view}")
                assert raised.value.sqlstate == "PGRST", f"{role} {view}"


def test_a_customer_role_with_a_connection_of_its_own_can_not_change_its_scope(
    studio: Studio, family: Family
) -> None:
    """Even SQL run as the role of a request reaches the tables only as far as policies go."""
    other = studio.family()
    other.student()
    with request_of(family.api) as connection:
        for statement in (
            "select auth.enter_studio(1)",
            "set session authorization deploy",
            "set role deploy",
            "select * from identity.accounts",
            "select * from identity.credentials",
            "select * from identity.signing_keys",
            "select * from ops.audit_log",
            "insert into enrollment.confirmations (studio_id) values (1)",
            "update enrollment.registrations set status = 'confirmed'",
            "delete from enrollment.seats",
            "select pg_advisory_lock(1)",
            "select enrollment.release_lapsed()",
            "call ops.run_job('enrollment.expire_holds')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement)
        assert connection.execute("select count(*) from api.students").fetchone() == (0,)
