"""Paths as values: each hop of a walk with the table, the entry that decides, and the next hop."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gwlbfw.reachability.flows import Flow
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.packets import Disposition, Hop, PathTrace
from gwlbfw.resources.next_hop import LOCAL

Leg = Literal["there", "back"]
"""The request's path, or the reply's."""


@dataclass(frozen=True)
class PathHop:
    """A hop by the addresses of what it is about, or by the ids of what has none."""

    way: Leg
    at: str
    table: str | None = None
    entry: str | None = None
    """The CIDR block of the route entry that decides."""
    origin: str | None = None
    more_entries: int | None = None
    """The number of further entries of the table that send packets of this class alike."""
    next_hop_type: str | None = None
    next_hop: str | None = None
    note: str | None = None
    end: Disposition | None = None
    """The end of the path; None but in its last hop."""


def path(network: Network, flow: Flow) -> tuple[PathHop, ...]:
    """The request's path, then the reply's."""
    return (
        *leg_hops(network, flow.forward_path, "there"),
        *leg_hops(network, flow.return_path, "back"),
    )


def leg_hops(network: Network, walk: PathTrace, leg: Leg) -> Iterator[PathHop]:
    """The hops of one walk; the last says how it ends."""
    for hop in walk.hops:
        yield _hop(network, hop, leg)
    at = network.label(walk.hops[-1].at)
    yield PathHop(leg, at, note=walk.reason, end=walk.disposition)


def _hop(network: Network, hop: Hop, leg: Leg) -> PathHop:
    return PathHop(
        leg,
        network.label(hop.at),
        network.label(hop.table) if hop.table else None,
        str(hop.entry.prefix) if hop.entry else None,
        hop.entry.origin if hop.entry else None,
        hop.more_entries,
        hop.next_hop.kind if hop.next_hop else None,
        network.label(hop.next_hop.id) if hop.next_hop and hop.next_hop.kind != LOCAL else None,
        hop.note or None,
    )
