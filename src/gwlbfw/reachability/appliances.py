"""The ability of appliances to take packets: membership, health, machine, and security groups.

The health check decides health, and is no forwarding: it is a plain TCP or HTTP connection from the
load balancer's addresses. Packets come from the same addresses over UDP 6081, and where the rules
don't let them in, a healthy appliance loses what it is given.
Sources: GWLB help pages "Health checks" and "Build an Internet firewall using GWLB".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from gwlbfw.reachability.model import Machine, Member
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.resources.forwarding import InboundRule, Probe

Ability = Literal["able", "unable", "closed", "unknown"]
"""`closed` is healthy, and gets packets that its security groups drop."""
GENEVE_PORT = 6081
JOINED = frozenset({"Available", "Adding", "Replacing"})
LEAVING = frozenset({"Removing", "Draining"})
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


@dataclass(frozen=True)
class Fitness:
    """The appliances of a group that get packets, and whether others might."""

    takes: tuple[Member, ...] = ()
    """Those that take packets."""
    any_takes: bool = False
    """True if there is one, named or not."""
    closed: tuple[Member, ...] = ()
    """Those that get packets and don't let them in."""
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
    if member.status not in JOINED:
        return "unable" if member.status in LEAVING else "unknown"
    if guard.machine is not None and not guard.machine.running:
        return "unable"
    if not probe.enabled:
        return "unknown"
    health = HEALTH.get(member.health, "unknown")
    if guard.rules is None:
        return "unknown" if health == "able" else health
    if not lets_in(guard.rules, "tcp", probe.port, sources):
        return "unable"
    lost = health == "able" and not lets_in(guard.rules, "udp", GENEVE_PORT, sources)
    return "closed" if lost else health


def merged_rules(
    groups: Iterable[str] | None, rules: Mapping[str, tuple[InboundRule, ...]]
) -> tuple[InboundRule, ...] | None:
    """The rules of several security groups together; None where one is not known."""
    if groups is None:
        return None
    found = [rules.get(each) for each in groups]
    if any(each is None for each in found):
        return None
    return tuple(rule for each in found if each for rule in each)


def lets_in(rules: Sequence[InboundRule], protocol: str, port: int, sources: Sequence[str]) -> bool:
    """True if rules let a port be reached from all of these blocks.

    The rules of all groups are sorted by priority, a drop before an accept of equal priority, and
    the first that fits decides; nothing that fits is refused (ECS help page "Security groups").
    """
    ordered = sorted(rules, key=lambda each: (each.priority, each.accepts))
    return all(_lets_in(ordered, protocol, port, each) for each in sources)


def _lets_in(ordered: Sequence[InboundRule], protocol: str, port: int, source: str) -> bool:
    block = Prefix.parse(source) if source else EVERYWHERE
    for rule in ordered:
        if rule.protocol not in (protocol, "all", "-1") or not _has(rule.ports, port):
            continue
        known = rule.source and not rule.source.startswith(("sg-", "pl-"))
        if known and ":" in rule.source:
            continue
        if rule.accepts:
            if known and _covers(Prefix.parse(rule.source), block):
                return True
        elif not known or _overlaps(Prefix.parse(rule.source), block):
            return False  # whether a group or a prefix list has the address is not known
    return False


EVERYWHERE = Prefix(0, 0)


def _has(ports: str, port: int) -> bool:
    """True if a range such as `6081/6081` or `-1/-1` has the port."""
    first, _, last = ports.partition("/")
    return first == "-1" or int(first or 0) <= port <= int(last or first or 0)


def _covers(one: Prefix, other: Prefix) -> bool:
    return one.first <= other.first and other.last <= one.last


def _overlaps(one: Prefix, other: Prefix) -> bool:
    return one.first <= other.last and other.first <= one.last
