"""Flows: the Internet traffic of one subnet, class by class, in both directions, with verdicts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from gwlbfw.reachability.model import Subnet
from gwlbfw.reachability.packets import Disposition, Hop, PathTrace
from gwlbfw.reachability.prefixes import (
    INTERNET,
    HeaderSpace,
    address_count,
    cidr_blocks,
    difference,
    intersection,
    union,
)
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
    """The flows of a subnet, inbound first, the worst first in each direction."""
    inbound = _classes(walker.ingress(subnet.vpc, (subnet.cidr.span,)))
    outbound = _outbound(walker.egress(subnet, INTERNET))
    found = [
        *_flows_of(walker, subnet, "inbound", inbound, _paths(outbound)),
        *_flows_of(walker, subnet, "outbound", outbound, _paths(inbound)),
    ]
    return sorted(found, key=lambda each: (each.direction, rank(each.verdict), each.space))


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
    walker: Walker,
    subnet: Subnet,
    direction: Direction,
    classes: Sequence[_Class],
    replies: Sequence[PathTrace],
) -> Iterator[Flow]:
    for each in classes:
        flow = _worst_flow(walker, subnet, direction, each, replies)
        if not _needs_separation(flow):
            yield flow
            continue
        paths = (
            walker.ingress(subnet.vpc, each.space, per_entry=True)
            if direction == "inbound"
            else walker.egress(subnet, each.space, per_entry=True)
        )
        for part in _classes(paths):
            yield _worst_flow(walker, subnet, direction, part, replies)


def _needs_separation(flow: Flow) -> bool:
    """True if several entries lead a class astray, few enough to name each."""
    refuted = not flow.forward_path.arrives or not flow.inspected
    entries = max(each.more_entries for each in flow.forward_path.hops)
    return refuted and 0 < entries < MOST_SEPARATED


def _worst_flow(
    walker: Walker,
    subnet: Subnet,
    direction: Direction,
    traffic: _Class,
    replies: Sequence[PathTrace],
) -> Flow:
    """The flow of a class: its worst path with the worst path of its replies."""
    found = []
    for forward in traffic.paths:
        translated = direction == "outbound" and forward.nat_gateways
        for reply in nat_return_paths(walker, subnet, forward) if translated else replies:
            verdict, symmetric = round_trip(direction, forward, reply)
            found.append(
                Flow(
                    subnet,
                    direction,
                    traffic.space,
                    verdict,
                    symmetric,
                    forward_path=forward,
                    return_path=reply,
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
    if direction == "inbound" and reply.nat_gateways:
        return (
            "unknown",
            False,
        )  # the reply would come from another address than the request went to
    if reply.arrives:
        return ("inspected" if symmetric else "asymmetric"), symmetric
    return _REPLIES_LOST[reply.disposition], False


def nat_return_paths(walker: Walker, subnet: Subnet, forward: PathTrace) -> Iterator[PathTrace]:
    """Replies to a NAT gateway's address: to its subnet first, then on by that subnet's table."""
    network = walker.network
    nat = network.nat_gateway(forward.nat_gateways[0])
    middle = network.subnet(nat.subnet) if nat else None
    if nat is None or middle is None:
        reason = "where the replies come in is not known"
        yield replace(forward, disposition="unknown", reason=reason)
        return
    own = (subnet.cidr.span,)
    note = "the destination becomes the machine's address again"
    for first in walker.ingress(nat.vpc, (middle.cidr.span,)):
        if len(forward.nat_gateways) > 1:
            reason = "what becomes of replies through two NAT gateways is not known"
            yield replace(first, disposition="unknown", reason=reason)
        elif not first.arrives:
            yield first
        else:
            for second in walker.egress(middle, own):
                yield replace(second, hops=(*first.hops, Hop(nat.id, note=note), *second.hops))
