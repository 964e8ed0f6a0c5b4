"""Cards: what is kept of one, and which test card brings about what.

Follows the gateway's contract, sections 6.4 to 6.6 (hosted, embedded and stored card) and 11 (test
data). The number and the security code are used while a request is served and never kept.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sandbox.config import Merchant
from sandbox.epg.errors import Failure, GatewayError, invalid, refuse_if
from sandbox.epg.gateway import Body, Gateway
from sandbox.store import timestamp

HOSTED_CARD_LIFE = timedelta(minutes=30)

# What the gateway answers where the issuer refuses the verification is not known: one guess.
REFUSED_CARD = ("cardNotValidForCredentialOnFile", "the card was refused", "hostedCard")

# Section 11.1: these are declined whatever the amount.
DECLINED_CARDS = {
    "4380564306105898": "declinedByIssuer",
    "4539357499250369": "declinedByProcessor",
}
# Section 11.2: with these the cents of the amount decide.
CENTS_CARDS = {"4000000000000002", "5121212121212124", "370000000000002", "6011000000000004"}
DECLINED_CENTS = {51, 54, 55, 59, 78, 88, 91, 96}

SCHEMES = (
    (r"4", "visa"),
    (r"5[1-5]|2[2-7]", "mastercard"),
    (r"3[47]", "americanExpress"),
    (r"36|30|38|6011", "diners"),
    (r"35", "jcb"),
    (r"5018|5020|5038|6304|67", "maestro"),
)
DEBIT_CARDS = {"4539785000002517", "5108406713369360", "6772555678901238"}
CORPORATE_CARDS = {"4159288888888882"}


class CardRefused(GatewayError):
    """The issuer refuses a card that the rules allow; what was counted stays counted."""


def scheme_of(number: str) -> str:
    """Return the scheme a card number belongs to by its first digits, or `unknown`."""
    for prefix, scheme in SCHEMES:
        if re.match(prefix, number):
            return scheme
    return "unknown"


def keep(gateway: Gateway, given: Mapping[str, Any]) -> Body:
    """Return what is kept of a card: all that is shown, and its part in the tests.

    `given` is the bound `card` of a request. The fingerprint is a hash under a key of this state
    file, so that the number can't be found by trying.
    """
    number = re.sub(r"\D", "", given["number"])
    key = bytes.fromhex(gateway.store.setting("fingerprint_key"))
    if number in CENTS_CARDS:
        behaviour = "cents"
    else:
        behaviour = DECLINED_CARDS.get(number, "approved")
    return {
        "holderName": given["holderName"],
        "maskedNumber": f"XXXX.XXXX.XXXX.{number[-4:]}",
        "last4": number[-4:],
        "bin": number[:6],
        "scheme": scheme_of(number),
        "brand": scheme_of(number),
        "fundingSource": "debit" if number in DEBIT_CARDS else "credit",
        "issuingBank": None,
        "issuingCountry": None,
        "issuingCurrency": None,
        "expirationMonth": given["expirationMonth"],
        "expirationYear": given["expirationYear"],
        "panToken": None,
        "panFingerprint": hmac.new(key, number.encode(), hashlib.sha256).hexdigest()[:32],
        "paymentAccountReference": None,
        "isDebit": "true" if number in DEBIT_CARDS else "false",
        "isCorporate": "true" if number in CORPORATE_CARDS else "false",
        "isDccAllowed": "unknown",
        "billTo": given["billTo"],
        "_behaviour": behaviour,
        "_security_code": security_code_result(given["securityCode"]),
    }


def security_code_result(code: str | None) -> str:
    """Return the verification result of a security code: one that ends in 2 doesn't match."""
    if code is None:
        return "unprovided"
    return "unmatched" if code.endswith("2") else "matched"


def has_expired(gateway: Gateway, card: Mapping[str, Any]) -> bool:
    """Say whether the month printed on the card is over."""
    return (card["expirationYear"], card["expirationMonth"]) < (
        gateway.now.year,
        gateway.now.month,
    )


def verification_of(card: Mapping[str, Any], three_d_secure: bool = False) -> Body:
    """Return the `verificationResults` of a card as it was presented."""
    bill_to = card["billTo"] or {}
    return {
        "name": "unsupported",
        "securityCode": card["_security_code"],
        "addressStreet": "matched" if bill_to.get("street1") else "unprovided",
        "addressPostalCode": "matched" if bill_to.get("postalCode") else "unprovided",
        "threeDSecureV2": "matched" if three_d_secure else "unprovided",
        "cryptogramSecurity": "unprovided",
    }


def decline_of(gateway: Gateway, card: Mapping[str, Any], total: Mapping[str, Any]) -> list[Body]:
    """Return the failures with which processor or issuer decline, empty if they approve.

    `total` is a money object. All issuer declines look alike, as observed on the gateway.
    """

    def failures(*codes: str) -> list[Body]:
        return [Failure(code, "The transaction was declined.").as_json() for code in codes]

    if has_expired(gateway, card):
        return failures("declinedByProcessor", "cardExpired")
    reason = gateway.faults.section("epg")["decline_reason"]
    reasons = [reason] if reason else []
    if gateway.faults.take("epg", "decline_sales"):
        return failures("declinedByIssuer", *reasons)
    if card["_behaviour"] in ("declinedByIssuer", "declinedByProcessor"):
        return failures(card["_behaviour"], *reasons)
    cents = int(Decimal(total["amount"]) * 100) % 100
    if card["_behaviour"] == "cents" and cents in DECLINED_CENTS:
        return failures("declinedByIssuer", *reasons)
    return []


def create_hosted_card(gateway: Gateway, merchant: Merchant, given: Mapping[str, Any]) -> Body:
    """Make a one-time card token that lives for 30 minutes."""
    values = gateway.bind_new("hosted-cards", given)
    card = keep(gateway, values["card"])
    if has_expired(gateway, card):
        refuse_if([invalid("the card has expired", "card.expirationYear")])
    return hosted_card_of(gateway, merchant, {**values, "card": card})


def hosted_card_of(gateway: Gateway, merchant: Merchant, values: Mapping[str, Any]) -> Body:
    """Store a hosted card whose card is already in its kept form."""
    verified = verification_of(values["card"]) if values.get("doVerify") else None
    return gateway.create(
        "hosted-cards",
        merchant,
        {
            "doVerify": False,
            **values,
            "verificationResults": verified,
            "expiresAt": timestamp(gateway.now + HOSTED_CARD_LIFE),
            "_used": False,
        },
    )


def usable_hosted_card(
    gateway: Gateway,
    merchant: Merchant,
    values: Mapping[str, Any],
    failures: list[Failure],
) -> Body | None:
    """Return the hosted card a request names; note a failure if it is missing, old or used."""
    hosted = gateway.refer("hosted-cards", merchant, values, "hostedCard", failures)
    if hosted is not None and (hosted["_used"] or gateway.is_past(hosted["expiresAt"])):
        failures.append(invalid("the hosted card is missing or has expired", "hostedCard"))
        return None
    return hosted


def stored_cards(gateway: Gateway, merchant: Merchant, shopper_id: str) -> list[Body]:
    """Return a shopper's stored cards that are not deleted, newest first."""
    return gateway.store.select(
        "stored-cards",
        merchant.alias,
        "json_extract(body, '$.shopper') = ? and json_extract(body, '$.deletedAt') is null",
        (shopper_id,),
    )


def same_card(
    gateway: Gateway, merchant: Merchant, shopper_id: str, card: Mapping[str, Any]
) -> Body | None:
    """Return the shopper's stored card with the same number, if there is one."""
    for stored in stored_cards(gateway, merchant, shopper_id):
        if stored["card"]["panFingerprint"] == card["panFingerprint"]:
            return stored
    return None


def create_stored_card(gateway: Gateway, merchant: Merchant, given: Mapping[str, Any]) -> Body:
    """Store a card for a shopper, from a card or from a hosted card, which this doesn't use up."""
    values = gateway.bind_new("stored-cards", given)
    failures: list[Failure] = []
    shopper = gateway.refer("shoppers", merchant, values, "shopper", failures)
    if (values["card"] is None) == (values["hostedCard"] is None):
        failures.append(invalid("exactly one of card and hostedCard is wanted"))
    hosted = usable_hosted_card(gateway, merchant, values, failures)
    card = None
    if values["card"] is not None:
        card = keep(gateway, values["card"])
        if has_expired(gateway, card):
            failures.append(invalid("the card has expired", "card.expirationYear"))
    elif hosted is not None:
        card = hosted["card"]
    if card and shopper and same_card(gateway, merchant, shopper["id"], card):
        failures.append(invalid("the shopper already has this card", "card.number"))
    refuse_if(failures)
    if gateway.faults.take("epg", "refuse_stored_cards"):
        raise CardRefused(400, Failure(*REFUSED_CARD))
    return stored_card_of(gateway, merchant, {**values, "card": card})


def stored_card_of(gateway: Gateway, merchant: Merchant, values: Mapping[str, Any]) -> Body:
    """Store a stored card whose card is already in its kept form."""
    card = values["card"]
    return gateway.create(
        "stored-cards",
        merchant,
        {
            "shopperInteraction": "ecommerce",
            "credentialOnFileType": "unscheduled",
            **values,
            "hostedCard": None,
            "card": {**card, "_security_code": "unprovided"},
            "verificationResults": verification_of(card),
        },
    )
