"""Network ACLs on the way between load balancers and appliances.

Sources: VPC help page "Network ACLs" (the rules in their order, the first that fits decides, and
what none fits is dropped; ports are those of the destination in both directions; stateless, so
that replies need a rule of their own), VPC API, DescribeNetworkAclAttributes. Packets go to UDP
6081 of the appliance, and come back to UDP 6081 of the load balancer (help page "Build an Internet
firewall using GWLB", captures).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from gwlbfw.cloud.call import Raw, objects
from gwlbfw.cloud.reply_fields import text_at
from gwlbfw.reachability.facts import NetworkFacts
from gwlbfw.reachability.model import NetworkAcl
from gwlbfw.reachability.rules import GENEVE_PORT, lets_in
from gwlbfw.resources.forwarding import InboundRule

Acls = Mapping[str, NetworkAcl | None]
"""By subnet, of those that have one; None where its rules are not known."""


class Passage(NamedTuple):
    """What network ACLs make of the packets between load balancers and an appliance."""

    dropped_by: tuple[str, ...] = ()
    """The ACLs that drop some of them."""
    known: bool = True
    """False if there may be others."""


OPEN = Passage()


class Place(NamedTuple):
    """A subnet, and the addresses or blocks in it; an empty one is any address."""

    subnet: str
    blocks: tuple[str, ...]


def passage(
    acls: Acls, appliance: Place, balancers: Sequence[str], sources: Sequence[str]
) -> Passage:
    """The passage between an appliance and load balancers in some subnets, with these addresses.

    UNVERIFIED that load balancers are filtered, and traffic inside of one subnet (the help page
    says that instances of one vSwitch are not filtered against each other): the worst is taken,
    that an ACL drops what its rules do, wherever the other side is.
    """
    if not acls:
        return OPEN
    of_balancers = dict.fromkeys(balancers, appliance.blocks)
    filters = {**of_balancers, appliance.subnet: sources}
    found = {key: acls[key] for key in filters if key in acls}
    dropping = {
        acl.id for key, acl in found.items() if acl is not None and _drops(acl, filters[key])
    }
    return Passage(tuple(sorted(dropping)), all(found.values()))


def _drops(acl: NetworkAcl, peers: Sequence[str]) -> bool:
    """True if an ACL drops some packets from or to these addresses."""
    directions = (acl.inbound, acl.outbound)
    return not all(lets_in(rules, "udp", GENEVE_PORT, peers) for rules in directions)


def acls_of(facts: NetworkFacts) -> dict[str, NetworkAcl | None]:
    """The network ACLs of the firewall's subnets, and None for those of which nobody knows."""
    of_subnet = {
        text_at(each, "VSwitchId"): text_at(each, "NetworkAclId")
        for each in facts.firewall_vswitches
    }
    known = {key: acl for key, acl in of_subnet.items() if acl}
    unknown = dict.fromkeys(each for each in _in_use(facts) if each not in of_subnet)
    return {**unknown, **{key: _acl(facts, acl) for key, acl in known.items()}}


def _in_use(facts: NetworkFacts) -> Iterator[str]:
    """The subnets of appliances and load balancers."""
    subnets = [text_at(each, "VpcAttributes.VSwitchId") for each in facts.appliances]
    for balancer in facts.balancers.values():
        subnets += balancer_subnets(balancer)
    yield from filter(None, subnets)


def balancer_subnets(balancer: Raw) -> tuple[str, ...]:
    """The subnets that a load balancer has its addresses in."""
    zones = objects(balancer, "ZoneMappings")
    return tuple(sorted({text_at(each, "VSwitchId") for each in zones} - {""}))


def _acl(facts: NetworkFacts, key: str) -> NetworkAcl | None:
    raw = facts.acls.get(key)
    if raw is None:
        return None
    inbound = objects(raw, "IngressAclEntries.IngressAclEntry")
    outbound = objects(raw, "EgressAclEntries.EgressAclEntry")
    return NetworkAcl(key, _rules(inbound, "SourceCidrIp"), _rules(outbound, "DestinationCidrIp"))


def _rules(rows: Sequence[Raw], block: str) -> tuple[InboundRule, ...]:
    return tuple(
        InboundRule(
            text_at(each, "Protocol").lower(),
            text_at(each, "Port"),
            text_at(each, block),
            text_at(each, "Policy").lower() == "accept",
            number,
        )
        for number, each in enumerate(rows)
    )
