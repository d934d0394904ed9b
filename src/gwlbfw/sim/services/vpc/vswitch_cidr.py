"""The IPv4 and IPv6 CIDR blocks that vSwitches get.

Sources: VPC API, CreateVSwitch and ModifyVSwitchAttribute. The codes are UNVERIFIED but for that of
an equal route entry.
"""

from ipaddress import IPv4Network

from gwlbfw.sim.errors import ApiError, missing_parameter
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.request import Params
from gwlbfw.sim.services.vpc.parameters import cidr_block
from gwlbfw.sim.services.vpc.route_entry.record import RouteEntry
from gwlbfw.sim.services.vpc.vpc.ipv6 import require_block, subnet
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.region import Region

VSWITCHES = quota("vswitches_per_vpc", 150)
"""vSwitches in one VPC (VPC quotas)."""
BAD_CIDR = "InvalidCidrBlock.Malformed"
"""CreateVSwitch with a block outside its VPC (UNVERIFIED code)."""
OVERLAP = "InvalidCidrBlock.Overlapped"
"""CreateVSwitch with a block that overlaps another vSwitch's (UNVERIFIED code)."""
EQUALS_ROUTE = "InvalidStatus.RouteEntry"
"""CreateVSwitch with the destination of a route entry as its block."""
SHORTEST, LONGEST = 16, 29
"""The masks of vSwitches."""


def requested_cidr(region: Region, vpc: Vpc, params: Params) -> IPv4Network:
    """The block that a call names for a vSwitch, or the first free one with the mask it names."""
    if not (text := params.text("CidrBlock")):
        if not params.text("CidrMask"):
            raise missing_parameter(params.product, "CidrBlock")
        return free_cidr(region, vpc, params.number("CidrMask", SHORTEST, SHORTEST, LONGEST))
    cidr = cidr_block(text, SHORTEST, LONGEST)
    if params.number("CidrMask", cidr.prefixlen) != cidr.prefixlen:
        raise params.invalid("CidrMask", f"the mask of {cidr} is expected")
    if not any(cidr.subnet_of(each) for each in _blocks(vpc)):
        raise ApiError(BAD_CIDR, f"{cidr} is not in a block of the VPC.")
    others = region.where(VSwitch, vpc_id=vpc.id)
    if len(others) >= (most := region.quota(VSWITCHES)):
        raise ApiError("QuotaExceeded.VSwitch", f"A VPC has at most {most} vSwitches.")
    for other in others:
        if cidr.overlaps(IPv4Network(other.cidr)):
            raise ApiError(OVERLAP, f"{cidr} overlaps the vSwitch {other.id}.")
    for entry in region.where(RouteEntry, destination=str(cidr), vpc_id=vpc.id):
        raise ApiError(EQUALS_ROUTE, f"{cidr} is the destination of the entry {entry.id}.")
    return cidr


def free_cidr(region: Region, vpc: Vpc, mask: int) -> IPv4Network:
    """The first block with a mask that no vSwitch of the VPC overlaps."""
    taken = [IPv4Network(each.cidr) for each in region.where(VSwitch, vpc_id=vpc.id)]
    for block in _blocks(vpc):
        if block.prefixlen > mask:
            continue
        for cidr in block.subnets(new_prefix=mask):
            if not any(cidr.overlaps(each) for each in taken):
                return cidr
    raise ApiError(BAD_CIDR, f"The VPC {vpc.id} has no free block with the mask /{mask}.")


def requested_ipv6_cidr(region: Region, vpc: Vpc, params: Params) -> str:
    """The /64 that a call names by its last eight bits, or the first free one; none without."""
    if params.number("Ipv6CidrMask", 64) != 64:
        raise params.invalid("Ipv6CidrMask", "64 is expected")
    wanted = any(params.text(name) for name in ("Ipv6CidrBlock", "Ipv6CidrMask"))
    if not wanted and not params.text("VpcIpv6CidrBlock"):
        return ""
    block = require_block(vpc.ipv6_blocks, params)
    if not wanted:
        return ""
    taken = {each.ipv6_cidr for each in region.where(VSwitch, vpc_id=vpc.id)}
    if not params.text("Ipv6CidrBlock"):
        return next(each for n in range(256) if (each := subnet(block, n)) not in taken)
    cidr = subnet(block, params.number("Ipv6CidrBlock", 0, 0, 255))
    if cidr in taken:
        code = "OperationFailed.Ipv6CidrBlockOverLapped"
        raise ApiError(code, f"Another vSwitch of the VPC has {cidr}.")
    return cidr


def _blocks(vpc: Vpc) -> list[IPv4Network]:
    return [IPv4Network(each) for each in (vpc.cidr, *vpc.secondary_cidrs)]
