"""vSwitch: a VPC's subnet in one zone."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError, missing_parameter
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.regions import ZONES
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, filter_by_values
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.services.vpc import tasks
from gwlbfw.sim.services.vpc.parameters import cidr_block, name_or_description
from gwlbfw.sim.services.vpc.route_entry.record import RouteEntry
from gwlbfw.sim.services.vpc.vpc.record import Vpc, group_of_vpc, in_group, require_available_vpc
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

VSWITCHES = quota("vswitches_per_vpc", 150)
"""vSwitches in one VPC (VPC quotas)."""
BAD_CIDR = "InvalidCidrBlock.Malformed"
"""CreateVSwitch with a block outside its VPC (UNVERIFIED code)."""
OVERLAP = "InvalidCidrBlock.Overlapped"
"""CreateVSwitch with a block that overlaps another vSwitch's (UNVERIFIED code)."""
EQUALS_ROUTE = "InvalidStatus.RouteEntry"
"""CreateVSwitch with the destination of a route entry as its block."""
DEPENDENCIES = {
    "nat_gateway": "DependencyViolation.EnhancedNatgw",
    "snat_entry": "DependencyViolation.SnatEntry",
    "network_interface": "DependencyViolation",
    # That a redirected entry of a gateway's table blocks the deletion is UNVERIFIED.
    "gateway_route_entry": "DependencyViolation",
}
"""The code of DeleteVSwitch by the kind of a resource that is left in the vSwitch."""


@dataclass(kw_only=True, eq=False)
class VSwitch(
    Record,
    kind="vswitch",
    prefix="vsw",
    product="vpc",
    tag_type="VSWITCH",
    not_found=("InvalidVswitchID.NotFound", 404),
):
    """One vSwitch, with the route table that it has now."""

    vpc_id: str = ""
    zone_id: str = ""
    cidr: str = ""
    name: str = ""
    description: str = ""
    route_table_id: str = ""

    def uses(self) -> Collection[str]:
        return (self.vpc_id, self.route_table_id)


def usable_addresses(cidr: str) -> range:
    """The addresses of a vSwitch that can be used: not the first, nor the last three.

    Source: help page "VPC and vSwitch" (UNVERIFIED: it was in none of the API's pages).
    """
    network = IPv4Network(cidr)
    return range(int(network.network_address) + 1, int(network.broadcast_address) - 2)


@action("vpc", "CreateVSwitch")
def create_vswitch(region: Region, request: Request) -> Reply:
    """VPC API, CreateVSwitch: it has the system route table until another is associated."""
    vpc = require_available_vpc(region, request.text("VpcId"))
    zone = request.text("ZoneId")
    if zone not in ZONES[region.name]:
        raise ApiError("InvalidZoneId.NotFound", f"The zone {zone} does not exist.", 404)
    cidr = cidr_block(request.text("CidrBlock"), 16, 29)
    _check_cidr(region, vpc, cidr)
    tasks.refuse_if_busy(region, vpc.id)
    vswitch = region.add(
        VSwitch(
            vpc_id=vpc.id,
            zone_id=zone,
            cidr=str(cidr),
            name=name_or_description(request, "VSwitchName"),
            description=name_or_description(request, "Description"),
            route_table_id=vpc.system_table_id,
            tags=requested_tags(request),
        )
    )
    region.transition(vswitch, "Pending", "Available")
    return {"VSwitchId": vswitch.id}


@action("vpc", "ModifyVSwitchAttribute")
def modify_vswitch_attribute(region: Region, request: Request) -> Reply:
    """VPC API, ModifyVSwitchAttribute: name and description."""
    vswitch = region.require(VSwitch, request.text("VSwitchId"))
    if vswitch.status != "Available":
        raise ApiError("IncorrectStatus.VSwitch", f"The vSwitch is {vswitch.status}.")
    vswitch.name = name_or_description(request, "VSwitchName", vswitch.name)
    vswitch.description = name_or_description(request, "Description", vswitch.description)
    return {}


@action("vpc", "DeleteVSwitch")
def delete_vswitch(region: Region, request: Request) -> Reply:
    """VPC API, DeleteVSwitch: only when Available and empty, one subnet of a VPC at a time."""
    vswitch = region.require(VSwitch, request.text("VSwitchId"))
    if vswitch.status != "Available":
        raise ApiError("IncorrectVSwitchStatus", f"The vSwitch is {vswitch.status}.")
    kinds = {each.kind for each in region.users(vswitch.id)}
    if not _has_system_table(region, vswitch):
        code = "DependencyViolation.RouteTable"
        raise ApiError(code, f"It has the route table {vswitch.route_table_id}.")
    if kinds:
        codes = [code for kind, code in DEPENDENCIES.items() if kind in kinds]
        code = codes[0] if codes else "DependencyViolation"
        raise ApiError(code, f"The vSwitch has {', '.join(sorted(kinds))} left in it.")
    tasks.refuse_if_busy(region, vswitch.vpc_id, "OperationDenied.OtherSubnetProcessing")
    region.transition(vswitch, "Pending", DELETED)
    return {}


@action("vpc", "DescribeVSwitches")
def describe_vswitches(region: Region, request: Request) -> Reply:
    """VPC API, DescribeVSwitches: an unknown id is an empty list."""
    if not request.text("VpcId") and not request.text("RegionId"):
        raise missing_parameter(request.product, "RegionId")
    own = [] if request.flag("IsDefault") else filter_by_tags(region.all(VSwitch), request)
    found = filter_by_parameters(request, own, _FILTERS)
    found = in_group(region, request, found)
    found = filter_by_values(found, request.comma_texts("VSwitchId"), lambda each: each.id)
    page = page_by_number(request, found)
    interfaces = region.all_of_kind("network_interface")
    used = Counter(each_id for each in interfaces for each_id in each.uses())
    listed: list[Json] = [_view(region, each, used[each.id]) for each in page.items]
    return {"VSwitches": {"VSwitch": listed}, **page.fields}


@action("vpc", "DescribeVSwitchAttributes")
def describe_vswitch_attributes(region: Region, request: Request) -> Reply:
    """VPC API, DescribeVSwitchAttributes: one that doesn't exist has an empty VSwitchId."""
    vswitch = region.find(VSwitch, request.text("VSwitchId"))
    if vswitch is None:
        return {"VSwitchId": ""}
    used = Counter(each.kind for each in region.users(vswitch.id))
    return _view(region, vswitch, used["network_interface"])


def _has_system_table(region: Region, vswitch: VSwitch) -> bool:
    vpc = region.find(Vpc, vswitch.vpc_id)
    return vpc is not None and vpc.system_table_id == vswitch.route_table_id


def _check_cidr(region: Region, vpc: Vpc, cidr: IPv4Network) -> None:
    blocks = [IPv4Network(each) for each in (vpc.cidr, *vpc.secondary_cidrs)]
    if not any(cidr.subnet_of(each) for each in blocks):
        raise ApiError(BAD_CIDR, f"{cidr} is not in a block of the VPC.")
    others = region.where(VSwitch, vpc_id=vpc.id)
    if len(others) >= (most := region.quota(VSWITCHES)):
        raise ApiError("QuotaExceeded.VSwitch", f"A VPC has at most {most} vSwitches.")
    for other in others:
        if cidr.overlaps(IPv4Network(other.cidr)):
            raise ApiError(OVERLAP, f"{cidr} overlaps the vSwitch {other.id}.")
    for entry in region.where(RouteEntry, vpc_id=vpc.id):
        if entry.destination == str(cidr):
            raise ApiError(EQUALS_ROUTE, f"{cidr} is the destination of the entry {entry.id}.")


_FILTERS: Mapping[str, TextGetter[VSwitch]] = {
    "VpcId": lambda each: each.vpc_id,
    "ZoneId": lambda each: each.zone_id,
    "RouteTableId": lambda each: each.route_table_id,
    "VSwitchName": lambda each: each.name,
}


def _view(region: Region, vswitch: VSwitch, used: int) -> dict[str, Json]:
    return {
        "VSwitchId": vswitch.id,
        "VSwitchName": vswitch.name,
        "Description": vswitch.description,
        "VpcId": vswitch.vpc_id,
        "ZoneId": vswitch.zone_id,
        "CidrBlock": vswitch.cidr,
        "Status": vswitch.status,
        "AvailableIpAddressCount": len(usable_addresses(vswitch.cidr)) - used,
        "RouteTable": {
            "RouteTableId": vswitch.route_table_id,
            "RouteTableType": "System" if _has_system_table(region, vswitch) else "Custom",
        },
        "NetworkAclId": "",
        "IsDefault": False,
        "ShareType": "",
        "OwnerId": int(vswitch.account),
        "ResourceGroupId": group_of_vpc(region, vswitch.vpc_id),
        "EnabledIpv6": False,
        "Ipv6CidrBlock": "",
        "CreationTime": timestamp(vswitch.created),
        "Tags": {"Tag": tag_list(vswitch.tags)},
    }
