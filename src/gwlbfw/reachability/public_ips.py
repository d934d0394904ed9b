"""Public addresses, and the machines that may have one.

An EIP says itself what it is bound to; an instance and an interface say what they were born with.
"""

from collections.abc import Iterator, Mapping

from gwlbfw.cloud.call import objects
from gwlbfw.errors import ReplyError
from gwlbfw.reachability.model import Machine, PublicAddress, Subnet
from gwlbfw.reachability.observe import NetworkFacts
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.reachability.reading import text, texts


def machines(facts: NetworkFacts) -> dict[str, Machine]:
    """The instances of the VPCs, by id."""
    return {
        text(each, "InstanceId"): Machine(
            text(each, "InstanceId"),
            text(each, "VpcAttributes.VSwitchId"),
            next(iter(texts(each, "VpcAttributes.PrivateIpAddress.IpAddress")), ""),
            text(each, "InstanceName"),
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
        text(each, "IpAddress")
        for nat in facts.nat_gateways
        for each in objects(nat, "IpLists.IpList")
    }
    return tuple(each for _, each in sorted(found.items()) if each.address not in nat_addresses)


def _eips(facts: NetworkFacts, subnets: Mapping[str, Subnet]) -> Iterator[PublicAddress]:
    """EIPs bound in the VPCs (VPC API, DescribeEipAddresses); those of NAT gateways are theirs."""
    instances = {text(each, "InstanceId"): each for each in facts.instances}
    interfaces = {text(each, "NetworkInterfaceId"): each for each in facts.interfaces}
    for raw in facts.eips:
        holder, private = text(raw, "InstanceId"), text(raw, "PrivateIpAddress")
        vpc, subnet = text(raw, "VpcId"), ""
        if holder in instances:
            at = instances[holder]
            vpc, subnet = text(at, "VpcAttributes.VpcId"), text(at, "VpcAttributes.VSwitchId")
            addresses = texts(at, "VpcAttributes.PrivateIpAddress.IpAddress")
            private = private or next(iter(addresses), "")
        elif holder in interfaces:
            at = interfaces[holder]
            vpc, subnet = text(at, "VpcId"), text(at, "VSwitchId")
            private = private or text(at, "PrivateIpAddress")
        if vpc not in facts.vpcs or not holder or text(raw, "InstanceType") == "Nat":
            continue
        yield PublicAddress(
            text(raw, "IpAddress"),
            private,
            holder,
            vpc,
            subnet or _at(vpc, private, subnets),
            text(raw, "Mode"),
            text(raw, "AllocationId"),
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
        private = next(iter(texts(raw, "VpcAttributes.PrivateIpAddress.IpAddress")), "")
        for address in texts(raw, "PublicIpAddress.IpAddress"):
            yield PublicAddress(
                address,
                private,
                text(raw, "InstanceId"),
                text(raw, "VpcAttributes.VpcId"),
                text(raw, "VpcAttributes.VSwitchId"),
            )


def _of_interfaces(facts: NetworkFacts) -> Iterator[PublicAddress]:
    """Public addresses of any interface (ECS API, DescribeNetworkInterfaces)."""
    for raw in facts.interfaces:
        own = {text(raw, "PrivateIpAddress"): text(raw, "AssociatedPublicIp.PublicIpAddress")}
        for each in objects(raw, "PrivateIpSets.PrivateIpSet"):
            public = text(each, "AssociatedPublicIp.PublicIpAddress")
            own.setdefault(text(each, "PrivateIpAddress"), public)
        for private, address in own.items():
            if address:
                yield PublicAddress(
                    address,
                    private,
                    text(raw, "InstanceId") or text(raw, "NetworkInterfaceId"),
                    text(raw, "VpcId"),
                    text(raw, "VSwitchId"),
                )
