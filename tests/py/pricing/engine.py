"""The engine as the oracle's opposite: orders become facts, the pipeline's lines become a price.

Everything is written in one transaction that is never committed: price lists as terms of their
own, classes and sections for the facts to name, students for overrides to name.
"""

from __future__ import annotations

import contextlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import psycopg

from tests.py.pricing.families import PRICE_LISTS, PROGRAMS, SECTIONS, TIERS
from tests.py.pricing.oracle import (
    DIVISIONS,
    MIXES,
    Line,
    Order,
    Plan,
    Price,
    Section,
    Student,
    priced,
)
from tests.py.support import Studio, unique

# Families there are, with so many students each.
FAMILIES, STUDENTS = 560, 3
# Of rows that staff set; no other has such ids.
_FIRST_ID = 10**12
# A date that was bought before.
_BEFORE = date(2027, 1, 2)

_TERM = """
    insert into catalog.terms (
        studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at, status
    )
    select
        t.studio_id, %s, t.starts_on, t.ends_on, t.registration_opens_at,
        t.registration_closes_at, 'published'
    from catalog.terms as t
    where t.id = %s
    returning id
"""
_RATE = """
    insert into pricing.rates (
        studio_id, term_id, location_id, division_id, weekly_count, amount_minor
    )
    select d.studio_id, %s, %s, d.id, %s, %s
    from catalog.divisions as d
    where d.studio_id = auth.studio_id() and d.code = %s
"""
_PROGRAM = """
    insert into pricing.program_prices (
        studio_id, term_id, program_id, amount_minor, registration_fee_minor
    )
    select p.studio_id, %s, p.id, %s, %s
    from catalog.programs as p
    where p.studio_id = auth.studio_id() and p.code = %s
"""
_FEE = """
    insert into pricing.fee_rules (
        studio_id, term_id, code, label, unit, amount_minor, charged_modes, division_id,
        division_of, position, discountable, class_id, section_id, once_per_term, proration
    )
    select
        auth.studio_id(), %s, f.code, f.code, %s, %s, %s, d.id, %s, %s, %s, %s, %s, %s, %s
    from (select %s as code, %s as division) as f
    left join catalog.divisions as d on d.studio_id = auth.studio_id() and f.division = d.code
"""
_FAMILY_DISCOUNT = """
    insert into pricing.family_discounts (studio_id, term_id, min_students, amount_minor)
    values (auth.studio_id(), %s, %s, %s)
"""
_PLAN = """
    insert into pricing.payment_plans (
        studio_id, term_id, code, label, kind, installments, auto_pay, fee_per_installment_minor,
        deposit_minor, deposit_bp, balance_due_on, last_due_on, due_dates, shares_bp,
        accepts_checkout
    )
    values (auth.studio_id(), %s, %s, 'x', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, true)
"""
# A window is over, open or yet to come.
_DISCOUNT = """
    with discount as (
        insert into pricing.discounts (
            studio_id, term_id, code, label, category, threshold, recipients, kind, percent_bp,
            amount_minor, reduces_tuition, reduces_fees, reduces_programs, available_from,
            available_until, position
        )
        values (
            auth.studio_id(), %s, %s, 'x', %s, %s, %s, %s, %s, %s, %s, %s, %s,
            now() + %s * interval '1 day' - interval '12 hours',
            now() + %s * interval '1 day' + interval '12 hours', %s
        )
        returning studio_id, id
    )

    insert into pricing.discount_sections (studio_id, discount_id, section_id)
    select d.studio_id, d.id, s.section_id
    from discount as d
    cross join unnest(%s::bigint[]) as s (section_id)
"""
_COUPON = """
    with coupon as (
        insert into pricing.coupons (
            studio_id, term_id, key, name, code, kind, percent_bp, amount_minor, applies_to,
            most_expensive_only, stackable, active, available_from, available_until, max_uses,
            max_uses_per_family
        )
        values (
            auth.studio_id(), %s, %s, 'x', %s, %s, %s, %s, %s, %s, %s, %s,
            now() + %s * interval '1 day' - interval '12 hours',
            now() + %s * interval '1 day' + interval '12 hours', %s, %s
        )
        returning studio_id, id
    )

    insert into pricing.coupon_sections (studio_id, coupon_id, section_id)
    select c.studio_id, c.id, s.section_id
    from coupon as c
    cross join unnest(%s::bigint[]) as s (section_id)
"""
_CLASS_PRICE = """
    insert into pricing.class_prices (studio_id, class_id, amount_minor, reason, set_by)
    values (auth.studio_id(), %s, %s, 'generated', %s)
"""
_ADD_ON = """
    insert into pricing.add_ons (
        studio_id, section_id, code, name, amount_minor, required, position
    )
    values (auth.studio_id(), %s, %s, 'x', %s, %s, 1)
"""
_TIER = """
    insert into catalog.section_tiers (
        studio_id, section_id, code, name, starts_at, ends_at, position
    )
    values (auth.studio_id(), %s, %s, 'x', '09:00', '12:00', 1)
    returning id
"""
_TIER_PRICE = """
    insert into pricing.tier_prices (studio_id, section_id, tier_id, amount_minor)
    values (auth.studio_id(), %s, %s, %s)
"""
_DATE_PRICE = """
    insert into pricing.date_prices (studio_id, section_id, held_on, amount_minor)
    values (auth.studio_id(), %s, %s, %s)
"""
_CLASSES = """
    insert into catalog.classes (studio_id, term_id, title, discipline, price_mode)
    select auth.studio_id(), %s, %s || n, 'ballet', 'tiered'
    from generate_series(1, %s) as g (n)
    returning id
"""
_SECTIONS = """
    insert into catalog.sections (
        studio_id, term_id, class_id, location_id, name, starts_on, ends_on, price_mode
    )
    select
        t.studio_id, t.id, c.id, (select min(l.id) from studio.locations as l), 'Facts ' || n,
        t.starts_on, t.ends_on, 'tiered'
    from unnest(%s::bigint[]) with ordinality as c (id, n)
    inner join catalog.terms as t on t.id = %s
    returning id
"""
_FAMILIES = """
    with families as (
        insert into identity.families (studio_id, name)
        select auth.studio_id(), 'Oracle ' || n from generate_series(1, %s) as g (n)
        returning studio_id, id
    ),

    students as (
        insert into identity.students (studio_id, family_id, first_name, last_name, birth_date)
        select f.studio_id, f.id, 'Child ' || n, 'Stone', '2014-02-28'
        from families as f
        cross join generate_series(1, %s) as g (n)
        returning family_id, id
    )

    select s.family_id, array_agg(s.id order by s.id)
    from students as s
    group by s.family_id
    order by s.family_id
"""
_OVERRIDES = """
    insert into pricing.overrides (
        studio_id, family_id, student_id, section_id, amount_minor, reason, set_by
    )
    select
        auth.studio_id(), o.family_id, o.student_id, o.section_id, o.amount_minor, 'generated', %s
    from jsonb_to_recordset(%s) as o (
        family_id bigint, student_id bigint, section_id bigint, amount_minor bigint
    )
"""
_ADJUSTMENTS = """
    insert into pricing.adjustments (
        studio_id, id, family_id, term_id, student_id, kind, label, amount_minor, reason, set_by
    )
    overriding system value
    select
        auth.studio_id(), o.id, o.family_id, o.term_id, o.student_id, 'other', 'x',
        o.amount_minor, 'generated', %s
    from jsonb_to_recordset(%s) as o (
        id bigint, family_id bigint, term_id bigint, student_id bigint, amount_minor bigint
    )
"""
_SET_PRICES = """
    insert into pricing.line_overrides (
        studio_id, id, family_id, term_id, student_id, kind, code, amount_minor, reason, set_by
    )
    overriding system value
    select
        auth.studio_id(), o.id, o.family_id, o.term_id, o.student_id, o.kind, o.code,
        o.amount_minor, 'generated', %s
    from jsonb_to_recordset(%s) as o (
        id bigint, family_id bigint, term_id bigint, student_id bigint, kind text, code text,
        amount_minor bigint
    )
"""
# The facts are read as pricing.replay_quote() reads them.
_PRICE = """
    select l.cart_id, l.student_id, l.kind, l.code, l.amount_minor
    from
        unnest(
            pricing.price_baskets(
                array(
                    select i
                    from jsonb_populate_recordset(null::pricing.basket_item, %s) as i
                ),
                array(
                    select o
                    from jsonb_populate_recordset(null::pricing.basket_order, %s) as o
                ),
                (select p from pricing.payment_plans as p where p.id = %s),
                now()
            )
        ) as l
"""
_SCHEDULES = """
    select t.number, s.number, s.due_on, s.amount_minor
    from
        unnest(%s::bigint[], %s::date[], %s::integer[])
        with ordinality as t (total_minor, ordered_on, balance_days, number)
    inner join pricing.payment_plans as p on p.id = %s
    cross join lateral unnest(
        pricing.schedule(t.total_minor, p, t.ordered_on, t.balance_days)
    ) as s
    order by t.number, s.number
"""


class EngineRefusesError(Exception):
    """The pipeline refused; the argument is its code."""


@dataclass
class Facts:
    """What the pipeline is asked: basket items and orders, and what staff must have set."""

    items: list[dict[str, Any]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    overrides: list[dict[str, Any]] = field(default_factory=list)
    adjustments: list[dict[str, Any]] = field(default_factory=list)
    set_prices: list[dict[str, Any]] = field(default_factory=list)


class Engine:
    """The pipeline, with the price lists of families.py in terms of their own.

    The published one is the demo term's own: so its rows are compared with the documents, too.
    """

    def __init__(self, connection: psycopg.Connection, studio: Studio) -> None:
        self._connection = connection
        term_ids = {"published": studio.term_id}
        for name in PRICE_LISTS:
            if name not in term_ids:
                term_ids[name] = connection.execute(
                    _TERM, (unique(name), studio.term_id)
                ).fetchone()[0]
        connection.execute(
            "insert into catalog.programs (studio_id, code, name, plan_fee_waived)"
            " select auth.studio_id(), p.code, p.code, true from unnest(%s::text[]) as p (code)"
            " on conflict do nothing",
            (list(PROGRAMS),),
        )
        self._ids_of = {
            table: dict(
                connection.execute(
                    f"select code, id from catalog.{table} where studio_id = auth.studio_id()"
                ).fetchall()
            )
            for table in ("divisions", "programs")
        }
        self._set_by = connection.execute(
            "insert into identity.accounts (email, full_name) values (%s, 'At the desk')"
            " returning id",
            (f"{unique('desk')}@example.com",),
        ).fetchone()[0]
        self._location_ids = self._column(
            "select l.id from studio.locations as l where l.studio_id = auth.studio_id()"
            " order by l.id"
        )
        # By price list: a fee names a class of its term.
        self._class_ids: dict[str, list[int]] = {}
        self._section_ids: dict[str, list[int]] = {}
        self._tier_ids: dict[tuple[str, int, str], int] = {}
        for name, term_id in term_ids.items():
            self._load_sections(name, term_id)
            if name != "published":
                self._load(name, term_id)
        self._term_ids = term_ids
        self._plan_ids = {
            (term_id, code): plan_id
            for term_id, code, plan_id in connection.execute(
                "select term_id, code, id from pricing.payment_plans"
                " where studio_id = auth.studio_id() and superseded_at is null"
            )
        }
        self._families = connection.execute(_FAMILIES, (FAMILIES, STUDENTS)).fetchall()
        connection.execute("analyze identity.students")

    def price(self, name: str, orders: Sequence[Order]) -> list[Price]:
        """Price orders of one plan in one call.

        Errors: EngineRefusesError, when there is no price for any one of them.
        """
        with self.facts(name, orders) as facts:
            lines = self.lines(name, orders[0].plan, facts)
        prices = self._prices(lines, orders)
        schedules: dict[int, list[tuple[date, int]]] = defaultdict(list)
        for number, part, due_on, amount in self._connection.execute(
            _SCHEDULES,
            (
                [price.total for price in prices],
                [order.ordered_on or date(2027, 1, 1) for order in orders],
                [order.balance_days for order in orders],
                self._plan_ids[self._term_ids[name], orders[0].plan],
            ),
        ):
            schedules[number - 1].append((due_on, amount))
            assert part == len(schedules[number - 1])
        return [
            Price(
                price.lines,
                price.total,
                tuple(amount for _, amount in schedules[number]),
                tuple(due_on for due_on, _ in schedules[number]) if order.ordered_on else (),
            )
            for number, (order, price) in enumerate(zip(orders, prices, strict=True))
        ]

    def schedule(
        self, name: str, plan: str, totals: Sequence[int], ordered_on: date, balance_days: int
    ) -> list[list[tuple[date, int]]]:
        """Return the parts of totals: when, how much."""
        found: list[list[tuple[date, int]]] = [[] for _ in totals]
        for number, _, due_on, amount in self._connection.execute(
            _SCHEDULES,
            (
                list(totals),
                [ordered_on] * len(totals),
                [balance_days] * len(totals),
                self._plan_ids[self._term_ids[name], plan],
            ),
        ):
            found[number - 1].append((due_on, amount))
        return found

    @contextlib.contextmanager
    def facts(self, name: str, orders: Sequence[Order]) -> Iterator[Facts]:
        """Make the facts of orders, with their overrides there until the end; cart n is order n."""
        term_id = self._term_ids[name]
        facts = Facts()
        for number, order in enumerate(orders):
            family_id, student_ids = self._families[number]
            cart = {"cart_id": number, "family_id": family_id, "term_id": term_id}
            facts.orders.append(
                {**cart, **_order(order), **self._set(facts, order, number, term_id)}
            )
            for student_id, student in zip(student_ids, order.students, strict=False):
                of_student = {
                    **cart,
                    "student_id": student_id,
                    "rate_step_basis": order.basis,
                    "tuition_proration": order.proration,
                }
                facts.items += [
                    {
                        **of_student,
                        **self._item(
                            name, section.on(student.weekdays.get(section.id)), order.counted
                        ),
                        **self._chosen(name, section, student, enrolled),
                    }
                    for enrolled, sections in ((False, student.wants), (True, student.has))
                    for section in sections
                ]
                facts.overrides += [
                    {
                        "family_id": family_id,
                        "student_id": student_id,
                        "section_id": self._section_ids[name][section_id - 1],
                        "amount_minor": amount,
                    }
                    for section_id, amount in student.overrides.items()
                ]
        with self._connection.transaction(force_rollback=True):
            for statement, rows in (
                (_OVERRIDES, facts.overrides),
                (_ADJUSTMENTS, facts.adjustments),
                (_SET_PRICES, facts.set_prices),
            ):
                if rows:
                    self._connection.execute(statement, (self._set_by, json.dumps(rows)))
            yield facts

    def lines(self, name: str, plan: str, facts: Facts) -> list[tuple[Any, ...]]:
        """Return the pipeline's lines: cart, student, kind, code, amount.

        Errors: EngineRefusesError.
        """
        plan_id = self._plan_ids[self._term_ids[name], plan]
        try:
            with self._connection.transaction():
                return self._connection.execute(
                    _PRICE, (json.dumps(facts.items), json.dumps(facts.orders), plan_id)
                ).fetchall()
        except psycopg.Error as error:
            if error.sqlstate != "PGRST":
                raise
            raise EngineRefusesError(
                json.loads(error.diag.message_primary or "")["code"]
            ) from error

    def _prices(self, lines: list[tuple[Any, ...]], orders: Sequence[Order]) -> list[Price]:
        by_cart: dict[int, list[Line]] = defaultdict(list)
        for cart_id, student_id, kind, code, amount in lines:
            student = None
            if student_id is not None:
                student = self._families[cart_id][1].index(student_id)
            # A class sold by date has one line, whatever it is called.
            code = "drop_in" if kind == "drop_in" else code
            code = "adjustment" if kind == "adjustment" and code != "line_price" else code
            by_cart[cart_id].append(Line(student, kind, code, amount))
        assert set(by_cart) <= set(range(len(orders)))
        return [priced(by_cart[number]) for number in range(len(orders))]

    def _set(self, facts: Facts, order: Order, number: int, term_id: int) -> dict[str, Any]:
        """What staff have set for an order, and its ids."""
        family_id, student_ids = self._families[number]
        of_order = {"family_id": family_id, "term_id": term_id}
        ids = [_FIRST_ID + number * 100 + n for n in range(100)]
        facts.adjustments += [
            {
                **of_order,
                "id": row_id,
                "student_id": None if student is None else student_ids[student],
                "amount_minor": amount,
            }
            for row_id, (student, amount) in zip(ids, order.adjustments, strict=False)
        ]
        facts.set_prices += [
            {
                **of_order,
                "id": row_id,
                "student_id": None if student is None else student_ids[student],
                "kind": kind,
                "code": code,
                "amount_minor": amount,
            }
            for row_id, (student, kind, code, amount) in zip(ids, order.set_prices, strict=False)
        ]
        return {
            "adjustment_ids": ids[: len(order.adjustments)],
            "line_override_ids": ids[: len(order.set_prices)],
        }

    def _chosen(
        self, name: str, section: Section, student: Student, enrolled: bool
    ) -> dict[str, Any]:
        """What a student picked of a section."""
        dates = None
        if section.mode == "drop_in":
            dates = [_BEFORE] if enrolled else list(student.dates[section.id])
        tier = student.tiers.get(section.id)
        return {
            "enrolled": enrolled,
            "tier_id": self._tier_ids[name, section.id, tier] if tier else None,
            "dates": dates and [on.isoformat() for on in dates],
            "add_on_codes": list(student.asked.get(section.id, ())),
        }

    def _item(self, name: str, section: Section, counted: bool) -> dict[str, Any]:
        in_division = section.division is not None
        return {
            "section_id": self._section_ids[name][section.id - 1],
            "class_id": self._class_ids[name][section.class_id - 1],
            "price_mode": section.mode,
            "division_id": self._ids_of["divisions"][section.division] if in_division else None,
            "division_rank": DIVISIONS.index(section.division) if section.division else None,
            "division_mixes": MIXES[section.division] if section.division else None,
            "program_id": self._ids_of["programs"][section.program] if section.program else None,
            "plan_fee_waived": section.waives_plan_fee if section.program else None,
            "weekdays": section.weekdays,
            "starts_on": section.dates[0].isoformat(),
            "ends_on": section.dates[1].isoformat(),
            "exempt_fee_codes": sorted(section.exempt),
            "location_id": self._location_ids[section.location],
            "meetings": section.meetings[0] if counted else None,
            "meetings_left": section.meetings[1] if counted else None,
            "days": section.days[0] if counted else None,
            "days_left": section.days[1] if counted else None,
        }

    def _column(self, query: str, *arguments: Any) -> list[int]:
        return [row[0] for row in self._connection.execute(query, arguments)]

    def _load_sections(self, name: str, term_id: int) -> None:
        """Write classes and sections for a term, and the rules of their own."""
        class_ids = self._column(
            _CLASSES, term_id, unique("facts"), max(s.class_id for s in SECTIONS)
        )
        section_ids = self._column(
            _SECTIONS, [class_ids[s.class_id - 1] for s in SECTIONS], term_id
        )
        self._class_ids[name], self._section_ids[name] = class_ids, section_ids
        class_prices = {}
        for section, section_id in zip(SECTIONS, section_ids, strict=True):
            for code, (amount, required) in section.add_ons.items():
                self._connection.execute(_ADD_ON, (section_id, code, amount, required))
            for code in TIERS if section.mode == "tiered" else ():
                tier_id = self._column(_TIER, section_id, code)[0]
                self._tier_ids[name, section.id, code] = tier_id
                if code in section.tiers:
                    self._connection.execute(
                        _TIER_PRICE, (section_id, tier_id, section.tiers[code])
                    )
            for on, amount in section.date_prices.items():
                self._connection.execute(_DATE_PRICE, (section_id, on, amount))
            if section.class_price is not None:
                class_prices[section.class_id] = section.class_price
        for class_id, amount in class_prices.items():
            self._connection.execute(
                _CLASS_PRICE, (class_ids[class_id - 1], amount, self._set_by)
            )

    def _load(self, name: str, term_id: int) -> None:
        """Write a price list as the rules of a term."""
        rules = PRICE_LISTS[name]
        section_id = dict(enumerate(self._section_ids[name], 1)).get
        class_id = dict(enumerate(self._class_ids[name], 1)).get
        lists = {None: rules.rates} | {
            self._location_ids[n]: rates for n, rates in rules.rates_at.items()
        }
        statements: Mapping[str, list[tuple[Any, ...]]] = {
            _RATE: [
                (term_id, location_id, weekly_count, amount, division)
                for location_id, rates in lists.items()
                for division, steps in rates.items()
                for weekly_count, amount in steps.items()
            ],
            _PROGRAM: [
                (term_id, amount, rules.registration_of.get(code), code)
                for code, amount in rules.programs.items()
            ],
            _FEE: [
                (
                    term_id, fee.unit, fee.amount, list(fee.modes), fee.division_of, position,
                    fee.discountable, class_id(fee.class_id), section_id(fee.section_id),
                    fee.once, fee.proration, fee.code, fee.division,
                )
                for position, fee in enumerate(rules.fees)
            ],
            _FAMILY_DISCOUNT: [(term_id, *rules.family_discount)],
            _PLAN: [(term_id, code, *_plan(plan)) for code, plan in rules.plans.items()],
            _DISCOUNT: [
                (
                    term_id, d.code, d.category, d.threshold or None, _recipients(d.threshold,
                    d.reaching), "percent" if d.basis_points else "flat", d.basis_points or None,
                    d.amount or None, *(g in d.reduces for g in ("tuition", "fees", "programs")),
                    d.window, d.window, position, [section_id(n) for n in d.section_ids],
                )
                for position, d in enumerate(rules.discounts)
            ],
            _COUPON: [
                (
                    term_id, c.key, c.code, "percent" if c.basis_points else "flat",
                    c.basis_points or None, c.amount or None, list(c.applies_to), c.dearest_only,
                    c.stackable, c.active, c.window, c.window, c.max_uses, c.max_family_uses,
                    [section_id(n) for n in c.section_ids],
                )
                for c in rules.coupons
            ],
        }
        for statement, rows in statements.items():
            self._connection.cursor().executemany(statement, rows)


def _recipients(threshold: int, reaching: bool) -> str | None:
    if not threshold:
        return None
    return "reaching" if reaching else "reaching_and_later"


def _plan(plan: Plan) -> tuple[Any, ...]:
    """The columns of a plan, from its kind on."""
    return (
        plan.kind,
        plan.installments,
        plan.kind == "monthly",
        plan.fee,
        plan.deposit or None,
        plan.deposit_bp or None,
        plan.balance_on,
        plan.last_due_on,
        list(plan.due_dates) or None,
        list(plan.shares) or None,
    )


def _order(order: Order) -> dict[str, Any]:
    """The facts of an order that are its own."""
    return {
        "awarded": order.awarded,
        "coupon_code": order.coupon and order.coupon.strip(),
        "coupon_uses": [
            {"key": key, "uses": uses, "family_uses": family_uses}
            for key, (uses, family_uses) in order.uses.items()
        ],
        "credit_minor": order.credit,
        "ordered_on": (order.ordered_on or date(2027, 1, 1)).isoformat(),
        "family_discount_later": order.later,
    }
