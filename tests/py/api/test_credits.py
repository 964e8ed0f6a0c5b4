"""Credits, adjustments and add-ons over HTTP: what happens at once, and what nobody else may see."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from typing import Any

import pytest

from tests.py.support import (
    RATES,
    Caller,
    Family,
    Studio,
    at_once,
    nothing_written,
    outcome,
    refused,
    unique,
)

PRICE = RATES[1]

# How often a race is run whose outcome hangs on who is first.
ROUNDS = 4


@pytest.fixture
def staff(studio: Studio) -> Caller:
    return studio.staff()


def grant(staff: Caller, family: Family, amount_minor: int) -> int:
    return staff.call(
        "grant_credit", family_id=family.id, amount_minor=amount_minor, reason="a lesson fell out"
    )


def left(family: Family) -> int:
    """Return what the family sees that it has left, having checked that nothing got lost."""
    rows = family.api.read("credits")
    for row in rows:
        assert row["amount_minor"] == row["spent_minor"] + row["left_minor"]
        assert row["left_minor"] >= 0
    return sum(row["left_minor"] for row in rows)


def enter(family: Family, student_id: int, *, use: bool = True, **where: Any) -> dict[str, Any]:
    """Quote a new section in the cart of a term: what checkout needs, with the total told."""
    studio = family.studio
    section_id = studio.section(title=unique("Class"), **where)
    cart_id = family.cart((student_id, section_id), term_id=where.get("term_id"))
    family.api.call("use_credit", cart_id=cart_id, use=use)
    return quoted(family, cart_id)


def quoted(family: Family, cart_id: int) -> dict[str, Any]:
    quote = family.api.call("quote", cart_id=cart_id)
    return {
        "cart_id": cart_id,
        "quote_id": quote["quote_id"],
        "idempotency_key": secrets.token_hex(8),
    }


def gateway_calls(studio: Studio) -> int:
    return studio.ask(
        "select count(*) from payment.gateway_calls as c where c.studio_id = %s", studio.id
    )


# ---------------------------------------------------------------- credits


@pytest.mark.parametrize("kept", [PRICE, PRICE + 4_000])
def test_two_checkouts_at_once_do_not_spend_one_credit_twice(
    studio: Studio, staff: Caller, kept: int
) -> None:
    """A family has one open checkout a term, so the two are in two terms."""
    for _ in range(ROUNDS):
        family = studio.family()
        student_id = family.student()
        grant(staff, family, kept)
        checkouts = [
            enter(family, student_id, weekdays=(day,), term_id=studio.term()) for day in (1, 2)
        ]

        outcomes = at_once(
            *[lambda c=c: outcome(family.api.post("checkout", c)) for c in checkouts]
        )

        assert Counter(outcomes) == {"ok": 1, "quote_changed": 1}
        assert left(family) == kept - PRICE
        # The one who came second is told what is due now, and pays it.
        second = checkouts[outcomes.index("quote_changed")]
        held = family.api.call("checkout", **quoted(family, second["cart_id"]))
        assert held["total_minor"] == PRICE - (kept - PRICE)
        assert left(family) == 0


def test_a_credit_that_covers_all_confirms_without_the_gateway(
    studio: Studio, staff: Caller, family: Family
) -> None:
    grant(staff, family, PRICE + 1)
    registration = family.api.call("checkout", **enter(family, family.student()))

    assert (registration["status"], registration["total_minor"]) == ("confirmed", 0)
    assert left(family) == 1
    assert gateway_calls(studio) == 0
    assert family.api.read("payments") == []
    refused(
        family.api.post(
            "start_payment",
            {
                "registration_id": registration["registration_id"],
                "return_url": "https://example.com",
                "cancel_url": "https://example.com",
            },
        ),
        "registration_confirmed",
    )


def test_a_hold_that_ends_gives_back_what_it_took_once(
    studio: Studio, staff: Caller, family: Family
) -> None:
    grant(staff, family, 3_000)
    grant(staff, family, 1_000)
    student_id = family.student()
    cart_id = enter(family, student_id)["cart_id"]
    held = family.api.call("checkout", **quoted(family, cart_id))
    assert (held["total_minor"], left(family)) == (PRICE - 4_000, 0)
    abandon = {"registration_id": held["registration_id"]}
    outcomes = at_once(*[lambda: outcome(family.api.post("abandon_checkout", abandon))] * 4)
    assert "ok" in outcomes
    assert left(family) == 4_000

    held = family.api.call("checkout", **quoted(family, cart_id))
    assert left(family) == 0
    studio.lapse(held["registration_id"])
    # Nobody has looked yet; the next checkout has it all the same.
    held = family.api.call("checkout", **quoted(family, cart_id))
    assert (held["total_minor"], left(family)) == (PRICE - 4_000, 0)
    family.pay(held["registration_id"])
    assert left(family) == 0
    used = studio.ask(
        "select sum(u.amount_minor) from pricing.credit_uses as u"
        " where u.studio_id = %s and u.status = 'used'",
        studio.id,
    )
    assert used == 4_000


def test_a_credit_belongs_to_one_family(studio: Studio, staff: Caller, family: Family) -> None:
    grant(staff, family, PRICE)
    stranger = studio.family()
    cart = enter(stranger, stranger.student())
    cart_id = family.cart()
    assert stranger.api.read("credits") == []
    assert stranger.api.call("quote", cart_id=cart["cart_id"])["total_minor"] == PRICE
    with nothing_written():
        refused(
            stranger.api.post("use_credit", {"cart_id": cart_id, "use": True}),
            "cart_not_found",
        )
        refused(
            staff.post(
                "grant_credit",
                {"family_id": family.id, "amount_minor": 1, "reason": "why"},
                {"X-Family": str(stranger.id)},
            ),
            "family_unknown",
        )
        # Money of a fraction of a cent is no money.
        response = staff.post(
            "grant_credit", {"family_id": family.id, "amount_minor": 20.125, "reason": "why"}
        )
        assert (response.status_code, response.json()["code"]) == (400, "22P02")


# ---------------------------------------------------------------- adjustments and line prices


def test_an_adjustment_is_withdrawn_or_taken_and_never_both(
    studio: Studio, staff: Caller
) -> None:
    for _ in range(ROUNDS):
        family = studio.family()
        student_id = family.student()
        adjustment_id = staff.call(
            "adjust_price",
            term_id=studio.term_id,
            student_id=student_id,
            kind="proration",
            label="Joined in week 4",
            amount_minor=-2_500,
            reason="joined late",
        )
        checkout = enter(family, student_id, use=False)
        withdrawal = {"adjustment_id": adjustment_id, "reason": "a mistake"}

        outcomes = at_once(
            lambda c=checkout: outcome(family.api.post("checkout", c)),
            lambda w=withdrawal: outcome(staff.post("withdraw_adjustment", w)),
        )

        assert outcomes in (["ok", "checkout_open"], ["quote_changed", "ok"])
        (row,) = staff.read("adjustments", id=f"eq.{adjustment_id}")
        assert row["status"] == ("held" if outcomes[0] == "ok" else "withdrawn")


def test_staff_setting_one_line_at_once_leave_one_price(
    studio: Studio, family: Family
) -> None:
    student_id = family.student()
    staff = [studio.staff() for _ in range(4)]

    outcomes = Counter(
        at_once(
            *[
                lambda who=who, amount=amount: outcome(
                    who.post(
                        "set_line_price",
                        {
                            "term_id": studio.term_id,
                            "student_id": student_id,
                            "kind": "tuition",
                            "code": "open",
                            "amount_minor": amount,
                            "reason": "agreed",
                        },
                    )
                )
                for amount, who in enumerate(staff * 2)
            ]
        )
    )

    assert outcomes == {"ok": 8}
    assert (
        studio.ask(
            "select count(*) from pricing.line_overrides as o"
            " where o.student_id = %s and o.superseded_at is null",
            student_id,
        )
        == 1
    )
    quote = family.api.call("quote", cart_id=enter(family, student_id, use=False)["cart_id"])
    (_, adjustment) = quote["students"][0]["lines"]
    assert adjustment["label"].startswith("Price set by the studio: Tuition, Open")
    assert quote["total_minor"] in range(8)


# ---------------------------------------------------------------- add-ons and prices of classes


def test_managers_saving_one_table_at_once_are_told_who_was_second(
    studio: Studio, family: Family
) -> None:
    section_id = studio.section()
    class_id = studio.ask("select s.class_id from catalog.sections as s where s.id = %s", section_id)
    managers = [studio.staff("manager") for _ in range(4)]
    for function, row in (
        (
            "save_add_ons",
            {
                "section_id": section_id,
                "code": "early",
                "name": "Early drop-off",
                "required": False,
                "position": 1,
            },
        ),
        ("save_class_prices", {"class_id": class_id, "reason": "a trial year"}),
    ):
        saves = [
            {
                "term_id": studio.term_id,
                "expected_version": 0,
                "rows": [{**row, "amount_minor": 1_000 + amount}],
            }
            for amount in range(4)
        ]
        outcomes = Counter(
            at_once(
                *[
                    lambda who=who, save=save, function=function: outcome(who.post(function, save))
                    for who, save in zip(managers, saves, strict=True)
                ]
            )
        )
        assert outcomes == {"ok": 1, "version_stale": 3}
        # Loaded, saved again: nothing changes.
        view = function.removeprefix("save_")
        (loaded,) = managers[0].read(view, select=",".join([*row, "amount_minor"]))
        again = managers[0].call(
            function, term_id=studio.term_id, expected_version=1, rows=[loaded]
        )
        assert again["version"] == 1
        with nothing_written():
            wrong = managers[0].post(
                function,
                {
                    "term_id": studio.term_id,
                    "expected_version": 1,
                    "rows": [loaded, {**loaded, "amount_minor": 20_125.5}],
                },
            )
            details = json.loads(refused(wrong, "rule_invalid")["details"])
            assert details["row"] == 2, "the same thing is there twice"
            wrong = managers[0].post(
                function,
                {
                    "term_id": studio.term_id,
                    "expected_version": 1,
                    "rows": [{**loaded, "amount_minor": 20_125.5}],
                },
            )
            details = json.loads(refused(wrong, "rule_invalid")["details"])
            assert (details["row"], details["column"]) == (1, "amount_minor")
    cart_id = family.cart((family.student(), section_id))
    assert family.api.call("quote", cart_id=cart_id)["total_minor"] in range(1_000, 1_004)


def test_add_ons_are_seen_with_their_section_and_had_by_asking(
    studio: Studio, family: Family
) -> None:
    shown, hidden = studio.section(), studio.section(visibility="hidden")
    rows = [
        {
            "section_id": section_id,
            "code": code,
            "name": code.title(),
            "description": None,
            "amount_minor": 2_000,
            "required": code == "shirt",
            "position": 1,
        }
        for section_id in (shown, hidden)
        for code in ("early", "shirt")
    ]
    studio.staff("manager").call(
        "save_add_ons", term_id=studio.term_id, expected_version=0, rows=rows
    )
    for caller in (studio.anybody(), family.api):
        assert {row["section_id"] for row in caller.read("add_ons")} == {shown}
    assert len(studio.staff().read("add_ons")) == 4

    cart_id = family.cart((family.student(), shown))
    (item,) = family.api.read("cart_items")
    assert family.api.call("quote", cart_id=cart_id)["total_minor"] == PRICE + 2_000
    family.api.call("set_add_on", cart_item_id=item["id"], add_on_code="early", wanted=True)
    (item,) = family.api.read("cart_items")
    assert item["add_on_codes"] == ["early"]
    assert family.api.call("quote", cart_id=cart_id)["total_minor"] == PRICE + 4_000
    with nothing_written():
        for code, wanted, refusal in (
            ("shirt", False, "add_on_required"),
            ("late", True, "add_on_unknown"),
            ("", True, "add_on_unknown"),
        ):
            refused(
                family.api.post(
                    "set_add_on",
                    {"cart_item_id": item["id"], "add_on_code": code, "wanted": wanted},
                ),
                refusal,
            )
    # What is taken out of the cart takes what belongs to it along.
    family.api.call("remove_cart_item", cart_item_id=item["id"])
    family.cart((item["student_id"], shown))
    assert family.api.call("quote", cart_id=cart_id)["total_minor"] == PRICE + 2_000
