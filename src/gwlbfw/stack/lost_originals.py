"""What was there before the stack and can't come back: a table or gateway that the VPC lacks.

Anybody can write a tag, and what it names may have been deleted since. So an id is put back only
if it is live, and in the VPC that it is put back in.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gwlbfw.address import Address, Ref
from gwlbfw.diagnostics import Diagnostic, warning
from gwlbfw.resources import Ipv4Gateway, Route, RouteTable, RouteTableAssociation
from gwlbfw.resources.graph import Live, OriginalState
from gwlbfw.resources.next_hop import GATEWAY
from gwlbfw.resources.resource import Resource


def lost_originals(original: OriginalState, live: Live) -> Mapping[Address, str]:
    """The ids that can't be put back, by the address that they were found at."""
    there = {**live.others, **{node.id: node for node in live.nodes.values() if node.id}}
    lost: dict[Address, str] = {}
    for address, was in original.items():
        for ref, kind in _checked(was):
            found = there[ref].resource if ref in there else None
            same_vpc = isinstance(found, kind) and found.vpc == getattr(was, "vpc", None)
            if ref.address is None and not same_vpc:
                lost[address] = str(ref)
    return lost


def _checked(
    was: Resource | None,
) -> Iterator[tuple[Ref[Any], type[RouteTable] | type[Ipv4Gateway]]]:
    """The references of an original state that are of kinds listed in full, with their kinds."""
    if isinstance(was, RouteTableAssociation):
        yield was.table, RouteTable
    if isinstance(was, Route) and was.next_hop_type == GATEWAY:
        yield was.next_hop, Ipv4Gateway


def without_lost(original: OriginalState, lost: Mapping[Address, str]) -> OriginalState:
    """The original state that can be put back; of what is lost, that nothing was there."""
    return {address: None if address in lost else was for address, was in original.items()}


def lost_original_warnings(
    original: OriginalState, lost: Mapping[Address, str]
) -> Iterator[Diagnostic]:
    """What is not put back, and what happens instead."""
    for address, cloud_id in lost.items():
        link = isinstance(original[address], RouteTableAssociation)
        instead = "the subnet goes back to the system table" if link else "the route is deleted"
        yield warning(
            "not-restorable",
            f"{address}: {cloud_id}, which was there before, is not in the VPC: {instead}",
            subject=address,
            hint="make what should be there yourself, before or after",
        )
