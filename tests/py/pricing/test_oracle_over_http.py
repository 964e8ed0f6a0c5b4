"""The API answers as the oracle does: carts of families, with and without classes paid before."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from demo.api import Refused
from tests.py.pricing.oracle import (
    PUBLISHED,
    Line,
    OracleRefusesError,
    Order,
    Price,
    Section,
    Student,
    offer,
    price,
    priced,
)
from tests.py.pricing.saved import School, arrange, draw_order, open_school
from tests.py.support import Caller, Family, Studio, new_studio, unique

# Places in each section for those who enroll here.
ROOM = 60
# Carts with everything in them.
CARTS = 45

# ---------------------------------------------------------------- the API's answer, likewise


def price_of(quote: dict[str, Any], student_ids: list[int], dated: bool = False) -> Price:
    """What a quote says, with students by their place in the order; dated: when parts are due."""
    lines = [
        Line(student_ids.index(student["student_id"]), *_rest(line))
        for student in quote["students"]
        for line in student["lines"]
    ] + [Line(None, *_rest(line)) for line in quote["family_lines"]]
    for student in quote["students"]:
        assert student["subtotal_minor"] == sum(n["amount_minor"] for n in student["lines"]) >= 0
    found = priced(lines)
    assert quote["total_minor"] == found.total
    return Price(
        found.lines,
        quote["total_minor"],
        tuple(p["amount_minor"] for p in quote["schedule"]),
        tuple(date.fromisoformat(p["due_on"]) for p in quote["schedule"]) if dated else (),
    )


def _rest(line: dict[str, Any]) -> tuple[str, str, int]:
    kind, code = line["kind"], line["code"]
    # Of what kind an adjustment is makes no difference.
    if kind == "adjustment" and code != "line_price":
        code = "adjustment"
    return kind, code, line["amount_minor"]


# ---------------------------------------------------------------- families to ask about


@pytest.fixture(scope="module")
def nothing_asked(aydt: Studio) -> Iterator[None]:
    """The demo's classes ask nothing of students meanwhile: what a cart costs is at issue here."""
    manager = aydt.staff("manager")
    with aydt.operator() as connection:
        rows = connection.execute(
            "select coalesce(jsonb_agg(d.document), '[]')"
            " from catalog.requirement_documents(%s) as d",
            (aydt.term_id,),
        ).fetchone()[0]

    def save(rows: list[dict[str, Any]]) -> None:
        version = aydt.ask(
            "select coalesce(max(version), 0) from catalog.requirement_sets"
            " where studio_id = %s and term_id = %s",
            aydt.id,
            aydt.term_id,
        )
        response = manager.post(
            "save_requirements",
            {"term_id": aydt.term_id, "expected_version": version, "rows": rows},
        )
        assert response.ok, response.text

    save([])
    yield
    save(rows)


@pytest.fixture(scope="module")
def sections(aydt: Studio, nothing_asked: None) -> list[Section]:
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
        return response.json() if response.content else None

    def set_up(self, order: Order) -> int:
        """Put all of an order into a cart, and set what staff set for it; return the cart."""
        cart_id = self.call("open_cart", term_id=self.studio.term_id)
        for student_id, student in zip(self.students, order.students, strict=True):
            for section in student.wants:
                days = student.dates.get(section.id)
                item_id = self.call(
                    "put_cart_item",
                    cart_id=cart_id,
                    student_id=student_id,
                    section_id=section.id,
                    tier=student.tiers.get(section.id),
                    dates=days and [on.isoformat() for on in days],
                    weekdays=student.weekdays.get(section.id),
                )
                for code in student.asked.get(section.id, ()):
                    self.call("set_add_on", cart_item_id=item_id, add_on_code=code, wanted=True)
            for section_id, amount in student.overrides.items():
                self.call(
                    "set_price_override",
                    student_id=student_id,
                    section_id=section_id,
                    amount_minor=amount,
                    reason="generated",
                )
        for number, amount in order.adjustments:
            self.call(
                "adjust_price",
                term_id=self.studio.term_id,
                student_id=None if number is None else self.students[number],
                kind="other",
                label="x",
                amount_minor=amount,
                reason="generated",
            )
        for number, kind, code, amount in order.set_prices:
            self.call(
                "set_line_price",
                term_id=self.studio.term_id,
                student_id=None if number is None else self.students[number],
                kind=kind,
                code=code,
                amount_minor=amount,
                reason="generated",
            )
        if order.credit:
            self.call(
                "grant_credit",
                family_id=self.family_id,
                amount_minor=order.credit,
                reason="generated",
            )
            self.call("use_credit", cart_id=cart_id, use=True)
        return cart_id

    def arrange(self, cart_id: int, order: Order) -> None:
        self.call(
            "set_payment_schedule",
            cart_id=cart_id,
            rows=[
                {"due_on": on.isoformat(), "amount_minor": amount} for on, amount in order.arranged
            ],
            reason="generated",
        )

    def cart(self, wants: list[list[Section]]) -> int:
        cart_id = self.call("open_cart", term_id=self.studio.term_id)
        for student_id, sections in zip(self.students, wants, strict=True):
            for section in sections:
                self.call(
                    "put_cart_item", cart_id=cart_id, student_id=student_id, section_id=section.id
                )
        return cart_id

    def buy(self, wants: list[list[Section]]) -> None:
        self.pay(self.cart(wants))

    def pay(self, cart_id: int) -> dict[str, Any]:
        """Check a cart out and pay it; return its quote."""
        quote = self.call("quote", cart_id=cart_id)
        held = self.call(
            "checkout",
            cart_id=cart_id,
            quote_id=quote["quote_id"],
            idempotency_key=unique("history"),
        )
        Family(self.studio, self._staff, "", self.family_id).pay(held["registration_id"])
        return quote


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
    max_examples=110,
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
        _, refusal = ask(lambda: price(Order(before)))
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

    order = Order(students, awarded, "monthly" if monthly else "full")
    expected, refusal = ask(lambda: offer(order))
    cart_id = family_desk.cart([student.wants for student in students])
    quote, refused = ask(
        lambda: family_desk.call("quote", cart_id=cart_id, plan_code=order.plan)
    )

    assert refused <= refusal, students
    if expected is not None:
        assert price_of(quote, family_desk.students) == expected, students


@settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(family=families(), gone=st.lists(st.integers(0, 20), min_size=1, max_size=6))
def test_what_is_left_costs_what_the_oracle_says(
    aydt: Studio, sections: list[Section], desk: Caller, family: Any, gone: list[int]
) -> None:
    """Classes are bought in one or two checkouts and given up one by one: all money is there."""
    wanted, had, _ = family
    kinds = [
        [s for s in sections if s.division == kind or s.program] for kind in ("junior", "senior")
    ]
    bought: list[list[list[Section]]] = [[], []]
    for n, (want, has) in enumerate(zip(wanted, had, strict=True)):
        kind = kinds[(sum(want) + n) % len(kinds)]
        days: set[int] = set()
        for checkout, indexes in enumerate((has, want)):
            bought[checkout].append([])
            for section in dict.fromkeys(kind[i % len(kind)] for i in indexes):
                if not days & set(section.weekdays):
                    days.update(section.weekdays)
                    bought[checkout][n].append(section)
    family_desk = Desk(aydt, desk, len(wanted))
    kept: list[list[Section]] = [[] for _ in wanted]

    def cost() -> Any:
        if not any(kept):
            return 0, {None}
        return ask(lambda: price(Order([Student(list(k)) for k in kept])).total)

    for wants in bought:
        if any(wants):
            _, refused = ask(lambda wants=wants: family_desk.buy(wants))
            if refused != {None}:
                return
            for student, more in zip(kept, wants, strict=True):
                student.extend(more)
    paid, refusal = cost()
    if refusal != {None}:
        return
    had_back = 0
    for number in gone:
        everything = [(n, section) for n, student in enumerate(kept) for section in student]
        if not everything:
            break
        n, section = everything[number % len(everything)]
        kept[n].remove(section)
        expected, refusal = cost()
        enrollment_id = aydt.ask(
            "select id from enrollment.enrollments"
            " where studio_id = %s and student_id = %s and section_id = %s",
            aydt.id,
            family_desk.students[n],
            section.id,
        )
        answer, refused = ask(
            lambda enrollment_id=enrollment_id: family_desk.call(
                "cancel_enrollment", enrollment_id=enrollment_id, reason="generated"
            )
        )
        assert refused == refusal, (bought, kept)
        if expected is None:
            return
        had_back += answer["given_back_minor"]
        assert paid - had_back == expected, (bought, kept)


@pytest.fixture(scope="module")
def school(stack: None) -> School:
    return open_school()


def test_every_stage_is_priced_as_the_oracle_does(school: School) -> None:
    """Tiers, dates, add-ons, discounts, coupons, credits, what staff set: all saved over HTTP."""
    manager = school.manager
    kinds: set[str] = set()
    plans: set[str] = set()
    for number in range(CARTS):
        order = draw_order(school, number)
        pick = random.Random(-number)
        family_desk = Desk(school.studio, manager, len(order.students))
        whole = replace(order, plan="full", coupon=None)
        found, _ = ask(lambda: price(whole, school.rules))
        if found is not None and pick.random() < 0.3:
            # Only lines that there are can have their price set.
            lines = [n for n in found.lines if n.kind in ("tuition", "program", "fee", "add_on")]
            for line in lines and [pick.choice(lines)]:
                order.set_prices = [(*line[:3], pick.choice([0, 1, 5_000, 300_000]))]
                whole.set_prices = order.set_prices
        cart_id = family_desk.set_up(order)

        total = price(whole, school.rules).total if found else 0
        if order.plan == "custom" and total > 1:
            for wrong in (1, 0):
                order = arrange(order, total + wrong, school.sections[0].dates[0], number)
                _, codes = ask(lambda: family_desk.arrange(cart_id, order))
                assert codes == ({"schedule_invalid"} if wrong else {None}), order
        quote, codes = ask(
            lambda: family_desk.call(
                "quote", cart_id=cart_id, plan_code=order.plan, coupon_code=order.coupon
            )
        )
        if quote is not None:
            at = datetime.fromisoformat(quote["priced_at"])
            order.ordered_on = at.astimezone(ZoneInfo("America/New_York")).date()
        expected, refusal = ask(lambda: offer(order, school.rules))
        assert codes <= refusal, order
        if expected is not None:
            assert price_of(quote, family_desk.students, dated=True) == expected, order
            kinds |= {line.kind for line in expected.lines}
            plans.add(order.plan)
    assert plans == set(school.rules.plans)
    assert kinds == {
        "tuition", "program", "override", "tier", "drop_in", "fee", "discount", "add_on",
        "family_discount", "plan_fee", "coupon", "adjustment", "credit",
    }


def test_weekdays_that_were_bought_before_count_with_their_own_number(school: School) -> None:
    """Some weekdays, and later other classes, whole or by weekday: the difference is due."""
    counted = set()
    for number in range(24):
        pick = random.Random(number)
        division = pick.choice(["junior", "senior"])
        kind = [s for s in school.sections if s.division == division]
        before = pick.sample(kind, 1) if number % 2 else [s for s in kind if len(s.weekdays) > 1]
        after = [s for s in kind if s not in before]
        student = Student(
            wants=pick.sample(after, pick.randint(1, len(after))),
            weekdays={
                s.id: (pick.choice(s.weekdays),)
                for s in kind
                if len(s.weekdays) > 1 and pick.random() < 0.7
            },
        )
        family_desk = Desk(school.studio, school.manager, 1)
        first = replace(student, wants=before)
        bought = family_desk.pay(family_desk.set_up(Order([first])))
        assert price_of(bought, family_desk.students) == price(Order([first]), school.rules), first
        used = {line.code for line in price_of(bought, family_desk.students).lines
                if line.kind == "coupon"}

        student.has = before
        order = Order([student], uses=dict.fromkeys(used, (1, 1)))
        expected, refusal = ask(lambda: price(order, school.rules))
        cart_id = family_desk.set_up(order)
        quote, codes = ask(lambda: family_desk.call("quote", cart_id=cart_id))
        assert codes <= refusal, order
        if expected is not None:
            assert price_of(quote, family_desk.students) == expected, order
            counted.add(len([day for s in student.picked().has for day in s.weekdays]))
    assert counted >= {1, 2}


def test_who_starts_late_pays_for_what_is_left_of_the_weekdays_that_were_picked(
    stack: None,
) -> None:
    """Meetings are counted from what everybody reads of them, at the instant of the quote."""
    studio = new_studio()
    manager = studio.staff("manager")
    with studio.operator() as connection:
        connection.execute(
            "update studio.settings set tuition_proration = 'meetings' where studio_id = %s",
            (studio.id,),
        )
        today = connection.execute("select studio.local_date(now())").fetchone()[0]
    # Yesterday's weekday has 5 of 10 meetings left, tomorrow's 6 of 10.
    days = [(today - timedelta(n)).isoweekday() for n in (1, -1)]
    section_ids = [
        studio.section(
            weekdays=weekdays,
            capacity=None,
            starts_at=f"{12 + number}:00",
            ends_at=f"{13 + number}:00",
            dates=((today - timedelta(33)).isoformat(), (today + timedelta(40)).isoformat()),
        )
        for number, weekdays in enumerate([tuple(sorted(days)), tuple(sorted(days)), (days[0],)])
    ]
    for section_id in section_ids[:2]:
        manager.call("save_section_sale", section_id=section_id, sold_by_weekday=True)
    steps = {
        row["weekly_count"]: row["amount_minor"]
        for row in manager.read("rates", term_id=f"eq.{studio.term_id}", division="eq.open")
    }
    rules = replace(PUBLISHED, rates={"junior": steps}, fees=(), family_discount=(99, 0))
    dates = (today - timedelta(33), today + timedelta(40))
    choices: list[list[tuple[int, tuple[int, ...] | None]]] = [
        [(0, None)], [(0, (days[0],))], [(0, (days[1],))], [(0, tuple(sorted(days)))],
        [(0, (days[0],)), (2, None)], [(0, (days[1],)), (2, None)], [(0, None), (2, None)],
        [(0, (days[0],)), (1, (days[1],))], [(0, (days[0],)), (1, None)],
    ]
    seen = set()
    for choice in choices:
        family_desk = Desk(studio, manager, 1)
        cart_id = family_desk.call("open_cart", term_id=studio.term_id)
        for number, weekdays in choice:
            family_desk.call(
                "put_cart_item",
                cart_id=cart_id,
                student_id=family_desk.students[0],
                section_id=section_ids[number],
                weekdays=weekdays,
            )
        quote = family_desk.call("quote", cart_id=cart_id)
        priced_at = datetime.fromisoformat(quote["priced_at"])
        sections = {}
        for number, _ in choice:
            counts: dict[int, tuple[int, int]] = {}
            for row in studio.anybody().read("meetings", section_id=f"eq.{section_ids[number]}"):
                day = date.fromisoformat(row["held_on"]).isoweekday()
                of, left = counts.get(day, (0, 0))
                is_left = datetime.fromisoformat(row["starts_at"]) >= priced_at
                counts[day] = (of + 1, left + is_left)
            sections[number] = Section(
                section_ids[number], section_ids[number], "junior", None, tuple(sorted(counts)),
                dates,
                meetings=(sum(n for n, _ in counts.values()), sum(n for _, n in counts.values())),
                meetings_on=counts,
            )
        student = Student(
            list(sections.values()),
            weekdays={section_ids[n]: some for n, some in choice if some is not None},
        )
        expected = price(Order([student], proration="meetings"), rules)
        tuition = [line for line in quote["students"][0]["lines"] if line["kind"] == "tuition"]
        assert [line["amount_minor"] for line in tuition] == [
            line.amount for line in expected.lines if line.kind == "tuition"
        ], (choice, tuition)
        seen.add(tuition[0]["amount_minor"])
    # By hand: 5/10 and 6/10 of one day, 11/20 of two; of two classes the second lasts longer.
    assert (steps[1], steps[2]) == (10_000, 19_000)
    assert seen == {5_000, 6_000, 10_450, 9_500 + 1_000}


def test_the_oracle_itself_has_the_designs_example(sections: list[Section]) -> None:
    """So that two wrongs that agree are not taken for right."""
    spring = (date(2027, 1, 18), date(2027, 6, 12))

    def some(
        division: str | None, days: Iterable[int], program: str | None = None
    ) -> list[Section]:
        return [Section(-day, -day, division, program, (day,), spring) for day in days]

    sofia = Student(some("senior", [2, 3, 4]) + some(None, [5], "technique"))
    mateo = Student(some("junior", [1, 3]))
    found = price(Order([sofia, mateo]))
    assert [
        sum(line.amount for line in found.lines if line.student == student)
        for student in (0, 1, None)
    ] == [3_236_61, 1_663_06, -50_00]
    assert (found.total, found.installments) == (4_849_67, (4_849_67,))
    published = {
        ("junior", 1): 179_19,
        ("junior", 3): 488_28,
        ("senior", 1): 188_29,
        ("senior", 4): 657_36,
        ("senior", 6): 930_25,
    }
    for (where, days), part in published.items():
        student = Student(some(where, range(1, days + 1)))
        assert price(Order([student], plan="monthly")).installments[:4] == (part,) * 4
    assert PUBLISHED.rates["senior"][1] + 40_00 + 65_00 + 15_00 == 916_43
