"""POST /payments/sessions: who may begin to pay what, also while the gateway is away."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.py.payments.support import (
    Gateway,
    ask_for_session,
    assert_confirmed_once,
    eventually,
    http,
    hurry,
    open_session,
    payments_of,
    rows,
    run_as_superuser,
    status_of,
)
from tests.py.support import (
    Family,
    Studio,
    at_once,
    nothing_written,
    refused,
    run_job,
)


@contextmanager
def nothing_happens(gateway: Gateway) -> Iterator[None]:
    """Assert that nothing is written and the gateway hears nothing meanwhile."""
    calls, heard = _calls(), gateway.mark()
    with nothing_written():
        yield
    assert _calls() == calls
    assert gateway.mark() == heard


def _calls() -> int:
    return rows("select count(*) from payment.gateway_calls")[0]["count"]


# ---------------------------------------------------------------- refusals


def test_without_a_token(gateway: Gateway, family: Family, registration: dict) -> None:
    with nothing_happens(gateway):
        response = ask_for_session(
            family, registration["registration_id"], headers={"X-Studio": "elmst"}
        )
    refused(response, "sign_in_required")


def test_with_a_bad_token(gateway: Gateway, family: Family, registration: dict) -> None:
    tampered = family.api.token[:-4] + ("AAAA" if family.api.token[-4:] != "AAAA" else "BBBB")
    for token in ("nonsense", tampered, "", "a b"):
        headers = {"Authorization": f"Bearer {token}", "X-Studio": "elmst"}
        with nothing_happens(gateway):
            response = ask_for_session(family, registration["registration_id"], headers=headers)
        assert response.status_code == 401, response.text
        assert response.json()["code"]


def test_with_a_token_that_was_revoked(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    family.api.call("sign_out_everywhere")
    with nothing_happens(gateway):
        response = ask_for_session(family, registration["registration_id"])
    refused(response, "token_revoked")


def test_of_another_family_or_studio_or_nobody(
    gateway: Gateway, family: Family, registration: dict, elmst: Studio, aydt: Studio
) -> None:
    another, elsewhere = elmst.family(), aydt.family()
    for stranger, registration_id in (
        (another, registration["registration_id"]),
        (elsewhere, registration["registration_id"]),
        (family, 999_999_999),
        (family, 0),
        (family, None),
    ):
        with nothing_happens(gateway):
            response = ask_for_session(stranger, registration_id)
        refused(response, "registration_not_found")


def test_after_the_hold_has_lapsed(
    gateway: Gateway, elmst: Studio, family: Family, registration: dict
) -> None:
    elmst.lapse(registration["registration_id"])
    with nothing_happens(gateway):
        refused(ask_for_session(family, registration["registration_id"]), "registration_expired")
    run_job("enrollment.expire_holds")
    with nothing_happens(gateway):
        refused(ask_for_session(family, registration["registration_id"]), "registration_expired")


def test_of_a_confirmed_registration(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    gateway.pay(open_session(family, registration))
    assert_confirmed_once(registration)
    gateway.deliver()
    with nothing_happens(gateway):
        refused(ask_for_session(family, registration["registration_id"]), "registration_confirmed")


def test_of_an_abandoned_registration(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    family.api.call("abandon_checkout", registration_id=registration["registration_id"])
    with nothing_happens(gateway):
        refused(ask_for_session(family, registration["registration_id"]), "registration_closed")


def test_while_a_payment_is_open_the_checkout_can_not_be_abandoned(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    open_session(family, registration)
    with nothing_happens(gateway):
        response = family.api.post(
            "abandon_checkout", {"registration_id": registration["registration_id"]}
        )
    refused(response, "payment_under_way")


def test_with_a_bad_address_to_return_to(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    addresses = [
        None, "", " ", "javascript:alert(1)", "ftp://studio.example/", "//studio.example/back",
        "https://studio.example/ back", "https://", "https:///back",
        "https://studio.example/" + "x" * 2048,
    ]
    with nothing_happens(gateway):
        answers = [
            ask_for_session(family, registration["registration_id"], **{field: address})
            for field in ("return_url", "cancel_url")
            for address in addresses
        ]
    for answer in answers:
        refused(answer, "invalid_return_url")


def test_with_a_body_that_can_not_be_read(gateway: Gateway, family: Family) -> None:
    urls = b'"return_url": "https://a.example/", "cancel_url": "https://a.example/"'
    bodies = [
        b"", b"{", b"[]", b"null", b'"text"', b"{}", b"\xff\xfe", b"[" * 50_000,
        b'{"registration_id": 1, "return_url": "https://a.example/"}',
        b'{"registration_id": NaN, ' + urls + b"}",
        b'{"registration_id": 1, ' + urls + b', "currency": "USD"}',
    ]
    with nothing_happens(gateway):
        answers = [_post(family, body) for body in bodies]
    for answer in answers:
        refused(answer, "request_malformed")


def test_with_a_number_that_is_none(gateway: Gateway, family: Family) -> None:
    urls = '"return_url": "https://a.example/", "cancel_url": "https://a.example/"'
    numbers = ['"abc"', "1.5", "1e308", "1" * 30, "[1]", '{"id": 1}', '"\\u0000"', "true"]
    with nothing_happens(gateway):
        answers = [
            _post(family, f'{{"registration_id": {number}, {urls}}}'.encode()) for number in numbers
        ]
    for answer in answers:
        assert answer.status_code in (400, 404), answer.text
        assert answer.json()["code"]


def test_with_too_large_a_body(gateway: Gateway, family: Family) -> None:
    with nothing_happens(gateway):
        response = _post(family, b'{"registration_id": 1, "x": "' + b"x" * 70_000 + b'"}')
    assert (response.status_code, response.json()["code"]) == (413, "request_too_large")


def _post(family: Family, body: bytes) -> Any:
    return http.post(
        f"{os.environ['THIN_API_URL']}/payments/sessions",
        data=body,
        headers={
            "Authorization": f"Bearer {family.api.token}",
            "X-Studio": family.studio.slug,
            "Content-Type": "application/json",
        },
        timeout=40,
    )


def test_where_card_payments_are_not_set_up(gateway: Gateway, studio: Studio) -> None:
    family = studio.family()
    registration = family.hold((family.student(), studio.section()))
    with nothing_happens(gateway):
        refused(ask_for_session(family, registration["registration_id"]), "payment_not_set_up")


# ---------------------------------------------------------------- repeats


def test_a_repeat_answers_the_same_session(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    first = open_session(family, registration)
    with nothing_happens(gateway):
        again = ask_for_session(
            family, registration["registration_id"], return_url="https://other.example/"
        )
    assert again.status_code == 201
    assert again.json() == first


def test_several_at_once_get_one_session(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    gateway.faults(epg={"slow_seconds": 0.2})
    before = gateway.mark()
    answers = at_once(
        *[lambda: ask_for_session(family, registration["registration_id"])] * 4
    )
    assert Counter(answer.status_code for answer in answers) == {201: 4}
    assert len({answer.json()["session_url"] for answer in answers}) == 1
    assert len(payments_of(registration)) == 1
    assert _made(gateway, before) == {"/shoppers": 1, "/orders": 1, "/payment-sessions": 1}


# ---------------------------------------------------------------- the gateway is away


def _made(gateway: Gateway, since: int) -> Counter[str]:
    """Count what was made at the gateway, whether we have heard of it or not."""
    return Counter(
        each["path"]
        for each in gateway.requests(since)
        if each["method"] == "POST" and each["status"] == 201
    )


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        ({"status": 500, "times": 1000}, "/shoppers"),
        ({"status": 429, "times": 1000}, "/orders"),
        ({"status": 500, "times": 1000}, "/payment-sessions"),
    ],
    ids=lambda value: str(value.get("status")) if isinstance(value, dict) else value,
)
def test_gateway_away(
    gateway: Gateway, family: Family, registration: dict, fault: dict, path: str
) -> None:
    before = gateway.mark()
    gateway.faults(epg={**fault, "path": path})
    refused(ask_for_session(family, registration["registration_id"]), "gateway_unavailable")
    # A gateway in trouble is not asked again and again by one impatient request.
    assert len([each for each in gateway.requests(before) if each["fault"]]) <= 2
    assert [p["status"] for p in payments_of(registration)] == ["open"]

    gateway.faults()
    hurry()
    session = open_session(family, registration)
    assert _made(gateway, before) == {"/shoppers": 1, "/orders": 1, "/payment-sessions": 1}
    assert len(payments_of(registration)) == 1
    assert gateway.pay(session) == 303
    assert_confirmed_once(registration)


def test_a_lost_answer_about_the_shopper_is_looked_up(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    before = gateway.mark()
    gateway.faults(epg={"withhold_answer": 1, "path": "/shoppers"})
    session = open_session(family, registration)
    assert _made(gateway, before) == {"/shoppers": 1, "/orders": 1, "/payment-sessions": 1}
    assert gateway.pay(session) == 303
    assert_confirmed_once(registration)


@pytest.mark.parametrize("path", ["/orders", "/payment-sessions"])
def test_a_lost_answer_about_order_or_session_is_made_up_for(
    gateway: Gateway, family: Family, registration: dict, path: str
) -> None:
    """A second order or session is harmless: nobody was ever sent to the first."""
    before = gateway.mark()
    gateway.faults(epg={"withhold_answer": 1, "path": path})
    first = ask_for_session(family, registration["registration_id"])
    assert first.status_code in (201, 503), first.text
    hurry()
    session = open_session(family, registration)
    assert _made(gateway, before)["/shoppers"] == 1
    assert len(payments_of(registration)) == 1
    assert gateway.pay(session) == 303
    assert_confirmed_once(registration)


def test_a_slow_gateway_is_waited_for(
    gateway: Gateway, family: Family, registration: dict
) -> None:
    gateway.faults(epg={"slow_seconds": 0.5})
    session = open_session(family, registration)
    gateway.faults()
    assert gateway.pay(session) == 303
    assert_confirmed_once(registration)


def test_a_session_that_the_gateway_refuses_ends_the_payment_and_a_next_one_may_succeed(
    gateway: Gateway, family: Family, elmst: Studio, section_id: int
) -> None:
    student = family.student()
    first = family.hold((student, section_id))
    gateway.pay(open_session(family, first))
    assert_confirmed_once(first)
    [shopper] = shoppers_of(first)
    registration = family.hold((student, elmst.section(weekdays=(5,))))
    # As if the gateway had forgotten the shopper by the name we know.
    run_as_superuser(
        f"update payment.shoppers set gateway_id = 'nosuchshopper' where id = {shopper['id']}"
    )
    response = ask_for_session(family, registration["registration_id"])
    refused(response, "payment_refused")
    assert [p["status"] for p in payments_of(registration)] == ["failed"]
    assert [each["gateway_id"] for each in shoppers_of(registration)] == [None]
    # The next try looks the shopper up, and makes no second one.
    before = gateway.mark()
    session = open_session(family, registration)
    assert _made(gateway, before) == {"/orders": 1, "/payment-sessions": 1}
    assert shoppers_of(registration) == [shopper]
    assert [p["status"] for p in payments_of(registration)] == ["failed", "open"]
    assert gateway.pay(session) == 303
    eventually(lambda: status_of(registration) == "confirmed")


def shoppers_of(registration: dict[str, Any]) -> list[dict[str, Any]]:
    """Return whom the payments of a registration are made by."""
    return rows(
        "select distinct s.* from payment.shoppers as s inner join payment.payments as p"
        " on s.studio_id = p.studio_id and s.id = p.shopper_id where p.registration_id = %s",
        registration["registration_id"],
    )
