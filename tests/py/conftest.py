"""What tests of the running stack share: see tests/py/support.py."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import psycopg
import pytest

from tests.py.support import Family, Studio, demo_studio, new_studio


def pytest_configure() -> None:
    """Being told to end is as Ctrl-C: fixtures still put away what they have made."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def stack() -> Iterator[None]:
    """The running stack, made ready for tests; nothing the API promises is changed.

    Passwords are hashed at the lowest cost: hundreds of families sign up. The jobs that release
    lapsed holds, pass places on, end enrollments, ask the gateway for news, charge installments and
    tell of incidents do not come by themselves: a test runs them when it means to.
    """
    active = (
        "select cron.alter_job(j.jobid, active := %s) from cron.job as j"
        " where j.jobname in ('alert_incidents', 'ask_batches', 'expire_holds', 'pass_on_places',"
        " 'end_due_enrollments', 'ask_quiet_payments', 'fetch_unsettled_notices',"
        " 'list_notices', 'post_missing', 'retry_refunds', 'charge_due_installments',"
        " 'summarize_charges')"
    )
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            "update studio.settings set password_hash_cost = 4 where term_id is null"
        )
        connection.execute(active, (False,))
    yield
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(active, (True,))


@pytest.fixture(scope="session")
def aydt(stack: None) -> Studio:
    """The demo studio."""
    return demo_studio("aydt")


@pytest.fixture(scope="session")
def elmst(stack: None) -> Studio:
    """The other demo studio."""
    return demo_studio("elmst")


@pytest.fixture
def studio(stack: None) -> Studio:
    """A studio of the test's own."""
    return new_studio()


@pytest.fixture
def family(studio: Studio) -> Family:
    """A family of that studio, signed in."""
    return studio.family()
