"""Reads of VPCs."""

from collections import Counter
from collections.abc import Mapping

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.services.filtering import (
    TextGetter,
    filter_by_flag,
    filter_by_parameters,
    listed,
)
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, tag_list
from gwlbfw.sim.services.vpc.ipv4_gateway import Ipv4Gateway
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

MAX_IDS = 20
"""VPCs that may be named in one call (VPC API, DescribeVpcs)."""
_RESOURCE_TYPES = {"vswitch": "VSwitch", "route_table": "RouteTable", "ipv4_gateway": "Ipv4Gateway"}


@action("vpc", "DescribeVpcs")
def describe_vpcs(region: Region, request: Request) -> Reply:
    """VPC API, DescribeVpcs: an unknown id is an empty list."""
    ids = request.comma_texts("VpcId")
    if len(ids) > MAX_IDS:
        raise request.invalid("VpcId", f"at most {MAX_IDS} ids")
    vpcs = filter_by_tags(listed(region, Vpc, ids), request)
    vpcs = filter_by_parameters(request, vpcs, _FILTERS)
    vpcs = filter_by_flag(request, vpcs, "IsDefault", lambda each: each.is_default)
    vpcs = filter_by_flag(request, vpcs, "EnableIpv6", lambda each: bool(each.ipv6_blocks))
    page = page_by_number(request, vpcs)
    return {"Vpcs": {"Vpc": [_listed(region, each) for each in page.items]}, **page.fields}


_FILTERS: Mapping[str, TextGetter[Vpc]] = {
    "VpcName": lambda each: each.name,
    "ResourceGroupId": lambda each: each.resource_group_id,
    "VpcOwnerId": lambda each: each.account,
    "DhcpOptionsSetId": lambda _: "",
}


@action("vpc", "DescribeVpcAttribute", without_effect=("IsDefault",))
def describe_vpc_attribute(region: Region, request: Request) -> Reply:
    """VPC API, DescribeVpcAttribute: flat, with the IPv4 gateway and the Internet mode.

    What IsDefault is for beside an id is UNVERIFIED: nothing here.
    """
    vpc = region.require(Vpc, request.text("VpcId"))
    gateways = region.where(Ipv4Gateway, vpc_id=vpc.id)
    kinds = Counter(each.kind for each in region.users(vpc.id))
    resources: list[Json] = [
        {"ResourceType": kind, "ResourceCount": kinds[key]}
        for key, kind in _RESOURCE_TYPES.items()
        if kinds[key]
    ]
    return {
        **_common(region, vpc),
        "SupportIpv4Gateway": vpc.centralised,
        "Ipv4GatewayId": gateways[0].id if gateways else "",
        "ClassicLinkEnabled": vpc.classic_link,
        "CloudResources": {"CloudResourceSetType": resources},
        "AssociatedCens": {"AssociatedCen": []},
        "AssociatedPropagationSources": {"AssociatedPropagationSources": []},
    }


def _listed(region: Region, vpc: Vpc) -> dict[str, Json]:
    tables: list[Json] = [each.id for each in region.where(RouteTable, vpc_id=vpc.id)]
    nats: list[Json] = [each.id for each in region.users(vpc.id) if each.kind == "nat_gateway"]
    return {
        **_common(region, vpc),
        "CenStatus": "Detached",
        "RouterTableIds": {"RouterTableIds": tables},
        "NatGatewayIds": {"NatGatewayIds": nats},
    }


def _common(region: Region, vpc: Vpc) -> dict[str, Json]:
    vswitches: list[Json] = [each.id for each in region.where(VSwitch, vpc_id=vpc.id)]
    return {
        "VpcId": vpc.id,
        "VpcName": vpc.name,
        "Description": vpc.description,
        "Status": vpc.status,
        "CidrBlock": vpc.cidr,
        "SecondaryCidrBlocks": {"SecondaryCidrBlock": list(vpc.secondary_cidrs)},
        "UserCidrs": {"UserCidr": list(vpc.user_cidrs)},
        "VRouterId": vpc.router_id,
        "VSwitchIds": {"VSwitchId": vswitches},
        "IsDefault": vpc.is_default,
        "RegionId": vpc.region,
        "ResourceGroupId": vpc.resource_group_id,
        "OwnerId": int(vpc.account),
        "CreationTime": timestamp(vpc.created),
        "EnabledIpv6": bool(vpc.ipv6_blocks),
        "Ipv6CidrBlock": vpc.ipv6_blocks[0].cidr if vpc.ipv6_blocks else "",
        "Ipv6CidrBlocks": {"Ipv6CidrBlock": [each.view() for each in vpc.ipv6_blocks]},
        "DnsHostnameStatus": "ENABLED" if vpc.dns_hostname else "DISABLED",
        "Tags": {"Tag": tag_list(vpc.tags)},
    }
