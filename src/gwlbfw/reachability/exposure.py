"""What is open in a VPC that no topology describes: use decides, as nobody says what to prove.

A route alone carries nothing. A subnet with neither a public address, SNAT, DNAT nor a way out has
no Internet traffic that could pass uninspected.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gwlbfw.reachability.flows import Flow, Judgement
from gwlbfw.reachability.model import Subnet
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.usage import internet_users

UNINSPECTED: tuple[Judgement, ...] = ("bypass", "unknown", "asymmetric")


@dataclass(frozen=True)
class Exposure:
    """Which flows somebody uses uninspected, and which subnets have no Internet traffic at all."""

    flows: tuple[bool, ...]
    """For each flow of the verdict, in its order."""
    closed: frozenset[str]
    """The subnets without a public address, SNAT, DNAT or way out."""


def exposure(network: Network, judged: Sequence[Flow]) -> Exposure:
    """What is open, of these flows and their subnets."""
    users = {each.id: tuple(internet_users(network, each)) for each in network.judged_subnets}
    exposed = tuple(
        each.verdict in UNINSPECTED and any(user.has(each) for user in users[each.subnet.id])
        for each in judged
    )
    closed = (
        subnet.id
        for subnet in network.judged_subnets
        if not users[subnet.id] and not _has_a_way_out(subnet, judged)
    )
    return Exposure(exposed, frozenset(closed))


def _has_a_way_out(subnet: Subnet, judged: Iterable[Flow]) -> bool:
    """True if whoever gets a public address there would be on the Internet by a route, or may be.

    Without an active IPv4 gateway no route is needed, and nobody is on the Internet but by an
    address: a bypass by no entry at all is no way out.
    """
    return any(
        each.subnet.id == subnet.id
        and each.direction == "outbound"
        and each.verdict in UNINSPECTED
        and (each.verdict != "bypass" or any(hop.next_hop for hop in each.forward_path.hops))
        for each in judged
    )
