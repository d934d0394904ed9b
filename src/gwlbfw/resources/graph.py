"""The one graph type: what is wanted, what is live, what was applied, what was there before."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gwlbfw.address import Address
from gwlbfw.cloud.call import Raw
from gwlbfw.resources.resource import Resource


@dataclass(frozen=True)
class Node:
    """A resource of the graph, and whose it is.

    What the stack does not own is never deleted, and only its watched properties are changed.
    """

    resource: Resource
    owned: bool = True
    id: str = ""
    account: str = ""
    protect: bool = False
    adopt: bool = False


ResourceGraph = Mapping[Address, Node]

OriginalState = Mapping[Address, Resource | None]
"""The found state of what the stack steers and does not own; None where there was nothing."""


@dataclass(frozen=True)
class Live:
    """Live state: the stack's resources by address, and whatever else was seen by id."""

    nodes: ResourceGraph = field(default_factory=dict)
    raw: Mapping[Address, Raw] = field(default_factory=dict)
    """The replies about each, for values that are no property (a load balancer's address)."""
    addresses: Mapping[str, Address] = field(default_factory=dict)
    """Addresses by cloud id."""
    others: Mapping[str, Node] = field(default_factory=dict)
    """Resources that are no part of the stack, by id."""
    gone: frozenset[str] = frozenset()
    """Ids of next hops that routes lead to, or led to before the stack, and that are no more."""

    def of_kind(self, kind: str) -> Iterator[tuple[str, Node]]:
        """Everything of a kind that was seen, by id, the stack's own included."""
        for address, node in self.nodes.items():
            if address.kind == kind:
                yield node.id, node
        for cloud_id, node in self.others.items():
            if node.resource.kind == kind:
                yield cloud_id, node

    @property
    def fingerprint(self) -> str:
        """A digest of all that a plan is made from."""
        state = {
            address: [node.id, node.owned, node.resource.model_dump(mode="json")]
            for address, node in sorted(self.nodes.items())
        }
        return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()
