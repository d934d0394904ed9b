"""The ability of appliances to take packets: membership, health, machine, and what filters these.

The health check decides health, and is no forwarding: it is a plain TCP or HTTP connection from the
load balancer's addresses. Packets come from the same addresses over UDP 6081, and where security
groups or network ACLs don't let them pass, a healthy appliance loses what it is given.
Sources: GWLB help pages "Health checks" and "Build an Internet firewall using GWLB".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from gwlbfw.reachability.model import Machine, Member
from gwlbfw.reachability.network_acls import OPEN, Passage
from gwlbfw.reachability.rules import GENEVE_PORT, lets_in
from gwlbfw.resources.forwarding import InboundRule, Probe

Ability = Literal["able", "unable", "closed", "unknown"]
"""`closed` is healthy, and gets packets that its security groups or a network ACL drop."""
MEMBERSHIP: Mapping[str, Ability] = {
    "Available": "able",
    "Removing": "unable",
    "Draining": "unable",
}
"""By the status in the group; UNVERIFIED from when on one that is `Adding` gets packets, and until
when one that is `Replacing` does."""
HEALTH: Mapping[str, Ability] = {
    "Healthy": "able",
    "Initial": "unable",
    "Unhealthy": "unable",
    "Unused": "unable",
}
"""By the health that the listener reports; `Unavailable`, with health checks off, is unknown."""


class Guard(NamedTuple):
    """What stands before an appliance: its machine and the rules of its security groups."""

    machine: Machine | None
    rules: tuple[InboundRule, ...] | None
    """Merged; None where they are not known."""
    passage: Passage = OPEN
    """What network ACLs make of the way to it and back."""


@dataclass(frozen=True)
class Fitness:
    """The appliances of a group that get packets, and whether others might."""

    takes: tuple[Member, ...] = ()
    """Those that take packets."""
    any_takes: bool = False
    """True if there is one, named or not."""
    closed: tuple[Member, ...] = ()
    """Those that get packets and lose them."""
    any_closed: bool = False
    any_unknown: bool = False


def fitness_of(abilities: Iterable[tuple[Member, Ability]]) -> Fitness:
    """The fitness of members with their abilities."""
    rows = list(abilities)
    takes = tuple(member for member, able in rows if able == "able")
    closed = tuple(member for member, able in rows if able == "closed")
    unknown = any(able == "unknown" for _, able in rows)
    return Fitness(takes, bool(takes), closed, bool(closed), unknown)


def ability(member: Member, probe: Probe, guard: Guard, sources: Sequence[str]) -> Ability:
    """The ability of an appliance to take packets of new flows from these addresses or blocks."""
    joined = MEMBERSHIP.get(member.status, "unknown")
    if joined != "able":
        return joined
    if guard.machine is not None and not guard.machine.running:
        return "unable"
    if not probe.enabled:
        return "unknown"
    health = HEALTH.get(member.health, "unknown")
    if guard.rules is not None and not lets_in(guard.rules, "tcp", probe.port, sources):
        return "unable"
    return filtered(guard, sources) if health == "able" else health


def filtered(guard: Guard, sources: Sequence[str]) -> Ability:
    """The ability that security groups and network ACLs leave to a healthy appliance."""
    rules, passage = guard.rules, guard.passage
    shut = rules is not None and not lets_in(rules, "udp", GENEVE_PORT, sources)
    if shut or passage.dropped_by:
        return "closed"
    return "able" if rules is not None and passage.known else "unknown"
