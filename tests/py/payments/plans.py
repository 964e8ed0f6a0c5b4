"""What the tests of payment plans have in common."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.py.payments.support import eventually, payments_of, rest, rows
from tests.py.support import Family, Studio


def hold(family: Family, section_id: int, plan_code: str = "monthly") -> dict[str, Any]:
    """Check out one class, to be paid by a plan; return the registration."""
    cart_id = family.cart((family.student(), section_id))
    quote = family.api.call("quote", cart_id=cart_id, plan_code=plan_code)
    return {
        **family.api.call(
            "checkout",
            cart_id=cart_id,
            quote_id=quote["quote_id"],
            idempotency_key=secrets.token_hex(16),
        ),
        "schedule": quote["schedule"],
    }


def installments_of(registration: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parts of a registration's plan, in order."""
    return rows(
        "select i.* from payment.installments as i where i.registration_id = %s order by i.number",
        registration["registration_id"],
    )


def states_of(registration: dict[str, Any]) -> list[str]:
    """Return the statuses of the parts, in order."""
    return [part["status"] for part in installments_of(registration)]


def plan_of(registration: dict[str, Any]) -> dict[str, Any]:
    """Return the plan of a registration."""
    return rows(
        "select p.* from payment.payment_plans as p where p.registration_id = %s",
        registration["registration_id"],
    )[0]


def attempts_of(installment_id: int) -> list[tuple[int, str, str | None]]:
    """Return number, status and error of the tries to charge a part."""
    return [
        (row["number"], row["status"], row["error_code"])
        for row in rows(
            "select a.* from payment.charge_attempts as a where a.installment_id = %s"
            " order by a.number",
            installment_id,
        )
    ]


def business_day(day: date) -> datetime:
    """Return noon in Chicago, or an hour off, on the first Monday to Friday from a day on."""
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 18, tzinfo=UTC)


def charge(studio: Studio, as_of: datetime) -> int:
    """Do what the job does at an instant; return how much it changed."""
    return studio.ask("select payment.charge_installments(%s)", as_of)


def collected(family: Family, registration: dict[str, Any]) -> None:
    """Come back from the page that has collected a card, and wait until that has come to its end."""
    payment = payments_of(registration)[-1]
    family.api.call("check_payment", payment_id=payment["id"])
    eventually(lambda: payments_of(registration)[-1]["status"] != "open")
    rest()


def charge_only(studio: Studio, part: dict[str, Any]) -> None:
    """Do what the job does on the day on which a part is due, for that part alone."""
    with studio.operator() as connection:
        connection.execute(
            "select enrollment.lock_registrations(array[%s::bigint])", (part["registration_id"],)
        )
        (count,) = connection.execute(
            "select payment.start_charges(array[%s::bigint], 'schedule')", (part["id"],)
        ).fetchone()
    assert count == 1
