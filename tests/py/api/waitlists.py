"""Queues in races: who joins, what becomes of an offer, and what must be true of them at any time."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.py.api.races import Act, Race, act_of
from tests.py.support import Caller, Family, outcome, request_of, violations

QUEUE_CLAIMS = {
    # One that is flagged waits for staff, and who want in together may not fit.
    "no place is free beside somebody who waits": """
        select w.studio_id, w.id, p.place_number
        from enrollment.waitlist_entries as w
        inner join enrollment.cart_items as i
            on w.cart_id = i.cart_id and w.student_id = i.student_id
        inner join enrollment.places as p on w.section_id = p.section_id
        where
            w.status = 'waiting'
            and w.needs_staff is null
            and (
                select count(*) from enrollment.waitlist_entries as o where o.cart_id = w.cart_id
            ) = 1
            and not exists (
                select
                from catalog.meetings as m
                where
                    m.section_id = w.section_id
                    and m.status = 'scheduled'
                    and m.starts_at > now()
                    and coalesce(m.held_on = w.held_on, true)
                    and coalesce(extract(isodow from m.held_on) = any(i.weekdays), true)
                    and p.taken @> m.held_on
            )
    """,
    "who waits where there is no limit waits for staff": """
        select w.studio_id, w.id
        from enrollment.waitlist_entries as w
        inner join catalog.sections as s on w.section_id = s.id
        inner join studio.settings as t on s.studio_id = t.studio_id and s.term_id = t.term_id
        where
            w.status = 'waiting'
            and w.needs_staff is null
            and s.capacity is null
            and t.waitlist_on_capacity = 'automatic'
    """,
    "an offer and its seat belong together": """
        select coalesce(w.studio_id, s.studio_id) as studio_id, w.id, w.status, s.id, s.status
        from enrollment.waitlist_entries as w
        full join enrollment.seats as s on w.seat_id = s.id and s.waitlist_entry_id = w.id
        where
            (w.status = 'offered' and s.status is distinct from 'offered')
            or (s.status = 'offered' and w.status is distinct from 'offered')
    """,
    "who want in together are offered, accept and end together": """
        select w.studio_id, w.cart_id, array_agg(w.status)
        from enrollment.waitlist_entries as w
        group by w.studio_id, w.cart_id
        having count(distinct w.status) > 1
    """,
}


def assert_queues_are_served() -> None:
    """Assert what must be true of those who wait whenever no act is under way."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert violations(connection, QUEUE_CLAIMS) == {}


@dataclass(frozen=True)
class Entry:
    """What one family waits for."""

    family: Family
    id: int
    cart_id: int

    @property
    def status(self) -> str:
        return self.family.studio.ask(
            "select w.status from enrollment.waitlist_entries as w where w.id = %s", self.id
        )

    def acceptance(self) -> dict[str, Any]:
        """Quote what is offered: what accept_offer needs."""
        return {
            "waitlist_entry_id": self.id,
            "quote_id": self.family.api.call("quote", cart_id=self.cart_id)["quote_id"],
            "idempotency_key": secrets.token_hex(8),
        }

    def does(self, function: str, **arguments: Any) -> Callable[[], str]:
        """An act of the family about its entry: leave_waitlist, decline_offer, accept_offer."""
        arguments = {"waitlist_entry_id": self.id, **arguments}
        return lambda: outcome(self.family.api.post(function, arguments))

    def does_in_sql(
        self, connections: contextlib.ExitStack, function: str, **arguments: Any
    ) -> Act:
        """The same over a connection of its own, with the request begun as PostgREST begins it."""
        arguments = {"waitlist_entry_id": self.id, **arguments}
        named = ", ".join(f"{name} => %({name})s" for name in arguments)
        return act_of(
            connections.enter_context(request_of(self.family.api)),
            (f"select api.{function}({named})", arguments),
        )

    def runs_out(self) -> None:
        """The time to accept is over; nobody has looked yet."""
        with self.family.studio.operator() as connection:
            connection.execute(
                "update enrollment.waitlist_entries set offer_expires_at = clock_timestamp()"
                " where id = %s and status = 'offered'",
                (self.id,),
            )


def joining(family: Family, section_id: int, students: int = 1) -> Callable[[], str]:
    """Joining with new students."""
    arguments = {
        "section_id": section_id, "student_ids": [family.student() for _ in range(students)]
    }
    return lambda: outcome(family.api.post("join_waitlist", arguments))


def join(family: Family, section_id: int, students: int = 1) -> Entry:
    """Let a family wait with new students; return the entry of the first one."""
    answer = family.api.call(
        "join_waitlist",
        section_id=section_id,
        student_ids=[family.student() for _ in range(students)],
    )
    return Entry(family, answer["entries"][0]["waitlist_entry_id"], answer["cart_id"])


def queue(race: Race, section_id: int) -> list[str]:
    """Return the states of all entries of a section, in the order in which they stand."""
    return (
        race.studio.ask(
            "select array_agg(w.status order by w.joined_at, w.id)"
            " from enrollment.waitlist_entries as w where w.section_id = %s",
            section_id,
        )
        or []
    )


def seats(race: Race, section_id: int) -> dict[str, int]:
    """Return how many seats of a section are in which state."""
    return Counter(
        race.studio.ask(
            "select array_agg(s.status) from enrollment.seats as s where s.section_id = %s",
            section_id,
        )
        or []
    )


def kept_place(race: Race, section_id: int) -> int:
    """Return the seat by which a place that came free is kept for staff."""
    return race.studio.ask(
        "select s.id from enrollment.seats as s"
        " where s.section_id = %s and s.status = 'reserved' and s.reason like 'freed:%%'",
        section_id,
    )


def settings(race: Race, **columns: Any) -> None:
    """Set what the term does with places that come free."""
    names = ", ".join(columns)
    with race.studio.operator() as connection:
        connection.execute(
            f"insert into studio.settings (studio_id, term_id, {names})"
            f" values (%s, %s, {', '.join(['%s'] * len(columns))})",
            (race.studio.id, race.term_id, *columns.values()),
        )


def staff_act(desk: Caller, function: str, **arguments: Any) -> Callable[[], str]:
    """An act of somebody at the desk."""
    return lambda: outcome(desk.post(function, arguments))
