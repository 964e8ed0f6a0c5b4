"""The studio that is measured: loaded by SQL, and read back as prepared requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from psycopg.rows import dict_row

from bench.errors import BenchError
from demo import operator

SLUG = "bench"
# Families that quote and change a student again and again, and never check out.
_LOOKING = 1000
_FOLDER = Path(__file__).parent

_PREPARED = """
    select f.*, identity.sign_token(f.account_id, 'customer') ->> 'token' as token
    from bench.families as f
    order by f.number
"""


def load(*, checkouts: int, claims: int, connections: int) -> None:
    """Load the studio, its families with carts and quotes, and the families of the rush.

    Arguments:
        checkouts: how many families have a cart of five classes and a stored quote for it.
        claims: how many want a seat in the section of the rush; as many more want one of 40.
        connections: how many store quotes at a time.

    Errors: BenchError when the studio is there already: figures of a second run in one database
    would not be those of the first. psycopg.Error.
    """
    with operator.session() as connection:
        if connection.execute("select 1 from studio.studios where slug = %s", (SLUG,)).fetchone():
            raise BenchError("this database was measured before; `make bench` makes a fresh one")
    families = checkouts + _LOOKING
    _run("studio.sql", studio=None, families=families, claims=claims)
    _run("families.sql", families=families, looking=_LOOKING)
    share = -(-checkouts // connections)
    with ThreadPoolExecutor(connections) as pool:
        done = [
            pool.submit(
                _run, "quotes.sql", first=first, last=min(first + share - 1, checkouts)
            )
            for first in range(1, checkouts + 1, share)
        ]
        for future in done:
            future.result()
    _run("claims.sql", claims=claims)


def write_requests(folder: Path) -> dict[str, Path]:
    """Write the prepared requests and return the files by what they ask for.

    A line a request, as requests.lua reads it, with a token of its family: `one row` and quotes of
    families that only look, of five classes or of items of all price modes; `checkout` of each of
    the others.
    """
    with operator.session(SLUG) as connection:
        cursor = connection.cursor(row_factory=dict_row)
        families = cursor.execute(_PREPARED).fetchall()
    looking = [f for f in families if f["quote_id"] is None]
    plain = [f for f in looking if f["number"] % 2 == 1]
    varied = [f for f in looking if f["number"] % 2 == 0]
    buying = [f for f in families if f["quote_id"] is not None]
    return {
        "one row": _write(folder / "one-row.requests", looking, _one_row),
        "quote": _write(folder / "quote.requests", plain, _quote),
        "varied quote": _write(folder / "varied-quote.requests", varied, _varied_quote),
        "checkout": _write(folder / "checkout.requests", buying, _checkout),
    }


def _one_row(family: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "/rpc/update_student", {"student_id": family["student_id"], "first_name": "Sofia"}


def _quote(family: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "/rpc/quote", {"cart_id": family["cart_id"]}


def _varied_quote(family: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "/rpc/quote", {
        "cart_id": family["cart_id"],
        "plan_code": "monthly",
        "coupon_code": "welcome",
    }


def _checkout(family: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "/rpc/checkout", {
        "cart_id": family["cart_id"],
        "quote_id": family["quote_id"],
        "idempotency_key": f"bench-{family['number']:08}",
    }


def _write(
    file: Path,
    families: Iterable[Mapping[str, Any]],
    request: Callable[[Mapping[str, Any]], tuple[str, dict[str, Any]]],
) -> Path:
    file.touch(mode=0o600)
    with file.open("w") as lines:
        for family in families:
            path, body = request(family)
            lines.write(f"POST\t{path}\tBearer {family['token']}\t{json.dumps(body)}\n")
    return file


def _run(file: str, *, studio: str | None = SLUG, **settings: int) -> None:
    """Run a file of this folder as an operator, with settings `bench.<name>` for it."""
    with operator.session(studio) as connection:
        for name, value in settings.items():
            connection.execute("select set_config(%s, %s, true)", (f"bench.{name}", str(value)))
        connection.execute((_FOLDER / file).read_text())
