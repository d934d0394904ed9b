"""Paths through a NAT gateway into the VPC: of replies to what it sent, and of what it forwards."""

from collections.abc import Iterator
from dataclasses import replace

from gwlbfw.reachability.listings import FORWARD_ENTRIES
from gwlbfw.reachability.model import Subnet
from gwlbfw.reachability.nat_gateway import NatGateway
from gwlbfw.reachability.packets import Hop, PathTrace
from gwlbfw.reachability.prefixes import HeaderSpace
from gwlbfw.reachability.walk import Walker

_FORWARDS = "the destination becomes an address of a DNAT entry"
_REPLIES = "the destination becomes the machine's address again"


def nat_return_paths(walker: Walker, subnet: Subnet, forward: PathTrace) -> Iterator[PathTrace]:
    """Replies to a NAT gateway's address: to its subnet first, then on by that subnet's table."""
    network = walker.network
    nat = network.nat_gateway(forward.nat_gateways[0])
    middle = network.subnet(nat.subnet) if nat else None
    if nat is None or middle is None:
        reason = "where the replies come in is not known"
        yield replace(forward, disposition="unknown", reason=reason)
        return
    yield from _inward(walker, nat, middle, (subnet.cidr.span,), note=_REPLIES)


def forwarded_paths(
    walker: Walker, key: str, targets: HeaderSpace, *, per_entry: bool = False
) -> Iterator[PathTrace]:
    """What comes from the Internet for a NAT gateway, and that forwards to these addresses."""
    network = walker.network
    nat = network.nat_gateway(key)
    middle = network.subnet(nat.subnet) if nat else None
    here = Hop(key)
    if nat is None or middle is None:
        reason = "the NAT gateway was not found in the VPC"
        yield PathTrace(targets, (here,), "unknown", reason)
        return
    if nat.status != "Available":
        reason = f"{network.label(key)} is {nat.status}"
        yield PathTrace(targets, (here,), "unknown", reason)
        return
    for each in _inward(walker, nat, middle, targets, note=_FORWARDS, per_entry=per_entry):
        path = replace(each, nat_gateways=(nat.id, *each.nat_gateways))
        if path.arrives and nat.forwards is None:
            refusal = network.unread_reason(FORWARD_ENTRIES.call.name)
            reason = f"to whom {network.label(key)} forwards is not known: {refusal}"
            path = replace(path, disposition="unknown", reason=reason)
        yield path


def _inward(
    walker: Walker,
    nat: NatGateway,
    middle: Subnet,
    space: HeaderSpace,
    *,
    note: str,
    per_entry: bool = False,
) -> Iterator[PathTrace]:
    """To the NAT gateway's subnet, and on from there by the subnet's table."""
    for first in walker.ingress(nat.vpc, (middle.cidr.span,), per_entry=per_entry):
        if not first.arrives:
            yield replace(first, space=space)
            continue
        for second in walker.egress(middle, space, per_entry=per_entry):
            hops = (*first.hops, Hop(nat.id, note=note), *second.hops)
            yield replace(second, hops=hops)
