"""A fixture for anyone's tests, found by pytest where gwlbfw is installed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from gwlbfw.simulator import SimulatedCloud


@pytest.fixture(name="simulated_cloud")
def _simulated_cloud() -> "Iterator[SimulatedCloud]":
    """A simulated cloud of the test's own, in memory, on a loopback port."""
    from gwlbfw.simulator import simulated_cloud  # noqa: PLC0415 - costs nothing where not asked for

    with simulated_cloud() as cloud:
        yield cloud
