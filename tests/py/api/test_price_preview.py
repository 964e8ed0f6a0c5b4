"""What classes would cost a new family, before it signs up, and what each costs by itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.py.support import Caller, Studio, new_studio, nothing_written, refused

SOFIA = ["Ballet 4", "Contemporary 1", "Jazz 3", "Technique 1"]
MATEO = ["Hip-Hop 2", "Tap 2"]


@pytest.fixture(scope="module")
def sections(aydt: Studio) -> dict[str, int]:
    return aydt.sections()


@pytest.fixture(scope="module")
def open_jazz(aydt: Studio, sections: dict[str, int]) -> list[str]:
    """Two dates of the demo's class by date."""
    meetings = aydt.anybody().read(
        "meetings", section_id=f"eq.{sections['Open Jazz']}", order="held_on"
    )
    return [meeting["held_on"] for meeting in meetings[:2]]


def example(sections: dict[str, int]) -> list[dict[str, Any]]:
    return [{"student": 1, "section_id": sections[title]} for title in SOFIA] + [
        {"student": 2, "section_id": sections[title]} for title in MATEO
    ]


def everything(sections: dict[str, int], dates: list[str]) -> list[dict[str, Any]]:
    return [
        *example(sections),
        {"student": 1, "section_id": sections["Spring Dance Camp"], "tier": "half_day"},
        {"student": 2, "section_id": sections["Open Jazz"], "dates": dates},
        {"student": 3, "section_id": sections["First Steps"], "add_ons": ["early_drop_off"]},
    ]


def quoted(studio: Studio, items: list[dict[str, Any]], **how: Any) -> dict[str, Any]:
    """Sign up a family, put the same into its cart, and quote that."""
    family = studio.family()
    cart_id = family.api.call("open_cart", term_id=studio.term_id)
    students: dict[int, int] = {}
    for item in items:
        if item["student"] not in students:
            students[item["student"]] = family.student(f"Child {item['student']}")
        item_id = family.api.call(
            "put_cart_item",
            cart_id=cart_id,
            student_id=students[item["student"]],
            section_id=item["section_id"],
            tier=item.get("tier"),
            dates=item.get("dates"),
        )
        for code in item.get("add_ons", []):
            family.api.call("set_add_on", cart_item_id=item_id, add_on_code=code, wanted=True)
    return family.api.call("quote", cart_id=cart_id, **how)


def priced(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out of a document who and when it is for."""
    for student in document["students"]:
        del student["student_id"], student["name"]
        for line in student["lines"]:
            del line["student_id"]
    for key in ("quote_id", "cart_id", "findings"):
        document.pop(key, None)
    del document["priced_at"]
    return document


def test_the_worked_example_before_signing_up(aydt: Studio, sections: dict[str, int]) -> None:
    with nothing_written():
        preview = aydt.anybody().call("preview_price", items=example(sections))

    sofia, mateo = preview["students"]
    assert (sofia["name"], sofia["subtotal_minor"]) == ("Student 1", 3_236_61)
    assert (mateo["name"], mateo["subtotal_minor"]) == ("Student 2", 1_663_06)
    (discount,) = preview["family_lines"]
    assert (discount["kind"], discount["amount_minor"]) == ("family_discount", -50_00)
    assert (preview["total_minor"], preview["currency"]) == (4_849_67, "USD")
    assert [part["amount_minor"] for part in preview["schedule"]] == [4_849_67]
    assert not {"quote_id", "cart_id", "findings"} & set(preview)
    assert priced(preview) == priced(quoted(aydt, example(sections)))


@pytest.mark.parametrize(
    ("how", "fee_minor"),
    [
        ({}, 0),
        ({"auto_pay": True}, 25_00),
        ({"plan_code": "monthly"}, 25_00),
        ({"plan_code": "deposit"}, 0),
    ],
)
def test_tiers_dates_and_add_ons_cost_what_a_new_family_is_quoted(
    aydt: Studio,
    sections: dict[str, int],
    open_jazz: list[str],
    how: dict[str, Any],
    fee_minor: int,
) -> None:
    items = everything(sections, open_jazz)

    with nothing_written():
        preview = aydt.anybody().call("preview_price", items=items, **how)

    # Half days of camp, two dates, and First Steps with registration and early drop-off.
    more_minor = 325_00 + 2 * 28_00 + (394_11 + 40_00 + 20_00)
    assert preview["total_minor"] == 4_849_67 + more_minor + fee_minor
    assert sum(part["amount_minor"] for part in preview["schedule"]) == preview["total_minor"]
    assert priced(preview) == priced(quoted(aydt, items, **how))


def test_the_order_of_the_classes_changes_nothing(
    aydt: Studio, sections: dict[str, int], open_jazz: list[str]
) -> None:
    items = everything(sections, open_jazz)
    anybody = aydt.anybody()

    there, back = (
        anybody.call("preview_price", items=order) for order in (items, items[::-1])
    )

    assert priced(there) == priced(back)


def test_everybody_is_told_the_price_of_a_new_family(
    aydt: Studio, sections: dict[str, int]
) -> None:
    family = aydt.family()
    family.hold((family.student(), sections["Ballet 4"]))
    expected = priced(aydt.anybody().call("preview_price", items=example(sections)))

    callers = [family.api, aydt.staff("instructor"), aydt.staff(), aydt.staff("manager")]

    for caller in callers:
        assert priced(caller.call("preview_price", items=example(sections))) == expected
        assert caller.read("rpc/section_prices", term_id=str(aydt.term_id))


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ({}, "request_malformed"),
        (None, "request_malformed"),
        ([], "cart_empty"),
        ([{"student": 1, "section_id": 1}] * 51, "preview_too_large"),
        ([{"student": 11, "section_id": 1}], "preview_invalid"),
        ([{"student": 1, "section_id": 1, "amount_minor": 1}], "preview_invalid"),
        ([{"student": 1, "section_id": 2**40}], "section_not_found"),
        ([{"student": 1, "section_id": "Ballet 4"}], "preview_invalid"),
        ([{"student": 1, "section_id": "Open Jazz"}], "dates_required"),
        ([{"student": 1, "section_id": "Open Jazz", "dates": ["2000-01-01"]}], "date_unknown"),
        ([{"student": 1, "section_id": "Spring Dance Camp"}], "tier_required"),
        ([{"student": 1, "section_id": "Spring Dance Camp", "tier": "night"}], "tier_unknown"),
        ([{"student": 1, "section_id": "Tap 2", "add_ons": ["wings"]}], "add_on_unknown"),
        ([{"student": 1, "section_id": "Tap 2"}] * 2, "already_in_cart"),
    ],
)
def test_what_can_not_be_previewed_is_refused(
    aydt: Studio, sections: dict[str, int], items: Any, code: str
) -> None:
    if isinstance(items, list) and code != "preview_invalid":
        items = [
            {**item, "section_id": sections.get(item["section_id"], item["section_id"])}
            for item in items
        ]
    with nothing_written():
        refused(aydt.anybody().post("preview_price", {"items": items}), code)


def test_plans_are_refused_as_a_quote_refuses_them(
    aydt: Studio, sections: dict[str, int]
) -> None:
    anybody, items = aydt.anybody(), example(sections)
    with nothing_written():
        for plan in ("never", "custom"):
            refused(
                anybody.post("preview_price", {"items": items, "plan_code": plan}), "plan_unknown"
            )
        # Codes are for families, whose tries are counted.
        response = anybody.post("preview_price", {"items": items, "coupon_code": "SAVE20"})
        assert (response.status_code, response.json()["code"]) == (404, "PGRST202")


def test_what_is_not_published_has_no_price(studio: Studio) -> None:
    shown, hidden = studio.section(), studio.section(visibility="hidden")
    draft, later = studio.term(status="draft"), studio.term()
    in_draft, in_later = studio.section(term_id=draft), studio.section(term_id=later)
    elsewhere = new_studio().section()
    anybody, staff = studio.anybody(), studio.staff()

    def ask(caller: Caller, *section_ids: int) -> Any:
        items = [{"student": 1, "section_id": section_id} for section_id in section_ids]
        return caller.post("preview_price", {"items": items})

    def listed(caller: Caller) -> set[int]:
        rows = caller.read("rpc/section_prices", term_id=str(studio.term_id))
        return {row["section_id"] for row in rows}

    with nothing_written():
        for section_id in (hidden, in_draft, elsewhere):
            refused(ask(anybody, section_id), "section_not_found")
        for section_id in (in_draft, elsewhere):
            refused(ask(staff, section_id), "section_not_found")
        refused(ask(anybody, shown, in_later), "terms_mixed")
        assert ask(anybody, shown).json()["total_minor"] == 100_00
        assert ask(anybody, in_later).json()["total_minor"] == 100_00
        assert ask(staff, hidden, shown).ok
        assert (listed(anybody), listed(staff)) == ({shown}, {shown, hidden})
        for caller in (anybody, staff):
            refused(caller.get("rpc/section_prices", term_id=str(draft)), "term_not_found")
        refused(
            anybody.post("preview_price", {"items": []}, {"X-Studio": None}), "studio_required"
        )


def test_each_class_of_the_list_costs_what_a_preview_says(
    aydt: Studio, sections: dict[str, int], open_jazz: list[str]
) -> None:
    anybody = aydt.anybody()
    with nothing_written():
        prices = {
            (row["section_id"], row["tier"]): row
            for row in anybody.read("rpc/section_prices", term_id=str(aydt.term_id))
        }

    ballet = prices[sections["Ballet 4"], None]
    assert ballet == {
        "section_id": sections["Ballet 4"],
        "tier": None,
        "tuition_minor": 796_43,
        "fees_minor": 120_00,
        "discount_minor": 0,
        "total_minor": 916_43,
        "highest_total_minor": 916_43,
        "refusal": None,
    }
    assert prices[sections["Technique 1"], None]["total_minor"] == 716_78
    camp = sections["Spring Dance Camp"]
    assert (prices[camp, "half_day"]["total_minor"], prices[camp, "full_day"]["total_minor"]) == (
        365_00,
        635_00,
    )
    for (section_id, tier), row in prices.items():
        item = {"student": 4, "section_id": section_id, "tier": tier}
        if section_id == sections["Open Jazz"]:
            item["dates"] = open_jazz[:1]
        preview = anybody.call("preview_price", items=[item])
        assert preview["total_minor"] == row["total_minor"], row


def test_a_class_without_a_price_is_listed_with_its_refusal(studio: Studio) -> None:
    plain, by_date = studio.section(), studio.section(price_mode="drop_in")
    manager = studio.staff("manager")
    prices = {"section_id": by_date, "expected_version": 0}
    asked = {"term_id": str(studio.term_id), "order": "total_minor"}

    first, second = studio.anybody().read("rpc/section_prices", **asked)

    assert (first["section_id"], first["total_minor"]) == (plain, 100_00)
    assert {**second, "section_id": None, "refusal": None} == dict.fromkeys(second)
    assert (second["section_id"], second["refusal"]) == (by_date, "price_missing")
    held_on = studio.anybody().read("meetings", section_id=f"eq.{by_date}")[0]["held_on"]
    manager.call(
        "save_date_prices",
        **prices,
        rows=[
            {"held_on": None, "amount_minor": 20_00},
            {"held_on": held_on, "amount_minor": 35_00},
        ],
    )
    (row, _) = studio.anybody().read("rpc/section_prices", **asked)
    assert (row["total_minor"], row["highest_total_minor"]) == (20_00, 35_00)


def test_staff_read_what_prices_were_set_for_a_family(aydt: Studio) -> None:
    staff, family, other = aydt.staff(), aydt.family(), aydt.family()
    student_id, section_id = family.student(), aydt.sections()["Spring Dance Camp"]
    line = {"term_id": aydt.term_id, "student_id": student_id, "kind": "tier", "code": "half_day"}
    for amount_minor in (300_00, 250_00):
        staff.call("set_line_price", **line, amount_minor=amount_minor, reason="A sibling's")
    staff.call(
        "set_line_price",
        **{**line, "student_id": other.student(), "kind": "drop_in", "code": "drop_in"},
        amount_minor=0,
        reason="On the house",
    )
    staff.call(
        "set_price_override",
        student_id=student_id,
        section_id=section_id,
        amount_minor=10_00,
        reason="Scholarship",
    )
    of_family = {"X-Family": str(family.id)}

    first, second = staff.get("line_overrides", of_family, order="id").json()
    (override,) = staff.get("price_overrides", of_family).json()

    assert first["superseded_at"] == second["valid_from"]
    assert second["superseded_at"] is None
    assert {**line, "family_id": family.id, "label": "Half day", "amount_minor": 250_00} == {
        key: second[key] for key in (*line, "family_id", "label", "amount_minor")
    }
    assert (second["reason"], second["set_by"]) == ("A sibling's", override["set_by"])
    assert (override["title"], override["amount_minor"], override["reason"]) == (
        "Spring Dance Camp",
        10_00,
        "Scholarship",
    )
    (third,) = staff.read("line_overrides", family_id=f"eq.{other.id}")
    assert (third["label"], third["amount_minor"]) == ("Classes by date", 0)
