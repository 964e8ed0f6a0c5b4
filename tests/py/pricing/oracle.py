"""A second opinion on prices: written from the design and the published figures alone.

It knows no table and no function of the database. An order goes in, lines, total and schedule come
out, or a refusal; tests ask the database the same, over HTTP and in bulk.

To add a stage: a function like those below, in its place in STUDENT_STAGES or FAMILY_STAGES; what
it reads is a field of Section, Student or Order (a fact) or of PriceList (a rule).
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from typing import NamedTuple

# ---------------------------------------------------------------- rules


@dataclass(frozen=True)
class Fee:
    """A fee: `amount` in cents for each `unit` (class, weekly_meeting, student, family).

    modes: price modes of the classes that cause it. division: None: all; else the division that
    the class (division_of "class") or the student (division_of "student") must be in.
    """

    code: str
    unit: str
    amount: int
    modes: tuple[str, ...] = ("standard",)
    division: str | None = None
    division_of: str | None = None


@dataclass(frozen=True)
class Plan:
    """A payment plan: so many monthly parts, with a fee in cents for each."""

    installments: int = 1
    fee: int = 0


@dataclass(frozen=True)
class PriceList:
    """The rules of a term; all amounts in cents.

    Fields:
        rates: by division, then weekly count; the steps rise.
        programs: by code; a program that is not there has no price.
        family_discount: how many students it takes, and what is taken off.
    """

    rates: Mapping[str, Mapping[int, int]]
    programs: Mapping[str, int]
    fees: tuple[Fee, ...]
    family_discount: tuple[int, int]
    plans: Mapping[str, Plan]


# Divisions from the lowest to the highest; one that doesn't mix tolerates no other beside it.
DIVISIONS = ("early_childhood", "junior", "senior")
MIXES = {"early_childhood": False, "junior": True, "senior": True}

PUBLISHED = PriceList(
    rates={
        "junior": {1: 77593, 2: 151306, 3: 221139},
        "senior": {1: 79643, 2: 155304, 3: 226983, 4: 294680, 5: 358394, 6: 418126},
        "early_childhood": {1: 39411},
    },
    programs={
        "technique": 71678,
        "pre_pointe": 45763,
        "pointe": 51749,
        "competition_junior": 84261,
        "competition_senior": 80294,
    },
    fees=(
        Fee("costume_senior", "class", 6500, division="senior", division_of="class"),
        Fee("costume_junior", "class", 5500, division="junior", division_of="class"),
        Fee("video", "student", 1500, division="senior", division_of="student"),
        Fee("registration", "student", 4000, modes=("standard", "tiered")),
    ),
    family_discount=(2, 5000),
    plans={"full": Plan(), "monthly": Plan(5, 500)},
)

# ---------------------------------------------------------------- facts


@dataclass(frozen=True)
class Section:
    """What a section is to a price.

    Fields:
        weekdays: one for each weekly meeting, so the same day may come twice.
        dates: first and last day; some are held in one part of the term only.
        exempt: codes of the fees that its class does not cause.
        waives_plan_fee: of a program: an order of such classes alone has no plan fee.
    """

    id: int
    class_id: int
    division: str | None
    program: str | None
    weekdays: tuple[int, ...]
    dates: tuple[date, date]
    exempt: frozenset[str] = frozenset()
    waives_plan_fee: bool = True

    @property
    def mode(self) -> str:
        """Its price mode."""
        return "program" if self.program else "standard"


@dataclass
class Student:
    """What one student wants, has paid for this term, and what staff have set (by section)."""

    wants: list[Section]
    has: list[Section] = field(default_factory=list)
    overrides: dict[int, int] = field(default_factory=dict)


@dataclass
class Order:
    """One cart.

    Fields:
        awarded: the family has had its discount this term.
        basis: what the rate table counts: distinct_weekdays or weekly_meetings.
    """

    students: list[Student]
    awarded: bool = False
    plan: str = "full"
    basis: str = "distinct_weekdays"


# ---------------------------------------------------------------- answers


class Line(NamedTuple):
    """One line; student: its place in the order, None: a line of the whole family."""

    student: int | None
    kind: str
    code: str
    amount: int


@dataclass(frozen=True)
class Price:
    """Lines that are not 0, in order of their fields, their sum, and the parts it is paid in."""

    lines: tuple[Line, ...]
    total: int
    installments: tuple[int, ...]


class OracleRefusesError(Exception):
    """There is no price; the arguments are the stable codes, any of which will do."""


Stage = Callable[[Order, Student, PriceList], Iterator[tuple[str, str, int]]]
FamilyStage = Callable[[Order, list[Line], PriceList], Iterator[tuple[str, str, int]]]


def price(order: Order, rules: PriceList = PUBLISHED) -> Price:
    """Price one cart.

    Errors: OracleRefusesError.
    """
    lines: list[Line] = []
    refusals: list[str] = []
    for number, student in enumerate(order.students):
        if not student.wants:
            continue
        for stage in STUDENT_STAGES:
            try:
                lines += [Line(number, *rest) for rest in stage(order, student, rules)]
            except OracleRefusesError as refusal:
                refusals += refusal.args
    if refusals:
        raise OracleRefusesError(*refusals)
    for family_stage in FAMILY_STAGES:
        lines += [Line(None, *rest) for rest in family_stage(order, lines, rules)]
    return priced(lines, rules.plans[order.plan].installments)


def priced(lines: Iterable[Line], installments: int) -> Price:
    """Put lines into the form that prices are compared in."""
    kept = sorted(
        (line for line in lines if line.amount != 0),
        key=lambda line: (line.student is None, line.student or 0, *line[1:]),
    )
    total = sum(line.amount for line in kept)
    return Price(tuple(kept), total, tuple(parts(total, installments)))


# ---------------------------------------------------------------- stages of a student


def override_stage(
    order: Order, student: Student, rules: PriceList
) -> Iterator[tuple[str, str, int]]:
    """What staff have set for a class of the cart."""
    for section in student.wants:
        if section.id in student.overrides:
            yield "override", "override", student.overrides[section.id]


def tuition_stage(
    order: Order, student: Student, rules: PriceList
) -> Iterator[tuple[str, str, int]]:
    """Classes by the rate table, less the rates of what is paid already."""
    # A class whose price staff have set has its vote all the same.
    where = division(student.wants + student.has)
    had = [s for s in student.has if s.division and s.id not in student.overrides]
    wanted = [s for s in student.wants if s.division and s.id not in student.overrides]
    had_where = division(student.has)
    for together in parts_of_the_term(wanted + had):
        before = [s for s in together if s in had]
        if before != together:
            due = rate(together, where, order.basis, rules)
            for apart in parts_of_the_term(before):
                due -= rate(apart, had_where, order.basis, rules)
            yield "tuition", str(where), max(due, 0)


def program_stage(
    order: Order, student: Student, rules: PriceList
) -> Iterator[tuple[str, str, int]]:
    """Once a student; what staff have set for one of its classes is the program's price."""
    settled = {
        s.program for s in student.wants + student.has if s.id in student.overrides
    }
    for program in {s.program for s in student.wants if s.program} - settled:
        if program not in rules.programs:
            raise OracleRefusesError("price_missing")
        if program not in {s.program for s in student.has}:
            yield "program", program, rules.programs[program]


def fee_stage(order: Order, student: Student, rules: PriceList) -> Iterator[tuple[str, str, int]]:
    """Fees by class, weekly meeting and student."""
    for fee in rules.fees:
        if fee.unit != "family":
            wanted, had = causes(fee, student)
            yield "fee", fee.code, fee.amount * units(fee, wanted, had)


# ---------------------------------------------------------------- stages of the family


def family_fee_stage(
    order: Order, lines: list[Line], rules: PriceList
) -> Iterator[tuple[str, str, int]]:
    """Fees that the family pays once."""
    for fee in rules.fees:
        if fee.unit == "family":
            found = [causes(fee, student) for student in order.students]
            wanted = [s for some, _ in found for s in some]
            had = [s for _, some in found for s in some]
            yield "fee", fee.code, fee.amount * units(fee, wanted, had)


def family_discount_stage(
    order: Order, lines: list[Line], rules: PriceList
) -> Iterator[tuple[str, str, int]]:
    """Once a family and term, for enough students in the cart or paid before."""
    students, amount = rules.family_discount
    if not order.awarded and len([s for s in order.students if s.wants or s.has]) >= students:
        yield "family_discount", "family_discount", -min(amount, subtotal(lines))


def plan_fee_stage(
    order: Order, lines: list[Line], rules: PriceList
) -> Iterator[tuple[str, str, int]]:
    """So much a part, once an order; not for nothing, nor for orders of programs that waive it."""
    plan = rules.plans[order.plan]
    wanted = [s for student in order.students for s in student.wants]
    if subtotal(lines) > 0 and not all(s.program and s.waives_plan_fee for s in wanted):
        yield "plan_fee", order.plan, plan.installments * plan.fee


STUDENT_STAGES: tuple[Stage, ...] = (override_stage, tuition_stage, program_stage, fee_stage)
FAMILY_STAGES: tuple[FamilyStage, ...] = (
    family_fee_stage,
    family_discount_stage,
    plan_fee_stage,
)

# ---------------------------------------------------------------- what stages ask


def subtotal(lines: Iterable[Line]) -> int:
    """The sum so far."""
    return sum(line.amount for line in lines)


def division(sections: Iterable[Section]) -> str | None:
    """The one division a student is priced in: Junior with Senior is Senior."""
    divisions = {s.division for s in sections if s.division}
    if len(divisions) > 1 and not all(MIXES[d] for d in divisions):
        raise OracleRefusesError("division_mixed")
    return max(divisions, key=DIVISIONS.index, default=None)


def parts_of_the_term(sections: Iterable[Section]) -> list[list[Section]]:
    """What is held at the same time of the year; nine classes of each half are sold apart."""
    found: list[list[Section]] = []
    for section in sorted(sections, key=lambda s: s.dates):
        if found and section.dates[0] <= max(s.dates[1] for s in found[-1]):
            found[-1].append(section)
        else:
            found.append([section])
    return found


def rate(sections: list[Section], where: str | None, basis: str, rules: PriceList) -> int:
    """What classes that are held at the same time cost: a row of the table, by what is counted.

    No class may lower a price: where some of the classes alone would be sold apart (two halves
    of the term, without the one that lasts all of it), all cost no less than these.
    """
    whole = step(sections, where, basis, rules)
    if whole is None:
        raise OracleRefusesError("rate_missing")
    if max(s.dates[0] for s in sections) <= min(s.dates[1] for s in sections):
        return whole
    return max(
        whole,
        *(
            sum(step(part, where, basis, rules) or 0 for part in parts_of_the_term(some))
            for size in range(2, len(sections))
            for some in combinations(sections, size)
        ),
    )


def step(
    sections: list[Section], where: str | None, basis: str, rules: PriceList
) -> int | None:
    """A row of the rate table; None: there is none."""
    meetings = [day for section in sections for day in section.weekdays]
    count = len(meetings) if basis == "weekly_meetings" else len(set(meetings))
    return rules.rates[str(where)].get(count)


def causes(fee: Fee, student: Student) -> tuple[list[Section], list[Section]]:
    """The classes of a student that cause a fee: those wanted, those paid before."""

    def causing(sections: list[Section], where: str | None) -> list[Section]:
        return [
            s
            for s in sections
            if s.mode in fee.modes
            and fee.code not in s.exempt
            and (
                fee.division is None
                or fee.division == (s.division if fee.division_of == "class" else where)
            )
        ]

    return (
        causing(student.wants, division(student.wants + student.has)),
        causing(student.has, division(student.has)),
    )


def units(fee: Fee, wanted: list[Section], had: list[Section]) -> int:
    """How many units of a fee are due, less what was paid with the classes had."""
    if fee.unit == "class":
        return len({s.class_id for s in wanted} - {s.class_id for s in had})
    if fee.unit == "weekly_meeting":
        return sum(len(s.weekdays) for s in wanted)
    return int(bool(wanted) and not had)


# ---------------------------------------------------------------- the schedule


def parts(total: int, count: int) -> list[int]:
    """Equal parts rounded half up; the last takes the difference, and is not negative."""
    each = int((Decimal(total) / count).quantize(Decimal(1), ROUND_HALF_UP))
    while each * (count - 1) > total:
        each -= 1
    return [each] * (count - 1) + [total - each * (count - 1)]


def due_dates(first: date, count: int) -> list[date]:
    """The same day of each month, or the last of a month that is too short for it."""
    months = [divmod(first.month - 1 + n, 12) for n in range(count)]
    return [
        date(
            first.year + years,
            month + 1,
            min(first.day, calendar.monthrange(first.year + years, month + 1)[1]),
        )
        for years, month in months
    ]
