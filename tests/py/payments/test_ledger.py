"""Whatever happens to money, and in whatever order it is heard of, the books say it.

A model-based test: hypothesis plays what families, staff and the gateway do; after each act the
ledger must be balanced and agree with the tables that the facts are in (tests/py/support.py), and
at the end of a play it must be what a ledger would be that was begun only then.
"""

from __future__ import annotations

import os
import secrets
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.py.support import LEDGER_CLAIMS, Caller, Studio, new_studio, run_job, violations

FAMILIES = 2

who = st.integers(0, FAMILIES - 1)
number = st.integers(0, 9)
state = st.sampled_from(
    [
        "authorizationPending", "heldForReview", "authorized", "authorized", "captured",
        "captured", "captured", "settled", "settled", "settled", "settlementDelayed", "declined",
        "expired", "rejected", "voided",
    ]
)
# Of the price: all of it, as a rule.
share = st.sampled_from([100, 100, 100, 40, 101])

BALANCES = """
    select
        e.family_id,
        sum(e.amount_minor) filter (where e.account in ('receivable', 'unapplied')),
        sum(e.amount_minor) filter (where e.account = 'credits'),
        sum(e.amount_minor) filter (where e.account like 'cash%%')
    from payment.ledger_entries as e
    where e.studio_id = %s
    group by e.family_id
    order by e.family_id
"""


@pytest.fixture
def desk(stack: None) -> tuple[Studio, Caller]:
    """A studio with a class that everybody gets into, and somebody at its desk."""
    studio = new_studio()
    return studio, studio.staff("manager")


def test_the_books_say_what_happened(desk: tuple[Studio, Caller]) -> None:
    class Play(Books):
        def __init__(self) -> None:
            super().__init__(*desk)

    run_state_machine_as_test(
        Play,
        settings=settings(
            max_examples=5,
            stateful_step_count=30,
            deadline=None,
            database=None,
            derandomize=True,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )


class Books(RuleBasedStateMachine):
    """One play: new families at the studio."""

    def __init__(self, studio: Studio, manager: Caller) -> None:
        super().__init__()
        self.studio, self.manager = studio, manager
        self.families = [studio.family() for _ in range(FAMILIES)]
        self.played: list[tuple[Any, ...]] = []
        self.watch = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)

    def teardown(self) -> None:
        try:
            self.a_ledger_begun_now_says_the_same()
        finally:
            self.watch.close()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows about the families of this play, oldest first."""
        return self.watch.execute(
            query, ([family.id for family in self.families],)
        ).fetchall()

    # ------------------------------------------------------------ families and staff

    @initialize(later=state)
    def something_to_begin_with(self, later: str) -> None:
        for who in range(FAMILIES):
            self.buy(who)
        self.hear_more(0, later)

    @rule(who=who, credit=st.booleans(), classes=st.integers(1, 2))
    def hold(self, who: int, credit: bool, classes: int) -> None:
        """Check out, with what there is of credits or without; one at a time."""
        family = self.families[who]
        if family.api.read("registrations", status="eq.pending_payment"):
            return
        self.played.append(("hold", who, credit, classes))
        student_id = family.student()
        sections = [
            self.studio.section(capacity=None, weekdays=(weekday,))
            for weekday in range(1, classes + 1)
        ]
        cart_id = family.cart(*((student_id, section_id) for section_id in sections))
        family.api.call("use_credit", cart_id=cart_id, use=credit)
        quote = family.api.call("quote", cart_id=cart_id)
        registration = family.api.call(
            "checkout",
            cart_id=cart_id,
            quote_id=quote["quote_id"],
            idempotency_key=secrets.token_hex(8),
        )
        if registration["total_minor"] > 0:
            family.open_payment(registration["registration_id"])

    @rule(who=who)
    def buy(self, who: int) -> None:
        """What families mostly do."""
        self.hold(who, False, 2)
        self.hear_of_a_sale(9, "captured", 100)

    @rule(who=who, then=state)
    def buy_and_more(self, who: int, then: str) -> None:
        self.buy(who)
        self.hear_more(-1, then)

    @rule(number=number, kind=st.sampled_from(["void", "refund", "refund"]), share=share)
    def give_back(self, number: int, kind: str, share: int) -> None:
        self.hear_that_it_goes_back(number, kind, "authorized", share)

    @rule(who=who, amount_minor=st.integers(1, 40_000))
    def grant(self, who: int, amount_minor: int) -> None:
        self.played.append(("grant", who, amount_minor))
        self.manager.call(
            "grant_credit",
            family_id=self.families[who].id,
            amount_minor=amount_minor,
            reason="sorry",
        )

    @rule(number=number, less=st.integers(0, 30_000), credit=st.booleans(), by_engine=st.booleans())
    def cancel(self, number: int, less: int, credit: bool, by_engine: bool) -> None:
        """Staff end an enrollment; the engine says what it costs less, or they do."""
        found = self.rows(
            "select e.id from enrollment.enrollments as e"
            " where e.family_id = any(%s) and e.status = 'confirmed' order by e.id"
        )
        if found:
            self.played.append(("cancel", number, less, credit, by_engine))
            response = self.manager.post(
                "cancel_enrollment",
                {
                    "enrollment_id": found[number % len(found)][0],
                    "reason": "please",
                    "as_credit": credit,
                    **({} if by_engine else {"price_change_minor": -less}),
                },
            )
            # Beside a checkout that is open, the engine can't say; nobody gets more than all.
            if not response.ok:
                assert response.json()["code"] in ("checkout_open", "price_change_invalid")

    @rule(who=who)
    def let_it_lapse(self, who: int) -> None:
        """The hold ends while nobody has paid; what comes then is too late."""
        self.played.append(("lapse", who))
        with self.studio.operator() as connection:
            connection.execute(
                "select enrollment.release_registration(r.id, 'failed', 'hold_lapsed')"
                " from enrollment.registrations as r"
                " where r.family_id = %s and r.status = 'pending_payment'",
                (self.families[who].id,),
            )

    # ------------------------------------------------------------ the gateway

    def apply(self, payment_id: int, answer: dict[str, Any], amount_minor: int) -> None:
        with self.studio.operator() as connection:
            connection.execute(
                "select payment.apply_transaction(p.id, %s || jsonb_build_object("
                " 'total', payment.gateway_amount(%s, p.currency)))"
                " from payment.payments as p where p.id = %s",
                (psycopg.types.json.Jsonb(answer), amount_minor, payment_id),
            )

    @rule(number=number, state=state, share=share)
    def hear_of_a_sale(self, number: int, state: str, share: int) -> None:
        """A card is tried: the first, or one more; for what was asked, or another amount."""
        found = self.rows(
            "select p.id, p.amount_minor from payment.payments as p"
            " where p.family_id = any(%s) order by p.id"
        )
        if found:
            payment_id, amount_minor = found[min(number, len(found) - 1)]
            self.played.append(("sale", number, state, share))
            self.apply(
                payment_id,
                {
                    "id": f"trx{secrets.token_hex(8)}",
                    "type": "sale",
                    "state": state,
                    "isAuthorized": state not in ("declined", "authorizationPending"),
                },
                max(amount_minor * share // 100, 1),
            )

    @rule(number=number, state=state)
    def hear_more_of_the_last(self, number: int, state: str) -> None:
        self.hear_more(-1 - number % 3, state)

    @rule(number=number, state=state)
    def hear_more(self, number: int, state: str) -> None:
        """What became of a transaction, late or out of order."""
        found = self.rows(
            "select t.payment_id, t.gateway_id, t.type, t.parent_gateway_id, t.amount_minor"
            " from payment.transactions as t where t.family_id = any(%s)"
            # The gateway gives nothing back of a sale that is none any more, nor the other way
            # round.
            + (
                " and not exists (select from payment.transactions as x"
                " where x.studio_id = t.studio_id and x.parent_gateway_id = t.gateway_id)"
                if state in ("declined", "expired", "rejected", "voided")
                else ""
            )
            + " order by t.id"
        )
        if found:
            payment_id, gateway_id, kind, parent, amount_minor = found[number % len(found)]
            self.played.append(("more", number, state))
            self.apply(
                payment_id,
                {
                    "id": gateway_id,
                    "type": kind,
                    "state": state,
                    "isAuthorized": state not in ("declined", "authorizationPending"),
                    "parentTransaction": parent,
                },
                amount_minor,
            )

    @rule(number=number, kind=st.sampled_from(["void", "refund"]), state=state, share=share)
    def hear_that_it_goes_back(self, number: int, kind: str, state: str, share: int) -> None:
        """All of a sale, by a void; or a part of it, by a refund."""
        found = self.rows(
            "select t.payment_id, t.gateway_id, t.amount_minor from payment.transactions as t"
            " where t.family_id = any(%s) and t.type = 'sale' and t.is_authorized"
            " and t.state in ('authorized', 'captured', 'settlementDelayed'"
            + (", 'settled')" if kind == "refund" else ")")
            + " and not exists (select from payment.transactions as x"
            "  where x.studio_id = t.studio_id and x.parent_gateway_id = t.gateway_id)"
            " order by t.id"
        )
        if found:
            payment_id, gateway_id, amount_minor = found[number % len(found)]
            self.played.append((kind, number, state, share))
            self.apply(
                payment_id,
                {
                    "id": f"trx{secrets.token_hex(8)}",
                    "type": kind,
                    "state": state,
                    "isAuthorized": state not in ("declined", "authorizationPending"),
                    "parentTransaction": gateway_id,
                },
                amount_minor if kind == "void" else amount_minor * min(share, 100) // 100,
            )

    # ------------------------------------------------------------ what must be true

    @invariant()
    def the_books_agree(self) -> None:
        broken = violations(self.watch, LEDGER_CLAIMS, self.studio.id)
        assert broken == {}, (broken, self.played)

    @invariant()
    def nothing_is_missing(self) -> None:
        with self.studio.operator() as connection:
            missing = connection.execute(
                "select * from payment.unposted_facts('-infinity', 10)"
            ).fetchall()
        assert missing == [], (missing, self.played)

    def a_ledger_begun_now_says_the_same(self) -> None:
        run_job("payment.post_missing")
        before = self.watch.execute(BALANCES, (self.studio.id,)).fetchall()
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            # Past the triggers that keep it from being forgotten; and then not really.
            connection.execute("set local session_replication_role = replica")
            for table in ("ledger_entries", "ledger_postings", "ledger_marks"):
                connection.execute(
                    f"delete from payment.{table} where studio_id = %s", (self.studio.id,)
                )
            connection.execute("set local session_replication_role = origin")
            connection.execute("set local session authorization deploy")
            connection.execute("select auth.enter_studio(%s)", (self.studio.id,))
            connection.execute("select payment.post_missing()")
            after = connection.execute(BALANCES, (self.studio.id,)).fetchall()
            connection.rollback()

        def told(rows: list[tuple[Any, ...]]) -> dict[int, tuple[int, ...]]:
            """Families of whom all is 0 need not be in it."""
            sums = {family_id: tuple(int(s or 0) for s in rest) for family_id, *rest in rows}
            return {family_id: each for family_id, each in sums.items() if any(each)}

        assert told(after) == told(before), self.played
