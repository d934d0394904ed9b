"""Packets on their way: the hops they take, and how their walk ends."""

from dataclasses import dataclass, replace
from typing import Literal

from gwlbfw.reachability.inspection import Inspection
from gwlbfw.reachability.model import Entry, NextHop
from gwlbfw.reachability.prefixes import Space

Disposition = Literal["internet", "delivered", "black_hole", "loop", "no_route", "unknown"]


@dataclass(frozen=True, slots=True)
class Hop:
    """A place that packets come by, and what decides there where they go."""

    at: str
    table: str = ""
    entry: Entry | None = None
    more: int = 0
    """How many further entries of the table send packets of this class the same way."""
    next: NextHop | None = None
    note: str = ""
    inspection: Inspection | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """The way of a class of packets, and how it ends."""

    space: Space
    hops: tuple[Hop, ...]
    disposition: Disposition
    why: str
    nats: tuple[str, ...] = ()
    """NAT gateways that put their own address in as the source."""

    @property
    def passed(self) -> tuple[Inspection, ...]:
        """The endpoints on the way, in order."""
        return tuple(each.inspection for each in self.hops if each.inspection)

    @property
    def arrives(self) -> bool:
        """Whether the packets get to where they are meant to go."""
        return self.disposition in ("internet", "delivered")


@dataclass(frozen=True, slots=True)
class Packets:
    """Packets on their way."""

    vpc: str
    space: Space
    apart: bool
    hops: tuple[Hop, ...] = ()
    seen: frozenset[str] = frozenset()
    nats: tuple[str, ...] = ()

    @property
    def own(self) -> bool:
        """Whether they come straight from the machine that has the public address."""
        return not self.nats and not any(each.inspection for each in self.hops)

    def by(self, hop: Hop, space: Space | None = None) -> "Packets":
        """The packets, one hop further."""
        return replace(self, hops=(*self.hops, hop), space=self.space if space is None else space)

    def end(self, disposition: Disposition, why: str) -> Walk:
        """The end of their way."""
        return Walk(self.space, self.hops, disposition, why, self.nats)
