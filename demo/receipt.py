"""The priced receipt of a registration, as a table for a terminal."""

from __future__ import annotations

from typing import Any

from demo.api import Api

_WIDTH = 54


def money(amount_minor: int) -> str:
    """Return minor units of a currency with two decimals as people read them: 4,849.67."""
    return f"{amount_minor / 100:,.2f}".replace("-", "−")


def receipt(family: Api, registration: dict[str, Any]) -> str:
    """Return the receipt of a registration.

    Source: the quote it was made of, read through the API. Errors: Refused.
    """
    quote = family.call("explain_quote", quote_id=registration["quote_id"])
    rule = "─" * (_WIDTH + 16)
    rows = [rule, f" Registration {registration['id']}: {registration['status']}", rule]
    for student in quote["students"]:
        rows += [_row(f"{student['name']}: {line['label']}", line) for line in student["lines"]]
        rows.append(_sum(f"{student['name']} subtotal", student["subtotal_minor"]))
        rows.append(rule)
    rows.append(_sum("Subtotals together", sum(s["subtotal_minor"] for s in quote["students"])))
    rows += [_row(line["label"], line) for line in quote["family_lines"]]
    rows.append(rule)
    rows.append(_sum(f"Grand total ({quote['currency']})", quote["total_minor"]))
    rows.append(rule)
    return "\n".join(rows)


def _row(label: str, line: dict[str, Any]) -> str:
    return f" {label:<{_WIDTH}}{money(line['amount_minor']):>14}"


def _sum(label: str, amount_minor: int) -> str:
    return f" {label:<{_WIDTH}}{money(amount_minor):>14}"
