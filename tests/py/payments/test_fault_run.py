"""The fault run in a short form; `make fault-run` plays a long one, with any seed."""

from __future__ import annotations

import os

import pytest

from tests.py.payments.fault_run import FaultRun
from tests.py.payments.support import Gateway
from tests.py.support import Studio

SEED = int(os.environ.get("FAULT_RUN_SEED", "5"))
COUNT = int(os.environ.get("FAULT_RUN_N", "6"))


@pytest.mark.timeout(90 + 5 * COUNT)
def test_whatever_breaks_every_cent_is_where_it_belongs(gateway: Gateway, elmst: Studio) -> None:
    run = FaultRun(SEED, COUNT, elmst, gateway)
    try:
        run.play()
        problems = run.problems()
    finally:
        # Shown when the test fails.
        print(f"make fault-run SEED={SEED} N={COUNT}", run.told(), sep="\n")
    assert not problems, "\n".join(problems)
