"""Flows: what becomes of the Internet traffic of one subnet, class by class, both ways."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from gwlbfw.reachability.model import Subnet
from gwlbfw.reachability.packets import Disposition, Hop, Walk
from gwlbfw.reachability.prefixes import INTERNET, Space, common, prefixes, size, union, without
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
"""Requests arrive, but nothing comes back: the flow as a whole is lost where replies are."""
TOLD_APART = 64
"""Refuted classes are told apart entry by entry as long as no more entries send them alike."""


@dataclass(frozen=True)
class Flow:
    """One class of a subnet's traffic in one direction, and the verdict on it."""

    subnet: Subnet
    direction: Direction
    space: Space
    """Inbound, addresses of the subnet; outbound, of the Internet."""
    verdict: Judgement
    symmetric: bool
    """Whether replies arrive, and pass the same endpoints."""
    there: Walk
    back: Walk
    """The replies' way; of several the worst."""

    @property
    def inspected(self) -> bool:
        """Whether it passes a healthy appliance on its way there."""
        return any(each.inspected for each in self.there.passed)

    @property
    def endpoint(self) -> str | None:
        """The endpoint that it passes first; None where there is none."""
        return next((each.endpoint for each in self.there.passed), None)

    @property
    def destinations(self) -> tuple[str, ...]:
        """The exact prefixes of the class."""
        return prefixes(self.space)


class _Class(NamedTuple):
    """Destinations whose packets all go the same way, or the same ways where they are shared."""

    space: Space
    walks: tuple[Walk, ...]


def flows(walker: Walker, subnet: Subnet) -> list[Flow]:
    """The flows of a subnet, inbound first, the worst first in each direction."""
    inbound = _classes(walker.arriving(subnet.vpc, (subnet.cidr.span,)))
    outbound = _outbound(walker.leaving(subnet, INTERNET))
    found = [
        *_judged(walker, subnet, "inbound", inbound, _walks(outbound)),
        *_judged(walker, subnet, "outbound", outbound, _walks(inbound)),
    ]
    return sorted(found, key=lambda each: (each.direction, rank(each.verdict), each.space))


def _outbound(walks: Sequence[Walk]) -> list[_Class]:
    """What is delivered in the VPC itself is no Internet traffic, whatever its addresses."""
    return [
        each
        for each in _classes(walks)
        if not all(walk.disposition == "delivered" for walk in each.walks)
    ]


def _walks(classes: Sequence[_Class]) -> list[Walk]:
    return [walk for each in classes for walk in each.walks]


def _classes(walks: Sequence[Walk]) -> list[_Class]:
    """The walks by class; where one class may take several ways, these together."""
    whole = union(span for each in walks for span in each.space)
    if size(whole) == sum(size(each.space) for each in walks):
        return [_Class(each.space, (each,)) for each in walks]
    found: list[_Class] = []
    for walk in walks:
        rest, parts = walk.space, list[_Class]()
        for each in found:
            if left := without(each.space, walk.space):
                parts.append(_Class(left, each.walks))
            if shared := common(each.space, walk.space):
                parts.append(_Class(shared, (*each.walks, walk)))
            rest = without(rest, each.space)
        found = [*parts, _Class(rest, (walk,))] if rest else parts
    return found


def _judged(
    walker: Walker,
    subnet: Subnet,
    direction: Direction,
    classes: Sequence[_Class],
    replies: Sequence[Walk],
) -> Iterator[Flow]:
    for each in classes:
        flow = _worst(walker, subnet, direction, each, replies)
        if not _told_apart(flow):
            yield flow
            continue
        walks = (
            walker.arriving(subnet.vpc, each.space, apart=True)
            if direction == "inbound"
            else walker.leaving(subnet, each.space, apart=True)
        )
        for part in _classes(walks):
            yield _worst(walker, subnet, direction, part, replies)


def _told_apart(flow: Flow) -> bool:
    """Whether several entries lead a class astray, few enough to name each."""
    on_its_own = not flow.there.arrives or not flow.inspected
    return on_its_own and 0 < max(each.more for each in flow.there.hops) < TOLD_APART


def _worst(
    walker: Walker,
    subnet: Subnet,
    direction: Direction,
    part: _Class,
    replies: Sequence[Walk],
) -> Flow:
    """A class is as good as the worst of its ways, with the worst way of its replies."""
    found = []
    for there in part.walks:
        translated = direction == "outbound" and there.nats
        for back in through_nat(walker, subnet, there) if translated else replies:
            verdict, symmetric = pair(direction, there, back)
            found.append(
                Flow(subnet, direction, part.space, verdict, symmetric, there=there, back=back)
            )
    return min(found, key=lambda each: rank(each.verdict))


def rank(verdict: Judgement) -> int:
    """The place of a verdict among all, the worst first."""
    return WORST_FIRST.index(verdict)


def pair(direction: Direction, there: Walk, back: Walk) -> tuple[Judgement, bool]:
    """The verdict on packets that go there and replies that come back, and their symmetry."""
    if not there.arrives:
        return _LOST[there.disposition], False
    out, home = [[(e.endpoint, e.zone) for e in walk.passed] for walk in (there, back)]
    symmetric = back.arrives and out == home[::-1]
    if not any(each.inspected for each in there.passed):
        return "bypass", symmetric
    if direction == "inbound" and back.nats:
        return "unknown", False  # the reply would come from another address than was asked
    if back.arrives:
        return ("inspected" if symmetric else "asymmetric"), symmetric
    return _REPLIES_LOST[back.disposition], False


def through_nat(walker: Walker, subnet: Subnet, there: Walk) -> Iterator[Walk]:
    """Replies to a NAT gateway's address: to its subnet first, then on by that subnet's table."""
    network = walker.network
    nat = network.nats[there.nats[0]]
    middle = network.subnets[nat.subnet]
    own = (subnet.cidr.span,)
    note = "the destination becomes the machine's address again"
    for first in walker.arriving(nat.vpc, (middle.cidr.span,)):
        if len(there.nats) > 1:
            why = "what becomes of replies through two NAT gateways is not known"
            yield replace(first, disposition="unknown", why=why)
        elif not first.arrives:
            yield first
        else:
            for second in walker.leaving(middle, own):
                yield replace(second, hops=(*first.hops, Hop(nat.id, note=note), *second.hops))
