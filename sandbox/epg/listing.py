"""Lists: paging and filters (the gateway's contract, section 3)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from sandbox.config import Merchant
from sandbox.epg.errors import Failure, GatewayError, invalid
from sandbox.epg.gateway import Body, Gateway
from sandbox.store import timestamp

DEFAULT_LIMIT = 10
MOST = 200
FILTER = re.compile(
    r"([A-Za-z0-9.]+)_(eq|ne|gt|ge|lt|le|like|in|contains|isnot|is)_(.*)", re.DOTALL
)

COMPARE = {"eq": "=", "ne": "is not", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
RANGE = ("ge", "gt", "le", "lt")


@dataclass(frozen=True)
class Filter:
    """A field that can be filtered on: by which operators, and as what type."""

    operators: tuple[str, ...]
    type: str = "text"


BY_REFERENCE = {"customReference": Filter(("eq",))}
BY_DATE = {"createdAt": Filter(RANGE, "timestamp")}
FILTERS: dict[str, dict[str, Filter]] = {
    "shoppers": BY_REFERENCE,
    "orders": BY_REFERENCE,
    "payment-links": BY_REFERENCE,
    "notifications": BY_DATE,
    "batches": {**BY_DATE, "id": Filter(("in",)), "state": Filter(("in",))},
    "transactions": {
        **BY_REFERENCE,
        **BY_DATE,
        "id": Filter(("in",)),
        "shopper": Filter(("eq",)),
        "batch": Filter(("eq",)),
        "paymentLink": Filter(("eq",)),
        "parentTransaction": Filter(("eq", "is", "isnot")),
        "type": Filter(("eq", "ne", "in")),
        "state": Filter(("in",)),
        "orderReference": Filter(("eq",)),
        "total.amount": Filter(("eq", *RANGE), "number"),
        "card.last4": Filter(("eq",)),
        "doCapture": Filter(("eq",), "boolean"),
        "isHeldForReview": Filter(("eq",), "boolean"),
    },
}


def _refuse(description: str) -> GatewayError:
    return GatewayError(400, Failure("filterParseFailure", description, "filter"))


def _value(text: str, wanted: str) -> Any:
    try:
        if wanted == "timestamp":
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                raise _refuse("a time stamp needs an offset")
            return timestamp(moment.astimezone(UTC))
        if wanted == "number":
            return float(Decimal(text))
        if wanted == "boolean":
            return {"true": 1, "false": 0}[text.lower()]
    except (ValueError, InvalidOperation, KeyError) as error:
        raise _refuse("the value does not fit the field") from error
    return text


def condition(kind: str, text: str) -> tuple[str, list[Any]]:
    """Turn one `field_op_value` into an SQL condition and its parameters.

    Raises GatewayError 400 (filtersNotSupported, filterParseFailure).
    """
    if kind not in FILTERS:
        raise GatewayError(400, Failure("filtersNotSupported", "this list has none", "filter"))
    match = FILTER.fullmatch(text)
    if match is None:
        raise _refuse("field_operator_value is wanted")
    name, operator, value = match.groups()
    known = FILTERS[kind].get(name)
    if known is None or operator not in known.operators:
        raise _refuse("this list can't be filtered so")
    # `name` is one of our own list, so it is safe inside the statement.
    column = f"json_extract(body, '$.{name}')"
    if known.type == "number":
        column = f"cast({column} as real)"
    if operator in ("is", "isnot"):
        if value.lower() != "null":
            raise _refuse("is and isnot are followed by null")
        return f"{column} {'is' if operator == 'is' else 'is not'} null", []
    if operator == "in":
        values = [_value(each, known.type) for each in value.split(",")]
        return f"{column} in ({', '.join('?' * len(values))})", values
    return f"{column} {COMPARE[operator]} ?", [_value(value, known.type)]


def page(
    gateway: Gateway,
    kind: str,
    merchant: Merchant,
    arguments: MultiDict[str, str],
    *,
    path: str | None = None,
    only: tuple[str, list[Any]] = ("true", []),
) -> Body:
    """Return one page of a list, newest first.

    `path` is the list's path where it is not the kind; `only` is a condition every item meets.
    """
    raw_limit = arguments.get("limit", str(DEFAULT_LIMIT))
    if not re.fullmatch(r"\d{1,3}", raw_limit) or not 1 <= int(raw_limit) <= MOST:
        raise GatewayError(400, invalid(f"between 1 and {MOST}", "limit"))
    limit = int(raw_limit)
    token = arguments.get("pageToken")
    if token is not None and not re.fullmatch(r"p\d{1,15}", token):
        raise GatewayError(400, invalid("not a token of this list", "pageToken"))
    conditions = [only, *(condition(kind, each) for each in arguments.getlist("filter"))]
    conditions.append(("json_extract(body, '$.deletedAt') is null", []))
    if token is not None:
        conditions.append(("seq < ?", [int(token[1:])]))
    rows = gateway.store.execute(
        "select seq, body from resources where kind = ? and merchant = ? and "
        + " and ".join(f"({sql})" for sql, _ in conditions)
        + " order by seq desc limit ?",
        [kind, merchant.alias, *(each for _, values in conditions for each in values), limit + 1],
    )
    more = len(rows) > limit
    rows = rows[:limit]
    expand = expansion(arguments)
    next_token = f"p{rows[-1]['seq']}" if more else None
    base = gateway.href(path or kind)
    asked = [(name, value) for name, value in arguments.items(multi=True) if name != "pageToken"]

    def address(page_token: str | None) -> str:
        pairs = [*asked, *([("pageToken", page_token)] if page_token else [])]
        return f"{base}?{urlencode(pairs)}" if pairs else base

    return {
        "href": address(token),
        "first": address(None),
        "next": address(next_token) if next_token else None,
        "pageToken": token,
        "nextPageToken": next_token,
        "limit": limit,
        "size": len(rows),
        "items": [gateway.show(kind, merchant, json.loads(row["body"]), expand) for row in rows],
    }


def expansion(arguments: MultiDict[str, str]) -> frozenset[str]:
    """Return the names in `expand`, given once with commas or several times."""
    return frozenset(
        name for each in arguments.getlist("expand") for name in each.split(",") if name
    )
