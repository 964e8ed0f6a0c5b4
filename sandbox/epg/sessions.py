"""Payment sessions: rules of the resource, shared by the API and the hosted page.

Follows the gateway's contract, section 6.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.config import Merchant
from sandbox.epg.errors import Failure, invalid, refuse_if
from sandbox.epg.gateway import Body, Gateway
from sandbox.store import timestamp

LIFE = timedelta(minutes=30)
MOST_DECLINES = 7


def create(gateway: Gateway, merchant: Merchant, given: Mapping[str, Any]) -> Body:
    """Open a session for an order."""
    values = gateway.bind_new("payment-sessions", given)
    failures: list[Failure] = []
    _check(gateway, merchant, values, gateway.now, failures)
    refuse_if(failures)
    expires_at = timestamp(values["expiresAt"] or gateway.now + LIFE)
    return gateway.create(
        "payment-sessions",
        merchant,
        {
            **values,
            "expiresAt": expires_at,
            "_due_at": expires_at,
            "_expired": False,
            "_declines": 0,
            "_paid_by": None,
        },
    )


def update(gateway: Gateway, merchant: Merchant, session: Body, given: Mapping[str, Any]) -> Body:
    """Change a session; `doReset` moves a declined transaction out of the way."""
    values = gateway.bind_update("payment-sessions", given)
    failures: list[Failure] = []
    reset = values.pop("doReset", None)
    if session["_paid_by"] is not None and set(values) - {"customReference", "customFields"}:
        failures.append(invalid("the session already has a transaction"))
    if session["_expired"] and (reset or set(values) - {"customReference", "customFields"}):
        failures.append(invalid("the session has expired"))
    created_at = datetime.fromisoformat(session["createdAt"])
    changed = {**session, **values}
    if "expiresAt" not in values:
        changed["expiresAt"] = None  # what was checked on creation is not checked again
    _check(gateway, merchant, changed, created_at, failures)
    declined = _last_declined(gateway, merchant, session)
    if reset and (declined is None or session["_paid_by"] is not None):
        failures.append(invalid("the session has no declined transaction", "doReset"))
    refuse_if(failures)
    if "expiresAt" in values:
        values["expiresAt"] = timestamp(values["expiresAt"] or created_at + LIFE)
        session["_due_at"] = values["expiresAt"]
    session.update(values)
    if reset:
        set_aside(session)
        session["hostedCard"] = None
        session["threeDSecure"] = None
        session["_reset_after"] = declined
    gateway.save(session)
    if reset:
        gateway.notify(merchant, "reset", "paymentSession", session)
    return session


def set_aside(session: Body) -> None:
    """Move the transaction of a session to its previous ones; the caller saves it."""
    if session["transaction"] is not None:
        session["previousTransactions"].append(session["transaction"])
        session["transaction"] = None


def _last_declined(gateway: Gateway, merchant: Merchant, session: Body) -> str | None:
    """Return the id of the session's declined transaction that was not yet reset."""
    attempts = [*session["previousTransactions"], session["transaction"]]
    latest = next((each for each in reversed(attempts) if each is not None), None)
    if latest is None or latest == session.get("_reset_after"):
        return None
    return latest if gateway.find("transactions", merchant, latest)["state"] == "declined" else None


def needs_reset(gateway: Gateway, merchant: Merchant, session: Body) -> bool:
    """Say whether a declined transaction stands in the way of a further one."""
    return _last_declined(gateway, merchant, session) is not None


def _check(
    gateway: Gateway,
    merchant: Merchant,
    values: Mapping[str, Any],
    created_at: datetime,
    failures: list[Failure],
) -> None:
    order = gateway.refer("orders", merchant, values, "order", failures)
    if order is not None and order["total"]["currencyCode"] != merchant.currency:
        failures.append(invalid("the merchant does not take this currency", "order"))
    gateway.refer("shoppers", merchant, values, "shopper", failures)
    if values["hppType"] == "fullPageRedirect":
        wanted: tuple[str, ...] = ("returnUrl", "cancelUrl")
        unwanted: tuple[str, ...] = ("originUrl",)
    elif values["hppType"] == "paymentLink":
        wanted, unwanted = (), ("originUrl",)
    else:
        wanted = ("originUrl",) if values["hppType"] == "lightbox" else ()
        unwanted = ("returnUrl", "cancelUrl")
    for name in wanted:
        if values[name] is None:
            failures.append(invalid("is required for this hppType", name))
    for name in unwanted:
        if values[name] is not None:
            failures.append(invalid("must be null for this hppType", name))
    if values["useStoredPaymentMethod"] and values["shopper"] is None:
        failures.append(invalid("needs a shopper", "useStoredPaymentMethod"))
    if (values["allowedPaymentMethods"] is None) != (values["allowedPaymentMethodOrigins"] is None):
        failures.append(invalid("both or neither are wanted", "allowedPaymentMethods"))
    expires_at = values["expiresAt"]
    if expires_at is not None and expires_at > created_at + LIFE:
        failures.append(invalid("at most 30 minutes after creation", "expiresAt"))
    if expires_at is not None and expires_at <= gateway.now:
        failures.append(invalid("must be in the future", "expiresAt"))


def three_d_secure_of(session: Body) -> Body | None:
    """Return the 3DS result of the page, which runs it unless told not to."""
    if session["doThreeDSecure"] is False:
        return None
    return {
        "directoryServerTransactionId": session["id"],
        "transactionStatus": "Y",
        "electronicCommerceIndicator": "05",
        "authenticationValue": None,
        "protocolVersion": "2.2.0",
    }
