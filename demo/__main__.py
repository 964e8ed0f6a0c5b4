"""Carry out the worked example as a family would, and print its receipt: `python -m demo`.

Everything goes through the public API, the shim and the gateway's page, but for two acts of an
operator: loading the demo studios, and letting one abandoned checkout lapse at once.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from demo import operator
from demo.api import Api, Refused, http
from demo.receipt import money, receipt
from demo.seed import seed

STUDIO = "aydt"
# Who takes what: the design's worked example.
STUDENTS = {
    "Sofia": (15, ["Ballet 4", "Contemporary 1", "Jazz 3", "Technique 1"]),
    "Mateo": (9, ["Hip-Hop 2", "Tap 2"]),
}
CARD = {
    "holderName": "Maria Rivera",
    "number": "4000000000000002",
    "expirationMonth": "12",
    "expirationYear": str(date.today().year + 3),
    "securityCode": "123",
}
PATIENCE_SECONDS = 30

Found = TypeVar("Found")


def main() -> int:
    """Run the demo; returns the exit code."""
    seed()
    say("The catalogue of studio aydt, as anybody reads it:")
    anybody = Api(os.environ["POSTGREST_URL"], STUDIO)
    term = anybody.read("terms")[0]
    watched = _sections(anybody, term)["Ballet 4"]
    sections = anybody.read("sections", term_id=f"eq.{term['id']}")
    say(f"  {term['name']}, {len(sections)} sections, {_left(anybody, watched)} places left"
        " in Ballet 4, Uptown")

    family = _family("maria.rivera@example.com", "Maria Rivera", "+12125550123", sms_opt_in=True)
    students = _students(family)
    registration = _confirmed(family, term)
    is_open = _is_ahead(term["registration_closes_at"])
    if registration is None and not is_open:
        raise SystemExit(f"demo: registration for {term['name']} has closed; `make reset`"
                         " makes room for a new term")
    if registration is None:
        registration = _enroll(family, term, students)
    say("")
    print(receipt(family, registration))
    _show_messages()
    page = None
    if is_open:
        _show_abandoned_checkout(term)
        page = _unpaid_page(term)
    _show_doors(page)
    return 0


def _enroll(family: Api, term: dict[str, Any], students: dict[str, int]) -> dict[str, Any]:
    """Cart, quote, checkout, payment: returns the confirmed registration."""
    sections = _sections(family, term)
    cart_id = _filled_cart(
        family,
        term,
        [
            (students[name], sections[title])
            for name, (_, titles) in STUDENTS.items()
            for title in titles
        ],
    )
    registration_id = _held(family, term)
    if registration_id is None:
        quote = family.call("quote", cart_id=cart_id)
        say(f"Six classes for two children: {money(quote['total_minor'])} {quote['currency']}")
        held = _check_out(family, cart_id, quote["quote_id"])
        registration_id = held["registration_id"]
        say(f"Seats held until {held['hold_expires_at'][:16].replace('T', ' ')} UTC;"
            f" anybody now sees {_left(family, sections['Ballet 4'])} places left in Ballet 4")
    _second_family_quotes(term, sections)
    page = _hosted_page(family, registration_id)
    say(f"Hosted page: {page}")
    paid = http().post(page, data=CARD, allow_redirects=False, timeout=30)
    if paid.status_code != 303:
        raise SystemExit(f"demo: the card was not taken: {paid.status_code}")
    say("Card entered; waiting for the gateway's notice …")
    return until(lambda: _confirmed(family, term), "the registration to be confirmed")


def _second_family_quotes(term: dict[str, Any], sections: dict[str, int]) -> None:
    """Another family asks for a price while the first one pays, and sees what is left."""
    kims, cart_id = _kims(term)
    quote = kims.call("quote", cart_id=cart_id)
    say(f"The Kims, who get a quote meanwhile ({money(quote['total_minor'])}), see"
        f" {_left(kims, sections['Hip-Hop 2'])} places left in Hip-Hop 2")


def _kims(term: dict[str, Any]) -> tuple[Api, int]:
    """The second family, with a cart of one class."""
    kims = _family("noah.kim@example.com", "Noah Kim")
    section_id = _sections(kims, term)["Hip-Hop 2"]
    return kims, _filled_cart(kims, term, [(_student(kims, "Ben", 8), section_id)])


def _show_abandoned_checkout(term: dict[str, Any]) -> None:
    """A third family holds a seat and walks away; the seat is free again."""
    third = _family("lena.roth@example.com", "Lena Roth")
    section_id = _sections(third, term)["Jazz 1"]
    cart_id = _filled_cart(third, term, [(_student(third, "Ida", 8), section_id)])
    registration_id = _held_or_checked_out(third, term, cart_id)
    held = _left(third, section_id)
    with operator.session(STUDIO) as connection:
        connection.execute("select enrollment.lapse_registration(%s)", (registration_id,))
    say(f"The Roths abandon a checkout: {held} places left in Jazz 1 while they held one,"
        f" {_left(third, section_id)} after their time ran out")


def _unpaid_page(term: dict[str, Any]) -> str | None:
    """The Kims' hosted page, for a person to pay on; None when one has."""
    if _confirmed(_family("noah.kim@example.com", "Noah Kim"), term):
        return None
    kims, cart_id = _kims(term)
    return _hosted_page(kims, _held_or_checked_out(kims, term, cart_id))


def _show_messages() -> None:
    sandbox = os.environ["SANDBOX_URL"]

    def arrived() -> list[dict[str, Any]]:
        inbox = http().get(
            f"{sandbox}/inbox", headers={"Accept": "application/json"}, timeout=30
        ).json()
        messages = inbox if isinstance(inbox, list) else inbox["messages"]
        ours = [m for m in messages if "maria.rivera" in json.dumps(m) or "5550123" in json.dumps(m)]
        return ours if len(ours) >= 2 else []

    messages = until(arrived, "the messages to arrive")
    say(f"Messages in the inbox for the family: {len(messages)} (e-mail with the receipt, SMS)")


def _show_doors(page: str | None) -> None:
    say("")
    say("Open next:")
    for name, url in (
        ("API and its description (OpenAPI)", f"{os.environ['POSTGREST_URL']}/"),
        *([("Hosted page of the Kims, still to be paid", page)] if page else []),
        ("Inbox: e-mail and SMS", f"{os.environ['SANDBOX_URL']}/inbox"),
        ("Gateway stand-in and its switches", f"{os.environ['SANDBOX_URL']}/"),
        ("Shim", f"{os.environ['THIN_API_URL']}/readyz"),
    ):
        say(f"  {name:<42} {url}")
    if page:
        say(f"  on the hosted page take card {CARD['number']}, any name, a date to come, any code")
    say("  make psql opens the database, make stop stops everything, make help lists the rest")


# ---------------------------------------------------------------- small steps


def _filled_cart(family: Api, term: dict[str, Any], wanted: list[tuple[int, int]]) -> int:
    """Put (student, section) pairs into the family's cart, unless they are there; its id."""
    cart_id = family.call("open_cart", term_id=term["id"])
    there = {
        (item["student_id"], item["section_id"])
        for item in family.read("cart_items", cart_id=f"eq.{cart_id}")
    }
    for student_id, section_id in wanted:
        if (student_id, section_id) not in there:
            family.call(
                "put_cart_item", cart_id=cart_id, student_id=student_id, section_id=section_id
            )
    return cart_id


def _held(family: Api, term: dict[str, Any]) -> int | None:
    """The family's checkout that can still be paid, left by an earlier run."""
    for row in family.read(
        "registrations", status="eq.pending_payment", term_id=f"eq.{term['id']}"
    ):
        if _is_ahead(row["hold_expires_at"]):
            return row["id"]
        _let_end(row["id"])
    return None


def _let_end(registration_id: int) -> None:
    """Do at once what the next minutes bring: ask whether a page that is over was paid on."""

    def is_over() -> bool:
        with operator.session(STUDIO) as connection:
            connection.execute("select payment.ask_ended_sessions()")
            return connection.execute(
                "select not exists (select from enrollment.registrations as r"
                " where r.id = %(id)s and r.status = 'pending_payment')"
                " or exists (select from enrollment.lapsed_registrations(now()) as r"
                " where r.id = %(id)s)",
                {"id": registration_id},
            ).fetchone()[0]

    until(is_over, "an earlier checkout to end")


def _check_out(family: Api, cart_id: int, quote_id: int) -> dict[str, Any]:
    return family.call(
        "checkout", cart_id=cart_id, quote_id=quote_id, idempotency_key=secrets.token_hex(16)
    )


def _held_or_checked_out(family: Api, term: dict[str, Any], cart_id: int) -> int:
    registration_id = _held(family, term)
    if registration_id is None:
        quote = family.call("quote", cart_id=cart_id)
        registration_id = _check_out(family, cart_id, quote["quote_id"])["registration_id"]
    return registration_id


def _hosted_page(family: Api, registration_id: int) -> str:
    """Begin to pay; returns the address of the gateway's page."""
    session = family.http.post(
        f"{os.environ['THIN_API_URL']}/payments/sessions",
        json={
            "registration_id": registration_id,
            "return_url": f"{os.environ['SANDBOX_URL']}/",
            "cancel_url": f"{os.environ['SANDBOX_URL']}/",
        },
        timeout=30,
    )
    if not session.ok:
        raise Refused(session)
    return session.json()["session_url"]


def _is_ahead(instant: str) -> bool:
    return datetime.fromisoformat(instant) > datetime.now(UTC)


def _family(email: str, full_name: str, phone: str | None = None, sms_opt_in: bool = False) -> Api:
    """Sign up, which changes nothing where the account exists, and sign in."""
    family = Api(os.environ["POSTGREST_URL"], STUDIO)
    family.call(
        "sign_up",
        email=email,
        password=_password(),
        full_name=full_name,
        phone=phone,
        sms_opt_in=sms_opt_in,
    )
    family.sign_in(email, _password())
    return family


def _password() -> str:
    """One password for the demo's families, made up once on this machine."""
    file = Path(os.environ["CALLBOARD_STACK_DIR"]) / "demo-password"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(18))
    return file.read_text()


def _students(family: Api) -> dict[str, int]:
    return {name: _student(family, name, age) for name, (age, _) in STUDENTS.items()}


def _student(family: Api, first_name: str, age: int) -> int:
    known = family.read("students", first_name=f"eq.{first_name}")
    if known:
        return known[0]["id"]
    guardian = family.read("families")[0]["name"]
    return family.call(
        "add_student",
        first_name=first_name,
        last_name=guardian.split()[-1],
        birth_date=f"{date.today().year - age}-01-15",
    )


def _sections(api: Api, term: dict[str, Any]) -> dict[str, int]:
    """The first section of each class, by title."""
    rows = api.read("sections", term_id=f"eq.{term['id']}", order="id.desc")
    return {row["title"]: row["id"] for row in rows}


def _left(api: Api, section_id: int) -> int:
    return api.read("sections", id=f"eq.{section_id}")[0]["seats_left"]


def _confirmed(family: Api, term: dict[str, Any]) -> dict[str, Any] | None:
    rows = family.read("registrations", status="eq.confirmed", term_id=f"eq.{term['id']}")
    return rows[0] if rows else None


def until(found: Callable[[], Found | None], what: str) -> Found:
    """Ask again until there is something; gives up after half a minute."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        result = found()
        if result:
            return result
        if time.monotonic() > deadline:
            raise SystemExit(f"demo: waited {PATIENCE_SECONDS} seconds for {what}")
        time.sleep(0.2)


def say(text: str) -> None:
    """Print one line."""
    print(text, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Refused as refusal:
        sys.exit(f"demo: {refusal}")
