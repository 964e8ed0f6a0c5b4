"""What time alone brings about, each time an act of the gateway begins.

Captures, decisions on what was pending, expired sessions, links and authorizations, and the daily
batch of the merchants that have one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sandbox.config import Merchant
from sandbox.epg import batches, links, transactions
from sandbox.epg.gateway import Body, Gateway
from sandbox.store import instant, timestamp


def catch_up(gateway: Gateway) -> None:
    """Let happen what has come due."""
    for kind, alias, body in gateway.store.due(gateway.now):
        merchant = gateway.merchants.get(alias)
        if merchant is None:
            continue  # its merchant is no longer configured: it can't be seen either
        if kind == "payment-sessions":
            _end_session(gateway, merchant, body)
        elif kind == "payment-links":
            links.expire(gateway, merchant, body)
        else:
            transactions.grow_older(gateway, merchant, body)
    for merchant in gateway.config.merchants:
        if merchant.auto_settle_at is not None:
            _settle_daily(gateway, merchant, merchant.auto_settle_at)


def _end_session(gateway: Gateway, merchant: Merchant, session: Body) -> None:
    session.pop("_due_at")
    session["_expired"] = True
    gateway.save(session)
    if session.get("_paid_by") is None:
        gateway.notify(merchant, "expired", "paymentSession", session)


def _settle_daily(gateway: Gateway, merchant: Merchant, at: str) -> None:
    """Close the batch if its hour has passed since the last look; the first look closes none."""
    name = f"looked_at_batch:{merchant.alias}"
    before = gateway.store.setting(name)
    if before is not None and _next(instant(before), at) <= gateway.now:
        batches.close(gateway, merchant)
    gateway.store.set_setting(name, timestamp(gateway.now))


def _next(moment: datetime, at: str) -> datetime:
    """Return when it is next so late (HH:MM, UTC), after a moment."""
    hour, minute = map(int, at.split(":"))
    today = moment.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today if today > moment else today + timedelta(days=1)
