"""Flows: the Internet traffic of one subnet, class by class, in both directions, with verdicts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from gwlbfw.reachability.model import Subnet
from gwlbfw.reachability.nat_paths import forwarded_paths, nat_return_paths
from gwlbfw.reachability.packets import Disposition, PathTrace, Sender, Source
from gwlbfw.reachability.prefixes import (
    INTERNET,
    HeaderSpace,
    address_count,
    cidr_blocks,
    difference,
    intersection,
    union,
)
from gwlbfw.reachability.translation import senders
from gwlbfw.reachability.walk import Walker

Direction = Literal["inbound", "outbound"]
Judgement = Literal[
    "inspected", "bypass", "black_hole", "loop", "asymmetric", "no_route", "unknown"
]

WORST_FIRST: tuple[Judgement, ...] = (
    *("bypass", "unknown", "asymmetric", "loop", "black_hole", "no_route"),
    "inspected",
)
_LOST: Mapping[Disposition, Judgement] = {
    "black_hole": "black_hole",
    "loop": "loop",
    "no_route": "no_route",
    "unknown": "unknown",
}
_REPLIES_LOST: Mapping[Disposition, Judgement] = {**_LOST, "no_route": "black_hole"}
"""Requests arrive, but nothing comes reply: the flow as a whole is lost where replies are."""
MOST_SEPARATED = 64
"""Refuted classes are named entry by entry as long as no more entries send them alike."""


@dataclass(frozen=True)
class Flow:
    """One class of a subnet's traffic in one direction, and the verdict on it."""

    subnet: Subnet
    direction: Direction
    space: HeaderSpace
    """Inbound, addresses of the subnet; outbound, of the Internet."""
    verdict: Judgement
    symmetric: bool
    """True if replies arrive, and pass the same endpoints."""
    forward_path: PathTrace
    return_path: PathTrace
    """The path of the replies; of several the worst."""
    sender: Sender
    """The machines of the subnet whose traffic it is."""
    source: Source | None = None
    """The sort of these machines, where traffic of the other sort takes other paths."""

    @property
    def inspected(self) -> bool:
        """True if its requests pass a healthy appliance."""
        return any(each.inspected for each in self.forward_path.inspections)

    @property
    def endpoint(self) -> str | None:
        """The endpoint that it passes first; None where forward is none."""
        return next((each.endpoint for each in self.forward_path.inspections), None)

    @property
    def destinations(self) -> tuple[str, ...]:
        """The exact prefixes of the class."""
        return cidr_blocks(self.space)


class _Class(NamedTuple):
    """Destinations whose packets all take the same path, or share the same paths."""

    space: HeaderSpace
    paths: tuple[PathTrace, ...]


def flows(walker: Walker, subnet: Subnet) -> list[Flow]:
    """The flows of a subnet, inbound first, the worst first in each direction.

    Those of machines that differ in nothing but their addresses are one.
    """
    every = flows_by_sender(walker, subnet, senders(walker.network, subnet))
    if len({each.sender for each in every}) <= 1:
        return every
    found: defaultdict[Direction, _BySource] = defaultdict(lambda: {"public": {}, "nat": {}})
    for flow in every:
        alike = found[flow.direction][flow.sender.source]
        key = _way(flow)
        alike[key] = _joined(alike.get(key, flow), flow)
    return sorted((f for each in found.values() for f in _with_sources(each)), key=_place)


_BySource = dict[Source, dict[tuple[object, ...], Flow]]
"""The flows in one direction by the sort of their machines, and by the way they take."""


def _with_sources(found: _BySource) -> Iterator[Flow]:
    """The flows, named by their source where machines of both sorts have some that differ."""
    public, nat = found["public"], found["nat"]
    if not nat or public.keys() == nat.keys():
        yield from public.values()
    else:
        for each in (*public.values(), *nat.values()):
            yield replace(each, source=each.sender.source)


def _way(flow: Flow) -> tuple[object, ...]:
    """All of a flow but whose it is: inbound, its destinations are the machines themselves."""
    space = flow.space if flow.direction == "outbound" else None
    paths = (
        (each.hops, each.disposition, each.reason) for each in (flow.forward_path, flow.return_path)
    )
    return space, flow.verdict, flow.symmetric, *paths


def _joined(flow: Flow, other: Flow) -> Flow:
    """The flow of the machines of both."""
    together = union((*flow.sender.addresses, *other.sender.addresses))
    return replace(
        flow,
        space=union((*flow.space, *other.space)),
        sender=flow.sender._replace(addresses=together),
    )


def flows_by_sender(walker: Walker, subnet: Subnet, of: Sequence[Sender]) -> list[Flow]:
    """The flows of each of some machines of a subnet, in the order of `flows`."""
    found = (flow for sender in of for flow in _flows_of_sender(walker, subnet, sender))
    return sorted(found, key=_place)


def _place(flow: Flow) -> tuple[str, int, HeaderSpace]:
    return flow.direction, rank(flow.verdict), flow.space


def _flows_of_sender(walker: Walker, subnet: Subnet, sender: Sender) -> list[Flow]:
    """The flows of some machines of a subnet.

    Those without a public address get nothing from the Internet but what a NAT gateway forwards.
    """
    inbound = _Traffic(walker, subnet, "inbound", sender)
    outbound = _Traffic(walker, subnet, "outbound", sender)
    coming, going = _classes(inbound.paths()), _outbound(outbound.paths())
    found: list[Flow] = []
    if sender.source == "public" or sender.session:
        found += _flows_of(inbound, coming, _paths(going))
    if not sender.session:
        found += _flows_of(outbound, going, _paths(coming))
    return found


class _Traffic(NamedTuple):
    """The traffic of some machines of a subnet in one direction."""

    walker: Walker
    subnet: Subnet
    direction: Direction
    sender: Sender

    def paths(
        self, space: HeaderSpace | None = None, *, per_entry: bool = False
    ) -> list[PathTrace]:
        """The paths to some destinations, or to all that there are."""
        walker, subnet, direction, sender = self
        if direction == "outbound":
            space = INTERNET if space is None else space
            return walker.egress(subnet, space, sender=sender, per_entry=per_entry)
        space = sender.addresses if space is None else space
        if sender.session:
            return [*forwarded_paths(walker, sender.session, space, per_entry=per_entry)]
        return walker.ingress(subnet.vpc, space, per_entry=per_entry)


def _outbound(paths: Sequence[PathTrace]) -> list[_Class]:
    """The classes but those delivered in the VPC itself, which are no Internet traffic."""
    return [
        each
        for each in _classes(paths)
        if not all(path.disposition == "delivered" for path in each.paths)
    ]


def _paths(classes: Sequence[_Class]) -> list[PathTrace]:
    return [path for each in classes for path in each.paths]


def _classes(paths: Sequence[PathTrace]) -> list[_Class]:
    """The paths by class; where one class may take several, these together."""
    whole = union(span for each in paths for span in each.space)
    if address_count(whole) == sum(address_count(each.space) for each in paths):
        return [_Class(each.space, (each,)) for each in paths]
    found: list[_Class] = []
    for path in paths:
        rest, parts = path.space, list[_Class]()
        for each in found:
            if left := difference(each.space, path.space):
                parts.append(_Class(left, each.paths))
            if shared := intersection(each.space, path.space):
                parts.append(_Class(shared, (*each.paths, path)))
            rest = difference(rest, each.space)
        found = [*parts, _Class(rest, (path,))] if rest else parts
    return found


def _flows_of(
    traffic: _Traffic, classes: Sequence[_Class], replies: Sequence[PathTrace]
) -> Iterator[Flow]:
    for each in classes:
        flow = _worst_flow(traffic, each, replies)
        if not _needs_separation(flow):
            yield flow
            continue
        for part in _classes(traffic.paths(each.space, per_entry=True)):
            yield _worst_flow(traffic, part, replies)


def _needs_separation(flow: Flow) -> bool:
    """True if several entries lead a class astray, few enough to name each."""
    refuted = not flow.forward_path.arrives or not flow.inspected
    entries = max(each.more_entries for each in flow.forward_path.hops)
    return refuted and 0 < entries < MOST_SEPARATED


def _worst_flow(traffic: _Traffic, of: _Class, replies: Sequence[PathTrace]) -> Flow:
    """The flow of a class: its worst path with the worst path of its replies."""
    walker, subnet, direction, sender = traffic
    found = []
    for forward in of.paths:
        translated = direction == "outbound" and forward.nat_gateways
        for reply in nat_return_paths(walker, subnet, forward) if translated else replies:
            verdict, symmetric = round_trip(direction, forward, reply)
            found.append(
                Flow(
                    subnet,
                    direction,
                    of.space,
                    verdict,
                    symmetric,
                    forward_path=forward,
                    return_path=reply,
                    sender=sender,
                )
            )
    return min(found, key=lambda each: rank(each.verdict))


def rank(verdict: Judgement) -> int:
    """The place of a verdict among all, the worst first."""
    return WORST_FIRST.index(verdict)


def round_trip(
    direction: Direction, forward: PathTrace, reply: PathTrace
) -> tuple[Judgement, bool]:
    """The verdict on packets with this path and replies with that, and their symmetry."""
    if not forward.arrives:
        return _LOST[forward.disposition], False
    out, home = [[(e.endpoint, e.zone) for e in path.inspections] for path in (forward, reply)]
    symmetric = reply.arrives and out == home[::-1]
    if not any(each.inspected for each in forward.inspections):
        return "bypass", symmetric
    if direction == "inbound" and {*reply.nat_gateways} - {*forward.nat_gateways}:
        return "unknown", False  # the reply comes from another address than the request went to
    if reply.arrives:
        return ("inspected" if symmetric else "asymmetric"), symmetric
    return _REPLIES_LOST[reply.disposition], False
