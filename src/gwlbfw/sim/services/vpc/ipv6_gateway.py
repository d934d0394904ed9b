"""IPv6 gateway: a VPC's access to the Internet by IPv6.

Sources: VPC API, CreateIpv6Gateway, DescribeIpv6GatewayAttribute and their like. The codes of
CreateIpv6Gateway and DeleteIpv6Gateway are UNVERIFIED, and so is that no route is made with it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, listed
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP, requested_group
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.services.vpc.vpc.record import require_available_vpc
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@dataclass(kw_only=True, eq=False)
class Ipv6Gateway(
    Record,
    kind="ipv6_gateway",
    prefix="ipv6gw",
    product="vpc",
    tag_type="IPV6GATEWAY",
    not_found=("InvalidIpv6Gateway.NotFound", 404),
):
    """One gateway: Pending, then Available."""

    vpc_id: str = ""
    name: str = ""
    description: str = ""
    resource_group_id: str = DEFAULT_GROUP

    def uses(self) -> Collection[str]:
        return (self.vpc_id,)


@action("vpc", "CreateIpv6Gateway")
def create_ipv6_gateway(region: Region, request: Request) -> Reply:
    """VPC API, CreateIpv6Gateway: one for a VPC, which has IPv6."""
    vpc = require_available_vpc(region, request.text("VpcId"), "IncorrectStatus.Vpc")
    if not vpc.ipv6_blocks:
        raise ApiError("OperationDenied.VpcIpv6NotEnabled", "IPv6 is not enabled for the VPC.")
    if region.where(Ipv6Gateway, vpc_id=vpc.id):
        raise ApiError("OperationDenied.VpcExistIpv6Gateway", "The VPC has an IPv6 gateway.")
    gateway = region.add(
        Ipv6Gateway(
            vpc_id=vpc.id,
            name=name_or_description(request, "Name"),
            description=name_or_description(request, "Description"),
            resource_group_id=requested_group(region, request),
            tags=requested_tags(request),
        )
    )
    region.transition(gateway, "Pending", "Available")
    return {"Ipv6GatewayId": gateway.id, "ResourceGroupId": gateway.resource_group_id}


@action("vpc", "ModifyIpv6GatewayAttribute")
def modify_ipv6_gateway_attribute(region: Region, request: Request) -> Reply:
    """VPC API, ModifyIpv6GatewayAttribute: name and description."""
    gateway = _require_available(region, request)
    gateway.name = name_or_description(request, "Name", gateway.name)
    gateway.description = name_or_description(request, "Description", gateway.description)
    return {}


@action("vpc", "DeleteIpv6Gateway")
def delete_ipv6_gateway(region: Region, request: Request) -> Reply:
    """VPC API, DeleteIpv6Gateway: refused while a route entry leads to it."""
    gateway = _require_available(region, request)
    if region.users(gateway.id):
        raise ApiError("DependencyViolation.RouteEntry", f"A route leads to {gateway.id}.")
    region.transition(gateway, "Pending", DELETED)
    return {}


@action("vpc", "DescribeIpv6GatewayAttribute")
def describe_ipv6_gateway_attribute(region: Region, request: Request) -> Reply:
    """VPC API, DescribeIpv6GatewayAttribute: one that doesn't exist has an empty status.

    (terraform-provider-alicloud, service_alicloud_vpc_v2.go, knows no code for it.)
    """
    gateway = region.find(Ipv6Gateway, request.text("Ipv6GatewayId"))
    return _view(gateway) if gateway else {}


@action("vpc", "DescribeIpv6Gateways")
def describe_ipv6_gateways(region: Region, request: Request) -> Reply:
    """VPC API, DescribeIpv6Gateways: filtered by `Tags`, not `Tag`."""
    named = listed(region, Ipv6Gateway, request.comma_texts("Ipv6GatewayId"))
    found = filter_by_parameters(request, filter_by_tags(named, request, "Tags"), _FILTERS)
    page = page_by_number(request, found)
    return {"Ipv6Gateways": {"Ipv6Gateway": [_view(each) for each in page.items]}, **page.fields}


_FILTERS: Mapping[str, TextGetter[Ipv6Gateway]] = {
    "VpcId": lambda each: each.vpc_id,
    "Name": lambda each: each.name,
    "ResourceGroupId": lambda each: each.resource_group_id,
}


def _require_available(region: Region, request: Request) -> Ipv6Gateway:
    gateway = region.require(Ipv6Gateway, request.text("Ipv6GatewayId"))
    if gateway.status != "Available":
        raise ApiError("IncorrectStatus", f"The IPv6 gateway is {gateway.status}.")
    return gateway


def _view(gateway: Ipv6Gateway) -> dict[str, Json]:
    return {
        "Ipv6GatewayId": gateway.id,
        "Name": gateway.name,
        "Description": gateway.description,
        "VpcId": gateway.vpc_id,
        "RegionId": gateway.region,
        "Status": gateway.status,
        "BusinessStatus": "Normal",
        "InstanceChargeType": "PostPaid",
        "OwnerId": int(gateway.account),
        "ResourceGroupId": gateway.resource_group_id,
        "CreationTime": timestamp(gateway.created),
        "Tags": {"Tag": tag_list(gateway.tags)},
    }
