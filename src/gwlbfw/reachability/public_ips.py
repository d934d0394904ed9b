"""Public addresses, and the machines that may have one.

An EIP is where its holder is; an instance and an interface say what they were born with.
"""

from collections.abc import Iterator, Mapping

from gwlbfw.cloud.call import objects
from gwlbfw.cloud.reply_fields import text_at, texts_at
from gwlbfw.reachability.eip_holders import EipHolders
from gwlbfw.reachability.facts import NetworkFacts
from gwlbfw.reachability.model import Machine, PublicAddress, Subnet
from gwlbfw.resources.forwarding import InboundRule
from gwlbfw.resources.instance import RUNNING
from gwlbfw.resources.security_group import rule_of


def machines(facts: NetworkFacts) -> dict[str, Machine]:
    """The instances of the VPCs, and the appliances, by id."""
    return {
        text_at(each, "InstanceId"): Machine(
            text_at(each, "InstanceId"),
            text_at(each, "VpcAttributes.VSwitchId"),
            next(iter(texts_at(each, "VpcAttributes.PrivateIpAddress.IpAddress")), ""),
            text_at(each, "InstanceName"),
            tuple(sorted(texts_at(each, "SecurityGroupIds.SecurityGroupId"))),
            text_at(each, "Status") in RUNNING,
        )
        for each in (*facts.instances, *facts.appliances)
    }


def security_groups(facts: NetworkFacts) -> dict[str, tuple[InboundRule, ...]]:
    """The inbound rules of the security groups that guard appliances, by id."""
    return {key: tuple(rule_of(each).fact for each in rows) for key, rows in facts.rules.items()}


def public_addresses(
    facts: NetworkFacts, subnets: Mapping[str, Subnet]
) -> tuple[PublicAddress, ...]:
    """Every address that is or may be in the VPCs, each once, but for those of NAT gateways."""
    found: dict[str, PublicAddress] = {}
    holders = EipHolders.of(facts, subnets)
    eips = [each for each in map(holders.place, facts.eips) if each is not None]
    for each in (*eips, *_born_with(facts), *_of_interfaces(facts)):
        found.setdefault(each.address, each)
    nat_addresses = {
        text_at(each, "IpAddress")
        for nat in facts.nat_gateways
        for each in objects(nat, "IpLists.IpList")
    }
    return tuple(each for _, each in sorted(found.items()) if each.address not in nat_addresses)


def _born_with(facts: NetworkFacts) -> Iterator[PublicAddress]:
    """Public addresses that instances were launched with (ECS API, DescribeInstances)."""
    for raw in facts.instances:
        private = next(iter(texts_at(raw, "VpcAttributes.PrivateIpAddress.IpAddress")), "")
        for address in texts_at(raw, "PublicIpAddress.IpAddress"):
            yield PublicAddress(
                address,
                private,
                text_at(raw, "InstanceId"),
                text_at(raw, "VpcAttributes.VpcId"),
                text_at(raw, "VpcAttributes.VSwitchId"),
            )


def _of_interfaces(facts: NetworkFacts) -> Iterator[PublicAddress]:
    """Public addresses of any interface (ECS API, DescribeNetworkInterfaces)."""
    for raw in facts.interfaces:
        own = {text_at(raw, "PrivateIpAddress"): text_at(raw, "AssociatedPublicIp.PublicIpAddress")}
        for each in objects(raw, "PrivateIpSets.PrivateIpSet"):
            public = text_at(each, "AssociatedPublicIp.PublicIpAddress")
            own.setdefault(text_at(each, "PrivateIpAddress"), public)
        for private, address in own.items():
            if address:
                yield PublicAddress(
                    address,
                    private,
                    text_at(raw, "InstanceId") or text_at(raw, "NetworkInterfaceId"),
                    text_at(raw, "VpcId"),
                    text_at(raw, "VSwitchId"),
                )
