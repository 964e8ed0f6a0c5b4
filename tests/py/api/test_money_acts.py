"""What staff do about money: with something wrong among it, twice, and twice at once."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

from tests.py.support import (
    Caller,
    Family,
    Studio,
    assert_seats_add_up,
    at_once,
    new_studio,
    nothing_written,
    outcome,
    refused,
)

REASON = "as we have agreed"
TOO_MUCH = 2**63 - 1
# What is no day of a payment, whatever else it may be a day of.
NO_DAYS = ["infinity", "-infinity", "5874897-12-31", "4713-01-01 BC", "0001-01-01", "9999-12-31"]
DEPOSIT = {
    "code": "deposit",
    "label": "Half now, half later",
    "kind": "deposit_percent",
    "installments": 2,
    "fee_per_installment_minor": 0,
    "deposit_bp": 5000,
    "balance_due_on": None,
    "auto_pay": False,
    "accepts_checkout": True,
}


@dataclass(frozen=True)
class Desk:
    """Who works in the office of a studio, and what each act there may be called with."""

    studio: Studio
    manager: Caller
    family: Family
    good: dict[str, dict[str, Any]]

    def post(self, function: str, **wrong: Any) -> Any:
        """Call it, with something else than would be good where that is given."""
        return self.manager.post(function, {**self.good[function], **wrong})


def desk() -> Desk:
    """Return the office of a new studio, with something of everything to act upon."""
    studio = new_studio()
    manager, family = studio.staff("manager"), studio.family()
    manager.call("save_plans", term_id=studio.term_id, expected_version=0, rows=[DEPOSIT])
    days = iter(range(1, 7))

    def held(plan: str | None = None) -> dict[str, Any]:
        """Hold a class of its own for a student of a family of their own."""
        payer = family if plan is None else studio.family()
        cart_id = payer.cart((payer.student(f"Child{secrets.token_hex(2)}"), section()))
        chosen = {} if plan is None else {"plan_code": plan}
        quote = payer.api.call("quote", cart_id=cart_id, **chosen)
        return quote | payer.api.call(
            "checkout",
            cart_id=cart_id,
            quote_id=quote["quote_id"],
            idempotency_key=secrets.token_hex(8),
        )

    def section() -> int:
        return studio.section(weekdays=(next(days),))

    def paid(registration: dict[str, Any], amount_minor: int) -> int:
        return manager.call(
            "record_payment",
            registration_id=registration["registration_id"],
            kind="check",
            amount_minor=amount_minor,
            reference="17",
        )["offline_payment_id"]

    first = held()
    check = paid(first, first["total_minor"])
    second = held()
    paid(second, second["total_minor"])
    in_parts = held("deposit")
    paid(in_parts, -(-in_parts["total_minor"] // 2))
    said, to_pay = studio.family(), studio.family()
    claimed = said.hold((said.student(), section()))
    review = said.api.call(
        "submit_payment_review",
        registration_id=claimed["registration_id"],
        kind="transfer",
        reference="T 1",
    )
    unpaid = to_pay.hold((to_pay.student(), section()))
    part = studio.ask(
        "select i.id from payment.installments as i where i.registration_id = %s and i.number = 2",
        in_parts["registration_id"],
    )
    closure = manager.call(
        "add_closure", starts_on="2030-01-01", ends_on="2030-01-01", label="New Year"
    )
    return Desk(
        studio,
        manager,
        family,
        {
            "add_closure": {"starts_on": "2031-01-01", "ends_on": "2031-01-02", "label": "Break"},
            "mark_installment_paid": {"installment_id": part, "kind": "check", "reference": "18"},
            "record_payment": {
                "registration_id": unpaid["registration_id"],
                "kind": "cash",
                "amount_minor": unpaid["total_minor"],
            },
            "refund_payment": {"registration_id": second["registration_id"], "reason": REASON},
            "remove_closure": {"closure_id": closure["closure_id"]},
            "reschedule_installment": {
                "installment_id": part,
                "due_on": studio.ask("select (now() + interval '40 days')::date::text"),
                "reason": REASON,
            },
            "return_check": {"offline_payment_id": check, "reason": REASON},
            "review_payment": {"review_id": review["review_id"], "approve": True},
            "waive_installment": {"installment_id": part, "reason": REASON},
        },
    )


@pytest.fixture(scope="module")
def office(stack: None) -> Desk:
    """An office at which nothing is ever done: each act has something wrong."""
    return desk()


WRONG: list[tuple[str, dict[str, Any], str]] = [
    *(
        ("record_payment", {"amount_minor": amount}, "payment_invalid")
        for amount in (None, 0, -1, TOO_MUCH)
    ),
    ("record_payment", {"kind": None}, "payment_invalid"),
    ("record_payment", {"kind": ""}, "payment_invalid"),
    ("record_payment", {"kind": "card"}, "payment_invalid"),
    ("record_payment", {"kind": "check"}, "payment_invalid"),
    ("record_payment", {"kind": "check", "reference": " \n"}, "payment_invalid"),
    ("record_payment", {"reference": "x" * 101}, "payment_invalid"),
    ("record_payment", {"amount_minor": 1}, "payment_below_due"),
    ("record_payment", {"amount_minor": 99_999_999_999}, "payment_exceeds_due"),
    *(("record_payment", {"received_on": day}, "received_on_invalid") for day in NO_DAYS),
    ("record_payment", {"amount_minor": 1, "balance_due_on": "2027-01-05"}, "partial_not_allowed"),
    ("record_payment", {"installment_id": TOO_MUCH}, "installment_not_found"),
    *(("refund_payment", {"amount_minor": n}, "refund_exceeds_paid") for n in (TOO_MUCH,)),
    ("refund_payment", {"registration_id": None}, "refund_target_required"),
    ("refund_payment", {"payment_id": 1}, "refund_target_required"),
    *(
        ("refund_payment", {"reason": reason}, "refund_reason_required")
        for reason in (None, "", " \n\t" * 10, "too short", "x" * 501)
    ),
    *(
        ("refund_payment", {"lines": lines}, "refund_lines_invalid")
        for lines in (
            {},
            "1",
            [],
            [None],
            [1],
            [{}],
            [{"line_number": 99}],
            [{"line_number": 1, "enrollment_id": 1}],
            [{"line_number": 1, "amount_minor": -1}],
            [{"line_number": 10**30}],
        )
    ),
    *(("return_check", {"reason": reason}, "reason_required") for reason in (None, "", " \n")),
    *(("return_check", {"returned_on": day}, "returned_on_invalid") for day in NO_DAYS),
    ("review_payment", {"approve": None}, "review_decision_invalid"),
    ("review_payment", {"approve": False}, "review_decision_invalid"),
    ("review_payment", {"approve": False, "reason": " "}, "review_decision_invalid"),
    ("review_payment", {"approve": False, "reason": "x" * 501}, "review_decision_invalid"),
    *(("review_payment", {"received_on": day}, "received_on_invalid") for day in NO_DAYS),
    *(("mark_installment_paid", {"kind": kind}, "payment_invalid") for kind in (None, "", "card")),
    ("mark_installment_paid", {"reference": None}, "payment_invalid"),
    *(("mark_installment_paid", {"received_on": day}, "received_on_invalid") for day in NO_DAYS),
    *(("waive_installment", {"reason": reason}, "reason_required") for reason in (None, "", " ")),
    ("waive_installment", {"reason": "x" * 501}, "reason_required"),
    *(
        ("reschedule_installment", {"due_on": day}, "effective_on_invalid")
        for day in (None, *NO_DAYS)
    ),
    ("reschedule_installment", {"reason": "\n"}, "reason_required"),
    *(("add_closure", {"starts_on": day}, "closure_invalid") for day in (None, *NO_DAYS)),
    ("add_closure", {"ends_on": "2030-12-31"}, "closure_invalid"),
    ("add_closure", {"ends_on": "2033-01-01"}, "closure_invalid"),
    ("add_closure", {"label": " "}, "closure_invalid"),
    ("add_closure", {"label": "x" * 101}, "closure_invalid"),
]


@pytest.mark.parametrize(("function", "wrong", "code"), WRONG)
def test_an_act_about_money_with_something_wrong(
    office: Desk, function: str, wrong: dict[str, Any], code: str
) -> None:
    with nothing_written():
        refused(office.post(function, **wrong), code)


@pytest.mark.parametrize("day", ["", "no day", "2027-02-30", "2027-13-01", "24:00", [], {}])
@pytest.mark.parametrize(
    ("function", "name"),
    [("record_payment", "received_on"), ("reschedule_installment", "due_on"),
     ("return_check", "returned_on"), ("add_closure", "ends_on")],
)
def test_what_is_no_date_at_all(office: Desk, function: str, name: str, day: Any) -> None:
    with nothing_written():
        response = office.post(function, **{name: day})
    assert 400 <= response.status_code < 500
    assert set(response.json()) == {"code", "message", "details", "hint"}


@pytest.mark.parametrize("month", ["infinity", "0001-01-01", "9999-12-01", "2026-01-02", None])
def test_a_month_that_can_not_be_closed(office: Desk, month: str | None) -> None:
    owner = office.studio.staff("owner")
    with nothing_written():
        code = outcome(owner.post("close_month", {"month": month}))
    assert code in ("month_invalid", "month_not_over"), code


# What whoever comes second is told.
ONCE = {
    "mark_installment_paid": "installment_closed",
    "record_payment": "payment_exceeds_due",
    "refund_payment": "nothing_to_refund",
    "remove_closure": "closure_not_found",
    "return_check": "payment_not_returnable",
    "review_payment": "review_decided",
    "waive_installment": "installment_closed",
}


@pytest.mark.parametrize("function", ONCE)
def test_what_several_do_at_once_is_done_once(stack: None, function: str) -> None:
    office = desk()
    outcomes = at_once(*[lambda: outcome(office.post(function))] * 4)
    assert Counter(outcomes) == Counter({"ok": 1, ONCE[function]: 3})
    with nothing_written():
        refused(office.post(function), ONCE[function])
    assert_books_agree(office)


def test_one_waives_what_another_marks_paid(stack: None) -> None:
    """Two in the office act on one part of a plan, each in another way: one of them was first."""
    office = desk()
    outcomes = at_once(
        *[lambda: outcome(office.post("mark_installment_paid"))] * 2,
        *[lambda: outcome(office.post("waive_installment"))] * 2,
    )
    assert Counter(outcomes) == Counter({"ok": 1, "installment_closed": 3})
    assert_books_agree(office)


def test_a_check_comes_back_while_its_money_is_refunded(stack: None) -> None:
    """What the bank has taken back can't be given back as well."""
    office = desk()
    check = office.good["return_check"]["offline_payment_id"]
    outcomes = at_once(
        lambda: outcome(office.post("return_check")),
        lambda: outcome(
            office.manager.post("refund_payment", {"offline_payment_id": check, "reason": REASON})
        ),
    )
    assert outcomes in (["ok", "nothing_to_refund"], ["payment_refunded", "ok"])
    assert_books_agree(office)


def assert_books_agree(office: Desk) -> None:
    """Assert that every fact is posted, and that the ledger and the registrations say one thing."""
    assert office.studio.ask("select payment.post_missing()") == 0
    differing = office.studio.ask(
        """
        select array_agg(r.family_id)
        from (
            select r.family_id, sum(payment.balance_minor(r.family_id, r.id)) as balance_minor
            from enrollment.registrations as r
            where r.status in ('confirmed', 'partial', 'refunded')
            group by r.family_id
        ) as r
        left join (
            select e.family_id, sum(e.amount_minor) as balance_minor
            from payment.ledger_entries as e
            where e.account = 'receivable'
            group by e.family_id
        ) as l on r.family_id = l.family_id
        where r.balance_minor <> coalesce(l.balance_minor, 0)
        """
    )
    assert differing is None
    assert_seats_add_up()
