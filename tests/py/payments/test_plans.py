"""A registration that is paid in parts: the card is stored, the first part charged, the others later."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from demo.api import Refused
from tests.py.payments.plans import (
    attempts_of,
    business_day,
    charge,
    charge_only,
    collected,
    hold,
    installments_of,
    plan_of,
    states_of,
)
from tests.py.payments.support import (
    DECLINED,
    Gateway,
    ask_for_session,
    end_session,
    eventually,
    kill,
    let_leases_run_out,
    open_session,
    payments_of,
    repair,
    rest,
    rows,
    run_as_superuser,
    status_of,
    transactions_of,
)
from tests.py.support import Family, Studio, run_job


def posts(gateway: Gateway, path: str, since: int = 0) -> list[dict[str, object]]:
    """Return the requests of the kind that makes something, as the gateway has got them."""
    return [
        each
        for each in gateway.requests(since)
        if each["method"] == "POST" and each["path"] == path
    ]


def charges_of(
    gateway: Gateway, registration: dict[str, object], since: int = 0
) -> list[dict[str, object]]:
    """Return the requests to charge a card for a registration, as the gateway has got them."""
    references = {payment["reference"] for payment in payments_of(registration)}
    return [
        each
        for each in posts(gateway, "/transactions", since)
        if each["body"].get("customReference") in references
    ]


def enrolled(gateway: Gateway, family: Family, section_id: int) -> dict[str, object]:
    """Return a registration that is confirmed by the first part of five."""
    registration = hold(family, section_id)
    assert gateway.pay(open_session(family, registration)) == 303
    collected(family, registration)
    assert status_of(registration) == "confirmed"
    return registration


def test_the_first_part_confirms_and_the_others_are_charged_when_they_are_due(
    gateway: Gateway, family: Family, section_id: int, elmst: Studio
) -> None:
    registration = hold(family, section_id)
    parts = registration["schedule"]
    assert len(parts) == 5
    session = open_session(family, registration)
    assert session["amount_minor"] == parts[0]["amount_minor"]
    mark = gateway.mark()
    assert gateway.pay(session) == 303
    # The page has moved no money.
    assert transactions_of(registration) == []
    collected(family, registration)

    assert status_of(registration) == "confirmed"
    # At once or a moment later it is captured.
    (sale,) = transactions_of(registration)
    assert (sale[0], sale[2]) == ("sale", parts[0]["amount_minor"])
    (stored,) = posts(gateway, "/stored-cards", mark)
    assert set(stored["body"]) == {"shopper", "hostedCard"}
    (charged,) = charges_of(gateway, registration)
    assert charged["body"]["shopperInteraction"] == "merchantInitiated"
    assert charged["body"]["credentialOnFileType"] == "recurring"
    assert charged["body"]["doCapture"] is True
    assert states_of(registration) == ["paid"] + ["scheduled"] * 4
    assert [i["amount_minor"] for i in installments_of(registration)] == [
        p["amount_minor"] for p in parts
    ]
    assert [i["due_on"].isoformat() for i in installments_of(registration)] == [
        p["due_on"] for p in parts
    ]
    (method,) = rows(
        "select m.* from payment.stored_methods as m where m.family_id = %s", family.id
    )
    assert (method["card_last4"], method["status"]) == ("1119", "active")
    assert plan_of(registration)["stored_method_id"] == method["id"]
    assert [m["id"] for m in family.api.read("stored_methods")] == [method["id"]]
    assert len(family.api.read("installments")) == 5

    for number in range(1, 5):
        due_on = installments_of(registration)[number]["due_on"]
        charge(elmst, business_day(due_on))
        eventually(lambda n=number: states_of(registration)[n] == "paid")
    rest()
    assert plan_of(registration)["status"] == "completed"
    assert sum(t[2] for t in transactions_of(registration)) == registration["total_minor"]
    assert len({c["body"]["customReference"] for c in charges_of(gateway, registration)}) == 5
    mails = [m["subject"] for m in gateway.inbox(family.email)]
    assert len([m for m in mails if "your installment is paid" in m]) == 4


def test_coming_back_many_times_stores_and_charges_one_card_once(
    gateway: Gateway, family: Family, section_id: int
) -> None:
    registration = hold(family, section_id)
    session = open_session(family, registration)
    mark = gateway.mark()
    gateway.pay(session)
    with ThreadPoolExecutor(6) as pool:
        list(
            pool.map(
                lambda _: family.api.call("check_payment", payment_id=session["payment_id"]),
                range(6),
            )
        )
        end_session(session["payment_id"])
        list(pool.map(lambda _: run_job("payment.ask_ended_sessions"), range(2)))
    eventually(lambda: status_of(registration) == "confirmed")
    rest()
    assert len(posts(gateway, "/stored-cards", mark)) == 1
    assert len(charges_of(gateway, registration, mark)) == 1
    assert states_of(registration) == ["paid"] + ["scheduled"] * 4


def test_nobody_comes_back_and_the_job_goes_on(
    gateway: Gateway, family: Family, section_id: int
) -> None:
    registration = hold(family, section_id)
    session = open_session(family, registration)
    gateway.pay(session)
    end_session(session["payment_id"])
    run_job("payment.ask_ended_sessions")
    eventually(lambda: status_of(registration) == "confirmed")
    rest()
    assert states_of(registration) == ["paid"] + ["scheduled"] * 4


@pytest.mark.parametrize("path", ["/stored-cards", "/transactions"])
def test_a_lost_answer_is_asked_for_and_nothing_made_twice(
    gateway: Gateway, family: Family, section_id: int, path: str
) -> None:
    registration = hold(family, section_id)
    session = open_session(family, registration)
    mark = gateway.mark()
    gateway.pay(session)
    gateway.faults(epg={"withhold_answer": 1, "path": path, "method": "POST"})
    collected(family, registration)
    assert status_of(registration) == "confirmed"
    assert len(posts(gateway, path, mark)) == 1
    assert len(transactions_of(registration)) == 1


@pytest.mark.parametrize("path", ["/hosted-cards", "/stored-cards", "/transactions"])
def test_a_gateway_that_fails_for_a_while_changes_nothing_in_the_end(
    gateway: Gateway, family: Family, section_id: int, path: str
) -> None:
    registration = hold(family, section_id)
    session = open_session(family, registration)
    gateway.pay(session)
    gateway.faults(epg={"status": 500, "times": 2, "path": path})
    collected(family, registration)
    assert status_of(registration) == "confirmed"
    assert len(transactions_of(registration)) == 1


def test_a_declined_card_may_be_followed_by_another_one(
    gateway: Gateway, family: Family, section_id: int
) -> None:
    registration = hold(family, section_id)
    session = open_session(family, registration)
    assert gateway.pay(session, DECLINED) == 303
    collected(family, registration)
    assert status_of(registration) == "pending_payment"
    assert [p["status"] for p in payments_of(registration)] == ["declined"]

    again = open_session(family, registration)
    assert again["payment_id"] != session["payment_id"]
    gateway.pay(again)
    collected(family, registration)
    assert status_of(registration) == "confirmed"
    assert [p["status"] for p in payments_of(registration)] == ["declined", "authorized"]


def test_a_card_that_is_stored_already_is_found_again(
    gateway: Gateway, elmst: Studio, family: Family, section_id: int
) -> None:
    enrolled(gateway, family, section_id)
    second = hold(family, elmst.section(capacity=None))
    mark = gateway.mark()
    gateway.pay(open_session(family, second))
    collected(family, second)
    assert status_of(second) == "confirmed"
    # The one we keep is known by its fingerprint.
    assert posts(gateway, "/stored-cards", mark) == []
    run_as_superuser(
        "update payment.stored_methods set fingerprint = null"
        f" where family_id = {family.id}"
    )
    third = hold(family, elmst.section(capacity=None))
    gateway.pay(open_session(family, third))
    collected(family, third)
    # The gateway refuses to store it twice, and is asked which one it is.
    assert status_of(third) == "confirmed"
    assert len(posts(gateway, "/stored-cards", mark)) == 1
    assert len(
        rows("select from payment.stored_methods as m where m.family_id = %s", family.id)
    ) == 1


def test_a_card_that_the_gateway_no_longer_has_is_for_staff_who_are_told_once(
    gateway: Gateway, family: Family, section_id: int, elmst: Studio
) -> None:
    registration = enrolled(gateway, family, section_id)
    part = installments_of(registration)[1]
    run_as_superuser(
        "update payment.stored_methods set fingerprint = null, gateway_id = 'stc_gone_'"
        f" || id where family_id = {family.id}"
    )
    # The gateway knows no such card: that is final.
    charge(elmst, business_day(part["due_on"]))
    eventually(lambda: states_of(registration)[1] == "failed")
    assert [a[:2] for a in attempts_of(part["id"])] == [(1, "declined")]
    (method,) = rows(
        "select m.status from payment.stored_methods as m where m.family_id = %s", family.id
    )
    assert method["status"] == "unusable"
    owner, email = elmst.worker("owner")
    assert owner.token
    # A day that no other test has.
    on = business_day(date.today() + timedelta(days=4000))
    assert studio_summary(elmst, on) >= 1
    assert studio_summary(elmst, on) == 0
    rest()
    (mail,) = gateway.inbox(email)
    assert "installments that need you" in mail["subject"]
    assert "Stone, due" in mail["text"]


def studio_summary(studio: Studio, as_of: object) -> int:
    """Do what the job of the summary does at an instant."""
    return studio.ask("select payment.charge_summary(%s)", as_of)


def declining_card(gateway: Gateway, family: Family) -> None:
    """Let the family's stored card be one that the issuer declines from now on."""
    shopper = rows(
        "select s.gateway_id from payment.shoppers as s where s.family_id = %s", family.id
    )[0]["gateway_id"]
    stored = gateway.api(
        "POST",
        "/stored-cards",
        {
            "shopper": shopper,
            "card": {
                "holderName": "Quentin Xylander",
                "number": DECLINED,
                "expirationMonth": 12,
                "expirationYear": date.today().year + 3,
                "securityCode": "123",
            },
        },
    )
    run_as_superuser(
        f"update payment.stored_methods set gateway_id = '{stored['id']}', fingerprint = null"
        f" where family_id = {family.id}"
    )


def test_a_decline_moves_to_the_next_business_day_and_the_third_one_is_the_last(
    gateway: Gateway, family: Family, section_id: int, elmst: Studio
) -> None:
    registration = enrolled(gateway, family, section_id)
    declining_card(gateway, family)
    part = installments_of(registration)[1]
    day = business_day(part["due_on"])
    for number in (1, 2, 3):
        charge(elmst, day)
        eventually(lambda n=number: len(attempts_of(part["id"])) == n)
        rest()
        assert attempts_of(part["id"])[-1][1:] == ("declined", "declinedByIssuer")
        state = states_of(registration)[1]
        assert state == ("failed" if number == 3 else "scheduled")
        # Once a business day.
        if number < 3:
            next_on = installments_of(registration)[1]["next_attempt_on"]
            assert next_on is not None and next_on.isoweekday() <= 5
            run_as_superuser(
                f"update payment.installments set next_attempt_on = '{day.date()}'::date + 1"
                f" where id = {part['id']}"
            )
            charge(elmst, day)
            rest()
            assert len(attempts_of(part["id"])) == number
        day = business_day(day.date() + timedelta(days=1))
    # No fourth by itself; by staff, or with another card.
    charge(elmst, business_day(day.date() + timedelta(days=7)))
    rest()
    assert [a for a in attempts_of(part["id"]) if a[0] > 3] == []
    staff = elmst.staff()
    staff.call("charge_installment", installment_id=part["id"])
    eventually(lambda: states_of(registration)[1] == "failed")
    assert len(attempts_of(part["id"])) == 4

    session = open_session_for(family, registration, part["id"])
    gateway.pay(session)
    collected(family, registration)
    assert states_of(registration)[1] == "paid"
    assert installments_of(registration)[1]["last_error"] is None
    # The card that paid is the plan's from now on.
    charge(elmst, business_day(installments_of(registration)[2]["due_on"]))
    eventually(lambda: states_of(registration)[2] == "paid")


def open_session_for(
    family: Family, registration: dict[str, object], installment_id: int
) -> dict[str, object]:
    """Begin to pay a part by hand and return the session."""
    response = ask_for_session(
        family, registration["registration_id"], installment_id=installment_id
    )
    assert response.status_code == 201, response.text
    return response.json()


def test_two_jobs_at_once_and_again_charge_once(
    gateway: Gateway, family: Family, section_id: int, elmst: Studio
) -> None:
    registration = enrolled(gateway, family, section_id)
    part = installments_of(registration)[1]
    mark = gateway.mark()
    day = business_day(part["due_on"])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: charge(elmst, day), range(4)))
    eventually(lambda: states_of(registration)[1] == "paid")
    charge(elmst, day)
    rest()
    assert len(attempts_of(part["id"])) == 1
    assert len(charges_of(gateway, registration, mark)) == 1


def test_the_jobs_run_as_login_scheduler(
    gateway: Gateway, family: Family, section_id: int
) -> None:
    registration = enrolled(gateway, family, section_id)
    for job in ("payment.charge_due_installments", "payment.summarize_charges"):
        run_job(job)
        run_job(job)
        done = rows(
            "select distinct r.status, r.error from ops.job_runs as r where r.job = %s", job
        )
        assert done == [{"status": "done", "error": None}]
    # Nothing of it is due yet.
    assert states_of(registration) == ["paid"] + ["scheduled"] * 4


def test_a_charge_whose_answer_is_lost_is_found_by_its_reference(
    gateway: Gateway, family: Family, section_id: int, elmst: Studio
) -> None:
    registration = enrolled(gateway, family, section_id)
    part = installments_of(registration)[1]
    mark = gateway.mark()
    gateway.faults(
        epg={"withhold_answer": 1, "path": "/transactions", "method": "POST"}
    )
    charge_only(elmst, part)
    eventually(lambda: states_of(registration)[1] == "paid")
    rest()
    assert len(charges_of(gateway, registration, mark)) == 1
    assert attempts_of(part["id"]) == [(1, "paid", None)]


def test_who_pays_by_hand_at_that_moment_pays_once(
    gateway: Gateway, family: Family, section_id: int, elmst: Studio
) -> None:
    registration = enrolled(gateway, family, section_id)
    part = installments_of(registration)[1]
    session = open_session_for(family, registration, part["id"])
    # While the page is open, nothing is charged by itself.
    charge(elmst, business_day(part["due_on"]))
    rest()
    assert attempts_of(part["id"]) == []
    gateway.pay(session)
    collected(family, registration)
    assert states_of(registration)[1] == "paid"
    charge(elmst, business_day(part["due_on"]))
    rest()
    assert attempts_of(part["id"]) == []
    refused = ask_for_session(
        family, registration["registration_id"], installment_id=part["id"]
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "installment_closed")


def test_a_deposit_is_paid_on_the_page_and_the_balance_by_hand(
    gateway: Gateway, family: Family, section_id: int
) -> None:
    registration = hold(family, section_id, "deposit")
    session = open_session(family, registration)
    assert session["amount_minor"] == registration["schedule"][0]["amount_minor"]
    assert gateway.pay(session) == 303
    eventually(lambda: status_of(registration) == "confirmed")
    rest()
    assert states_of(registration) == ["paid", "scheduled"]
    assert plan_of(registration)["auto_pay"] is False
    assert rows(
        "select from payment.stored_methods as m where m.family_id = %s", family.id
    ) == []
    balance = installments_of(registration)[1]
    session = open_session_for(family, registration, balance["id"])
    assert session["amount_minor"] == balance["amount_minor"]
    gateway.pay(session)
    eventually(lambda: states_of(registration) == ["paid", "paid"])
    rest()
    assert plan_of(registration)["status"] == "completed"
    assert [t[0] for t in transactions_of(registration)] == ["sale", "sale"]


def test_an_amount_that_the_payer_does_not_expect_is_not_begun(
    family: Family, section_id: int
) -> None:
    registration = hold(family, section_id)
    due = registration["schedule"][0]["amount_minor"]
    for believed in (due - 2, due + 2, registration["total_minor"]):
        refused = ask_for_session(
            family, registration["registration_id"], amount_minor=believed
        )
        assert (refused.status_code, refused.json()["code"]) == (409, "amount_changed")
    assert payments_of(registration) == []
    assert (
        ask_for_session(
            family, registration["registration_id"], amount_minor=due + 1
        ).status_code
        == 201
    )


def test_a_stored_card_is_removed_only_when_no_plan_needs_it(
    gateway: Gateway, family: Family, section_id: int
) -> None:
    registration = enrolled(gateway, family, section_id)
    (method,) = family.api.read("stored_methods")
    with pytest.raises(Refused) as refused:
        family.api.call("remove_stored_method", stored_method_id=method["id"])
    assert refused.value.code == "stored_method_in_use"
    assert status_of(registration) == "confirmed"


def test_the_courier_dies_after_it_has_sent_a_charge(
    gateway: Gateway, family: Family, section_id: int, elmst: Studio
) -> None:
    registration = enrolled(gateway, family, section_id)
    part = installments_of(registration)[1]
    mark = gateway.mark()
    gateway.faults(
        epg={
            "withhold_answer": 1, "withhold_seconds": 20, "path": "/transactions",
            "method": "POST",
        }
    )
    charge_only(elmst, part)
    eventually(lambda: charges_of(gateway, registration, mark))
    kill("courier")
    gateway.faults()
    let_leases_run_out()
    repair()
    eventually(lambda: states_of(registration)[1] == "paid")
    rest()
    assert len(charges_of(gateway, registration, mark)) == 1
    assert_nothing_open(registration)


def assert_nothing_open(registration: dict[str, object]) -> None:
    """Assert that no payment of a registration waits for anything."""
    assert {p["status"] for p in payments_of(registration)} == {"authorized"}


