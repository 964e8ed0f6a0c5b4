"""What Twilio and Resend tell of messages, by their doors at the shim, and what comes of it."""

from __future__ import annotations

import json
import os
import secrets
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.py.payments.support import (
    Gateway,
    assert_confirmed_once,
    eventually,
    kill,
    let_leases_run_out,
    locked,
    messages_of,
    open_session,
    repair,
    rest,
    rows,
)
from tests.py.payments.test_courier import attempts_of
from tests.py.support import Family, Studio, at_once
from thin_api.credentials import twilio_signature

OURS = "+15005550006"
# Of every message; the other tests are spared it.
TOLD: dict[str, dict[str, Any]] = {
    "twilio": {"outcome": "delivered"}, "resend": {"outcome": "delivered"}
}


def new_number() -> str:
    """Return a number that nobody else in the tests has."""
    return f"+1{secrets.randbelow(8 * 10**9) + 2 * 10**9}"


@pytest.fixture
def number() -> str:
    return new_number()


@pytest.fixture
def gateway(gateway: Gateway) -> Gateway:
    """The gateway, where something is told of every message."""
    gateway.faults(**TOLD)
    return gateway


@pytest.fixture
def texted(gateway: Gateway, elmst: Studio, number: str) -> Family:
    """A family that agreed to texts."""
    return elmst.family(phone=number, sms_opt_in=True)


def confirm(gateway: Gateway, family: Family, section_id: int) -> dict[str, Any]:
    """Let a family pay for a class, so that it is written to; return the registration."""
    registration = family.hold((family.student(), section_id))
    assert gateway.pay(open_session(family, registration)) == 303
    gateway.deliver()
    rest()
    return registration


def message(registration: dict[str, Any], channel: str) -> dict[str, Any] | None:
    found = [each for each in messages_of(registration) if each["channel"] == channel]
    return found[0] if found else None


def status(registration: dict[str, Any], channel: str) -> str:
    return message(registration, channel)["status"]


def told_of(gateway: Gateway, provider_id: str) -> list[dict[str, Any]]:
    return gateway.control("GET", f"/callbacks?message={provider_id}")


def receipts_of(registration: dict[str, Any], channel: str) -> list[str]:
    return [
        row["kind"]
        for row in rows(
            "select r.kind from messaging.receipts as r where r.message_id = %s order by r.id",
            message(registration, channel)["id"],
        )
    ]


def test_a_message_that_arrived_is_delivered(
    gateway: Gateway, texted: Family, section_id: int
) -> None:
    registration = confirm(gateway, texted, section_id)
    for channel in ("email", "sms"):
        eventually(lambda channel=channel: status(registration, channel) == "delivered")
        provider_id = message(registration, channel)["provider_id"]
        callbacks = told_of(gateway, provider_id)
        assert {each["state"] for each in callbacks} == {"acknowledged"}
        assert {each["attempts"][0]["status"] for each in callbacks} == {204}
    (seen,) = texted.api.read(
        "messages",
        registration_id=f"eq.{registration['registration_id']}",
        channel="eq.sms",
        select="status",
    )
    assert seen == {"status": "delivered"}


@pytest.mark.parametrize("provider", ["twilio", "resend"])
def test_copies_in_any_order_and_all_at_once_change_nothing(
    gateway: Gateway, texted: Family, section_id: int, provider: str
) -> None:
    channel = {"twilio": "sms", "resend": "email"}[provider]
    gateway.faults(**{provider: {**TOLD[provider], "duplicate": 2, "reorder": True}})
    registration = confirm(gateway, texted, section_id)
    gateway.faults(**TOLD)
    eventually(lambda: status(registration, channel) == "delivered")
    callbacks = told_of(gateway, message(registration, channel)["provider_id"])
    eventually(
        lambda: all(
            each["state"] == "acknowledged"
            for each in told_of(gateway, message(registration, channel)["provider_id"])
        )
    )
    before = receipts_of(registration, channel)
    for each in callbacks[:2]:
        outcomes = gateway.control(
            "POST", f"/callbacks/{each['id']}/redeliver", {"times": 20, "concurrently": True}
        )
        assert Counter(outcome["status"] for outcome in outcomes) == {204: 20}
    assert receipts_of(registration, channel) == before
    assert status(registration, channel) == "delivered"


def test_what_the_carrier_could_not_deliver_has_failed_and_stays_so(
    gateway: Gateway, texted: Family, section_id: int
) -> None:
    gateway.faults(twilio={"outcome": None})
    registration = confirm(gateway, texted, section_id)
    text = message(registration, "sms")
    tell = f"/twilio/messages/{text['provider_id']}/status"
    gateway.control("POST", tell, {"status": "undelivered", "error_code": 30003})
    assert status(registration, "sms") == "failed"
    # What was said before, told late, does not bring it back; nor is it sent again.
    gateway.control("POST", tell, {"status": "sent"})
    rest()
    assert status(registration, "sms") == "failed"
    assert len(attempts_of(text)) == 1
    (code,) = rows(
        "select r.code from messaging.receipts as r where r.message_id = %s and r.kind = 'failed'",
        text["id"],
    )
    assert code == {"code": "30003"}


def test_a_text_whose_answer_was_lost_is_known_by_what_is_told_of_it(
    gateway: Gateway, texted: Family, section_id: int, number: str
) -> None:
    """The courier dies after sending; Twilio tells of the text under the key it got with it."""
    registration = texted.hold((texted.student(), section_id))
    with locked("messaging.delivery_attempts"):
        gateway.pay(open_session(texted, registration))
        gateway.deliver()
        eventually(lambda: gateway.inbox(number))
        kill("courier")
    eventually(lambda: "delivered" in receipts_of(registration, "sms"))
    text = message(registration, "sms")
    assert (text["status"], text["provider_id"]) == ("sending", None)
    repair()
    let_leases_run_out()
    eventually(lambda: status(registration, "sms") == "delivered")
    assert_confirmed_once(registration)
    assert len(gateway.inbox(number)) == len(gateway.inbox(texted.email)) == 1


def test_stop_ends_all_texts_and_start_allows_them(
    gateway: Gateway, texted: Family, section_id: int, number: str
) -> None:
    first = confirm(gateway, texted, section_id)
    assert len(gateway.inbox(number)) == 1
    for word in ("STOP", "stop"):
        (callback,) = gateway.control(
            "POST", "/twilio/inbound", {"from": number, "to": OURS, "body": word}
        )
        assert callback["attempts"][0]["status"] == 200
    texted.student("Second")
    second = confirm(gateway, texted, section_id)
    assert message(second, "sms") is None
    assert len(gateway.inbox(number)) == 1
    # Nobody else than the phone can undo that.
    refusal = texted.api.post("set_sms_opt_in", {"sms_opt_in": True})
    assert (refusal.status_code, refusal.json()["code"]) == (409, "sms_stopped")
    gateway.control("POST", "/twilio/inbound", {"from": number, "to": OURS, "body": "Start"})
    assert texted.api.call("set_sms_opt_in", sms_opt_in=True)["phone"] == number
    third = confirm(gateway, texted, section_id)
    eventually(lambda: status(third, "sms") == "delivered")
    assert len(gateway.inbox(number)) == 2
    assert_confirmed_once(first)


def test_a_stop_that_only_the_carrier_heard_is_heard_from_its_refusal(
    gateway: Gateway, texted: Family, elmst: Studio, section_id: int, number: str
) -> None:
    gateway.faults(twilio={"drop": True})
    gateway.control("POST", "/twilio/inbound", {"from": number, "to": OURS, "body": "STOP"})
    gateway.faults(**TOLD)
    registration = confirm(gateway, texted, section_id)
    text = message(registration, "sms")
    assert (text["status"], text["last_error"], text["attempts"]) == ("suppressed", "21610", 1)
    # Another family at this number is not even tried.
    other = elmst.family(phone=number, sms_opt_in=True)
    assert message(confirm(gateway, other, section_id), "sms") is None


@pytest.mark.parametrize(
    ("faults", "ending", "next_ending"),
    [
        ({"outcome": "bounced"}, "bounced", "suppressed"),
        ({"outcome": "complained"}, "complained", "suppressed"),
        ({"outcome": "bounced", "bounce_type": "Transient"}, "bounced", "delivered"),
        ({"outcome": "failed"}, "failed", "delivered"),
    ],
)
def test_mail_that_can_not_arrive_is_not_sent_again(
    gateway: Gateway,
    elmst: Studio,
    section_id: int,
    faults: dict[str, Any],
    ending: str,
    next_ending: str,
) -> None:
    family = elmst.family()
    gateway.faults(resend=faults)
    registration = confirm(gateway, family, section_id)
    eventually(lambda: status(registration, "email") == ending)
    gateway.faults(**TOLD)
    mails = len(gateway.inbox(family.email))
    second = confirm(gateway, family, section_id)
    eventually(lambda: status(second, "email") == next_ending)
    assert len(gateway.inbox(family.email)) == mails + (next_ending == "delivered")
    (seen,) = family.api.read(
        "messages", registration_id=f"eq.{second['registration_id']}", select="status"
    )
    assert seen == {"status": next_ending}


def test_many_at_once_wait_for_one_another(number: str) -> None:
    """Past the sandbox, which tells one thing at a time."""
    known = json.loads((Path(os.environ["CALLBOARD_STACK_DIR"]) / "secrets.json").read_text())
    url = f"{os.environ['THIN_API_URL']}/webhooks/twilio/inbound"

    def say(word: str, sid: str) -> int:
        form = {"MessageSid": sid, "From": number, "To": OURS, "Body": word}
        signed = url + "".join(name + form[name] for name in sorted(form))
        return requests.post(
            url,
            data=form,
            headers={
                "X-Twilio-Signature": twilio_signature(known["twilio"]["auth_token"], signed)
            },
            timeout=60,
        ).status_code

    def new_sid() -> str:
        return f"SM{secrets.token_hex(16)}"

    copies = new_sid()
    acts = [lambda: say("STOP", copies)] * 20
    acts += [lambda word=word: say(word, new_sid()) for word in ["STOP", "START", "hello"] * 5]
    assert at_once(*acts) == [200] * len(acts)
    (kept,) = rows(
        "select count(*) from messaging.receipts as r where r.event_key = %s", f"{copies}:received"
    )
    (suppressed,) = rows(
        "select count(*) from messaging.suppressions as s where s.lifted_at is null"
        " and s.address_hash = messaging.address_hash('sms', %s)",
        number,
    )
    assert kept["count"] == 1 and suppressed["count"] <= 1
    # Whatever came last among them: the next word counts.
    for word, count in (("STOP", 1), ("START", 0)):
        assert say(word, new_sid()) == 200
        (suppressed,) = rows(
            "select count(*) from messaging.suppressions as s where s.lifted_at is null"
            " and s.address_hash = messaging.address_hash('sms', %s)",
            number,
        )
        assert suppressed["count"] == count
