"""Transactions: sales, voids, refunds and captures (the gateway's contract, sections 6.7 and 7).

A valid request makes a transaction even when it is declined. Broken rules of voids and refunds are
answered with 400; the contract leaves open whether some of them arrive as declined children.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sandbox.config import Merchant
from sandbox.epg import cards, links, sessions
from sandbox.epg.errors import Failure, GatewayError, invalid, refuse_if
from sandbox.epg.fields import amount_text
from sandbox.epg.gateway import Body, Gateway
from sandbox.store import timestamp

AUTHORIZATION_LIFE = timedelta(days=7)
WITHHELD_AMOUNT = Decimal("22.22")
SOURCES = ("card", "hostedCard", "storedCard", "paymentSession")
MERCHANT_INITIATED_TYPES = ("recurring", "subscription", "unscheduled")
SALE_ONLY = (*SOURCES, "order", "orderReference", "shopper", "threeDSecure", "credentialOnFileData")


def create(gateway: Gateway, merchant: Merchant, given: Mapping[str, Any]) -> Body:
    """Carry out a sale, a void or a refund and return the transaction."""
    values = gateway.bind_new("transactions", given)
    if values["type"] == "sale":
        return _sale(gateway, merchant, values)
    failures: list[Failure] = []
    if values["parentTransaction"] is None:
        failures.append(invalid("is required", "parentTransaction"))
    for name in SALE_ONLY:
        if values[name] is not None:
            failures.append(invalid("must be null for a void or refund", name))
    parent = gateway.refer("transactions", merchant, values, "parentTransaction", failures)
    refuse_if(failures)
    if parent is None:
        raise RuntimeError("a missing parent was not noted")
    return _reverse(gateway, merchant, values, parent)


# Sale -------------------------------------------------------------------------------------------


def _sale(gateway: Gateway, merchant: Merchant, values: Body) -> Body:
    """Check a sale that came through the API and carry it out."""
    failures: list[Failure] = []
    if values["parentTransaction"] is not None:
        failures.append(invalid("must be null for a sale", "parentTransaction"))
    if values["total"] is None:
        failures.append(invalid("is required", "total"))
    elif values["total"]["currencyCode"] != merchant.currency:
        failures.append(invalid("the merchant does not take this currency", "total.currencyCode"))
    if sum(values[name] is not None for name in SOURCES) != 1:
        failures.append(invalid(f"exactly one of {', '.join(SOURCES)} is wanted"))
    _check_interaction(values, failures)
    session = gateway.refer("payment-sessions", merchant, values, "paymentSession", failures)
    hosted = cards.usable_hosted_card(gateway, merchant, values, failures)
    stored = gateway.refer("stored-cards", merchant, values, "storedCard", failures)
    shopper = gateway.refer("shoppers", merchant, values, "shopper", failures)
    if stored and shopper and stored["shopper"] != shopper["id"]:
        failures.append(invalid("the stored card belongs to another shopper", "storedCard"))
    order = gateway.refer("orders", merchant, values, "order", failures)
    if session is not None:
        hosted = _card_of_session(gateway, merchant, values, session, failures)
        if order is not None and order["id"] != session["order"]:
            failures.append(invalid("not the order of the session", "order"))
        order = gateway.find("orders", merchant, session["order"])
    if order is not None:
        _check_order(values, order, failures)
    refuse_if(failures)

    three_d_secure = values["threeDSecure"]
    if session is not None:
        three_d_secure = session["threeDSecure"]
    presented = stored or hosted
    card = cards.keep(gateway, values["card"]) if presented is None else presented["card"]
    if session and session["shopper"] and shopper is None:
        values["shopper"] = session["shopper"]
    if stored and shopper is None:
        values["shopper"] = stored["shopper"]
    if hosted is not None:
        hosted["_used"] = True
        gateway.save(hosted)
    return carry_out(
        gateway,
        merchant,
        {
            **values,
            "order": order["id"] if order else None,
            "orderReference": order["orderReference"] if order else values["orderReference"],
            "threeDSecure": three_d_secure,
            "source": "directApiCall",
        },
        card,
        session,
    )


def _check_interaction(values: Body, failures: list[Failure]) -> None:
    interaction = values["shopperInteraction"]
    if interaction == "inPerson":
        failures.append(invalid("is not supported here", "shopperInteraction"))
    if (
        interaction == "merchantInitiated"
        and values["credentialOnFileType"] not in MERCHANT_INITIATED_TYPES
    ):
        failures.append(
            invalid(
                f"merchantInitiated needs one of {', '.join(MERCHANT_INITIATED_TYPES)}",
                "credentialOnFileType",
            )
        )
    if interaction != "ecommerce" and values["threeDSecure"] is not None:
        failures.append(invalid("only for ecommerce", "threeDSecure"))


def _check_order(values: Body, order: Body, failures: list[Failure]) -> None:
    total = values["total"]
    if total and total["currencyCode"] != order["total"]["currencyCode"]:
        failures.append(invalid("not the currency of the order", "total.currencyCode"))
    if values["orderReference"] not in (None, order["orderReference"]):
        failures.append(invalid("not the reference of the order", "orderReference"))


def _card_of_session(
    gateway: Gateway, merchant: Merchant, values: Body, session: Body, failures: list[Failure]
) -> Body | None:
    """Return the hosted card that a session holds; note what keeps it from being charged."""
    if session["_expired"]:
        failures.append(invalid("the session has expired", "paymentSession"))
    if session["_paid_by"] is not None or sessions.needs_reset(gateway, merchant, session):
        failures.append(invalid("the session already has a transaction", "paymentSession"))
    if session["hostedCard"] is None:
        failures.append(invalid("the session holds no card", "paymentSession"))
        return None
    hosted = gateway.find("hosted-cards", merchant, session["hostedCard"])
    if hosted["_used"] or gateway.is_past(hosted["expiresAt"]):
        failures.append(invalid("the hosted card is missing or has expired", "paymentSession"))
    order_total = gateway.find("orders", merchant, session["order"])["total"]["amount"]
    total = values["total"]
    if session["threeDSecure"] and total and Decimal(total["amount"]) != Decimal(order_total):
        failures.append(invalid("not the amount that 3DS was run for", "total.amount"))
    if values["threeDSecure"] is not None:
        failures.append(invalid("the session brings its own", "threeDSecure"))
    return hosted


def carry_out(
    gateway: Gateway, merchant: Merchant, values: Body, card: Body, session: Body | None
) -> Body:
    """Authorize or decline a sale whose request has passed every check.

    `values` are those of a bound transaction plus its `source`; `card` is in its kept form. The
    result is written to the session, and one notification goes out for each of the two, and one for
    the payment link if the session is one's. Switches may leave it pending or hold it for review.
    """
    refused: tuple[str, ...] = ()
    if session is not None and session["paymentLink"] is not None:
        values = {**values, "paymentLink": session["paymentLink"]}
        if links.is_used_up(gateway.find("payment-links", merchant, session["paymentLink"])):
            refused = ("declinedByGateway", "paymentLinkLimitReached")
    if (
        merchant.enforce_3ds
        and values["shopperInteraction"] == "ecommerce"
        and values["threeDSecure"] is None
    ):
        refused = ("declinedByGateway", "3dsEnforcedOnEcommerceSales")
    currency = values["total"]["currencyCode"]
    transaction = gateway.create(
        "transactions",
        merchant,
        {
            **values,
            "hostedCard": None,
            "card": card,
            "state": "authorizationPending",
            "isAuthorized": False,
            "isHeldForReview": False,
            "totalRefunded": {"amount": "0.00", "currencyCode": currency},
            "totalRefundable": {"amount": "0.00", "currencyCode": currency},
            "processorReference": secrets.token_hex(8),
            "verificationResults": cards.verification_of(card, values["threeDSecure"] is not None),
            "paymentMethod": "card",
        },
    )
    if session is not None:
        sessions.set_aside(session)
        if gateway.faults.section("epg")["result_in"] == "transaction":
            session["transaction"] = transaction["id"]
        else:
            session["previousTransactions"].append(transaction["id"])
        session["_paid_by"] = transaction["id"]
        gateway.save(session)
    if not refused and gateway.faults.take("epg", "leave_pending"):
        wait = gateway.faults.section("epg")["pending_seconds"]
        if wait is not None:
            transaction["_due_at"] = timestamp(gateway.now + timedelta(seconds=wait))
            gateway.save(transaction)
        if session is not None:
            gateway.notify(merchant, "saleAuthorizationPending", "paymentSession", session)
            links.report(gateway, merchant, transaction, "saleAuthorizationPending")
        return transaction
    if refused:
        failures = _declines(*refused)
    else:
        failures = cards.decline_of(gateway, card, values["total"])
    return _decide(gateway, merchant, transaction, failures, session)


def _declines(*codes: str) -> list[Body]:
    return [Failure(code, "The transaction was declined.").as_json() for code in codes]


def _decide(
    gateway: Gateway,
    merchant: Merchant,
    transaction: Body,
    failures: list[Body],
    session: Body | None,
) -> Body:
    """Authorize a sale, hold it for review, or decline it with what was found, and tell of it."""
    if failures:
        state, event = "declined", "saleDeclined"
    elif gateway.faults.take("epg", "hold_for_review"):
        state, event = "heldForReview", "saleHeldForReview"
    else:
        state, event = "authorized", "saleAuthorized"
    transaction.update(
        {
            "state": state,
            "isAuthorized": not failures,
            "isHeldForReview": state == "heldForReview",
            "failures": failures,
        }
    )
    if not failures:
        transaction.update(
            {
                "authorizationCode": f"{secrets.randbelow(10**6):06d}",
                "authorizationExpiresAt": timestamp(gateway.now + AUTHORIZATION_LIFE),
                "issuerReference": secrets.token_hex(8),
                "issuerResponseCode": "00",
            }
        )
    if state == "authorized":
        _wait_for_capture(gateway, transaction)
    gateway.save(transaction)
    if session is not None and failures:
        session["_paid_by"] = None
        session["_declines"] += 1
        gateway.save(session)
    gateway.notify(merchant, event, "transaction", transaction)
    if state != "heldForReview":
        _tell_session(gateway, merchant, transaction, event, session)
    return transaction


def _wait_for_capture(gateway: Gateway, transaction: Body) -> None:
    """Say when an authorized sale is captured, or else expires; the caller saves it."""
    delay = timedelta(milliseconds=gateway.faults.section("epg")["capture_delay_ms"])
    transaction["_due_at"] = (
        timestamp(gateway.now + delay)
        if transaction["doCapture"]
        else transaction["authorizationExpiresAt"]
    )


def _tell_session(
    gateway: Gateway, merchant: Merchant, transaction: Body, event: str, session: Body | None
) -> None:
    if session is not None:
        gateway.notify(merchant, event, "paymentSession", session)
        links.report(gateway, merchant, transaction, event)


def _session_of(gateway: Gateway, merchant: Merchant, transaction: Body) -> Body | None:
    if transaction["paymentSession"] is None:
        return None
    return gateway.find("payment-sessions", merchant, transaction["paymentSession"])


def grow_older(gateway: Gateway, merchant: Merchant, transaction: Body) -> None:
    """Let happen to a transaction what its time has come for."""
    if transaction["state"] == "authorizationPending":
        _end_wait(gateway, merchant, transaction, "authorized")
    elif transaction["doCapture"]:
        enter(gateway, merchant, transaction, "captured")
    else:
        enter(gateway, merchant, transaction, "expired")


def _end_wait(gateway: Gateway, merchant: Merchant, transaction: Body, state: str) -> None:
    """Decide a pending sale: as the card and the switches say, or declined whatever they say."""
    failures = _declines("declinedByIssuer")
    if state == "authorized":
        failures = cards.decline_of(gateway, transaction["card"], transaction["total"])
    gateway.enter_state(transaction, "authorizationPending")
    session = _session_of(gateway, merchant, transaction)
    _decide(gateway, merchant, transaction, failures, session)


# What the control door can make of a transaction, by type and state.
ARROWS: dict[tuple[str, str], tuple[str, ...]] = {
    ("sale", "authorizationPending"): ("authorized", "declined"),
    ("sale", "heldForReview"): ("authorized",),
    ("sale", "authorized"): ("captured", "expired"),
    ("sale", "captured"): ("settlementDelayed", "rejected"),
    ("sale", "settlementDelayed"): ("rejected",),
    ("refund", "authorized"): ("captured", "declined"),
    ("refund", "captured"): ("declined", "settlementDelayed"),
}


def enter(gateway: Gateway, merchant: Merchant, transaction: Body, state: str) -> None:
    """Move a transaction to a state of ARROWS, with all that follows from it."""
    if transaction["state"] == "authorizationPending":
        _end_wait(gateway, merchant, transaction, state)
        return
    if transaction["state"] == "heldForReview":
        release(gateway, merchant, transaction)
        return
    gateway.enter_state(transaction, state)
    if state == "declined":
        transaction["isAuthorized"] = False
        transaction["failures"] = _declines("declinedByProcessor")
        sale = gateway.find("transactions", merchant, transaction["parentTransaction"])
        _move_refunded(sale, -Decimal(transaction["total"]["amount"]))
        gateway.save(sale)
        gateway.notify(merchant, "refundDeclined", "transaction", transaction)
    gateway.save(transaction)
    if state == "captured" and gateway.faults.section("epg")["announce_capture"]:
        gateway.notify(merchant, f"{transaction['type']}Captured", "transaction", transaction)


def release(gateway: Gateway, merchant: Merchant, transaction: Body) -> None:
    """Let a sale that was held for review go on as authorized."""
    gateway.enter_state(transaction, "authorized")
    transaction["isHeldForReview"] = False
    _wait_for_capture(gateway, transaction)
    gateway.save(transaction)
    gateway.notify(merchant, "saleAuthorized", "transaction", transaction)
    session = _session_of(gateway, merchant, transaction)
    _tell_session(gateway, merchant, transaction, "saleAuthorized", session)


# Void and refund --------------------------------------------------------------------------------


class RuleBroken(GatewayError):
    """A rule of voids and refunds is broken: a 400, or a declined child where a switch says so."""

    def __init__(self, code: str, description: str, field: str = "parentTransaction") -> None:
        super().__init__(400, Failure(code, description, field))
        self.code = code


def _reverse(gateway: Gateway, merchant: Merchant, values: Body, parent: Body) -> Body:
    """Carry out a void or a refund, or make the declined child that switches ask for."""
    act = {"void": _void, "refund": _refund}[values["type"]]
    try:
        _check_reversal(gateway, values, parent)
    except RuleBroken as broken:
        if gateway.faults.section("epg")["broken_rules_as"] == 400:
            raise
        return _declined_child(
            gateway, merchant, values, parent, _declines("declinedByGateway", broken.code)
        )
    if gateway.faults.take("epg", f"decline_{values['type']}s"):
        reason = gateway.faults.section("epg")["decline_reason"]
        codes = ("declinedByProcessor", reason) if reason else ("declinedByProcessor",)
        return _declined_child(gateway, merchant, values, parent, _declines(*codes))
    return act(gateway, merchant, values, parent)


def _declined_child(
    gateway: Gateway, merchant: Merchant, values: Body, parent: Body, failures: list[Body]
) -> Body:
    child = _child(gateway, merchant, values, parent, values["total"] or dict(parent["total"]))
    child.update({"state": "declined", "isAuthorized": False, "failures": failures})
    gateway.save(child)
    parent["relatedTransactions"].append(child["id"])
    gateway.save(parent)
    gateway.notify(merchant, f"{values['type']}Declined", "transaction", child)
    return child


def _check_reversal(gateway: Gateway, values: Body, parent: Body) -> None:
    """Raise RuleBroken for the first rule that a void or refund breaks."""
    if values["type"] == "void":
        _check_void(values, parent)
    else:
        _check_refund(gateway, values, parent)


def _check_void(values: Body, parent: Body) -> None:
    if values["total"] is not None:
        raise GatewayError(400, invalid("must be null for a void", "total"))
    if parent["type"] == "void":
        raise RuleBroken("parentNotVoidable", "a void can't be voided")
    if parent["state"] in ("declined", "expired", "authorizationPending"):
        raise RuleBroken("parentNotAuthorized", "the parent is not authorized")
    if parent["state"] in ("voided", "rejected"):
        raise RuleBroken("voidAlreadyProcessed", "the parent is already voided or rejected")
    if parent["state"] in ("settled", "settlementDelayed") or parent["batch"] is not None:
        raise RuleBroken("voidParentAlreadySettled", "the parent is settled or settling")


def _void(gateway: Gateway, merchant: Merchant, values: Body, parent: Body) -> Body:
    child = _child(gateway, merchant, values, parent, dict(parent["total"]))
    gateway.enter_state(parent, "voided")
    parent["relatedTransactions"].append(child["id"])
    gateway.save(parent)
    if parent["type"] == "refund":
        sale = gateway.find("transactions", merchant, parent["parentTransaction"])
        _move_refunded(sale, -Decimal(parent["total"]["amount"]))
        gateway.save(sale)
    gateway.notify(merchant, "voidAuthorized", "transaction", child)
    return child


def _check_refund(gateway: Gateway, values: Body, parent: Body) -> None:
    if parent["type"] != "sale":
        raise RuleBroken("invalidRefundParentTxnType", "only a sale can be refunded")
    if parent["state"] in ("declined", "expired", "authorizationPending"):
        raise RuleBroken("parentNotAuthorized", "the parent is not authorized")
    if parent["state"] == "authorized" and not parent["doCapture"]:
        raise RuleBroken("invalidRefundParentCaptureFlag", "the parent is not being captured")
    if parent["state"] not in ("settled", "settlementDelayed"):
        raise RuleBroken("parentNotRefundable", "the parent is not settled; void it instead")
    if gateway.is_past(parent["refundableUntil"]):
        raise RuleBroken("parentNotRefundable", "the time to refund the parent is over")
    if Decimal(parent["totalRefundable"]["amount"]) <= 0:
        raise RuleBroken("refundAlreadyProcessed", "the parent is already refunded")
    total = values["total"] or parent["totalRefundable"]
    if total["currencyCode"] != parent["total"]["currencyCode"]:
        raise RuleBroken(
            "refundCurrencyMismatch", "not the currency of the parent", "total.currencyCode"
        )
    if Decimal(total["amount"]) > Decimal(parent["totalRefundable"]["amount"]):
        raise RuleBroken("refundAmountOverflow", "more than is left to refund", "total.amount")


def _refund(gateway: Gateway, merchant: Merchant, values: Body, parent: Body) -> Body:
    total = values["total"] or dict(parent["totalRefundable"])
    child = _child(gateway, merchant, values, parent, total)
    _move_refunded(parent, Decimal(total["amount"]))
    parent["relatedTransactions"].append(child["id"])
    gateway.save(parent)
    gateway.notify(merchant, "refundAuthorized", "transaction", child)
    return child


def _move_refunded(sale: Body, amount: Decimal) -> None:
    """Count an amount as refunded, or no longer so; the caller saves the sale."""
    for name, change in (("totalRefunded", amount), ("totalRefundable", -amount)):
        sale[name]["amount"] = amount_text(Decimal(sale[name]["amount"]) + change)


def _child(gateway: Gateway, merchant: Merchant, values: Body, parent: Body, total: Body) -> Body:
    """Make the transaction of a void or refund: authorized at once, without a code of its own."""
    return gateway.create(
        "transactions",
        merchant,
        {
            **values,
            "total": total,
            "card": parent["card"],
            "storedCard": parent["storedCard"],
            "shopper": parent["shopper"],
            "order": parent["order"],
            "orderReference": parent["orderReference"],
            "shopperInteraction": parent["shopperInteraction"],
            "state": "authorized",
            "isAuthorized": True,
            "isHeldForReview": False,
            "source": "directApiCall",
            "paymentMethod": "card",
        },
    )


# Update -----------------------------------------------------------------------------------------


def update(
    gateway: Gateway, merchant: Merchant, transaction: Body, given: Mapping[str, Any]
) -> Body:
    """Change a transaction; `doCapture: true` captures an authorization in full."""
    values = gateway.bind_update("transactions", given)
    capture = False
    if "doCapture" in values and values["doCapture"] != transaction["doCapture"]:
        if not values["doCapture"]:
            raise GatewayError(400, invalid("a capture can't be called back", "doCapture"))
        if transaction["type"] != "sale" or transaction["state"] != "authorized":
            raise GatewayError(
                400, Failure("transactionNotInAuthorizedState", "not authorized", "doCapture")
            )
        capture = True
    held = values.pop("isHeldForReview", transaction["isHeldForReview"])
    if held and not transaction["isHeldForReview"]:
        raise GatewayError(400, invalid("nobody can hold it for review", "isHeldForReview"))
    transaction.update(values)
    if transaction["isHeldForReview"] and not held:
        release(gateway, merchant, transaction)
    if capture:
        gateway.enter_state(transaction, "captured")
    gateway.save(transaction)
    if capture:
        gateway.notify(merchant, "saleCaptured", "transaction", transaction)
    return transaction


def withholds_answer(transaction: Body) -> bool:
    """Say whether the amount asks for an answer that never comes (22.22)."""
    return Decimal(transaction["total"]["amount"]) == WITHHELD_AMOUNT
