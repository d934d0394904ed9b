"""These tests are about what crosses the wire."""

import pytest


@pytest.fixture
def over_http() -> bool:
    """The cloud is behind a port."""
    return True
