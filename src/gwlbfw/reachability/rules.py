"""Rules that let packets in: of security groups, and of network ACLs."""

from collections.abc import Iterable, Mapping, Sequence

from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.resources.forwarding import InboundRule

GENEVE_PORT = 6081


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
