"""What is wrong in rules of prices, and in what a cart asks of them: refused, and nothing written.

Like test_bad_input.py, for the functions that save rules, and for tiers, dates, add-ons, plans,
coupons, adjustments and prices of lines.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.py.support import (
    RATES,
    Caller,
    Family,
    Studio,
    new_studio,
    nothing_written,
    refused,
)


@dataclass(frozen=True)
class School:
    """A studio with a section of each kind, for rules to name."""

    studio: Studio
    manager: Caller
    ballet: int
    ballet_class: int
    program: int
    camp: int
    by_date: int
    held_on: str
    elsewhere: int

    def save(self, function: str, rows: Any, raw: dict[str, str] | None = None) -> Any:
        """Save a table of which nothing was saved before; return the response.

        raw: JSON to put in place of these texts, where Python can't write it.
        """
        scope = {"save_tiers": self.camp, "save_date_prices": self.by_date}
        arguments = {
            **(
                {"section_id": scope[function]}
                if function in scope
                else {"term_id": self.studio.term_id}
            ),
            "expected_version": 0,
            "rows": rows,
        }
        return post_raw(self.manager, function, arguments, raw or {})

    def good(self, function: str) -> dict[str, Any]:
        """A row that the function takes."""
        ids = {"section_id": self.ballet, "class_id": self.ballet_class, "held_on": self.held_on}
        return {
            column: ids[column] if value == "its own" else value
            for column, value in GOOD[function].items()
        }


def post_raw(
    caller: Caller, function: str, arguments: Any, raw: dict[str, str]
) -> requests.Response:
    """Call a function with JSON as it stands, where Python would write it otherwise."""
    body = json.dumps(arguments)
    for text, written in raw.items():
        body = body.replace(json.dumps(text), written)
    return caller.send(
        "POST",
        f"rpc/{function}",
        data=body.encode(),
        headers={"Content-Type": "application/json"},
    )


GOOD: dict[str, dict[str, Any]] = {
    "save_add_ons": {
        "section_id": "its own",
        "code": "early",
        "name": "Early drop-off",
        "description": None,
        "amount_minor": 2_000,
        "required": False,
        "position": 1,
    },
    "save_class_prices": {"class_id": "its own", "amount_minor": 9_000, "reason": "a trial year"},
    "save_coupons": {
        "key": "spring",
        "name": "Spring",
        "code": "SPRING-25",
        "kind": "flat",
        "percent_bp": None,
        "amount_minor": 500,
        "available_from": None,
        "available_until": None,
        "max_uses": None,
        "max_uses_per_family": None,
        "stackable": True,
        "applies_to": ["tuition"],
        "most_expensive_only": False,
        "active": True,
        "section_ids": [],
    },
    "save_date_prices": {"held_on": "its own", "amount_minor": 2_000},
    "save_discounts": {
        "code": "third",
        "label": "Third class",
        "category": "weekly_classes",
        "threshold": 3,
        "recipients": "reaching",
        "kind": "flat",
        "percent_bp": None,
        "amount_minor": 2_500,
        "reduces_tuition": True,
        "reduces_fees": False,
        "reduces_programs": False,
        "available_from": None,
        "available_until": None,
        "position": 1,
        "section_ids": [],
    },
    "save_family_discount": {"min_students": 2, "amount_minor": 5_000},
    "save_fees": {
        "code": "costume",
        "label": "Costume",
        "unit": "class",
        "amount_minor": 6_500,
        "charged_modes": ["standard"],
        "division": None,
        "division_of": None,
        "position": 1,
        "class": None,
        "section": None,
        "discountable": True,
        "once_per_term": True,
        "proration": "none",
        "exempt_classes": [],
    },
    "save_plans": {
        "code": "deposit",
        "label": "With a deposit",
        "kind": "deposit_flat",
        "installments": 2,
        "auto_pay": False,
        "fee_per_installment_minor": 0,
        "accepts_checkout": False,
        "deposit_minor": 5_000,
        "deposit_bp": None,
        "balance_due_on": "2030-01-31",
        "last_due_on": None,
        "due_dates": None,
        "shares_bp": None,
    },
    "save_program_prices": {
        "program": "technique",
        "amount_minor": 71_678,
        "registration_fee_minor": 0,
    },
    "save_rates": {
        "division": "open",
        "location": None,
        "weekly_count": 1,
        "amount_minor": 79_643,
    },
    "save_tiers": {
        "code": "half_day",
        "name": "Half day",
        "starts_at": "09:00",
        "ends_at": "12:00",
        "position": 1,
        "amount_minor": 32_500,
    },
}


@pytest.fixture(scope="module")
def school(stack: None) -> School:
    studio = new_studio()
    with studio.operator() as connection:
        connection.execute(
            "insert into catalog.programs (studio_id, code, name)"
            " values (%s, 'technique', 'Technique')",
            (studio.id,),
        )
    ballet = studio.section(title="Ballet")
    by_date = studio.section(price_mode="drop_in")
    meetings = studio.anybody().read("meetings", section_id=f"eq.{by_date}", order="held_on")
    return School(
        studio,
        studio.staff("manager"),
        ballet,
        studio.ask("select s.class_id from catalog.sections as s where s.id = %s", ballet),
        studio.section(program="technique"),
        studio.section(price_mode="tiered"),
        by_date,
        meetings[0]["held_on"],
        studio.section(term_id=studio.term()),
    )


def wrong(
    response: requests.Response, row: int, column: str | None, what: Any = None
) -> None:
    """Assert that a table was refused for a row and column of it; what: to tell cases apart."""
    assert not response.ok, (what, response.text)
    details = json.loads(refused(response, "rule_invalid")["details"])
    assert (details["row"], details["column"]) == (row, column), (what, response.text)


# ---------------------------------------------------------------- rules


def forms(studio: Studio) -> dict[str, list[str]]:
    """By function that saves rules, the columns of its form that hold money or percentages."""
    with studio.operator() as connection:
        rows = connection.execute(
            "select p.proname, p.prosrc from pg_proc as p"
            " where p.pronamespace = 'api'::regnamespace and p.proname like 'save\\_%%'"
        ).fetchall()
    return {
        name: re.findall(r'"(\w+_(?:minor|bp))": \{\s*"type": "whole"', source)
        for name, source in rows
    }


def test_every_function_that_saves_rules_is_tried(school: School) -> None:
    found = forms(school.studio)
    # Rules of who may enroll are tried in tests/sql/enrollment/save_requirements, what is sold by
    # weekday in tests/sql/catalog/save_section_sale.
    assert set(found) - {"save_requirements", "save_section_sale"} == set(GOOD)
    assert all(found[function] for function in GOOD)


def test_an_amount_that_is_no_whole_number_of_minor_units(school: School) -> None:
    with nothing_written():
        for function, columns in forms(school.studio).items():
            for column in columns:
                row = {**school.good(function), column: "wrong"}
                for value in (
                    "20125.5", "1e-400", "-1", "1e11", "1e400", '"20125"', "true", '{"amount": 1}'
                ):
                    wrong(school.save(function, [row], {"wrong": value}), 1, column, function)


def test_a_number_that_no_json_has_or_no_number_holds(school: School) -> None:
    rate = {**school.good("save_rates"), "amount_minor": "wrong"}
    with nothing_written():
        for value in ("NaN", "Infinity", "-Infinity", "0x10", "1_000", "01", "1e", "٣٣"):
            response = school.save("save_rates", [rate], {"wrong": value})
            assert (response.status_code, response.json()["code"]) == (400, "PGRST102"), value
        response = school.save("save_rates", [rate], {"wrong": "1e200000"})
        assert (response.status_code, response.json()["code"]) == (400, "22003")
        for value in ("9" * 3_000, "1e131071", "0." + "0" * 10_000 + "1"):
            wrong(school.save("save_rates", [rate], {"wrong": value}), 1, "amount_minor")


def test_rows_that_are_nested_too_many_or_twice_the_same(school: School) -> None:
    nested = {"nested": "[" * 1_000 + "]" * 1_000}
    with nothing_written():
        for function in GOOD:
            good = school.good(function)
            first = next(iter(good))
            # Two prices of the same thing: nobody could say which holds.
            key = None if function == "save_family_discount" else first
            for rows, row, column in (
                ([good, good], 2, key),
                ([7] * 10_000, 1_001, None),
                ([{**good, first: "nested"}], 1, first),
                ([good, "nested"], 2, None),
                ([{**good, "Amount_minor": 1}], 1, "Amount_minor"),
                # The first letter is a Cyrillic one.
                ([{**good, "аmount_minor": 1}], 1, "аmount_minor"),
            ):
                wrong(school.save(function, rows, nested), row, column, function)


def test_json_deeper_than_the_server_follows(school: School) -> None:
    with nothing_written():
        for depth, status, code in ((5_000, 400, "rule_invalid"), (200_000, 413, "54001")):
            for opening, closing in ("[]", ('{"a":', "}")):
                nested = opening * depth + "1" + closing * depth
                response = school.save("save_rates", "nested", {"nested": nested})
                assert (response.status_code, response.json()["code"]) == (status, code)


TEXTS = {
    "save_add_ons": ["code", "name"],
    "save_class_prices": ["reason"],
    "save_coupons": ["key", "name"],
    "save_discounts": ["code", "label"],
    "save_fees": ["code", "label"],
    "save_plans": ["code", "label"],
    "save_program_prices": ["program"],
    "save_rates": ["division"],
    "save_tiers": ["code", "name"],
}


def test_a_name_of_blanks_and_a_code_of_other_letters(school: School) -> None:
    with nothing_written():
        for function, column in ((f, column) for f, columns in TEXTS.items() for column in columns):
            values: list[Any] = ["   ", "\t\r\n", "\u00a0\u200b\ufeff", "x" * 1_001, 7]
            if column in ("code", "key", "program", "division"):
                values += ["Early", "straße", "i\u0307", "ｅarly", "a b", "a\nb"]
            for value in values:
                row = {**school.good(function), column: value}
                wrong(school.save(function, [row]), 1, column, function)


WINDOW = {"available_from": "2030-01-02T00:00:00Z", "available_until": "2030-01-01T23:00:00-05:00"}
PERCENT = {"kind": "percent", "amount_minor": None}
DATED = {
    "kind": "dated",
    "deposit_minor": None,
    "balance_due_on": None,
    "due_dates": ["2030-01-31", "2030-03-31"],
    "shares_bp": [6_000, 4_000],
}
# By function: what contradicts itself or what is there, and the column that is named for it.
CONTRADICTIONS: dict[str, list[tuple[dict[str, Any], str]]] = {
    "save_add_ons": [({"section_id": 0}, "section_id"), ({"section_id": 10**15}, "section_id")],
    "save_class_prices": [({"class_id": 10**15}, "class_id"), ({"class_id": -1}, "class_id")],
    "save_coupons": [
        ({**WINDOW, "available_until": "2030-01-01T00:00:00Z"}, "available_until"),
        # The same instant on two clocks.
        ({**WINDOW, "available_until": "2030-01-01T19:00:00-05:00"}, "available_until"),
        ({"available_from": "2030-01-01T00:00:00"}, "available_from"),
        ({"available_from": "2030-01-01T00:00:00+16:00"}, "available_from"),
        ({"available_from": "2030-02-30T00:00:00Z"}, "available_from"),
        ({"available_until": "infinity"}, "available_until"),
        ({**PERCENT, "percent_bp": 10_001}, "percent_bp"),
        ({**PERCENT, "percent_bp": 0}, "percent_bp"),
        ({**PERCENT, "percent_bp": 33.3}, "percent_bp"),
        (PERCENT, "percent_bp"),
        ({"percent_bp": 100}, "percent_bp"),
        ({"amount_minor": None}, "amount_minor"),
        ({"max_uses": 0}, "max_uses"),
        ({"max_uses_per_family": -1}, "max_uses_per_family"),
        ({"applies_to": []}, "applies_to"),
        ({"applies_to": ["everything"]}, "applies_to"),
        ({"applies_to": [["tuition"]]}, "applies_to"),
        ({"section_ids": [10**15]}, "section_ids"),
        ({"section_ids": [1.5]}, "section_ids"),
        ({"section_ids": [-1]}, "section_ids"),
        # Without a code it would be everybody's.
        ({"code": ""}, "code"),
        ({"code": "   "}, "code"),
        ({"code": "\t\n\u00a0"}, "code"),
        ({"code": "\u200b\u200b\u200b"}, "code"),
        # What some phones can't type, or look alike, or have another capital.
        ({"code": "straße"}, "code"),
        ({"code": "İSTANBUL"}, "code"),
        ({"code": "ılık"}, "code"),
        ({"code": "ＳＰＲＩＮＧ"}, "code"),
        ({"code": "SPR\u200bING"}, "code"),
        ({"code": "SPR\tING"}, "code"),
        ({"code": "AB"}, "code"),
        ({"code": "A" * 41}, "code"),
    ],
    "save_date_prices": [
        ({"held_on": "2001-01-01"}, "held_on"),
        ({"held_on": "2030-02-30"}, "held_on"),
        ({"held_on": "２０３０-01-01"}, "held_on"),
        ({"held_on": "infinity"}, "held_on"),
    ],
    "save_discounts": [
        ({**WINDOW, "available_until": "2030-01-01T00:00:00Z"}, "available_until"),
        ({**PERCENT, "percent_bp": 10_001}, "percent_bp"),
        (PERCENT, "percent_bp"),
        ({"percent_bp": 100}, "percent_bp"),
        ({"amount_minor": None}, "amount_minor"),
        ({"threshold": 0}, "threshold"),
        ({"threshold": -1}, "threshold"),
        ({"threshold": None}, "threshold"),
        ({"recipients": None}, "recipients"),
        ({"category": "unconditional"}, "threshold"),
        ({"category": "unconditional", "threshold": None}, "recipients"),
        ({"category": "birthday"}, "category"),
        ({"reduces_tuition": False}, "reduces_tuition"),
        ({"section_ids": [10**15]}, "section_ids"),
    ],
    "save_family_discount": [({"min_students": 1}, "min_students")],
    "save_fees": [
        ({"division": "open"}, "division_of"),
        ({"division_of": "class"}, "division_of"),
        ({"division": "closed", "division_of": "class"}, "division"),
        ({"division": "open", "division_of": "class", "class": "Ballet"}, "class"),
        ({"class": "Balett"}, "class"),
        ({"class": "Ballet", "section": "Nowhere"}, "section"),
        ({"section": "Monday"}, "section"),
        ({"exempt_classes": ["Balett"]}, "exempt_classes"),
        ({"exempt_classes": [None]}, "exempt_classes"),
        ({"exempt_classes": "Ballet"}, "exempt_classes"),
        ({"charged_modes": []}, "charged_modes"),
        ({"unit": "day"}, "unit"),
    ],
    "save_plans": [
        ({"kind": "deposit_percent", "deposit_minor": None, "deposit_bp": 10_001}, "deposit_bp"),
        ({"kind": "deposit_percent", "deposit_minor": None}, "deposit_bp"),
        ({"kind": "deposit_percent", "deposit_bp": 5_000}, "deposit_minor"),
        ({"deposit_minor": None}, "deposit_minor"),
        ({"fee_per_installment_minor": 500}, "fee_per_installment_minor"),
        ({"installments": 3}, "installments"),
        ({"installments": 13}, "installments"),
        ({"balance_due_on": "2030-02-30"}, "balance_due_on"),
        ({"last_due_on": "2030-01-31"}, "last_due_on"),
        ({"kind": "custom"}, "kind"),
        ({"code": "custom"}, "code"),
        ({"kind": "full", "installments": 1, "deposit_minor": None}, "balance_due_on"),
        ({**DATED, "balance_due_on": "2030-01-31"}, "balance_due_on"),
        ({**DATED, "shares_bp": [6_000, 4_001]}, "shares_bp"),
        ({**DATED, "shares_bp": [6_000, 3_999]}, "shares_bp"),
        ({**DATED, "shares_bp": [10_000, 0]}, "shares_bp"),
        ({**DATED, "shares_bp": [5_000.5, 4_999.5]}, "shares_bp"),
        ({**DATED, "shares_bp": [10_000]}, "shares_bp"),
        ({**DATED, "due_dates": ["2030-03-31", "2030-01-31"]}, "due_dates"),
        ({**DATED, "due_dates": ["2030-01-31", "2030-01-31"]}, "due_dates"),
        ({**DATED, "due_dates": ["2030-01-31"]}, "due_dates"),
        ({**DATED, "due_dates": ["2030-01-31", None]}, "due_dates"),
        ({**DATED, "due_dates": ["2030-01-31", "2030-02-30"]}, "due_dates"),
    ],
    "save_program_prices": [({"program": "unknown"}, "program")],
    "save_rates": [
        ({"division": "closed"}, "division"),
        ({"location": "Nowhere"}, "location"),
        ({"weekly_count": 0}, "weekly_count"),
        ({"weekly_count": 1.5}, "weekly_count"),
        ({"weekly_count": 101}, "weekly_count"),
    ],
    "save_tiers": [
        ({"starts_at": "12:00"}, "ends_at"),
        ({"starts_at": "13:00"}, "ends_at"),
        ({"ends_at": "24:00"}, "ends_at"),
        ({"starts_at": "9:00"}, "starts_at"),
        ({"starts_at": "09:00:30"}, "starts_at"),
    ],
}


def test_a_rule_that_contradicts_itself_or_what_is_there(school: School) -> None:
    assert set(CONTRADICTIONS) == set(GOOD)
    with nothing_written():
        for function, changes in CONTRADICTIONS.items():
            for change, column in changes:
                row = {**school.good(function), **change}
                wrong(school.save(function, [row]), 1, column, (function, change))


def test_rules_that_contradict_each_other(school: School) -> None:
    with nothing_written():
        rate = school.good("save_rates")
        hall = {**rate, "location": "Main Hall"}
        response = school.save("save_rates", [rate, hall, {**hall, "location": " Main Hall\t"}])
        wrong(response, 3, "division")
        every = {"held_on": None, "amount_minor": 1}
        wrong(school.save("save_date_prices", [every, {"amount_minor": 2}]), 2, "held_on")
        coupon = school.good("save_coupons")
        other = {**coupon, "key": "other", "code": " spring-25"}
        wrong(school.save("save_coupons", [coupon, other]), 2, "code")
        add_on = {**school.good("save_add_ons"), "section_id": school.elsewhere}
        wrong(school.save("save_add_ons", [add_on]), 1, "section_id")
        for function in ("save_coupons", "save_discounts"):
            row = {**school.good(function), "section_ids": [school.ballet, school.elsewhere]}
            wrong(school.save(function, [row]), 1, "section_ids")
        # What a program costs is the program's.
        class_id = school.studio.ask(
            "select s.class_id from catalog.sections as s where s.id = %s", school.program
        )
        row = {**school.good("save_class_prices"), "class_id": class_id}
        wrong(school.save("save_class_prices", [row]), 1, "class_id")


def test_of_a_name_that_comes_twice_in_a_row_the_last_counts_and_is_answered(
    studio: Studio,
) -> None:
    """So reads everybody JSON; who wrote it sees in the answer what was saved."""
    saved = post_raw(
        studio.staff("manager"),
        "save_rates",
        {"term_id": studio.term_id, "expected_version": 0, "rows": ["row"]},
        {
            "row": '{"division": "open", "location": null, "weekly_count": 1,'
            ' "amount_minor": 1, "amount_minor": 2}'
        },
    )
    assert [row["amount_minor"] for row in saved.json()["rows"]] == [2]


# ---------------------------------------------------------------- what a cart asks for


def test_a_tier_or_a_date_that_can_not_be_had(school: School) -> None:
    family = school.studio.family()
    cart_id, student_id = family.cart(), family.student()
    begun = school.studio.section(price_mode="drop_in", dates=("2025-01-06", "2025-01-20"))
    meetings = school.studio.anybody().read(
        "meetings", section_id=f"eq.{school.by_date}", order="held_on"
    )
    cancelled = meetings[1]["held_on"]
    with school.studio.operator() as connection:
        connection.execute(
            "update catalog.meetings set status = 'cancelled' where id = %s", (meetings[1]["id"],)
        )
    cases: list[tuple[int, dict[str, Any], str]] = [
        (school.ballet, {"tier": "half_day"}, "tier_not_offered"),
        (school.ballet, {"tier": ""}, "tier_not_offered"),
        (school.ballet, {"dates": [school.held_on]}, "dates_not_offered"),
        (school.program, {"dates": []}, "dates_not_offered"),
        (school.camp, {"tier": "half_day", "dates": [school.held_on]}, "dates_not_offered"),
        (school.camp, {"tier": ""}, "tier_unknown"),
        (school.camp, {"tier": " half_day"}, "tier_unknown"),
        (school.camp, {"tier": "x" * 1_000_000}, "tier_unknown"),
        (school.by_date, {"dates": [cancelled]}, "date_unknown"),
        (school.by_date, {"dates": [school.held_on, cancelled]}, "date_unknown"),
        (school.by_date, {"dates": ["2001-01-01"]}, "date_unknown"),
        (school.by_date, {"dates": ["infinity"]}, "date_unknown"),
        (school.by_date, {"dates": ["-infinity"]}, "date_unknown"),
        (school.by_date, {"dates": ["0044-03-15 BC"]}, "date_unknown"),
        (school.by_date, {"dates": ["5874897-12-31"]}, "date_unknown"),
        (school.by_date, {"dates": [None]}, "dates_invalid"),
        (school.by_date, {"dates": [school.held_on, None]}, "dates_invalid"),
        (school.by_date, {"dates": [school.held_on] * 10_000}, "dates_invalid"),
        (begun, {"dates": ["2025-01-06"]}, "date_past"),
    ]
    with nothing_written():
        for section_id, choice, code in cases:
            item = {"cart_id": cart_id, "student_id": student_id, "section_id": section_id}
            refused(family.api.post("put_cart_item", {**item, **choice}), code)
        for dates in ("2030-01-01", 5, {}, ["2030-02-30"], [[[school.held_on], []]], ["someday"]):
            item = {"cart_id": cart_id, "student_id": student_id, "section_id": school.by_date}
            response = family.api.post("put_cart_item", {**item, "dates": dates})
            assert response.status_code == 400
            assert response.json()["code"].startswith("22"), response.text


def test_an_add_on_of_another_section_and_one_that_is_gone(studio: Studio, family: Family) -> None:
    here, there = studio.section(), studio.section(weekdays=(2,))
    manager = studio.staff("manager")
    add_on = {**GOOD["save_add_ons"], "section_id": there}
    needed = {**add_on, "section_id": here, "code": "shirt", "name": "Shirt", "required": True}
    rows = [add_on, needed, {**add_on, "section_id": here, "code": "late"}]
    manager.call("save_add_ons", term_id=studio.term_id, expected_version=0, rows=rows)
    cart_id = family.cart((family.student(), here))
    (item,) = family.api.read("cart_items")

    def ask(code: Any, wanted: Any) -> requests.Response:
        arguments = {"cart_item_id": item["id"], "add_on_code": code, "wanted": wanted}
        return family.api.post("set_add_on", arguments)

    with nothing_written():
        for code in ("early", "LATE", " late", "x" * 100_000, "late\u200b"):
            refused(ask(code, True), "add_on_unknown")
        refused(ask("shirt", False), "add_on_required")
        refused(ask(None, True), "request_malformed")
        refused(ask("late", None), "request_malformed")
    # What is needed is charged without being asked for.
    assert family.api.call("quote", cart_id=cart_id)["total_minor"] == RATES[1] + 2_000
    assert ask("late", True).ok
    manager.call("save_add_ons", term_id=studio.term_id, expected_version=1, rows=rows[:2])
    with nothing_written():
        refused(family.api.post("quote", {"cart_id": cart_id}), "add_on_unknown")
    assert ask("late", False).ok
    assert family.api.call("quote", cart_id=cart_id)["total_minor"] == RATES[1] + 2_000


def test_a_coupon_code_is_the_same_in_any_case_and_nothing_else_is(
    studio: Studio, family: Family
) -> None:
    studio.staff("manager").call(
        "save_coupons", term_id=studio.term_id, expected_version=0, rows=[GOOD["save_coupons"]]
    )
    cart_id = family.cart((family.student(), studio.section()))

    def total(code: str) -> int:
        return family.api.call("quote", cart_id=cart_id, coupon_code=code)["total_minor"]

    for code in ("SPRING-25", " spring-25 ", "sPrInG-25"):
        assert total(code) == RATES[1] - 500, code
    # An empty field is no code.
    for code in ("", "   "):
        assert total(code) == RATES[1], code
    with nothing_written("pricing.coupon_attempts"):
        for code in ("SPRİNG-25", "ＳＰＲＩＮＧ-25", "SPRING\u200b-25", "SPRING-25\n"):
            response = family.api.post("quote", {"cart_id": cart_id, "coupon_code": code})
            refused(response, "coupon_not_found")


def test_a_plan_that_was_arranged_for_nothing_or_for_another_total(
    studio: Studio, family: Family
) -> None:
    manager, student_id = studio.staff("manager"), family.student()
    cart_id = family.cart((student_id, studio.section()))
    other = studio.family()
    their_cart = other.cart((other.student(), studio.section()))
    parts = [
        {"due_on": "2030-01-31", "amount_minor": 4_000},
        {"due_on": "2030-02-28", "amount_minor": RATES[1] - 4_000},
    ]
    custom = {"cart_id": cart_id, "plan_code": "custom"}

    def arrange(rows: Any, reason: Any = "agreed", raw: str = "") -> requests.Response:
        arguments = {"cart_id": cart_id, "rows": rows, "reason": reason}
        return post_raw(manager, "set_payment_schedule", arguments, {"raw": raw} if raw else {})

    with nothing_written():
        refused(family.api.post("quote", custom), "plan_unknown")
        refused(arrange(None), "schedule_invalid")
        for rows in ([], parts[:1], parts * 31, "[]", 7, {}, True, [[], []], [None, None],
                     [*parts, parts[0]], parts[::-1], [parts[0], parts[0]],
                     [{**parts[0], "note": "first"}, parts[1]], [parts[0], {}], ["a", "b"]):
            refused(arrange(rows), "schedule_invalid")
        for due_on in ("2020-01-31", "2030-02-30", "31.01.2030", "", None, 20300131, "infinity",
                       "２０３０-01-31", "2030-01-31T00:00:00Z", ["2030-01-31"]):
            refused(arrange([{**parts[0], "due_on": due_on}, parts[1]]), "schedule_invalid")
        for amount in ("4000.5", '"4000"', "0", "-4000", "1e400", "1e11", "true", "null", "[4000]",
                       "{}", "4001", "3999", "0.0001", "9" * 2_000):
            wanted = [{**parts[0], "amount_minor": "raw"}, parts[1]]
            refused(arrange(wanted, raw=amount), "schedule_invalid")
        for reason in (None, "", " \t\n", "x" * 501):
            refused(arrange(parts, reason), "schedule_invalid")
    assert arrange(parts).json()["total_minor"] == RATES[1]
    quote = family.api.call("quote", **custom)
    assert [part["amount_minor"] for part in quote["schedule"]] == [4_000, 6_000]
    # The term has the plan now; the cart of another family has no parts.
    with nothing_written():
        refused(
            other.api.post("quote", {"cart_id": their_cart, "plan_code": "custom"}), "plan_unknown"
        )
        refused(
            family.api.post("quote", {**custom, "auto_pay": True}), "plan_unknown"
        )
    family.cart((student_id, studio.section(weekdays=(2,))))
    with nothing_written():
        body = refused(family.api.post("quote", custom), "schedule_invalid")
        assert json.loads(body["details"])["total_minor"] == RATES[2]


# ---------------------------------------------------------------- what staff set for one family


NO_AMOUNT = ["2500.5", "0.1", "1e2", '"a lot"', "true", "[]", "{}", "1e400", "9" * 400, '"NaN"']


def test_an_adjustment_with_something_wrong(studio: Studio, family: Family) -> None:
    staff, student_id, section_id = studio.staff(), family.student(), studio.section()
    good = {
        "term_id": studio.term_id,
        "student_id": student_id,
        "kind": "other",
        "label": "Joined late",
        "amount_minor": -2_500,
        "reason": "late",
    }
    line = {**good, "kind": "tuition", "code": "open", "amount_minor": 2_500}
    del line["label"]
    with nothing_written():
        for change in (
            {"amount_minor": 0},
            {"amount_minor": None},
            {"amount_minor": 10**11},
            {"amount_minor": -(10**11)},
            {"amount_minor": 2**63 - 1},
            {"amount_minor": -(2**63)},
            {"kind": "coupon"},
            {"kind": None},
            {"kind": "Other "},
            {"label": " \t"},
            {"label": None},
            {"label": "x" * 101},
            {"reason": ""},
            {"reason": None},
            {"reason": "x" * 501},
        ):
            refused(staff.post("adjust_price", {**good, **change}), "adjustment_invalid")
        for change in (
            {"amount_minor": -1},
            {"amount_minor": 10**11},
            {"reason": " "},
            {"reason": None},
            # There is none to withdraw.
            {"amount_minor": None},
        ):
            refused(staff.post("set_line_price", {**line, **change}), "override_invalid")
        for change in (
            {"code": "closed"},
            {"code": "OPEN"},
            {"code": ""},
            {"code": None},
            {"kind": "discount"},
            {"kind": None},
            {"kind": "fee", "code": "registration"},
            {"kind": "add_on", "code": "early"},
            # A line of the family is no student's.
            {"kind": "plan_fee", "code": "full"},
        ):
            refused(staff.post("set_line_price", {**line, **change}), "line_unknown")
        of_family = {**line, "student_id": None}
        of_this = {"X-Family": str(family.id)}
        refused(staff.post("set_line_price", of_family, of_this), "line_unknown")
        refused(staff.post("set_line_price", of_family), "family_required")
        for function, arguments in (
            ("adjust_price", good),
            ("set_line_price", line),
            ("grant_credit", {"family_id": family.id, "reason": "late"}),
            (
                "set_price_override",
                {"student_id": student_id, "section_id": section_id, "reason": "late"},
            ),
        ):
            for amount in NO_AMOUNT:
                wish = {**arguments, "amount_minor": "raw"}
                response = post_raw(staff, function, wish, {"raw": amount})
                assert response.status_code == 400, response.text
                assert response.json()["code"] in ("22P02", "22003"), response.text


def test_what_is_taken_off_is_no_more_than_there_is(studio: Studio, family: Family) -> None:
    staff, student_id = studio.staff(), family.student()
    cart_id = family.cart((student_id, studio.section()))
    staff.call(
        "adjust_price",
        term_id=studio.term_id,
        student_id=student_id,
        kind="other",
        label="A scholarship",
        amount_minor=-99_999_999_999,
        reason="all of it",
    )
    quote = family.api.call("quote", cart_id=cart_id)
    assert (quote["total_minor"], quote["students"][0]["subtotal_minor"]) == (0, 0)
    assert [line["amount_minor"] for line in quote["students"][0]["lines"]] == [10_000, -10_000]
