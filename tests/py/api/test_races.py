"""Many at once: over HTTP, and over connections of their own as the real customer role.

Each test asserts the whole outcome, so that an error nobody expected is a failure, too.
"""

from __future__ import annotations

import contextlib
import secrets
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.py.api.races import CHECKOUT, Race, in_sql, over_http
from tests.py.support import (
    PASSWORD,
    Family,
    Studio,
    at_once,
    await_blocked_by,
    new_studio,
    nothing_written,
    outcome,
    request_of,
    run_job,
    unique,
)

pytestmark = pytest.mark.usefixtures("no_deadlock_and_seats_that_add_up")

# How often a race is run whose outcome hangs on who is first.
ROUNDS = 4


@pytest.fixture(scope="module")
def arena(stack: None) -> Studio:
    return new_studio()


@pytest.fixture(scope="module")
def crowd(arena: Studio) -> list[Family]:
    """32 families; every race is in a term of its own, so they may be in all of them."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda _: arena.family(), range(32)))


@pytest.fixture
def race(arena: Studio) -> Race:
    return Race(arena)


# ---------------------------------------------------------------- the last seat


@pytest.mark.parametrize("places", [1, 10])
def test_32_families_at_the_last_seats_over_http(
    race: Race, crowd: list[Family], places: int
) -> None:
    section_id = race.section(capacity=places)
    checkouts = race.enter_all(crowd, [section_id])

    outcomes = Counter(at_once(*map(over_http, crowd, checkouts)))

    assert outcomes == {"ok": places, "seat_unavailable": 32 - places}
    assert race.studio.seats_left(section_id) == 0


@pytest.mark.parametrize("places", [1, 10])
def test_32_families_at_the_last_seats_as_the_customer_role(
    race: Race, crowd: list[Family], places: int
) -> None:
    section_id = race.section(capacity=places)
    checkouts = race.enter_all(crowd, [section_id])

    with contextlib.ExitStack() as connections:
        acts = [in_sql(f, c, connections) for f, c in zip(crowd, checkouts, strict=True)]
        outcomes = Counter(at_once(*acts))

    assert outcomes == {"ok": places, "seat_unavailable": 32 - places}
    assert race.studio.seats_left(section_id) == 0


def test_the_last_seat_of_a_section_that_many_want_beside_others_that_have_room(
    race: Race, crowd: list[Family]
) -> None:
    tight = race.section(capacity=1, weekdays=(2,))
    roomy = [race.section(capacity=40, weekdays=(day,)) for day in (1, 3, 4)]
    checkouts = race.enter_all(crowd[:16], [*roomy, tight])

    outcomes = Counter(at_once(*map(over_http, crowd, checkouts)))

    assert outcomes == {"ok": 1, "seat_unavailable": 15}
    # Whoever lost has taken nothing.
    assert [race.studio.seats_left(s) for s in roomy] == [39, 39, 39]


def test_two_children_for_two_last_places_against_the_same_in_opposite_order(
    race: Race, crowd: list[Family]
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        first = race.section(capacity=1, weekdays=(1,))
        second = race.section(capacity=1, weekdays=(2,))
        there = race.enter(crowd[0], [first], [second])
        back = race.enter(crowd[1], [second], [first])

        with contextlib.ExitStack() as connections:
            outcomes = at_once(
                in_sql(crowd[0], there, connections), in_sql(crowd[1], back, connections)
            )

        assert Counter(outcomes) == {"ok": 1, "seat_unavailable": 1}
        assert (race.studio.seats_left(first), race.studio.seats_left(second)) == (0, 0)


@pytest.mark.parametrize("places", [2, 3])
def test_families_of_two_at_places_for_one_of_them(
    race: Race, crowd: list[Family], places: int
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=places)
        checkouts = race.enter_all(crowd[:4], [section_id], [section_id])

        with contextlib.ExitStack() as connections:
            acts = [in_sql(f, c, connections) for f, c in zip(crowd, checkouts, strict=False)]
            outcomes = Counter(at_once(*acts))

        assert outcomes == {"ok": 1, "seat_unavailable": 3}
        assert race.studio.seats_left(section_id) == places - 2


# ---------------------------------------------------------------- weekdays


def sold_by_weekday(race: Race, capacity: int) -> int:
    """A section on Tuesdays and Thursdays, each of which can be had alone."""
    section_id = race.section(capacity=capacity, weekdays=(2, 4))
    race.studio.staff("manager").call(
        "save_section_sale", section_id=section_id, sold_by_weekday=True
    )
    return section_id


def students_on(studio: Studio, section_id: int, weekday: int) -> list[int]:
    """How many students each meeting on that weekday has, every number once."""
    return studio.ask(
        """
        select array_agg(distinct n.students)
        from catalog.meetings as m
        cross join lateral (
            select count(*) as students
            from enrollment.seats as s
            where s.section_id = m.section_id and s.dates @> m.held_on
        ) as n
        where
            m.section_id = %s
            and extract(isodow from m.held_on) = %s
            -- What was over when they took it needs no seat.
            and m.starts_at > now() + interval '1 day'
        """,
        section_id,
        weekday,
    )


def test_16_families_at_the_last_tuesday_while_others_want_thursdays_or_all_of_it(
    race: Race, crowd: list[Family]
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = sold_by_weekday(race, capacity=8)
        # Seven of eight places are taken on Tuesdays.
        for family, checkout in zip(
            crowd[:7], race.enter_all(crowd[:7], [(section_id, [2])]), strict=True
        ):
            assert over_http(family, checkout)() == "ok"
        wishes = {"tuesday": (section_id, [2]), "thursday": (section_id, [4]), "all": section_id}
        wanted = ["tuesday"] * 16 + ["thursday"] * 8 + ["all"] * 4
        late = [race.studio.family() for _ in range(3)]
        families = [*crowd[7:], *late]
        checkouts = [
            race.enter(family, [wishes[wish]])
            for family, wish in zip(families, wanted, strict=True)
        ]

        with contextlib.ExitStack() as connections:
            acts = [in_sql(f, c, connections) for f, c in zip(families, checkouts, strict=True)]
            outcomes = Counter(zip(wanted, at_once(*acts), strict=True))

        assert set(outcomes) <= {(w, o) for w in wishes for o in ("ok", "seat_unavailable")}
        assert outcomes["tuesday", "ok"] + outcomes["all", "ok"] == 1
        assert outcomes["thursday", "ok"] + outcomes["all", "ok"] == 8
        assert students_on(race.studio, section_id, 2) == [8]
        assert students_on(race.studio, section_id, 4) == [8]


def test_a_sale_by_weekday_that_ends_during_a_checkout(race: Race, crowd: list[Family]) -> None:
    manager = race.studio.staff("manager")
    end = {"sold_by_weekday": False}

    # A checkout that comes first is waited for, and then stands against it.
    section_id = sold_by_weekday(race, capacity=4)
    checkout = race.enter(crowd[0], [(section_id, [2])])
    with ThreadPoolExecutor(1) as pool:
        with request_of(crowd[0].api) as connection:
            connection.execute(CHECKOUT, checkout)
            ending = pool.submit(
                lambda: outcome(manager.post("save_section_sale", {"section_id": section_id, **end}))
            )
            await_blocked_by(connection)
            connection.commit()
        assert ending.result() == "weekdays_sold"

    # One that comes second waits, and is refused.
    section_id = sold_by_weekday(race, capacity=4)
    checkout = race.enter(crowd[1], [(section_id, [2])])
    with ThreadPoolExecutor(1) as pool:
        with race.studio.operator() as connection:
            connection.execute(
                "update catalog.sections set sold_by_weekday = false where id = %s", (section_id,)
            )
            taking = pool.submit(over_http(crowd[1], checkout))
            await_blocked_by(connection)
        assert taking.result() == "weekdays_not_offered"
    assert race.studio.seats_left(section_id) == 4


# ---------------------------------------------------------------- one family, twice at once


def test_the_same_key_16_times_at_once_is_one_registration(race: Race, crowd: list[Family]) -> None:
    family, section_id = crowd[0], race.section(capacity=20)
    checkout = race.enter(family, [section_id])

    answers = at_once(*[lambda: family.api.post("checkout", checkout)] * 16)

    assert Counter(map(outcome, answers)) == {"ok": 16}
    assert len({answer.text for answer in answers}) == 1
    assert race.studio.seats_left(section_id) == 19


def test_two_checkouts_of_one_family_at_once(race: Race, crowd: list[Family]) -> None:
    family, section_id = crowd[0], race.section(capacity=20)
    checkout = race.enter(family, [section_id])

    outcomes = Counter(
        at_once(
            *[
                over_http(family, {**checkout, "idempotency_key": secrets.token_hex(8)})
                for _ in range(8)
            ]
        )
    )

    assert outcomes == {"ok": 1, "checkout_open": 7}
    assert race.studio.seats_left(section_id) == 19


def test_one_student_in_two_places_at_once_through_two_terms(
    arena: Studio, crowd: list[Family]
) -> None:
    family = crowd[0]
    student_id = family.student()
    checkouts = []
    for term_id in (arena.term(), arena.term()):
        cart_id = family.cart((student_id, arena.section(term_id=term_id)), term_id=term_id)
        quote = family.api.call("quote", cart_id=cart_id)
        checkouts.append(
            {
                "cart_id": cart_id,
                "quote_id": quote["quote_id"],
                "idempotency_key": secrets.token_hex(8),
            }
        )

    outcomes = Counter(at_once(*(over_http(family, checkout) for checkout in checkouts)))

    assert outcomes == {"ok": 1, "schedule_conflict": 1}


def test_a_cart_opened_and_filled_many_times_at_once(arena: Studio) -> None:
    family = arena.family()
    student_id, section_id = family.student(), arena.section()

    carts = at_once(*[lambda: family.api.call("open_cart", term_id=arena.term_id)] * 8)
    item = {"cart_id": carts[0], "student_id": student_id, "section_id": section_id}
    outcomes = Counter(at_once(*[lambda: outcome(family.api.post("put_cart_item", item))] * 8))

    assert len(set(carts)) == 1
    assert outcomes == {"ok": 1, "already_in_cart": 7}
    (row,) = family.api.read("cart_items")
    outcomes = Counter(
        at_once(
            *[lambda: outcome(family.api.post("remove_cart_item", {"cart_item_id": row["id"]}))] * 4
        )
    )
    assert outcomes == {"ok": 1, "cart_item_not_found": 3}


def test_one_address_signing_up_and_signing_in_many_times_at_once(stack: None) -> None:
    studio, elsewhere = new_studio(), new_studio()
    email = f"{unique('twin')}@example.com"
    details = {"email": email, "password": PASSWORD, "full_name": "Ada Stone"}

    outcomes = Counter(at_once(*[lambda: outcome(studio.anybody().post("sign_up", details))] * 8))
    tokens = at_once(
        *[lambda: elsewhere.anybody().call("sign_in", email=email, password=PASSWORD)["token"]] * 8
    )

    assert outcomes == {"ok": 8}
    families = {elsewhere.anybody().use_token(token).read("families")[0]["id"] for token in tokens}
    assert len(families) == 1
    assert (
        elsewhere.ask(
            "select count(*) from identity.families as f where f.studio_id = %s", elsewhere.id
        )
        == 1
    )


def test_wrong_passwords_at_once_are_counted_one_by_one(stack: None) -> None:
    studio = new_studio()
    api, email = studio.account()
    wrong = {"email": email, "password": "not the password"}

    outcomes = Counter(at_once(*[lambda: outcome(studio.anybody().post("sign_in", wrong))] * 24))

    # The setting sign_in_attempts of the demo is 10.
    assert outcomes == {"sign_in_failed": 10, "too_many_attempts": 14}
    right = studio.anybody().post("sign_in", {"email": email, "password": PASSWORD})
    assert (right.status_code, outcome(right)) == (429, "too_many_attempts")


def test_two_staff_setting_one_price_at_once_leave_one_price(arena: Studio) -> None:
    family = arena.family()
    student_id, section_id = family.student(), arena.section()
    staff = [arena.staff() for _ in range(4)]

    outcomes = Counter(
        at_once(
            *[
                lambda who=who, amount=amount: outcome(
                    who.post(
                        "set_price_override",
                        {
                            "student_id": student_id,
                            "section_id": section_id,
                            "amount_minor": amount,
                            "reason": "agreed",
                        },
                    )
                )
                for amount, who in enumerate(staff * 3)
            ]
        )
    )

    assert outcomes == {"ok": 12}
    live = arena.ask(
        "select count(*) from pricing.overrides as o"
        " where o.student_id = %s and o.superseded_at is null",
        student_id,
    )
    assert live == 1


def test_two_meetings_cancelled_at_once_are_both_gone_from_the_span(arena: Studio) -> None:
    section_id = arena.section()
    one, other = (
        arena.ask(
            f"select {end}(m.id) from catalog.meetings as m where m.section_id = %s", section_id
        )
        for end in ("min", "max")
    )
    cancel = "update catalog.meetings set status = 'cancelled' where id = %s"

    def cancel_other() -> None:
        with arena.operator() as connection:
            connection.execute(cancel, (other,))

    with ThreadPoolExecutor(1) as pool:
        with arena.operator() as connection:
            connection.execute(cancel, (one,))
            second = pool.submit(cancel_other)
            # Only then is it certain that the second began before the first was over.
            await_blocked_by(connection)
        second.result()

    spans = arena.ask(
        "select p.during * (select range_agg(tstzrange(m.starts_at, m.ends_at))"
        " from catalog.meetings as m where m.id in (%s, %s))"
        " from catalog.section_spans as p where p.section_id = %s",
        one,
        other,
        section_id,
    )
    assert list(spans) == []


def test_a_class_that_is_limited_during_a_checkout_counts_that_seat(
    race: Race, crowd: list[Family]
) -> None:
    section_id = race.section(capacity=None)
    first, second = race.enter_all(crowd[:2], [section_id])

    def limit() -> None:
        with race.studio.operator() as connection:
            connection.execute(
                "update catalog.sections set capacity = 1 where id = %s", (section_id,)
            )

    with ThreadPoolExecutor(1) as pool:
        with request_of(crowd[0].api) as connection:
            connection.execute(CHECKOUT, first)
            limited = pool.submit(limit)
            await_blocked_by(connection)
            connection.commit()
        limited.result()

    assert race.studio.seats_left(section_id) == 0
    assert outcome(crowd[1].api.post("checkout", second)) == "seat_unavailable"


def test_a_checkout_of_one_term_is_not_in_the_way_of_another_terms(
    race: Race, crowd: list[Family]
) -> None:
    other = Race(race.studio)
    for each, day in ((race, 1), (other, 2)):
        checkout = each.enter(crowd[0], [each.section(weekdays=(day,))])
        assert outcome(crowd[0].api.post("checkout", checkout)) == "ok"


def test_a_checkout_that_is_killed_before_it_commits_leaves_nothing(
    race: Race, crowd: list[Family]
) -> None:
    section_id = race.section(capacity=1)
    checkout = race.enter(crowd[0], [section_id])
    with nothing_written(), pytest.raises(psycopg.OperationalError):
        with request_of(crowd[0].api) as connection:
            connection.execute(CHECKOUT, checkout)
            with race.studio.operator() as operator:
                operator.execute("reset session authorization")
                operator.execute(
                    "select pg_terminate_backend(%s, 5000)", (connection.info.backend_pid,)
                )
            connection.commit()
    assert race.studio.seats_left(section_id) == 1
    # The key is as new.
    assert outcome(crowd[0].api.post("checkout", checkout)) == "ok"


# ---------------------------------------------------------------- a payment is confirmed meanwhile


def test_a_late_payment_and_a_new_checkout_do_not_wait_for_each_other(
    race: Race, crowd: list[Family]
) -> None:
    family = crowd[0]
    checkout = race.enter(family, [race.section()])
    registration_id = family.api.call("checkout", **checkout)["registration_id"]
    race.studio.lapse(registration_id)
    again = {**checkout, "idempotency_key": secrets.token_hex(8)}

    with ThreadPoolExecutor(1) as pool:
        with race.studio.operator() as connection:
            # As whoever brings the gateway's answer begins.
            connection.execute("select enrollment.lock_registration(%s)", (registration_id,))
            second = pool.submit(over_http(family, again))
            await_blocked_by(connection)
            family.pay(registration_id, connection)
        assert second.result() == "cart_closed"

    [registration] = family.api.read("registrations", id=f"eq.{registration_id}")
    assert registration["status"] == "confirmed"


def test_what_is_put_into_a_cart_while_it_is_paid_stays_in_view(
    race: Race, crowd: list[Family]
) -> None:
    family = crowd[0]
    paid, added = race.section(weekdays=(1,)), race.section(weekdays=(2,))
    student_id = family.student()
    cart_id = family.cart((student_id, paid), term_id=race.term_id)
    quote_id = family.api.call("quote", cart_id=cart_id)["quote_id"]
    registration_id = family.api.call(
        "checkout",
        cart_id=cart_id,
        quote_id=quote_id,
        idempotency_key=secrets.token_hex(8),
    )["registration_id"]

    with ThreadPoolExecutor(1) as pool:
        with request_of(family.api) as connection:
            connection.execute(
                "select api.put_cart_item(%s, %s, %s)", (cart_id, student_id, added)
            )
            confirmed = pool.submit(family.pay, registration_id)
            await_blocked_by(connection)
            connection.commit()
        confirmed.result()

    [cart] = family.api.read("carts", id=f"eq.{cart_id}")
    items = family.api.read("cart_items", cart_id=f"eq.{cart_id}")
    assert (cart["status"], [item["section_id"] for item in items]) == ("open", [added])


# ---------------------------------------------------------------- seats that come free meanwhile


def hold(race: Race, family: Family, *wanted: list[int]) -> int:
    return family.api.call("checkout", **race.enter(family, *wanted))["registration_id"]


def abandon(family: Family, registration_id: int) -> Callable[[], str]:
    return lambda: outcome(
        family.api.post("abandon_checkout", {"registration_id": registration_id})
    )


def test_places_of_a_lapsed_hold_go_to_all_who_check_out_at_that_moment(
    race: Race, crowd: list[Family]
) -> None:
    """Whoever finds the hold releases it; those who come in the same moment find the rest free."""
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=4)
        lapsed = hold(race, crowd[0], *[[section_id]] * 4)
        checkouts = race.enter_all(crowd[1:6], [section_id])
        race.studio.lapse(lapsed)

        with contextlib.ExitStack() as connections:
            acts = [in_sql(f, c, connections) for f, c in zip(crowd[1:], checkouts, strict=False)]
            outcomes = Counter(at_once(*acts))

        assert outcomes == {"ok": 4, "seat_unavailable": 1}
        assert race.studio.seats_left(section_id) == 0


def test_the_job_that_releases_a_lapsed_hold_takes_it_from_nobody_who_checks_out(
    race: Race, crowd: list[Family]
) -> None:
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=1)
        lapsed = hold(race, crowd[0], [section_id])
        checkouts = race.enter_all(crowd[1:5], [section_id])
        race.studio.lapse(lapsed)

        def job() -> str:
            run_job("enrollment.expire_holds")
            return "job"

        with contextlib.ExitStack() as connections:
            acts = [in_sql(f, c, connections) for f, c in zip(crowd[1:], checkouts, strict=False)]
            outcomes = Counter(at_once(*acts, job))

        assert outcomes == {"ok": 1, "seat_unavailable": 3, "job": 1}
        ended = crowd[0].api.read("registrations", id=f"eq.{lapsed}")[0]
        assert (ended["status"], ended["status_reason"]) == ("failed", "hold_lapsed")


def test_lapsed_holds_over_the_same_sections_do_not_make_their_releasers_wait_for_each_other(
    race: Race, crowd: list[Family]
) -> None:
    """Each family's own lapsed hold has what the other one wants."""
    for _ in range(ROUNDS):
        race = Race(race.studio)
        first = race.section(capacity=1, weekdays=(1,))
        second = race.section(capacity=1, weekdays=(2,))
        holds = [hold(race, crowd[0], [first]), hold(race, crowd[1], [second])]
        for family in crowd[:2]:
            cart_id = family.cart(term_id=race.term_id)
            for item in family.api.read("cart_items", cart_id=f"eq.{cart_id}"):
                family.api.call("remove_cart_item", cart_item_id=item["id"])
        swapped = [race.enter(crowd[0], [second]), race.enter(crowd[1], [first])]
        for registration_id in holds:
            race.studio.lapse(registration_id)

        with contextlib.ExitStack() as connections:
            outcomes = Counter(
                at_once(
                    *(in_sql(f, c, connections) for f, c in zip(crowd[:2], swapped, strict=True))
                )
            )

        assert outcomes == {"ok": 2}


def test_an_abandoned_checkout_against_one_that_wants_its_seat(
    race: Race, crowd: list[Family]
) -> None:
    seen: Counter[str] = Counter()
    for _ in range(ROUNDS):
        race = Race(race.studio)
        section_id = race.section(capacity=1)
        registration_id = hold(race, crowd[0], [section_id])
        checkout = race.enter(crowd[1], [section_id])

        given, claimed = at_once(abandon(crowd[0], registration_id), over_http(crowd[1], checkout))

        assert given == "ok"
        seen[claimed] += 1
        assert race.studio.seats_left(section_id) == (0 if claimed == "ok" else 1)
        # Whoever came too early comes again.
        if claimed != "ok":
            assert over_http(crowd[1], checkout)() == "ok"
    assert set(seen) <= {"ok", "seat_unavailable"}


def test_an_abandoned_checkout_the_job_and_a_repeat_at_once_release_it_once(
    race: Race, crowd: list[Family]
) -> None:
    section_id = race.section(capacity=1)
    registration_id = hold(race, crowd[0], [section_id])
    race.studio.lapse(registration_id)

    give_up = abandon(crowd[0], registration_id)
    at_once(give_up, give_up, lambda: run_job("enrollment.expire_holds"), give_up)

    released = race.studio.ask(
        "select count(*) from ops.domain_events as e"
        " where e.studio_id = %s and e.kind = 'registration.released' and e.subject_id = %s",
        race.studio.id,
        registration_id,
    )
    assert released == 1
    assert race.studio.seats_left(section_id) == 1


def test_checkouts_lapses_and_releases_all_mixed_leave_seats_that_add_up(
    race: Race, crowd: list[Family]
) -> None:
    """A rush: families with different baskets come and go while the job runs."""
    sections = [race.section(capacity=3, weekdays=(day,)) for day in (1, 2, 3, 4)]
    baskets = [sections[n % 4 :] + sections[: n % 4] for n in range(16)]
    checkouts = [
        race.enter(family, basket[:2], basket[1:3])
        for family, basket in zip(crowd, baskets, strict=False)
    ]

    def come_and_go(family: Family, checkout: Checkout) -> set[str]:
        seen = set()
        for turn in range(3):
            response = family.api.post(
                "checkout", {**checkout, "idempotency_key": f"turn-{turn}-{secrets.token_hex(4)}"}
            )
            seen.add(outcome(response))
            if not response.ok:
                continue
            registration_id = response.json()["registration_id"]
            if turn % 2:
                race.studio.lapse(registration_id)
            else:
                seen.add(
                    outcome(
                        family.api.post("abandon_checkout", {"registration_id": registration_id})
                    )
                )
        return seen

    outcomes = at_once(
        *(lambda f=f, c=c: come_and_go(f, c) for f, c in zip(crowd, checkouts, strict=False)),
        lambda: {run_job("enrollment.expire_holds") or "ok"},
        lambda: {run_job("enrollment.expire_holds") or "ok"},
    )

    assert set().union(*outcomes) <= {"ok", "seat_unavailable"}
    run_job("enrollment.expire_holds")
    assert [race.studio.seats_left(section_id) for section_id in sections] == [3, 3, 3, 3]
