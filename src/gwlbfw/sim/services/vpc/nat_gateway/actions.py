"""Actions that create, change and delete NAT gateways.

Sources: VPC API, CreateNatGateway, ModifyNatGatewayAttribute, ModifyNatGatewaySpec,
UpdateNatGatewayNatType and DeleteNatGateway, with their error tables.
"""

import json
from collections.abc import Mapping

from gwlbfw.sim.errors import ApiError, not_simulated
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface, attach_interface
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.tags import requested_tags
from gwlbfw.sim.services.vpc.deletion_protection import refuse_if_protected
from gwlbfw.sim.services.vpc.eip.record import eips_of
from gwlbfw.sim.services.vpc.nat_gateway.eip_addresses import give_address
from gwlbfw.sim.services.vpc.nat_gateway.record import NatGateway, require_idle_gateway
from gwlbfw.sim.services.vpc.nat_ip import add_default_nat_ip
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.services.vpc.route_entry.entries import DEFAULT_ROUTE, add_entry
from gwlbfw.sim.services.vpc.route_entry.record import RouteEntry
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.services.vpc.vpc.record import Vpc, require_available_vpc
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.record import DELETED
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

BIND_MODES = ("MULTI_BINDED", "NAT")
_CODES = ("InvalidNatIp.AlreadyUsed", "ResourceNotEnough.VSwitchIp")
"""For an address that can't be had, and for a full vSwitch (both UNVERIFIED)."""
_PARTS = {
    "snat_entry": "DependencyViolation.SnatEntry",
    "forward_entry": "DependencyViolation.ForwardEntry",
    "nat_ip": "DependencyViolation.NatIp",
    "nat_ip_cidr": "DependencyViolation.NatIpCidr",
}
"""The code of DeleteNatGateway by the kind of what the gateway still has."""
_FORCED = ("snat_entry", "forward_entry")
"""What Force deletes along with the gateway, beside releasing its EIPs."""


@action(
    "vpc",
    "CreateNatGateway",
    not_simulated="bandwidth plans, IP prefixes",
    without_effect=("AutoPay", "Duration", "PricingCycle", "Spec"),
)
def create_nat_gateway(region: Region, request: Request) -> Reply:
    """VPC API, CreateNatGateway: an enhanced gateway, which needs a vSwitch."""
    vpc = require_available_vpc(region, request.text("VpcId"))
    vswitch = _vswitch(region, vpc, request)
    request.one_of("NatType", ("Enhanced",), "Enhanced")
    if request.one_of("InstanceChargeType", ("PostPaid", "PrePaid"), "PostPaid") == "PrePaid":
        raise not_simulated("InstanceChargeType", "subscriptions, which are no longer sold")
    if request.one_of("InternetChargeType", ("PayByLcu", "PayBySpec"), "PayByLcu") == "PayBySpec":
        raise not_simulated("InternetChargeType", "specifications, which are no longer sold")
    gateway = region.add(
        NatGateway(
            vpc_id=vpc.id,
            vswitch_id=vswitch.id,
            name=name_or_description(request, "Name"),
            description=name_or_description(request, "Description"),
            network_type=request.one_of("NetworkType", ("internet", "intranet"), "internet"),
            bind_mode=request.one_of("EipBindMode", BIND_MODES, "MULTI_BINDED"),
            availability_mode=request.one_of(
                "AvailabilityMode", ("CrossAZ", "SingleAZ"), "CrossAZ"
            ),
            icmp_reply=request.flag("IcmpReplyEnabled", default=True),
            private_link=request.flag("PrivateLinkEnabled"),
            access_mode=_access_mode(request),
            snat_table_id=region.state.new_id("stb"),
            forward_table_id=region.state.new_id("ftb"),
            tags=requested_tags(request),
        )
    )
    interface = NetworkInterface(owner=gateway.id, service="nat")
    attach_interface(region, vswitch, interface, _CODES, request.text("NatIp"))
    if gateway.network_type == "intranet":
        add_default_nat_ip(region, gateway, vswitch, interface.ip)
    _lead_system_table_to(region, vpc, gateway)
    region.transition(gateway, "Creating", "Available")
    return {
        "NatGatewayId": gateway.id,
        "SnatTableIds": {"SnatTableId": [gateway.snat_table_id]},
        "ForwardTableIds": {"ForwardTableId": [gateway.forward_table_id]},
    }


def _vswitch(region: Region, vpc: Vpc, request: Request) -> VSwitch:
    vswitch = region.require(VSwitch, request.require("VSwitchId"), "InvalidVSwitchId.NotFound")
    if vswitch.vpc_id != vpc.id:
        raise ApiError("InvalidVSwitchId.NotFound", f"{vswitch.id} is not in the VPC.", 404)
    if vswitch.status != "Available":
        raise ApiError("VswitchStatusError", f"The vSwitch is {vswitch.status}.")
    return vswitch


def _access_mode(request: Request) -> Mapping[str, str]:
    """AccessMode, which needs PrivateLink (`alibabacloud_vpc20160428`, doc comments).

    That PrivateLink without one goes by routes is UNVERIFIED.
    """
    given = _json_object(request, "AccessMode", ("ModeValue", "TunnelType"))
    linked = request.flag("PrivateLinkEnabled")
    if given and not linked:
        raise request.invalid("AccessMode", "PrivateLinkEnabled must be true")
    if given.get("ModeValue", "route") not in ("route", "tunnel"):
        raise request.invalid("AccessMode", "route or tunnel is expected")
    return {"ModeValue": "route", **given} if linked else {}


def _json_object(request: Request, name: str, fields: tuple[str, ...]) -> dict[str, str]:
    """The texts of a parameter such as `{"ModeValue": "tunnel"}`."""
    text = request.text(name)
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        value = None
    if not isinstance(value, dict) or not set(value) <= set(fields):
        raise request.invalid(name, f"a JSON object of {' and '.join(fields)} is expected")
    return {each: str(held) for each, held in value.items()}


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


@action(
    "vpc", "ModifyNatGatewayAttribute", not_simulated="session logs, and whether a store exists"
)
def modify_nat_gateway_attribute(region: Region, request: Request) -> Reply:
    """VPC API, ModifyNatGatewayAttribute: EipBindMode goes from MULTI_BINDED to NAT alone."""
    gateway = region.require(NatGateway, request.text("NatGatewayId"))
    if gateway.status != "Available":
        raise ApiError("IncorrectStatus.NATGW", f"The NAT gateway is {gateway.status}.")
    gateway.name = name_or_description(request, "Name", gateway.name)
    gateway.description = name_or_description(request, "Description", gateway.description)
    gateway.icmp_reply = request.flag("IcmpReplyEnabled", default=gateway.icmp_reply)
    gateway.session_log = request.flag("EnableSessionLog", default=gateway.session_log)
    delivery = _json_object(request, "LogDelivery", ("LogDeliveryType", "LogDestination"))
    gateway.log_delivery = delivery or gateway.log_delivery
    mode = request.one_of("EipBindMode", BIND_MODES, gateway.bind_mode)
    if mode != gateway.bind_mode:
        if mode != "NAT":
            raise request.invalid("EipBindMode", "only NAT is allowed")
        gateway.bind_mode = mode
        for eip in eips_of(region, gateway.id):
            give_address(region, gateway, eip)
        region.transition(gateway, "Modifying", "Available")
    return {}


@action("vpc", "ModifyNatGatewaySpec", without_effect=("AutoPay",))
def modify_nat_gateway_spec(region: Region, request: Request) -> Reply:
    """VPC API, ModifyNatGatewaySpec: of legacy subscriptions alone, of which there are none.

    The code is UNVERIFIED.
    """
    gateway = require_idle_gateway(region, request.text("NatGatewayId"))
    request.text("Spec")
    code = "OperationUnsupported.PayByLcu"
    raise ApiError(code, f"The NAT gateway {gateway.id} has no specification: it is paid by use.")


@action("vpc", "UpdateNatGatewayNatType")
def update_nat_gateway_nat_type(region: Region, request: Request) -> Reply:
    """VPC API, UpdateNatGatewayNatType: of standard gateways alone, of which there are none.

    The code is UNVERIFIED.
    """
    gateway = require_idle_gateway(region, request.text("NatGatewayId"))
    request.one_of("NatType", ("Enhanced",))
    request.text("VSwitchId")
    code = "OperationUnsupported.NatType"
    raise ApiError(code, f"The NAT gateway {gateway.id} is an enhanced one already.")


@action("vpc", "DeleteNatGateway")
def delete_nat_gateway(region: Region, request: Request) -> Reply:
    """VPC API, DeleteNatGateway: Force takes SNAT entries, DNAT entries and EIPs along.

    Route entries that lead to the gateway stay and don't hold it: terraform-provider-alicloud
    deletes gateways that have some (resource_alicloud_route_entry_test.go, stateGapRecovery). When
    the cloud answers DependencyViolation.RouterEntry, which the error table has, and whether it
    takes the entries along instead, is UNVERIFIED. So is that Force leaves NAT IPs: the
    documentation doesn't list them.
    """
    gateway = require_idle_gateway(region, request.text("NatGatewayId"))
    refuse_if_protected(gateway)
    force = request.flag("Force")
    if eips_of(region, gateway.id) and not force:
        raise ApiError("DependencyViolation.EIPS", "EIPs are bound to it.")
    kinds = {each.kind for each in region.users(gateway.id) if not getattr(each, "default", False)}
    for kind, code in _PARTS.items():
        if kind in kinds and not (force and kind in _FORCED):
            raise ApiError(code, f"The NAT gateway has a {kind.replace('_', ' ')}.")
    for each in region.users(gateway.id):
        if each.kind in _FORCED:
            region.remove(each)
    region.transition(gateway, "Deleting", DELETED)
    return {}
