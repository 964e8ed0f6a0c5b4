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

from tests.py.support import (
    Caller,
    Family,
    Studio,
    error_register,
    new_studio,
    run_job,
    violated_invariants,
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
    studio, families, desk = town

    class Play(Acts):
        def __init__(self) -> None:
            super().__init__(studio, families, desk)

    run_state_machine_as_test(
        Play,
        settings=settings(
            max_examples=16,
            stateful_step_count=30,
            deadline=None,
            database=None,
            derandomize=True,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )


who = st.integers(0, FAMILIES - 1)
which_student = st.integers(0, STUDENTS_EACH - 1)
what = st.sampled_from(["last one", "two", "at that time", "by date", "unlimited"])
many = st.integers(1, 3)
# Which of the dates of the class by date is the day to come on which a change takes effect.
LATER = 2
# Of the section on Tuesdays and Thursdays; None: all of it.
which_days = st.sampled_from([[2], [4], [2, 4], None])


# Somebody waits alone, is not flagged, and there is a place that nobody has on any date to come.
IDLE_PLACES = """
    select w.id, p.place_number
    from enrollment.waitlist_entries as w
    inner join catalog.sections as s on w.section_id = s.id
    inner join enrollment.places as p on w.section_id = p.section_id
    where
        w.status = 'waiting'
        and w.needs_staff is null
        and (
            select count(*) from enrollment.waitlist_entries as o where o.cart_id = w.cart_id
        ) = 1
        and case when w.held_on is null then isempty(p.taken) else not p.taken @> w.held_on end
"""
OFFERS = """
    select w.id, w.status, s.id, s.status
    from enrollment.waitlist_entries as w
    full join enrollment.seats as s on w.seat_id = s.id and s.waitlist_entry_id = w.id
    where
        (w.status = 'offered' and s.status is distinct from 'offered')
        or (s.status = 'offered' and w.status is distinct from 'offered')
"""
WEEKDAYS = """
    select e.id
    from enrollment.enrollments as e
    inner join catalog.sections as s on e.section_id = s.id
    where
        e.weekdays is not null
        and not s.sold_by_weekday
        and e.status in ('pending', 'confirmed')
"""


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

    def __init__(self, studio: Studio, families: list[Family], desk: Caller) -> None:
        super().__init__()
        self.studio, self.families, self.desk = studio, families, desk
        self.played: list[tuple[Any, ...]] = []
        self.watch = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)

    @initialize(held_from=st.sampled_from(["checkout", "cart"]))
    def open_a_term(self, held_from: str) -> None:
        self.term_id = self.studio.term()
        with self.studio.operator() as connection:
            connection.execute(
                "insert into studio.settings (studio_id, term_id, hold_starts_at)"
                " values (%s, %s, %s)",
                (self.studio.id, self.term_id, held_from),
            )
        section = self.studio.section
        self.sections = {
            "last one": section(capacity=1, weekdays=(1,), term_id=self.term_id),
            "two": section(capacity=2, weekdays=(2, 4), term_id=self.term_id),
            "at that time": section(
                capacity=2, weekdays=(1,), starts_at="10:30", ends_at="11:30", term_id=self.term_id
            ),
            "by date": section(
                capacity=1, weekdays=(3,), price_mode="drop_in", term_id=self.term_id
            ),
            "unlimited": section(capacity=None, weekdays=(5,), term_id=self.term_id),
        }
        with self.studio.operator() as connection:
            connection.execute(
                "update catalog.sections set sold_by_weekday = true where id = %s",
                (self.sections["two"],),
            )
            connection.execute(
                "insert into pricing.date_prices (studio_id, section_id, held_on, amount_minor)"
                " values (%s, %s, null, 2500)",
                (self.studio.id, self.sections["by date"]),
            )
            self.dates = [
                str(row[0])
                for row in connection.execute(
                    "select m.held_on from catalog.meetings as m where m.section_id = %s"
                    " order by m.held_on",
                    (self.sections["by date"],),
                ).fetchall()
            ]
        self.students = [
            [family.student() for _ in range(STUDENTS_EACH)] for family in self.families
        ]
        self.carts = [family.cart(term_id=self.term_id) for family in self.families]
        self.registrations: list[int | None] = [None] * FAMILIES

    # ------------------------------------------------------------ families

    @rule(who=who, student=which_student, what=what, dates=many, days=which_days)
    def put(
        self, who: int, student: int, what: str, dates: int, days: list[int] | None
    ) -> None:
        by_date: dict[str, Any] = {"dates": self.dates[:dates]} if what == "by date" else {}
        if what == "two" and days:
            by_date = {"weekdays": days}
        self.act(
            self.families[who].api.post(
                "put_cart_item",
                {
                    "cart_id": self.carts[who],
                    "student_id": self.students[who][student],
                    "section_id": self.sections[what],
                    **by_date,
                },
            )
        )

    @rule(who=who, number=st.integers(0, 5))
    def remove(self, who: int, number: int) -> None:
        items = self.families[who].api.read(
            "cart_items", cart_id=f"eq.{self.carts[who]}", order="id"
        )
        if items:
            item = items[number % len(items)]
            self.act(self.families[who].api.post("remove_cart_item", {"cart_item_id": item["id"]}))

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
            self.act(
                self.families[who].api.post(
                    "abandon_checkout", {"registration_id": self.registrations[who]}
                )
            )

    @rule(who=who)
    def pay(self, who: int) -> None:
        """The bank says yes, in time or too late."""
        if self.registrations[who] is None or self.status_of(who) != "pending_payment":
            return
        self.families[who].pay(self.registrations[who])
        if self.status_of(who) == "confirmed":
            self.carts[who] = self.families[who].cart(term_id=self.term_id)

    @rule(who=who, student=which_student, what=what, dates=many, days=which_days)
    def buy(
        self, who: int, student: int, what: str, dates: int, days: list[int] | None
    ) -> None:
        """All of it at once, so that there is something to change."""
        self.put(who, student, what, dates, days)
        self.check_out(who)
        self.pay(who)

    @rule(who=who, students=st.sets(which_student, min_size=1), what=what, date=many)
    def join(self, who: int, students: set[int], what: str, date: int) -> None:
        on = {"held_on": self.dates[date - 1]} if what == "by date" else {}
        self.act(
            self.families[who].api.post(
                "join_waitlist",
                {
                    "section_id": self.sections[what],
                    "student_ids": [self.students[who][student] for student in students],
                    **on,
                },
            )
        )

    @rule(who=who, number=st.integers(0, 3), does=st.sampled_from(["leave_waitlist", "decline_offer"]))
    def give_up(self, who: int, number: int, does: str) -> None:
        entry = self.entry_of(who, number, "waiting,offered")
        if entry is not None:
            self.act(self.families[who].api.post(does, {"waitlist_entry_id": entry["id"]}))

    @rule(who=who, number=st.integers(0, 3))
    def accept(self, who: int, number: int) -> None:
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

    # ------------------------------------------------------------ clocks and jobs

    @rule(who=who)
    def time_runs_out(self, who: int) -> None:
        self.played.append(("time runs out", who))
        with self.studio.operator() as connection:
            connection.execute(
                "update enrollment.registrations as r set hold_expires_at = now()"
                " where r.studio_id = %s and r.id = %s and r.status = 'pending_payment'",
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

    @rule(what=what, capacity=many)
    def set_capacity(self, what: str, capacity: int) -> None:
        if what != "unlimited":
            self.as_operator(
                "update catalog.sections set capacity = %s where studio_id = %s and id = %s",
                capacity, self.studio.id, self.sections[what],
            )

    @rule(who=who, student=which_student, what=what)
    def reserve(self, who: int, student: int, what: str) -> None:
        self.act(
            self.desk.post(
                "reserve_place",
                {
                    "section_id": self.sections[what],
                    "student_id": self.students[who][student],
                    "reason": "promised",
                },
            )
        )

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
                {"section_id": self.sections["two"], "sold_by_weekday": sold},
            )
        )

    @rule(who=who, number=st.integers(0, 5), later=st.booleans(), preview=st.booleans())
    def cancel(self, who: int, number: int, later: bool, preview: bool) -> None:
        self.change("cancel_enrollment", who, number, later, preview)

    @rule(
        who=who, number=st.integers(0, 5), what=what, dates=many, days=which_days,
        later=st.booleans(), preview=st.booleans(),
    )
    def transfer(
        self,
        who: int,
        number: int,
        what: str,
        dates: int,
        days: list[int] | None,
        later: bool,
        preview: bool,
    ) -> None:
        picked: dict[str, Any] = {"section_id": self.sections[what]}
        if what == "by date":
            first = LATER if later else 0
            picked["dates"] = self.dates[first : first + dates]
        if what == "two" and days:
            picked["weekdays"] = days
        self.change("transfer_enrollment", who, number, later, preview, **picked)

    @rule(
        who=who, number=st.integers(0, 5), days=which_days.filter(bool), later=st.booleans(),
        preview=st.booleans(),
    )
    def drop_weekdays(
        self, who: int, number: int, days: list[int], later: bool, preview: bool
    ) -> None:
        self.change(
            "drop_weekdays", who, number, later, preview, [self.sections["two"]], weekdays=days
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
            self.buy(who, number % STUDENTS_EACH, "two", 1, None)
        enrollments = self.watch.execute(*confirmed).fetchall()
        if not enrollments:
            return
        before = self.watch.execute(CHANGED, {"studio_id": self.studio.id}).fetchone()
        asked = {
            "enrollment_id": enrollments[number % len(enrollments)][0],
            "reason": "asked to",
            "effective_on": self.dates[LATER] if later else None,
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
        assert violated_invariants(self.watch) == {}, self.played
        for claim, query in {
            "no place is free beside somebody who waits": IDLE_PLACES,
            "an offer and its seat belong together": OFFERS,
            "whoever has some weekdays has a section that is sold so": WEEKDAYS,
        }.items():
            assert self.watch.execute(query).fetchall() == [], (claim, self.played)

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
        assert refusal["code"] in error_register(), response.text
        assert 400 <= response.status_code < 500, response.text
        return None

    def as_operator(self, statement: str, *arguments: Any) -> None:
        """Carry out a statement; only an error of the register may refuse it."""
        self.played.append((statement, arguments))
        with self.studio.operator() as connection:
            try:
                connection.execute(statement, arguments)
            except psycopg.Error as error:
                assert error.sqlstate == "PGRST", error
                connection.rollback()
