"""Payment links: an address that can be sent to somebody, and paid until it ends.

Follows the gateway's contract, section 8. Opening the address makes an order and a session; what is
paid there counts as a conversion. The words of `status` are the sandbox's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.config import Merchant
from sandbox.epg import sessions
from sandbox.epg.errors import Failure, GatewayError, invalid, refuse_if
from sandbox.epg.gateway import Body, Gateway
from sandbox.store import instant, timestamp

LONGEST_LIFE = timedelta(days=366)


def create(gateway: Gateway, merchant: Merchant, given: Mapping[str, Any]) -> Body:
    """Make a link."""
    values = gateway.bind_new("payment-links", given)
    failures: list[Failure] = []
    _check(gateway, merchant, values, gateway.now, failures)
    refuse_if(failures)
    expires_at = timestamp(values["expiresAt"])
    return gateway.create(
        "payment-links",
        merchant,
        {
            **values,
            "expiresAt": expires_at,
            "conversionCount": 0,
            "clickCount": 0,
            "status": "active",
            "_due_at": expires_at,
        },
    )


def update(gateway: Gateway, merchant: Merchant, link: Body, given: Mapping[str, Any]) -> Body:
    """Change a link; `doCancel` ends it."""
    values = gateway.bind_update("payment-links", given)
    cancel = values.pop("doCancel", None)
    ended = {"cancelled": "paymentLinkCancelled", "expired": "paymentLinkExpired"}
    if link["status"] in ended and (cancel or set(values) - {"customReference", "customFields"}):
        raise GatewayError(400, Failure(ended[link["status"]], "the link has ended"))
    failures: list[Failure] = []
    if values.get("expiresAt"):
        _check(gateway, merchant, {**link, **values}, instant(link["createdAt"]), failures)
    refuse_if(failures)
    if values.get("expiresAt"):
        values["expiresAt"] = link["_due_at"] = timestamp(values["expiresAt"])
    link.update(values)
    if cancel:
        link["cancelledAt"] = timestamp(gateway.now)
        link["status"] = "cancelled"
        link.pop("_due_at", None)
    elif link["status"] == "limitReached" and not is_used_up(link):
        link["status"] = "active"
    return gateway.save(link)


def _check(
    gateway: Gateway,
    merchant: Merchant,
    values: Mapping[str, Any],
    created_at: datetime,
    failures: list[Failure],
) -> None:
    if values["total"]["currencyCode"] != merchant.currency:
        failures.append(invalid("the merchant does not take this currency", "total.currencyCode"))
    gateway.refer("shoppers", merchant, values, "shopper", failures)
    if values["useStoredPaymentMethod"] and values["shopper"] is None:
        failures.append(invalid("needs a shopper", "useStoredPaymentMethod"))
    if values["expiresAt"] <= gateway.now:
        failures.append(invalid("must be in the future", "expiresAt"))
    if values["expiresAt"] > created_at + LONGEST_LIFE:
        failures.append(invalid("at most a year after creation", "expiresAt"))


def is_used_up(link: Mapping[str, Any]) -> bool:
    """Say whether a link has been paid as often as it may be."""
    limit = link["conversionLimit"]
    return limit is not None and link["conversionCount"] >= limit


def expire(gateway: Gateway, merchant: Merchant, link: Body) -> None:
    """End a link whose time has come."""
    link.pop("_due_at")
    link["status"] = "expired"
    gateway.save(link)
    gateway.notify(merchant, "expired", "paymentLink", link)


def open_session(gateway: Gateway, merchant: Merchant, link: Body) -> Body:
    """Count a click and return a new session that pays the link, which has not ended."""
    link["clickCount"] += 1
    gateway.save(link)
    order = gateway.create(
        "orders",
        merchant,
        {
            "total": dict(link["total"]),
            "description": link["description"],
            "orderReference": link["orderReference"],
        },
    )
    session = sessions.create(
        gateway,
        merchant,
        {
            "order": order["id"],
            "hppType": "paymentLink",
            "returnUrl": link["returnUrl"],
            "doCreateTransaction": True,
            "doCapture": link["doCapture"],
            "shopper": link["shopper"],
            "useStoredPaymentMethod": link["useStoredPaymentMethod"],
            "expiresAt": min(timestamp(gateway.now + sessions.LIFE), link["expiresAt"]),
        },
    )
    session["paymentLink"] = link["id"]
    return gateway.save(session)


def report(gateway: Gateway, merchant: Merchant, transaction: Body, event: str) -> None:
    """Let a link know what became of a sale that was made through it."""
    if transaction["paymentLink"] is None:
        return
    link = gateway.find("payment-links", merchant, transaction["paymentLink"])
    if event == "saleAuthorized":
        link["conversionCount"] += 1
        if is_used_up(link) and link["status"] == "active":
            link["status"] = "limitReached"
        gateway.save(link)
    gateway.notify(merchant, event, "paymentLink", link)
