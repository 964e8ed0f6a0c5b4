"""The engine as the oracle's opposite: orders become facts, the pipeline's lines become a price.

Everything is written in one transaction that is never committed: price lists as terms of their
own, classes and sections for the facts to name, students for overrides to name.
"""

from __future__ import annotations

import contextlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg

from tests.py.pricing.families import PRICE_LISTS, PROGRAMS, SECTIONS
from tests.py.pricing.oracle import DIVISIONS, MIXES, Line, Order, Price, PriceList, Section, priced
from tests.py.support import Studio, unique

# Families there are, with so many students each.
FAMILIES, STUDENTS = 560, 3

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
    insert into pricing.rates (studio_id, term_id, division_id, weekly_count, amount_minor)
    select d.studio_id, %s, d.id, %s, %s
    from catalog.divisions as d
    where d.studio_id = auth.studio_id() and d.code = %s
"""
_PROGRAM = """
    insert into pricing.program_prices (studio_id, term_id, program_id, amount_minor)
    select p.studio_id, %s, p.id, %s
    from catalog.programs as p
    where p.studio_id = auth.studio_id() and p.code = %s
"""
_FEE = """
    insert into pricing.fee_rules (
        studio_id, term_id, code, label, unit, amount_minor, charged_modes, division_id,
        division_of, position
    )
    select
        auth.studio_id(), %s, f.code, f.code, %s, %s, %s, d.id, %s, %s
    from (select %s as code, %s as division) as f
    left join catalog.divisions as d on d.studio_id = auth.studio_id() and f.division = d.code
"""
_FAMILY_DISCOUNT = """
    insert into pricing.family_discounts (studio_id, term_id, min_students, amount_minor)
    values (auth.studio_id(), %s, %s, %s)
"""
_PLAN = """
    insert into pricing.payment_plans (
        studio_id, term_id, code, label, installments, auto_pay, fee_per_installment_minor,
        accepts_checkout
    )
    values (auth.studio_id(), %s, %s, %s, %s, %s, %s, true)
"""
_CLASSES = """
    insert into catalog.classes (studio_id, term_id, title, discipline, price_mode)
    select auth.studio_id(), %s, %s || n, 'ballet', 'tiered'
    from generate_series(1, %s) as g (n)
    returning id
"""
_SECTIONS = """
    insert into catalog.sections (
        studio_id, term_id, class_id, location_id, name, starts_on, ends_on
    )
    select
        t.studio_id, t.id, c.id, (select min(l.id) from studio.locations as l), 'Facts ' || n,
        t.starts_on, t.ends_on
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
    select t.cart_id, pricing.schedule(t.total_minor, %s, '2027-01-31')
    from unnest(%s::bigint[], %s::bigint[]) as t (cart_id, total_minor)
"""


class EngineRefusesError(Exception):
    """The pipeline refused; the argument is its code."""


@dataclass
class Facts:
    """What the pipeline is asked: basket items, basket orders, overrides there must be."""

    items: list[dict[str, Any]]
    orders: list[dict[str, Any]]
    overrides: list[dict[str, Any]]


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
        for name, term_id in term_ids.items():
            if name != "published":
                self._load(PRICE_LISTS[name], term_id)
        self._term_ids = term_ids
        self._plan_ids = {
            (term_id, code): plan_id
            for term_id, code, plan_id in connection.execute(
                "select term_id, code, id from pricing.payment_plans"
                " where studio_id = auth.studio_id() and superseded_at is null"
            )
        }
        self._class_ids = self._column(
            _CLASSES, studio.term_id, unique("facts"), max(s.class_id for s in SECTIONS)
        )
        self._section_ids = self._column(
            _SECTIONS, [self._class_ids[s.class_id - 1] for s in SECTIONS], studio.term_id
        )
        self._families = connection.execute(_FAMILIES, (FAMILIES, STUDENTS)).fetchall()
        self._set_by = connection.execute(
            "insert into identity.accounts (email, full_name) values (%s, 'At the desk')"
            " returning id",
            (f"{unique('desk')}@example.com",),
        ).fetchone()[0]
        connection.execute("analyze identity.students")

    def price(self, name: str, orders: Sequence[Order]) -> list[Price]:
        """Price orders of one plan in one call.

        Errors: EngineRefusesError, when there is no price for any one of them.
        """
        with self.facts(name, orders) as facts:
            lines = self.lines(name, orders[0].plan, facts)
        plan = PRICE_LISTS[name].plans[orders[0].plan]
        prices = self._prices(lines, orders, plan.installments)
        schedules = dict(
            self._connection.execute(
                _SCHEDULES,
                (
                    plan.installments,
                    list(range(len(orders))),
                    [price.total for price in prices],
                ),
            ).fetchall()
        )
        for number, price in enumerate(prices):
            schedule = schedules[number]
            assert [part["number"] for part in schedule] == list(range(1, len(schedule) + 1))
            prices[number] = Price(
                price.lines, price.total, tuple(part["amount_minor"] for part in schedule)
            )
        return prices

    def schedule(self, total: int, count: int, first_due: date) -> list[tuple[date, int]]:
        """Return the parts of a total: when, how much."""
        schedule = self._connection.execute(
            "select pricing.schedule(%s, %s::integer, %s)", (total, count, first_due)
        ).fetchone()[0]
        return [(date.fromisoformat(p["due_on"]), p["amount_minor"]) for p in schedule]

    @contextlib.contextmanager
    def facts(self, name: str, orders: Sequence[Order]) -> Iterator[Facts]:
        """Make the facts of orders, with their overrides there until the end; cart n is order n."""
        term_id = self._term_ids[name]
        facts = Facts([], [], [])
        for number, order in enumerate(orders):
            family_id, student_ids = self._families[number]
            cart = {"cart_id": number, "family_id": family_id, "term_id": term_id}
            facts.orders.append({**cart, "awarded": order.awarded})
            for student_id, student in zip(student_ids, order.students, strict=False):
                of_student = {**cart, "student_id": student_id, "rate_step_basis": order.basis}
                facts.items += [
                    {**of_student, **self._item(section), "enrolled": enrolled}
                    for enrolled, sections in ((False, student.wants), (True, student.has))
                    for section in sections
                ]
                facts.overrides += [
                    {
                        "family_id": family_id,
                        "student_id": student_id,
                        "section_id": self._section_ids[section_id - 1],
                        "amount_minor": amount,
                    }
                    for section_id, amount in student.overrides.items()
                ]
        with self._connection.transaction(force_rollback=True):
            if facts.overrides:
                self._connection.execute(_OVERRIDES, (self._set_by, json.dumps(facts.overrides)))
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

    def _prices(
        self, lines: list[tuple[Any, ...]], orders: Sequence[Order], installments: int
    ) -> list[Price]:
        by_cart: dict[int, list[Line]] = defaultdict(list)
        for cart_id, student_id, kind, code, amount in lines:
            student = None
            if student_id is not None:
                student = self._families[cart_id][1].index(student_id)
            by_cart[cart_id].append(Line(student, kind, code, amount))
        assert set(by_cart) <= set(range(len(orders)))
        return [priced(by_cart[number], installments) for number in range(len(orders))]

    def _item(self, section: Section) -> dict[str, Any]:
        in_division = section.division is not None
        return {
            "section_id": self._section_ids[section.id - 1],
            "class_id": self._class_ids[section.class_id - 1],
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
        }

    def _column(self, query: str, *arguments: Any) -> list[int]:
        return [row[0] for row in self._connection.execute(query, arguments)]

    def _load(self, rules: PriceList, term_id: int) -> None:
        """Write a price list as the rules of a term."""
        statements: Mapping[str, list[tuple[Any, ...]]] = {
            _RATE: [
                (term_id, weekly_count, amount, division)
                for division, steps in rules.rates.items()
                for weekly_count, amount in steps.items()
            ],
            _PROGRAM: [(term_id, amount, code) for code, amount in rules.programs.items()],
            _FEE: [
                (
                    term_id, fee.unit, fee.amount, list(fee.modes), fee.division_of, position,
                    fee.code, fee.division,
                )
                for position, fee in enumerate(rules.fees)
            ],
            _FAMILY_DISCOUNT: [(term_id, *rules.family_discount)],
            _PLAN: [
                (term_id, code, code, plan.installments, plan.installments > 1, plan.fee)
                for code, plan in rules.plans.items()
            ],
        }
        for statement, rows in statements.items():
            self._connection.cursor().executemany(statement, rows)
