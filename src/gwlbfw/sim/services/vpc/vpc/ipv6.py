"""IPv6 CIDR blocks of VPCs, which are /56, and the reservation of one.

Sources: VPC API, CreateVpc, ModifyVpcAttribute, AssociateVpcCidrBlock, UnassociateVpcCidrBlock and
AllocateVpcIpv6Cidr, with their error tables.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

IPV6_CIDRS = quota("ipv6_cidrs_per_vpc", 5)
"""IPv6 CIDR blocks of one VPC (error QuotaExceeded.IPv6CidrBlock; the number is UNVERIFIED)."""
ISPS = ("BGP", "ChinaMobile", "ChinaUnicom", "ChinaTelecom")
_LENGTH = 56
_FIRST = int(IPv6Address("2408:4000::"))
"""Blocks are handed out from here on, each once."""


@dataclass(frozen=True)
class Ipv6Block:
    """A block of a VPC, and the line that its traffic takes."""

    cidr: str
    isp: str

    def view(self) -> Json:
        return {"Ipv6CidrBlock": self.cidr, "Ipv6Isp": self.isp}


@dataclass(kw_only=True, eq=False)
class Ipv6Reservation(Record, kind="ipv6_reservation", prefix="ipv6r", product="vpc"):
    """A block that the next VPC which names it gets."""

    cidr: str = ""
    isp: str = ""

    @property
    def implicit(self) -> bool:
        return True


@action("vpc", "AllocateVpcIpv6Cidr")
def allocate_vpc_ipv6_cidr(region: Region, request: Request) -> Reply:
    """VPC API, AllocateVpcIpv6Cidr: one of each type at a time; there are no pools of one's own."""
    isp = request.text("Ipv6Isp", "BGP")
    if request.text("AddressPoolType", "aliyun") != "aliyun" or "Ipv6CidrBlock" in request:
        raise ApiError("ResourceNotEnough.Ipv6Cidr", "The pool has no such IPv6 CIDR block.")
    if region.where(Ipv6Reservation, isp=isp):
        # UNVERIFIED code.
        raise ApiError("QuotaExceeded.Ipv6Cidr", f"A block of the type {isp} is reserved already.")
    reserved = region.add(Ipv6Reservation(cidr=_next(region), isp=isp))
    return {"Ipv6CidrBlock": reserved.cidr}


def take_block(region: Region, request: Request, name: str = "Ipv6CidrBlock") -> Ipv6Block:
    """The block that a call names, which has to be reserved, or the next one."""
    isp = request.one_of("Ipv6Isp", ISPS, "BGP")
    text = request.text(name)
    if not text:
        return Ipv6Block(_next(region), isp)
    wanted = str(ipv6_network(text))
    for reserved in region.where(Ipv6Reservation, cidr=wanted):
        region.remove(reserved)
        return Ipv6Block(wanted, reserved.isp)
    raise ApiError("OperationFailed.IPv6CidrNotReserved", f"The block {wanted} is not reserved.")


def ipv6_network(text: str) -> IPv6Network:
    """An IPv6 CIDR block without host bits."""
    try:
        return IPv6Network(text)
    except ValueError:
        code = "InvalidIpv6CidrBlock.Malformed"
        raise ApiError(code, f"The IPv6 CIDR block {text} is not valid.") from None


def subnet(block: str, number: int) -> str:
    """The /64 of a VPC's block whose last eight bits are a number."""
    network = IPv6Network(block)
    return str(IPv6Network((int(network.network_address) + (number << 64), 64)))


def require_block(blocks: tuple[Ipv6Block, ...], params: Params) -> str:
    """The VPC's block in which a vSwitch gets its own: the first, unless a call names another."""
    if not blocks:
        raise ApiError("OperationDenied.VpcIpv6NotEnabled", "IPv6 is not enabled for the VPC.")
    wanted = params.text("VpcIpv6CidrBlock")
    if not wanted:
        return blocks[0].cidr
    if wanted not in [each.cidr for each in blocks]:
        raise params.invalid("VpcIpv6CidrBlock", "a block of the VPC is expected")
    return wanted


def _next(region: Region) -> str:
    number = region.state.next_serial()
    return str(IPv6Network((_FIRST + (number << (128 - _LENGTH)), _LENGTH)))
