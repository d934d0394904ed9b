"""Reads of VPCs."""

from collections import Counter

from gwlbfw.sim.clock import timestamp
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

_RESOURCE_TYPES = {"vswitch": "VSwitch", "route_table": "RouteTable", "ipv4_gateway": "Ipv4Gateway"}


@action("vpc", "DescribeVpcs")
def describe_vpcs(region: Region, request: Request) -> Reply:
    """VPC API, DescribeVpcs: an unknown id is an empty list."""
    ids = request.comma_texts("VpcId")
    wanted_name, group = request.text("VpcName"), request.text("ResourceGroupId")
    vpcs = [
        each
        for each in filter_by_tags(region.all(Vpc), request)
        if (not ids or each.id in ids)
        and wanted_name in ("", each.name)
        and group in ("", each.resource_group_id)
        and not request.flag("IsDefault")
    ]
    page = page_by_number(request, vpcs)
    return {"Vpcs": {"Vpc": [_listed(region, each) for each in page.items]}, **page.fields}


@action("vpc", "DescribeVpcAttribute")
def describe_vpc_attribute(region: Region, request: Request) -> Reply:
    """VPC API, DescribeVpcAttribute: flat, with the IPv4 gateway and the Internet mode."""
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
        "ClassicLinkEnabled": False,
        "CloudResources": {"CloudResourceSetType": resources},
        "AssociatedCens": {"AssociatedCen": []},
        "AssociatedPropagationSources": {"AssociatedPropagationSources": []},
    }


def _listed(region: Region, vpc: Vpc) -> dict[str, Json]:
    tables: list[Json] = [each.id for each in region.where(RouteTable, vpc_id=vpc.id)]
    nats: list[Json] = [
        each.id for each in region.all_of_kind("nat_gateway") if vpc.id in each.uses()
    ]
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
        "IsDefault": False,
        "RegionId": vpc.region,
        "ResourceGroupId": vpc.resource_group_id,
        "OwnerId": int(vpc.account),
        "CreationTime": timestamp(vpc.created),
        "EnabledIpv6": False,
        "Ipv6CidrBlock": "",
        "Ipv6CidrBlocks": {"Ipv6CidrBlock": []},
        "DhcpOptionsSetId": "",
        "DhcpOptionsSetStatus": "",
        "DnsHostnameStatus": "DISABLED",
        "Tags": {"Tag": tag_list(vpc.tags)},
    }
