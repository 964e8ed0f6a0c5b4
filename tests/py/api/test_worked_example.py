"""The design's worked example through the API: two children, six classes, 4,849.67."""

from __future__ import annotations

import pytest

from tests.py.support import Family, Studio, at_once, refused

SOFIA = ["Ballet 4", "Contemporary 1", "Jazz 3", "Technique 1"]
MATEO = ["Hip-Hop 2", "Tap 2"]

SOFIA_LINES = [
    ("tuition", "senior", 2_269_83),
    ("program", "technique", 716_78),
    ("fee", "costume_senior", 195_00),
    ("fee", "video", 15_00),
    ("fee", "registration", 40_00),
]
MATEO_LINES = [
    ("tuition", "junior", 1_513_06),
    ("fee", "costume_junior", 110_00),
    ("fee", "registration", 40_00),
]


@pytest.fixture
def sections(aydt: Studio) -> dict[str, int]:
    # The demo's own sections: the first of each class.
    return aydt.sections()


@pytest.fixture
def family(aydt: Studio) -> Family:
    return aydt.family()


@pytest.fixture
def items(family: Family, sections: dict[str, int]) -> list[tuple[int, int]]:
    sofia = family.student("Sofia", "2010-06-01")
    mateo = family.student("Mateo", "2016-06-01")
    return [(sofia, sections[t]) for t in SOFIA] + [(mateo, sections[t]) for t in MATEO]


def lines(student: dict) -> list[tuple[str, str, int]]:
    return [(line["kind"], line["code"], line["amount_minor"]) for line in student["lines"]]


def test_the_quote_has_exactly_the_lines_and_totals_of_the_example(
    family: Family, items: list[tuple[int, int]]
) -> None:
    quote = family.api.call("quote", cart_id=family.cart(*items))

    sofia, mateo = quote["students"]
    assert (sofia["name"], sorted(lines(sofia)), sofia["subtotal_minor"]) == (
        "Sofia",
        sorted(SOFIA_LINES),
        3_236_61,
    )
    assert (mateo["name"], sorted(lines(mateo)), mateo["subtotal_minor"]) == (
        "Mateo",
        sorted(MATEO_LINES),
        1_663_06,
    )
    (discount,) = quote["family_lines"]
    assert (discount["kind"], discount["amount_minor"]) == ("family_discount", -50_00)
    assert (quote["total_minor"], quote["currency"]) == (4_849_67, "USD")
    assert [part["amount_minor"] for part in quote["schedule"]] == [4_849_67]
    assert quote["findings"] == []


def test_every_line_names_the_rule_and_the_version_that_made_it(
    family: Family, items: list[tuple[int, int]]
) -> None:
    quote = family.api.call("quote", cart_id=family.cart(*items))

    explained = family.api.call("explain_quote", quote_id=quote["quote_id"])

    every = [line for s in explained["students"] for line in s["lines"]] + explained["family_lines"]
    assert {line["rule"]["table"] for line in every} == {
        "pricing.rates",
        "pricing.program_prices",
        "pricing.fee_rules",
        "pricing.family_discounts",
    }
    assert all(line["rule"]["id"] and line["rule"]["version"] == 1 for line in every)
    assert explained == {key: value for key, value in quote.items() if key != "findings"}


@pytest.mark.parametrize(
    ("titles", "tuition_minor"),
    [
        (SOFIA[:1], 796_43),
        (SOFIA[:3], 2_269_83),
        (MATEO[:1], 775_93),
        (MATEO, 1_513_06),
        # Two classes on one day count once.
        (["Ballet 4", "Broadway 4"], 796_43),
    ],
)
def test_tuition_is_read_from_the_rate_table_by_days_a_week(
    family: Family, sections: dict[str, int], titles: list[str], tuition_minor: int
) -> None:
    student = family.student()

    quote = family.api.call(
        "quote", cart_id=family.cart(*((student, sections[title]) for title in titles))
    )

    assert (
        sum(n for kind, _, n in lines(quote["students"][0]) if kind == "tuition") == tuition_minor
    )


def test_the_monthly_plan_has_its_fee_and_parts_that_add_up_and_can_not_be_taken_yet(
    family: Family, items: list[tuple[int, int]]
) -> None:
    cart_id = family.cart(*items)

    quote = family.api.call("quote", cart_id=cart_id, plan_code="monthly")

    assert [line["amount_minor"] for line in quote["family_lines"]] == [-50_00, 25_00]
    assert quote["total_minor"] == 4_874_67
    parts = [part["amount_minor"] for part in quote["schedule"]]
    assert (len(parts), sum(parts), max(parts) - min(parts) < 5) == (5, 4_874_67, True)
    assert quote["plan"]["auto_pay"] is True
    assert family.api.call("quote", cart_id=cart_id, auto_pay=True)["total_minor"] == 4_874_67
    held = family.api.call(
        "checkout",
        cart_id=cart_id,
        quote_id=quote["quote_id"],
        idempotency_key="monthly-plan",
    )
    assert held["total_minor"] == 4_874_67
    family.api.call("abandon_checkout", registration_id=held["registration_id"])


def test_checkout_takes_the_seats_in_the_eyes_of_everybody_else_at_once(
    aydt: Studio, family: Family, items: list[tuple[int, int]]
) -> None:
    other = aydt.family()
    lookers = [aydt.anybody(), other.api, aydt.staff()]
    picked = {section_id for _, section_id in items}

    def left() -> list[dict[int, int]]:
        wanted = f"in.({','.join(map(str, picked))})"
        return [
            {row["id"]: row["seats_left"] for row in looker.read("sections", id=wanted)}
            for looker in lookers
        ]

    before = left()
    quote = family.priced_cart(*items)
    assert left() == before, "neither a cart nor a quote takes a seat"

    registration = family.api.call("checkout", **quote)

    assert left() == [{s: n - 1 for s, n in seen.items()} for seen in before]
    assert (registration["status"], registration["total_minor"]) == ("pending_payment", 4_849_67)
    (row,) = family.api.read("registrations")
    assert row["hold_expires_at"] == registration["hold_expires_at"]
    minutes = aydt.ask(
        "select extract(epoch from r.hold_expires_at - r.created_at)::integer / 60"
        " from enrollment.registrations as r where r.id = %s",
        registration["registration_id"],
    )
    assert minutes == 15
    assert {row["status"] for row in family.api.read("enrollments")} == {"pending"}
    meetings = aydt.anybody().read("meetings", section_id=f"eq.{min(picked)}")
    assert {m["seats_left"] for m in meetings} == {before[0][min(picked)] - 1}

    # What is given back is free again, again for all.
    family.api.call("abandon_checkout", registration_id=registration["registration_id"])
    assert left() == before


def test_an_expired_checkout_frees_its_seats_before_any_job_has_run(
    aydt: Studio, family: Family, items: list[tuple[int, int]]
) -> None:
    section_id = items[0][1]
    before = aydt.seats_left(section_id)
    registration = family.hold(*items)
    assert aydt.seats_left(section_id) == before - 1

    aydt.lapse(registration["registration_id"])

    assert aydt.seats_left(section_id) == before
    # The family can take them again; that releases what has lapsed.
    again = family.hold()
    statuses = {
        r["id"]: (r["status"], r["status_reason"]) for r in family.api.read("registrations")
    }
    assert statuses == {
        registration["registration_id"]: ("failed", "hold_lapsed"),
        again["registration_id"]: ("pending_payment", None),
    }
    assert again["total_minor"] == 4_849_67, "the family discount was given back with the hold"


def test_a_second_student_brings_the_discount_once_a_family_and_term(
    aydt: Studio, family: Family, sections: dict[str, int]
) -> None:
    first, second, third = (family.student() for _ in range(3))

    def family_lines(*items: tuple[int, int]) -> list[int]:
        quote = family.api.call("quote", cart_id=family.cart(*items))
        return [line["amount_minor"] for line in quote["family_lines"]]

    assert family_lines((first, sections["Tap 2"])) == []
    assert family_lines((second, sections["Tap 2"])) == [-50_00]
    assert family_lines((third, sections["Tap 2"])) == [-50_00]


def test_quotes_of_the_same_cart_at_once_say_the_same(
    family: Family, items: list[tuple[int, int]]
) -> None:
    cart_id = family.cart(*items)

    quotes = at_once(*[lambda: family.api.call("quote", cart_id=cart_id)] * 8)

    assert len({quote["quote_id"] for quote in quotes}) == 8
    assert {quote["total_minor"] for quote in quotes} == {4_849_67}
