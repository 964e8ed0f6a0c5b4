"""What holds of every price, whatever the rules: on generated families."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from itertools import cycle, islice
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

from tests.py.pricing.engine import Engine
from tests.py.pricing.families import PRICE_LISTS, SECTIONS, batches
from tests.py.pricing.oracle import OracleRefusesError, Order, Section, price
from tests.py.support import Family, Studio

TUITION = ("tuition", "program", "override", "tier", "drop_in")


def generated(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The same examples each time."""
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )


def has_price(order: Order, name: str) -> bool:
    """Whether an order is not refused: a refusal would fail the whole call."""
    try:
        price(order, PRICE_LISTS[name])
    except OracleRefusesError:
        return False
    return True


def sold(batch: tuple[str, list[Order]]) -> tuple[str, list[Order]]:
    """The batch without the orders that have no price."""
    name, orders = batch
    return name, [order for order in orders if has_price(order, name)]


@generated(20)
@given(batch=batches(50))
def test_the_same_facts_have_the_same_lines(
    engine: Engine, batch: tuple[str, list[Order]]
) -> None:
    name, orders = sold(batch)
    with engine.facts(name, orders) as facts:
        # Carts in any order, the lines of each in theirs.
        once, again = (
            sorted(engine.lines(name, orders[0].plan, facts), key=lambda line: line[0])
            for _ in range(2)
        )
    assert again == once


@generated(20)
@given(batch=batches(50), order=st.integers(0, 2**32))
def test_the_order_of_items_changes_nothing_but_that_of_lines(
    engine: Engine, batch: tuple[str, list[Order]], order: int
) -> None:
    name, orders = sold(batch)
    with engine.facts(name, orders) as facts:
        lines = engine.lines(name, orders[0].plan, facts)
        random.Random(order).shuffle(facts.items)
        random.Random(order).shuffle(facts.orders)
        shuffled = engine.lines(name, orders[0].plan, facts)
    assert sorted(shuffled, key=repr) == sorted(lines, key=repr)


@generated(60)
@given(batch=batches(50), added=st.integers(0, len(SECTIONS) - 1))
def test_one_more_class_never_lowers_the_tuition(
    engine: Engine, batch: tuple[str, list[Order]], added: int
) -> None:
    """Unless a discount line says so; early and late in the term.

    A class that joins two parts of the term makes one line of two, rounded once: of what is left
    of a price that can be a cent less.
    """
    name, orders = batch
    pairs = []
    for order in orders:
        # One that the student can be priced in, mostly.
        first = order.students[0]
        division = next((s.division for s in first.wants + first.has if s.division), None)
        section = next(
            s
            for s in (*SECTIONS[added:], *SECTIONS)
            if s.division in (division, None)
            and s.mode in ("standard", "program")
            and s not in first.wants + first.has
        )
        if section.id in first.overrides:
            continue
        larger = dataclasses.replace(
            order,
            students=[
                dataclasses.replace(first, wants=[*first.wants, section]), *order.students[1:]
            ],
        )
        if has_price(order, name) and has_price(larger, name):
            pairs.append((order, larger))
    if not pairs:
        return
    befores = engine.price(name, [order for order, _ in pairs])
    afters = engine.price(name, [larger for _, larger in pairs])
    for pair, before, after in zip(pairs, befores, afters, strict=True):
        tuition = [
            [line.amount for line in found.lines if line.kind in TUITION]
            for found in (before, after)
        ]
        joined = max(len(tuition[0]) - len(tuition[1]), 0)
        assert sum(tuition[0]) <= sum(tuition[1]) + joined, pair
        # What is left of it after discounts may be less, and then a line names the discount.
        if after.total < before.total:
            assert any(line.amount < 0 for line in after.lines), pair


@generated(40)
@given(batch=batches(50))
def test_some_weekdays_of_a_class_cost_no_more_tuition_than_all_of_it(
    engine: Engine, batch: tuple[str, list[Order]]
) -> None:
    """By the rate table; and all of its weekdays, picked one by one, cost what it costs as a whole.

    Not for who starts late: of some weekdays more may be left than of all.
    """
    name, orders = batch
    orders = [dataclasses.replace(order, counted=False) for order in orders]

    def by_weekday(order: Order, some: Callable[[Section], tuple[int, ...]] | None) -> Order:
        return dataclasses.replace(
            order,
            students=[
                dataclasses.replace(
                    student,
                    weekdays={
                        **{s.id: student.weekdays[s.id] for s in student.has if s.meetings_on},
                        **{s.id: some(s) for s in student.wants if some and s.meetings_on},
                    },
                )
                for student in order.students
            ],
        )

    triples = [
        triple
        for order in orders
        if any(s.meetings_on for student in order.students for s in student.wants)
        for triple in [
            (
                by_weekday(order, lambda s: s.weekdays[:1]),
                by_weekday(order, lambda s: s.weekdays),
                by_weekday(order, None),
            )
        ]
        if all(has_price(variant, name) for variant in triple)
    ]
    if not triples:
        return
    few, every, whole = (
        engine.price(name, [triple[n] for triple in triples]) for n in range(3)
    )
    assert every == whole
    for triple, less, more in zip(triples, few, whole, strict=True):
        tuition = [
            sum(line.amount for line in found.lines if line.kind in TUITION)
            for found in (less, more)
        ]
        assert tuition[0] <= tuition[1], triple


@generated(40)
@given(batch=batches(50))
def test_no_sum_is_negative_and_all_sums_agree(
    engine: Engine, batch: tuple[str, list[Order]]
) -> None:
    name, orders = sold(batch)
    for order, found in zip(orders, engine.price(name, orders), strict=True):
        for student in range(len(order.students)):
            assert sum(line.amount for line in found.lines if line.student == student) >= 0, order
        assert found.total >= 0, order
        assert min(found.installments) >= 0, order
        assert sum(line.amount for line in found.lines) == found.total == sum(found.installments)


@generated(10)
@given(batch=batches(50))
def test_a_cart_costs_alone_what_it_costs_among_500_others(
    engine: Engine, batch: tuple[str, list[Order]]
) -> None:
    name, orders = sold(batch)
    some, crowd = orders[:10], list(islice(cycle(orders), 500))
    among = engine.price(name, [*crowd[:250], *some, *crowd[250:]])[250 : 250 + len(some)]
    assert among == [engine.price(name, [order])[0] for order in some]


def test_checkout_costs_what_the_quote_said(studio: Studio) -> None:
    family: Family = studio.family()
    other = studio.section(weekdays=(2,), division="open")
    student_id = family.student()
    cart = family.priced_cart((student_id, studio.section()), (student_id, other))
    quote: dict[str, Any] = family.api.call("explain_quote", quote_id=cart["quote_id"])
    registration = family.api.call("checkout", **cart)
    assert registration["total_minor"] == quote["total_minor"] > 0
    # To the instant: the pipeline's own answer at that of the quote.
    assert studio.ask(
        "select (select sum(l.amount_minor)::bigint from unnest(pricing.replay_quote(%s)) as l)",
        cart["quote_id"],
    ) == quote["total_minor"]
