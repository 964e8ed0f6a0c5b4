"""What tests of prices share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.py.pricing.engine import Engine
from tests.py.support import Studio


@pytest.fixture(scope="module")
def engine(aydt: Studio) -> Iterator[Engine]:
    """The pipeline, in a transaction of the module's own that is undone at its end."""
    with aydt.operator() as connection:
        yield Engine(connection, aydt)
        connection.rollback()
