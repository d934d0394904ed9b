"""The path of one packet and of its reply, from one end to the other."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal, NamedTuple

from gwlbfw.cloud.call import Json
from gwlbfw.reachability.flows import Direction, Judgement, rank, round_trip
from gwlbfw.reachability.inspection import Inspection
from gwlbfw.reachability.model import Subnet
from gwlbfw.reachability.nat_paths import forwarded_paths, nat_return_paths
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.packets import PathTrace, Sender
from gwlbfw.reachability.path import leg_hops
from gwlbfw.reachability.prefixes import address_count, intersection
from gwlbfw.reachability.trace_ends import NoSuchPlace, TraceEnd, internet_end, trace_end
from gwlbfw.reachability.translation import senders
from gwlbfw.reachability.walk import Walker

ENCAPSULATION = "GENEVE over UDP 6081, VNI 0, 32 bytes of options: 68 bytes more in all"
"""The encapsulation of a packet between load balancer and appliance (help page "Build an Internet
firewall using GWLB": the captures; "GWLB instances": the overhead)."""


@dataclass(frozen=True)
class Trace:
    """The path of a packet, the path of its reply, and the verdict on both."""

    source: TraceEnd
    target: TraceEnd
    forward_path: PathTrace
    return_path: PathTrace
    verdict: Judgement | Literal["local"]
    """`local`: delivered inside the VPC, without the Internet and without inspection."""
    symmetric: bool
    other_paths: int
    """The number of other paths between these two, none worse than this one."""
    notes: tuple[str, ...]
    network: Network = field(compare=False, repr=False)

    @property
    def inspected(self) -> bool:
        """True if the packet passes a healthy appliance."""
        return any(each.inspected for each in self.forward_path.inspections)

    @property
    def appliances(self) -> tuple[str, ...]:
        """The appliances that may get the packet."""
        return tuple(
            self.network.label(member.server)
            for each in self.forward_path.inspections
            for member in each.appliances
        )

    def to_json(self) -> Mapping[str, Json]:
        """The trace as one JSON object."""
        network = self.network
        hops = (
            *leg_hops(network, self.forward_path, "there"),
            *leg_hops(network, self.return_path, "back"),
        )
        return {
            "from": self.source.text,
            "to": self.target.text,
            "source": self.source.address,
            "destination": self.target.address,
            "verdict": self.verdict,
            "inspected": self.inspected,
            "symmetric": self.symmetric,
            "endpoint": next(
                (network.label(e.endpoint) for e in self.forward_path.inspections), None
            ),
            "appliances": list(self.appliances),
            "encapsulation": [
                _encapsulation(network, each) for each in self.forward_path.inspections
            ],
            "path": [asdict(each) for each in hops],
            "other_ways": self.other_paths,
            "notes": list(self.notes),
        }


def _encapsulation(network: Network, inspection: Inspection) -> Json:
    return {
        "load_balancer": network.label(inspection.balancer),
        "zone": inspection.zone,
        "from": inspection.source or None,
        "to": [each.ip or network.label(each.server) for each in inspection.appliances],
        "how": ENCAPSULATION if inspection.appliances else None,
    }


def trace(network: Network, source: str, target: str) -> Trace:
    """The path from `source` to `target`; of several, the worst. Raises NoSuchPlace."""
    start, end = trace_end(network, source), trace_end(network, target)
    if start.subnet is not None and end.public and end.public.address == target:
        end = internet_end(target)  # a neighbour's public address is reached through the Internet
    if start.subnet is None and end.subnet is None:
        raise NoSuchPlace(f"neither {source} nor {target} is in this network")
    trips = [*_round_trips(Walker(network), start, end)]
    trips.sort(key=lambda each: (rank(each.verdict), -address_count(each.forward.space)))
    verdict, symmetric, forward, reply, sender = trips[0]
    local = forward.disposition == "delivered" and start.subnet and not forward.inspections
    return Trace(
        start,
        end,
        forward,
        reply,
        "local" if local else verdict,
        symmetric,
        len(trips) - 1,
        tuple(_notes(network, start, end, forward, sender)),
        network,
    )


class _RoundTrip(NamedTuple):
    verdict: Judgement
    symmetric: bool
    forward: PathTrace
    reply: PathTrace
    sender: Sender | None
    """The machines in the VPC; None where both ends are there."""


def _round_trips(walker: Walker, start: TraceEnd, end: TraceEnd) -> Iterator[_RoundTrip]:
    """Every path to the end with every path of a reply."""
    if start.subnet is not None and end.subnet is not None:
        for there in walker.egress(start.subnet, end.space, per_entry=True):
            for back in walker.egress(end.subnet, start.space, per_entry=True):
                yield _RoundTrip(*round_trip("outbound", there, back), there, back, None)
        return
    direction: Direction = "outbound" if start.subnet else "inbound"
    inside, outside = (start, end) if start.subnet else (end, start)
    assert inside.subnet is not None  # noqa: S101 - one of the two is inside
    for sender in _senders(walker, inside, inside.subnet, direction):
        out = walker.egress(inside.subnet, outside.space, sender=sender, per_entry=True)
        home = _inbound(walker, inside.subnet, sender)
        for there in out if direction == "outbound" else home:
            replies = home if direction == "outbound" else out
            if direction == "outbound" and there.nat_gateways:
                replies = [*nat_return_paths(walker, inside.subnet, there)]
            for back in replies:
                yield _RoundTrip(*round_trip(direction, there, back), there, back, sender)


def _inbound(walker: Walker, subnet: Subnet, sender: Sender) -> list[PathTrace]:
    if sender.session:
        return [*forwarded_paths(walker, sender.session, sender.addresses, per_entry=True)]
    return walker.ingress(subnet.vpc, sender.addresses, per_entry=True)


def _senders(walker: Walker, end: TraceEnd, subnet: Subnet, direction: Direction) -> list[Sender]:
    """What translates the addresses of an end: its public one, else a NAT gateway.

    One with neither is traced as if it had a public address.
    """
    found = [
        each._replace(addresses=shared)
        for each in senders(walker.network, subnet)
        if (shared := intersection(each.addresses, end.space))
    ]
    public = [each for each in found if each.source == "public"]
    by_nat = [
        each
        for each in found
        if each.source == "nat" and bool(each.session) == (direction == "inbound")
    ]
    if not found:
        return [Sender("public", end.space)]  # the holder is not where the cloud says
    return public if end.public else by_nat or public


def _notes(
    network: Network, start: TraceEnd, end: TraceEnd, forward: PathTrace, sender: Sender | None
) -> Iterator[str]:
    """Sentences on the translation of addresses on the path."""
    if sender is None:
        return
    inside, sends = (start, True) if start.subnet else (end, False)
    if sender.session:
        nat = network.label(sender.session)
        yield f"the destination, an address of {nat}, becomes {inside.text}"
    elif forward.nat_gateways:
        yield f"the source becomes an address of {network.label(forward.nat_gateways[0])}"
    elif sender.source == "nat":
        yield f"{inside.text} has no public address, and no NAT gateway gives it one"
    elif inside.public is None:
        yield f"{inside.text} has no public address: the path is as if it had one"
    else:
        public, private = inside.public.address or "its EIP", inside.public.private
        became = f"the source {private} becomes {public}"
        if not sends:
            became = f"the destination {public} becomes {private}"
        where = "at the IPv4 gateway"
        if network.active_gateway(inside.public.vpc) is None:
            where = "at the machine's own interface"
        yield f"{became} {where}"
