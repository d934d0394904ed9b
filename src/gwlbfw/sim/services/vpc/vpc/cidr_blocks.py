"""Further CIDR blocks of VPCs, and the change of one.

Sources: VPC API, AssociateVpcCidrBlock, UnassociateVpcCidrBlock, ModifyVpcAttribute and
ModifyVpcCidrBlock, with their error tables.
"""

from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc.parameters import cidr_block
from gwlbfw.sim.services.vpc.vpc.ipv6 import IPV6_CIDRS, Ipv6Block, take_block
from gwlbfw.sim.services.vpc.vpc.record import Vpc, require_available_vpc
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

SECONDARY_CIDRS = quota("secondary_cidrs_per_vpc", 5)
OVERLAP = "InvalidCidrBlock.Overlapped"
NOT_EXIST = "InvalidCidrBlock.NotExist"
IN_USE = "OperationFailed.CidrInUse"
"""UnassociateVpcCidrBlock while a vSwitch has IPv6 addresses of the block
(terraform-provider-alicloud, resource_alicloud_vpc_ipv6_cidr_block.go)."""


@action("vpc", "AssociateVpcCidrBlock", not_simulated="IPAM pools")
def associate_vpc_cidr_block(region: Region, request: Request) -> Reply:
    """VPC API, AssociateVpcCidrBlock: a further block, of IPv6 if the call says so."""
    vpc = require_available_vpc(region, request.text("VpcId"))
    by_version = request.text("IpVersion", "IPV4").upper() == "IPV6"
    if by_version or request.text("IPv6CidrBlock"):
        if request.text("SecondaryCidrBlock"):
            raise request.invalid("SecondaryCidrBlock", "one of both versions is expected")
        if len(vpc.ipv6_blocks) >= region.quota(IPV6_CIDRS):
            raise ApiError("QuotaExceeded.IPv6CidrBlock", "The VPC has as many blocks as it may.")
        block = take_block(region, request, "IPv6CidrBlock")
        vpc.ipv6_blocks = (*vpc.ipv6_blocks, block)
        return {"CidrBlock": block.cidr, "IpVersion": "IPV6"}
    cidr = cidr_block(request.require("SecondaryCidrBlock"), 8, 28)
    if any(cidr.overlaps(IPv4Network(each)) for each in (vpc.cidr, *vpc.secondary_cidrs)):
        raise ApiError(OVERLAP, f"{cidr} overlaps a block of the VPC.")
    if len(vpc.secondary_cidrs) >= region.quota(SECONDARY_CIDRS):
        raise ApiError("QuotaExceeded.SecondaryCidr", "The VPC has as many blocks as it may.")
    vpc.secondary_cidrs = (*vpc.secondary_cidrs, str(cidr))
    return {"CidrBlock": str(cidr), "IpVersion": "IPV4"}


@action("vpc", "UnassociateVpcCidrBlock")
def unassociate_vpc_cidr_block(region: Region, request: Request) -> Reply:
    """VPC API, UnassociateVpcCidrBlock: refused while a vSwitch lies in the block."""
    vpc = require_available_vpc(region, request.text("VpcId"))
    if ipv6 := request.text("IPv6CidrBlock"):
        gone = [each for each in vpc.ipv6_blocks if each.cidr == ipv6]
        if not gone:
            raise ApiError(NOT_EXIST, f"The VPC has no block {ipv6}.", 404)
        refuse_blocks_in_use(region, vpc, gone)
        vpc.ipv6_blocks = tuple(each for each in vpc.ipv6_blocks if each not in gone)
        return {}
    text = request.require("SecondaryCidrBlock")
    if text not in vpc.secondary_cidrs:
        raise ApiError(NOT_EXIST, f"The VPC has no block {text}.", 404)
    cidr = IPv4Network(text)
    for vswitch in region.where(VSwitch, vpc_id=vpc.id):
        if IPv4Network(vswitch.cidr).subnet_of(cidr):
            raise ApiError("DependencyViolation.VSwitch", f"{vswitch.id} is in {text}.")
    vpc.secondary_cidrs = tuple(each for each in vpc.secondary_cidrs if each != text)
    return {}


@action("vpc", "ModifyVpcCidrBlock")
def modify_vpc_cidr_block(region: Region, request: Request) -> Reply:
    """VPC API, ModifyVpcCidrBlock: the primary block or a secondary one."""
    vpc = require_available_vpc(region, request.text("VpcId"))
    original = request.text("OriginalCidrBlock")
    if original not in (vpc.cidr, *vpc.secondary_cidrs):
        raise ApiError(NOT_EXIST, f"The VPC has no block {original}.", 404)
    changed = changed_cidr(region, vpc, original, request.text("TargetCidrBlock"))
    if original == vpc.cidr:
        vpc.cidr = changed
    blocks = vpc.secondary_cidrs
    vpc.secondary_cidrs = tuple(changed if each == original else each for each in blocks)
    return {}


def changed_cidr(region: Region, vpc: Vpc, original: str, wanted: str) -> str:
    """A block in the place of one of a VPC, which has to hold every vSwitch of that one."""
    cidr, old = cidr_block(wanted, 8, 28), IPv4Network(original)
    for vswitch in region.where(VSwitch, vpc_id=vpc.id):
        network = IPv4Network(vswitch.cidr)
        if network.subnet_of(old) and not network.subnet_of(cidr):
            raise ApiError("InvalidCidrBlock", f"{vswitch.id} would lie outside {cidr}.")
    others = [each for each in (vpc.cidr, *vpc.secondary_cidrs) if each != original]
    if any(cidr.overlaps(IPv4Network(each)) for each in others):
        raise ApiError(OVERLAP, f"{cidr} overlaps another block of the VPC.")
    return str(cidr)


def refuse_blocks_in_use(region: Region, vpc: Vpc, blocks: Collection[Ipv6Block]) -> None:
    """Refuse to take IPv6 blocks away of which a vSwitch has a part."""
    networks = [IPv6Network(each.cidr) for each in blocks]
    for vswitch in region.where(VSwitch, vpc_id=vpc.id) if networks else []:
        own = vswitch.ipv6_cidr
        if own and any(IPv6Network(own).subnet_of(each) for each in networks):
            raise ApiError(IN_USE, f"The vSwitch {vswitch.id} has the IPv6 block {own}.")
