"""Notes which of our functions are called at this stack, for the test of the whole run.

A plugin, since the tests run in several processes, each with a stack of its own:

    CALLBOARD_SHARED_DIR=<folder> pytest -p tests.py.whole_run.calls tests/py/api
"""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path

import psycopg
import pytest

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

# Postgres counts calls since helpers.psql asked it to, also those of transactions rolled back.
_CALLED = "select f.schemaname || '.' || f.funcname from pg_catalog.pg_stat_user_functions as f"

# An idle session, as PostgREST's are, keeps its latest counts to itself; ended, it hands them in.
# Each is waited for, this many milliseconds at most.
_END_SESSIONS = """
    select pg_catalog.pg_terminate_backend(a.pid, 30000)
    from pg_catalog.pg_stat_activity as a
    where a.backend_type = 'client backend' and a.pid <> pg_catalog.pg_backend_pid()
"""

_called: set[str] = set()


def pytest_collection_finish() -> None:
    """Note what the tests in SQL called before."""
    _note()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Look after each module: killed, as it is by some tests, Postgres forgets its counts.

    What it can't say because it is still starting, it can after the next module.
    """
    if nextitem is not None and nextitem.path != item.path:
        try:
            _note()
        except psycopg.OperationalError:
            pass


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(exitstatus: int) -> None:
    """Write down what was called, and what there is, into a file of its own.

    After a failure nobody asks, and there may be no database any more.
    """
    if exitstatus != 0:
        return
    with _connect() as connection:
        connection.execute(_END_SESSIONS)
        functions = [name for (name,) in connection.execute(_FUNCTIONS)]
    _note()
    file = Path(os.environ["CALLBOARD_SHARED_DIR"]) / f"calls-{uuid.uuid4()}.json"
    file.write_text(json.dumps({"functions": functions, "called": sorted(_called)}))


def _note() -> None:
    """Add the functions that are counted now."""
    with _connect() as connection:
        _called.update(name for (name,) in connection.execute(_CALLED))


def _connect() -> psycopg.Connection:
    return psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5)
