"""What the tests of several products start from."""

import pytest

from tests.sim.cloud import Cloud
from tests.sim.services.ecs.calls import Ecs
from tests.sim.services.gwlb.calls import Firewall
from tests.sim.services.slb.calls import Slb
from tests.sim.services.vpc.calls import Vpcs


@pytest.fixture
def ecs(cloud: Cloud, vpcs: Vpcs) -> Ecs:
    """Short forms of the ECS API's calls, in a VPC with a vSwitch and a security group."""
    return Ecs.of(cloud, vpcs)


@pytest.fixture
def fw(cloud: Cloud, vpcs: Vpcs) -> Firewall:
    """Short forms of the GWLB and PrivateLink APIs' calls, in a security VPC."""
    return Firewall.of(cloud, vpcs)


@pytest.fixture
def slb(cloud: Cloud) -> Slb:
    """Short forms of the SLB API's calls."""
    return Slb(cloud)
