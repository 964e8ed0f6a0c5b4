"""Load the demo studios: `python -m demo.seed` (login: DATABASE_URL, development only)."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg

from demo import operator

SEED = Path(__file__).with_name("seed.sql")
# Studios by the code of their merchant account, as the environment names it.
MERCHANTS = {"AYDT": "aydt", "ELMST": "elmst"}

_MERCHANT_ACCOUNT = """
    insert into payment.merchant_accounts (studio_id, code, alias, merchant_ref, host)
    select s.id, %(slug)s, %(alias)s, %(merchant_ref)s, 'sandbox'
    from studio.studios as s
    where s.slug = %(slug)s
    on conflict (code) do nothing
"""


def seed() -> None:
    """Load the studios that are not there yet, and their accounts at the gateway.

    Source: `seed.sql`, and EPG_ALIAS_<CODE> and EPG_MERCHANT_REF_<CODE> of the environment.
    Errors: psycopg.Error; nothing is loaded then.
    """
    with operator.session() as connection:
        connection.execute(SEED.read_text())
        for code, slug in MERCHANTS.items():
            _open_merchant_account(connection, code, slug)


def _open_merchant_account(connection: psycopg.Connection, code: str, slug: str) -> None:
    connection.execute(
        _MERCHANT_ACCOUNT,
        {
            "slug": slug,
            "alias": os.environ[f"EPG_ALIAS_{code}"],
            "merchant_ref": os.environ[f"EPG_MERCHANT_REF_{code}"],
        },
    )


if __name__ == "__main__":
    seed()
