"""A price list with every kind of rule, which a manager saves through the API, and carts for it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.py.pricing.oracle import (
    DIVISIONS,
    MIXES,
    PUBLISHED,
    Coupon,
    Discount,
    Fee,
    Order,
    Plan,
    PriceList,
    Section,
    Student,
)
from tests.py.support import Caller, Studio, new_studio

_TIERS = {"half_day": 32_500, "full_day": 59_500}
_WINDOWS = {
    -1: (None, -1),
    0: (-1, 1),
    1: (1, None),
}


@dataclass(frozen=True)
class School:
    """A studio, its sections as the oracle knows them, and the rules of its term."""

    studio: Studio
    manager: Caller
    sections: list[Section]
    rules: PriceList


def open_school() -> School:
    """Make a studio with classes of every price mode, and save its rules over HTTP."""
    studio = new_studio()
    manager = studio.staff("manager")
    with studio.operator() as connection:
        for rank, code in enumerate(DIVISIONS, 11):
            connection.execute(
                "insert into catalog.divisions (studio_id, code, name, rank, mixes)"
                " values (%s, %s, %s, %s, %s)",
                (studio.id, code, code, rank, MIXES[code]),
            )
        for code in ("technique", "pointe"):
            connection.execute(
                "insert into catalog.programs (studio_id, code, name, plan_fee_waived)"
                " values (%s, %s, %s, true)",
                (studio.id, code, code),
            )
    sections = [
        *(_section(studio, days, division=code) for code, days in (
            ("junior", (1,)), ("junior", (2,)), ("junior", (3, 5)), ("senior", (1,)),
            ("senior", (2, 4)), ("senior", (4,)), ("early_childhood", (6,)),
        )),
        *(_section(studio, days, program=code) for code, days in (
            ("technique", (5,)), ("technique", (6,)), ("pointe", (7,)),
        )),
        _section(studio, (1, 3), price_mode="tiered"),
        _section(studio, (6,), price_mode="drop_in"),
    ]
    for section in sections:
        if len(section.weekdays) > 1 and section.division:
            manager.call("save_section_sale", section_id=section.id, sold_by_weekday=True)
    rules = _rules(sections)
    for function, scope, rows in _tables(studio, sections, rules):
        version = 0
        if function == "save_tiers":
            version = _version(manager, studio, "tiers")
        manager.call(function, **scope, expected_version=version, rows=rows)
    return School(studio, manager, sections, rules)


def _section(studio: Studio, days: tuple[int, ...], **kind: str) -> Section:
    section_id = studio.section(weekdays=days, capacity=None, **kind)
    class_id, starts_on, ends_on = studio.ask(
        "select array[s.class_id::text, s.starts_on::text, s.ends_on::text]"
        " from catalog.sections as s where s.id = %s",
        section_id,
    )
    dates = studio.anybody().read("meetings", section_id=f"eq.{section_id}", order="held_on")
    number = int(section_id)
    return Section(
        section_id,
        int(class_id),
        kind.get("division"),
        kind.get("program"),
        days,
        (date.fromisoformat(starts_on), date.fromisoformat(ends_on)),
        class_price=22_222 if days == (4,) else None,
        add_ons={"early": (2_000 + number % 7, False), "shirt": (1_550, True)}
        if days in ((1,), (5,), (1, 3), (6,))
        else {},
        tiers=_TIERS if kind.get("price_mode") == "tiered" else {},
        date_prices={
            None: 2_100, **{date.fromisoformat(m["held_on"]): 3_333 for m in dates[1:3]}
        }
        if kind.get("price_mode") == "drop_in"
        else {},
    )


def _rules(sections: list[Section]) -> PriceList:
    some = frozenset(s.id for s in sections if s.id % 2)
    starts_on = sections[0].dates[0]
    return PriceList(
        rates=PUBLISHED.rates,
        programs={"technique": 71_678, "pointe": 51_749},
        registration_of={"technique": 2_500},
        fees=(
            *(fee for fee in PUBLISHED.fees if fee.code != "registration"),
            Fee("shoes", "weekly_meeting", 333, modes=("standard", "tiered")),
            Fee("hall", "family", 901, modes=("standard", "drop_in")),
            PUBLISHED.fees[-1],
        ),
        family_discount=(2, 5_000),
        plans={
            "full": Plan(),
            "monthly": Plan(5, 500, "monthly"),
            "deposit": Plan(2, kind="deposit_percent", deposit_bp=3_333),
            "dates": Plan(
                3, 250, "dated",
                due_dates=tuple(starts_on + timedelta(days) for days in (-400, 10, 40)),
                shares=(3_333, 3_333, 3_334),
            ),
            "custom": Plan(kind="custom"),
        },
        discounts=(
            Discount("half", "unconditional", basis_points=3_333, section_ids=some),
            Discount("third", "weekly_classes", 2, True, amount=2_599),
            Discount("sibling", "students_in_family", 2, basis_points=725,
                     reduces=("tuition", "fees", "programs")),
            Discount("early", "unconditional", basis_points=500, reduces=("programs",)),
            Discount("over", "unconditional", amount=9_999, window=-1),
            Discount("later", "unconditional", amount=9_999, window=1),
        ),
        coupons=(
            Coupon("partner", "PARTNER50", amount=5_000, stackable=False),
            Coupon("some", "SOME-33", basis_points=3_333, section_ids=some),
            Coupon("dearest", "DEAREST", basis_points=5_000, dearest_only=True,
                   applies_to=("tuition",)),
            Coupon("past", "PAST", amount=1, window=-1),
            Coupon("future", "FUTURE", amount=1, window=1),
            Coupon("off", "OFF-NOW", amount=1, active=False),
            Coupon("automatic", None, amount=777, applies_to=("registration",)),
        ),
    )


# ---------------------------------------------------------------- as the API takes them


def _tables(
    studio: Studio, sections: list[Section], rules: PriceList
) -> list[tuple[str, dict[str, int], list[dict[str, Any]]]]:
    term = {"term_id": studio.term_id}
    return [
        ("save_rates", term, [
            {"division": code, "weekly_count": count, "amount_minor": amount}
            for code, steps in rules.rates.items()
            for count, amount in steps.items()
        ]),
        ("save_program_prices", term, [
            {
                "program": code,
                "amount_minor": amount,
                "registration_fee_minor": rules.registration_of.get(code),
            }
            for code, amount in rules.programs.items()
        ]),
        ("save_fees", term, [
            {
                "code": fee.code,
                "label": fee.code,
                "unit": fee.unit,
                "amount_minor": fee.amount,
                "charged_modes": fee.modes,
                "division": fee.division,
                "division_of": fee.division_of,
                "position": position,
                "discountable": fee.discountable,
                "once_per_term": fee.once,
                "proration": fee.proration,
            }
            for position, fee in enumerate(rules.fees)
        ]),
        ("save_family_discount", term, [
            {"min_students": rules.family_discount[0], "amount_minor": rules.family_discount[1]}
        ]),
        ("save_plans", term, [
            _plan(code, plan) for code, plan in rules.plans.items() if plan.kind != "custom"
        ]),
        ("save_discounts", term, [
            {
                "code": d.code,
                "label": d.code,
                "category": d.category,
                "threshold": d.threshold or None,
                "recipients": ("reaching" if d.reaching else "reaching_and_later")
                if d.threshold
                else None,
                **_saved(d),
                **{f"reduces_{what}": what in d.reduces for what in (
                    "tuition", "fees", "programs"
                )},
                "position": position,
            }
            for position, d in enumerate(rules.discounts, 1)
        ]),
        ("save_coupons", term, [
            {
                "key": c.key,
                "name": c.key,
                "code": c.code,
                **_saved(c),
                "max_uses": c.max_uses,
                "max_uses_per_family": c.max_family_uses,
                "stackable": c.stackable,
                "applies_to": c.applies_to,
                "most_expensive_only": c.dearest_only,
                "active": c.active,
            }
            for c in rules.coupons
        ]),
        ("save_add_ons", term, [
            {
                "section_id": s.id,
                "code": code,
                "name": code,
                "amount_minor": amount,
                "required": required,
                "position": 1,
            }
            for s in sections
            for code, (amount, required) in s.add_ons.items()
        ]),
        ("save_class_prices", term, [
            {"class_id": s.class_id, "amount_minor": s.class_price, "reason": "a trial year"}
            for s in sections
            if s.class_price is not None
        ]),
        *(
            ("save_tiers", {"section_id": s.id}, [
                {
                    "code": code,
                    "name": code,
                    "starts_at": "10:00",
                    "ends_at": "11:00",
                    "position": 1,
                    "amount_minor": amount,
                }
                for code, amount in s.tiers.items()
            ])
            for s in sections
            if s.tiers
        ),
        *(
            ("save_date_prices", {"section_id": s.id}, [
                {"held_on": on and on.isoformat(), "amount_minor": amount}
                for on, amount in s.date_prices.items()
            ])
            for s in sections
            if s.date_prices
        ),
    ]


def _saved(rule: Discount | Coupon) -> dict[str, Any]:
    """What discounts and coupons have alike."""
    opens, closes = (
        days and (datetime.now(UTC) + timedelta(days)).isoformat(timespec="seconds")
        for days in _WINDOWS[rule.window]
    )
    return {
        "kind": "percent" if rule.basis_points else "flat",
        "percent_bp": rule.basis_points or None,
        "amount_minor": rule.amount or None,
        "available_from": opens,
        "available_until": closes,
        "section_ids": sorted(rule.section_ids),
    }


def _plan(code: str, plan: Plan) -> dict[str, Any]:
    return {
        "code": code,
        "label": code,
        "kind": plan.kind,
        "installments": plan.installments,
        "auto_pay": plan.kind == "monthly",
        "fee_per_installment_minor": plan.fee,
        "accepts_checkout": code == "full",
        "deposit_bp": plan.deposit_bp or None,
        "due_dates": [on.isoformat() for on in plan.due_dates] or None,
        "shares_bp": plan.shares or None,
    }


def _version(manager: Caller, studio: Studio, table: str) -> int:
    rows = manager.read("rule_sets", term_id=f"eq.{studio.term_id}", kind=f"eq.{table}")
    return rows[0]["version"] if rows else 0


# ---------------------------------------------------------------- carts


def draw_order(school: School, number: int) -> Order:
    """One cart of one family; nothing is set for it yet that hangs on its price."""
    pick = random.Random(number)
    kinds: Mapping[str, list[Section]] = {
        code: [s for s in school.sections if s.division in (None, code)]
        for code in ("junior", "senior", "early_childhood")
    }
    students = []
    for _ in range(pick.choice([1, 1, 2, 2, 3])):
        kind = kinds[pick.choice(["junior", "junior", "senior", "senior", "early_childhood"])]
        wants = pick.sample(kind, pick.randint(1, min(4, len(kind))))
        student = Student(sorted(wants, key=lambda s: s.id))
        for section in student.wants:
            if section.tiers:
                student.tiers[section.id] = pick.choice(list(section.tiers))
            if section.date_prices:
                own = sorted(on for on in section.date_prices if on)
                days = [own[0] + timedelta(7 * weeks) for weeks in (-1, 0, 1)]
                student.dates[section.id] = tuple(pick.sample(days, pick.randint(1, 3)))
            if len(section.weekdays) > 1 and section.division and pick.random() < 0.6:
                some = pick.sample(section.weekdays, pick.randint(1, len(section.weekdays)))
                student.weekdays[section.id] = tuple(sorted(some))
            if "early" in section.add_ons and pick.random() < 0.5:
                student.asked[section.id] = ("early",)
            if pick.random() < 0.1:
                student.overrides[section.id] = pick.choice([0, 1, 4_999, 12_345_678])
        students.append(student)
    order = Order(students, plan=pick.choice([*school.rules.plans, "custom"]))
    if order.plan != "custom" and pick.random() < 0.4:
        codes = [coupon.code for coupon in school.rules.coupons if coupon.code]
        order.coupon = f" {pick.choice([*codes[:3] * 3, *codes, 'NOSUCH']).lower()} "
    if pick.random() < 0.35:
        order.adjustments = [
            (pick.choice([None, *range(len(students))]), pick.choice([-2_500, -9_999_999, 1, 750]))
            for _ in range(pick.randint(1, 3))
        ]
    if pick.random() < 0.3:
        order.credit = pick.choice([1, 10_000, 99_999_999])
    return order


def arrange(order: Order, total: int, first: date, number: int) -> Order:
    """The order with parts of a total for plan custom, as staff may set them."""
    cuts = sorted(random.Random(number).sample(range(1, total), min(3, total - 1)))
    amounts = [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]
    return replace(
        order, arranged=tuple((first + timedelta(20 * n), a) for n, a in enumerate(amounts))
    )
