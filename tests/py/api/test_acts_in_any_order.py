"""Families, staff, clocks and jobs act in any order; what must always be true is true after each.

A model-based test: hypothesis plays acts through the public functions, over HTTP at READ COMMITTED,
and looks at the invariants of tests/py/support.py after each of them. What an act may answer is
part of it: success, or a refusal of the register that is a person's to mend; never a fault of ours.
"""

from __future__ import annotations

import os
import secrets
from typing import Any

import psycopg
import pytest
import requests
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.py.api.waitlists import QUEUE_CLAIMS
from tests.py.support import (
    Caller,
    Family,
    Studio,
    error_register,
    new_studio,
    run_job,
    violated_invariants,
    violations,
)

# Who there is, and what there is to be had of: two places are less than most of them want.
FAMILIES = 3
STUDENTS_EACH = 2


@pytest.fixture(scope="module")
def town(stack: None) -> tuple[Studio, list[Family], Caller]:
    """A studio with families and somebody at its desk; each play has a term of its own."""
    studio = new_studio()
    return studio, [studio.family() for _ in range(FAMILIES)], studio.staff("manager")


def test_acts_in_any_order(town: tuple[Studio, list[Family], Caller]) -> None:
    play(
        *town,
        settings(
            max_examples=12,
            stateful_step_count=32,
            deadline=None,
            database=None,
            derandomize=True,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )


def play(studio: Studio, families: list[Family], desk: Caller, how: settings) -> None:
    """Let acts be played; raise the first failure with all that was played before it."""

    class Play(Acts):
        def __init__(self) -> None:
            super().__init__(studio, families, desk)

    try:
        run_state_machine_as_test(Play, settings=how)
    except Exception:
        # What is broken stays so: when hypothesis plays the same again it sees something else.
        if Play.failure is not None:
            raise Play.failure from None
        raise


who = st.integers(0, FAMILIES - 1)
which_student = st.integers(0, STUDENTS_EACH - 1)
what = st.sampled_from(
    # What is scarce, more often than not.
    ["last one", "last one", "by weekday", "by weekday", "by date", "two", "at that time", "unlimited"]
)
many = st.integers(1, 3)
some_dates = st.none() | many
any_number = st.integers(0, 5)
some_weekdays = st.sampled_from([[2], [4], [2, 4], None])
goes_to = st.sampled_from(["automatic", "automatic", "manual", "reserve"])
# Which of the dates of the class by date is the day to come on which a change takes effect.
LATER = 2


# What a preview may not change; holds end by themselves meanwhile.
CHANGED = """
    select
        (
            select jsonb_agg(to_jsonb(e) order by e.id) from enrollment.enrollments as e
            where e.studio_id = %(studio_id)s and e.status in ('confirmed', 'cancelled')
        ),
        (
            select jsonb_agg(to_jsonb(s) order by s.id) from enrollment.seats as s
            where s.studio_id = %(studio_id)s and s.status = 'confirmed'
        ),
        (select count(*) from enrollment.changes as c where c.studio_id = %(studio_id)s),
        (select count(*) from pricing.credits as c where c.studio_id = %(studio_id)s),
        (select jsonb_agg(w.status order by w.id) from pricing.family_awards as w
            where w.studio_id = %(studio_id)s and w.status <> 'held')
"""
# What a family was asked for a term, with what changes did to it.
ASKED = """
    select coalesce(sum(r.total_minor + c.price_change_minor + u.used_minor), 0)::bigint
    from enrollment.registrations as r
    cross join lateral (
        select coalesce(sum(x.price_change_minor), 0) as price_change_minor
        from enrollment.changes as x
        where x.studio_id = r.studio_id and x.registration_id = r.id
    ) as c
    cross join lateral (
        select coalesce(sum(x.amount_minor), 0) as used_minor
        from pricing.credit_uses as x
        where x.studio_id = r.studio_id and x.registration_id = r.id and x.status = 'used'
    ) as u
    where
        r.studio_id = %(studio_id)s
        and r.family_id = %(family_id)s
        and r.term_id = %(term_id)s
        and r.status = 'confirmed'
"""


class Acts(RuleBasedStateMachine):
    """One play: what is done at the studio in one term."""

    failure: AssertionError | None = None

    def __init__(self, studio: Studio, families: list[Family], desk: Caller) -> None:
        super().__init__()
        self.studio, self.families, self.desk = studio, families, desk
        self.played: list[tuple[Any, ...]] = []
        self.watch = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)

    @initialize(
        held_from=st.sampled_from(["checkout", "cart"]),
        on_lapse=goes_to,
        on_capacity=goes_to,
        full=st.sets(what),
    )
    def open_a_term(
        self, held_from: str, on_lapse: str, on_capacity: str, full: set[str]
    ) -> None:
        """A term; some of its sections are full from the beginning, as staff keep their places."""
        self.term_id = self.studio.term()
        self.played.append((held_from, on_lapse, on_capacity))
        with self.studio.operator() as connection:
            connection.execute(
                "insert into studio.settings"
                " (studio_id, term_id, hold_starts_at, waitlist_on_lapse, waitlist_on_capacity)"
                " values (%s, %s, %s, %s, %s)",
                (self.studio.id, self.term_id, held_from, on_lapse, on_capacity),
            )
        section = self.studio.section
        self.sections = {
            "last one": section(capacity=1, weekdays=(1,), term_id=self.term_id),
            "two": section(capacity=2, weekdays=(2, 4), term_id=self.term_id),
            "at that time": section(
                capacity=2, weekdays=(1,), starts_at="10:30", ends_at="11:30", term_id=self.term_id
            ),
            "by weekday": section(
                capacity=1, weekdays=(2, 4), starts_at="16:00", ends_at="17:00",
                term_id=self.term_id,
            ),
            "by date": section(
                capacity=1, weekdays=(3,), price_mode="drop_in", term_id=self.term_id
            ),
            "unlimited": section(capacity=None, weekdays=(5,), term_id=self.term_id),
        }
        with self.studio.operator() as connection:
            connection.execute(
                "insert into pricing.date_prices (studio_id, section_id, held_on, amount_minor)"
                " select %s, unnest(%s::bigint[]), null, 2500",
                (self.studio.id, [self.sections["by date"], self.sections["last one"]]),
            )
            connection.execute(
                "update catalog.sections set sold_by_weekday = true where id = %s",
                (self.sections["by weekday"],),
            )
        self.students = [
            [family.student() for _ in range(STUDENTS_EACH)] for family in self.families
        ]
        self.carts = [family.cart(term_id=self.term_id) for family in self.families]
        self.registrations: list[int | None] = [None] * FAMILIES
        for what in sorted(full - {"unlimited"}):
            for _ in range(self.studio.seats_left(self.sections[what]) or 0):
                self.reserve(what, None, 0, None)

    # ------------------------------------------------------------ families

    @rule(who=who, student=which_student, what=what, dates=some_dates, weekdays=some_weekdays)
    def put(
        self,
        who: int,
        student: int,
        what: str,
        dates: int | None,
        weekdays: list[int] | None,
    ) -> None:
        self.act(
            self.families[who].api.post(
                "put_cart_item",
                {
                    "cart_id": self.carts[who],
                    "student_id": self.students[who][student],
                    "section_id": self.sections[what],
                    **self.picked(what, dates, weekdays),
                },
            )
        )

    @rule(who=who, student=which_student, what=what, dates=some_dates, weekdays=some_weekdays)
    def hold(self, **picked: Any) -> None:
        """What families mostly do: put something into an empty cart and check it out."""
        if self.registrations[picked["who"]] is None:
            self.put(**picked)
            self.check_out(picked["who"])

    @rule(who=who, number=any_number)
    def remove(self, who: int, number: int) -> None:
        item = self.item_of(who, number)
        if item is not None:
            self.act(self.families[who].api.post("remove_cart_item", {"cart_item_id": item["id"]}))

    @rule(who=who, number=any_number, date=many)
    def take_over(self, who: int, number: int, date: int) -> None:
        """An item goes from the cart to the waitlist, or one of its dates does."""
        item = self.item_of(who, number)
        if item is not None:
            on = item["dates"] and {"held_on": item["dates"][date % len(item["dates"])]}
            self.act(
                self.families[who].api.post(
                    "join_waitlist", {"cart_item_ids": [item["id"]], **(on or {})}
                )
            )

    @rule(who=who)
    def check_out(self, who: int) -> None:
        api = self.families[who].api
        quote = self.act(api.post("quote", {"cart_id": self.carts[who]}))
        if quote is None:
            return
        registration = self.act(
            api.post(
                "checkout",
                {
                    "cart_id": self.carts[who],
                    "quote_id": quote["quote_id"],
                    "idempotency_key": secrets.token_hex(8),
                },
            )
        )
        if registration is not None:
            self.registrations[who] = registration["registration_id"]

    @rule(who=who)
    def abandon(self, who: int) -> None:
        if self.registrations[who] is not None:
            given = self.act(
                self.families[who].api.post(
                    "abandon_checkout", {"registration_id": self.registrations[who]}
                )
            )
            if given is not None:
                self.registrations[who] = None

    @rule(who=who)
    def begin_to_pay(self, who: int) -> None:
        """The bank's page is open: until it ends or the bank answers, the hold doesn't lapse."""
        if self.registrations[who] is not None and self.status_of(who) == "pending_payment":
            if self.payment_of(who) is None:
                self.played.append(("begins to pay", who))
                self.families[who].open_payment(self.registrations[who])

    @rule(who=who)
    def pay(self, who: int) -> None:
        """The bank says yes, in time or too late."""
        payment_id = self.payment_of(who)
        if payment_id is None:
            self.begin_to_pay(who)
            payment_id = self.payment_of(who)
        if payment_id is None:
            return
        self.played.append(("pays", who))
        self.families[who].authorize(payment_id)
        if self.status_of(who) == "confirmed":
            self.registrations[who] = None
            self.carts[who] = self.families[who].cart(term_id=self.term_id)

    @rule(who=who, student=which_student, what=what, dates=some_dates, weekdays=some_weekdays)
    def buy(self, **picked: Any) -> None:
        """All of it at once, so that there is something to change."""
        self.hold(**picked)
        self.pay(picked["who"])

    @rule(
        who=who,
        students=st.sets(which_student, min_size=1),
        what=what,
        dates=some_dates,
        weekdays=some_weekdays,
    )
    def join(
        self,
        who: int,
        students: set[int],
        what: str,
        dates: int | None,
        weekdays: list[int] | None,
    ) -> None:
        """Where there are places left, staff are quicker to give them to somebody."""
        picked = self.picked(what, dates, weekdays)
        on = {"held_on": days[-1]} if (days := picked.pop("dates", None)) else {}
        arguments = {
            "section_id": self.sections[what],
            "student_ids": [self.students[who][student] for student in students],
            **picked,
            **on,
        }
        for _ in range(4):
            response = self.families[who].api.post("join_waitlist", arguments)
            self.act(response)
            if response.ok or response.json()["code"] != "seats_available":
                break
            self.reserve(what, None, 0, len(days) if days else None)

    @rule(who=who, number=any_number, does=st.sampled_from(["leave_waitlist", "decline_offer"]))
    def give_up(self, who: int, number: int, does: str) -> None:
        entry = self.entry_of(who, number, "waiting,offered")
        if entry is not None:
            self.act(self.families[who].api.post(does, {"waitlist_entry_id": entry["id"]}))

    @rule(who=who, number=any_number)
    def accept(self, who: int, number: int) -> None:
        """Where nothing is offered yet, staff let go of a place that the family waits for."""
        self.abandon(who)
        entry = self.entry_of(who, number, "offered")
        if entry is None:
            waits = self.entry_of(who, number, "waiting")
            seat_id = waits and self.kept(
                number, f"s.reason = 'kept' and s.section_id = {waits['section_id']}"
            )
            if seat_id is None:
                return
            self.act(self.desk.post("release_reservation", {"seat_id": seat_id}))
            entry = self.entry_of(who, number, "offered")
        if entry is None:
            return
        api = self.families[who].api
        quote = self.act(api.post("quote", {"cart_id": entry["cart_id"]}))
        registration = quote and self.act(
            api.post(
                "accept_offer",
                {
                    "waitlist_entry_id": entry["id"],
                    "quote_id": quote["quote_id"],
                    "idempotency_key": secrets.token_hex(8),
                },
            )
        )
        if registration:
            self.registrations[who] = registration["registration_id"]

    @rule(
        who=who,
        students=st.sets(which_student, min_size=1),
        what=what,
        dates=some_dates,
        weekdays=some_weekdays,
        number=any_number,
        then=st.sampled_from(["", "begin_to_pay", "pay"]),
    )
    def wait_and_get_in(self, who: int, number: int, then: str, **picked: Any) -> None:
        """What it is all for, and what may follow at once."""
        self.join(who=who, **picked)
        self.accept(who, number)
        if then:
            getattr(self, then)(who)

    # ------------------------------------------------------------ clocks and jobs

    @rule(who=who)
    def time_runs_out(self, who: int) -> None:
        """That of the hold, and that in which the bank should have answered."""
        self.played.append(("time runs out", who))
        with self.studio.operator() as connection:
            connection.execute(
                "update enrollment.registrations as r set hold_expires_at = now()"
                " where r.studio_id = %s and r.id = %s and r.status = 'pending_payment'",
                (self.studio.id, self.registrations[who]),
            )
            connection.execute(
                "update payment.payments as p set final_answer_due_at = now()"
                " where p.studio_id = %s and p.registration_id = %s and p.status = 'open'",
                (self.studio.id, self.registrations[who]),
            )
            connection.execute(
                "update enrollment.carts as c set hold_expires_at = now()"
                " where c.studio_id = %s and c.id = %s and c.hold_expires_at is not null",
                (self.studio.id, self.carts[who]),
            )

    @rule(who=who)
    def offers_run_out(self, who: int) -> None:
        self.played.append(("offers run out", who))
        with self.studio.operator() as connection:
            connection.execute(
                "update enrollment.waitlist_entries as w set offer_expires_at = now()"
                " where w.studio_id = %s and w.family_id = %s and w.status = 'offered'",
                (self.studio.id, self.families[who].id),
            )

    @rule(
        job=st.sampled_from(
            [
                "enrollment.expire_holds",
                "enrollment.pass_on_places",
                "enrollment.end_due_enrollments",
            ]
        )
    )
    def run_a_job(self, job: str) -> None:
        run_job(job)
        self.played.append((job,))

    # ------------------------------------------------------------ staff

    @rule(what=what, capacity=st.sampled_from([1, 2, 3, 4, None]))
    def set_capacity(self, what: str, capacity: int | None) -> None:
        if what != "unlimited":
            self.as_operator(
                "update catalog.sections set capacity = %s where studio_id = %s and id = %s",
                capacity, self.studio.id, self.sections[what],
            )

    @rule(what=what, who=st.none() | who, student=which_student, dates=st.none() | many)
    def reserve(self, what: str, who: int | None, student: int, dates: int | None) -> None:
        section_id = self.sections[what]
        arguments: dict[str, Any] = {"section_id": section_id, "reason": "kept"}
        if who is not None:
            arguments["student_id"] = self.students[who][student]
        if dates is not None:
            arguments["dates"] = self.dates_of(section_id)[:dates]
        self.act(self.desk.post("reserve_place", arguments))

    @rule(who=who)
    def register_past_the_queue(self, who: int) -> None:
        """Staff check a family's cart out, and override that others wait for each class of it."""
        of_family = {"X-Family": str(self.families[who].id)}
        cart = {"cart_id": self.carts[who]}
        quote = self.act(self.desk.post("quote", cart, of_family))
        if quote is None:
            return
        registration = self.act(
            self.desk.post(
                "checkout",
                {
                    **cart,
                    "quote_id": quote["quote_id"],
                    "idempotency_key": secrets.token_hex(8),
                    "overrides": [
                        {
                            "code": finding["code"],
                            "student_id": finding["student_id"],
                            "section_id": finding["section_id"],
                            "reason": "they were first",
                        }
                        for finding in quote["findings"]
                        if finding["code"] == "waitlist_only"
                    ],
                },
                of_family,
            )
        )
        if registration is not None:
            self.registrations[who] = registration["registration_id"]

    @rule(sold=st.booleans())
    def sell_by_weekday(self, sold: bool) -> None:
        self.act(
            self.desk.post(
                "save_section_sale",
                {"section_id": self.sections["by weekday"], "sold_by_weekday": sold},
            )
        )

    @rule(number=any_number)
    def release(self, number: int) -> None:
        seat_id = self.kept(number, "s.reason not like 'freed:%%'")
        if seat_id is not None:
            self.act(self.desk.post("release_reservation", {"seat_id": seat_id}))

    @rule(number=any_number)
    def reopen(self, number: int) -> None:
        seat_id = self.kept(number, "s.reason like 'freed:%%'")
        if seat_id is not None:
            self.act(self.desk.post("reopen_place", {"seat_id": seat_id}))

    @rule(who=who, number=any_number)
    def assign(self, who: int, number: int) -> None:
        entry = self.entry_of(who, number, "waiting")
        if entry is not None:
            self.act(
                self.desk.post(
                    "assign_place", {"waitlist_entry_id": entry["id"], "reason": "chosen"}
                )
            )

    @rule(who=who, number=any_number, later=st.booleans(), preview=st.booleans())
    def cancel(self, who: int, number: int, later: bool, preview: bool) -> None:
        self.change("cancel_enrollment", who, number, later, preview)

    @rule(
        who=who, number=any_number, what=what, dates=some_dates, days=some_weekdays,
        later=st.booleans(), preview=st.booleans(),
    )
    def transfer(
        self,
        who: int,
        number: int,
        what: str,
        dates: int | None,
        days: list[int] | None,
        later: bool,
        preview: bool,
    ) -> None:
        section_id = self.sections[what]
        picked = self.picked(what, dates, days)
        if later and "dates" in picked:
            first, last = LATER, LATER + len(picked["dates"])
            picked["dates"] = self.dates_of(section_id)[first:last]
        picked["section_id"] = section_id
        self.change("transfer_enrollment", who, number, later, preview, **picked)

    @rule(
        who=who, number=any_number, days=some_weekdays.filter(bool), later=st.booleans(),
        preview=st.booleans(),
    )
    def drop_weekdays(
        self, who: int, number: int, days: list[int], later: bool, preview: bool
    ) -> None:
        self.change(
            "drop_weekdays", who, number, later, preview, [self.sections["by weekday"]], weekdays=days
        )

    def change(
        self,
        act: str,
        who: int,
        number: int,
        later: bool,
        preview: bool,
        of_sections: list[int] | None = None,
        **how: Any,
    ) -> None:
        """Change a confirmed enrollment, from today or from a day to come on.

        Where there is none, a family buys one first.
        """
        confirmed = (
            "select e.id from enrollment.enrollments as e"
            " where e.studio_id = %s and e.section_id = any(%s) and e.status = 'confirmed'"
            " and e.ended_on is null order by e.id",
            (self.studio.id, of_sections or list(self.sections.values())),
        )
        if not self.watch.execute(*confirmed).fetchall():
            self.buy(
                who=who, student=number % STUDENTS_EACH, what="by weekday", dates=None,
                weekdays=None,
            )
        enrollments = self.watch.execute(*confirmed).fetchall()
        if not enrollments:
            return
        before = self.watch.execute(CHANGED, {"studio_id": self.studio.id}).fetchone()
        asked = {
            "enrollment_id": enrollments[number % len(enrollments)][0],
            "reason": "asked to",
            "effective_on": self.dates_of(self.sections["by date"])[LATER] if later else None,
            **how,
        }
        said = self.act(self.desk.post(act, {**asked, "preview": preview}))
        if not preview or said is None:
            return
        after = self.watch.execute(CHANGED, {"studio_id": self.studio.id}).fetchone()
        assert after == before, self.played
        # And then it is done as it was said.
        done = self.act(self.desk.post(act, asked))
        assert done is not None, self.played
        for key in said.keys() - {"enrollment_id", "credit_id", "preview", "offers"}:
            assert done[key] == said[key], (key, self.played)

    # ------------------------------------------------------------ what must be true

    @invariant()
    def what_is_left_costs_what_was_asked(self) -> None:
        with self.studio.operator() as connection:
            for family in self.families:
                of = {
                    "studio_id": self.studio.id, "family_id": family.id, "term_id": self.term_id
                }
                asked = connection.execute(ASKED, of).fetchone()
                price = connection.execute(
                    "select p.total_minor"
                    " from pricing.price_of_enrolled(%(family_id)s, %(term_id)s) as p",
                    of,
                ).fetchone()
                assert price == asked, (family.id, self.played)

    @invariant()
    def it_adds_up(self) -> None:
        broken = violated_invariants(self.watch, self.studio.id)
        broken |= violations(self.watch, QUEUE_CLAIMS, self.studio.id)
        self.claim(broken == {}, broken)

    def teardown(self) -> None:
        self.watch.close()

    def entry_of(self, who: int, number: int, statuses: str) -> dict[str, Any] | None:
        entries = self.families[who].api.read(
            "waitlist_entries",
            status=f"in.({statuses})",
            section_id=f"in.({','.join(map(str, self.sections.values()))})",
            order="id",
        )
        return entries[number % len(entries)] if entries else None

    def picked(
        self, what: str, dates: int | None, weekdays: list[int] | None
    ) -> dict[str, Any]:
        """What is picked of a section that is sold by date or by weekday."""
        if what == "by date" or (what == "last one" and dates is not None):
            return {"dates": self.dates_of(self.sections[what])[: dates or 1]}
        return {"weekdays": weekdays} if what == "by weekday" else {}

    def item_of(self, who: int, number: int) -> dict[str, Any] | None:
        items = self.families[who].api.read(
            "cart_items", cart_id=f"eq.{self.carts[who]}", order="id"
        )
        return items[number % len(items)] if items else None

    def kept(self, number: int, condition: str) -> int | None:
        """Return one of the seats by which staff keep places."""
        seat_ids = self.studio.ask(
            "select coalesce(array_agg(s.id order by s.id), '{}') from enrollment.seats as s"
            f" where s.section_id = any(%s) and s.status = 'reserved' and {condition}",
            list(self.sections.values()),
        )
        return seat_ids[number % len(seat_ids)] if seat_ids else None

    def payment_of(self, who: int) -> int | None:
        """Return the open payment of a family's registration."""
        return self.studio.ask(
            "select p.id from payment.payments as p"
            " where p.registration_id = %s and p.status = 'open'",
            self.registrations[who],
        )

    def dates_of(self, section_id: int) -> list[str]:
        days = self.studio.ask(
            "select array_agg(m.held_on::text order by m.held_on) from catalog.meetings as m"
            " where m.section_id = %s",
            section_id,
        )
        return list(days)

    def status_of(self, who: int) -> str:
        return self.studio.ask(
            "select r.status from enrollment.registrations as r where r.id = %s",
            self.registrations[who],
        )

    def act(self, response: requests.Response) -> Any:
        """Return what was answered; None for a refusal, which must be one of the register."""
        self.played.append(
            (
                response.request.url.rpartition("/")[2],
                response.request.body,
                response.status_code,
                response.text[:300],
            )
        )
        if response.ok:
            return response.json() if response.content else True
        refusal = response.json()
        self.claim(refusal["code"] in error_register(), response.text)
        self.claim(400 <= response.status_code < 500, response.text)
        return None

    def as_operator(self, statement: str, *arguments: Any) -> None:
        """Carry out a statement; only an error of the register may refuse it."""
        self.played.append((statement, arguments))
        with self.studio.operator() as connection:
            try:
                connection.execute(statement, arguments)
            except psycopg.Error as error:
                self.claim(error.sqlstate == "PGRST", error)
                connection.rollback()

    def claim(self, holds: bool, instead: object) -> None:
        if not holds:
            failure = AssertionError("\n".join(map(str, [*self.played, instead])))
            type(self).failure = type(self).failure or failure
            raise failure
