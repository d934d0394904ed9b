"""Association of an EIP with an instance, interface or NAT gateway."""

from gwlbfw.sim.errors import ApiError, missing_parameter
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface, interfaces_of
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc.eip import Eip, eips_of
from gwlbfw.sim.services.vpc.nat_gateway import NatGateway
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

TYPES = ("EcsInstance", "NetworkInterface", "Nat")
"""Types of instances in the simulator; there are no HaVips, CLBs and bare addresses."""
MODES = ("NAT", "MULTI_BINDED", "BINDED")
HAS_ONE = "BIND_INSTANCE_HAVE_PORTMAP_OR_BIND_EIP"
NOT_ASSOCIATED = "InvalidAssociation.NotFound"
"""UnassociateEipAddress from an instance that doesn't have the EIP (UNVERIFIED code)."""


@action("vpc", "AssociateEipAddress", not_simulated="HaVips, CLBs and bare addresses")
def associate_eip_address(region: Region, request: Request) -> Reply:
    """VPC API, AssociateEipAddress: Available, then Associating, then InUse."""
    eip = region.require(Eip, request.text("AllocationId"))
    instance_id = request.text("InstanceId")
    kind = request.one_of("InstanceType", TYPES, "EcsInstance")
    mode = request.one_of("Mode", MODES, "NAT")
    if eip.instance_id == instance_id and eip.status == "InUse":
        raise ApiError("InvalidAssociation.Duplicated", "The instance has this EIP.")
    if eip.status != "Available":
        raise ApiError("IncorrectEipStatus", f"The EIP is {eip.status}, not Available.")
    interface = _target(region, request, kind)
    _check_mode(region, interface.vpc_id, mode)
    if kind != "Nat" and eips_of(region, instance_id):
        raise ApiError(HAS_ONE, "The instance has an EIP.")
    eip.instance_id, eip.instance_type, eip.mode = instance_id, kind, mode
    eip.private_ip, eip.vpc_id = interface.ip, interface.vpc_id
    region.transition(eip, "Associating", "InUse")
    return {}


@action("vpc", "UnassociateEipAddress")
def unassociate_eip_address(region: Region, request: Request) -> Reply:
    """VPC API, UnassociateEipAddress: InUse, then Unassociating, then Available."""
    eip = region.require(Eip, request.text("AllocationId"))
    if eip.status != "InUse":
        raise ApiError("IncorrectEipStatus", f"The EIP is {eip.status}, not InUse.")
    if request.text("InstanceId") not in ("", eip.instance_id):
        raise ApiError(NOT_ASSOCIATED, f"The EIP belongs to {eip.instance_id}.")
    if eip.instance_type == "Nat" and not request.flag("Force"):
        for entry in region.all_of_kind("snat_entry"):
            if eip.address in getattr(entry, "addresses", ()):
                code = "InvalidIpStatus.HasBeenUsedBySnatTable"
                raise ApiError(code, f"The SNAT entry {entry.id} uses the EIP.")
    region.transition(eip, "Unassociating", "Available")
    return {}


def _target(region: Region, request: Request, kind: str) -> NetworkInterface:
    """The interface that an EIP is to be bound to, be it its instance's or its NAT gateway's."""
    instance_id = request.text("InstanceId")
    if kind == "EcsInstance":
        return _instance(region, instance_id)
    if kind == "Nat":
        return _nat_gateway(region, instance_id)
    return _interface(region, instance_id, request.text("PrivateIpAddress"))


def _nat_gateway(region: Region, gateway_id: str) -> NetworkInterface:
    gateway = region.find(NatGateway, gateway_id)
    if gateway is None:
        raise ApiError("InvalidInstanId.NotFound", f"No NAT gateway is {gateway_id}.", 404)
    if gateway.status != "Available":
        raise ApiError("IncorrectStatus.NatGateway", f"The NAT gateway is {gateway.status}.")
    vpc = region.find(Vpc, gateway.vpc_id)
    if gateway.bind_mode != "NAT" and vpc is not None and vpc.centralised:
        code = "OperationDenied.VpcIpv4GatewayEnabled"
        raise ApiError(code, "Its VPC has an IPv4 gateway, for which it is in the wrong mode.", 404)
    return interfaces_of(region, gateway_id)[0]


def _instance(region: Region, instance_id: str) -> NetworkInterface:
    """The primary interface of an instance that can have an EIP now."""
    instance = region.find_any(instance_id)
    interfaces = interfaces_of(region, instance_id)
    if instance is None or instance.kind != "instance" or not interfaces:
        # The code is spelled so.
        raise ApiError("InvalidInstanId.NotFound", f"No instance is {instance_id}.", 404)
    if instance.status not in ("Running", "Stopped"):
        raise ApiError("IncorrectInstanceStatus", f"The instance is {instance.status}.")
    if getattr(instance, "public_ip", ""):
        raise ApiError("EIP_CAN_NOT_ASSOCIATE_WITH_PUBLIC_IP", "The instance has a public address.")
    return interfaces[0]


def _interface(region: Region, interface_id: str, private_ip: str) -> NetworkInterface:
    interface = region.find(NetworkInterface, interface_id)
    if interface is None or interface.service:
        raise ApiError("InvalidInstanId.NotFound", f"No interface is {interface_id}.", 404)
    if not private_ip:
        raise missing_parameter("vpc", "PrivateIpAddress")
    return interface


def _check_mode(region: Region, vpc_id: str, mode: str) -> None:
    """An active IPv4 gateway excludes EIPs in cut-through mode."""
    vpc = region.find(Vpc, vpc_id)
    if mode == "BINDED" and vpc is not None and vpc.centralised:
        raise ApiError("OperationDenied.Ipv4GatewayExist", "The VPC has an IPv4 gateway.")
