"""The way of one packet and of its reply, from one place to another."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from gwlbfw.cloud.call import Json
from gwlbfw.reachability.flows import Direction, Judgement, pair, rank, through_nat
from gwlbfw.reachability.inspection import Inspection
from gwlbfw.reachability.model import Network
from gwlbfw.reachability.packets import Walk
from gwlbfw.reachability.path import leg
from gwlbfw.reachability.places import NoSuchPlace, Place, outside, place
from gwlbfw.reachability.prefixes import size
from gwlbfw.reachability.walk import Walker

ENCAPSULATION = "GENEVE over UDP 6081, VNI 0, 32 bytes of options: 68 bytes more in all"
"""What a packet is wrapped in between load balancer and appliance (help page "Build an Internet
firewall using GWLB": the captures; "GWLB instances": the overhead)."""


@dataclass(frozen=True)
class Trace:
    """The packet's way there, the reply's way back, and the verdict on both."""

    source: Place
    target: Place
    there: Walk
    back: Walk
    verdict: Judgement | Literal["local"]
    """`local`: delivered inside the VPC, without the Internet and without inspection."""
    symmetric: bool
    others: int
    """How many other ways there are between these two, none worse than this one."""
    notes: tuple[str, ...]
    network: Network = field(compare=False, repr=False)

    @property
    def inspected(self) -> bool:
        """Whether the packet passes a healthy appliance."""
        return any(each.inspected for each in self.there.passed)

    @property
    def appliances(self) -> tuple[str, ...]:
        """The appliances that may get the packet."""
        return tuple(
            self.network.label(member.server)
            for each in self.there.passed
            for member in each.appliances
        )

    def to_json(self) -> Mapping[str, Json]:
        """The trace as one JSON object."""
        network = self.network
        hops = (*leg(network, self.there, "there"), *leg(network, self.back, "back"))
        return {
            "from": self.source.text,
            "to": self.target.text,
            "source": self.source.address,
            "destination": self.target.address,
            "verdict": self.verdict,
            "inspected": self.inspected,
            "symmetric": self.symmetric,
            "endpoint": next((network.label(e.endpoint) for e in self.there.passed), None),
            "appliances": list(self.appliances),
            "encapsulation": [_wrapped(network, each) for each in self.there.passed],
            "path": [asdict(each) for each in hops],
            "other_ways": self.others,
            "notes": list(self.notes),
        }


def _wrapped(network: Network, inspection: Inspection) -> Json:
    return {
        "load_balancer": network.label(inspection.balancer),
        "zone": inspection.zone,
        "from": inspection.source or None,
        "to": [each.ip or network.label(each.server) for each in inspection.appliances],
        "how": ENCAPSULATION if inspection.appliances else None,
    }


def trace(network: Network, source: str, target: str) -> Trace:
    """The way from `source` to `target`; of several, the worst. Raises NoSuchPlace."""
    start, end = place(network, source), place(network, target)
    if start.subnet is not None and end.public and end.public.address == target:
        end = outside(target)  # a neighbour's public address is reached through the Internet
    if start.subnet is None and end.subnet is None:
        raise NoSuchPlace(f"neither {source} nor {target} is in this network")
    ways = _ways(Walker(network), start, end)
    ways.sort(key=lambda each: (rank(each[0]), -size(each[2].space)))
    verdict, symmetric, there, back = ways[0]
    local = there.disposition == "delivered" and start.subnet and not there.passed
    return Trace(
        start,
        end,
        there,
        back,
        "local" if local else verdict,
        symmetric,
        len(ways) - 1,
        tuple(_notes(network, start, end, there)),
        network,
    )


_Way = tuple[Judgement, bool, Walk, Walk]


def _ways(walker: Walker, start: Place, end: Place) -> list[_Way]:
    """Every way there with every way back."""
    direction: Direction = "outbound" if start.subnet else "inbound"
    found: list[_Way] = []
    for there in _sent(walker, start, end):
        replies = (
            list(through_nat(walker, start.subnet, there))
            if start.subnet is not None and there.nats
            else _sent(walker, end, start)
        )
        found += [(*pair(direction, there, back), there, back) for back in replies]
    return found


def _sent(walker: Walker, start: Place, end: Place) -> list[Walk]:
    """The ways of what one place sends to the other."""
    if start.subnet is not None:
        return walker.leaving(start.subnet, end.space, apart=True)
    assert end.subnet is not None  # noqa: S101 - one of the two is inside
    return walker.arriving(end.subnet.vpc, end.space, apart=True)


def _notes(network: Network, start: Place, end: Place, there: Walk) -> Iterator[str]:
    """What happens to addresses on the way."""
    if start.subnet is not None and end.subnet is not None:
        return
    inside, sends = (start, True) if start.subnet else (end, False)
    if there.nats:
        yield f"the source becomes an address of {network.label(there.nats[0])}"
    elif inside.public is None:
        yield f"{inside.text} has no public address: the way is as if it had one"
    else:
        public, private = inside.public.address or "its EIP", inside.public.private
        became = f"the source {private} becomes {public}"
        if not sends:
            became = f"the destination {public} becomes {private}"
        where = "at the IPv4 gateway"
        if network.active_gateway(inside.public.vpc) is None:
            where = "at the machine's own interface"
        yield f"{became} {where}"
