"""Association of an EIP with an instance, interface, NAT gateway or bare address."""

from ipaddress import IPv4Address

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface, interfaces_of
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc.eip import Eip, eips_of
from gwlbfw.sim.services.vpc.ipv4_gateway import Ipv4Gateway
from gwlbfw.sim.services.vpc.nat_gateway import NatGateway
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

TYPES = ("EcsInstance", "NetworkInterface", "Nat", "IpAddress")
"""Types of instances in the simulator; there are no HaVips and CLBs."""
MODES = ("NAT", "MULTI_BINDED", "BINDED")
HAS_ONE = "BIND_INSTANCE_HAVE_PORTMAP_OR_BIND_EIP"
NOT_ASSOCIATED = "InvalidAssociation.NotFound"
"""UnassociateEipAddress from an instance that doesn't have the EIP (UNVERIFIED code)."""
NO_SUCH_ADDRESS = "InvalidParameter"
"""For what is no address, or none of the interface's (UNVERIFIED code)."""


@action("vpc", "AssociateEipAddress", not_simulated="HaVips and CLBs")
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
    if kind == "IpAddress":
        vpc_id = _vpc_of_address(region, request)
    else:
        vpc_id = _target(region, request, kind).vpc_id
    _check_mode(region, vpc_id, mode)
    if kind not in ("Nat", "IpAddress") and eips_of(region, instance_id):
        raise ApiError(HAS_ONE, "The instance has an EIP.")
    eip.instance_id, eip.instance_type, eip.mode = instance_id, kind, mode
    eip.vpc_id = vpc_id
    if kind in ("NetworkInterface", "IpAddress"):
        eip.private_ip = request.text("PrivateIpAddress")
    region.transition(eip, "Associating", "InUse")
    return {}


@action("vpc", "UnassociateEipAddress")
def unassociate_eip_address(region: Region, request: Request) -> Reply:
    """VPC API, UnassociateEipAddress: InUse, then Unassociating, then Available."""
    eip = region.require(Eip, request.text("AllocationId"))
    if eip.status != "InUse":
        raise ApiError("IncorrectEipStatus", f"The EIP is {eip.status}, not InUse.")
    named = request.text("InstanceId"), request.text("InstanceType", eip.instance_type)
    if named[0] not in ("", eip.instance_id) or named[1] != eip.instance_type:
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


def _vpc_of_address(region: Region, request: Request) -> str:
    """The VPC of a bare address, which an active IPv4 gateway's routes lead to.

    It need not be in a vSwitch (terraform-provider-alicloud, test of the association: a VPC with a
    gateway and nothing else).
    """
    address = request.text("InstanceId")
    vpc = region.require(Vpc, request.require("VpcId"))
    try:
        IPv4Address(address)
    except ValueError:
        raise ApiError(NO_SUCH_ADDRESS, f"{address} is no IPv4 address.") from None
    gateways = region.where(Ipv4Gateway, vpc_id=vpc.id)
    if not gateways:
        code = "OperationFailed.Ipv4GatewayNotOpenedInVpc"
        raise ApiError(code, "The VPC has no IPv4 gateway.")
    if not gateways[0].enabled:
        code = "OperationFailed.Ipv4GatewayNotActivatedInVpc"
        raise ApiError(code, "The VPC's IPv4 gateway is not active.")
    if any(each.vpc_id == vpc.id for each in eips_of(region, address)):
        raise ApiError("ResourceAlreadyAssociated.IpAddress", f"{address} has an EIP.")
    return vpc.id


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
    """An interface, at its primary address unless another is named.

    The help page requires PrivateIpAddress; terraform-provider-alicloud's test of the association
    leaves it out.
    """
    interface = region.find(NetworkInterface, interface_id)
    if interface is None or interface.service:
        raise ApiError("InvalidInstanId.NotFound", f"No interface is {interface_id}.", 404)
    if private_ip not in ("", interface.ip):
        raise ApiError(NO_SUCH_ADDRESS, f"{private_ip} is no address of {interface_id}.")
    return interface


def _check_mode(region: Region, vpc_id: str, mode: str) -> None:
    """An active IPv4 gateway excludes EIPs in cut-through mode."""
    vpc = region.find(Vpc, vpc_id)
    if mode == "BINDED" and vpc is not None and vpc.centralised:
        raise ApiError("OperationDenied.Ipv4GatewayExist", "The VPC has an IPv4 gateway.")
