"""The courier: each message once, and later when the provider is away."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from tests.py.payments.support import (
    BACK,
    CANCEL,
    Gateway,
    assert_confirmed_once,
    eventually,
    http,
    hurry,
    messages_of,
    open_session,
    paused,
    pid_of,
    rows,
    second_courier,
    status_of,
)
from tests.py.support import Family, Studio, login_url

PHONE = "+12125550177"
FAMILIES = 4


def attempts_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each try to send a message, the first one first."""
    return rows(
        "select a.* from messaging.delivery_attempts as a where a.message_id = %s order by a.id",
        message["id"],
    )


def test_two_couriers_send_each_message_once(
    gateway: Gateway, elmst: Studio, section_id: int
) -> None:
    families = [elmst.family(phone=PHONE, sms_opt_in=True) for _ in range(FAMILIES)]
    registrations = [family.hold((family.student(), section_id)) for family in families]
    with second_courier() as second:
        # Both find a full queue at the same moment.
        with paused(pid_of("courier"), second):
            for family, registration in zip(families, registrations, strict=True):
                gateway.pay(open_session(family, registration))
            gateway.deliver()
        for registration in registrations:
            assert_confirmed_once(registration)
    messages = [m for registration in registrations for m in messages_of(registration)]
    assert len(messages) == 2 * FAMILIES
    assert [[a["outcome"] for a in attempts_of(m)] for m in messages] == [["sent"]] * len(messages)
    assert [len(gateway.inbox(family.email)) for family in families] == [1] * FAMILIES
    assert len(gateway.inbox(PHONE)) == FAMILIES


@pytest.mark.parametrize("claim", ["messaging.claim_messages", "payment.claim_calls"])
def test_a_claim_takes_no_more_than_it_asked_for(
    gateway: Gateway, elmst: Studio, section_id: int, claim: str
) -> None:
    """By whatever plan: some run the sub-query that chooses again for each row of the table."""
    families = [elmst.family() for _ in range(4)]
    held = [family.hold((family.student(), section_id)) for family in families]
    with paused(pid_of("courier")):
        for family, registration in zip(families, held, strict=True):
            if claim == "payment.claim_calls":
                # Past the shim, which would make the call at once.
                family.api.call(
                    "start_payment",
                    registration_id=registration["registration_id"],
                    return_url=BACK,
                    cancel_url=CANCEL,
                )
            else:
                gateway.pay(open_session(family, registration))
        gateway.deliver()
        hurry()
        with psycopg.connect(login_url("thin_api")) as connection:
            for plan in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
                connection.execute(f"set enable_{plan} = off")
            assert len(connection.execute(f"select * from {claim}(1)").fetchall()) == 1
            connection.rollback()
            assert len(connection.execute(f"select * from {claim}(3)").fetchall()) == 3
            connection.rollback()


@pytest.mark.parametrize(("channel", "provider"), [("email", "resend"), ("sms", "twilio")])
def test_while_a_provider_is_away_its_messages_wait(
    gateway: Gateway, elmst: Studio, section_id: int, channel: str, provider: str
) -> None:
    number = "+12125550166" if provider == "twilio" else "+12125550165"
    family = elmst.family(phone=number, sms_opt_in=True)
    registration = family.hold((family.student(), section_id))
    gateway.faults(**{provider: {"status": 429, "times": 2}})
    gateway.pay(open_session(family, registration))
    assert_confirmed_once(registration)
    by_channel = {message["channel"]: message for message in messages_of(registration)}
    tries = {key: [a["provider_status"] for a in attempts_of(m)] for key, m in by_channel.items()}
    accepted = {"email": 200, "sms": 201}
    # The other channel does not wait with it.
    assert tries == {
        each: ([429, 429] if each == channel else []) + [accepted[each]] for each in accepted
    }
    assert len(gateway.inbox(family.email)) == len(gateway.inbox(number)) == 1


def test_the_pauses_between_tries_grow_and_at_last_the_family_sees_that_it_failed(
    gateway: Gateway, family: Family, registration: dict[str, Any]
) -> None:
    gateway.faults(resend={"status": 500, "times": 1000})
    gateway.pay(open_session(family, registration))
    eventually(lambda: status_of(registration) == "confirmed")
    pauses: list[timedelta] = []

    def given_up() -> bool:
        [message] = messages_of(registration)
        tries = attempts_of(message)
        if message["status"] == "queued" and len(tries) > len(pauses):
            pauses.append(message["next_attempt_at"] - tries[-1]["attempted_at"])
        return message["status"] == "failed"

    eventually(given_up)
    # 10, 20, 40 … seconds; a look may come just after this test has let the pause pass.
    waited = [pause for pause in pauses if pause > timedelta(seconds=5)]
    assert waited == sorted(waited) and len(waited) >= 2
    [message] = messages_of(registration)
    assert message["last_error"]
    tries = attempts_of(message)
    assert [(a["outcome"], a["provider_status"]) for a in tries] == [("failed", 500)] * 8
    seen = family.api.read("messages", registration_id=f"eq.{registration['registration_id']}")
    assert [(m["channel"], m["status"]) for m in seen] == [("email", "failed")]
    assert gateway.inbox(family.email) == []


def send_other_words(message: dict[str, Any]) -> requests.Response:
    """Send another e-mail under the key by which the provider is to know this message."""
    known = json.loads((Path(os.environ["CALLBOARD_STACK_DIR"]) / "secrets.json").read_text())
    return http.post(
        f"{os.environ['SANDBOX_URL']}/resend/emails",
        json={"from": "a@example.com", "to": ["b@example.com"], "subject": "c", "text": "d"},
        headers={
            "Authorization": f"Bearer {known['resend']['api_key']}",
            "Idempotency-Key": str(message["send_key"]),
        },
        timeout=10,
    )


def test_the_provider_knows_an_email_by_its_key(
    gateway: Gateway, family: Family, registration: dict[str, Any]
) -> None:
    gateway.pay(open_session(family, registration))
    assert_confirmed_once(registration)
    [message] = messages_of(registration)
    another = send_other_words(message)
    assert (another.status_code, another.json()["name"]) == (409, "invalid_idempotent_request")


def test_an_email_whose_key_the_provider_has_had_with_other_words_was_sent(
    gateway: Gateway, family: Family, registration: dict[str, Any]
) -> None:
    """Such as when the words of the template changed between a lost answer and the next try."""
    session = open_session(family, registration)
    with paused(pid_of("courier")):
        gateway.pay(session)
        gateway.deliver()
        [message] = messages_of(registration)
        assert send_other_words(message).status_code == 200
    assert_confirmed_once(registration)
    [message] = messages_of(registration)
    tries = [(a["outcome"], a["provider_status"], a["error"]) for a in attempts_of(message)]
    assert tries == [("sent", 409, "invalid_idempotent_request")]
    assert gateway.inbox(family.email) == []


def test_an_address_the_provider_refuses_holds_up_nobody_else(
    gateway: Gateway, elmst: Studio, section_id: int
) -> None:
    # The number that Twilio's test accounts refuse.
    refused = elmst.family(phone="+15005550001", sms_opt_in=True)
    first = refused.hold((refused.student(), section_id))
    gateway.pay(open_session(refused, first))
    eventually(
        lambda: {m["channel"]: m["status"] for m in messages_of(first)}
        == {"email": "sent", "sms": "failed"}
    )
    other = elmst.family()
    second = other.hold((other.student(), section_id))
    gateway.pay(open_session(other, second))
    assert_confirmed_once(second)
    texts = [m for m in messages_of(first) if m["channel"] == "sms"]
    assert {a["error"] for a in attempts_of(texts[0])} == {"21211"}
