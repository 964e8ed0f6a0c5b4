"""Families to price: hypothesis strategies over a made-up catalogue and two price lists.

Facts vary as far as the engine takes them: divisions alone and mixed, one to three meetings a week,
twice on one day too, all of the term or parts of it that do or don't overlap, programs, exempt
classes, what is paid already, overrides, the award, the plan, and what the rate table counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import count, cycle

from hypothesis import strategies as st

from tests.py.pricing.oracle import PUBLISHED, Fee, Order, Plan, PriceList, Section, Student

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
    plans={"full": Plan(), "thirds": Plan(3), "dozen": Plan(12, 199)},
)
PRICE_LISTS: Mapping[str, PriceList] = {"published": PUBLISHED, "invented": INVENTED}

FEE_CODES = tuple(fee.code for rules in PRICE_LISTS.values() for fee in rules.fees)
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
                yield Section(
                    next(ids), class_id, division, None, weekdays, span, frozenset(exempt)
                )
    for program in PROGRAMS:
        for weekdays in ((5,), (1, 3)):
            yield Section(
                next(ids), next(class_ids), None, program, weekdays, WHOLE,
                waives_plan_fee=WAIVES_PLAN_FEE[program],
            )


SECTIONS = tuple(_sections())

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
# No two of these clash: what was bought is a price that was found.
_BOUGHT = [[s for s in kind if len(s.weekdays) == 1 and s.program != "apprentices"]
           for kind in _KINDS]


@st.composite
def students(draw: st.DrawFn, may_want_nothing: bool, has_history: bool) -> Student:
    """One student; may_want_nothing: another one of the family wants something."""
    number = draw(st.integers(0, len(_KINDS) - 1))
    kind, bought = _KINDS[number], _BOUGHT[number]
    # Few classes are likelier than many.
    sizes = [0, 1, 1, 2, 2, 3, 4] if may_want_nothing else [1, 1, 2, 2, 3, 4, 5]
    wanted = {
        kind[draw(st.integers(0, len(kind) - 1))].id for _ in range(draw(st.sampled_from(sizes)))
    }
    had: set[int] = set()
    if has_history and len({s.division for s in bought if s.division}) <= 2:
        had = {
            bought[draw(st.integers(0, len(bought) - 1))].id
            for _ in range(draw(st.integers(0, 3)))
        }
    student = Student(
        wants=[s for s in kind if s.id in wanted - had], has=[s for s in kind if s.id in had]
    )
    overridable = student.wants + student.has
    if overridable and draw(st.integers(0, 5)) == 0:
        for _ in range(draw(st.integers(1, 2))):
            section = overridable[draw(st.integers(0, len(overridable) - 1))]
            student.overrides[section.id] = draw(
                st.sampled_from([0, 1, 2, 4_999, 60_000, 12_345_678])
            )
    return student


@st.composite
def orders(draw: st.DrawFn, plan: str) -> Order:
    """One cart of one family."""
    has_history = draw(st.integers(0, 2)) == 0
    found = [
        draw(students(may_want_nothing=number > 0, has_history=has_history))
        for number in range(draw(st.sampled_from([1, 1, 2, 2, 3])))
    ]
    if not any(student.wants for student in found):
        found[0] = Student([SECTIONS[draw(st.integers(0, len(SECTIONS) - 1))]])
    return Order(
        found,
        awarded=draw(st.integers(0, 3)) == 0,
        plan=plan,
        basis="weekly_meetings" if draw(st.integers(0, 2)) == 0 else "distinct_weekdays",
    )


@st.composite
def batches(draw: st.DrawFn, size: int) -> tuple[str, list[Order]]:
    """The name of a price list, and so many orders under it and one of its plans."""
    name = draw(st.sampled_from(list(PRICE_LISTS)))
    plan = draw(st.sampled_from(list(PRICE_LISTS[name].plans)))
    return name, [draw(orders(plan)) for _ in range(size)]
