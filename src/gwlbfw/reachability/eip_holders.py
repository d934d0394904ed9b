"""The location of EIPs, found by their holders alone: an EIP itself seldom names it.

VPC API, DescribeEipAddresses: VpcId belongs to an EIP of a bare address (InstanceType IpAddress),
PrivateIpAddress to one of a bare address or an interface; an EIP of anything else has neither. So
holders are looked up in the lists of the VPCs, and by id where these don't have them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gwlbfw.cloud.call import Raw, objects
from gwlbfw.cloud.reply_fields import text_at, texts_at
from gwlbfw.errors import ReplyError
from gwlbfw.reachability import listings
from gwlbfw.reachability.facts import NetworkFacts, Raws
from gwlbfw.reachability.model import PublicAddress, Subnet
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.resources.resource import Listing

INSTANCE, INTERFACE, NAT, BARE_ADDRESS = "EcsInstance", "NetworkInterface", "Nat", "IpAddress"
HA_VIP, BALANCER = "HaVip", "SlbInstance"


@dataclass(frozen=True)
class HolderType:
    """A type of holder: its list, and the dotted paths to what each says of itself."""

    listing: Listing
    id: str
    vpc: str = "VpcId"
    subnet: str = "VSwitchId"
    private: str = "PrivateIpAddress"


HOLDER_TYPES: Mapping[str, HolderType] = {
    INSTANCE: HolderType(
        listings.INSTANCES_BY_ID,
        "InstanceId",
        "VpcAttributes.VpcId",
        "VpcAttributes.VSwitchId",
        "VpcAttributes.PrivateIpAddress.IpAddress",
    ),
    INTERFACE: HolderType(listings.INTERFACES_BY_ID, "NetworkInterfaceId"),
    NAT: HolderType(
        listings.EVERY_NAT_GATEWAY,
        "NatGatewayId",
        subnet="NatGatewayPrivateInfo.VswitchId",
        private="NatGatewayPrivateInfo.PrivateIpAddress",
    ),
    HA_VIP: HolderType(listings.HA_VIPS, "HaVipId", private="IpAddress"),
    BALANCER: HolderType(listings.BALANCERS_BY_ID, "LoadBalancerId", private="Address"),
}
"""By the InstanceType of the EIP (VPC API, AssociateEipAddress). A bare address is its own place.

UNVERIFIED that what comes in for an EIP of a classic load balancer goes by the IPv4 gateway's route
table to the vSwitch that has the balancer's address, as for other holders.
"""


def unlisted_holders(facts: NetworkFacts, eips: Raws) -> dict[str, list[str]]:
    """What EIPs are bound to and the lists of the VPCs don't have: ids by type, sorted."""
    known = {text_at(each, HOLDER_TYPES[kind].id) for kind, each in _listed(facts)}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for each in eips:
        kind, holder = text_at(each, "InstanceType"), text_at(each, "InstanceId")
        if kind in HOLDER_TYPES and holder and holder not in known:
            found[kind].add(holder)
    return {kind: sorted(ids) for kind, ids in sorted(found.items())}


def _listed(facts: NetworkFacts) -> Iterator[tuple[str, Raw]]:
    """What the lists of the VPCs have that can be a holder, by type."""
    rows = {INSTANCE: facts.instances, INTERFACE: facts.interfaces, NAT: facts.nat_gateways}
    yield from ((kind, each) for kind, found in rows.items() for each in found)


@dataclass(frozen=True)
class EipHolders:
    """The possible holders of EIPs, in the VPCs and elsewhere."""

    vpcs: frozenset[str]
    subnets: Mapping[str, Subnet]
    listed: Mapping[str, tuple[HolderType, Raw]]
    """By id, those that are in the lists of the VPCs, and those that were looked up."""
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
        looked_up = ((kind, each) for kind, rows in facts.eip_holders.items() for each in rows)
        listed = _by_id((*looked_up, *_listed(facts)))
        return cls(frozenset(facts.vpcs), subnets, listed, at_address)

    def place(self, eip: Raw) -> PublicAddress | None:
        """The address in the VPCs that an EIP stands for.

        None where it stands for none of them: bound to nothing, or to what is in another VPC. What
        can't be placed has no VPC, which says that it may be in any.
        """
        holder = text_at(eip, "InstanceId")
        if not holder:
            return None
        if holder not in self.listed:
            return self._by_its_address(eip)
        of, raw = self.listed[holder]
        if text_at(raw, of.vpc) not in {"", *self.vpcs}:
            return None
        own = texts_at(raw, of.private) or [text_at(raw, of.private)]
        bound = text_at(eip, "PrivateIpAddress") if of is HOLDER_TYPES[INTERFACE] else ""
        at = (holder, text_at(raw, of.vpc), text_at(raw, of.subnet), bound or own[0])
        return _public(eip, *at, machines=tuple(self._machines_behind(raw)))

    def _machines_behind(self, ha_vip: Raw) -> Iterator[str]:
        """The instances that hand a HaVip to each other (VPC API, DescribeHaVips)."""
        for key in texts_at(ha_vip, "AssociatedInstances.associatedInstance"):
            _, raw = self.listed.get(key, (None, {}))
            yield text_at(raw, "InstanceId") or key

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


def _by_id(rows: Iterable[tuple[str, Raw]]) -> dict[str, tuple[HolderType, Raw]]:
    """Holders of several types by id; a later one is taken for an earlier one."""
    types = ((HOLDER_TYPES[kind], raw) for kind, raw in rows)
    return {text_at(raw, of.id): (of, raw) for of, raw in types}


def _public(
    eip: Raw, holder: str, vpc: str, subnet: str, private: str, machines: tuple[str, ...] = ()
) -> PublicAddress:
    return PublicAddress(
        text_at(eip, "IpAddress"),
        private,
        holder,
        vpc,
        subnet,
        text_at(eip, "Mode"),
        text_at(eip, "AllocationId"),
        machines,
    )
