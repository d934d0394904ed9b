"""An empty simulated cloud for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.conftest import served
from tests.scenarios.testbed import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty cloud."""
    with served(tmp_path) as made:
        yield made
