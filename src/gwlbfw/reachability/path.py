"""Paths as data: each hop of a walk with the table, the entry that decides, and the next hop."""

from collections.abc import Iterator, Mapping

from gwlbfw.cloud.call import Json
from gwlbfw.reachability.flows import Flow
from gwlbfw.reachability.model import LOCAL, Network
from gwlbfw.reachability.packets import Hop, Walk


def path(network: Network, flow: Flow) -> list[Json]:
    """The way there, and the way of the replies."""
    return [*legs(network, flow.there, "there"), *legs(network, flow.back, "back")]


def legs(network: Network, walk: Walk, way: str) -> Iterator[Json]:
    """The hops of one walk; the last says how it ends."""
    for hop in walk.hops:
        yield {"way": way, **_hop(network, hop), "end": None}
    yield {
        "way": way,
        "at": network.label(walk.hops[-1].at),
        **dict.fromkeys(("table", "entry", "origin", "more_entries", "next_hop_type"), None),
        "next_hop": None,
        "note": walk.why,
        "end": walk.disposition,
    }


def _hop(network: Network, hop: Hop) -> Mapping[str, Json]:
    return {
        "at": network.label(hop.at),
        "table": network.label(hop.table) if hop.table else None,
        "entry": str(hop.entry.prefix) if hop.entry else None,
        "origin": hop.entry.origin if hop.entry else None,
        "more_entries": hop.more,
        "next_hop_type": hop.next.kind if hop.next else None,
        "next_hop": network.label(hop.next.id) if hop.next and hop.next.kind != LOCAL else None,
        "note": hop.note or None,
    }
