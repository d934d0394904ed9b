"""Reads of vSwitches."""

from collections.abc import Mapping

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import missing_parameter
from gwlbfw.sim.services.ecs.network_interface import free_address_count
from gwlbfw.sim.services.filtering import TextGetter, filter_by_flag, filter_by_parameters, listed
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, tag_list
from gwlbfw.sim.services.vpc.network_acl.record import acl_of_vswitch
from gwlbfw.sim.services.vpc.vpc.record import group_of_vpc, in_group
from gwlbfw.sim.services.vpc.vswitch import VSwitch, has_system_table
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@action("vpc", "DescribeVSwitches")
def describe_vswitches(region: Region, request: Request) -> Reply:
    """VPC API, DescribeVSwitches: an unknown id is an empty list."""
    if not request.text("VpcId") and not request.text("RegionId"):
        raise missing_parameter(request.product, "RegionId")
    named = listed(region, VSwitch, request.comma_texts("VSwitchId"))
    found = filter_by_parameters(request, filter_by_tags(named, request), _FILTERS)
    found = filter_by_flag(request, found, "IsDefault", lambda each: each.is_default)
    found = filter_by_flag(request, found, "EnableIpv6", lambda each: bool(each.ipv6_cidr))
    found = in_group(region, request, found)
    page = page_by_number(request, found)
    views: list[Json] = [_view(region, each) for each in page.items]
    return {"VSwitches": {"VSwitch": views}, **page.fields}


@action("vpc", "DescribeVSwitchAttributes")
def describe_vswitch_attributes(region: Region, request: Request) -> Reply:
    """VPC API, DescribeVSwitchAttributes: one that doesn't exist has an empty VSwitchId."""
    vswitch = region.find(VSwitch, request.text("VSwitchId"))
    if vswitch is None:
        return {"VSwitchId": ""}
    return _view(region, vswitch)


_FILTERS: Mapping[str, TextGetter[VSwitch]] = {
    "VpcId": lambda each: each.vpc_id,
    "ZoneId": lambda each: each.zone_id,
    "RouteTableId": lambda each: each.route_table_id,
    "VSwitchName": lambda each: each.name,
    "VSwitchOwnerId": lambda each: each.account,
}


def _view(region: Region, vswitch: VSwitch) -> dict[str, Json]:
    return {
        "VSwitchId": vswitch.id,
        "VSwitchName": vswitch.name,
        "Description": vswitch.description,
        "VpcId": vswitch.vpc_id,
        "ZoneId": vswitch.zone_id,
        "CidrBlock": vswitch.cidr,
        "Status": vswitch.status,
        "AvailableIpAddressCount": free_address_count(region, vswitch),
        "RouteTable": {
            "RouteTableId": vswitch.route_table_id,
            "RouteTableType": "System" if has_system_table(region, vswitch) else "Custom",
        },
        "NetworkAclId": acl_of_vswitch(region, vswitch.id),
        "IsDefault": vswitch.is_default,
        "OwnerId": int(vswitch.account),
        "ResourceGroupId": group_of_vpc(region, vswitch.vpc_id),
        "EnabledIpv6": bool(vswitch.ipv6_cidr),
        "Ipv6CidrBlock": vswitch.ipv6_cidr,
        "CreationTime": timestamp(vswitch.created),
        "Tags": {"Tag": tag_list(vswitch.tags)},
    }
