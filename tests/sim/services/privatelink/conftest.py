"""What the tests of endpoints start from."""

import pytest

from tests.sim.services.gwlb.calls import Firewall
from tests.sim.services.privatelink.calls import Business


@pytest.fixture
def biz(fw: Firewall) -> Business:
    """A VPC for endpoints, and a service that accepts them automatically."""
    return Business.of(fw)


@pytest.fixture
def strict(fw: Firewall) -> Business:
    """A VPC for endpoints, and a service whose provider has to accept them."""
    return Business.of(fw, accepts=False)
