"""The location of EIPs, found by their holders alone: an EIP itself seldom names it.

VPC API, DescribeEipAddresses: VpcId belongs to an EIP of a bare address (InstanceType IpAddress),
PrivateIpAddress to one of a bare address or an interface; an EIP of an instance or a NAT gateway
has neither. So instances, interfaces and NAT gateways are looked up in the lists of the VPCs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gwlbfw.cloud.call import Raw, objects
from gwlbfw.cloud.reply_fields import text_at, texts_at
from gwlbfw.errors import ReplyError
from gwlbfw.reachability.facts import NetworkFacts
from gwlbfw.reachability.model import PublicAddress, Subnet
from gwlbfw.reachability.prefixes import Prefix

INSTANCE, INTERFACE, NAT, BARE_ADDRESS = "EcsInstance", "NetworkInterface", "Nat", "IpAddress"
"""Types of holders (VPC API, AssociateEipAddress, InstanceType). Of others, such as HaVip and
SlbInstance, no list that is read says where they are."""


@dataclass(frozen=True)
class EipHolders:
    """The possible holders of EIPs in the VPCs, and interfaces elsewhere that have one."""

    vpcs: frozenset[str]
    subnets: Mapping[str, Subnet]
    instances: Mapping[str, Raw]
    interfaces: Mapping[str, Raw]
    at_address: Mapping[tuple[str, str], str]
    """The instance, or the interface of something else, by VPC and private address."""

    @classmethod
    def of(cls, facts: NetworkFacts, subnets: Mapping[str, Subnet]) -> "EipHolders":
        """The holders among the facts."""
        at_address: dict[tuple[str, str], str] = {}
        for each in facts.interfaces:
            owner = text_at(each, "InstanceId") or text_at(each, "NetworkInterfaceId")
            rows = [each, *objects(each, "PrivateIpSets.PrivateIpSet")]
            for address in {text_at(row, "PrivateIpAddress") for row in rows}:
                at_address[text_at(each, "VpcId"), address] = owner
        for each in facts.instances:
            vpc = text_at(each, "VpcAttributes.VpcId")
            for address in texts_at(each, "VpcAttributes.PrivateIpAddress.IpAddress"):
                at_address[vpc, address] = text_at(each, "InstanceId")
        return cls(
            frozenset(facts.vpcs),
            subnets,
            {text_at(each, "InstanceId"): each for each in facts.instances},
            {
                text_at(each, "NetworkInterfaceId"): each
                for each in (*facts.interfaces, *facts.eip_holders)
            },
            at_address,
        )

    def place(self, eip: Raw) -> PublicAddress | None:
        """The address in the VPCs that an EIP stands for.

        None where it stands for none of them: bound to nothing, or to what is in another VPC. What
        can't be placed has no VPC, which says that it may be in any. Those of NAT gateways are
        None too, as the gateways list them as their own.
        """
        holder, kind = text_at(eip, "InstanceId"), text_at(eip, "InstanceType")
        if not holder or kind == NAT:
            return None
        if (instance := self.instances.get(holder)) is not None:
            return _of_instance(eip, instance)
        if (interface := self.interfaces.get(holder)) is not None:
            here = text_at(interface, "VpcId") in self.vpcs
            return _of_interface(eip, interface) if here else None
        # A VPC's list of instances is whole, so one that is in none is in another VPC.
        return self._by_its_address(eip) if kind != INSTANCE else None

    def _by_its_address(self, eip: Raw) -> PublicAddress | None:
        """The EIP by the private address that it names itself, in the VPC that it may name too."""
        holder, private = text_at(eip, "InstanceId"), text_at(eip, "PrivateIpAddress")
        vpc = text_at(eip, "VpcId")
        if text_at(eip, "InstanceType") == BARE_ADDRESS:
            private = private or holder
            holder = self.at_address.get((vpc, private), holder)
        if vpc:
            at = self._subnet_at(vpc, private)
            return _public(eip, holder, vpc, at, private) if vpc in self.vpcs else None
        if private and not any(self._subnet_at(each, private) for each in self.vpcs):
            return None
        return _public(eip, holder, "", "", private)

    def _subnet_at(self, vpc: str, private: str) -> str:
        """The subnet that a private address is in; empty where it is in none, or unknown."""
        if not private:
            return ""
        try:
            address = Prefix.parse(private).first
        except ValueError as problem:
            raise ReplyError("vpc:DescribeEipAddresses", "a private address is none") from problem
        for subnet in self.subnets.values():
            if subnet.vpc == vpc and subnet.cidr.first <= address <= subnet.cidr.last:
                return subnet.id
        return ""


def _of_instance(eip: Raw, instance: Raw) -> PublicAddress:
    """An instance's EIP stands for the address of its primary interface."""
    private = next(iter(texts_at(instance, "VpcAttributes.PrivateIpAddress.IpAddress")), "")
    vpc = text_at(instance, "VpcAttributes.VpcId")
    subnet = text_at(instance, "VpcAttributes.VSwitchId")
    return _public(eip, text_at(instance, "InstanceId"), vpc, subnet, private)


def _of_interface(eip: Raw, interface: Raw) -> PublicAddress:
    """An interface's EIP stands for the address that it was bound to, or else the primary one."""
    private = text_at(eip, "PrivateIpAddress") or text_at(interface, "PrivateIpAddress")
    vpc, subnet = text_at(interface, "VpcId"), text_at(interface, "VSwitchId")
    return _public(eip, text_at(interface, "NetworkInterfaceId"), vpc, subnet, private)


def _public(eip: Raw, holder: str, vpc: str, subnet: str, private: str) -> PublicAddress:
    return PublicAddress(
        text_at(eip, "IpAddress"),
        private,
        holder,
        vpc,
        subnet,
        text_at(eip, "Mode"),
        text_at(eip, "AllocationId"),
    )
