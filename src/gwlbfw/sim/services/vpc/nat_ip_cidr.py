"""NAT IP block: where a VPC NAT gateway's own addresses come from.

Sources: VPC API, CreateNatIpCidr, DeleteNatIpCidr, ListNatIpCidrs and ModifyNatIpCidrAttribute.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, filter_by_values
from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc.nat_gateway.record import NatGateway, require_idle_gateway
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


@dataclass(kw_only=True, eq=False)
class NatIpCidr(Record, kind="nat_ip_cidr", prefix="vpcnatcidr", product="vpc"):
    """One block of a gateway; the default one is its vSwitch's."""

    gateway_id: str = ""
    cidr: str = ""
    name: str = ""
    description: str = ""
    default: bool = False

    @property
    def implicit(self) -> bool:
        return self.default

    def uses(self) -> Collection[str]:
        return (self.gateway_id,)


def cidrs_of(region: Region, gateway_id: str) -> list[NatIpCidr]:
    """The blocks of a gateway."""
    return region.where(NatIpCidr, gateway_id=gateway_id)


@action("vpc", "CreateNatIpCidr", not_simulated="blocks of a VPC's user CIDR blocks")
def create_nat_ip_cidr(region: Region, request: Request) -> Reply:
    """VPC API, CreateNatIpCidr: a private block, /16 to /32, apart from the VPC's."""
    gateway = require_idle_gateway(region, request.text("NatGatewayId"))
    if gateway.network_type != "intranet":
        # UNVERIFIED code.
        code = "OperationUnsupported.NatGateway"
        raise ApiError(code, f"{gateway.id} is an Internet NAT gateway.")
    cidr = _block(region, gateway, request)
    block = region.add(
        NatIpCidr(
            gateway_id=gateway.id,
            cidr=cidr,
            name=name_or_description(request, "NatIpCidrName"),
            description=name_or_description(request, "NatIpCidrDescription"),
        )
    )
    return {"NatIpCidrId": block.id}


def _block(region: Region, gateway: NatGateway, request: Request) -> str:
    try:
        block = IPv4Network(request.text("NatIpCidr"))
    except ValueError:
        raise request.invalid("NatIpCidr", "a CIDR block is expected") from None
    if block.prefixlen < 16 or not any(block.subnet_of(each) for each in _PRIVATE):
        raise request.invalid("NatIpCidr", "a private block of /16 to /32 is expected")
    vpc = region.require(Vpc, gateway.vpc_id)
    taken = [vpc.cidr, *vpc.secondary_cidrs, *(each.cidr for each in cidrs_of(region, gateway.id))]
    for each in taken:
        if block.overlaps(IPv4Network(each)):
            # UNVERIFIED code.
            raise ApiError("InvalidNatIpCidr.Overlapped", f"{block} overlaps {each}.")
    return str(block)


def _require(region: Region, request: Request) -> NatIpCidr:
    gateway = region.require(NatGateway, request.text("NatGatewayId"))
    cidr = request.text("NatIpCidr")
    for each in cidrs_of(region, gateway.id):
        if each.cidr == cidr:
            return each
    # UNVERIFIED code.
    raise ApiError("ResourceNotFound.NatIpCidr", f"The gateway has no block {cidr}.", 404)


@action("vpc", "ModifyNatIpCidrAttribute")
def modify_nat_ip_cidr_attribute(region: Region, request: Request) -> Reply:
    """VPC API, ModifyNatIpCidrAttribute: name and description."""
    block = _require(region, request)
    block.name = name_or_description(request, "NatIpCidrName", block.name)
    block.description = name_or_description(request, "NatIpCidrDescription", block.description)
    return {}


@action("vpc", "DeleteNatIpCidr")
def delete_nat_ip_cidr(region: Region, request: Request) -> Reply:
    """VPC API, DeleteNatIpCidr: neither the default block nor one with addresses."""
    block = _require(region, request)
    if block.default:
        # UNVERIFIED code.
        raise ApiError("OperationDenied.DefaultNatIpCidr", "The default block can't be deleted.")
    for each in region.users(block.gateway_id):
        if each.kind == "nat_ip" and getattr(each, "cidr", "") == block.cidr:
            raise ApiError("DependencyViolation.NatIp", f"The NAT IP {each.id} is of the block.")
    region.remove(block)
    return {}


_FILTERS: Mapping[str, TextGetter[NatIpCidr]] = {
    "NatIpCidr": lambda each: each.cidr,
    "NatIpCidrStatus": lambda each: each.status,
}


@action("vpc", "ListNatIpCidrs")
def list_nat_ip_cidrs(region: Region, request: Request) -> Reply:
    """VPC API, ListNatIpCidrs: of one gateway."""
    own = cidrs_of(region, region.require(NatGateway, request.text("NatGatewayId")).id)
    found = filter_by_parameters(request, own, _FILTERS)
    found = filter_by_values(found, request.texts("NatIpCidrs"), lambda each: each.cidr)
    found = filter_by_values(found, request.texts("NatIpCidrName"), lambda each: each.name)
    page = page_by_token(request, found, default=20, maximum=100)
    listed: list[Json] = [
        {
            "NatIpCidrId": each.id,
            "NatIpCidr": each.cidr,
            "NatIpCidrName": each.name,
            "NatIpCidrDescription": each.description,
            "NatIpCidrStatus": each.status,
            "NatGatewayId": each.gateway_id,
            "IsDefault": each.default,
            "CreationTime": timestamp(each.created),
        }
        for each in page.items
    ]
    return {
        "NatIpCidrs": listed,
        "NextToken": page.fields["NextToken"],
        "TotalCount": str(page.fields["TotalCount"]),
    }
