"""Packet filter: the traffic that the security groups of an interface admit.

Source: ECS help page "Security group rules": the rules of all groups count together, a lower
number goes first, and of two with the same number the one that drops; what no rule names is
dropped.
"""

from ipaddress import IPv4Address, IPv4Network

from gwlbfw.sim.services.ecs.network_interface import NetworkInterface
from gwlbfw.sim.services.ecs.prefix_list import PrefixList
from gwlbfw.sim.services.ecs.security_group.group import SecurityGroup
from gwlbfw.sim.services.ecs.security_group.rule import INGRESS, Rule
from gwlbfw.sim.store.region import Region


def admits(
    region: Region, interface: NetworkInterface, protocol: str, port: int, source: str
) -> bool:
    """True if a packet from an address to a port is admitted."""
    groups = (region.find(SecurityGroup, each) for each in interface.security_group_ids)
    rules = [rule for group in groups if group is not None for rule in group.rules]
    matching = [
        each
        for each in rules
        if _matches(each, protocol, port, interface.ip) and _comes_from(region, each, source)
    ]
    first = min(matching, key=lambda each: (each.priority, each.policy == "accept"), default=None)
    return first is not None and first.policy == "accept"


def _matches(rule: Rule, protocol: str, port: int, target: str) -> bool:
    if rule.direction != INGRESS or rule.protocol not in (protocol, "ALL"):
        return False
    low, _, high = rule.ports.partition("/")
    ports = rule.protocol == "ALL" or int(low) <= port <= int(high)
    return ports and _within(target, rule.ends.get("DestCidrIp", "0.0.0.0/0"))


def _comes_from(region: Region, rule: Rule, source: str) -> bool:
    if "SourceCidrIp" in rule.ends:
        return _within(source, rule.ends["SourceCidrIp"])
    # A source that is a group holds no address of a load balancer.
    listed = region.find(PrefixList, rule.ends.get("SourcePrefixListId", ""))
    return listed is not None and any(_within(source, each) for each in listed.ipv4_blocks)


def _within(address: str, cidr: str) -> bool:
    return IPv4Address(address) in IPv4Network(cidr, strict=False)
