"""The use of the Internet: who in a subnet has a way to it, and in which direction.

Routes alone carry nothing: a flow works where an interface of the subnet has a public address, or
where an entry of a NAT gateway is for it: SNAT outbound, DNAT inbound. What can't be placed counts
as using every subnet that it may be in; what a route leads to that nobody knows may do NAT too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gwlbfw.reachability.flows import Direction, Flow
from gwlbfw.reachability.model import Machine, PublicAddress, Subnet
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.packets import Sender, Source
from gwlbfw.reachability.prefixes import HeaderSpace, Prefix, intersection
from gwlbfw.reachability.translation import nat_served, users_of_nat

BOTH: frozenset[Direction] = frozenset({"inbound", "outbound"})
INBOUND: frozenset[Direction] = frozenset({"inbound"})
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
    source: Source = "public"
    addresses: HeaderSpace = ()
    """Its private addresses, as far as they are known."""

    def may_be(self, sender: Sender) -> bool:
        """True if a flow of these machines may be its own."""
        if sender.source != self.source:
            return False
        forwarded = bool(sender.session)
        in_use = self.directions >= (INBOUND if forwarded else NEITHER)
        return in_use and bool(intersection(sender.addresses, self.addresses))

    def has(self, flow: Flow) -> bool:
        """True if a flow of its subnet may be its own."""
        return flow.direction in self.directions and self.may_be(flow.sender)


def internet_users(network: Network, subnet: Subnet) -> Iterator[InternetUser]:
    """The users of the Internet in a subnet; none in an empty one."""
    with_address: set[str] = set()
    for each in network.public_ips:
        if _may_be_in(network, each, subnet):
            for holder in each.machines or (each.holder,):
                with_address.add(holder)
                own = _private(each, subnet)
                yield InternetUser(holder, subnet.id, BOTH, each, addresses=own)
    for nat in network.nat_gateways.values():
        if nat.subnet == subnet.id and nat.is_used:
            yield InternetUser(nat.id, subnet.id, BOTH, addresses=(subnet.cidr.span,))
    if served := users_of_nat(network, subnet):
        inside = [each for each in network.machines.values() if each.subnet == subnet.id]
        without = [each for each in inside if each.id not in with_address]
        unseen = [] if inside else _unseen(network, subnet, served)
        yield from _served(subnet, served, without, unseen)


def _unseen(network: Network, subnet: Subnet, served: Sequence[Sender]) -> Sequence[Sender]:
    """Those whom NAT may serve in a subnet without a machine that is known.

    An entry names them. What only may do NAT serves nobody where there is no interface either.
    """
    return served if subnet.id in network.occupied else nat_served(network, subnet)


def _private(public: PublicAddress, subnet: Subnet) -> HeaderSpace:
    own = (subnet.cidr.span,)
    return intersection(own, (Prefix.parse(public.private).span,)) if public.private else own


def _served(
    subnet: Subnet,
    served: Sequence[Sender],
    machines: Sequence[Machine],
    unseen: Sequence[Sender],
) -> Iterator[InternetUser]:
    """Those that NAT serves, or may.

    Somebody may be there that is not known: where an entry forwards to an address, and where an
    entry is for a subnet of which no machine is known (`unseen`).
    """
    own = (subnet.cidr.span,)
    users = [
        InternetUser(
            each.id,
            subnet.id,
            NEITHER,
            source="nat",
            addresses=(Prefix.parse(each.ip).span,) if each.ip else own,
        )
        for each in machines
    ]
    for sender in served:
        if (sender.session or sender in unseen) and not any(
            intersection(each.addresses, sender.addresses) for each in users
        ):
            users.append(InternetUser("", subnet.id, NEITHER, None, "nat", sender.addresses))
    for each in users:
        directions = NEITHER.union(
            *(
                INBOUND if sender.session else OUTBOUND
                for sender in served
                if intersection(each.addresses, sender.addresses)
            )
        )
        if directions:
            yield replace(each, directions=directions)


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
