"""Cards and transactions (the gateway's contract, sections 6.4 to 7 and 11)."""

from __future__ import annotations

import pytest
import requests

from tests.py.sandbox.client import APPROVED, CENTS, DECLINED, card, usd


def codes(transaction):
    return [each["code"] for each in transaction["failures"]]


def settle(sandbox, transaction):
    sandbox.advance(1)
    sandbox.control("POST", "/batches/close")
    return sandbox.read(f"/transactions/{transaction['id']}")


def test_a_sale_is_authorized_and_captured_moments_later(sandbox):
    sandbox.faults(epg={"capture_delay_ms": 60_000})
    sale = sandbox.sale("25.00", customReference="try-1")
    assert (sale["state"], sale["isAuthorized"], sale["history"]) == ("authorized", True, [])
    assert sale["authorizationCode"] and sale["failures"] == []
    path = f"/transactions/{sale['id']}"
    sandbox.advance(30)
    assert sandbox.read(path)["state"] == "authorized"
    sandbox.advance(30)
    later = sandbox.read(path)
    assert later["state"] == "captured"
    assert [each["state"] for each in later["history"]] == ["authorized"]


def test_a_decline_is_a_created_transaction(sandbox):
    sale = sandbox.sale(number=DECLINED)
    assert (sale["state"], sale["isAuthorized"]) == ("declined", False)
    assert codes(sale) == ["declinedByIssuer"]
    assert sale["authorizationCode"] is None
    sandbox.advance(60)
    assert sandbox.read(f"/transactions/{sale['id']}")["state"] == "declined"


@pytest.mark.parametrize(
    ("amount", "number", "expected"),
    [
        ("25.00", APPROVED, []),
        ("25.51", APPROVED, []),
        ("25.00", CENTS, []),
        ("25.67", CENTS, []),
        ("25.51", CENTS, ["declinedByIssuer"]),
        ("25.96", "6011000000000004", ["declinedByIssuer"]),
        ("25.00", "4539357499250369", ["declinedByProcessor"]),
    ],
)
def test_cards_and_cents_decide(sandbox, amount, number, expected):
    assert codes(sandbox.sale(amount, number)) == expected


def test_an_expired_card_is_declined_with_its_reason(sandbox):
    sale = sandbox.make(
        "/transactions",
        total=usd("25.00"),
        card=card(expirationYear=2020),
        shopperInteraction="mailOrder",
    )
    assert codes(sale) == ["declinedByProcessor", "cardExpired"]


def test_ecommerce_without_3ds_is_declined_where_it_is_enforced(sandbox):
    body = {"total": usd("25.00"), "card": card()}
    assert codes(sandbox.make("/transactions", **body)) == [
        "declinedByGateway",
        "3dsEnforcedOnEcommerceSales",
    ]
    proof = {"directoryServerTransactionId": "ds1", "transactionStatus": "Y"}
    assert codes(sandbox.make("/transactions", **body, threeDSecure=proof)) == []
    elsewhere = sandbox.epg("POST", "/transactions", body, auth=("studio-two", "sk_two"))
    assert codes(elsewhere.json()) == []


def test_amount_22_22_is_processed_without_an_answer(sandbox):
    with pytest.raises(requests.ConnectionError):
        sandbox.sale("22.22", customReference="lost-1")
    found = sandbox.read("/transactions?filter=customReference_eq_lost-1")
    assert [each["isAuthorized"] for each in found["items"]] == [True]


@pytest.mark.parametrize(
    ("fields", "failure"),
    [
        ({"total": None}, "total"),
        ({"card": None}, None),
        ({"storedCard": "nosuchcard"}, "storedCard"),
        ({"total": {"amount": "1.00", "currencyCode": "EUR"}}, "total.currencyCode"),
        ({"shopperInteraction": "merchantInitiated"}, "credentialOnFileType"),
        (
            {"shopperInteraction": "merchantInitiated", "credentialOnFileType": "none"},
            "credentialOnFileType",
        ),
        ({"shopperInteraction": "inPerson"}, "shopperInteraction"),
        ({"order": "nosuchorder"}, "order"),
        ({"card": card("4546341111111112")}, "card.number"),
        ({"forexAdvice": "x"}, "forexAdvice"),
    ],
)
def test_sale_rules(sandbox, fields, failure):
    body = {
        "total": usd("25.00"),
        "card": card(),
        "shopperInteraction": "telephoneOrder",
        **fields,
    }
    assert ("fieldValidationFailure", failure) in sandbox.refused("/transactions", body)
    assert sandbox.read("/transactions")["size"] == 0


@pytest.mark.parametrize("word", ["moto", "merchant", "recurring", "installment"])
def test_unknown_interactions_can_not_be_bound(sandbox, word):
    body = {"total": usd("25.00"), "card": card(), "shopperInteraction": word}
    assert sandbox.refused("/transactions", body) == [("jsonBindingFailure", "shopperInteraction")]


def test_a_sale_agrees_with_its_order(sandbox):
    order = sandbox.order(orderReference="REG-1")
    body = {"total": usd("5.00"), "card": card(), "order": order["id"]}
    assert sandbox.refused("/transactions", {**body, "orderReference": "REG-2"}) == [
        ("fieldValidationFailure", "orderReference")
    ]
    assert sandbox.make("/transactions", **body)["orderReference"] == "REG-1"


def test_what_is_shown_of_a_card(sandbox):
    shown = sandbox.sale()["card"]
    assert shown["maskedNumber"] == "XXXX.XXXX.XXXX.1119"
    assert (shown["bin"], shown["last4"], shown["scheme"]) == ("454634", "1119", "visa")
    assert shown["isDebit"] == "false" and shown["isDccAllowed"] == "unknown"
    assert not {"number", "securityCode"} & set(shown)
    assert not [name for name in shown if name.startswith("_")]
    assert shown["panFingerprint"] == sandbox.sale("1.00")["card"]["panFingerprint"]
    assert shown["panFingerprint"] != sandbox.sale("1.00", CENTS)["card"]["panFingerprint"]


def test_the_security_code_is_verified_but_authorizes_all_the_same(sandbox):
    for code, result in (("121", "matched"), ("122", "unmatched")):
        sale = sandbox.make(
            "/transactions",
            total=usd("1.00"),
            card=card(securityCode=code),
            shopperInteraction="telephoneOrder",
        )
        assert sale["isAuthorized"] is True
        assert sale["verificationResults"]["securityCode"] == result


def test_a_hosted_card_serves_once(sandbox):
    hosted = sandbox.make("/hosted-cards", card=card())
    body = {
        "total": usd("1.00"),
        "hostedCard": hosted["href"],
        "shopperInteraction": "telephoneOrder",
    }
    sale = sandbox.make("/transactions", **body)
    assert sale["isAuthorized"] is True and sale["hostedCard"] is None
    assert sandbox.refused("/transactions", body) == [("fieldValidationFailure", "hostedCard")]


def test_a_hosted_card_lives_thirty_minutes(sandbox):
    hosted = sandbox.make("/hosted-cards", card=card())
    shopper = sandbox.make("/shoppers", fullName="Ana")
    sandbox.advance(30 * 60)
    body = {"shopper": shopper["id"], "hostedCard": hosted["id"]}
    assert sandbox.refused("/stored-cards", body) == [("fieldValidationFailure", "hostedCard")]


def test_stored_cards(sandbox):
    shopper = sandbox.make("/shoppers", fullName="Ana")
    hosted = sandbox.make("/hosted-cards", card=card())
    body = {"shopper": shopper["href"], "hostedCard": hosted["href"]}
    stored = sandbox.make("/stored-cards", **body, credentialOnFileType="recurring")
    assert stored["card"]["last4"] == "1119" and stored["credentialOnFileType"] == "recurring"
    # Storing didn't use the hosted card up: what is refused is the second copy of the number.
    assert sandbox.refused("/stored-cards", body) == [("fieldValidationFailure", "card.number")]
    assert ("fieldValidationFailure", None) in sandbox.refused(
        "/stored-cards", {**body, "card": card()}
    )
    listed = sandbox.read(f"/shoppers/{shopper['id']}/stored-cards")
    assert [each["id"] for each in listed["items"]] == [stored["id"]]

    charge = {
        "total": usd("25.00"),
        "storedCard": stored["id"],
        "shopperInteraction": "merchantInitiated",
        "credentialOnFileType": "recurring",
    }
    sale = sandbox.make("/transactions", **charge)
    assert sale["isAuthorized"] is True
    assert sale["storedCard"] == stored["href"] and sale["shopper"] == shopper["href"]
    other = sandbox.make("/shoppers", fullName="Bea")
    assert sandbox.refused("/transactions", {**charge, "shopper": other["id"]}) == [
        ("fieldValidationFailure", "storedCard")
    ]
    sandbox.epg("DELETE", f"/stored-cards/{stored['id']}")
    assert sandbox.refused("/transactions", charge) == [("fieldValidationFailure", "storedCard")]


def test_authorize_only_then_capture(sandbox):
    sale = sandbox.sale(doCapture=False)
    path = f"/transactions/{sale['id']}"
    sandbox.advance(3600)
    assert sandbox.read(path)["state"] == "authorized"
    assert sandbox.refused(path, {"total": usd("1.00")}) == [("jsonBindingFailure", "total")]
    captured = sandbox.epg("POST", path, {"doCapture": True, "invoiceNumber": "7"}).json()
    assert (captured["state"], captured["invoiceNumber"]) == ("captured", "7")
    assert sandbox.refused(path, {"doCapture": False}) == [("fieldValidationFailure", "doCapture")]


def test_an_authorization_expires(sandbox):
    sale = sandbox.sale(doCapture=False)
    sandbox.advance(7 * 86_400)
    assert sandbox.read(f"/transactions/{sale['id']}")["state"] == "expired"
    body = {"type": "void", "parentTransaction": sale["id"]}
    assert sandbox.refused("/transactions", body) == [("parentNotAuthorized", "parentTransaction")]


def test_void(sandbox):
    sale = sandbox.sale()
    body = {"type": "void", "parentTransaction": sale["href"], "customReference": "v-1"}
    assert sandbox.refused("/transactions", {**body, "total": usd("1.00")}) == [
        ("fieldValidationFailure", "total")
    ]
    child = sandbox.make("/transactions", **body)
    assert (child["type"], child["state"], child["isAuthorized"]) == ("void", "authorized", True)
    assert child["total"] == sale["total"] and child["authorizationCode"] is None
    assert child["parentTransaction"] == sale["href"] and child["card"]["last4"] == "1119"
    parent = sandbox.read(f"/transactions/{sale['id']}")
    assert parent["state"] == "voided" and parent["relatedTransactions"] == [child["href"]]
    assert sandbox.refused("/transactions", body) == [("voidAlreadyProcessed", "parentTransaction")]
    again = {"type": "void", "parentTransaction": child["id"]}
    assert sandbox.refused("/transactions", again) == [("parentNotVoidable", "parentTransaction")]
    sandbox.advance(60)
    assert sandbox.read(f"/transactions/{sale['id']}")["state"] == "voided"


def test_settling_and_refunding(sandbox):
    sale = sandbox.sale("25.00")
    refund = {"type": "refund", "parentTransaction": sale["id"]}
    assert sandbox.refused("/transactions", refund)[0][0] == "parentNotRefundable"
    settled = settle(sandbox, sale)
    assert settled["state"] == "settled" and settled["totalRefundable"] == usd("25.00")
    batch = sandbox.read("/batches/" + settled["batch"].rsplit("/", 1)[1])
    assert batch["debits"] == {"count": 1, "total": usd("25.00")}
    void = {"type": "void", "parentTransaction": sale["id"]}
    assert sandbox.refused("/transactions", void)[0][0] == "voidParentAlreadySettled"

    part = sandbox.make("/transactions", **refund, total=usd("10.00"))
    assert (part["type"], part["state"], part["isAuthorized"]) == ("refund", "authorized", True)
    over = sandbox.refused("/transactions", {**refund, "total": usd("15.01")})
    assert over == [("refundAmountOverflow", "total.amount")]
    rest = sandbox.make("/transactions", **refund)
    assert rest["total"] == usd("15.00")
    parent = sandbox.read(f"/transactions/{sale['id']}")
    assert parent["state"] == "settled"
    assert (parent["totalRefunded"], parent["totalRefundable"]) == (usd("25.00"), usd("0.00"))
    assert sandbox.refused("/transactions", refund)[0][0] == "refundAlreadyProcessed"

    sandbox.make("/transactions", type="void", parentTransaction=part["id"])
    parent = sandbox.read(f"/transactions/{sale['id']}")
    assert parent["totalRefunded"] == usd("15.00")
    assert settle(sandbox, rest)["state"] == "settled"
    assert sandbox.read(f"/transactions/{part['id']}")["state"] == "voided"
    child = {"type": "refund", "parentTransaction": rest["id"]}
    assert sandbox.refused("/transactions", child)[0][0] == "invalidRefundParentTxnType"


def test_declined_and_uncaptured_sales_are_not_refunded(sandbox):
    declined = sandbox.sale(number=DECLINED)
    body = {"type": "refund", "parentTransaction": declined["id"]}
    assert sandbox.refused("/transactions", body)[0][0] == "parentNotAuthorized"
    held = sandbox.sale(doCapture=False)
    body = {"type": "refund", "parentTransaction": held["id"]}
    assert sandbox.refused("/transactions", body)[0][0] == "invalidRefundParentCaptureFlag"


def test_transaction_filters(sandbox):
    start = sandbox.control("GET", "/clock")["now"]
    order = sandbox.order(orderReference="REG-9")
    first = sandbox.sale("1.00", customReference="a", order=order["id"])
    sandbox.advance(60)
    middle = sandbox.control("GET", "/clock")["now"]
    second = sandbox.sale("30.00", DECLINED, customReference="b")
    void = sandbox.make("/transactions", type="void", parentTransaction=first["id"])
    everything = {first["id"], second["id"], void["id"]}

    def found(*filters):
        query = "&".join(f"filter={each}" for each in filters)
        return {each["id"] for each in sandbox.read(f"/transactions?{query}")["items"]}

    assert found("customReference_eq_a") == {first["id"]}
    assert found("orderReference_eq_REG-9") == {first["id"], void["id"]}
    assert found("type_eq_void") == {void["id"]}
    assert found("type_ne_void") == everything - {void["id"]}
    assert found("state_in_declined,voided") == {first["id"], second["id"]}
    assert found(f"createdAt_ge_{middle}") == {second["id"], void["id"]}
    assert found(f"createdAt_ge_{start}", f"createdAt_lt_{middle}") == {first["id"]}
    assert found(f"parentTransaction_eq_{first['id']}") == {void["id"]}
    assert found("parentTransaction_is_null") == everything - {void["id"]}
    assert found("total.amount_gt_9.99") == {second["id"]}
    assert found("type_eq_sale", "customReference_eq_b") == {second["id"]}
    for bad in ("paymentSession_eq_x", "createdAt_ge_yesterday", "state_eq_voided"):
        response = sandbox.epg("GET", f"/transactions?filter={bad}")
        assert response.json()["failures"][1]["code"] == "filterParseFailure"
    merchants = sandbox.read("/merchants")
    assert [each["id"] for each in merchants["items"]] == ["mch1"]
