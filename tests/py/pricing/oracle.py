"""A second opinion on prices: written from the design and the published figures alone.

It knows no table and no function of the database. An order goes in, lines, total and schedule come
out, or a refusal; tests ask the database the same, over HTTP and in bulk.

To add a stage: a function like those below, in its place in STUDENT_STAGES or FAMILY_STAGES; what
it reads is a field of Section, Student or Order (a fact) or of PriceList (a rule).
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations, pairwise
from typing import NamedTuple

# ---------------------------------------------------------------- rules


@dataclass(frozen=True)
class Fee:
    """A fee: `amount` in cents for each `unit` (class, weekly_meeting, student, family).

    Fields:
        modes: price modes of the classes that cause it.
        division: None: all; else the division that the class (division_of "class") or the student
            (division_of "student") must be in.
        class_id, section_id: the only one that causes it.
        once: what is paid before is not asked again.
        proration: what is left of meetings or days is what a late joiner pays; or "none".
    """

    code: str
    unit: str
    amount: int
    modes: tuple[str, ...] = ("standard",)
    division: str | None = None
    division_of: str | None = None
    discountable: bool = True
    class_id: int | None = None
    section_id: int | None = None
    once: bool = True
    proration: str = "none"


@dataclass(frozen=True)
class Discount:
    """What a student saves.

    Fields:
        category: students_in_family, weekly_classes, unconditional.
        reaching: only the student or the order that reaches the threshold.
        basis_points, amount: one of them.
        reduces: some of tuition, fees, programs.
        window: -1: over, 0: open, 1: yet to come.
        section_ids: what it counts and reduces, where it is limited.
    """

    code: str
    category: str
    threshold: int = 0
    reaching: bool = False
    basis_points: int = 0
    amount: int = 0
    reduces: tuple[str, ...] = ("tuition", "fees")
    window: int = 0
    section_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Coupon:
    """What an order saves by a code, or by itself (code None); fields as of Discount."""

    key: str
    code: str | None = None
    basis_points: int = 0
    amount: int = 0
    applies_to: tuple[str, ...] = ("tuition", "registration", "recital")
    dearest_only: bool = False
    stackable: bool = True
    active: bool = True
    window: int = 0
    max_uses: int | None = None
    max_family_uses: int | None = 1
    section_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Plan:
    """A payment plan: full, monthly, deposit_flat, deposit_percent, dated or custom.

    Fields:
        fee: cents for each part.
        deposit, deposit_bp: cents, or basis points of the total, due with the order.
        balance_on: when the rest is due; None: so many days after the order.
        last_due_on: no monthly part is due later.
        due_dates, shares: of a dated plan, in basis points.
    """

    installments: int = 1
    fee: int = 0
    kind: str = "full"
    deposit: int = 0
    deposit_bp: int = 0
    balance_on: date | None = None
    last_due_on: date | None = None
    due_dates: tuple[date, ...] = ()
    shares: tuple[int, ...] = ()


@dataclass(frozen=True)
class PriceList:
    """The rules of a term; all amounts in cents.

    Fields:
        rates: by division, then weekly count; the steps rise.
        rates_at: the same for locations that have a list of their own.
        programs: by code; a program that is not there has no price.
        registration_of: what a program asks of the registration fee, where it has its own.
        family_discount: how many students it takes, and what is taken off.
    """

    rates: Mapping[str, Mapping[int, int]]
    programs: Mapping[str, int]
    fees: tuple[Fee, ...]
    family_discount: tuple[int, int]
    plans: Mapping[str, Plan]
    rates_at: Mapping[int, Mapping[str, Mapping[int, int]]] = field(default_factory=dict)
    registration_of: Mapping[str, int] = field(default_factory=dict)
    discounts: tuple[Discount, ...] = ()
    coupons: tuple[Coupon, ...] = ()


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
        Fee(
            "registration", "student", 4000, modes=("standard", "tiered"), discountable=False
        ),
    ),
    family_discount=(2, 5000),
    plans={"full": Plan(), "monthly": Plan(5, 500, "monthly")},
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
        location: where it is held; some have their own rates.
        meetings, days: in all and still to come.
        meetings_on: meetings by weekday, of a section some weekdays of which can be had alone.
        class_price: what everybody pays for the class, in place of the rate table.
        add_ons: what can be had beside it, by code: cents, and whether it has to be.
        tiers: cents by code, of a section that has tiers.
        date_prices: cents by date (None: all others), of a section sold by date.
    """

    id: int
    class_id: int
    division: str | None
    program: str | None
    weekdays: tuple[int, ...]
    dates: tuple[date, date]
    exempt: frozenset[str] = frozenset()
    waives_plan_fee: bool = True
    location: int = 0
    meetings: tuple[int, int] = (1, 1)
    days: tuple[int, int] = (1, 1)
    class_price: int | None = None
    add_ons: Mapping[str, tuple[int, bool]] = field(default_factory=dict, hash=False)
    tiers: Mapping[str, int] = field(default_factory=dict, hash=False)
    date_prices: Mapping[date | None, int] = field(default_factory=dict, hash=False)
    meetings_on: Mapping[int, tuple[int, int]] = field(default_factory=dict, hash=False)

    def on(self, weekdays: tuple[int, ...] | None) -> Section:
        """The section as it is for who has only these weekdays of it; None: all of it.

        It is held on these and on no other; its first and last day, and its class, are the same.
        """
        if weekdays is None:
            return self
        meetings = self.meetings
        if self.meetings_on:
            counts = [self.meetings_on[day] for day in weekdays]
            meetings = (sum(n for n, _ in counts), sum(n for _, n in counts))
        picked = tuple(day for day in self.weekdays if day in weekdays)
        return replace(self, weekdays=picked, meetings=meetings)

    @property
    def mode(self) -> str:
        """Its price mode."""
        if self.program:
            return "program"
        if self.division:
            return "standard"
        return "tiered" if self.tiers else "drop_in"

    def left(self, proration: str) -> tuple[int, int]:
        """What there is of it in all, and still to come, in days or meetings."""
        return self.days if proration == "days" else self.meetings


@dataclass
class Student:
    """What one student wants, has paid for this term, and what staff have set (by section).

    Fields, by section:
        tiers: the tier that was picked.
        dates: the dates that were picked; those paid before are others.
        weekdays: those that were picked, or paid before, where it is not all of the section.
        asked: add-ons that were asked for.
    """

    wants: list[Section]
    has: list[Section] = field(default_factory=list)
    overrides: dict[int, int] = field(default_factory=dict)
    tiers: dict[int, str] = field(default_factory=dict)
    dates: dict[int, tuple[date, ...]] = field(default_factory=dict)
    asked: dict[int, tuple[str, ...]] = field(default_factory=dict)
    weekdays: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def picked(self) -> Student:
        """The same student, with sections as they are for one who has those weekdays of them."""
        return replace(
            self,
            wants=[s.on(self.weekdays.get(s.id)) for s in self.wants],
            has=[s.on(self.weekdays.get(s.id)) for s in self.has],
        )


@dataclass
class Order:
    """One cart.

    Fields:
        awarded: the family has had its discount this term.
        basis: what the rate table counts: distinct_weekdays or weekly_meetings.
        later: a second child who comes later earns the family discount.
        proration: of tuition: none, meetings, days.
        counted: what is left of the sections is known.
        ordered_on: None: no matter, parts have no dates then.
        balance_days: until the rest of a deposit is due.
        arranged: the parts of plan custom, when how much: all that staff set for this cart.
        uses: of coupons, by key: of all families, of this one.
        set_prices: of lines: student (None: the family's), kind, code, cents.
        adjustments: student (None: the family's), cents.
        credit: what the family spends, if it does.
    """

    students: list[Student]
    awarded: bool = False
    plan: str = "full"
    basis: str = "distinct_weekdays"
    later: bool = True
    proration: str = "none"
    counted: bool = True
    ordered_on: date | None = None
    balance_days: int = 30
    arranged: tuple[tuple[date, int], ...] = ()
    coupon: str | None = None
    uses: dict[str, tuple[int, int]] = field(default_factory=dict)
    set_prices: list[tuple[int | None, str, str, int]] = field(default_factory=list)
    adjustments: list[tuple[int | None, int]] = field(default_factory=list)
    credit: int | None = None


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
    installments: tuple[int, ...] = ()
    due_on: tuple[date, ...] = ()


@dataclass
class Entry:
    """A line while it is being priced: what it is for, and what discounts have left of it.

    Fields:
        sections: ids, with their weight in a share of the line.
        group: tuition, fees or programs, which discounts reduce; None: they don't.
    """

    kind: str
    code: str
    amount: int
    sections: Mapping[int, int] = field(default_factory=dict)
    group: str | None = None
    student: int | None = None
    left: int = 0

    def __post_init__(self) -> None:
        self.left = self.amount

    def share(self, section_ids: frozenset[int]) -> int:
        """What is left of it for some sections, to the cent; for none: for all."""
        if not section_ids:
            return self.left
        weight = sum(self.sections.values())
        if weight == 0:
            return 0
        some = sum(n for section_id, n in self.sections.items() if section_id in section_ids)
        return rounded(Fraction(self.left * some, weight))


class OracleRefusesError(Exception):
    """There is no price; the arguments are the stable codes, any of which will do."""


Stage = Callable[[Order, Student, PriceList], Iterator[Entry]]
FamilyStage = Callable[[Order, list[Entry], PriceList], Iterator[Entry]]


def price(order: Order, rules: PriceList = PUBLISHED) -> Price:
    """Price one cart.

    Errors: OracleRefusesError.
    """
    order = replace(order, students=[student.picked() for student in order.students])
    entries: list[Entry] = []
    refusals: list[str] = []
    if rules.plans[order.plan].kind == "custom" and not order.arranged:
        refusals.append("plan_unknown")
    for number, student in enumerate(order.students):
        if not student.wants:
            continue
        for stage in STUDENT_STAGES:
            try:
                for entry in stage(order, student, rules):
                    entry.student = number
                    entries.append(entry)
            except OracleRefusesError as refusal:
                refusals += refusal.args
    if refusals:
        raise OracleRefusesError(*refusals)
    for family_stage in FAMILY_STAGES:
        entries += family_stage(order, entries, rules)
    found = priced(Line(e.student, e.kind, e.code, e.amount) for e in entries)
    if rules.plans[order.plan].kind == "custom":
        schedule = arranged_parts(order, found.total)
    else:
        schedule = parts(
            found.total, rules.plans[order.plan], order.ordered_on or date(2027, 1, 1),
            order.balance_days,
        )
    return Price(
        found.lines,
        found.total,
        tuple(amount for _, amount in schedule),
        tuple(due for due, _ in schedule) if order.ordered_on else (),
    )


def offer(order: Order, rules: PriceList = PUBLISHED) -> Price:
    """Price one cart as a family asks for it: not by every plan, whatever it would cost.

    Errors: OracleRefusesError.
    """
    standard = [s for student in order.students for s in student.wants if s.mode == "standard"]
    # Early childhood has no auto-pay, whatever programs stand beside it.
    by_auto_pay = rules.plans[order.plan].kind == "monthly"
    if by_auto_pay and standard and all(s.division == "early_childhood" for s in standard):
        refusals = ["plan_not_offered"]
        try:
            price(order, rules)
        except OracleRefusesError as refusal:
            refusals += refusal.args
        raise OracleRefusesError(*refusals)
    return price(order, rules)


def priced(lines: Iterable[Line]) -> Price:
    """Put lines into the form that prices are compared in; parts are left out."""
    kept = sorted(
        (line for line in lines if line.amount != 0),
        key=lambda line: (line.student is None, line.student or 0, *line[1:]),
    )
    return Price(tuple(kept), sum(line.amount for line in kept))


# ---------------------------------------------------------------- stages of a student


def override_stage(order: Order, student: Student, rules: PriceList) -> Iterator[Entry]:
    """What staff have set for a class of the cart: for one student, or for everybody."""
    for section in student.wants:
        group = "programs" if section.program else "tuition"
        if section.id in student.overrides:
            amount = student.overrides[section.id]
            yield Entry("override", "override", amount, {section.id: 1}, group)
        elif section.mode == "standard" and section.class_price is not None:
            yield Entry("override", "class_price", section.class_price, {section.id: 1}, group)


def tuition_stage(order: Order, student: Student, rules: PriceList) -> Iterator[Entry]:
    """Classes by the rate table, less the rates of what is paid already."""
    # A class whose price staff have set has its vote all the same.
    where = division(student.wants + student.has)
    had_where = division(student.has)
    had = by_table(student, student.has)
    for together in parts_of_the_term(by_table(student, student.wants) + had):
        before = [s for s in together if s in had]
        new = [s for s in together if s not in had]
        if not new:
            continue
        # Who starts late has so many classes for as much as is left of all of them, and fewer for
        # as much as only some still have to come.
        shares = sorted({left_of(s, order.proration, order) for s in new})
        amount = Fraction(0)
        for less, share in pairwise([Fraction(0), *shares]):
            lasting = [s for s in new if left_of(s, order.proration, order) >= share]
            for part in parts_of_the_term(lasting + before):
                if set(part) - set(before):
                    due = rate(part, where, order.basis, rules)
                    for apart in parts_of_the_term(s for s in part if s in before):
                        due -= rate(apart, had_where, order.basis, rules)
                    amount += (share - less) * max(due, 0)
        yield Entry(
            "tuition",
            str(where),
            rounded(amount),
            {s.id: len(s.weekdays) for s in new},
            "tuition",
        )


def program_stage(order: Order, student: Student, rules: PriceList) -> Iterator[Entry]:
    """Once a student; what staff have set for one of its classes is the program's price."""
    settled = {
        s.program for s in student.wants + student.has if s.id in student.overrides
    }
    for program in sorted({s.program for s in student.wants if s.program} - settled):
        if program not in rules.programs:
            raise OracleRefusesError("price_missing")
        if program not in {s.program for s in student.has}:
            sections = {s.id: len(s.weekdays) for s in student.wants if s.program == program}
            yield Entry("program", program, rules.programs[program], sections, "programs")


def tier_stage(order: Order, student: Student, rules: PriceList) -> Iterator[Entry]:
    """The tier that was picked."""
    for section in student.wants:
        if section.mode == "tiered" and section.id not in student.overrides:
            tier = student.tiers[section.id]
            if tier not in section.tiers:
                raise OracleRefusesError("price_missing")
            yield Entry("tier", tier, section.tiers[tier], {section.id: 1}, "tuition")


def date_stage(order: Order, student: Student, rules: PriceList) -> Iterator[Entry]:
    """The dates that were picked, each at its own price or that of all dates."""
    for section in student.wants:
        if section.mode == "drop_in" and section.id not in student.overrides:
            prices = [
                section.date_prices.get(on, section.date_prices.get(None))
                for on in student.dates[section.id]
            ]
            if None in prices:
                raise OracleRefusesError("price_missing")
            yield Entry(
                "drop_in", "drop_in", sum(n or 0 for n in prices), {section.id: 1}, "tuition"
            )


def fee_stage(order: Order, student: Student, rules: PriceList) -> Iterator[Entry]:
    """Fees by class, weekly meeting and student."""
    for fee in rules.fees:
        if fee.unit != "family":
            wanted, had = causes(fee, student, rules)
            yield Entry(
                "fee",
                fee.code,
                asked(fee, wanted, had, rules, order),
                {s.id: 1 if fee.unit == "class" else len(s.weekdays) for s in wanted},
                "fees" if fee.discountable else None,
            )


def add_on_stage(order: Order, student: Student, rules: PriceList) -> Iterator[Entry]:
    """What has to be had beside a section, and what was asked for."""
    for section in student.wants:
        asked_for = student.asked.get(section.id, ())
        if not set(asked_for) <= set(section.add_ons):
            raise OracleRefusesError("add_on_unknown")
        for code, (amount, required) in section.add_ons.items():
            # More dates of the same class: what has to be is paid already, not what is asked for.
            if section not in student.has if required else code in asked_for:
                yield Entry("add_on", code, amount)


# ---------------------------------------------------------------- stages of the family


def discount_stage(order: Order, entries: list[Entry], rules: PriceList) -> Iterator[Entry]:
    """Percentages first, then amounts, each of what is left of the lines it reduces."""
    for discount in sorted(rules.discounts, key=lambda d: not d.basis_points):
        if discount.window:
            continue
        for number in recipients(discount, order):
            lines = [e for e in entries if e.student == number and e.group in discount.reduces]
            saved = cut(discount, sum(e.share(discount.section_ids) for e in lines))
            if saved > 0:
                take(lines, discount.section_ids, saved)
                yield Entry("discount", discount.code, -saved, student=number)


def family_fee_stage(order: Order, entries: list[Entry], rules: PriceList) -> Iterator[Entry]:
    """Fees that the family pays once."""
    for fee in rules.fees:
        if fee.unit == "family":
            found = [causes(fee, student, rules) for student in order.students]
            wanted = [s for some, _ in found for s in some]
            had = [s for _, some in found for s in some]
            yield Entry("fee", fee.code, asked(fee, wanted, had, rules, order))


def family_discount_stage(order: Order, entries: list[Entry], rules: PriceList) -> Iterator[Entry]:
    """Once a family and term, for enough students in the cart or, by the setting, paid before."""
    least, amount = rules.family_discount
    students = [s for s in order.students if s.wants or (order.later and s.has)]
    if not order.awarded and len(students) >= least:
        yield Entry("family_discount", "family_discount", -min(amount, subtotal(entries)))


def plan_fee_stage(order: Order, entries: list[Entry], rules: PriceList) -> Iterator[Entry]:
    """So much a part, once an order; not for nothing, nor for orders of programs that waive it."""
    plan = rules.plans[order.plan]
    wanted = [s for student in order.students for s in student.wants]
    if plan.kind == "custom":
        return
    if subtotal(entries) > 0 and not all(s.program and s.waives_plan_fee for s in wanted):
        count = len(due_dates(plan, order.ordered_on or date(2027, 1, 1), order.balance_days))
        yield Entry("plan_fee", order.plan, count * plan.fee)


def coupon_stage(order: Order, entries: list[Entry], rules: PriceList) -> Iterator[Entry]:
    """The coupon whose code was entered, or else the best of those that apply by themselves."""
    due = subtotal(entries)
    if order.coupon is not None:
        code = order.coupon.strip().upper()
        entered = next((c for c in rules.coupons if c.code == code), None)
        if entered is None:
            raise OracleRefusesError("coupon_not_found")
        refusals, saved = judged(entered, order, entries)
        if refusals:
            raise OracleRefusesError(*refusals)
        yield Entry("coupon", entered.key, -min(saved, due))
    else:
        by_themselves = [
            (-min(saved, due), coupon.key)
            for coupon in rules.coupons
            if coupon.code is None
            for refusals, saved in [judged(coupon, order, entries)]
            if not refusals
        ]
        if by_themselves:
            amount, key = min(by_themselves)
            yield Entry("coupon", key, amount)


def adjustment_stage(order: Order, entries: list[Entry], rules: PriceList) -> Iterator[Entry]:
    """What staff set for lines, then what they add or take off, never below 0."""
    given = []
    for number, kind, code, amount in order.set_prices:
        line = (number, kind, code)
        costs = sum(e.amount for e in entries if (e.student, e.kind, e.code) == line)
        given.append((number, "line_price", amount - costs))
    present = {e.student for e in entries if e.student is not None}
    given += [
        (number, "adjustment", amount)
        for number, amount in order.adjustments
        if number is None or number in present
    ]
    left = {
        number: subtotal(e for e in entries if e.student == number)
        for number in range(len(order.students))
    }
    due = subtotal(entries)
    for number, code, amount in given:
        if amount > 0:
            due += amount
            if number is not None:
                left[number] += amount
            yield Entry("adjustment", code, amount, student=number)
    # The family's own come last.
    for number, code, amount in sorted(given, key=lambda g: (g[0] is None, g[0] or 0)):
        if amount < 0:
            off = min(-amount, due if number is None else min(due, left[number]))
            due -= off
            if number is not None:
                left[number] -= off
            yield Entry("adjustment", code, -off, student=number)


def credit_stage(order: Order, entries: list[Entry], rules: PriceList) -> Iterator[Entry]:
    """What the family spends of its credits."""
    if order.credit:
        yield Entry("credit", "credit", -min(order.credit, subtotal(entries)))


STUDENT_STAGES: tuple[Stage, ...] = (
    override_stage,
    tuition_stage,
    program_stage,
    tier_stage,
    date_stage,
    fee_stage,
    add_on_stage,
)
FAMILY_STAGES: tuple[FamilyStage, ...] = (
    discount_stage,
    family_fee_stage,
    family_discount_stage,
    plan_fee_stage,
    coupon_stage,
    adjustment_stage,
    credit_stage,
)

# ---------------------------------------------------------------- what stages ask


def subtotal(entries: Iterable[Entry]) -> int:
    """The sum so far."""
    return sum(entry.amount for entry in entries)


def rounded(amount: Fraction) -> int:
    """To the cent, half up."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def by_table(student: Student, sections: Iterable[Section]) -> list[Section]:
    """Those that the rate table prices."""
    return [
        s
        for s in sections
        if s.mode == "standard" and s.id not in student.overrides and s.class_price is None
    ]


def left_of(section: Section, proration: str, order: Order) -> Fraction:
    """The share of a section that is still to come; all of it where that is not known."""
    if proration == "none" or not order.counted:
        return Fraction(1)
    of, left = section.left(proration)
    return Fraction(left, of) if left < of else Fraction(1)


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

    Of the price lists of their locations the dearest counts. No class may lower a price: where
    some of the classes alone would be sold apart (two halves of the term, without the one that
    lasts all of it), all cost no less than these.
    """
    locations = {s.location if s.location in rules.rates_at else None for s in sections}
    wholes = [step(sections, where, basis, rules, [location]) for location in locations]
    if None in wholes:
        raise OracleRefusesError("rate_missing")
    found = [whole for whole in wholes if whole is not None]
    if max(s.dates[0] for s in sections) > min(s.dates[1] for s in sections):
        for size in range(2, len(sections)):
            for some in combinations(sections, size):
                apart = parts_of_the_term(some)
                if len(apart) > 1:
                    found += [
                        sum(step(part, where, basis, rules, by) or 0 for part in apart)
                        for by in ([location] for location in locations)
                    ]
                    found.append(
                        sum(
                            step(part, where, basis, rules, [s.location for s in part]) or 0
                            for part in apart
                        )
                    )
    return max(found)


def step(
    sections: list[Section],
    where: str | None,
    basis: str,
    rules: PriceList,
    locations: Iterable[int | None],
) -> int | None:
    """A row of the rate table, the dearest of the locations' lists; None: there is none."""
    count = weekly_count(sections, basis)
    found = [
        (rules.rates_at[at] if at in rules.rates_at else rules.rates).get(str(where), {}).get(count)
        for at in locations
    ]
    return None if None in found else max(n for n in found if n is not None)


def weekly_count(sections: list[Section], basis: str) -> int:
    """What is counted of classes that are held at the same time."""
    meetings = [day for section in sections for day in section.weekdays]
    return len(meetings) if basis == "weekly_meetings" else len(set(meetings))


def causes(
    fee: Fee, student: Student, rules: PriceList
) -> tuple[list[Section], list[Section]]:
    """The classes of a student that cause a fee: those wanted, those paid before."""

    def causing(sections: list[Section], where: str | None) -> list[Section]:
        return [
            s
            for s in sections
            if (s.mode in fee.modes if (own := own_registration(fee, s, rules)) is None else own)
            and fee.code not in s.exempt
            and fee.class_id in (None, s.class_id)
            and fee.section_id in (None, s.id)
            and (
                fee.division is None
                or fee.division == (s.division if fee.division_of == "class" else where)
            )
        ]

    return (
        causing(student.wants, division(student.wants + student.has)),
        causing(student.has, division(student.has)) if fee.once else [],
    )


def own_registration(fee: Fee, section: Section, rules: PriceList) -> int | None:
    """What a program asks of the registration fee, where it has its own amount."""
    return rules.registration_of.get(str(section.program)) if fee.code == "registration" else None


def asked(
    fee: Fee, wanted: list[Section], had: list[Section], rules: PriceList, order: Order
) -> int:
    """What a fee asks for the classes wanted, less what was paid with those had.

    Of a fee that prorates each unit is asked as far as the class that causes it is still to come,
    of several the one with most to come.
    """

    def most_left(sections: list[Section]) -> Fraction:
        return max((left_of(s, fee.proration, order) for s in sections), default=Fraction(1))

    def highest(sections: list[Section]) -> int:
        owns = [own_registration(fee, s, rules) for s in sections]
        return max((fee.amount if own is None else own for own in owns), default=0)

    if fee.unit == "class":
        units = sum(
            most_left([s for s in wanted if s.class_id == class_id])
            for class_id in {s.class_id for s in wanted} - {s.class_id for s in had}
        )
        return rounded(Fraction(fee.amount * units))
    if fee.unit == "weekly_meeting":
        units = sum(len(s.weekdays) * most_left([s]) for s in wanted)
        return rounded(Fraction(fee.amount * units))
    if not wanted:
        return 0
    return rounded(max(highest(wanted + had) - highest(had), 0) * most_left(wanted))


def recipients(discount: Discount, order: Order) -> Iterator[int]:
    """Which students a discount is for."""

    def within(sections: list[Section]) -> list[Section]:
        ids = discount.section_ids
        return [s for s in sections if not ids or s.id in ids]

    if discount.category == "students_in_family":
        counted = [
            n for n, s in enumerate(order.students) if within(s.wants) or within(s.has)
        ]
        # Those who came first.
        counted.sort(key=lambda n: (not within(order.students[n].has), n))
        last = discount.threshold if discount.reaching else len(counted)
        yield from sorted(
            n for n in counted[discount.threshold - 1 : last] if order.students[n].wants
        )
        return
    for number, student in enumerate(order.students):
        if not student.wants:
            continue
        if discount.category == "weekly_classes":

            def most(sections: list[Section], student: Student = student) -> int:
                return max(
                    (
                        weekly_count(together, order.basis)
                        for together in parts_of_the_term(within(by_table(student, sections)))
                    ),
                    default=0,
                )

            if most(student.wants + student.has) < discount.threshold:
                continue
            if discount.reaching and most(student.has) >= discount.threshold:
                continue
        yield number


def cut(rule: Discount | Coupon, base: int) -> int:
    """What a rule takes off a base, not more than that."""
    if rule.basis_points:
        return rounded(Fraction(base * rule.basis_points, 10000))
    return min(rule.amount, base)


def take(lines: list[Entry], section_ids: frozenset[int], saved: int) -> None:
    """Spread what is saved over lines, one after the other.

    Up to and with each line its part of what is saved, as far as it is whole cents.
    """
    shares = [entry.share(section_ids) for entry in lines]
    reached = taken = 0
    for entry, share in zip(lines, shares, strict=True):
        reached += share
        upto = saved * reached // sum(shares)
        entry.left -= upto - taken
        taken = upto


def judged(coupon: Coupon, order: Order, entries: list[Entry]) -> tuple[set[str], int]:
    """Why a coupon does not apply, and what it would save."""
    refusals = set()
    uses, family_uses = order.uses.get(coupon.key, (0, 0))
    if not coupon.active:
        refusals.add("coupon_inactive")
    if coupon.window:
        refusals.add("coupon_expired" if coupon.window < 0 else "coupon_not_yet_valid")
    if coupon.max_uses is not None and uses >= coupon.max_uses:
        refusals.add("coupon_used_up")
    if coupon.max_family_uses is not None and family_uses >= coupon.max_family_uses:
        refusals.add("coupon_used_by_family")
    if not coupon.stackable and any(e.kind == "discount" for e in entries):
        refusals.add("coupon_not_stackable")
    lines = [e.share(coupon.section_ids) for e in entries if kind_of(e) in coupon.applies_to]
    base = max(lines, default=0) if coupon.dearest_only else sum(lines)
    saved = min(cut(coupon, base), subtotal(entries))
    if saved <= 0:
        refusals.add("coupon_not_applicable")
    return refusals, saved


def kind_of(entry: Entry) -> str | None:
    """What coupons call a line."""
    if entry.kind == "fee":
        return "registration" if entry.code == "registration" else "recital"
    tuition = ("override", "tuition", "program", "tier", "drop_in")
    return "tuition" if entry.kind in tuition else None


# ---------------------------------------------------------------- the schedule


def due_dates(plan: Plan, ordered_on: date, balance_days: int) -> list[date]:
    """When the parts of a plan are due; what falls due before the order is due on it."""
    if plan.kind == "full":
        found = [ordered_on]
    elif plan.kind == "monthly":
        found = [month_later(ordered_on, n) for n in range(plan.installments)]
        found = [on for n, on in enumerate(found) if n == 0 or on <= (plan.last_due_on or on)]
    elif plan.kind == "dated":
        found = [max(on, ordered_on) for on in plan.due_dates]
    else:
        balance = plan.balance_on or ordered_on + timedelta(balance_days)
        found = [ordered_on, max(balance, ordered_on)]
    return sorted(set(found))


def parts(total: int, plan: Plan, ordered_on: date, balance_days: int) -> list[tuple[date, int]]:
    """When how much of a total is due; the last takes what rounding left; none is negative."""
    dates = due_dates(plan, ordered_on, balance_days)
    if plan.kind in ("deposit_flat", "deposit_percent"):
        deposit = plan.deposit or rounded(Fraction(total * plan.deposit_bp, 10000))
        if deposit >= total:
            dates = dates[:1]
        amounts = [deposit]
    elif plan.kind == "dated":
        amounts = [
            sum(
                rounded(Fraction(total * share, 10000))
                for on, share in zip(plan.due_dates, plan.shares, strict=True)
                if max(on, ordered_on) == due
            )
            for due in dates
        ]
    else:
        each = rounded(Fraction(total, len(dates)))
        while each * (len(dates) - 1) > total:
            each -= 1
        amounts = [each] * len(dates)
    found, left = [], total
    for due in dates[:-1]:
        found.append((due, min(amounts.pop(0), left)))
        left -= found[-1][1]
    return [*found, (dates[-1], left)]


def arranged_parts(order: Order, total: int) -> list[tuple[date, int]]:
    """The parts that staff arranged for a cart: for this total alone."""
    if sum(amount for _, amount in order.arranged) != total:
        raise OracleRefusesError("schedule_invalid")
    return list(order.arranged)


def month_later(first: date, months: int) -> date:
    """The same day of a later month, or the last of one that is too short for it."""
    years, month = divmod(first.month - 1 + months, 12)
    last = calendar.monthrange(first.year + years, month + 1)[1]
    return date(first.year + years, month + 1, min(first.day, last))
