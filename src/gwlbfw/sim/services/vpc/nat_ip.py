"""NAT IP: an address of a VPC NAT gateway, and the block that it is of.

A VPC NAT gateway translates between private networks. It has a block to begin with, that of its
vSwitch, and an address in it, its interface's. Further blocks are of no vSwitch.

Sources: VPC API, CreateNatIp, DeleteNatIp, ListNatIps and ModifyNatIpAttribute.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.network_interface import used_addresses
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, filter_by_values
from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc.nat_gateway.record import NatGateway, require_idle_gateway
from gwlbfw.sim.services.vpc.nat_ip_cidr import NatIpCidr, cidrs_of
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.services.vpc.vswitch import VSwitch, usable_addresses
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_USERS = {
    "snat_entry": "DependencyViolation.SnatEntry",
    "forward_entry": "DependencyViolation.ForwardEntry",
}


@dataclass(kw_only=True, eq=False)
class NatIp(
    Record,
    kind="nat_ip",
    prefix="vpcnatip",
    product="vpc",
    # UNVERIFIED code.
    not_found=("ResourceNotFound.NatIp", 404),
):
    """One address; `vswitch_id` is set where it is of a vSwitch's block."""

    gateway_id: str = ""
    vswitch_id: str = ""
    cidr: str = ""
    ip: str = ""
    name: str = ""
    description: str = ""
    default: bool = False

    @property
    def implicit(self) -> bool:
        return self.default

    def uses(self) -> Collection[str]:
        return (self.gateway_id, self.vswitch_id)


def add_default_nat_ip(region: Region, gateway: NatGateway, vswitch: VSwitch, ip: str) -> None:
    """Add the block and the address that a VPC NAT gateway has to begin with."""
    region.add(NatIpCidr(gateway_id=gateway.id, cidr=vswitch.cidr, default=True))
    region.add(NatIp(gateway_id=gateway.id, cidr=vswitch.cidr, ip=ip, default=True))


def nat_ips_of(region: Region, gateway_id: str) -> list[NatIp]:
    """The addresses of a gateway."""
    return region.where(NatIp, gateway_id=gateway_id)


@action("vpc", "CreateNatIp", not_simulated="IP prefixes")
def create_nat_ip(region: Region, request: Request) -> Reply:
    """VPC API, CreateNatIp: of one of the gateway's blocks; Creating, then Available."""
    gateway = require_vpc_nat_gateway(region, request.text("NatGatewayId"))
    cidr = request.text("NatIpCidr")
    blocks = [each for each in cidrs_of(region, gateway.id) if each.cidr == cidr]
    if not blocks:
        # UNVERIFIED code.
        raise ApiError("ResourceNotFound.NatIpCidr", f"The gateway has no block {cidr}.", 404)
    vswitch_id = gateway.vswitch_id if blocks[0].default else ""
    nat_ip = region.add(
        NatIp(
            gateway_id=gateway.id,
            vswitch_id=vswitch_id,
            cidr=cidr,
            ip=_address(region, gateway, cidr, request),
            name=name_or_description(request, "NatIpName"),
            description=name_or_description(request, "NatIpDescription"),
        )
    )
    region.transition(nat_ip, "Creating", "Available")
    made = {"NatIp": nat_ip.ip, "NatIpId": nat_ip.id}
    return {**made, "NatIps": [dict(made)]}


def require_vpc_nat_gateway(region: Region, gateway_id: str) -> NatGateway:
    """A VPC NAT gateway that can be changed now."""
    gateway = require_idle_gateway(region, gateway_id)
    if gateway.network_type != "intranet":
        # UNVERIFIED code.
        code = "OperationUnsupported.NatGateway"
        raise ApiError(code, f"{gateway.id} is an Internet NAT gateway.")
    return gateway


def _address(region: Region, gateway: NatGateway, cidr: str, request: Request) -> str:
    """The requested address of a block, or the next free one."""
    block = IPv4Network(cidr)
    used = {each.ip for each in nat_ips_of(region, gateway.id)}
    free: range = range(int(block.network_address), int(block.broadcast_address) + 1)
    if cidr == region.require(VSwitch, gateway.vswitch_id).cidr:
        used |= used_addresses(region, gateway.vswitch_id)
        free = usable_addresses(cidr)
    elif block.num_addresses > 2:
        free = free[1:-1]
    wanted = request.text("NatIp")
    if not wanted:
        for number in free:
            if (address := str(IPv4Address(number))) not in used:
                return address
        # UNVERIFIED code.
        raise ApiError("ResourceNotEnough.NatIp", f"The block {cidr} has no free address.")
    try:
        within = int(IPv4Address(wanted)) in free
    except ValueError:
        within = False
    if not within:
        raise request.invalid("NatIp", f"an address of {cidr} is expected")
    if wanted in used:
        # UNVERIFIED code.
        raise ApiError("InvalidNatIp.AlreadyUsed", f"The address {wanted} is in use.")
    return wanted


@action("vpc", "ModifyNatIpAttribute")
def modify_nat_ip_attribute(region: Region, request: Request) -> Reply:
    """VPC API, ModifyNatIpAttribute: name and description."""
    nat_ip = region.require(NatIp, request.text("NatIpId"))
    nat_ip.name = name_or_description(request, "NatIpName", nat_ip.name)
    nat_ip.description = name_or_description(request, "NatIpDescription", nat_ip.description)
    return {}


@action("vpc", "DeleteNatIp", not_simulated="IP prefixes")
def delete_nat_ip(region: Region, request: Request) -> Reply:
    """VPC API, DeleteNatIp: one that is neither the gateway's first nor in use by an entry."""
    nat_ip = region.require(NatIp, request.require("NatIpId"))
    if request.text("NatGatewayId", nat_ip.gateway_id) != nat_ip.gateway_id:
        raise ApiError(NatIp.not_found[0], "The NAT gateway has no such NAT IP.", 404)
    require_idle_gateway(region, nat_ip.gateway_id)
    if nat_ip.default:
        # UNVERIFIED code.
        raise ApiError("OperationDenied.DefaultNatIp", "The default NAT IP can't be deleted.")
    if nat_ip.status != "Available":
        raise ApiError("IncorrectStatus.NatIp", f"The NAT IP is {nat_ip.status}.")
    if kind := _user_of(region, nat_ip):
        raise ApiError(_USERS[kind], "An entry of the gateway uses the NAT IP.")
    region.transition(nat_ip, "Deleting", DELETED)
    return {}


def _user_of(region: Region, nat_ip: NatIp) -> str:
    """The kind of an entry that uses an address; empty if none does."""
    for entry in region.users(nat_ip.gateway_id):
        addresses = getattr(entry, "addresses", ()) or (getattr(entry, "external_ip", ""),)
        if nat_ip.ip in addresses:
            return entry.kind
    return ""


_FILTERS: Mapping[str, TextGetter[NatIp]] = {
    "NatIpCidr": lambda each: each.cidr,
    "Ipv4Prefix": lambda _: "",
    "IpOrigin": lambda _: "cidr",
}


@action("vpc", "ListNatIps")
def list_nat_ips(region: Region, request: Request) -> Reply:
    """VPC API, ListNatIps: of one gateway; the first one is its default."""
    own = nat_ips_of(region, region.require(NatGateway, request.text("NatGatewayId")).id)
    found = filter_by_parameters(request, own, _FILTERS)
    found = filter_by_values(found, request.texts("NatIpIds"), lambda each: each.id)
    found = filter_by_values(found, request.texts("NatIpName"), lambda each: each.name)
    if status := request.text("NatIpStatus"):
        found = [each for each in found if each.status == status]
    page = page_by_token(request, found, default=20, maximum=100)
    listed: list[Json] = [_view(region, each) for each in page.items]
    return {
        "NatIps": listed,
        "NextToken": page.fields["NextToken"],
        "TotalCount": str(page.fields["TotalCount"]),
    }


def _view(region: Region, nat_ip: NatIp) -> dict[str, Json]:
    used = nat_ip.status == "Available" and _user_of(region, nat_ip)
    return {
        "NatIpId": nat_ip.id,
        "NatIp": nat_ip.ip,
        "NatIpCidr": nat_ip.cidr,
        "NatIpName": nat_ip.name,
        "NatIpDescription": nat_ip.description,
        "NatIpStatus": "Associated" if used else nat_ip.status,
        "NatGatewayId": nat_ip.gateway_id,
        "IsDefault": nat_ip.default,
    }
