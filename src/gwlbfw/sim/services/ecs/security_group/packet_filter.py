"""Packet filter: the traffic that the security groups of an interface admit.

Source: ECS help page "Security group rules": the rules of all groups count together, a lower
number goes first, and of two with the same number the one that drops; what no rule names is
dropped.
"""

from ipaddress import IPv4Address, IPv4Network

from gwlbfw.sim.services.ecs.network_interface import NetworkInterface
from gwlbfw.sim.services.ecs.security_group.group import SecurityGroup
from gwlbfw.sim.services.ecs.security_group.rule import INGRESS, Rule
from gwlbfw.sim.store.region import Region


def admits(
    region: Region, interface: NetworkInterface, protocol: str, port: int, source: str
) -> bool:
    """True if a packet from an address to a port is admitted."""
    groups = (region.find(SecurityGroup, each) for each in interface.security_group_ids)
    rules = [rule for group in groups if group is not None for rule in group.rules]
    matching = [each for each in rules if _matches(each, protocol, port, source, interface.ip)]
    first = min(matching, key=lambda each: (each.priority, each.policy == "accept"), default=None)
    return first is not None and first.policy == "accept"


def _matches(rule: Rule, protocol: str, port: int, source: str, target: str) -> bool:
    if rule.direction != INGRESS or rule.protocol not in (protocol, "ALL"):
        return False
    # A source that is a group or a prefix list holds no address of a load balancer here.
    if "SourceCidrIp" not in rule.ends or not _within(source, rule.ends["SourceCidrIp"]):
        return False
    low, _, high = rule.ports.partition("/")
    ports = rule.protocol == "ALL" or int(low) <= port <= int(high)
    return ports and _within(target, rule.ends.get("DestCidrIp", "0.0.0.0/0"))


def _within(address: str, cidr: str) -> bool:
    return IPv4Address(address) in IPv4Network(cidr, strict=False)
