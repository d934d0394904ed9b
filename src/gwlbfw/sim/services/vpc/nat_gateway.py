"""NAT gateway: what gives a VPC's vSwitches the Internet by the EIPs that are bound to it.

Source: VPC API, CreateNatGateway, DeleteNatGateway and DescribeNatGateways, in brief: enhanced
gateways only, SNAT but neither DNAT nor bandwidth plans.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.network_interface import (
    NetworkInterface,
    attach_interface,
    interfaces_of,
    release_interfaces,
)
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.services.vpc.eip import eips_of, release_eips
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.services.vpc.route_entry.entries import DEFAULT_ROUTE, add_entry
from gwlbfw.sim.services.vpc.route_entry.record import RouteEntry
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.services.vpc.vpc.record import Vpc, require_available_vpc
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Lifecycle, Region
from gwlbfw.sim.wire import Json, Reply

BIND_MODES = ("MULTI_BINDED", "NAT")
_CODES = ("InvalidNatIp.AlreadyUsed", "ResourceNotEnough.VSwitchIp")
"""For an address that can't be had, and for a full vSwitch (both UNVERIFIED)."""


@dataclass(kw_only=True, eq=False)
class NatGateway(
    Record,
    Lifecycle,
    kind="nat_gateway",
    prefix="ngw",
    product="vpc",
    tag_type="NATGATEWAY",
    not_found=("InvalidNatGatewayId.NotFound", 404),
):
    """One gateway; its address in the vSwitch is an interface that it owns."""

    vpc_id: str = ""
    vswitch_id: str = ""
    name: str = ""
    description: str = ""
    network_type: str = "internet"
    bind_mode: str = "MULTI_BINDED"
    snat_table_id: str = ""
    forward_table_id: str = ""

    def uses(self) -> Collection[str]:
        return (self.vpc_id, self.vswitch_id)

    def on_delete(self, region: Region) -> None:
        release_eips(region, self.id)
        release_interfaces(region, self.id)


@action("vpc", "CreateNatGateway", not_simulated="DNAT, bandwidth plans")
def create_nat_gateway(region: Region, request: Request) -> Reply:
    """VPC API, CreateNatGateway: an enhanced gateway, which needs a vSwitch."""
    vpc = require_available_vpc(region, request.text("VpcId"))
    vswitch = region.require(VSwitch, request.require("VSwitchId"), "InvalidVSwitchId.NotFound")
    if vswitch.vpc_id != vpc.id:
        raise ApiError("InvalidVSwitchId.NotFound", f"{vswitch.id} is not in the VPC.", 404)
    if vswitch.status != "Available":
        raise ApiError("VswitchStatusError", f"The vSwitch is {vswitch.status}.")
    request.one_of("NatType", ("Enhanced",), "Enhanced")
    gateway = region.add(
        NatGateway(
            vpc_id=vpc.id,
            vswitch_id=vswitch.id,
            name=name_or_description(request, "Name"),
            description=name_or_description(request, "Description"),
            network_type=request.one_of("NetworkType", ("internet", "intranet"), "internet"),
            bind_mode=request.one_of("EipBindMode", BIND_MODES, "MULTI_BINDED"),
            snat_table_id=region.state.new_id("stb"),
            forward_table_id=region.state.new_id("ftb"),
            tags=requested_tags(request),
        )
    )
    interface = NetworkInterface(owner=gateway.id, service="nat")
    attach_interface(region, vswitch, interface, _CODES, request.text("NatIp"))
    _lead_system_table_to(region, vpc, gateway)
    region.transition(gateway, "Creating", "Available")
    return {
        "NatGatewayId": gateway.id,
        "SnatTableIds": {"SnatTableId": [gateway.snat_table_id]},
        "ForwardTableIds": {"ForwardTableId": [gateway.forward_table_id]},
    }


def _lead_system_table_to(region: Region, vpc: Vpc, gateway: NatGateway) -> None:
    """Add the default route to the VPC's first Internet NAT gateway to the system table.

    Help page "Create and manage an Internet NAT gateway": unless that table has a default route.
    That the entry is a custom one like any other is UNVERIFIED.
    """
    others = region.where(NatGateway, vpc_id=vpc.id, network_type="internet")
    if gateway.network_type != "internet" or others != [gateway]:
        return
    table = region.require(RouteTable, vpc.system_table_id)
    if not region.where(RouteEntry, table_id=table.id, destination=DEFAULT_ROUTE):
        add_entry(region, table, DEFAULT_ROUTE, ("NatGateway", gateway.id), Params("vpc", {}))


@action("vpc", "DeleteNatGateway")
def delete_nat_gateway(region: Region, request: Request) -> Reply:
    """VPC API, DeleteNatGateway: Force takes SNAT entries and EIPs along.

    Route entries that lead to the gateway stay and don't hold it: terraform-provider-alicloud
    deletes gateways that have some (resource_alicloud_route_entry_test.go, stateGapRecovery). When
    the cloud answers DependencyViolation.RouterEntry, which the error table has, and whether it
    takes the entries along instead, is UNVERIFIED.
    """
    gateway = region.require(NatGateway, request.text("NatGatewayId"))
    if gateway.status != "Available":
        code = "IncorrectStatus.NatGateway"
        raise ApiError(code, f"The NAT gateway is {gateway.status}.", 404)
    entries = [each for each in region.users(gateway.id) if each.kind == "snat_entry"]
    if not request.flag("Force"):
        if eips_of(region, gateway.id):
            raise ApiError("DependencyViolation.EIPS", "EIPs are bound to it.")
        if entries:
            raise ApiError("DependencyViolation.SnatEntry", "It has SNAT entries.")
    for each in entries:
        region.remove(each)
    region.transition(gateway, "Deleting", DELETED)
    return {}


_FILTERS: Mapping[str, TextGetter[NatGateway]] = {
    "NatGatewayId": lambda each: each.id,
    "VpcId": lambda each: each.vpc_id,
    "Name": lambda each: each.name,
    "NatType": lambda _: "Enhanced",
    "NetworkType": lambda each: each.network_type,
    "Status": lambda each: each.status,
}


@action("vpc", "DescribeNatGateways")
def describe_nat_gateways(region: Region, request: Request) -> Reply:
    """VPC API, DescribeNatGateways: tags are TagKey and TagValue here."""
    found = filter_by_parameters(request, filter_by_tags(region.all(NatGateway), request), _FILTERS)
    page = page_by_number(request, found)
    listed: list[Json] = [_view(region, each) for each in page.items]
    return {"NatGateways": {"NatGateway": listed}, **page.fields}


def _view(region: Region, gateway: NatGateway) -> dict[str, Json]:
    interface = interfaces_of(region, gateway.id)[0]
    return {
        "NatGatewayId": gateway.id,
        "Name": gateway.name,
        "Description": gateway.description,
        "VpcId": gateway.vpc_id,
        "RegionId": gateway.region,
        "Status": gateway.status,
        "BusinessStatus": "Normal",
        "NatType": "Enhanced",
        "NetworkType": gateway.network_type,
        "EipBindMode": gateway.bind_mode,
        "InstanceChargeType": "PostPaid",
        "InternetChargeType": "PayByLcu",
        "CreationTime": timestamp(gateway.created),
        "ResourceGroupId": "",
        "SnatTableIds": {"SnatTableId": [gateway.snat_table_id]},
        "ForwardTableIds": {"ForwardTableId": [gateway.forward_table_id]},
        "IpLists": {"IpList": [_ip(each.id, each.address) for each in eips_of(region, gateway.id)]},
        "NatGatewayPrivateInfo": {
            "EniInstanceId": interface.id,
            "IzNo": interface.zone_id,
            "PrivateIpAddress": interface.ip,
            "VswitchId": gateway.vswitch_id,
        },
        "Tags": {"Tag": tag_list(gateway.tags, "TagKey", "TagValue")},
    }


def _ip(allocation_id: str, address: str) -> Json:
    return {
        "AllocationId": allocation_id,
        "IpAddress": address,
        "SnatEntryEnabled": True,
        "UsingStatus": "Idle",
    }
