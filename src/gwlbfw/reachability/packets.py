"""Packets on their path: the hops they take, and how the path ends."""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from gwlbfw.reachability.inspection import Inspection
from gwlbfw.reachability.model import Entry, NextHop
from gwlbfw.reachability.prefixes import HeaderSpace

Disposition = Literal["internet", "delivered", "black_hole", "loop", "no_route", "unknown"]

Source = Literal["public", "nat"]
"""Machines with public addresses, or those that NAT gateways serve."""
SOURCES: tuple[Source, ...] = ("public", "nat")


def sources_of(source: Source | None) -> tuple[Source, ...]:
    """The sorts of machines that a flow is of: both, where it does not say."""
    return (source,) if source else SOURCES


class Sender(NamedTuple):
    """Machines of a subnet that send packets, alike in what translates their addresses."""

    source: Source
    addresses: HeaderSpace
    """Their private addresses."""
    session: str = ""
    """The NAT gateway by which the requests came that they answer."""


@dataclass(frozen=True, slots=True)
class Hop:
    """A node that packets come by, and what decides there where they go."""

    at: str
    table: str = ""
    entry: Entry | None = None
    more_entries: int = 0
    """The number of further entries of the table that send packets of this class alike."""
    next_hop: NextHop | None = None
    note: str = ""
    inspection: Inspection | None = None


@dataclass(frozen=True, slots=True)
class PathTrace:
    """The path of a class of packets, and how it ends."""

    space: HeaderSpace
    """Their destinations."""
    hops: tuple[Hop, ...]
    disposition: Disposition
    reason: str
    nat_gateways: tuple[str, ...] = ()
    """Those that put their own address in as the source."""
    needs_gateway: bool = False
    """True where it ends at a machine of which nobody knows what it does, and that can send on to
    the Internet only by a route of its own to the IPv4 gateway."""

    @property
    def inspections(self) -> tuple[Inspection, ...]:
        """The effects of the endpoints on the path, in order."""
        return tuple(each.inspection for each in self.hops if each.inspection)

    @property
    def arrives(self) -> bool:
        """True if the packets get to where they are meant to go."""
        return self.disposition in ("internet", "delivered")


@dataclass(frozen=True, slots=True)
class Packets:
    """A class of packets on its path."""

    vpc: str
    space: HeaderSpace
    per_entry: bool
    """True if classes that different entries decide are kept apart."""
    hops: tuple[Hop, ...] = ()
    visited: frozenset[str] = frozenset()
    """The subnets and VPCs whose table the packets came by."""
    nat_gateways: tuple[str, ...] = ()
    sender: Sender | None = None
    """The machines that sent them; None where their source is an address of the Internet already,
    or of a NAT gateway."""

    @property
    def have_private_source(self) -> bool:
        """True if only a NAT gateway can give them a public source."""
        return self.sender is not None and self.sender.source == "nat"

    @property
    def are_direct(self) -> bool:
        """True if they come straight from the machine that sends them."""
        return not self.nat_gateways and not any(each.inspection for each in self.hops)

    def via(self, hop: Hop, space: HeaderSpace | None = None) -> "Packets":
        """The packets, or those of them for some destinations, one hop further."""
        space = self.space if space is None else space
        return replace(self, hops=(*self.hops, hop), space=space)

    def trace(self, disposition: Disposition, reason: str) -> PathTrace:
        """Their path, which ends like this."""
        return PathTrace(self.space, self.hops, disposition, reason, self.nat_gateways)
