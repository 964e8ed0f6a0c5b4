"""A second opinion on prices: written from the design and the published figures alone.

The oracle below knows no table and no function of the database. It is asked the same as the API
about generated carts, of families with and without classes they have paid for before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from demo.api import Refused
from tests.py.support import Caller, Family, Studio, unique

# ---------------------------------------------------------------- the published figures, in cents

RATES = {
    "junior": {1: 77593, 2: 151306, 3: 221139},
    "senior": {1: 79643, 2: 155304, 3: 226983, 4: 294680, 5: 358394, 6: 418126},
    "early_childhood": {1: 39411},
}
PROGRAMS = {
    "technique": 71678,
    "pre_pointe": 45763,
    "pointe": 51749,
    "competition_junior": 84261,
    "competition_senior": 80294,
}
COSTUME = {"junior": 5500, "senior": 6500}
VIDEO = 1500
REGISTRATION = 4000
FAMILY_DISCOUNT = 5000
MONTHS, FEE_A_MONTH = 5, 500

# Places in each section for those who enroll here.
ROOM = 60


class OracleRefusesError(Exception):
    """There is no price; the arguments are the stable codes, any of which will do."""


@dataclass(frozen=True)
class Section:
    """What a section is to a price."""

    id: int
    class_id: int
    division: str | None
    program: str | None
    weekdays: tuple[int, ...]
    # First and last day: some are held in one half of the term only.
    dates: tuple[date, date]


@dataclass
class Student:
    """What one student wants, has paid for this term, and what staff have set (by section)."""

    wants: list[Section]
    has: list[Section] = field(default_factory=list)
    overrides: dict[int, int] = field(default_factory=dict)


# What a price is compared by: the lines of each student, of the family, total and parts.
Price = tuple[list["Counter[tuple[str, int]]"], "Counter[tuple[str, int]]", int, list[int]]


def oracle(students: Iterable[Student], awarded: bool, monthly: bool) -> Price:
    """Price one cart. awarded: the family has had its discount this term."""
    students = list(students)
    lines, refusals = [], []
    for student in students:
        if student.wants:
            try:
                lines.append(student_lines(student))
            except OracleRefusesError as refusal:
                refusals += refusal.args
    # No auto-pay is offered for early childhood alone, whatever programs stand beside it.
    standard = [w for student in students for w in student.wants if not w.program]
    if monthly and standard and all(w.division == "early_childhood" for w in standard):
        refusals.append("plan_not_offered")
    if refusals:
        raise OracleRefusesError(*refusals)
    subtotal = sum(amount for student in lines for _, amount in student.elements())
    family: Counter[tuple[str, int]] = Counter()
    if not awarded and len([s for s in students if s.wants or s.has]) >= 2 and subtotal > 0:
        family["family_discount", -min(FAMILY_DISCOUNT, subtotal)] += 1
        subtotal -= min(FAMILY_DISCOUNT, subtotal)
    only_programs = all(section.program for student in students for section in student.wants)
    if monthly and subtotal > 0 and not only_programs:
        family["plan_fee", MONTHS * FEE_A_MONTH] += 1
        subtotal += MONTHS * FEE_A_MONTH
    return lines, family, subtotal, parts(subtotal, MONTHS if monthly else 1)


def parts(total: int, count: int) -> list[int]:
    """Equal parts rounded half up; the last takes the difference."""
    each = int((Decimal(total) / count).quantize(Decimal(1), ROUND_HALF_UP))
    return [each] * (count - 1) + [total - each * (count - 1)]


def student_lines(student: Student) -> Counter[tuple[str, int]]:
    """The lines of one student that are not 0."""
    lines: Counter[tuple[str, int]] = Counter()
    standard = [s for s in student.wants if s.division]
    had = [s for s in student.has if s.division]
    for section in student.wants:
        if section.id in student.overrides:
            lines["override", student.overrides[section.id]] += 1

    counted = [s for s in standard if s.id not in student.overrides]
    # A class whose price staff have set has its vote all the same.
    overall = division(standard + had)
    for part in parts_of_the_term(counted + had):
        before = [s for s in part if s in had]
        if before != part:
            paid = sum(rate(each, division(had)) for each in parts_of_the_term(before))
            due = rate(part, overall) - paid
            lines["tuition", max(due, 0)] += 1
    # Once a student; what staff have set for one of its classes is the program's price.
    settled = {s.program for s in student.wants if s.id in student.overrides}
    settled |= {s.program for s in student.has}
    for program in {s.program for s in student.wants if s.program}:
        if program not in settled:
            lines[f"program {program}", PROGRAMS[program]] += 1

    for costumed, amount in COSTUME.items():
        classes = {s.class_id for s in standard if s.division == costumed}
        classes -= {s.class_id for s in had}
        if classes:
            lines["costume", amount * len(classes)] += 1
    if standard and overall == "senior" != division(had):
        lines["video", VIDEO] += 1
    if standard and not had:
        lines["registration", REGISTRATION] += 1
    return Counter({line: n for line, n in lines.items() if line[1] != 0})


def division(sections: list[Section]) -> str | None:
    """The one division a student is priced in: Junior with Senior is Senior."""
    divisions = {s.division for s in sections}
    if "early_childhood" in divisions and len(divisions) > 1:
        raise OracleRefusesError("division_mixed")
    return next((d for d in ("senior", "junior", "early_childhood") if d in divisions), None)


def parts_of_the_term(sections: list[Section]) -> list[list[Section]]:
    """What is held at the same time of the year; nine classes of each half are sold apart."""
    parts: list[list[Section]] = []
    for section in sorted(sections, key=lambda s: s.dates):
        if parts and section.dates[0] <= max(s.dates[1] for s in parts[-1]):
            parts[-1].append(section)
        else:
            parts.append([section])
    return parts


def rate(sections: list[Section], where: str) -> int:
    """A row of the table, by distinct weekdays; a count with no row is refused."""
    days = len({day for section in sections for day in section.weekdays})
    amount = RATES[where].get(days)
    if amount is None:
        raise OracleRefusesError("rate_missing")
    return amount


# ---------------------------------------------------------------- the API's answer, likewise


def price_of(quote: dict[str, Any]) -> Price:
    def counted(lines: list[dict[str, Any]]) -> Counter[tuple[str, int]]:
        return Counter(
            (_word(line), line["amount_minor"]) for line in lines if line["amount_minor"] != 0
        )

    for student in quote["students"]:
        assert student["subtotal_minor"] == sum(n["amount_minor"] for n in student["lines"]) >= 0
    everything = [n for s in quote["students"] for n in s["lines"]] + quote["family_lines"]
    assert quote["total_minor"] == sum(line["amount_minor"] for line in everything)
    return (
        [counted(student["lines"]) for student in quote["students"]],
        counted(quote["family_lines"]),
        quote["total_minor"],
        [part["amount_minor"] for part in quote["schedule"]],
    )


def _word(line: dict[str, Any]) -> str:
    match line["kind"]:
        case "fee":
            return line["code"].split("_")[0]
        case "program":
            return f"program {line['code']}"
        case kind:
            return kind


def comparable(price: Price) -> Price:
    """Students in any order."""
    students, family, total, schedule = price
    return sorted(students, key=lambda lines: sorted(lines.items())), family, total, schedule


# ---------------------------------------------------------------- families to ask about


@pytest.fixture(scope="module")
def sections(aydt: Studio) -> list[Section]:
    """The demo's own, with room for everybody who enrolls here."""
    with aydt.operator() as connection:
        connection.execute(
            "update catalog.sections as s set capacity = %s + ("
            " select count(*) from enrollment.seats as t"
            " where t.studio_id = s.studio_id and t.section_id = s.id"
            ") where s.studio_id = %s and s.capacity is not null",
            (ROOM, aydt.id),
        )
        rows = connection.execute(
            """
            select
                s.id, c.id, d.code, p.code, array_agg(t.weekday::integer), s.starts_on, s.ends_on
            from catalog.sections as s
            inner join catalog.classes as c on s.studio_id = c.studio_id and s.class_id = c.id
            inner join catalog.section_times as t
                on s.studio_id = t.studio_id and s.id = t.section_id
            left join catalog.divisions as d on c.studio_id = d.studio_id and c.division_id = d.id
            left join catalog.programs as p on c.studio_id = p.studio_id and c.program_id = p.id
            where s.studio_id = %s and c.discipline <> 'test'
            group by s.id, c.id, d.code, p.code, s.starts_on, s.ends_on
            order by s.id
            """,
            (aydt.id,),
        ).fetchall()
    return [Section(*row[:4], tuple(row[4]), row[5:]) for row in rows]


@pytest.fixture(scope="module")
def desk(aydt: Studio) -> Caller:
    """Staff, who price and check out for the families."""
    return aydt.staff()


class Desk:
    """One family, served by staff."""

    def __init__(self, studio: Studio, staff: Caller, students: int) -> None:
        self.studio = studio
        with studio.operator() as connection:
            self.family_id = connection.execute(
                "insert into identity.families (studio_id, name) values (%s, %s) returning id",
                (studio.id, unique("family")),
            ).fetchone()[0]
        self._staff = staff
        self.students = [
            self.call(
                "add_student", first_name=f"Child {n}", last_name="Stone", birth_date="2014-02-28"
            )
            for n in range(students)
        ]

    def call(self, function: str, **arguments: Any) -> Any:
        response = self._staff.post(function, arguments, {"X-Family": str(self.family_id)})
        if not response.ok:
            raise Refused(response)
        return response.json()

    def cart(self, wants: list[list[Section]]) -> int:
        cart_id = self.call("open_cart", term_id=self.studio.term_id)
        for student_id, sections in zip(self.students, wants, strict=True):
            for section in sections:
                self.call(
                    "put_cart_item", cart_id=cart_id, student_id=student_id, section_id=section.id
                )
        return cart_id

    def buy(self, wants: list[list[Section]]) -> None:
        cart_id = self.cart(wants)
        quote = self.call("quote", cart_id=cart_id)
        held = self.call(
            "checkout",
            cart_id=cart_id,
            quote_id=quote["quote_id"],
            idempotency_key=unique("history"),
        )
        Family(self.studio, self._staff, "", self.family_id).pay(held["registration_id"])


def ask(question: Any) -> tuple[Any, set[str | None]]:
    """The answer, or the codes of the refusal."""
    try:
        return question(), {None}
    except OracleRefusesError as refusal:
        return None, set(refusal.args)
    except Refused as refusal:
        return None, {refusal.code}


@st.composite
def families(
    draw: st.DrawFn,
) -> tuple[list[list[int]], list[list[int]], dict[tuple[int, int], int]]:
    """Indexes of sections wanted and had by each student; overrides by (student, index)."""
    students = draw(st.integers(1, 3))
    index = st.integers(0, 30)
    wants = draw(st.lists(st.lists(index, max_size=6), min_size=students, max_size=students))
    if not any(wants):
        wants[0].append(draw(index))
    has = [[]] * students
    if draw(st.booleans()):
        has = draw(st.lists(st.lists(index, max_size=3), min_size=students, max_size=students))
    overrides = {
        (student, place): draw(st.sampled_from([0, 1, 4_999, 60_000, 12_345_678]))
        for student in range(students)
        for place in range(len(wants[student]))
        if draw(st.integers(0, 5)) == 0
    }
    return wants, has, overrides


@settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(family=families(), monthly=st.booleans())
def test_the_api_prices_every_cart_as_the_oracle_does(
    aydt: Studio, sections: list[Section], desk: Caller, family: Any, monthly: bool
) -> None:
    wanted, had, set_prices = family
    # Carts of one division mostly, so that most of them have a price.
    kinds = [
        [s for s in sections if s.division == kind or s.program]
        for kind in ("junior", "senior", "early_childhood")
    ] + [[s for s in sections if s.division in ("junior", "senior")], sections]

    def pick(indexes: list[int], kind: list[Section]) -> list[Section]:
        return list(dict.fromkeys(kind[n % len(kind)] for n in indexes))

    students = []
    for n, (want, has) in enumerate(zip(wanted, had, strict=True)):
        kind = kinds[(sum(want) + n) % len(kinds)]
        owned = pick(has, kind)
        # What was bought before does not clash.
        days: set[int] = set()
        owned = [s for s in owned if not days & set(s.weekdays) and not days.update(s.weekdays)]
        students.append(Student([s for s in pick(want, kind) if s not in owned], owned))
    if not any(student.wants for student in students):
        return

    family_desk = Desk(aydt, desk, len(students))
    awarded = False
    if any(student.has for student in students):
        before = [Student(student.has) for student in students]
        _, refusal = ask(lambda: oracle(before, False, False))
        _, refused = ask(lambda: family_desk.buy([student.has for student in students]))
        assert refused <= refusal, before
        if refusal != {None}:
            return
        awarded = len([student for student in students if student.has]) >= 2
    for (n, place), amount in set_prices.items():
        if place < len(students[n].wants):
            section = students[n].wants[place]
            students[n].overrides[section.id] = amount
            family_desk.call(
                "set_price_override",
                student_id=family_desk.students[n],
                section_id=section.id,
                amount_minor=amount,
                reason="generated",
            )

    expected, refusal = ask(lambda: oracle(students, awarded, monthly))
    cart_id = family_desk.cart([student.wants for student in students])
    quote, refused = ask(
        lambda: family_desk.call(
            "quote", cart_id=cart_id, plan_code="monthly" if monthly else "full"
        )
    )

    assert refused <= refusal, students
    if expected is not None:
        assert comparable(price_of(quote)) == comparable(expected), students


def test_the_oracle_itself_has_the_designs_example(sections: list[Section]) -> None:
    """So that two wrongs that agree are not taken for right."""
    spring = (date(2027, 1, 18), date(2027, 6, 12))

    def some(
        division: str | None, days: Iterable[int], program: str | None = None
    ) -> list[Section]:
        return [Section(-day, -day, division, program, (day,), spring) for day in days]

    sofia = Student(some("senior", [2, 3, 4]) + some(None, [5], "technique"))
    mateo = Student(some("junior", [1, 3]))
    lines, family, total, schedule = oracle([sofia, mateo], awarded=False, monthly=False)
    assert [sum(n for _, n in student.elements()) for student in lines] == [3_236_61, 1_663_06]
    assert (family, total, schedule) == (
        Counter({("family_discount", -50_00): 1}),
        4_849_67,
        [4_849_67],
    )
    published = {
        ("junior", 1): 179_19,
        ("junior", 3): 488_28,
        ("senior", 1): 188_29,
        ("senior", 4): 657_36,
        ("senior", 6): 930_25,
    }
    for (where, days), part in published.items():
        *_, schedule = oracle([Student(some(where, range(1, days + 1)))], False, monthly=True)
        assert schedule[:4] == [part] * 4
