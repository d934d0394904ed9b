"""What an EIP can be bound to, and whether it can be now.

Source: VPC API, AssociateEipAddress and its error table.
"""

from ipaddress import IPv4Address

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.network_interface import NetworkInterface, interfaces_of
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.slb.load_balancer.record import ClassicLoadBalancer
from gwlbfw.sim.services.vpc.eip.record import eips_of
from gwlbfw.sim.services.vpc.forward_entry import ForwardEntry
from gwlbfw.sim.services.vpc.havip import HaVip
from gwlbfw.sim.services.vpc.ipv4_gateway import Ipv4Gateway
from gwlbfw.sim.services.vpc.nat_gateway.record import NatGateway
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.store.region import Region

TYPES = ("EcsInstance", "NetworkInterface", "Nat", "SlbInstance", "HaVip", "IpAddress")
NO_SUCH_ADDRESS = "InvalidParameter"
"""For what is no address, or none of the interface's (UNVERIFIED code)."""
# The code is spelled so.
_NOT_FOUND = ("InvalidInstanId.NotFound", 404)


def vpc_of_holder(region: Region, request: Request, kind: str) -> str:
    """The VPC of what an EIP is to be bound to. Raises ApiError if that can't have one now."""
    instance_id = request.text("InstanceId")
    if kind == "IpAddress":
        return _vpc_of_address(region, request)
    if kind == "Nat":
        return _nat_gateway(region, instance_id).vpc_id
    if kind == "HaVip":
        return _ha_vip(region, instance_id).vpc_id
    if kind == "SlbInstance":
        return _balancer(region, instance_id).vpc_id
    if kind == "EcsInstance":
        interface = _instance(region, instance_id)
    else:
        interface = _interface(region, instance_id, request.text("PrivateIpAddress"))
    _refuse_forwarded(region, interface)
    return interface.vpc_id


def _refuse_forwarded(region: Region, interface: NetworkInterface) -> None:
    """Refuse an EIP to the target of a DNAT entry."""
    for gateway in region.where(NatGateway, vpc_id=interface.vpc_id, network_type="internet"):
        for entry in region.where(ForwardEntry, gateway_id=gateway.id, internal_ip=interface.ip):
            code = "BIND_INSTANCE_HAVE_PORTMAP_OR_BIND_EIP"
            raise ApiError(code, f"The DNAT entry {entry.id} leads to {interface.ip}.")


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


def _nat_gateway(region: Region, gateway_id: str) -> NatGateway:
    """An Internet NAT gateway; that one of a VPC's own addresses takes no EIP is its meaning."""
    gateway = region.require(NatGateway, gateway_id, *_NOT_FOUND)
    if gateway.network_type != "internet":
        code = "Forbidden.EipCanNotBindGatgw"
        raise ApiError(code, "An EIP can't be bound to a VPC NAT gateway.")
    if gateway.status != "Available":
        raise ApiError("IncorrectStatus.NatGateway", f"The NAT gateway is {gateway.status}.")
    vpc = region.find(Vpc, gateway.vpc_id)
    if gateway.bind_mode != "NAT" and vpc is not None and vpc.centralised:
        code = "OperationDenied.VpcIpv4GatewayEnabled"
        raise ApiError(code, "Its VPC has an IPv4 gateway, for which it is in the wrong mode.", 404)
    return gateway


def _ha_vip(region: Region, ha_vip_id: str) -> HaVip:
    ha_vip = region.require(HaVip, ha_vip_id, *_NOT_FOUND)
    if ha_vip.status not in ("Available", "InUse"):
        raise ApiError("IncorrectHaVipStatus", f"The HaVip is {ha_vip.status}.")
    return ha_vip


def _balancer(region: Region, balancer_id: str) -> ClassicLoadBalancer:
    """A balancer with a private address alone, whose traffic an EIP lets in."""
    balancer = region.require(ClassicLoadBalancer, balancer_id, *_NOT_FOUND)
    if balancer.address_type != "intranet" or not balancer.vpc_id:
        code = "EIP_CAN_NOT_ASSOCIATE_WITH_PUBLIC_IP"
        raise ApiError(code, "The balancer has a public address, or is in no VPC.")
    return balancer


def _instance(region: Region, instance_id: str) -> NetworkInterface:
    """The primary interface of an instance that can have an EIP now."""
    instance = region.find_any(instance_id)
    interfaces = interfaces_of(region, instance_id)
    if instance is None or instance.kind != "instance" or not interfaces:
        code, status = _NOT_FOUND
        raise ApiError(code, f"No instance is {instance_id}.", status)
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
        code, status = _NOT_FOUND
        raise ApiError(code, f"No interface is {interface_id}.", status)
    if private_ip not in ("", interface.ip):
        raise ApiError(NO_SUCH_ADDRESS, f"{private_ip} is no address of {interface_id}.")
    return interface
