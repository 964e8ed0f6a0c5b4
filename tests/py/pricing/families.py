"""Families to price: orders over a made-up catalogue, and price lists of many kinds.

Facts vary as far as the engine takes them: divisions alone and mixed, one to three meetings a week,
twice on one day too, some weekdays of a section alone, all of the term or parts of it that do or don't overlap, programs, tiers,
dates, add-ons, two locations, exempt classes, what is paid already, what staff have set, coupons
and how often they were used, credits, the award, the plan and the day of the order.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import count, cycle
from typing import Any

from hypothesis import strategies as st

from tests.py.pricing.oracle import (
    PUBLISHED,
    Coupon,
    Discount,
    Fee,
    OracleRefusesError,
    Order,
    Plan,
    PriceList,
    Section,
    Student,
    price,
)

# As unlike the published one as the tables allow.
INVENTED = PriceList(
    rates={
        "early_childhood": {1: 30001, 2: 55003, 3: 75005, 4: 90007, 5: 99009, 6: 99010, 7: 99011},
        "junior": {1: 50001, 2: 99999, 3: 120000, 4: 120001, 5: 160000, 6: 200002, 7: 210007},
        "senior": {n: 60000 * n - 333 * n * n for n in range(1, 17)},
    },
    programs={"technique": 70003, "pre_pointe": 0, "competition_junior": 1},
    fees=(
        Fee("props", "weekly_meeting", 333),
        Fee("ballet_case", "class", 1250, modes=("standard", "program")),
        Fee("hall", "family", 9900, modes=("standard", "program")),
        Fee("junior_day", "family", 777, division="junior", division_of="student"),
        Fee("film", "student", 1999, modes=("program",)),
        Fee("senior_tights", "weekly_meeting", 101, division="senior", division_of="student"),
    ),
    family_discount=(3, 15050),
    plans={"full": Plan(), "thirds": Plan(3, 0, "monthly"), "dozen": Plan(12, 199, "monthly")},
)
FEE_CODES = tuple(fee.code for rules in (PUBLISHED, INVENTED) for fee in rules.fees)
# The last one has no price anywhere.
PROGRAMS = (*PUBLISHED.programs, "apprentices")
WAIVES_PLAN_FEE = {program: program != "competition_senior" for program in PROGRAMS}

WHOLE = (date(2027, 1, 18), date(2027, 6, 12))
# Two halves, and one that lasts from within the first into the second.
PARTS = (
    (date(2027, 1, 18), date(2027, 3, 20)),
    (date(2027, 4, 12), date(2027, 6, 12)),
    (date(2027, 3, 1), date(2027, 5, 1)),
)


TIERS = ("all_day", "half_day")
DATES = tuple(date(2027, 2, day) for day in (7, 14, 21, 28))


def _sections() -> Iterator[Section]:
    ids, class_ids, exemptions = count(1), count(1), cycle(range(2 * len(FEE_CODES)))
    days = {
        "early_childhood": [(2,), (4,), (6,)],
        "junior": [(1,), (2,), (3,), (5,), (6,), (1, 3)],
        "senior": [(1,), (2,), (3,), (4,), (5,), (2, 4), (1, 3, 5), (6, 6)],
    }
    for division, patterns in days.items():
        # Early childhood is sold by halves, the others mostly by the term.
        dates = [*PARTS, *PARTS, WHOLE] if division == "early_childhood" else [WHOLE] * 4 + [*PARTS]
        for weekdays in patterns:
            exempt = {FEE_CODES[n] for n in (next(exemptions),) if n < len(FEE_CODES)}
            # Two sections of each class, in a row.
            for number, span in enumerate(dates):
                if number % 2 == 0:
                    class_id = next(class_ids)
                yield _section(
                    next(ids), class_id, division, None, weekdays, span, frozenset(exempt)
                )
    for program in PROGRAMS:
        for weekdays in ((5,), (1, 3)):
            yield _section(
                next(ids), next(class_ids), None, program, weekdays, WHOLE,
                waives_plan_fee=WAIVES_PLAN_FEE[program],
            )
    for number in range(8):
        # One of the tiers and one of the sections by date have prices missing.
        yield _section(
            next(ids), next(class_ids), None, None, (6,), PARTS[number % 3],
            tiers={code: 12_300 + 777 * number for code in TIERS[: 1 if number == 7 else 2]},
        )
        general = {} if number == 7 else {None: 2_100 + 99 * number}
        yield _section(
            next(ids), next(class_ids), None, None, (7,), WHOLE,
            date_prices={DATES[number % len(DATES)]: 1_500 * (number % 3), **general},
        )


def _section(section_id: int, class_id: int, *rest: Any, **more: Any) -> Section:
    """A section whose other facts vary with its number and that of its class."""
    add_ons = {}
    if section_id % 4 == 1:
        add_ons["early_drop_off"] = (2_000 + section_id, False)
    if section_id % 7 == 1:
        add_ons["shirt"] = (1_550, True)
    division, weekdays = rest[0], rest[2]
    meetings = (10 + section_id % 9, (10 + section_id % 9) * (section_id % 4) // 3)
    meetings_on = {}
    if division and len(set(weekdays)) > 1:
        # Some weekdays have been held more often than others.
        meetings_on = {
            day: (9 + (section_id + day) % 5, (section_id + 2 * day) % 10) for day in weekdays
        }
        meetings = (sum(n for n, _ in meetings_on.values()), sum(n for _, n in meetings_on.values()))
    return Section(
        section_id,
        class_id,
        *rest,
        **more,
        location=int(section_id % 5 == 2),
        meetings=meetings,
        meetings_on=meetings_on,
        days=(150 - section_id % 11, (section_id * 37) % 140),
        class_price=class_id * 1_111 if class_id % 11 == 4 else None,
        add_ons=add_ons,
    )


SECTIONS = tuple(_sections())
# Sold by tier or by date.
_CAMPS = [s for s in SECTIONS if s.mode in ("tiered", "drop_in")]


def _discounts(pick: random.Random) -> Iterator[Discount]:
    """Discounts of a term, some limited to sections."""
    bases = (
        ("tuition",), ("tuition", "fees"), ("fees",), ("programs",), ("tuition", "fees", "programs")
    )
    for number in range(pick.randint(1, 4)):
        category = pick.choice(["students_in_family", "weekly_classes", "unconditional"])
        conditional = category != "unconditional"
        kind = {"amount": pick.choice([1, 2_599, 40_000])}
        if pick.random() < 0.7:
            kind = {"basis_points": pick.choice([1, 333, 1_000, 5_000, 10_000])}
        scope: frozenset[int] = frozenset()
        if pick.random() < 0.4:
            scope = frozenset(s.id for s in SECTIONS if s.id % 3 == number % 3)
        yield Discount(
            f"d{number}",
            category,
            pick.randint(1, 3) if conditional else 0,
            conditional and pick.random() < 0.5,
            **kind,
            reduces=pick.choice(bases),
            window=pick.choice([0, 0, 0, -1, 1]),
            section_ids=scope,
        )


def _coupons(pick: random.Random, name: str) -> Iterator[Coupon]:
    """Coupons of a term, some by code, some limited to sections."""
    lines = ("tuition", "registration", "recital")
    for number in range(6):
        code = f"{name}{number}".upper() if number < 4 else None
        kind = {"amount": pick.choice([500, 5_000, 99_999])}
        if pick.random() < 0.5:
            kind = {"basis_points": pick.choice([250, 2_000, 10_000])}
        some = tuple(line for line in lines if pick.random() < 0.6) or lines
        scope = frozenset(s.id for s in SECTIONS if s.id % 2 == number % 2)
        yield Coupon(
            f"c{number}",
            code,
            **kind,
            applies_to=some,
            dearest_only=pick.random() < 0.3,
            stackable=pick.random() < 0.7,
            active=pick.random() < 0.9,
            window=pick.choice([0, 0, 0, 0, -1, 1]),
            max_uses=pick.choice([None, 3]),
            max_family_uses=pick.choice([None, 1, 2]),
            section_ids=scope if pick.random() < 0.3 else frozenset(),
        )


def _fees(pick: random.Random) -> Iterator[Fee]:
    """Fees of a term: each of another scope."""
    modes = ("standard", "program", "tiered", "drop_in")
    scopes: list[dict[str, Any]] = [
        {},
        {"division": "senior", "division_of": "class"},
        {"division": "junior", "division_of": "student"},
        {"class_id": pick.choice(SECTIONS).class_id},
        {"section_id": pick.choice(SECTIONS).id},
    ]
    for code in ("props", "film", "costume_senior", "hall"):
        yield Fee(
            code,
            pick.choice(["class", "weekly_meeting", "student", "family"]),
            pick.choice([0, 101, 1_999, 6_500]),
            modes=tuple(pick.sample(modes, pick.randint(1, 3))),
            discountable=pick.random() < 0.7,
            once=pick.random() < 0.6,
            proration=pick.choice(["none", "none", "meetings", "days"]),
            **pick.choice(scopes),
        )
    yield Fee(
        "registration",
        "student",
        4_000,
        modes=pick.choice([("standard", "tiered"), ("standard", "program")]),
        discountable=False,
        once=pick.random() < 0.7,
        proration=pick.choice(["none", "none", "meetings"]),
    )


def _plans(pick: random.Random) -> Mapping[str, Plan]:
    """A plan of each kind."""
    dates = tuple(date(2027, month, pick.randint(1, 28)) for month in (1, 3, 4, 6))
    return {
        "full": Plan(fee=pick.choice([0, 300])),
        "monthly": Plan(5, 500, "monthly", last_due_on=date(2027, 5, 15)),
        "deposit_flat": Plan(
            2, kind="deposit_flat", deposit=pick.choice([5_000, 90_000]),
            balance_on=pick.choice([None, date(2027, 2, 20)]),
        ),
        "deposit_percent": Plan(
            2, kind="deposit_percent", deposit_bp=pick.choice([3_333, 5_000, 10_000]),
            balance_on=pick.choice([None, date(2027, 2, 20)]),
        ),
        "dated": Plan(
            4, pick.choice([0, 250]), "dated", due_dates=dates, shares=(1_000, 3_333, 3_333, 2_334)
        ),
    }


def _drawn(number: int) -> PriceList:
    """A price list of its own kind."""
    pick = random.Random(number)
    base = pick.choice([PUBLISHED, INVENTED])
    name = f"list{number}"
    return PriceList(
        rates=base.rates,
        rates_at=pick.choice(
            [
                {},
                {1: {"junior": {1: 77_599, 2: 155_198, 3: 232_797}, **INVENTED.rates}},
                {1: {"junior": PUBLISHED.rates["junior"], "senior": INVENTED.rates["senior"]}},
            ]
        ),
        programs=base.programs,
        registration_of={"technique": pick.choice([0, 2_500, 9_900]), "pre_pointe": 0},
        fees=tuple(_fees(pick)),
        family_discount=(2, 5_000),
        plans=_plans(pick),
        discounts=tuple(_discounts(pick)) if number % 4 else (),
        coupons=tuple(_coupons(pick, name)),
    )


PRICE_LISTS: Mapping[str, PriceList] = {
    "published": PUBLISHED,
    "invented": INVENTED,
    **{f"list{number}": _drawn(number) for number in range(16)},
}

_PRICED = [s for s in SECTIONS if s.program and s.program != "apprentices"]
# Carts of one division mostly, so that most of them have a price.
_KINDS = [
    [s for s in SECTIONS if s.division == division] + _PRICED[: len(_PRICED) // 2]
    for division in ("junior", "senior", "early_childhood", "junior", "senior")
] + [
    [s for s in SECTIONS if s.division in ("junior", "senior")],
    _PRICED,
    [s for s in SECTIONS if s.id % 2 == 0],
]
# No two of these clash: what was bought is a price that was found. Of those on several weekdays
# one was bought alone.
_BOUGHT = [
    [s for s in kind if (len(s.weekdays) == 1 or s.meetings_on) and s.program != "apprentices"]
    for kind in _KINDS
]


def student(pick: random.Random, may_want_nothing: bool, has_history: bool) -> Student:
    """One student; may_want_nothing: another one of the family wants something."""
    number = pick.randrange(len(_KINDS))
    kind, bought = _KINDS[number], _BOUGHT[number]
    # Few classes are likelier than many.
    sizes = [0, 1, 1, 2, 2, 3, 4] if may_want_nothing else [1, 1, 2, 2, 3, 4, 5]
    wanted = {pick.choice(kind).id for _ in range(pick.choice(sizes))}
    had: set[int] = set()
    if has_history and len({s.division for s in bought if s.division}) <= 2:
        had = {pick.choice(bought).id for _ in range(pick.randint(0, 3))}
    found = Student(
        wants=[s for s in kind if s.id in wanted - had], has=[s for s in kind if s.id in had]
    )
    for section in found.has:
        if section.meetings_on:
            found.weekdays[section.id] = (pick.choice(section.weekdays),)
    for section in found.wants:
        if section.meetings_on and pick.random() < 0.6:
            some = pick.sample(section.weekdays, pick.randint(1, len(section.weekdays)))
            found.weekdays[section.id] = tuple(sorted(some))
    if pick.random() < 0.25:
        camps = pick.sample(_CAMPS, 2)
        found.wants += camps[:1]
        found.has += camps[1:] if has_history else []
        # A class sold by date may come again, on other dates.
        if has_history and camps[0].mode == "drop_in" and pick.random() < 0.5:
            found.has.append(camps[0])
    for section in (*found.wants, *found.has):
        if section.mode == "tiered":
            found.tiers[section.id] = pick.choice(TIERS)
        if section.mode == "drop_in":
            found.dates[section.id] = tuple(pick.sample(DATES, pick.randint(1, 3)))
    for section in found.wants:
        optional = [code for code, (_, required) in section.add_ons.items() if not required]
        if optional and pick.random() < 0.5:
            found.asked[section.id] = tuple(optional)
        elif pick.random() < 0.005:
            found.asked[section.id] = ("gone",)
    overridable = found.wants + found.has
    if overridable and pick.random() < 0.16:
        for _ in range(pick.randint(1, 2)):
            found.overrides[pick.choice(overridable).id] = pick.choice(
                [0, 1, 2, 4_999, 60_000, 12_345_678]
            )
    return found


def order(pick: random.Random, name: str, plan: str) -> Order:
    """One cart of one family."""
    has_history = pick.random() < 0.33
    found = [
        student(pick, number > 0, has_history) for number in range(pick.choice([1, 1, 2, 2, 3]))
    ]
    if not any(s.wants for s in found):
        found[0] = Student([pick.choice([s for s in SECTIONS if s not in _CAMPS])])
    cart = Order(
        found,
        awarded=pick.random() < 0.25,
        plan=plan,
        basis="weekly_meetings" if pick.random() < 0.33 else "distinct_weekdays",
        later=pick.random() < 0.7,
        ordered_on=date(2026, 12, 31) + timedelta(pick.randint(0, 120)),
        balance_days=pick.choice([1, 30, 365]),
    )
    if name in ("published", "invented"):
        return cart
    cart.proration = pick.choice(["none", "none", "meetings", "days"])
    cart.counted = pick.random() < 0.9
    rules = PRICE_LISTS[name]
    if pick.random() < 0.25:
        codes = [coupon.code for coupon in rules.coupons if coupon.code]
        cart.coupon = f" {pick.choice(codes).lower()} " if pick.random() < 0.97 else "NOSUCH"
    cart.uses = {
        coupon.key: (uses, min(uses, 1))
        for coupon in rules.coupons
        if (coupon.max_uses or coupon.max_family_uses) and pick.random() < 0.2
        for uses in (pick.randint(1, 3),)
    }
    students = [None, *range(len(found))]
    if pick.random() < 0.15:
        cart.adjustments = [
            (pick.choice(students), pick.choice([-1, -2_500, -50_000, -9_999_999, 1, 7_500]))
            for _ in range(pick.randint(1, 4))
        ]
    if pick.random() < 0.15:
        cart.credit = pick.choice([1, 10_000, 99_999_999])
    if pick.random() < 0.1:
        # Only lines that there are can have their price set.
        with contextlib.suppress(OracleRefusesError):
            lines = [
                line
                for line in price(cart, rules).lines
                if line.kind in ("tuition", "program", "fee", "add_on", "plan_fee")
            ]
            keys = sorted({(n.student is None, n.student or 0, n.kind, n.code) for n in lines})
            cart.set_prices = [
                (None if of_all else number, kind, code, pick.choice([0, 1, 5_000, 300_000]))
                for of_all, number, kind, code in pick.sample(keys, min(2, len(keys)))
            ]
    return cart


@st.composite
def batches(draw: st.DrawFn, size: int) -> tuple[str, list[Order]]:
    """The name of a price list, and so many orders under it and one of its plans."""
    name = draw(st.sampled_from(list(PRICE_LISTS)))
    plan = draw(st.sampled_from(list(PRICE_LISTS[name].plans)))
    # Drawing each choice by itself would take longer than pricing.
    pick = random.Random(draw(st.integers(0, 2**64 - 1)))
    return name, [order(pick, name, plan) for _ in range(size)]
