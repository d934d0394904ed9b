"""An empty simulated cloud for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.conftest import served
from tests.scenarios.testbed import Testbed


@pytest.fixture
def testbed(tmp_path: Path) -> Iterator[Testbed]:
    """An empty cloud."""
    with served(tmp_path) as made:
        yield made
