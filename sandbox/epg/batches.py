"""Settlement (the gateway's contract, section 7.2): one batch a close for each merchant.

A batch settles at once, unless the control door wants it otherwise: it can be only submitted, and
then its transactions are neither to be voided any more nor to be refunded yet; it can be rejected
with all of them; or it can fail, and the next batch takes them up again.
"""

from __future__ import annotations

from decimal import Decimal

from sandbox.config import Merchant
from sandbox.epg.fields import amount_text
from sandbox.epg.gateway import Body, Gateway
from sandbox.store import new_id

STATES = ("settled", "submitted", "rejected", "failed")


def close(gateway: Gateway, merchant: Merchant, state: str = "settled") -> Body | None:
    """Put what is captured and in no batch into one, and return it; None if there is nothing."""
    transactions = gateway.store.select(
        "transactions",
        merchant.alias,
        "json_extract(body, '$.batch') is null and"
        " (json_extract(body, '$.state') in ('captured', 'settlementDelayed')"
        " or (json_extract(body, '$.type') = 'refund'"
        " and json_extract(body, '$.state') = 'authorized'))",
    )
    if not transactions:
        return None
    transactions.reverse()

    def side(*types: str) -> tuple[int, Decimal]:
        amounts = [Decimal(t["total"]["amount"]) for t in transactions if t["type"] in types]
        return len(amounts), sum(amounts, Decimal(0))

    def totals(count: int, amount: Decimal) -> Body:
        money = {"amount": amount_text(amount), "currencyCode": merchant.currency}
        return {"count": count, "total": money}

    debits, credits = side("sale"), side("refund")
    batch = gateway.create(
        "batches",
        merchant,
        {
            "state": "submitted",
            "debits": totals(*debits),
            "credits": totals(*credits),
            "net": totals(debits[0] + credits[0], debits[1] - credits[1]),
            "processorReference": new_id(),
        },
    )
    for transaction in transactions:
        if transaction["state"] == "authorized":
            gateway.enter_state(transaction, "captured")
            if gateway.faults.section("epg")["announce_capture"]:
                gateway.notify(merchant, "refundCaptured", "transaction", transaction)
        transaction["batch"] = batch["id"]
        gateway.save(transaction)
    if state != "submitted":
        end(gateway, merchant, batch, state)
    return batch


def end(gateway: Gateway, merchant: Merchant, batch: Body, state: str) -> None:
    """Let a submitted batch be settled, rejected or failed, and its transactions with it."""
    batch["state"] = state
    gateway.save(batch)
    transactions = gateway.store.select(
        "transactions", merchant.alias, "json_extract(body, '$.batch') = ?", (batch["id"],)
    )
    for transaction in reversed(transactions):
        if state == "failed":
            if transaction["state"] != "settlementDelayed":
                gateway.enter_state(transaction, "settlementDelayed")
            transaction["batch"] = None
        else:
            gateway.enter_state(transaction, state)
        gateway.save(transaction)
        if state == "settled":
            gateway.notify(merchant, f"{transaction['type']}Settled", "transaction", transaction)
