"""The register of error codes has no code that nobody answers with."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import psycopg

ROOT = Path(__file__).parents[2]

# Codes in capitals and digits are PostgREST's own: it answers with them, no function does.
_REGISTERED = "select e.code from ops.error_register() as e where e.code ~ '^[a-z]'"
_BODIES = """
    select p.prosrc
    from pg_catalog.pg_proc as p
    where
        p.pronamespace::regnamespace::text in (
            'api', 'auth', 'catalog', 'enrollment', 'identity', 'messaging', 'ops', 'payment',
            'pricing', 'studio'
        )
        and p.oid <> 'ops.error_register()'::regprocedure
"""


def _unused(codes: Iterable[str], bodies: str, modules: str) -> set[str]:
    return {c for c in codes if f"'{c}'" not in bodies and f'"{c}"' not in modules}


def test_every_registered_code_is_used() -> None:
    """In the body of a function or in the shim. That each used one is registered, others test."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        codes = {code for (code,) in connection.execute(_REGISTERED)}
        bodies = "\n".join(body for (body,) in connection.execute(_BODIES))
    modules = "\n".join(path.read_text() for path in (ROOT / "thin_api").glob("*.py"))
    assert _unused({*codes, "used_by_nobody"}, bodies, modules) == {"used_by_nobody"}
