"""Everything there is in a region, as the APIs' lists tell it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gwlbfw.cloud.call import Raw, objects
from tests.scenarios.testbed import REGION, Testbed

LISTS = (
    ("vpc:DescribeVpcs", "Vpcs.Vpc", "VpcId"),
    ("vpc:DescribeVSwitches", "VSwitches.VSwitch", "VSwitchId"),
    ("vpc:DescribeRouteTableList", "RouterTableList.RouterTableListType", "RouteTableId"),
    ("vpc:ListIpv4Gateways", "Ipv4GatewayModels", "Ipv4GatewayId"),
    ("vpc:DescribeEipAddresses", "EipAddresses.EipAddress", "AllocationId"),
    ("ecs:DescribeInstances", "Instances.Instance", "InstanceId"),
    ("ecs:DescribeSecurityGroups", "SecurityGroups.SecurityGroup", "SecurityGroupId"),
    (
        "ecs:DescribeNetworkInterfaces",
        "NetworkInterfaceSets.NetworkInterfaceSet",
        "NetworkInterfaceId",
    ),
    ("gwlb:ListLoadBalancers", "LoadBalancers", "LoadBalancerId"),
    ("gwlb:ListServerGroups", "ServerGroups", "ServerGroupId"),
    ("gwlb:ListListeners", "Listeners", "ListenerId"),
    ("privatelink:ListVpcEndpointServices", "Services", "ServiceId"),
    ("privatelink:ListVpcEndpoints", "Endpoints", "EndpointId"),
)
LABELS = ("Name", "Description", "Tags")
Dump = dict[str, Raw]
"""What the cloud says of each thing, by its id, or by its owner's id and what it is there."""
PAGED = {"vpc:DescribeRouteEntryList": "MaxResult", "vpc:D": "PageSize", "ecs:D": "MaxResults"}


@dataclass(frozen=True)
class _Reader:
    testbed: Testbed
    region: str
    account: str

    def ask(self, action: str, items: str, **params: Any) -> list[Raw]:
        """The objects of a listing, which must fit on one page."""
        size = PAGED.get(action) or PAGED.get(action[:5])
        params |= {size: 50} if size else {}
        reply = self.testbed.call(action, region=self.region, account=self.account, **params)
        assert not reply.get("NextToken"), action
        # When something was changed last is no part of what it is.
        return [{k: v for k, v in e.items() if k != "GmtModified"} for e in objects(reply, items)]

    def below(self, each: Raw, action: str, cloud_id: str) -> Iterator[tuple[str, Raw]]:
        """The rules or routes of what was listed."""
        key, below = "DestinationCidrBlock", []
        if action == "ecs:DescribeSecurityGroups":
            asked, items = "ecs:DescribeSecurityGroupAttribute", "Permissions.Permission"
            key, below = "SecurityGroupRuleId", self.ask(asked, items, SecurityGroupId=cloud_id)
        elif each.get("AssociateType") == "Gateway":
            asked, items = "vpc:ListGatewayRouteTableEntries", "GatewayRouteEntryModels"
            below = self.ask(asked, items, GatewayRouteTableId=cloud_id, MaxResults=100)
        elif action == "vpc:DescribeRouteTableList":
            asked, items = "vpc:DescribeRouteEntryList", "RouteEntrys.RouteEntry"
            below = self.ask(asked, items, RouteTableId=cloud_id)
        for one in below:
            yield f"{cloud_id} {one[key]}", one


def dump(testbed: Testbed, region: str = REGION, account: str = "") -> Dump:
    """Everything there is, once nothing is under way."""
    testbed.settle()
    reader = _Reader(testbed, region, account)
    everything: Dump = {}
    for action, items, id_field in LISTS:
        for each in reader.ask(action, items):
            cloud_id = str(each[id_field])
            everything[cloud_id] = each
            everything.update(reader.below(each, action, cloud_id))
    return everything


def labels(of: Dump, only: Dump) -> dict[str, object]:
    """Names, descriptions and tags in a dump, of what is in another one too."""
    return {
        f"{key} {name}": value
        for key in only
        for name, value in of[key].items()
        if name.endswith(LABELS)
    }
