"""Lists that lag: what is new is not in them yet, though its id works."""

import pytest
from alibabacloud_vpc20160428 import models

from gwlbfw.sim.settings import Settings
from tests.sim.cloud import TRANSITION, Cloud
from tests.sim.services.ecs.calls import Ecs
from tests.sim.services.vpc.calls import Vpcs

LAG = 100.0
"""Seconds; longer than a helper settles."""
TAG = {"key": "stack", "value": "a"}


@pytest.fixture
def settings() -> Settings:
    return Settings(transition=TRANSITION, list_lag=LAG)


def _listed(vpcs: Vpcs, **more: object) -> int:
    return int(vpcs.call("describe_vpcs", **more)["TotalCount"])


def _tagged(vpcs: Vpcs, vpc: str = "") -> int:
    tag = [models.ListTagResourcesRequestTag(**TAG)]
    ids = {"resource_id": [vpc]} if vpc else {"tag": tag}
    listed = vpcs.call("list_tag_resources", resource_type="VPC", **ids)
    return len(listed["TagResources"]["TagResource"])


def test_new_resource_is_missing_in_lists_that_do_not_name_it(vpcs: Vpcs) -> None:
    tag = [models.CreateVpcRequestTag(**TAG)]
    vpc = vpcs.call("create_vpc", cidr_block="192.168.0.0/16", tag=tag)["VpcId"]
    assert (_listed(vpcs), _tagged(vpcs)) == (0, 0)
    assert (_listed(vpcs, vpc_id=vpc), _tagged(vpcs, vpc)) == (1, 1)
    assert vpcs.call("describe_vpc_attribute", vpc_id=vpc)["VpcId"] == vpc
    vpcs.cloud.settle(LAG - 1)
    assert (_listed(vpcs), _tagged(vpcs)) == (0, 0)
    vpcs.cloud.settle(1)
    assert (_listed(vpcs), _tagged(vpcs)) == (1, 1)


def test_writes_see_resources_that_lists_lack(vpcs: Vpcs) -> None:
    vpc = vpcs.call("create_vpc", cidr_block="192.168.0.0/16")["VpcId"]
    vpcs.cloud.settle(2)
    vpcs.vswitch(vpc)
    assert vpcs.refused("delete_vpc", vpc_id=vpc)[1] == "DependencyViolation.VSwitch"


def test_parts_of_a_resource_do_not_lag(cloud: Cloud, vpcs: Vpcs) -> None:
    ecs = Ecs.of(cloud, vpcs)
    instance = ecs.instance()
    assert ecs.ids() == []
    assert ecs.one(instance)["VpcAttributes"]["VSwitchId"] == ecs.vswitch
