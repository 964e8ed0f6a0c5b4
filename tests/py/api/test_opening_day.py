"""The opening day: crowds at few seats, and what may meet over one registration or one section.

Crowds come over HTTP, as browsers do. Where the outcome hangs on who is first, a connection that
holds what all of them need makes the order. The whole outcome is asserted.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import random
import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.py.api.races import (
    CHECKOUT,
    Act,
    Race,
    act_of,
    await_done_or_blocked,
    in_sql,
    job,
    over_http,
    seats_that_add_up_throughout,
)
from tests.py.support import (
    Family,
    Studio,
    at_once,
    await_blocked_by,
    new_studio,
    outcome,
    refused,
    request_of,
)

pytestmark = pytest.mark.usefixtures("no_deadlock_and_seats_that_add_up")

SECTIONS = 30
# Free places of each of the nearly full sections, and what is taken of it before.
FREE, HELD, PAID = 3, 2, 2


@pytest.fixture(scope="module")
def arena(stack: None) -> Studio:
    return new_studio()


@pytest.fixture(scope="module")
def crowd(arena: Studio) -> list[Family]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda _: arena.family(), range(200)))


@pytest.fixture
def race(arena: Studio) -> Race:
    return Race(arena)


# ---------------------------------------------------------------- crowds


def test_64_families_at_one_seat(race: Race, crowd: list[Family]) -> None:
    section_id = race.section(capacity=1)
    checkouts = race.enter_all(crowd[:64], [section_id])

    with seats_that_add_up_throughout():
        outcomes = at_once(*map(over_http, crowd, checkouts))

    assert Counter(outcomes) == {"ok": 1, "seat_unavailable": 63}
    assert race.studio.seats_left(section_id) == 0
    # Whoever was refused has nothing but the cart, and the winner has the one seat.
    winner = crowd[outcomes.index("ok")]
    held = race.studio.ask(
        "select array_agg(r.family_id) from enrollment.registrations as r"
        " where r.studio_id = %s and r.term_id = %s",
        race.studio.id,
        race.term_id,
    )
    assert held == [winner.id]


def test_200_families_with_three_sections_each_over_30_that_are_nearly_full(
    race: Race, crowd: list[Family]
) -> None:
    """No deadlock reaches a family, no seat is sold twice, and none is lost."""
    section_ids = [
        race.section(
            capacity=FREE + HELD + PAID,
            weekdays=(n % 6 + 1,),
            starts_at=f"{9 + n // 6}:00",
            ends_at=f"{10 + n // 6}:00",
        )
        for n in range(SECTIONS)
    ]
    # A family of five, each in six of the sections, has one place in every one.
    wanted = [section_ids[n : n + 6] for n in range(0, SECTIONS, 6)]
    for n in range(HELD + PAID):
        early = race.studio.family()
        registration = early.api.call("checkout", **race.enter(early, *wanted))
        if n < PAID:
            early.pay(registration["registration_id"])
    shuffled = random.Random(4)
    baskets = [shuffled.sample(section_ids, 3) for _ in crowd]
    with ThreadPoolExecutor(8) as pool:
        checkouts = list(pool.map(lambda f, b: race.enter(f, b), crowd, baskets))

    with seats_that_add_up_throughout():
        answers = at_once(
            *(
                lambda f=family, c=checkout: f.api.post("checkout", c)
                for family, checkout in zip(crowd, checkouts, strict=True)
            )
        )

    left = {section_id: race.studio.seats_left(section_id) for section_id in section_ids}
    won = Counter(
        section_id
        for answer, basket in zip(answers, baskets, strict=True)
        if answer.ok
        for section_id in basket
    )
    assert {s: FREE - won[s] for s in section_ids} == left
    assert min(left.values()) == 0
    for answer, basket in zip(answers, baskets, strict=True):
        if not answer.ok:
            # Nobody gives a place back here: what was full then is full now.
            full = json.loads(refused(answer, "seat_unavailable")["details"])["section_id"]
            assert full in basket and left[full] == 0
    seats = race.studio.ask(
        "select array[count(*) filter (where s.status = 'confirmed'),"
        " count(*) filter (where s.status = 'held'), count(*)]"
        " from enrollment.seats as s where s.studio_id = %s and s.section_id = any(%s)",
        race.studio.id,
        section_ids,
    )
    held = SECTIONS * HELD + won.total()
    assert seats == [SECTIONS * PAID, held, SECTIONS * PAID + held]


# ---------------------------------------------------------------- three over one registration


ACTS = ("job", "checkout", "payment")
# What somebody else holds when the three begin, so that each meets the others at another point.
GATES = {
    "registration": "select from enrollment.registrations as r"
    " where r.id = %(registration_id)s for no key update",
    "place": "select from enrollment.places as p"
    " where p.section_id = %(section_id)s for no key update",
    "seat": "select from enrollment.seats as s where s.section_id = %(section_id)s for update",
    "cart": "select from enrollment.carts as c where c.id = %(cart_id)s for no key update",
}


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("order", list(itertools.permutations(ACTS)), ids="-".join)
def test_the_job_a_checkout_and_the_payment_over_one_lapsed_hold(
    race: Race, crowd: list[Family], gate: str, order: tuple[str, ...]
) -> None:
    """The first that gets the registration decides what becomes of it; nothing is left between."""
    family, section_id = crowd[0], race.section(capacity=1)
    checkout = race.enter(family, [section_id])
    registration_id = family.api.call("checkout", **checkout)["registration_id"]
    payment_id = lapsed_while_paid(family, registration_id)
    again = {**checkout, "idempotency_key": secrets.token_hex(8)}

    with contextlib.ExitStack() as connections:
        acts = {
            "job": job(connections),
            "payment": payment(family, registration_id, payment_id, connections),
            "checkout": as_customer(family, again, connections),
        }
        held = connections.enter_context(race.studio.operator())
        pool = connections.enter_context(ThreadPoolExecutor(len(acts)))
        held.execute(
            GATES[gate],
            {**checkout, "registration_id": registration_id, "section_id": section_id},
        )
        begun = {}
        for name in order:
            pid, act = acts[name]
            begun[name] = pool.submit(act)
            await_done_or_blocked(begun[name], pid)
        # Only a payment that comes first needs no place.
        met = not all(act.done() for act in begun.values())
        assert met or (gate, order[0]) == ("place", "payment")
        held.commit()
        outcomes = {name: act.result(timeout=30) for name, act in begun.items()}

    # The job passes over a registration that somebody holds.
    deciding = [name for name in order if (gate, name) != ("registration", "job")][0]
    status, reason, confirmed, voids = race.studio.ask(
        "select array[r.status, r.status_reason, (select count(*) from enrollment.confirmations"
        " as c where c.registration_id = r.id)::text, (select count(*) from payment.gateway_calls"
        " as g where g.payment_id = %s and g.purpose = 'void_transaction')::text]"
        " from enrollment.registrations as r where r.id = %s",
        payment_id,
        registration_id,
    )
    seats = race.studio.ask(
        "select array_agg(array[e.registration_id::text, s.status]) from enrollment.seats as s"
        " inner join enrollment.enrollments as e on s.enrollment_id = e.id"
        " where s.section_id = %s",
        section_id,
    )
    # Once the job has ended the hold, money that comes before another checkout takes the seat again.
    if deciding == "payment" or (deciding == "job" and outcomes["checkout"] == "cart_closed"):
        assert outcomes == {"job": "ok", "payment": "ok", "checkout": "cart_closed"}
        assert (status, reason, confirmed, voids) == ("confirmed", None, "1", "0")
        assert seats == [[str(registration_id), "confirmed"]]
    else:
        assert outcomes == {"job": "ok", "payment": "ok", "checkout": "ok"}
        # Paid too late: the money goes back, and the family holds the seat anew.
        assert (status, reason, confirmed, voids) == ("failed", "hold_lapsed", "0", "1")
        [[now_held, seat_status]] = seats
        assert int(now_held) > registration_id and seat_status == "held"


def lapsed_while_paid(family: Family, registration_id: int) -> int:
    """Begin to pay a hold; then its time is over, and the gateway was asked and did not answer."""
    payment_id = family.open_payment(registration_id)
    family.studio.lapse(registration_id)
    with family.studio.operator() as connection:
        connection.execute(
            "update payment.payments set final_answer_due_at = now() where id = %s", (payment_id,)
        )
    return payment_id


def payment(
    family: Family, registration_id: int, payment_id: int, connections: contextlib.ExitStack
) -> Act:
    """What the gateway says arrives: as whoever brings it does, with the registration first."""
    return act_of(
        connections.enter_context(family.studio.operator()),
        ("select enrollment.lock_registration(%s)", (registration_id,)),
        (
            "select payment.apply_transaction(p.id, jsonb_build_object("
            " 'id', p.reference, 'type', 'sale', 'state', 'authorized', 'isAuthorized', true,"
            " 'total', payment.gateway_amount(p.amount_minor, p.currency)))"
            " from payment.payments as p where p.id = %s",
            (payment_id,),
        ),
    )


def as_customer(
    family: Family, checkout: dict[str, Any], connections: contextlib.ExitStack
) -> Act:
    return act_of(connections.enter_context(request_of(family.api)), (CHECKOUT, checkout))


# ---------------------------------------------------------------- capacity against claims


def set_capacity(
    studio: Studio, section_id: int, capacity: int, connections: contextlib.ExitStack
) -> Act:
    return act_of(
        connections.enter_context(studio.operator()),
        ("update catalog.sections set capacity = %s where id = %s", (capacity, section_id)),
    )


def test_a_section_that_shrinks_while_a_crowd_claims_it(race: Race, crowd: list[Family]) -> None:
    seen: Counter[str] = Counter()
    for _ in range(4):
        race = Race(race.studio)
        section_id = race.section(capacity=10)
        checkouts = race.enter_all(crowd[:16], [section_id])

        with seats_that_add_up_throughout(), contextlib.ExitStack() as connections:
            acts = [in_sql(f, c, connections) for f, c in zip(crowd, checkouts, strict=False)]
            shrunk, *outcomes = at_once(
                set_capacity(race.studio, section_id, 6, connections)[1], *acts
            )

        seen[shrunk] += 1
        sold = {"ok": 6, "capacity_below_taken": 10}[shrunk]
        assert Counter(outcomes) == {"ok": sold, "seat_unavailable": 16 - sold}
        assert race.studio.seats_left(section_id) == 0
    assert set(seen) <= {"ok", "capacity_below_taken"}


def test_a_shrink_waits_for_a_claim_that_came_first(race: Race, crowd: list[Family]) -> None:
    section_id = race.section(capacity=3)
    checkouts = race.enter_all(crowd[:3], [section_id])
    for family, checkout in zip(crowd[:2], checkouts, strict=False):
        assert over_http(family, checkout)() == "ok"

    with contextlib.ExitStack() as connections:
        _, shrink = set_capacity(race.studio, section_id, 2, connections)
        pool = connections.enter_context(ThreadPoolExecutor(1))
        with request_of(crowd[2].api) as claim:
            claim.execute(CHECKOUT, checkouts[2])
            shrunk = pool.submit(shrink)
            await_blocked_by(claim)
            claim.commit()
        assert shrunk.result() == "capacity_below_taken"

    assert race.studio.seats_left(section_id) == 0


@pytest.mark.parametrize("is_kept", [True, False], ids=["kept", "undone"])
def test_a_claim_waits_for_a_shrink_that_came_first(
    race: Race, crowd: list[Family], is_kept: bool
) -> None:
    section_id = race.section(capacity=3)
    checkouts = race.enter_all(crowd[:4], [section_id])
    assert over_http(crowd[0], checkouts[0])() == "ok"

    with race.studio.operator() as shrink, ThreadPoolExecutor(3) as pool:
        shrink.execute("update catalog.sections set capacity = 2 where id = %s", (section_id,))
        claims = [
            pool.submit(over_http(f, c)) for f, c in zip(crowd[1:4], checkouts[1:], strict=True)
        ]
        await_blocked_by(shrink)
        if is_kept:
            shrink.commit()
        else:
            shrink.rollback()
        outcomes = Counter(claim.result() for claim in claims)

    sold = 1 if is_kept else 2
    assert outcomes == {"ok": sold, "seat_unavailable": 3 - sold}
    assert race.studio.seats_left(section_id) == 0


PLACES = "select from enrollment.places as p where p.section_id = %s for no key update"


def lapsed_hold(race: Race, family: Family, *wanted: list[int]) -> None:
    """A hold whose time is over, with nothing left in the cart."""
    registration = family.api.call("checkout", **race.enter(family, *wanted))
    for item in family.api.read("cart_items", cart_id=f"eq.{family.cart(term_id=race.term_id)}"):
        family.api.call("remove_cart_item", cart_item_id=item["id"])
    race.studio.lapse(registration["registration_id"])


def test_two_sections_that_shrink_at_once_each_with_a_lapsed_hold(
    race: Race, crowd: list[Family]
) -> None:
    section_ids = [race.section(capacity=2) for _ in range(2)]
    for family, section_id in zip(crowd, section_ids, strict=False):
        lapsed_hold(race, family, [section_id])

    with contextlib.ExitStack() as connections:
        shrinks = [set_capacity(race.studio, s, 1, connections) for s in section_ids]
        held = connections.enter_context(race.studio.operator())
        pool = connections.enter_context(ThreadPoolExecutor(2))
        # The first one is in the middle of its release while the second comes.
        held.execute(PLACES, (section_ids[0],))
        begun = []
        for pid, act in shrinks:
            begun.append(pool.submit(act))
            await_done_or_blocked(begun[-1], pid)
        held.commit()
        assert [act.result(timeout=30) for act in begun] == ["ok", "ok"]

    assert [race.studio.seats_left(section_id) for section_id in section_ids] == [1, 1]


def test_a_section_that_shrinks_while_a_family_releases_its_own_hold_and_one_over_it(
    race: Race, crowd: list[Family]
) -> None:
    own, wanted = race.section(capacity=1, weekdays=(1,)), race.section(capacity=2, weekdays=(2,))
    lapsed_hold(race, crowd[0], [own])
    lapsed_hold(race, crowd[1], [wanted])
    checkout = race.enter(crowd[0], [wanted])

    with contextlib.ExitStack() as connections:
        acts = [
            as_customer(crowd[0], checkout, connections),
            set_capacity(race.studio, wanted, 1, connections),
        ]
        held = connections.enter_context(race.studio.operator())
        pool = connections.enter_context(ThreadPoolExecutor(2))
        held.execute(PLACES, (own,))
        begun = []
        for pid, act in acts:
            begun.append(pool.submit(act))
            await_done_or_blocked(begun[-1], pid)
        held.commit()
        assert [act.result(timeout=30) for act in begun] == ["ok", "ok"]

    assert [race.studio.seats_left(section_id) for section_id in (own, wanted)] == [1, 0]
