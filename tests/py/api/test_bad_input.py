"""What callers get wrong: the right status, a stable code, a sentence, and nothing is written."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import time
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.py.support import (
    PASSWORD,
    RATES,
    Caller,
    Family,
    Studio,
    assert_readable,
    claims_of,
    error_register,
    new_studio,
    nothing_written,
    refused,
    sign,
    unique,
)

# ---------------------------------------------------------------- who is asking


@pytest.mark.parametrize(
    ("slug", "code"),
    [
        (None, "studio_required"),
        ("", "studio_unknown"),
        ("nowhere", "studio_unknown"),
        ("AYDT", "studio_unknown"),
        ("aydt' or '1'='1", "studio_unknown"),
        ("a" * 5_000, "studio_unknown"),
    ],
)
def test_no_studio_or_an_unknown_one(aydt: Studio, slug: str | None, code: str) -> None:
    with nothing_written():
        refused(aydt.anybody().get("terms", {"X-Studio": slug}), code)
        refused(
            aydt.anybody().post(
                "sign_up",
                {"email": "a@example.com", "password": PASSWORD, "full_name": "A"},
                {"X-Studio": slug},
            ),
            code,
        )


def test_a_wrong_password_and_an_unknown_address_are_answered_alike_and_counted(
    studio: Studio,
) -> None:
    api, email = studio.account()
    with nothing_written("identity.sign_in_attempts"):
        wrong = refused(
            api.post("sign_in", {"email": email, "password": "not it at all"}), "sign_in_failed"
        )
        unknown = refused(
            api.post("sign_in", {"email": f"{unique('nobody')}@example.com", "password": PASSWORD}),
            "sign_in_failed",
        )
        for password in (None, "", "x" * 100_000, "' or 1=1 --"):
            refused(api.post("sign_in", {"email": email, "password": password}), "sign_in_failed")
    assert wrong == unknown
    attempts = studio.ask(
        "select count(*) from identity.sign_in_attempts as t"
        " where t.email_digest = sha256(convert_to(%s, 'utf8'))",
        email,
    )
    assert attempts == 5
    # It still opens with the right one.
    api.sign_in(email, PASSWORD)


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        ({"sms_opt_in": None}, "sms_choice_required"),
        ({"sms_opt_in": True}, "phone_required"),
        ({"sms_opt_in": True, "phone": "555-0123"}, "invalid_phone"),
        ({"sms_opt_in": False, "phone": ""}, "invalid_phone"),
        ({"sms_opt_in": True, "phone": "+1' or 1=1 --"}, "invalid_phone"),
    ],
)
def test_texts_that_nobody_can_want(family: Family, choice: dict[str, Any], code: str) -> None:
    with nothing_written():
        refused(family.api.post("set_sms_opt_in", choice), code)


def test_somebody_who_has_no_role_can_not_sign_in_for_one(studio: Studio) -> None:
    api, email = studio.account()
    with nothing_written():
        for role in (
            "staff",
            "owner",
            "platform_admin",
            "postgres",
            "domain",
            "anon",
            "",
            "x" * 99,
        ):
            refused(
                api.post("sign_in", {"email": email, "password": PASSWORD, "role": role}),
                "not_allowed",
            )


def tampered(token: str, **claims: Any) -> str:
    """The token with other claims under the signature it had."""
    head, _, signature = token.split(".")
    body = json.dumps({**claims_of(token), **claims}).encode()
    return f"{head}.{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}.{signature}"


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(
            lambda token: sign({**claims_of(token), "exp": time.time() - 60}), id="expired"
        ),
        pytest.param(lambda token: tampered(token, sub="1"), id="another account"),
        pytest.param(lambda token: tampered(token, role="owner"), id="another role"),
        pytest.param(lambda token: sign(claims_of(token), secrets.token_bytes(32)), id="other key"),
        pytest.param(lambda token: sign(claims_of(token), alg="none"), id="no algorithm"),
        pytest.param(lambda token: token.rpartition(".")[0] + ".", id="no signature"),
        pytest.param(lambda token: token[:-4], id="cut off"),
        pytest.param(lambda token: "nonsense", id="nonsense"),
    ],
)
def test_a_token_that_is_expired_or_not_ours_is_refused_by_postgrest(
    family: Family, forge: Any
) -> None:
    forger = Caller(family.studio.slug).use_token(forge(family.api.token))
    with nothing_written():
        for response in (
            forger.get("students"),
            forger.post("open_cart", {"term_id": family.studio.term_id}),
        ):
            # PostgREST says so by itself, in its words; the register has the sentence to show.
            assert (response.status_code, response.json()["code"]) == (401, "PGRST301")
            (shown,) = Caller(family.studio.slug).get("error_codes?code=eq.PGRST301").json()
            assert shown["status"] == 401
            assert_readable(shown["message"])
    assert family.api.get("students").ok


def test_a_revoked_token_is_refused_from_the_next_request_on(
    studio: Studio, family: Family
) -> None:
    before = family.api.token
    elsewhere = studio.family()
    family.api.call("sign_out_everywhere")
    with nothing_written():
        refused(family.api.get("students"), "token_revoked")
        refused(family.api.post("open_cart", {"term_id": studio.term_id}), "token_revoked")
        refused(family.api.post("sign_out_everywhere"), "token_revoked")
    assert elsewhere.api.get("students").ok
    family.api.http.headers.pop("Authorization")
    family.api.sign_in(family.email, PASSWORD)
    assert family.api.get("students").ok
    refused(Caller(studio.slug).use_token(before).get("students"), "token_revoked")


def test_an_inactive_account_is_out_at_once(studio: Studio, family: Family) -> None:
    with studio.operator() as connection:
        connection.execute(
            "update identity.accounts set status = 'inactive' where email = %s", (family.email,)
        )
    with nothing_written("identity.sign_in_attempts"):
        refused(family.api.get("students"), "token_revoked")
        refused(
            studio.anybody().post("sign_in", {"email": family.email, "password": PASSWORD}),
            "sign_in_failed",
        )


def test_a_token_of_a_lost_role_is_refused(studio: Studio) -> None:
    staff = studio.staff("manager")
    family = studio.family()
    account_id = claims_of(staff.token)["sub"]
    assert staff.get("students").ok
    with studio.operator() as connection:
        connection.execute(
            "update studio.memberships set status = 'ended' where account_id = %s", (account_id,)
        )
        connection.execute("delete from identity.guardians where family_id = %s", (family.id,))
    with nothing_written():
        refused(staff.get("students"), "role_lost")
        refused(
            staff.post(
                "set_price_override",
                {
                    "student_id": 1,
                    "section_id": 1,
                    "amount_minor": 0,
                    "reason": "none",
                },
            ),
            "role_lost",
        )
        refused(family.api.get("students"), "role_lost")
        refused(family.api.post("open_cart", {"term_id": studio.term_id}), "role_lost")


def test_a_role_that_was_never_given_is_refused_even_with_a_good_signature(
    studio: Studio, family: Family
) -> None:
    with nothing_written():
        for role in ("instructor", "staff", "manager", "owner", "platform_admin"):
            risen = Caller(studio.slug).use_token(
                sign({**claims_of(family.api.token), "role": role})
            )
            refused(risen.get("students"), "role_lost")
        for role in ("postgres", "deploy", "authenticator", "domain", "identity", "confirmer"):
            risen = Caller(studio.slug).use_token(
                sign({**claims_of(family.api.token), "role": role})
            )
            assert risen.get("students").status_code == 403
        for missing in ("sub", "studio"):
            claims = {k: v for k, v in claims_of(family.api.token).items() if k != missing}
            refused(Caller(studio.slug).use_token(sign(claims)).get("students"), "sign_in_required")


# ---------------------------------------------------------------- accounts and students


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"email": None}, "invalid_email"),
        ({"email": ""}, "invalid_email"),
        ({"email": "no at sign"}, "invalid_email"),
        ({"email": "two words@example.com"}, "invalid_email"),
        ({"email": "line@example.com\nBcc: x@example.com"}, "invalid_email"),
        ({"email": "x" * 250 + "@example.com"}, "invalid_email"),
        ({"email": 7}, "invalid_email"),
        ({"full_name": None}, "name_required"),
        ({"full_name": " \t\n"}, "name_required"),
        ({"full_name": "x" * 101}, "name_required"),
        ({"full_name": "x" * 5_000_000}, "name_required"),
        ({"password": None}, "password_too_short"),
        ({"password": ""}, "password_too_short"),
        ({"password": "x" * 9}, "password_too_short"),
        ({"password": "x" * 73}, "password_too_long"),
        ({"password": "🩰" * 19}, "password_too_long"),
        ({"phone": ""}, "invalid_phone"),
        ({"phone": "2125550123"}, "invalid_phone"),
        ({"phone": "+12125550123\n"}, "invalid_phone"),
        ({"phone": "+1212555012345678901234567890"}, "invalid_phone"),
        ({"sms_opt_in": True}, "phone_required"),
    ],
)
def test_sign_up_with_something_wrong(aydt: Studio, details: dict[str, Any], code: str) -> None:
    good = {"email": f"{unique('new')}@example.com", "password": PASSWORD, "full_name": "Ada Stone"}
    with nothing_written():
        refused(aydt.anybody().post("sign_up", {**good, **details}), code)


def test_signing_up_with_a_known_address_is_answered_alike_and_changes_nothing(
    studio: Studio, family: Family
) -> None:
    arguments = {"password": "another password", "full_name": "Somebody Else"}
    fresh = studio.anybody().post("sign_up", {"email": f"{unique('a')}@example.com", **arguments})
    with nothing_written():
        known = studio.anybody().post("sign_up", {"email": family.email.upper(), **arguments})
    assert (known.status_code, known.json()) == (
        fresh.status_code,
        {
            **fresh.json(),
            "email": family.email,
        },
    )
    # The password is the one it had.
    studio.anybody().sign_in(family.email, PASSWORD)


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"first_name": ""}, "name_required"),
        ({"first_name": None}, "name_required"),
        ({"last_name": "   "}, "name_required"),
        ({"last_name": "x" * 101}, "name_required"),
        ({"birth_date": None}, "invalid_birth_date"),
        ({"birth_date": "2999-01-01"}, "invalid_birth_date"),
        ({"birth_date": "0001-01-01"}, "invalid_birth_date"),
        ({"birth_date": "infinity"}, "invalid_birth_date"),
        ({"birth_date": "-infinity"}, "invalid_birth_date"),
    ],
)
def test_a_student_with_something_wrong(family: Family, details: dict[str, Any], code: str) -> None:
    good = {"first_name": "Ada", "last_name": "Stone", "birth_date": "2015-05-15"}
    student_id = family.student()
    with nothing_written():
        refused(family.api.post("add_student", {**good, **details}), code)
        if next(iter(details.values())) is not None:
            refused(family.api.post("update_student", {"student_id": student_id, **details}), code)


@pytest.mark.parametrize(
    "birth_date", ["2015-02-29", "2015-13-01", "15/03/2015", "", "99999999-01-01", True, [], 1e308]
)
def test_a_birth_date_that_is_no_date(family: Family, birth_date: Any) -> None:
    with nothing_written():
        refused(
            family.api.post(
                "add_student",
                {
                    "first_name": "Ada",
                    "last_name": "Stone",
                    "birth_date": birth_date,
                },
            ),
            "invalid_birth_date",
        )


@pytest.mark.parametrize(
    "name",
    [
        "שרה",
        "محمد عبد الله",
        "李小龍",
        "Zoë Þórðardóttir",
        "e\u0301 decomposed",
        "👩🏽‍🦰",
        "\u202eright to left",
        "Robert'); drop table students;--",
        "$$; select pg_sleep(9); --",
        "{studio} %s %(x)s \\x00 \\u0000",
        "<script>alert(1)</script>",
        "x" * 100,
        "🩰" * 100,
    ],
)
def test_any_name_people_have_comes_back_as_it_was_given(family: Family, name: str) -> None:
    family.api.call("add_student", first_name=name, last_name=name, birth_date="2015-03-08")

    (student,) = family.api.read("students")

    # The eighth of March 2015 had 23 hours in New York.
    assert student["first_name"] == student["last_name"] == name
    assert student["birth_date"] == "2015-03-08"
    section_id = family.studio.section()
    quote = family.api.call("quote", cart_id=family.cart((student["id"], section_id)))
    assert quote["students"][0]["name"] == name


# ---------------------------------------------------------------- the cart


def test_a_student_of_another_family(studio: Studio, family: Family) -> None:
    theirs = studio.family().student()
    section_id = studio.section()
    cart_id = family.cart()
    with nothing_written():
        for student_id in (theirs, theirs + 1_000_000, 0, -1, None):
            refused(
                family.api.post(
                    "put_cart_item",
                    {
                        "cart_id": cart_id,
                        "student_id": student_id,
                        "section_id": section_id,
                    },
                ),
                "student_not_found",
            )
        refused(
            family.api.post("update_student", {"student_id": theirs, "first_name": "Mine"}),
            "student_not_found",
        )


def test_a_section_that_this_family_can_not_pick(
    studio: Studio, elmst: Studio, family: Family
) -> None:
    student_id, cart_id = family.student(), family.cart()
    draft = studio.term(status="draft")
    closed = studio.section(title="Closed Class")
    with studio.operator() as connection:
        connection.execute("update catalog.sections set status = 'closed' where id = %s", (closed,))
    elsewhere = min(elmst.sections().values())
    cases = [
        (elsewhere, "section_not_found"),  # of another studio
        (studio.section(term_id=studio.term()), "section_not_found"),  # of another term
        (studio.section(term_id=draft), "section_not_found"),
        (studio.section(visibility="hidden"), "section_not_found"),
        (0, "section_not_found"),
        (None, "section_not_found"),
        (closed, "section_not_open"),
    ]
    with nothing_written():
        for section_id, code in cases:
            refused(
                family.api.post(
                    "put_cart_item",
                    {
                        "cart_id": cart_id,
                        "student_id": student_id,
                        "section_id": section_id,
                    },
                ),
                code,
            )
        refused(family.api.post("open_cart", {"term_id": draft}), "term_not_found")
        refused(family.api.post("open_cart", {"term_id": None}), "term_not_found")
        refused(family.api.post("open_cart", {"term_id": 0}), "term_not_found")


def test_the_same_section_twice(studio: Studio, family: Family) -> None:
    student_id, section_id = family.student(), studio.section(title="Ballet 9")
    cart_id = family.cart((student_id, section_id))
    with nothing_written():
        body = refused(
            family.api.post(
                "put_cart_item",
                {
                    "cart_id": cart_id,
                    "student_id": student_id,
                    "section_id": section_id,
                },
            ),
            "already_in_cart",
        )
    assert "Ballet 9" in body["message"]
    # Another child may have it as well.
    family.cart((family.student(), section_id))


def test_a_section_the_student_is_enrolled_in_already(studio: Studio, family: Family) -> None:
    student_id, section_id = family.student(), studio.section()
    confirm_at_no_charge(studio, family, student_id, section_id)
    cart_id = family.cart()
    with nothing_written():
        refused(
            family.api.post(
                "put_cart_item",
                {
                    "cart_id": cart_id,
                    "student_id": student_id,
                    "section_id": section_id,
                },
            ),
            "already_enrolled",
        )


def test_a_cart_that_is_empty_unknown_closed_or_of_another_family(
    studio: Studio, family: Family
) -> None:
    other = studio.family()
    student_id, section_id = family.student(), studio.section()
    closed = confirm_at_no_charge(studio, family, student_id, section_id)
    empty, theirs = family.cart(), other.cart((other.student(), section_id))

    def everything(cart_id: int | None) -> list:
        return [
            family.api.post("quote", {"cart_id": cart_id}),
            family.api.post(
                "checkout",
                {
                    "cart_id": cart_id,
                    "quote_id": 1,
                    "idempotency_key": "12345678",
                },
            ),
            family.api.post(
                "put_cart_item",
                {
                    "cart_id": cart_id,
                    "student_id": student_id,
                    "section_id": section_id,
                },
            ),
        ]

    (their_item,) = other.api.read("cart_items")
    with nothing_written():
        for cart_id in (theirs, None, 0, -1, 2**63 - 1):
            for response in (
                *everything(cart_id),
                family.api.post("check_cart", {"cart_id": cart_id}),
            ):
                refused(response, "cart_not_found")
        for response in everything(closed):
            refused(response, "cart_closed")
        refused(family.api.post("quote", {"cart_id": empty}), "cart_empty")
        for item_id in (their_item["id"], None, 0):
            refused(
                family.api.post("remove_cart_item", {"cart_item_id": item_id}),
                "cart_item_not_found",
            )


def confirm_at_no_charge(studio: Studio, family: Family, student_id: int, section_id: int) -> int:
    """Enroll without a payment: staff set the price to 0. Returns the cart."""
    studio.staff().call(
        "set_price_override",
        student_id=student_id,
        section_id=section_id,
        amount_minor=0,
        reason="given",
    )
    registration = family.hold((student_id, section_id))
    assert (registration["status"], registration["total_minor"]) == ("confirmed", 0)
    return family.api.read("registrations", id=f"eq.{registration['registration_id']}")[0][
        "cart_id"
    ]


# ---------------------------------------------------------------- the price


def test_a_quote_of_a_cart_that_has_changed_since_is_refused_with_the_new_price(
    studio: Studio, family: Family
) -> None:
    student_id = family.student()
    stale = family.priced_cart((student_id, studio.section(weekdays=(1,))))
    family.cart((student_id, studio.section(weekdays=(2,))))
    with nothing_written():
        body = refused(family.api.post("checkout", stale), "quote_changed")
    details = json.loads(body["details"])
    assert (details["quoted_minor"], details["total_minor"]) == (RATES[1], RATES[2])
    assert [line["amount_minor"] for line in details["lines"]] == [RATES[2]]
    # The same key goes on with the new quote.
    quote = family.api.call("quote", cart_id=stale["cart_id"])
    held = family.api.call("checkout", **{**stale, "quote_id": quote["quote_id"]})
    assert held["total_minor"] == RATES[2]


def test_a_price_that_changed_between_quote_and_checkout(studio: Studio, family: Family) -> None:
    quoted = family.priced_cart((family.student(), studio.section()))
    studio.set_rate(12_345)
    with nothing_written():
        body = refused(family.api.post("checkout", quoted), "quote_changed")
    assert json.loads(body["details"])["total_minor"] == 12_345
    quote = family.api.call("quote", cart_id=quoted["cart_id"])
    assert quote["total_minor"] == 12_345
    # The old quote is still what it was.
    old = family.api.call("explain_quote", quote_id=quoted["quote_id"])
    assert (old["total_minor"], old["students"][0]["lines"][0]["rule"]["version"]) == (RATES[1], 1)


def test_a_price_that_changed_and_changed_back_is_the_price_that_was_quoted(
    studio: Studio, family: Family
) -> None:
    quoted = family.priced_cart((family.student(), studio.section()))
    studio.set_rate(12_345)
    studio.set_rate(RATES[1])
    assert family.api.call("checkout", **quoted)["total_minor"] == RATES[1]


def test_a_quote_of_another_cart_of_another_family_or_of_nobody(
    studio: Studio, family: Family
) -> None:
    other = studio.family()
    student_id, section_id = family.student(), studio.section()
    mine = family.priced_cart((student_id, section_id))
    theirs = other.priced_cart((other.student(), section_id))
    spring = studio.term()
    second = family.cart((student_id, studio.section(term_id=spring)), term_id=spring)
    with nothing_written():
        for cart_id, quote_id in [
            (second, mine["quote_id"]),
            (mine["cart_id"], theirs["quote_id"]),
            (mine["cart_id"], 0),
            (mine["cart_id"], None),
            (mine["cart_id"], 2**63 - 1),
        ]:
            refused(
                family.api.post(
                    "checkout",
                    {
                        "cart_id": cart_id,
                        "quote_id": quote_id,
                        "idempotency_key": "12345678",
                    },
                ),
                "quote_not_found",
            )
        refused(family.api.post("checkout", theirs), "cart_not_found")
        for quote_id in (theirs["quote_id"], 0, None):
            refused(family.api.post("explain_quote", {"quote_id": quote_id}), "quote_not_found")


def test_a_price_that_is_missing_is_refused_and_never_0(studio: Studio, family: Family) -> None:
    student_id = family.student()
    with studio.operator() as connection:
        connection.execute(
            "insert into catalog.programs (studio_id, code, name) values (%s, %s, %s)",
            (studio.id, "unpriced", "Unpriced"),
        )
    program = family.cart((student_id, studio.section(program="unpriced", title="Free Lunch")))
    with nothing_written():
        body = refused(family.api.post("quote", {"cart_id": program}), "price_missing")
    assert "Free Lunch" in body["message"]

    other = studio.family()
    every_day = [(1,), (2,), (3,), (4,), (5,), (6,), (7,)]
    student_id = other.student()
    too_many = other.cart(*((student_id, studio.section(weekdays=day)) for day in every_day))
    with nothing_written():
        body = refused(other.api.post("quote", {"cart_id": too_many}), "rate_missing")
    assert "7 days a week" in body["message"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"plan_code": "weekly"}, "plan_unknown"),
        ({"plan_code": ""}, "plan_unknown"),
        ({"plan_code": "' or true --"}, "plan_unknown"),
        ({"plan_code": "full", "auto_pay": True}, "plan_unknown"),
        ({"auto_pay": True}, "plan_unknown"),  # this studio has no such plan
        ({"coupon_code": "FREE100"}, "coupon_not_found"),
        ({"coupon_code": "x" * 1_000_000}, "coupon_not_found"),
    ],
)
def test_a_plan_or_coupon_that_does_not_exist(
    studio: Studio, family: Family, arguments: dict[str, Any], code: str
) -> None:
    cart_id = family.cart((family.student(), studio.section()))
    with nothing_written("pricing.coupon_attempts"):
        refused(family.api.post("quote", {"cart_id": cart_id, **arguments}), code)


@pytest.mark.parametrize(
    ("amount_minor", "reason"),
    [
        (-1, "less than nothing"),
        (None, "none"),
        (5_00, ""),
        (5_00, " \n"),
        (5_00, None),
        (2**63 - 1, "more than all money"),
    ],
)
def test_an_override_with_something_wrong(
    studio: Studio, family: Family, amount_minor: int | None, reason: str | None
) -> None:
    staff = studio.staff()
    arguments = {"student_id": family.student(), "section_id": studio.section()}
    with nothing_written():
        refused(
            staff.post(
                "set_price_override",
                {
                    **arguments,
                    "amount_minor": amount_minor,
                    "reason": reason,
                },
            ),
            "override_invalid",
        )


def test_an_override_for_a_student_or_section_of_another_studio(
    studio: Studio, aydt: Studio, family: Family
) -> None:
    staff = studio.staff()
    student_id, section_id = family.student(), studio.section()
    theirs, their_section = aydt.family().student(), min(aydt.sections().values())
    with nothing_written():
        for student, section, code in [
            (theirs, section_id, "student_not_found"),
            (student_id, their_section, "section_not_found"),
        ]:
            refused(
                staff.post(
                    "set_price_override",
                    {
                        "student_id": student,
                        "section_id": section,
                        "amount_minor": 0,
                        "reason": "gift",
                    },
                ),
                code,
            )


# ---------------------------------------------------------------- the seats


def test_a_full_section(studio: Studio, family: Family) -> None:
    section_id = studio.section(capacity=1, title="Tiny Class")
    mine = family.priced_cart((family.student(), section_id))
    first = studio.family()
    first.hold((first.student(), section_id))
    with nothing_written():
        body = refused(family.api.post("checkout", mine), "seat_unavailable")
        (finding,) = family.api.call("check_cart", cart_id=mine["cart_id"])
    assert "Tiny Class" in body["message"]
    assert json.loads(body["details"])["section_id"] == section_id
    assert (finding["code"], finding["section_id"]) == ("seat_unavailable", section_id)
    assert_readable(finding["message"])


def test_a_student_too_many_takes_no_seat_for_any_of_them(studio: Studio, family: Family) -> None:
    roomy, tight = studio.section(capacity=9), studio.section(capacity=2, weekdays=(2,))
    students = [family.student() for _ in range(3)]
    items = [(student, roomy) for student in students] + [(student, tight) for student in students]
    priced = family.priced_cart(*items)
    with nothing_written():
        refused(family.api.post("checkout", priced), "seat_unavailable")
    assert (studio.seats_left(roomy), studio.seats_left(tight)) == (9, 2)
    (item,) = family.api.read(
        "cart_items", section_id=f"eq.{tight}", student_id=f"eq.{students[0]}"
    )
    family.api.call("remove_cart_item", cart_item_id=item["id"])
    family.hold()
    assert (studio.seats_left(roomy), studio.seats_left(tight)) == (6, 0)


def test_a_section_without_a_capacity_is_never_full(studio: Studio, family: Family) -> None:
    section_id = studio.section(capacity=None)
    family.hold(*((family.student(), section_id) for _ in range(5)))
    assert studio.seats_left(section_id) is None


def test_two_classes_at_one_time_in_the_cart(studio: Studio, family: Family) -> None:
    student_id = family.student()
    early = studio.section(title="Early Class", starts_at="10:00", ends_at="11:00")
    late = studio.section(title="Late Class", starts_at="10:59", ends_at="12:00")
    priced = family.priced_cart((student_id, early), (student_id, late))
    with nothing_written():
        body = refused(family.api.post("checkout", priced), "schedule_conflict")
        findings = family.api.call("check_cart", cart_id=priced["cart_id"])
    assert "Early Class" in body["message"] and "Late Class" in body["message"]
    assert {finding["code"] for finding in findings} == {"schedule_conflict"}


def test_a_clash_with_what_the_student_has_already_also_in_another_term(
    studio: Studio, family: Family
) -> None:
    student_id = family.student()
    family.hold((student_id, studio.section(title="Had Before", weekdays=(1, 3))))
    other_term = studio.term()
    clash = studio.section(title="Wanted Now", weekdays=(3,), term_id=other_term)
    cart_id = family.cart((student_id, clash), term_id=other_term)
    quote = family.api.call("quote", cart_id=cart_id)
    with nothing_written():
        body = refused(
            family.api.post(
                "checkout",
                {
                    "cart_id": cart_id,
                    "quote_id": quote["quote_id"],
                    "idempotency_key": "12345678",
                },
            ),
            "schedule_conflict",
        )
    assert "Wanted Now" in body["message"] and "Had Before" in body["message"]
    assert [f["code"] for f in quote["findings"]] == ["schedule_conflict"]


def test_classes_that_only_touch_do_not_clash_nor_do_those_of_two_children(
    studio: Studio, family: Family
) -> None:
    ada, ben = family.student("Ada"), family.student("Ben")
    # Sundays over the spring change of clocks, which is on 14 March 2027 in New York.
    dates = ("2027-03-07", "2027-03-21")
    first = studio.section(weekdays=(7,), starts_at="10:00", ends_at="11:00", dates=dates)
    second = studio.section(weekdays=(7,), starts_at="11:00", ends_at="12:00", dates=dates)
    family.hold((ada, first), (ada, second), (ben, first))
    meetings = studio.anybody().read("meetings", section_id=f"eq.{first}", order="held_on")
    assert [(m["held_on"], m["starts_at"]) for m in meetings] == [
        ("2027-03-07", "2027-03-07T15:00:00+00:00"),
        ("2027-03-14", "2027-03-14T14:00:00+00:00"),
        ("2027-03-21", "2027-03-21T14:00:00+00:00"),
    ]


def test_a_term_whose_registration_is_not_open(studio: Studio, family: Family) -> None:
    student_id = family.student()
    for opens, closes in [("1 hour", "2 weeks"), ("-2 weeks", "-1 hour")]:
        term_id = studio.term(opens=opens, closes=closes)
        cart_id = family.cart((student_id, studio.section(term_id=term_id)), term_id=term_id)
        quote = family.api.call("quote", cart_id=cart_id)
        with nothing_written():
            refused(
                family.api.post(
                    "checkout",
                    {
                        "cart_id": cart_id,
                        "quote_id": quote["quote_id"],
                        "idempotency_key": "12345678",
                    },
                ),
                "term_not_open",
            )


# ---------------------------------------------------------------- repeating a checkout


def test_the_same_key_answers_the_first_registration_as_it_is_now(
    studio: Studio, family: Family
) -> None:
    section_id = studio.section(capacity=3)
    priced = family.priced_cart((family.student(), section_id))
    first = family.api.call("checkout", **priced)
    with nothing_written():
        assert family.api.call("checkout", **priced) == first
        # What was left out and its default are the same.
        assert family.api.call("checkout", **priced, acknowledged=[]) == first
    assert studio.seats_left(section_id) == 2
    studio.lapse(first["registration_id"])
    family.api.call("abandon_checkout", registration_id=first["registration_id"])
    with nothing_written():
        again = family.api.call("checkout", **priced)
    assert (again["registration_id"], again["status"], again["status_reason"]) == (
        first["registration_id"],
        "cancelled",
        "abandoned",
    )


def test_the_same_key_for_something_else_is_refused(studio: Studio, family: Family) -> None:
    student_id = family.student()
    priced = family.priced_cart((student_id, studio.section()))
    second_quote = family.api.call("quote", cart_id=priced["cart_id"])["quote_id"]
    other_term = studio.term()
    other_cart = family.cart(
        (student_id, studio.section(term_id=other_term, weekdays=(5,))), term_id=other_term
    )
    other_quote = family.api.call("quote", cart_id=other_cart)["quote_id"]
    family.api.call("checkout", **priced)
    with nothing_written():
        for change in (
            {"cart_id": other_cart, "quote_id": other_quote},
            {"cart_id": other_cart},
            {"quote_id": second_quote},
            {"acknowledged": ["late_start"]},
        ):
            refused(family.api.post("checkout", {**priced, **change}), "idempotency_key_reused")


def test_a_key_belongs_to_one_family(studio: Studio, family: Family) -> None:
    section_id, other = studio.section(), studio.family()
    mine = family.priced_cart((family.student(), section_id))
    theirs = other.priced_cart((other.student(), section_id))
    key = secrets.token_hex(8)
    first = family.api.call("checkout", **{**mine, "idempotency_key": key})
    second = other.api.call("checkout", **{**theirs, "idempotency_key": key})
    assert first["registration_id"] != second["registration_id"]


@pytest.mark.parametrize("key", [None, "", "short", "x" * 201, "x" * 1_000_000])
def test_a_key_that_is_none(studio: Studio, family: Family, key: str | None) -> None:
    priced = family.priced_cart((family.student(), studio.section()))
    with nothing_written():
        refused(
            family.api.post("checkout", {**priced, "idempotency_key": key}),
            "idempotency_key_required",
        )


@pytest.mark.parametrize("acknowledged", [["x"] * 51, ["x" * 65], ["x", "y" * 100_000]])
def test_more_acknowledged_than_there_can_be_to_acknowledge(
    studio: Studio, family: Family, acknowledged: list[str]
) -> None:
    checkout = family.priced_cart((family.student(), studio.section()))
    with nothing_written():
        refused(
            family.api.post("checkout", {**checkout, "acknowledged": acknowledged}),
            "acknowledged_invalid",
        )
    for harmless in (["x" * 64] * 50, [None], []):
        retry = {**checkout, "acknowledged": harmless}
        held = family.api.call("checkout", **retry)
        assert family.api.call("checkout", **retry) == held
        family.api.call("abandon_checkout", registration_id=held["registration_id"])
        checkout["idempotency_key"] += "x"


def test_a_second_checkout_while_the_first_is_not_paid(studio: Studio, family: Family) -> None:
    student_id = family.student()
    first = family.hold((student_id, studio.section()))
    priced = family.priced_cart((student_id, studio.section(weekdays=(2,))))
    with nothing_written():
        body = refused(family.api.post("checkout", priced), "checkout_open")
    assert json.loads(body["details"]) == {"registration_id": first["registration_id"]}


def test_a_registration_that_is_unknown_anothers_or_confirmed(
    studio: Studio, family: Family
) -> None:
    student_id, section_id = family.student(), studio.section()
    confirm_at_no_charge(studio, family, student_id, section_id)
    (confirmed,) = family.api.read("registrations")
    other = studio.family()
    theirs = other.hold((other.student(), section_id))["registration_id"]
    urls = {"return_url": "https://example.com/", "cancel_url": "https://example.com/"}
    with nothing_written():
        for registration_id in (theirs, 0, None, 2**63 - 1):
            refused(
                family.api.post("abandon_checkout", {"registration_id": registration_id}),
                "registration_not_found",
            )
            refused(
                family.api.post("start_payment", {"registration_id": registration_id, **urls}),
                "registration_not_found",
            )
        refused(
            family.api.post("abandon_checkout", {"registration_id": confirmed["id"]}),
            "registration_confirmed",
        )
        refused(
            family.api.post("start_payment", {"registration_id": confirmed["id"], **urls}),
            "registration_confirmed",
        )


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "//example.com",
        "https://exa mple.com/",
        "x" * 9,
        "https://example.com/" + "x" * 2_048,
        "http://[x",
        "https://someone@example.com/",
        "https://example.com:port/",
        "https://example.com:123456/",
    ],
)
def test_an_address_to_return_to_that_is_none(
    studio: Studio, family: Family, url: str | None
) -> None:
    registration = family.hold((family.student(), studio.section()))
    good = "https://example.com/"
    with nothing_written():
        for urls in (
            {"return_url": url, "cancel_url": good},
            {"return_url": good, "cancel_url": url},
        ):
            refused(
                family.api.post(
                    "start_payment", {"registration_id": registration["registration_id"], **urls}
                ),
                "invalid_return_url",
            )


# ---------------------------------------------------------------- what no function ever sees


def assert_malformed(response: Any) -> None:
    """PostgREST or Postgres could not read it: 4xx, the one error shape, a code of theirs."""
    body = response.json()
    assert 400 <= response.status_code < 500, response.text
    assert set(body) == {"code", "message", "details", "hint"}
    assert body["code"] and body["message"]


@dataclass(frozen=True)
class Acts:
    """What staff can do about a full section, a student who waits for it, and one who has it."""

    studio: Studio
    desk: Caller
    family: Family
    good: dict[str, dict[str, Any]]

    def of(self, function: str) -> dict[str, Any]:
        """Return arguments that are good."""
        return self.good[function]

    def post(self, function: str, **wrong: Any) -> requests.Response:
        """Call it with something wrong among them."""
        return self.desk.post(
            function, {**self.of(function), **wrong}, {"X-Family": str(self.family.id)}
        )


@pytest.fixture(scope="module")
def acts(stack: None) -> Acts:
    studio = new_studio()
    family, waiting = studio.family(), studio.family()
    full, roomy = studio.section(capacity=1), studio.section(weekdays=(2, 4))
    studio.staff("manager").call("save_section_sale", section_id=roomy, sold_by_weekday=True)
    for wanted in (full, (roomy, [2, 4])):
        family.pay(family.hold((family.student(), wanted))["registration_id"])
    entry = waiting.api.call("join_waitlist", section_id=full, student_ids=[waiting.student()])
    enrollments = {row["section_id"]: row["id"] for row in family.api.read("enrollments")}
    meeting = studio.anybody().read("meetings", section_id=f"eq.{full}", order="held_on")[0]
    hours = {"held_on": meeting["held_on"], "starts_at": "15:00", "ends_at": "16:00"}
    good = {
        "add_meeting": {"section_id": full, **hours},
        "assign_place": {"waitlist_entry_id": entry["entries"][0]["waitlist_entry_id"]},
        "cancel_enrollment": {"enrollment_id": enrollments[full]},
        "cancel_meeting": {"meeting_id": meeting["id"]},
        "cancel_section": {"section_id": full},
        "drop_weekdays": {"enrollment_id": enrollments[roomy], "weekdays": [2]},
        "move_meeting": {"meeting_id": meeting["id"], **hours},
        "reserve_place": {"section_id": full},
        "set_capacity": {"section_id": full, "capacity": 2},
        "set_date_capacity": {"section_id": full, "held_on": meeting["held_on"], "capacity": 0},
        "transfer_enrollment": {"enrollment_id": enrollments[full], "section_id": roomy},
    }
    for function, arguments in good.items():
        if function not in ("add_meeting", "move_meeting", "set_capacity"):
            arguments["reason"] = "asked"
    return Acts(studio, studio.staff(), family, good)


NOT_A_NUMBER = [
    "",
    "abc",
    "1e308",
    1e308,
    1.5,
    True,
    [],
    [1],
    {},
    "0x1F",
    "' or 1=1 --",
    "7\u0000",
    2**63,
    -(2**63) - 1,
    10**400,
    "٣٣",
]
FUNCTIONS = {
    "abandon_checkout": ["registration_id"],
    "accept_offer": ["waitlist_entry_id", "quote_id"],
    "check_cart": ["cart_id"],
    "check_payment": ["payment_id"],
    "checkout": ["cart_id", "quote_id"],
    "decline_offer": ["waitlist_entry_id"],
    "explain_quote": ["quote_id"],
    "leave_waitlist": ["waitlist_entry_id"],
    "open_cart": ["term_id"],
    "put_cart_item": ["cart_id", "student_id", "section_id"],
    "quote": ["cart_id"],
    "remove_cart_item": ["cart_item_id"],
    "remove_stored_method": ["stored_method_id"],
    "request_approval": ["student_id", "class_id"],
    "start_payment": ["registration_id", "amount_minor", "installment_id"],
    "submit_payment_review": ["registration_id"],
    "update_student": ["student_id"],
    "withdraw_approval": ["approval_id"],
}
OTHERS = {
    "accept_offer": {"idempotency_key": "12345678"},
    "checkout": {"idempotency_key": "12345678"},
    "start_payment": {"return_url": "https://example.com", "cancel_url": "https://example.com"},
    "submit_payment_review": {"kind": "cash", "reference": "in an envelope"},
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_id_that_is_no_number(family: Family, function: str) -> None:
    ids = dict.fromkeys(FUNCTIONS[function], 1)
    with nothing_written():
        for name in ids:
            for value in NOT_A_NUMBER:
                assert_malformed(
                    family.api.post(function, {**ids, **OTHERS.get(function, {}), name: value})
                )


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("sign_up", {"email": "a\u0000@example.com", "password": PASSWORD, "full_name": "A"}),
        ("sign_up", {"email": "nul@example.com", "password": PASSWORD, "full_name": "A\u0000"}),
        ("sign_up", {"email": "nul@example.com", "password": "\u0000" * 12, "full_name": "A"}),
        ("sign_in", {"email": "nul@example.com", "password": "\u0000"}),
        ("add_student", {"first_name": "\u0000", "last_name": "B", "birth_date": "2015-01-01"}),
        ("checkout", {"cart_id": 1, "quote_id": 1, "idempotency_key": "12345678\u0000"}),
        (
            "checkout",
            {"cart_id": 1, "quote_id": 1, "idempotency_key": "k" * 9, "acknowledged": "x"},
        ),
        ("quote", {"cart_id": 1, "auto_pay": "perhaps"}),
        ("quote", {"cart_id": 1, "plan_code": "\u0000"}),
    ],
)
def test_text_with_a_nul_and_other_things_that_no_type_takes(
    family: Family, function: str, arguments: dict[str, Any]
) -> None:
    with nothing_written():
        assert_malformed(family.api.post(function, arguments))


@pytest.mark.parametrize(
    "wrong",
    [
        {"held_on": "the day after"},
        {"held_on": "2027-02-30"},
        {"starts_at": "half past ten"},
        {"ends_at": "25:00"},
        {"meeting_id": "first"},
        {"preview": "perhaps"},
    ],
)
def test_hours_of_a_meeting_that_are_none(studio: Studio, wrong: dict[str, Any]) -> None:
    staff = studio.staff()
    section_id = studio.section()
    meeting = studio.anybody().read("meetings", section_id=f"eq.{section_id}", limit="1")[0]
    arguments = {
        "meeting_id": meeting["id"],
        "held_on": meeting["held_on"],
        "starts_at": "15:00",
        "ends_at": "16:00",
        **wrong,
    }
    with nothing_written():
        assert_malformed(staff.post("move_meeting", arguments))


# What nobody can read as a reason, and days and hours at the edges of their types.
NO_REASONS = [None, "", " ", "\n\t", "x" * 501]
NO_DATES = [
    "infinity",
    "-infinity",
    "5874897-12-31",
    "4713-01-01 BC",
    "0001-01-01",
    "9999-12-31",
]


@pytest.mark.parametrize(
    "function",
    [
        "assign_place",
        "cancel_meeting",
        "cancel_section",
        "reserve_place",
        "set_date_capacity",
    ],
)
def test_an_act_of_staff_without_a_reason(acts: Acts, function: str) -> None:
    with nothing_written():
        for reason in NO_REASONS:
            refused(acts.post(function, reason=reason), "reason_required")


@pytest.mark.parametrize(
    ("function", "wrong", "code"),
    [
        ("move_meeting", {"held_on": None}, "meeting_times_invalid"),
        ("move_meeting", {"starts_at": None}, "meeting_times_invalid"),
        ("move_meeting", {"ends_at": None}, "meeting_times_invalid"),
        ("move_meeting", {"starts_at": "24:00", "ends_at": "24:00"}, "meeting_times_invalid"),
        ("move_meeting", {"starts_at": "12:00", "ends_at": "12:00"}, "meeting_times_invalid"),
        ("move_meeting", {"starts_at": "23:00", "ends_at": "00:00"}, "meeting_times_invalid"),
        *(("move_meeting", {"held_on": day}, "meeting_outside_term") for day in NO_DATES),
        ("add_meeting", {"held_on": None}, "meeting_times_invalid"),
        ("add_meeting", {"starts_at": None}, "meeting_times_invalid"),
        ("add_meeting", {"ends_at": None}, "meeting_times_invalid"),
        ("add_meeting", {"starts_at": "23:00", "ends_at": "00:00"}, "meeting_times_invalid"),
        ("add_meeting", {"starts_at": "10:30", "ends_at": "10:31"}, "meeting_exists"),
        *(("add_meeting", {"held_on": day}, "meeting_outside_term") for day in NO_DATES),
        ("cancel_meeting", {"credit_minor": 0}, "credit_invalid"),
        ("cancel_meeting", {"credit_minor": -1}, "credit_invalid"),
        ("cancel_meeting", {"credit_minor": 2**63 - 1}, "credit_invalid"),
        ("set_date_capacity", {"held_on": None}, "date_unknown"),
        *(("set_date_capacity", {"held_on": day}, "date_unknown") for day in NO_DATES),
        ("set_date_capacity", {"capacity": None}, "date_capacity_invalid"),
        ("set_date_capacity", {"capacity": -1}, "date_capacity_invalid"),
        ("set_date_capacity", {"capacity": 2**31 - 1}, "date_capacity_invalid"),
        ("assign_place", {"hours": 0}, "offer_hours_invalid"),
        ("assign_place", {"hours": -1}, "offer_hours_invalid"),
        ("assign_place", {"hours": 721}, "offer_hours_invalid"),
        ("reserve_place", {"dates": []}, "dates_invalid"),
        ("reserve_place", {"dates": [None]}, "dates_invalid"),
        *(("reserve_place", {"dates": [day]}, "date_unknown") for day in NO_DATES),
        ("drop_weekdays", {"weekdays": None}, "weekdays_invalid"),
        ("drop_weekdays", {"weekdays": []}, "weekdays_invalid"),
        ("drop_weekdays", {"weekdays": [None]}, "weekdays_invalid"),
    ],
)
def test_an_act_of_staff_with_something_wrong(
    acts: Acts, function: str, wrong: dict[str, Any], code: str
) -> None:
    with nothing_written():
        refused(acts.post(function, **wrong), code)
        # A preview says it as well.
        if function.endswith(("_meeting", "_date_capacity")):
            refused(acts.post(function, preview=True, **wrong), code)


def test_the_last_hour_of_a_day_is_one_of_it(acts: Acts) -> None:
    added = acts.desk.call(
        "add_meeting", **{**acts.of("add_meeting"), "starts_at": "23:00", "ends_at": "24:00"}
    )
    assert added["held_on"] == acts.of("add_meeting")["held_on"]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"section_id": None}, "section_not_found"),
        ({"section_id": -1}, "section_not_found"),
        ({"student_ids": None}, "student_not_found"),
        ({"student_ids": []}, "student_not_found"),
        ({"student_ids": [None]}, "student_not_found"),
        ({"student_ids": [-1]}, "student_not_found"),
        ({"student_ids": list(range(1000))}, "student_not_found"),
        ({"tier": ""}, "tier_not_offered"),
        ({"tier": "x" * 100_000}, "tier_not_offered"),
        ({"held_on": "infinity"}, "dates_not_offered"),
        ({"weekdays": []}, "weekdays_not_offered"),
        ({"weekdays": [None]}, "weekdays_not_offered"),
        ({"replaces_enrollment_id": -1}, "enrollment_not_found"),
        ({"cart_item_ids": [1]}, "waitlist_wish_invalid"),
        ({"section_id": None, "student_ids": None, "cart_item_ids": []}, "cart_item_not_found"),
        ({"section_id": None, "student_ids": None, "cart_item_ids": [None]}, "cart_item_not_found"),
        ({"section_id": None, "student_ids": None, "cart_item_ids": [-1]}, "cart_item_not_found"),
    ],
)
def test_a_wish_to_wait_with_something_wrong(
    acts: Acts, wish: dict[str, Any], code: str
) -> None:
    other = acts.studio.family()
    good = {"section_id": acts.of("set_capacity")["section_id"], "student_ids": [other.student()]}
    with nothing_written():
        refused(other.api.post("join_waitlist", {**good, **wish}), code)


def test_a_wish_for_a_date_that_is_none(studio: Studio, family: Family) -> None:
    section_id = studio.section(price_mode="drop_in", weekdays=(3,))
    studio.staff("manager").call(
        "save_date_prices", section_id=section_id, expected_version=0, rows=[{"amount_minor": 2_500}]
    )
    wish = {"section_id": section_id, "student_ids": [family.student()]}
    with nothing_written():
        refused(family.api.post("join_waitlist", wish), "dates_required")
        for day in NO_DATES:
            refused(family.api.post("join_waitlist", {**wish, "held_on": day}), "date_unknown")


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        ({}, "overrides_invalid"),
        ("waitlist_only", "overrides_invalid"),
        (0, "overrides_invalid"),
        ([None], "overrides_invalid"),
        ([[]], "overrides_invalid"),
        ([{}], "overrides_invalid"),
        ([{"code": None, "reason": "x"}], "overrides_invalid"),
        ([{"code": ["term_not_open"], "reason": "x"}], "overrides_invalid"),
        ([{"code": "x" * 65, "reason": "x"}], "overrides_invalid"),
        ([{"code": "x", "reason": "x", "until": "2030-01-01"}], "overrides_invalid"),
        ([{"code": "x", "reason": "x", "student_id": -1}], "overrides_invalid"),
        ([{"code": "x", "reason": "x", "student_id": "1"}], "overrides_invalid"),
        ([{"code": "x", "reason": "x", "section_id": 1e30}], "overrides_invalid"),
        ([{"code": "x", "reason": "a"}, {"code": "x", "reason": "b"}], "overrides_invalid"),
        ([{"code": f"c{n}", "reason": "x"} for n in range(51)], "overrides_invalid"),
        ([{"code": "x"}], "reason_required"),
        ([{"code": "x", "reason": " \n"}], "reason_required"),
        ([{"code": "x", "reason": "x" * 501}], "reason_required"),
        ([{"code": "x", "reason": 5}], "reason_required"),
        ([{"code": "x", "reason": {"why": "x"}}], "reason_required"),
        ([{"code": "x", "reason": "x"}], "override_unused"),
        ([{"code": "seat_unavailable", "reason": "x"}], "override_not_allowed"),
    ],
)
def test_overrides_with_something_wrong(
    studio: Studio, family: Family, overrides: Any, code: str
) -> None:
    checkout = {**family.priced_cart((family.student(), studio.section())), "overrides": overrides}
    desk = studio.staff()
    with nothing_written():
        refused(family.api.post("checkout", checkout), "not_allowed")
        refused(desk.post("checkout", checkout, {"X-Family": str(family.id)}), code)


@pytest.mark.parametrize("capacity", [0, -1, 100_001])
def test_a_capacity_that_is_none(studio: Studio, capacity: int) -> None:
    staff, section_id = studio.staff(), studio.section()
    with nothing_written():
        refused(
            staff.post("set_capacity", {"section_id": section_id, "capacity": capacity}),
            "capacity_invalid",
        )
        assert_malformed(staff.post("set_capacity", {"section_id": section_id, "capacity": 2**31}))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_arguments_that_are_missing_or_too_many(family: Family, function: str) -> None:
    arguments = {**dict.fromkeys(FUNCTIONS[function], 1), **OTHERS.get(function, {})}
    with nothing_written():
        without = dict(list(arguments.items())[1:])
        for wrong in (without, {**arguments, "studio_id": 1}, {**arguments, "as_of": "2020-01-01"}):
            response = family.api.post(function, wrong)
            assert (response.status_code, response.json()["code"]) == (404, "PGRST202")


@pytest.mark.parametrize(
    "body", ["", "{", "null", "7", "[]", '"text"', "\x00", '{"cart_id": 1', "cart_id=1", "{}" * 9]
)
def test_a_body_that_is_no_object(family: Family, body: str) -> None:
    with nothing_written():
        assert_malformed(
            family.api.send(
                "POST",
                "rpc/quote",
                data=body.encode(),
                headers={"Content-Type": "application/json"},
            )
        )


def test_a_function_that_writes_can_not_be_called_by_get(studio: Studio, family: Family) -> None:
    cart_id, term_id = family.cart((family.student(), studio.section())), studio.term()
    with nothing_written():
        for path, query in [
            ("rpc/quote", {"cart_id": str(cart_id)}),
            ("rpc/open_cart", {"term_id": str(term_id)}),
            ("rpc/sign_out_everywhere", {}),
            ("rpc/sign_in", {"email": family.email, "password": "wrong password"}),
            # The right one tells no more, so that a guess is never free.
            ("rpc/sign_in", {"email": family.email, "password": PASSWORD, "role": "staff"}),
        ]:
            refused(family.api.get(path, **query), "method_not_allowed")
            # By a connection of its own: PostgREST sends a body that nobody reads.
            asked = requests.head(
                f"{os.environ['POSTGREST_URL']}/{path}",
                params=query,
                headers=dict(family.api.http.headers),
                timeout=60,
            )
            assert asked.status_code == 405


def test_every_code_of_the_register_has_a_status_and_a_sentence(aydt: Studio) -> None:
    assert len(error_register()) > 40
    for code, error in error_register().items():
        assert 400 <= error["status"] < 600, code
        # {title} and the like are filled in from what went wrong.
        assert_readable(re.sub(r"\{[a-z_]+\}", "Tap 2", error["message"]))
