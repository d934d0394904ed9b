"""Business VPCs in another account, reached by assuming a role there."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.scenarios.conftest import served
from tests.scenarios.testbed import Content, World, example

OWN, OTHER = "1000000000000001", "2000000000000002"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty cloud in which it is now: sessions are good for an hour of the day's time."""
    with served(tmp_path, start=datetime.now(UTC).timestamp()) as made:
        made.patience = 60.0
        yield made


def across(*, auto_accept: bool = True) -> Content:
    """The vendor's scenario with its business VPC in another account."""
    content = example("ulanqab")
    content["accounts"] = {"biz": {"role_arn": f"acs:ram::{OTHER}:role/deploy"}}
    content["business_vpcs"]["shop"]["account"] = "biz"
    content["endpoint_service"] = {"auto_accept": auto_accept}
    return content


def ids(world: World, action: str, items: str, account: str = "") -> list[str]:
    reply = world.call(action, account=account)
    for name in items.split(".")[:-1]:
        reply = reply[name]
    return [each[items.rsplit(".", maxsplit=1)[-1]] for each in reply]


@pytest.mark.parametrize("auto_accept", [True, False])
def test_each_account_has_its_part(world: World, auto_accept: bool) -> None:
    content = across(auto_accept=auto_accept)
    stack = world.stack(content)
    stack.apply()
    assert stack.changes() == {}
    assert not stack.drift().drifted
    (service,) = ids(world, "privatelink:ListVpcEndpointServices", "Services.ServiceId")
    users = world.call("privatelink:ListVpcEndpointServiceUsers", ServiceId=service)["Users"]
    assert [str(each["UserId"]) for each in users] == [OTHER]
    for account, vpcs, instances in (("", 1, 2), (OTHER, 1, 2)):
        assert len(ids(world, "vpc:DescribeVpcs", "Vpcs.Vpc.VpcId", account)) == vpcs
        found = ids(world, "ecs:DescribeInstances", "Instances.Instance.InstanceId", account)
        assert len(found) == instances
    assert ids(world, "privatelink:ListVpcEndpoints", "Endpoints.EndpointId") == []
    world.forget()
    assert world.stack(content).changes() == {}
    world.stack(content).destroy()
    assert world.resources == {}


def test_the_firewall_may_be_in_the_other_account(world: World) -> None:
    content = across()
    content["endpoint_service"]["allowed_accounts"] = [OWN]
    del content["business_vpcs"]["shop"]["account"]
    content["security_vpc"]["account"] = "biz"
    stack = world.stack(content)
    stack.apply()
    assert stack.changes() == {}
    assert len(ids(world, "gwlb:ListLoadBalancers", "LoadBalancers.LoadBalancerId", OTHER)) == 1
    (service,) = ids(
        world, "privatelink:ListVpcEndpointServices", "Services.ServiceId", account=OTHER
    )
    users = world.call("privatelink:ListVpcEndpointServiceUsers", account=OTHER, ServiceId=service)[
        "Users"
    ]
    assert [str(each["UserId"]) for each in users] == [OWN]
    stack.destroy()
    assert world.resources == {}


def test_a_connection_that_was_never_accepted_is_accepted(world: World) -> None:
    content = across(auto_accept=False)
    stack = world.stack(content)
    stack.apply()
    (service,) = ids(world, "privatelink:ListVpcEndpointServices", "Services.ServiceId")
    endpoints = ids(world, "privatelink:ListVpcEndpoints", "Endpoints.EndpointId", OTHER)
    world.done(
        "privatelink:DisableVpcEndpointConnection", ServiceId=service, EndpointId=endpoints[0]
    )
    (item,) = [each for each in stack.drift().items if each.attribute == "connected"]
    assert item.severity == "critical"
    stack.apply()
    assert stack.changes() == {}


def test_another_stack_of_the_same_name_elsewhere_is_none_of_ours(world: World) -> None:
    """In the other account there is a stack with the same tags: not named, not touched."""
    content = example("ulanqab")
    world.stack(content).apply()
    tags = [
        {"Key": "gwlbfw:stack", "Value": "ulanqab-edge"},
        {"Key": "gwlbfw:address", "Value": "vpc.business/shop"},
    ]
    world.done("vpc:CreateVpc", account=OTHER, CidrBlock="192.168.0.0/16", Tag=tags)
    stack = world.stack(content)
    assert stack.changes() == {}
    stack.destroy()
    assert world.resources == {"vpc": 1}
