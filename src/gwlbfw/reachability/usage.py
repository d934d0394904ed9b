"""The use of the Internet: who in a subnet has a way to it, and in which direction.

Routes alone carry nothing: a flow works where an interface of the subnet has a public address, or a
NAT gateway serves it. What can't be placed counts as using every subnet that it may be in.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gwlbfw.reachability.flows import Direction
from gwlbfw.reachability.model import PublicAddress, Subnet
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.prefixes import Prefix
from gwlbfw.resources.next_hop import NAT_GATEWAY

BOTH: frozenset[Direction] = frozenset({"inbound", "outbound"})
OUTBOUND: frozenset[Direction] = frozenset({"outbound"})
NEITHER: frozenset[Direction] = frozenset()


@dataclass(frozen=True)
class InternetUser:
    """A machine, interface or other thing in a subnet that has a way to the Internet."""

    holder: str
    """Its id; empty where nobody says what it is, or which machines a NAT gateway serves."""
    subnet: str
    directions: frozenset[Direction]
    public: PublicAddress | None = None
    """Its own public address; None where a NAT gateway lends it one."""


def internet_users(network: Network, subnet: Subnet) -> Iterator[InternetUser]:
    """The users of the Internet in a subnet; none in an empty one.

    UNVERIFIED that a NAT gateway serves every machine whose packets are routed to it: SNAT and DNAT
    entries are not read.
    """
    with_address: set[str] = set()
    for each in network.public_ips:
        if _may_be_in(network, each, subnet):
            for holder in each.machines or (each.holder,):
                with_address.add(holder)
                yield InternetUser(holder, subnet.id, BOTH, each)
    for nat in network.nat_gateways.values():
        if nat.subnet == subnet.id and nat.public:
            yield InternetUser(nat.id, subnet.id, BOTH)
    if not _leads_to_nat(network, subnet):
        return
    machines = [each.id for each in network.machines.values() if each.subnet == subnet.id]
    for machine in machines or [""]:
        if machine not in with_address:
            yield InternetUser(machine, subnet.id, OUTBOUND)


def directions_in_use(network: Network, subnet: Subnet) -> frozenset[Direction]:
    """The directions in which somebody uses a subnet's Internet traffic."""
    return NEITHER.union(*(each.directions for each in internet_users(network, subnet)))


def _may_be_in(network: Network, public: PublicAddress, subnet: Subnet) -> bool:
    """True for a public address of a subnet, and for one of which nobody knows that it is not."""
    if public.subnet:
        return public.subnet == subnet.id
    if public.vpc not in ("", subnet.vpc):
        return False
    if public.private:
        return subnet.cidr.first <= Prefix.parse(public.private).first <= subnet.cidr.last
    return _holds_anything(network, subnet)


def _holds_anything(network: Network, subnet: Subnet) -> bool:
    machines = (each.subnet for each in network.machines.values())
    gateways = (each.subnet for each in network.nat_gateways.values())
    addresses = (each.subnet for each in network.public_ips)
    return subnet.id in {*machines, *gateways, *addresses}


def _leads_to_nat(network: Network, subnet: Subnet) -> bool:
    """True if an entry of the subnet's table leads to a NAT gateway that may have an address."""
    table = network.tables.get(subnet.table)
    hops = (hop for entry in table.entries for hop in entry.hops) if table else ()
    return any(
        hop.kind == NAT_GATEWAY
        and ((nat := network.nat_gateways.get(hop.id)) is None or nat.public)
        for hop in hops
    )
