"""Those who wait, those who check out and the clock at one place that comes free.

Over HTTP as browsers do, the whole outcome asserted: who has the place, what each of the others was
told, and that nobody waits beside a free place. Where the outcome hangs on who is first, every
order is right in which the rest follows from it, or a connection that holds what all of them need
makes the order.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.py.api.races import (
    Act,
    Race,
    await_done_or_blocked,
    job,
    over_http,
    seats_that_add_up_throughout,
)
from tests.py.api.waitlists import (
    Entry,
    assert_queues_are_served,
    join,
    joining,
    kept_place,
    queue,
    seats,
    settings,
    staff_act,
)
from tests.py.support import (
    Caller,
    Family,
    Studio,
    at_once,
    new_studio,
    outcome,
    run_job,
)

# How often a race is run whose outcome hangs on who is first.
ROUNDS = 3


@pytest.fixture(scope="module")
def arena(stack: None) -> Studio:
    return new_studio()


@pytest.fixture(scope="module")
def crowd(arena: Studio) -> list[Family]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda _: arena.family(), range(12)))


@pytest.fixture(scope="module")
def desk(arena: Studio) -> Caller:
    return arena.staff()


@pytest.fixture
def race(arena: Studio) -> Race:
    return Race(arena)


@pytest.fixture(autouse=True)
def all_is_served(no_deadlock_and_seats_that_add_up: None) -> Iterator[None]:
    yield
    assert_queues_are_served()


def hold(race: Race, family: Family, *wanted: list[int]) -> int:
    return family.api.call("checkout", **race.enter(family, *wanted))["registration_id"]


def abandon(family: Family, registration_id: int) -> Callable[[], str]:
    return lambda: outcome(
        family.api.post("abandon_checkout", {"registration_id": registration_id})
    )


def run(name: str) -> Callable[[], str]:
    def act() -> str:
        run_job(name)
        return "ok"

    return act


# ---------------------------------------------------------------- promotion against checkouts


def test_a_hold_is_abandoned_while_one_waits_and_others_check_out(
    race: Race, crowd: list[Family]
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=1)
        held = hold(race, crowd[0], [section_id])
        waits = join(crowd[1], section_id)
        checkouts = race.enter_all(crowd[2:10], [section_id])

        with seats_that_add_up_throughout():
            given, *outcomes = at_once(
                abandon(crowd[0], held),
                *(over_http(f, c) for f, c in zip(crowd[2:], checkouts, strict=False)),
            )

        assert given == "ok"
        assert waits.status == "offered"
        assert seats(race, section_id) == {"offered": 1}
        # Before it came free the queue was in their way, and then the offer.
        assert set(outcomes) <= {"waitlist_only", "seat_unavailable"}


def test_a_hold_lapses_while_one_waits_and_others_check_out(
    race: Race, crowd: list[Family]
) -> None:
    """Whoever finds the hold releases it, for the one who waits and not for itself."""
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=1)
        held = hold(race, crowd[0], [section_id])
        waits = join(crowd[1], section_id)
        checkouts = race.enter_all(crowd[2:9], [section_id])
        race.studio.lapse(held)

        with seats_that_add_up_throughout():
            outcomes = at_once(
                run("enrollment.expire_holds"),
                run("enrollment.pass_on_places"),
                *(over_http(f, c) for f, c in zip(crowd[2:], checkouts, strict=False)),
            )

        assert Counter(outcomes) == {"ok": 2, "seat_unavailable": 7}
        # A refused checkout undoes its release as well, and the jobs pass over what it holds.
        run_job("enrollment.pass_on_places")
        assert waits.status == "offered"
        assert seats(race, section_id) == {"offered": 1}


def test_two_places_lapse_for_one_who_waits_and_one_of_those_who_check_out(
    race: Race, crowd: list[Family]
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=2)
        held = hold(race, crowd[0], [section_id], [section_id])
        waits = join(crowd[1], section_id)
        checkouts = race.enter_all(crowd[2:9], [section_id])
        race.studio.lapse(held)

        with seats_that_add_up_throughout():
            outcomes = at_once(
                *(over_http(f, c) for f, c in zip(crowd[2:], checkouts, strict=False))
            )

        assert Counter(outcomes) == {"ok": 1, "seat_unavailable": 6}
        assert waits.status == "offered"
        assert seats(race, section_id) == {"offered": 1, "held": 1}


def test_two_who_want_in_together_against_families_that_want_one_of_two_places(
    race: Race, crowd: list[Family]
) -> None:
    """The one place is anybody's until there are two; then the two have them, or it was too late."""
    seen: Counter[str] = Counter()
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=2)
        held = hold(race, crowd[0], [section_id])
        twins = join(crowd[1], section_id, students=2)
        checkouts = race.enter_all(crowd[2:6], [section_id])

        with seats_that_add_up_throughout():
            given, *outcomes = at_once(
                abandon(crowd[0], held),
                *(over_http(f, c) for f, c in zip(crowd[2:], checkouts, strict=False)),
            )

        assert given == "ok"
        told = Counter(outcomes)
        seen[twins.status] += 1
        if twins.status == "offered":
            assert told == {"seat_unavailable": 4}
            assert seats(race, section_id) == {"offered": 2}
        else:
            # Somebody had the one before the other came free, so that is anybody's as well.
            assert twins.status == "waiting" and told["ok"] in (1, 2)
            assert set(told) <= {"ok", "seat_unavailable", "waitlist_only"}
            assert seats(race, section_id) == {"held": told["ok"]}
            assert race.studio.seats_left(section_id) == 2 - told["ok"]
    assert seen.total() == ROUNDS


# ---------------------------------------------------------------- joining while a place comes free


def held_place(race: Race, family: Family, section_id: int) -> Callable[[], str]:
    return abandon(family, hold(race, family, [section_id]))


def lapsed_place(race: Race, family: Family, section_id: int) -> Callable[[], str]:
    registration_id = hold(race, family, [section_id])
    race.studio.lapse(registration_id)
    return run("enrollment.expire_holds")


def lapsed_offer(race: Race, family: Family, section_id: int) -> Callable[[], str]:
    offered_place(race, family, section_id).runs_out()
    return run("enrollment.pass_on_places")


def declined_place(race: Race, family: Family, section_id: int) -> Callable[[], str]:
    return offered_place(race, family, section_id).does("decline_offer")


def offered_place(race: Race, family: Family, section_id: int) -> Entry:
    held = hold(race, family, [section_id])
    entry = join(family, section_id)
    assert abandon(family, held)() == "ok"
    assert entry.status == "offered"
    return entry


def added_place(race: Race, family: Family, section_id: int) -> Callable[[], str]:
    hold(race, family, [section_id])

    def grow() -> str:
        with race.studio.operator() as connection:
            connection.execute(
                "update catalog.sections set capacity = 2 where id = %s", (section_id,)
            )
        return "ok"

    return grow


def reserved_place(race: Race, family: Family, section_id: int) -> Callable[[], str]:
    desk = race.studio.staff()
    [seat_id] = desk.call("reserve_place", section_id=section_id, reason="kept")["seat_ids"]
    return staff_act(desk, "release_reservation", seat_id=seat_id)


@pytest.mark.parametrize(
    "freeing",
    [held_place, lapsed_place, lapsed_offer, declined_place, added_place, reserved_place],
    ids=lambda freeing: freeing.__name__,
)
def test_families_join_while_the_last_place_comes_free(
    race: Race,
    crowd: list[Family],
    freeing: Callable[[Race, Family, int], Callable[[], str]],
) -> None:
    """The first in the queue has it, or it was free before anybody was in the queue."""
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=1)
        settings(race, waitlist_on_capacity="automatic")
        free = freeing(race, crowd[0], section_id)
        before = len(queue(race, section_id))

        freed, *outcomes = at_once(free, *(joining(f, section_id) for f in crowd[1:7]))

        assert freed == "ok"
        # A job passes over what somebody who joins has just locked; then that one has passed it on.
        run_job("enrollment.pass_on_places")
        states = queue(race, section_id)[before:]
        if Counter(outcomes) == {"ok": 6}:
            assert states == ["offered"] + ["waiting"] * 5
        else:
            assert Counter(outcomes) == {"seats_available": 6}
            assert states == [] and race.studio.seats_left(section_id) == 1


def test_families_that_lost_the_last_place_wait_with_their_item_while_it_comes_free(
    race: Race, crowd: list[Family]
) -> None:
    """Each item is in one place only: on the list, or in the cart as it was."""
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id, beside = race.section(capacity=1), race.section(weekdays=(2,))
        checkouts = race.enter_all(crowd[:6], [section_id, beside])
        outcomes = at_once(*(over_http(f, c) for f, c in zip(crowd, checkouts, strict=False)))
        assert Counter(outcomes) == {"ok": 1, "seat_unavailable": 5}
        winner = crowd[outcomes.index("ok")]
        losers = [
            (f, c["cart_id"])
            for f, c, told in zip(crowd, checkouts, outcomes, strict=False)
            if told != "ok"
        ]
        [held] = [
            r["id"]
            for r in winner.api.read("registrations", status="eq.pending_payment")
            if r["term_id"] == race.term_id
        ]

        given, *taken_over = at_once(
            abandon(winner, held), *(taking_over(f, c, section_id) for f, c in losers)
        )

        assert given == "ok"
        left = [sections_in(f, c) for f, c in losers]
        if Counter(taken_over) == {"ok": 5}:
            assert queue(race, section_id) == ["offered"] + ["waiting"] * 4
            assert left == [[beside]] * 5
        else:
            assert Counter(taken_over) == {"seats_available": 5}
            assert queue(race, section_id) == []
            assert left == [[section_id, beside]] * 5


def taking_over(family: Family, cart_id: int, section_id: int) -> Callable[[], str]:
    """Moving an item from the cart to the waitlist."""
    [item] = family.api.read(
        "cart_items", cart_id=f"eq.{cart_id}", section_id=f"eq.{section_id}"
    )
    return lambda: outcome(family.api.post("join_waitlist", {"cart_item_ids": [item["id"]]}))


def sections_in(family: Family, cart_id: int) -> list[int]:
    items = family.api.read("cart_items", cart_id=f"eq.{cart_id}", order="section_id")
    return [item["section_id"] for item in items]


def test_families_join_while_staff_reopen_the_place_they_kept(
    race: Race, crowd: list[Family], desk: Caller
) -> None:
    """It is kept for as long as one of them waits, or it was reopened before."""
    for _ in range(ROUNDS):
        race = Race(race.studio)
        settings(race, waitlist_on_lapse="reserve")
        section_id = race.section(capacity=1)
        held_place(race, crowd[0], section_id)()
        seat_id = kept_place(race, section_id)

        reopened, *outcomes = at_once(
            staff_act(desk, "reopen_place", seat_id=seat_id),
            *(joining(f, section_id) for f in crowd[1:6]),
        )

        if reopened == "ok":
            assert Counter(outcomes) == {"seats_available": 5}
            assert race.studio.seats_left(section_id) == 1
        else:
            assert (reopened, Counter(outcomes)) == ("queue_waits", {"ok": 5})
            assert seats(race, section_id) == {"reserved": 1}


def test_families_join_while_others_check_out_the_last_place(
    race: Race, crowd: list[Family]
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=1)
        checkouts = race.enter_all(crowd[:4], [section_id])

        outcomes = at_once(
            *(over_http(f, c) for f, c in zip(crowd, checkouts, strict=False)),
            *(joining(f, section_id) for f in crowd[4:8]),
        )

        claimed, joined = Counter(outcomes[:4]), Counter(outcomes[4:])
        # Whoever comes once somebody is in the queue is told so.
        assert claimed["ok"] == 1
        assert set(claimed) <= {"ok", "seat_unavailable", "waitlist_only"}
        assert set(joined) <= {"ok", "seats_available"}
        assert queue(race, section_id) == ["waiting"] * joined["ok"]
        assert seats(race, section_id) == {"held": 1}


def test_families_join_for_some_weekdays_while_their_sale_ends(
    race: Race, crowd: list[Family], desk: Caller
) -> None:
    """Whoever waits for some weekdays waits for what is sold so."""
    manager = race.studio.staff("manager")
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=1, weekdays=(2, 4))
        manager.call("save_section_sale", section_id=section_id, sold_by_weekday=True)
        desk.call("reserve_place", section_id=section_id, reason="kept")
        joins = [
            {"section_id": section_id, "student_ids": [family.student()], "weekdays": [2]}
            for family in crowd[:5]
        ]

        ended, *outcomes = at_once(
            staff_act(
                manager, "save_section_sale", section_id=section_id, sold_by_weekday=False
            ),
            *(
                lambda f=family, a=arguments: outcome(f.api.post("join_waitlist", a))
                for family, arguments in zip(crowd, joins, strict=False)
            ),
        )

        if ended == "ok":
            assert Counter(outcomes) == {"weekdays_not_offered": 5}
            assert queue(race, section_id) == []
        else:
            assert (ended, Counter(outcomes)) == ("weekdays_sold", {"ok": 5})
            assert queue(race, section_id) == ["waiting"] * 5


# ---------------------------------------------------------------- one offer, several acts about it


# What somebody else holds when they begin, so that each meets the others at another point.
GATES = {
    "cart": "select from enrollment.carts as c where c.id = %(cart_id)s for no key update",
    "entry": "select from enrollment.waitlist_entries as w where w.id = %(entry_id)s for update",
    "seat": "select from enrollment.seats as s where s.waitlist_entry_id = %(entry_id)s for update",
    "place": "select from enrollment.places as p"
    " where p.section_id = %(section_id)s for no key update",
}


def in_turn(race: Race, gate: str, details: dict[str, int], *acts: Act) -> list[str]:
    """Begin acts one after the other while what all of them need is held; return their outcomes."""
    with race.studio.operator() as held, ThreadPoolExecutor(len(acts)) as pool:
        held.execute(GATES[gate], details)
        begun = []
        for pid, act in acts:
            begun.append(pool.submit(act))
            await_done_or_blocked(begun[-1], pid)
        held.commit()
        return [act.result(timeout=30) for act in begun]


@pytest.mark.parametrize("first", ["accept", "job"])
@pytest.mark.parametrize("gate", GATES)
def test_an_offer_is_accepted_at_its_deadline_while_the_job_ends_it(
    race: Race, crowd: list[Family], gate: str, first: str
) -> None:
    """Accepted a moment before, ended a moment after: one of them decides, whoever locks first."""
    section_id = race.section(capacity=1)
    entry, behind = offered_place(race, crowd[0], section_id), join(crowd[1], section_id)
    details = {"cart_id": entry.cart_id, "entry_id": entry.id, "section_id": section_id}
    arguments = entry.acceptance()
    del arguments["waitlist_entry_id"]

    with contextlib.ExitStack() as connections:
        # It has begun, so to it the offer still is good.
        accept = entry.does_in_sql(connections, "accept_offer", **arguments)
        entry.runs_out()
        ends = job(connections, "enrollment.pass_on_places")
        acts = {"accept": accept, "job": ends}
        order = [first, *(acts.keys() - {first})]
        outcomes = dict(
            zip(
                order,
                in_turn(race, gate, details, *(acts[name] for name in order)),
                strict=True,
            )
        )

    assert outcomes.pop("job") == "ok"
    if outcomes["accept"] == "ok":
        assert (entry.status, behind.status) == ("accepted", "waiting")
        assert seats(race, section_id) == {"held": 1}
    else:
        assert outcomes == {"accept": "offer_expired"}
        # The job passes over what the family has locked, and comes back.
        run_job("enrollment.pass_on_places")
        assert (entry.status, behind.status) == ("expired", "offered")
        assert seats(race, section_id) == {"offered": 1}


@pytest.mark.parametrize("same_key", [True, False], ids=["one-key", "two-keys"])
def test_two_phones_of_a_family_accept_one_offer(
    race: Race, crowd: list[Family], same_key: bool
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=1)
        entry, behind = offered_place(race, crowd[0], section_id), join(crowd[1], section_id)
        one = entry.acceptance()
        other = one if same_key else entry.acceptance()

        outcomes = at_once(
            *(entry.does("accept_offer", **arguments) for arguments in (one, other, one))
        )

        told = {"ok"} if same_key else {"ok", "checkout_open"}
        assert "ok" in outcomes and set(outcomes) == told
        assert (entry.status, behind.status) == ("accepted", "waiting")
        assert seats(race, section_id) == {"held": 1}


@pytest.mark.parametrize("lets_go", ["decline_offer", "leave_waitlist"])
def test_one_phone_accepts_while_the_other_lets_go(
    race: Race, crowd: list[Family], lets_go: str
) -> None:
    told = {"decline_offer": "not_offered", "leave_waitlist": "not_waiting"}
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=1)
        entry, behind = offered_place(race, crowd[0], section_id), join(crowd[1], section_id)

        outcomes = at_once(
            entry.does("accept_offer", **entry.acceptance()), entry.does(lets_go)
        )

        if outcomes[0] == "ok":
            assert outcomes == ["ok", told[lets_go]]
            assert (entry.status, behind.status) == ("accepted", "waiting")
            assert seats(race, section_id) == {"held": 1}
        else:
            assert outcomes == ["not_offered", "ok"]
            assert behind.status == "offered"
            assert seats(race, section_id) == {"offered": 1}


def test_the_first_in_the_queue_leaves_while_the_place_comes_free(
    race: Race, crowd: list[Family]
) -> None:
    """It goes to the next, whether or not it was offered to the first for a moment."""
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=1)
        free = held_place(race, crowd[0], section_id)
        first, second, third = (join(f, section_id) for f in crowd[1:4])

        assert at_once(first.does("leave_waitlist"), free) == ["ok", "ok"]

        assert [e.status for e in (first, second, third)] == ["cancelled", "offered", "waiting"]
        assert seats(race, section_id) == {"offered": 1}


def test_a_refused_decline_costs_nobody_the_place_that_comes_free(
    race: Race, crowd: list[Family]
) -> None:
    """Whoever waits and has no offer has nothing to decline, and keeps its turn meanwhile."""
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=1)
        free = held_place(race, crowd[0], section_id)
        first, second = (join(f, section_id) for f in crowd[1:3])

        freed, *declined = at_once(free, *[first.does("decline_offer")] * 4)

        assert freed == "ok"
        if "ok" in declined:
            assert Counter(declined) == {"ok": 1, "not_offered": 3}
            assert (first.status, second.status) == ("declined", "offered")
        else:
            assert Counter(declined) == {"not_offered": 4}
            assert (first.status, second.status) == ("offered", "waiting")


# ---------------------------------------------------------------- staff meanwhile


def assign(desk: Caller, entry: Entry) -> Callable[[], str]:
    return staff_act(desk, "assign_place", waitlist_entry_id=entry.id, reason="a sibling is in it")


def test_two_of_the_staff_assign_the_one_place_that_was_kept(
    race: Race, crowd: list[Family], desk: Caller
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        settings(race, waitlist_on_lapse="reserve")
        section_id = race.section(capacity=1)
        held_place(race, crowd[0], section_id)()
        entries = [join(f, section_id) for f in crowd[1:3]]

        outcomes = at_once(*(assign(desk, entry) for entry in entries))

        assert Counter(outcomes) == {"ok": 1, "seat_unavailable": 1}
        chosen = outcomes.index("ok")
        assert [e.status for e in entries] == [
            "offered" if n == chosen else "waiting" for n in range(2)
        ]
        assert seats(race, section_id) == {"offered": 1}


def test_one_of_the_staff_assigns_the_place_that_another_reopens(
    race: Race, crowd: list[Family], desk: Caller
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        settings(race, waitlist_on_lapse="reserve")
        section_id = race.section(capacity=1)
        held_place(race, crowd[0], section_id)()
        entry = join(crowd[1], section_id)
        reopen = staff_act(desk, "reopen_place", seat_id=kept_place(race, section_id))

        assigned, *reopened = at_once(assign(desk, entry), reopen, reopen)

        assert assigned == "ok" and set(reopened) <= {"queue_waits", "place_not_found"}
        assert entry.status == "offered"
        assert seats(race, section_id) == {"offered": 1}


def test_a_place_is_reopened_by_several_at_once_and_once(
    race: Race, crowd: list[Family], desk: Caller
) -> None:
    settings(race, waitlist_on_lapse="reserve")
    section_id = race.section(capacity=1)
    held_place(race, crowd[0], section_id)()
    reopen = staff_act(desk, "reopen_place", seat_id=kept_place(race, section_id))

    outcomes = Counter(at_once(*[reopen] * 4))

    assert outcomes == {"ok": 1, "place_not_found": 3}
    assert race.studio.seats_left(section_id) == 1


def test_staff_choose_the_first_in_the_queue_while_the_place_comes_free(
    race: Race, crowd: list[Family], desk: Caller
) -> None:
    """Being helped costs nobody the turn that comes by itself."""
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=1)
        free = held_place(race, crowd[0], section_id)
        first, second = (join(f, section_id) for f in crowd[1:3])

        freed, assigned = at_once(free, assign(desk, first))

        assert freed == "ok"
        # Before it there was no place to give, after it nobody to give it to.
        assert assigned in ("seat_unavailable", "not_waiting")
        assert (first.status, second.status) == ("offered", "waiting")


# ---------------------------------------------------------------- approvals


def request(race: Race, family: Family, section_id: int) -> int:
    """Ask a teacher to approve a new student for a class that demands it; return the request."""
    with race.studio.operator() as connection:
        class_id = connection.execute(
            "select s.class_id from catalog.sections as s where s.id = %s", (section_id,)
        ).fetchone()[0]
        connection.execute(
            "insert into catalog.requirements"
            " (studio_id, term_id, class_id, code, kind, enforcement)"
            " select %s, %s, %s, %s, 'teacher_approval', 'soft_warn'"
            " where not exists (select from catalog.requirements as r where r.class_id = %s)",
            (race.studio.id, race.term_id, class_id, f"ask_{class_id}", class_id),
        )
    return family.api.call(
        "request_approval",
        student_id=family.student(),
        class_id=class_id,
        section_id=section_id,
    )


def test_several_teachers_decide_one_request(
    race: Race, crowd: list[Family], desk: Caller
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=1)
        approval_id = request(race, crowd[0], section_id)
        approve = staff_act(desk, "decide_approval", approval_id=approval_id, approve=True)
        decline = staff_act(
            desk, "decide_approval", approval_id=approval_id, approve=False, reason="not yet"
        )

        outcomes = at_once(approve, decline, approve, decline)

        assert Counter(outcomes) == {"ok": 1, "approval_closed": 3}
        [approval] = crowd[0].api.read("approvals", id=f"eq.{approval_id}")
        if outcomes.index("ok") in (0, 2):
            assert approval["status"] == "approved"
            assert queue(race, section_id) == ["offered"]
            assert seats(race, section_id) == {"offered": 1}
        else:
            assert approval["status"] == "declined"
            assert queue(race, section_id) == []
            assert seats(race, section_id) == {}


def test_a_teacher_approves_while_others_check_out_the_last_place(
    race: Race, crowd: list[Family], desk: Caller
) -> None:
    """Exactly one has it: who was approved, by an offer, or one of those who check out."""
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=1)
        approval_id = request(race, crowd[0], section_id)
        checkouts = race.enter_all(crowd[1:5], [section_id])
        # What the class asks is not what is tried here.
        checkouts = [{**c, "acknowledged": ["approval_required"]} for c in checkouts]

        with seats_that_add_up_throughout():
            approved, *outcomes = at_once(
                staff_act(desk, "decide_approval", approval_id=approval_id, approve=True),
                *(over_http(f, c) for f, c in zip(crowd[1:], checkouts, strict=False)),
            )

        assert approved == "ok"
        told = Counter(outcomes)
        assert set(told) <= {"ok", "seat_unavailable", "waitlist_only"}
        if told["ok"]:
            assert told["ok"] == 1
            assert queue(race, section_id) == ["waiting"]
            assert seats(race, section_id) == {"held": 1}
        else:
            assert queue(race, section_id) == ["offered"]
            assert seats(race, section_id) == {"offered": 1}


def test_two_teachers_approve_two_students_for_the_last_place(
    race: Race, crowd: list[Family], desk: Caller
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=1)
        approvals = [request(race, family, section_id) for family in crowd[:2]]

        outcomes = at_once(
            *(
                staff_act(desk, "decide_approval", approval_id=approval_id, approve=True)
                for approval_id in approvals
            )
        )

        assert outcomes == ["ok", "ok"]
        assert queue(race, section_id) == ["offered", "waiting"]
        assert seats(race, section_id) == {"offered": 1}
