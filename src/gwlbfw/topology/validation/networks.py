"""Checks of the CIDR blocks of VPCs and subnets."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.problem import Problem
from gwlbfw.topology.validation.traversal import (
    PlacedSubnet,
    appliances,
    servers,
    subnets,
    vpcs,
)
from gwlbfw.topology.wording import describe, quote
from gwlbfw.topology.yaml.source import YamlPath

VPC_MASKS = range(8, 29)
"""Prefix lengths of a VPC; /16 to /28 are advised (VPC API, CreateVpc, CidrBlock)."""

SUBNET_MASKS = range(16, 30)
"""Prefix lengths of a vSwitch (VPC API, CreateVSwitch, CidrBlock)."""

RESERVED_ADDRESSES = 4
"""Addresses of each subnet that the cloud keeps for itself; see `machines.is_reserved`."""

RESERVED = tuple(
    IPv4Network(each) for each in ("100.64.0.0/10", "224.0.0.0/4", "127.0.0.0/8", "169.254.0.0/16")
)
"""Blocks that can't be in a VPC (VPC API, CreateVpc, CidrBlock)."""


def vpc_blocks(topology: Topology) -> Iterator[Problem]:
    """A VPC's block has a size that the API takes, and none of the addresses that it reserves."""
    for path, vpc in vpcs(topology):
        if vpc.cidr is not None:
            at = (*path, "cidr")
            yield from _size(vpc.cidr, VPC_MASKS, "VPC", at)
            yield from _reserved(vpc.cidr, at)


def subnet_blocks(topology: Topology) -> Iterator[Problem]:
    """A subnet's block has a size that the API takes, and none of the reserved addresses."""
    for each in subnets(topology):
        if each.cidr is not None:
            at = (*each.path, "cidr")
            yield from _size(each.cidr, SUBNET_MASKS, "subnet", at)
            yield from _reserved(each.cidr, at)


def _size(block: IPv4Network, masks: range, what: str, path: YamlPath) -> Iterator[Problem]:
    if block.prefixlen not in masks:
        smallest, largest = masks[-1], masks[0]
        message = f"{quote(block)} can't be a {what}: its prefix is /{block.prefixlen}"
        yield Problem("prefix-length", path, message, f"/{largest} to /{smallest}")


def _reserved(block: IPv4Network, path: YamlPath) -> Iterator[Problem]:
    for reserved in RESERVED:
        if block.overlaps(reserved):
            message = f"{quote(block)} overlaps {reserved}, which the cloud reserves"
            yield Problem("reserved-block", path, message)


def room(topology: Topology) -> Iterator[Problem]:
    """A subnet that is made has addresses for all that the stack puts into it."""
    users: Counter[YamlPath] = Counter()
    for path, _, server in servers(topology):
        users[*path[:2], server.subnet or ""] += server.id is None
    for _, appliance in appliances(topology):
        users["security_vpc", appliance.zone or ""] += appliance.id is None
    for each in subnets(topology):
        if each.cidr is None or each.cidr.prefixlen not in SUBNET_MASKS:
            continue
        # GWLB API, CreateLoadBalancer, and PrivateLink API, CreateVpcEndpoint: one address a zone.
        own = 0 if each.role == "business" else 1
        what = {"security": "appliances", "business": "servers"}.get(each.role, "machines")
        key = each.zone if each.role == "security" else str(each.path[-1])
        count = 0 if each.role == "gwlbe" else users[*each.vpc, key]
        free = each.cidr.num_addresses - RESERVED_ADDRESSES
        if count + own > free:
            also = " and the load balancer" if own else ""
            message = f"{each.cidr} has {free} addresses to give, for {count} {what}{also}"
            yield Problem("no-room", (*each.path, "cidr"), message, "give it a larger block")


def subnets_inside_vpc(topology: Topology) -> Iterator[Problem]:
    """A subnet is part of its VPC, where the VPC's block is known."""
    blocks = {path: vpc.cidr for path, vpc in vpcs(topology)}
    for each in subnets(topology):
        vpc = blocks[each.vpc]
        if each.cidr is not None and vpc is not None and not each.cidr.subnet_of(vpc):
            message = f"{quote(each.cidr)} is not inside {describe(each.vpc)}, which is {vpc}"
            yield Problem("outside-vpc", (*each.path, "cidr"), message)


def overlaps(topology: Topology) -> Iterator[Problem]:
    """No two subnets of a VPC share an address."""
    of_vpc: defaultdict[YamlPath, list[PlacedSubnet]] = defaultdict(list)
    for each in subnets(topology):
        of_vpc[each.vpc].append(each)
    for placed in of_vpc.values():
        yield from _overlaps(placed)


def _overlaps(placed: Iterable[PlacedSubnet]) -> Iterator[Problem]:
    """Blocks are nested or disjoint: in order of address, an outer one is met before its inner."""
    outer: list[tuple[IPv4Network, PlacedSubnet]] = []
    known = [(each.cidr, each) for each in placed if each.cidr is not None]
    for block, each in sorted(known, key=lambda pair: (pair[0], *map(str, pair[1].path))):
        while outer and not block.subnet_of(outer[-1][0]):
            outer.pop()
        if outer and not _is_twin(outer[-1][1], each):
            other = outer[-1][1]
            message = f"{quote(block)} overlaps {describe(other.path)} of zone {quote(other.zone)}"
            hint = f"{describe(other.path)} is {other.cidr}"
            yield Problem("overlap", (*each.path, "cidr"), message, hint)
        outer.append((block, each))


def _is_twin(one: PlacedSubnet, other: PlacedSubnet) -> bool:
    """True if a GWLBe subnet and a business subnet are one, which has a message of its own."""
    return one.cidr == other.cidr and one.role != other.role


def vpc_overlaps(topology: Topology) -> Iterator[Problem]:
    """VPCs may overlap, as the GWLB never routes between them; it is seldom intended."""
    seen: list[tuple[YamlPath, IPv4Network]] = []
    for path, vpc in vpcs(topology):
        if vpc.cidr is None:
            continue
        for other, block in seen:
            if vpc.cidr.overlaps(block):
                message = f"{quote(vpc.cidr)} overlaps {describe(other)}, which is {block}"
                hint = "this works as long as the two are never connected"
                at = (*path, "cidr")
                yield Problem("vpc-overlap", at, message, hint, severity="warning")
                break
        seen.append((path, vpc.cidr))
