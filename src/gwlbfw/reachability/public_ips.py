"""Public addresses, and the machines that may have one.

An EIP says itself what it is bound to; an instance and an interface say what they were born with.
"""

from collections.abc import Iterator, Mapping

from gwlbfw.cloud.call import objects
from gwlbfw.cloud.reply_fields import text_at, texts_at
from gwlbfw.errors import ReplyError
from gwlbfw.reachability.facts import NetworkFacts
from gwlbfw.reachability.model import Machine, PublicAddress, Subnet
from gwlbfw.reachability.prefixes import Prefix


def machines(facts: NetworkFacts) -> dict[str, Machine]:
    """The instances of the VPCs, by id."""
    return {
        text_at(each, "InstanceId"): Machine(
            text_at(each, "InstanceId"),
            text_at(each, "VpcAttributes.VSwitchId"),
            next(iter(texts_at(each, "VpcAttributes.PrivateIpAddress.IpAddress")), ""),
            text_at(each, "InstanceName"),
        )
        for each in facts.instances
    }


def public_addresses(
    facts: NetworkFacts, subnets: Mapping[str, Subnet]
) -> tuple[PublicAddress, ...]:
    """Every public address in the VPCs, each once, but for those of NAT gateways."""
    found: dict[str, PublicAddress] = {}
    for each in (*_eips(facts, subnets), *_born_with(facts), *_of_interfaces(facts)):
        found.setdefault(each.address, each)
    nat_addresses = {
        text_at(each, "IpAddress")
        for nat in facts.nat_gateways
        for each in objects(nat, "IpLists.IpList")
    }
    return tuple(each for _, each in sorted(found.items()) if each.address not in nat_addresses)


def _eips(facts: NetworkFacts, subnets: Mapping[str, Subnet]) -> Iterator[PublicAddress]:
    """EIPs bound in the VPCs (VPC API, DescribeEipAddresses); those of NAT gateways are theirs."""
    instances = {text_at(each, "InstanceId"): each for each in facts.instances}
    interfaces = {text_at(each, "NetworkInterfaceId"): each for each in facts.interfaces}
    for raw in facts.eips:
        holder, private = text_at(raw, "InstanceId"), text_at(raw, "PrivateIpAddress")
        vpc, subnet = text_at(raw, "VpcId"), ""
        if holder in instances:
            at = instances[holder]
            vpc, subnet = text_at(at, "VpcAttributes.VpcId"), text_at(at, "VpcAttributes.VSwitchId")
            addresses = texts_at(at, "VpcAttributes.PrivateIpAddress.IpAddress")
            private = private or next(iter(addresses), "")
        elif holder in interfaces:
            at = interfaces[holder]
            vpc, subnet = text_at(at, "VpcId"), text_at(at, "VSwitchId")
            private = private or text_at(at, "PrivateIpAddress")
        if vpc not in facts.vpcs or not holder or text_at(raw, "InstanceType") == "Nat":
            continue
        yield PublicAddress(
            text_at(raw, "IpAddress"),
            private,
            holder,
            vpc,
            subnet or _at(vpc, private, subnets),
            text_at(raw, "Mode"),
            text_at(raw, "AllocationId"),
        )


def _at(vpc: str, private: str, subnets: Mapping[str, Subnet]) -> str:
    """The subnet that a private address is in; empty where it is in none, or not told."""
    if not private:
        return ""
    try:
        address = Prefix.parse(private).first
    except ValueError as problem:
        raise ReplyError("vpc:DescribeEipAddresses", "a private address is none") from problem
    for subnet in subnets.values():
        if subnet.vpc == vpc and subnet.cidr.first <= address <= subnet.cidr.last:
            return subnet.id
    return ""


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
