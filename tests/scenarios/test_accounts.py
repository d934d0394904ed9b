"""Business VPCs in another account, reached by assuming a role there."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.scenarios.conftest import served
from tests.scenarios.testbed import Content, Testbed, example

OWN, OTHER = "1000000000000001", "2000000000000002"


@pytest.fixture
def testbed(tmp_path: Path) -> Iterator[Testbed]:
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


def ids(testbed: Testbed, action: str, items: str, account: str = "") -> list[str]:
    reply = testbed.call(action, account=account)
    for name in items.split(".")[:-1]:
        reply = reply[name]
    return [each[items.rsplit(".", maxsplit=1)[-1]] for each in reply]


@pytest.mark.parametrize("auto_accept", [True, False])
def test_each_account_holds_its_own_resources(testbed: Testbed, auto_accept: bool) -> None:
    content = across(auto_accept=auto_accept)
    stack = testbed.stack(content)
    stack.apply()
    assert stack.changes() == {}
    assert not stack.drift().drifted
    (service,) = ids(testbed, "privatelink:ListVpcEndpointServices", "Services.ServiceId")
    users = testbed.call("privatelink:ListVpcEndpointServiceUsers", ServiceId=service)["Users"]
    assert [str(each["UserId"]) for each in users] == [OTHER]
    for account, vpcs, instances in (("", 1, 2), (OTHER, 1, 2)):
        assert len(ids(testbed, "vpc:DescribeVpcs", "Vpcs.Vpc.VpcId", account)) == vpcs
        found = ids(testbed, "ecs:DescribeInstances", "Instances.Instance.InstanceId", account)
        assert len(found) == instances
    assert ids(testbed, "privatelink:ListVpcEndpoints", "Endpoints.EndpointId") == []
    testbed.forget()
    assert testbed.stack(content).changes() == {}
    testbed.stack(content).destroy()
    assert testbed.resources == {}


def test_the_firewall_may_be_in_the_other_account(testbed: Testbed) -> None:
    content = across()
    content["endpoint_service"]["allowed_accounts"] = [OWN]
    del content["business_vpcs"]["shop"]["account"]
    content["security_vpc"]["account"] = "biz"
    stack = testbed.stack(content)
    stack.apply()
    assert stack.changes() == {}
    assert len(ids(testbed, "gwlb:ListLoadBalancers", "LoadBalancers.LoadBalancerId", OTHER)) == 1
    (service,) = ids(
        testbed, "privatelink:ListVpcEndpointServices", "Services.ServiceId", account=OTHER
    )
    users = testbed.call(
        "privatelink:ListVpcEndpointServiceUsers", account=OTHER, ServiceId=service
    )["Users"]
    assert [str(each["UserId"]) for each in users] == [OWN]
    stack.destroy()
    assert testbed.resources == {}


def test_pending_endpoint_connection_is_accepted(testbed: Testbed) -> None:
    content = across(auto_accept=False)
    stack = testbed.stack(content)
    stack.apply()
    (service,) = ids(testbed, "privatelink:ListVpcEndpointServices", "Services.ServiceId")
    endpoints = ids(testbed, "privatelink:ListVpcEndpoints", "Endpoints.EndpointId", OTHER)
    testbed.done(
        "privatelink:DisableVpcEndpointConnection", ServiceId=service, EndpointId=endpoints[0]
    )
    (item,) = [each for each in stack.drift().items if each.attribute == "connected"]
    assert item.severity == "critical"
    stack.apply()
    assert stack.changes() == {}


def test_stack_of_the_same_name_in_another_account_is_left_alone(testbed: Testbed) -> None:
    """In the other account there is a stack with the same tags: not named, not touched."""
    content = example("ulanqab")
    testbed.stack(content).apply()
    tags = [
        {"Key": "gwlbfw:stack", "Value": "ulanqab-edge"},
        {"Key": "gwlbfw:address", "Value": "vpc.business/shop"},
    ]
    testbed.done("vpc:CreateVpc", account=OTHER, CidrBlock="192.168.0.0/16", Tag=tags)
    stack = testbed.stack(content)
    assert stack.changes() == {}
    stack.destroy()
    assert testbed.resources == {"vpc": 1}
