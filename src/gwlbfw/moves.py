"""The moves of a topology: addresses that its file calls moved, and all that lie below them.

An entry of `moved` tells of the past, so several may follow one another: what was `a` and became
`b` may have become `c` since. No address that has moved is still in the file, so an entry that was
applied does nothing more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self, TypeVar

from pydantic import BaseModel

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.diagnostics import Place
from gwlbfw.resources.graph import Live, OriginalState, ResourceGraph
from gwlbfw.resources.resource import Resource
from gwlbfw.resources.tags import ADDRESS_TAG
from gwlbfw.topology.models import Topology

R = TypeVar("R", bound=Resource | None)


@dataclass(frozen=True)
class Move:
    """One entry of `moved`: the address before, the address now, and its place in the file."""

    source: Address
    target: Address
    place: Place | None = None


@dataclass(frozen=True)
class Moves:
    """The entries of `moved`, and what they make of addresses and of all that names these."""

    entries: tuple[Move, ...] = ()

    @classmethod
    def of(cls, topology: Topology) -> Self:
        """The moves of a topology."""
        return cls(
            tuple(
                Move(Address(each.source), Address(each.target), topology.place("moved", number))
                for number, each in enumerate(topology.moved)
            )
        )

    def target(self, address: Address) -> Address:
        """The address that a resource has now which had this one; the same where it never moved."""
        passed = [address]
        # More rounds than entries would be a circle, which no valid file has.
        while (move := self._entry(passed[-1])) is not None and len(passed) <= len(self.entries):
            passed.append(layout.moved(passed[-1], move.source, move.target))
        return passed[-1]

    def into(self, address: Address) -> Move | None:
        """The entry by which something becomes what is at an address, or what is above that."""
        lineage = (address, *layout.above(address))
        return next((each for each in self.entries if each.target in lineage), None)

    def _entry(self, address: Address) -> Move | None:
        """The entry by which an address moves next: its own, else that of the nearest above it."""
        lineage = (address, *layout.above(address))
        return next((self._by_source[each] for each in lineage if each in self._by_source), None)

    @cached_property
    def _by_source(self) -> Mapping[Address, Move]:
        return {each.source: each for each in self.entries}

    def graph(self, graph: ResourceGraph) -> ResourceGraph:
        """A graph at the addresses of now."""
        if not self.entries:
            return graph
        return {
            self.target(at): replace(node, resource=self.resource(node.resource))
            for at, node in graph.items()
        }

    def original(self, original: OriginalState) -> OriginalState:
        """An original state at the addresses of now."""
        return {self.target(at): self.resource(was) for at, was in original.items()}

    def resource(self, resource: R) -> R:
        """A resource that refers to the addresses of now."""
        return self._value(resource) if self.entries else resource

    def _value(self, value: Any) -> Any:  # noqa: ANN401 - properties of any kind
        if isinstance(value, Ref):
            return Ref[Any](self.target(value.address)) if value.address else value
        if isinstance(value, BaseModel):
            fields = {name: self._value(getattr(value, name)) for name in type(value).model_fields}
            return value.model_copy(update=fields)
        if isinstance(value, Mapping):
            return {name: self._value(each) for name, each in value.items()}
        return tuple(map(self._value, value)) if isinstance(value, tuple) else value

    def origins(self, live: Live, recorded: ResourceGraph) -> dict[Address, Address]:
        """The former address of each live resource whose tags or record still have that."""
        tags = (node.resource.tags or {} for node in live.nodes.values())
        before = [*recorded, *(Address(each.get(ADDRESS_TAG, "")) for each in tags)]
        found = {self.target(each): each for each in before if self.target(each) != each}
        return {now: was for now, was in found.items() if now in live.nodes}


NO_MOVES = Moves()
"""The moves of a file that calls nothing moved."""
