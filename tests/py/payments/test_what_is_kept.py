"""What books and logs keep of a person who paid: nothing that they do not need.

The file's name is the last one in the folder, so that everything above has been logged by then.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from tests.py.payments.support import (
    APPROVED,
    DECLINED,
    HOLDER,
    Gateway,
    assert_confirmed_once,
    ask_for_session,
    eventually,
    http,
    messages_of,
    open_session,
    payments_of,
    rows,
)
from tests.py.support import Family, Studio

PARENT = "Wilhelmina Featherstonehaugh"
CHILD = "Thelonius"
IMPOSSIBLE_DATE = "2014-02-30"


@pytest.fixture
def payer(gateway: Gateway, elmst: Studio, section_id: int) -> tuple[Family, dict[str, str]]:
    """A family that has paid, with a decline and some refused requests on the way."""
    number = f"+1{secrets.randbelow(8 * 10**9) + 2 * 10**9}"
    family = elmst.family(full_name=PARENT, phone=number, sms_opt_in=True)
    registration = family.hold((family.student(CHILD), section_id))
    ask_for_session(family, registration["registration_id"], return_url="nonsense")
    # What no type takes is refused by Postgres itself, which may quote what it refuses.
    family.api.post(
        "add_student", {"first_name": CHILD, "last_name": "A\0", "birth_date": "2015-01-01"}
    )
    elmst.anybody().post(
        "sign_up", {"email": family.email, "password": "\0", "full_name": PARENT}
    )
    family.api.post(
        "add_student", {"first_name": CHILD, "last_name": "A", "birth_date": IMPOSSIBLE_DATE}
    )
    session = open_session(family, registration)
    gateway.pay(session, DECLINED)
    gateway.pay(session, APPROVED)
    notice = gateway.notice(
        gateway.sale_of(payments_of(registration)[0])["id"],
        card={"holderName": HOLDER, "number": APPROVED},
        shopperEmailAddress=family.email,
    )
    gateway.notify(notice)
    gateway.notify(notice, authorization="Basic bm9ib2R5Om5vYm9keQ==")
    gateway.notify(None, raw=f'{{"{HOLDER}": "{APPROVED}"'.encode())
    assert_confirmed_once(registration)
    write_back(gateway, family, registration, number)
    return family, {
        "card number": APPROVED,
        "declined card number": DECLINED,
        "card holder": HOLDER,
        "e-mail address": family.email,
        "phone number": number,
        "token": family.api.token,
        "signature of the token": family.api.token.rpartition(".")[2],
        "parent's name": PARENT,
        "child's name": CHILD,
        "date of birth": IMPOSSIBLE_DATE,
        "gateway key": gateway.merchant["secret_key"],
        "webhook password": gateway.merchant["webhook_password"],
    }


def write_back(
    gateway: Gateway, family: Family, registration: dict[str, Any], number: str
) -> None:
    """Let the providers tell of the family's messages, in good faith and in bad, and it answer."""
    gateway.faults(twilio={"outcome": "delivered"}, resend={"outcome": "delivered"})
    for message in messages_of(registration):
        if message["channel"] == "sms":
            path = f"/twilio/messages/{message['provider_id']}/status"
            gateway.control("POST", path, {"status": "delivered"})
        else:
            path = f"/resend/emails/{message['provider_id']}/events"
            gateway.control("POST", path, {"type": "email.bounced", "bounce_type": "Permanent"})
    gateway.control(
        "POST", "/twilio/inbound", {"from": number, "to": "+15005550006", "body": f"{CHILD} is ill"}
    )
    gateway.control(
        "POST", "/twilio/inbound", {"from": number, "to": "+15005550006", "body": "STOP"}
    )
    doors = f"{os.environ['THIN_API_URL']}/webhooks"
    for door in ("twilio/status", "twilio/inbound"):
        http.post(
            f"{doors}/{door}?key={number}",
            data={"From": number, "To": number, "Body": CHILD, "MessageSid": family.email},
            headers={"X-Twilio-Signature": PARENT},
            timeout=10,
        )
    http.post(
        f"{doors}/resend", json={"data": {"to": [family.email], "subject": CHILD}}, timeout=10
    )
    eventually(
        lambda: {message["status"] for message in messages_of(registration)}
        == {"delivered", "bounced"}
    )


def test_the_books_of_payments_and_events_name_nobody(
    payer: tuple[Family, dict[str, str]]
) -> None:
    """Ids, codes, amounts and the last four digits are all that money needs."""
    _, personal = payer
    tables = rows(
        "select n.nspname, c.relname from pg_class as c"
        " inner join pg_namespace as n on c.relnamespace = n.oid"
        " where c.relkind = 'r' and n.nspname in ('payment', 'ops', 'messaging', 'enrollment')"
        " order by 1, 2"
    )
    assert len(tables) > 20
    found = [
        (f"{table['nspname']}.{table['relname']}", what)
        for table in tables
        for what in _found(_text_of(table), personal)
    ]
    assert found == []


def _text_of(table: dict[str, Any]) -> str:
    query = sql.SQL("select t::text as row from {} as t").format(
        sql.Identifier(table["nspname"], table["relname"])
    )
    return "\n".join(row["row"] for row in rows(query))


def test_the_logs_name_nobody(payer: tuple[Family, dict[str, str]]) -> None:
    """Of Postgres, PostgREST, shim, courier and whatever else writes there."""
    _, personal = payer
    logs = sorted(Path(os.environ["CALLBOARD_LOG_DIR"]).glob("*.log"))
    assert {"postgres", "postgrest", "shim", "courier"} <= {log.stem for log in logs}
    found = [
        (log.name, what)
        for log in logs
        for what in _found(log.read_text(errors="replace"), personal)
    ]
    assert found == []


def _found(text: str, personal: dict[str, str]) -> list[str]:
    return [what for what, value in personal.items() if value in text]
