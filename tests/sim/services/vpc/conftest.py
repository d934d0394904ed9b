"""What several tests of the VPC API start from."""

import pytest

from tests.sim.services.vpc.calls import Vpcs
from tests.sim.services.vpc.nat import Nat


@pytest.fixture
def nat(vpcs: Vpcs) -> Nat:
    """An Internet NAT gateway."""
    return Nat.of(vpcs)


@pytest.fixture
def private_nat(vpcs: Vpcs) -> Nat:
    """A VPC NAT gateway."""
    return Nat.of(vpcs, network_type="intranet")
