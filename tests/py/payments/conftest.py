"""Each payment test finds the outside world in order, and leaves nothing under way behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.py.payments.support import Gateway, rest
from tests.py.support import Family, Studio


@pytest.fixture(scope="session")
def section_id(elmst: Studio) -> int:
    """A section of studio elmst with room for everybody."""
    return elmst.section(capacity=None)


@pytest.fixture
def gateway(elmst: Studio) -> Iterator[Gateway]:
    """The gateway as studio elmst's merchant account sees it, with nothing wrong."""
    gateway = Gateway(elmst)
    gateway.faults()
    yield gateway
    gateway.faults()
    gateway.deliver()
    rest()


@pytest.fixture
def family(elmst: Studio) -> Family:
    """A family at studio elmst, without SMS."""
    return elmst.family()


@pytest.fixture
def registration(family: Family, section_id: int) -> dict[str, object]:
    """The family's checkout, to be paid."""
    return family.hold((family.student(), section_id))
