"""No function of ours is without a test: each is called at least once in the whole run."""

from __future__ import annotations

import os
import time

import psycopg
import pytest

from tests.py.whole_run.conftest import Calls

# Seconds: a connection that is idle, as PostgREST's are, hands its counts in after 10 at most.
PATIENCE = 15

# Without those that Postgres writes into their callers, where it can't count them; the rule that
# functions pin their settings lists these few.
_FUNCTIONS = """
    select n.nspname || '.' || p.proname
    from pg_catalog.pg_proc as p
    inner join pg_catalog.pg_namespace as n on p.pronamespace = n.oid
    inner join pg_catalog.pg_language as l on p.prolang = l.oid
    where
        n.nspname in (
            'api', 'auth', 'catalog', 'enrollment', 'identity', 'messaging', 'ops', 'payment',
            'pricing', 'report', 'studio'
        )
        and not (l.lanname = 'sql' and p.proconfig is null and not p.prosecdef)
"""


def _functions() -> set[str]:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        return {name for (name,) in connection.execute(_FUNCTIONS)}


def test_every_function_is_called(calls: Calls, request: pytest.FixtureRequest) -> None:
    """By a test in SQL or in Python, directly or through others."""
    if not {"tap.plan", "api.checkout"} <= calls.functions:
        pytest.skip("only a whole run can tell: make test")
    if len({item.path.parent for item in request.session.items}) < 2:
        pytest.skip("only a whole run can tell: make test")
    functions = _functions()
    deadline = time.monotonic() + PATIENCE
    while missing := functions - calls.functions:
        if time.monotonic() > deadline:
            break
        time.sleep(0.2)
        calls.note()
    assert not missing, f"no test calls {', '.join(sorted(missing))}"
