"""States that a sale, a refund or a batch goes through, and the control doors that bring them."""

from __future__ import annotations

import json

import pytest
import requests

from sandbox.config import ConfigError, config_from_environment
from tests.py.sandbox.client import DECLINED, Sandbox, usd
from tests.py.sandbox.test_sandbox_process import MERCHANT, environment


def state(sandbox, transaction):
    return sandbox.read(f"/transactions/{transaction['id']}")["state"]


def move(sandbox, transaction, to):
    return requests.post(
        f"{sandbox.url}/control/transactions/{transaction['id']}", json={"state": to}, timeout=5
    ).status_code


def sale_of(sandbox, session):
    found = sandbox.read(f"/payment-sessions/{session['id']}?expand=transaction")
    return found["transaction"]


# ---------------------------------------------------------------- pending


@pytest.mark.parametrize("end", ["authorized", "declined"])
def test_a_sale_may_stay_pending_until_it_is_decided(sandbox, end):
    sandbox.faults(epg={"leave_pending": 1})
    session = sandbox.session()
    assert sandbox.pay(session).status_code == 303
    sale = sale_of(sandbox, session)
    assert (sale["state"], sale["isAuthorized"]) == ("authorizationPending", False)
    assert (sale["authorizationCode"], sale["failures"]) == (None, [])
    sandbox.advance(86_400)
    assert sandbox.hook.events() == [("paymentSession", "saleAuthorizationPending")]
    void = {"type": "void", "parentTransaction": sale["id"]}
    assert sandbox.refused("/transactions", void)[0][0] == "parentNotAuthorized"
    assert move(sandbox, sale, end) == 200
    decided = sale_of(sandbox, session)
    assert (decided["state"], decided["isAuthorized"]) == (end, end == "authorized")
    assert [each["state"] for each in decided["history"]] == ["authorizationPending"]
    sandbox.deliver()
    event = "saleAuthorized" if end == "authorized" else "saleDeclined"
    assert sandbox.hook.events()[1:] == [("transaction", event), ("paymentSession", event)]
    assert move(sandbox, sale, "authorized") == 409


def test_a_pending_sale_can_decide_itself(sandbox):
    sandbox.faults(epg={"leave_pending": 2, "pending_seconds": 600})
    good, bad = sandbox.sale(), sandbox.sale(number=DECLINED)
    sandbox.advance(590)
    assert state(sandbox, good) == state(sandbox, bad) == "authorizationPending"
    sandbox.advance(10)
    assert (state(sandbox, good), state(sandbox, bad)) == ("authorized", "declined")
    sandbox.advance(1)
    assert state(sandbox, good) == "captured"


def test_a_session_takes_no_second_card_while_one_is_pending(sandbox):
    sandbox.faults(epg={"leave_pending": 1})
    session = sandbox.session()
    sandbox.pay(session)
    assert sandbox.pay(session).status_code == 409
    move(sandbox, sale_of(sandbox, session), "declined")
    assert sandbox.pay(session).status_code == 303
    assert sale_of(sandbox, session)["isAuthorized"] is True


# ---------------------------------------------------------------- held for review


def test_a_sale_may_be_held_for_review_and_released(sandbox):
    sandbox.faults(epg={"hold_for_review": 1})
    session = sandbox.session()
    assert sandbox.pay(session).status_code == 303
    sale = sale_of(sandbox, session)
    assert (sale["state"], sale["isHeldForReview"]) == ("heldForReview", True)
    sandbox.advance(60)
    assert sandbox.hook.events() == [("transaction", "saleHeldForReview")]
    assert sandbox.control("POST", "/batches/close") == []
    [found] = sandbox.read("/transactions?filter=isHeldForReview_eq_true")["items"]
    assert found["id"] == sale["id"]
    path = f"/transactions/{sale['id']}"
    released = sandbox.epg("POST", path, {"isHeldForReview": False}).json()
    assert (released["state"], released["isHeldForReview"]) == ("authorized", False)
    assert sandbox.refused(path, {"isHeldForReview": True}) == [
        ("fieldValidationFailure", "isHeldForReview")
    ]
    sandbox.advance(60)
    assert state(sandbox, sale) == "captured"
    assert sandbox.hook.events()[1:] == [
        ("transaction", "saleAuthorized"),
        ("paymentSession", "saleAuthorized"),
    ]


def test_a_held_sale_may_be_voided_or_released_by_hand(sandbox):
    sandbox.faults(epg={"hold_for_review": 2})
    first, second = sandbox.sale(), sandbox.sale()
    void = sandbox.make("/transactions", type="void", parentTransaction=first["id"])
    assert void["isAuthorized"] is True and state(sandbox, first) == "voided"
    assert move(sandbox, first, "authorized") == 409
    assert move(sandbox, second, "authorized") == 200
    assert state(sandbox, second) == "authorized"


# ---------------------------------------------------------------- declined voids and refunds


def settled_sale(sandbox, amount="25.00"):
    sale = sandbox.sale(amount)
    sandbox.advance(60)
    sandbox.control("POST", "/batches/close")
    return sale


@pytest.mark.parametrize(
    ("kind", "code"), [("void", "voidParentAlreadySettled"), ("refund", "refundAmountOverflow")]
)
def test_a_broken_rule_is_a_400_or_a_declined_child(sandbox, kind, code):
    sale = settled_sale(sandbox)
    body = {"type": kind, "parentTransaction": sale["id"], "customReference": "once"}
    if kind == "refund":
        body["total"] = usd("25.01")
    assert [each for each, _ in sandbox.refused("/transactions", body)] == [code]
    assert sandbox.read("/transactions?filter=customReference_eq_once")["size"] == 0
    sandbox.faults(epg={"broken_rules_as": 201})
    sandbox.deliver()
    sandbox.hook.received.clear()
    child = sandbox.make("/transactions", **body)
    assert (child["type"], child["state"], child["isAuthorized"]) == (kind, "declined", False)
    assert [each["code"] for each in child["failures"]] == ["declinedByGateway", code]
    parent = sandbox.read(f"/transactions/{sale['id']}")
    assert parent["state"] == "settled" and parent["relatedTransactions"] == [child["href"]]
    assert (parent["totalRefunded"], parent["totalRefundable"]) == (usd("0.00"), usd("25.00"))
    sandbox.deliver()
    assert sandbox.hook.events() == [("transaction", f"{kind}Declined")]


def test_a_request_that_makes_no_sense_stays_a_400(sandbox):
    sandbox.faults(epg={"broken_rules_as": 201})
    sale = sandbox.sale()
    body = {"type": "void", "parentTransaction": sale["id"], "total": usd("25.00")}
    assert sandbox.refused("/transactions", body) == [("fieldValidationFailure", "total")]


def test_the_processor_can_decline_voids_and_refunds(sandbox):
    sandbox.faults(
        epg={"decline_voids": 1, "decline_refunds": 1, "decline_reason": "processorError"}
    )
    sale = sandbox.sale()
    void = {"type": "void", "parentTransaction": sale["id"]}
    declined = sandbox.make("/transactions", **void)
    assert declined["state"] == "declined"
    assert [each["code"] for each in declined["failures"]] == [
        "declinedByProcessor",
        "processorError",
    ]
    sandbox.advance(1)
    assert state(sandbox, sale) == "captured"
    sandbox.control("POST", "/batches/close")
    refund = {"type": "refund", "parentTransaction": sale["id"]}
    assert sandbox.make("/transactions", **refund)["state"] == "declined"
    assert sandbox.make("/transactions", **refund)["state"] == "authorized"


def test_a_refund_can_be_declined_afterwards(sandbox):
    sale = settled_sale(sandbox)
    first = sandbox.make(
        "/transactions", type="refund", parentTransaction=sale["id"], total=usd("10.00")
    )
    assert move(sandbox, first, "captured") == 200
    assert move(sandbox, first, "declined") == 200
    parent = sandbox.read(f"/transactions/{sale['id']}")
    assert (parent["totalRefunded"], parent["totalRefundable"]) == (usd("0.00"), usd("25.00"))
    assert sandbox.read(f"/transactions/{first['id']}")["isAuthorized"] is False
    sandbox.deliver()
    assert sandbox.hook.events()[-1] == ("transaction", "refundDeclined")


def test_several_partial_refunds_add_up(sandbox):
    sale = settled_sale(sandbox)
    for amount, refunded, left in (
        ("5.00", "5.00", "20.00"),
        ("7.50", "12.50", "12.50"),
        ("12.50", "25.00", "0.00"),
    ):
        sandbox.make(
            "/transactions", type="refund", parentTransaction=sale["id"], total=usd(amount)
        )
        parent = sandbox.read(f"/transactions/{sale['id']}")
        assert (parent["totalRefunded"], parent["totalRefundable"]) == (usd(refunded), usd(left))
    assert len(parent["relatedTransactions"]) == 3


def test_the_time_to_refund_ends(sandbox):
    sale = settled_sale(sandbox)
    refund = {"type": "refund", "parentTransaction": sale["id"], "total": usd("1.00")}
    sandbox.advance(180 * 86_400 - 60)
    assert sandbox.make("/transactions", **refund)["isAuthorized"] is True
    sandbox.advance(60)
    assert sandbox.refused("/transactions", refund) == [
        ("parentNotRefundable", "parentTransaction")
    ]


# ---------------------------------------------------------------- settlement


def test_a_batch_counts_both_sides_and_can_be_asked_for(sandbox):
    first = settled_sale(sandbox, "25.00")
    second = sandbox.sale("10.50")
    refund = sandbox.make(
        "/transactions", type="refund", parentTransaction=first["id"], total=usd("5.25")
    )
    voided = sandbox.sale("99.00")
    sandbox.make("/transactions", type="void", parentTransaction=voided["id"])
    sandbox.advance(60)
    [closed] = sandbox.control("POST", "/batches/close")
    batch = sandbox.read(f"/batches/{closed['id']}")
    assert batch["state"] == "settled"
    assert batch["debits"] == {"count": 1, "total": usd("10.50")}
    assert batch["credits"] == {"count": 1, "total": usd("5.25")}
    assert batch["net"] == {"count": 2, "total": usd("5.25")}
    found = sandbox.read(f"/transactions?filter=batch_eq_{batch['id']}&limit=50")["items"]
    assert {each["id"] for each in found} == {second["id"], refund["id"]}
    assert sandbox.read("/batches?filter=state_in_settled")["size"] == 2
    assert sandbox.read("/batches?filter=state_in_rejected,failed")["size"] == 0
    assert sandbox.control("POST", "/batches/close") == []


def test_while_a_batch_is_only_submitted_nothing_goes_back(sandbox):
    sale = sandbox.sale()
    sandbox.advance(1)
    [batch] = sandbox.control("POST", "/batches/close", {"state": "submitted"})
    assert state(sandbox, sale) == "captured"
    void = {"type": "void", "parentTransaction": sale["id"]}
    assert sandbox.refused("/transactions", void)[0][0] == "voidParentAlreadySettled"
    refund = {"type": "refund", "parentTransaction": sale["id"]}
    assert sandbox.refused("/transactions", refund)[0][0] == "parentNotRefundable"
    assert sandbox.control("POST", "/batches/close") == []
    assert move(sandbox, sale, "rejected") == 409
    assert sandbox.control("POST", f"/batches/{batch['id']}", {"state": "settled"})
    assert state(sandbox, sale) == "settled"
    assert sandbox.make("/transactions", **refund)["isAuthorized"] is True
    again = requests.post(
        f"{sandbox.url}/control/batches/{batch['id']}", json={"state": "failed"}, timeout=5
    )
    assert again.status_code == 409


def test_a_rejected_batch_takes_its_sales_with_it(sandbox):
    sale = sandbox.sale()
    sandbox.advance(1)
    [batch] = sandbox.control("POST", "/batches/close", {"state": "rejected"})
    assert batch["state"] == "rejected" and state(sandbox, sale) == "rejected"
    void = {"type": "void", "parentTransaction": sale["id"]}
    assert sandbox.refused("/transactions", void)[0][0] == "voidAlreadyProcessed"
    refund = {"type": "refund", "parentTransaction": sale["id"]}
    assert sandbox.refused("/transactions", refund)[0][0] == "parentNotRefundable"


def test_what_a_failed_batch_held_is_settled_with_the_next(sandbox):
    sale = sandbox.sale()
    sandbox.advance(1)
    [failed] = sandbox.control("POST", "/batches/close", {"state": "failed"})
    assert state(sandbox, sale) == "settlementDelayed"
    [settled] = sandbox.control("POST", "/batches/close")
    assert failed["net"] == settled["net"] and failed["id"] != settled["id"]
    found = sandbox.read(f"/transactions/{sale['id']}")
    assert found["state"] == "settled" and found["batch"].endswith(settled["id"])
    assert [each["state"] for each in found["history"]] == [
        "authorized",
        "captured",
        "settlementDelayed",
    ]


def test_a_delayed_sale_can_be_refunded_and_settles_with_what_is_left(sandbox):
    sale = sandbox.sale("25.00")
    sandbox.advance(1)
    assert move(sandbox, sale, "settlementDelayed") == 200
    sandbox.make(
        "/transactions", type="refund", parentTransaction=sale["id"], total=usd("10.00")
    )
    sandbox.control("POST", "/batches/close")
    found = sandbox.read(f"/transactions/{sale['id']}")
    assert found["state"] == "settled" and found["totalRefundable"] == usd("15.00")


@pytest.mark.parametrize("path", ["captured", "settlementDelayed"])
def test_a_sale_alone_can_be_rejected_and_nobody_is_told(sandbox, path):
    sale = sandbox.sale()
    sandbox.advance(1)
    if path == "settlementDelayed":
        move(sandbox, sale, path)
    assert move(sandbox, sale, "rejected") == 200
    assert state(sandbox, sale) == "rejected"
    sandbox.deliver()
    assert sandbox.hook.events() == [("transaction", "saleAuthorized")]


def test_a_refunds_capture_is_told_when_switched_on(sandbox):
    sale = settled_sale(sandbox)
    sandbox.make("/transactions", type="refund", parentTransaction=sale["id"])
    sandbox.faults(epg={"announce_capture": True})
    sandbox.deliver()
    sandbox.hook.received.clear()
    sandbox.control("POST", "/batches/close")
    sandbox.deliver()
    assert sandbox.hook.events() == [
        ("transaction", "refundCaptured"),
        ("transaction", "refundSettled"),
    ]


def test_a_merchants_batch_closes_daily_by_the_clock(serve, merchants, hook_server, tmp_path):
    daily = tuple(
        type(each)(**{**vars(each), "auto_settle_at": "04:30"}) for each in merchants
    )
    url, stop = serve(tmp_path / "state.sqlite", daily)
    sandbox = Sandbox(url, hook_server[1], tmp_path)
    sale = sandbox.sale()
    sandbox.advance(86_400)
    assert state(sandbox, sale) == "settled"
    assert sandbox.read("/batches")["size"] == 1
    sandbox.advance(86_400)
    assert sandbox.read("/batches")["size"] == 1
    sandbox.sale()
    sandbox.sale()
    sandbox.advance(86_400)
    assert [each["net"]["count"] for each in sandbox.read("/batches")["items"]] == [2, 1]
    stop()


@pytest.mark.parametrize("hour", ["24:00", "4:30", "soon"])
def test_an_hour_that_is_none_is_refused(tmp_path, hour):
    settings = environment(
        tmp_path, SANDBOX_EPG_MERCHANTS=json.dumps([{**MERCHANT, "auto_settle_at": hour}])
    )
    with pytest.raises(ConfigError, match="auto_settle_at"):
        config_from_environment(settings)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/batches/close", {"state": "open"}, 400),
        ("/batches/none", {"state": "settled"}, 404),
        ("/transactions/none", {"state": "captured"}, 404),
        ("/notifications", {"event_type": "x", "resource_type": "y"}, 400),
        (
            "/notifications",
            {"event_type": "x", "resource_type": "y", "resource_id": "z", "merchant_id": "m"},
            404,
        ),
    ],
)
def test_bad_control_calls_about_states(sandbox, path, body, status):
    response = requests.post(f"{sandbox.url}/control{path}", json=body, timeout=5)
    assert response.status_code == status and response.json()["error"]
