"""No function of ours is without a test: each is called at least once in the whole run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest


def test_every_function_is_called() -> None:
    """By a test in SQL or in Python, directly or through others, at whichever stack."""
    shared_dir = os.environ.get("CALLBOARD_SHARED_DIR")
    if shared_dir is None:
        pytest.skip("only a whole run can tell: make test")
    notes = [json.loads(file.read_text()) for file in Path(shared_dir).glob("calls-*.json")]
    functions = {name for note in notes for name in note["functions"]}
    called = {name for note in notes for name in note["called"]}
    # The tests in SQL and those in Python have been noted.
    assert {"tap.plan", "api.checkout"} <= called
    missing = functions - called
    assert not missing, f"no test calls {', '.join(sorted(missing))}"
