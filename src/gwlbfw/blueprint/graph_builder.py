"""The desired graph while it is being drawn up, with the problems met on the way."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gwlbfw.address import Address, Ref
from gwlbfw.diagnostics import Diagnostic, error
from gwlbfw.resources.graph import Live, Node, OriginalState
from gwlbfw.resources.resource import Resource
from gwlbfw.resources.tags import ADDRESS_TAG, STACK_TAG
from gwlbfw.topology.models import Topology
from gwlbfw.topology.parts import ManagedObject

R = TypeVar("R", bound=Resource)
DESCRIPTION = "Managed by gwlbfw"
PLAIN = ManagedObject()
NAME_LENGTH = 128
"""What every product allows (VPC API, CreateVSwitch; GWLB API, CreateServerGroup; and others)."""


@dataclass
class GraphBuilder:
    """What is drawn up for one topology, in sight of what is live (None: without a cloud)."""

    topology: Topology
    live: Live | None
    remembered: OriginalState
    """What was there before, as record and tags remember it."""
    nodes: dict[Address, Node] = field(default_factory=dict)
    original: dict[Address, Resource | None] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def name(self, choice: ManagedObject, *path: str) -> str:
        """The name of something created: as the file says, or stack and path."""
        name = choice.name or "-".join((self.topology.name, *path))
        if len(name) <= NAME_LENGTH:
            return name
        digest = hashlib.sha256(name.encode()).hexdigest()[:8]
        return f"{name[: NAME_LENGTH - len(digest) - 1]}-{digest}"

    def tags(self, address: Address, choice: ManagedObject) -> dict[str, str]:
        """The tags of something created."""
        own = {STACK_TAG: self.topology.name, ADDRESS_TAG: address}
        return {**self.topology.tags, **choice.tags, **own}

    def create(
        self, address: Address, resource: Resource, choice: ManagedObject = PLAIN, account: str = ""
    ) -> Ref[Any]:
        """Something that the stack makes and owns."""
        if type(resource).tag_type:
            tags = {**self.tags(address, choice), **(resource.tags or {})}
            resource = resource.model_copy(update={"tags": tags})
        self.nodes[address] = Node(resource, account=account, protect=choice.protect)
        return Ref(address)

    def use_existing(
        self,
        address: Address,
        cloud_id: str,
        assumed: Resource,
        choice: ManagedObject,
        account: str,
        *place: str,
    ) -> Ref[Any]:
        """Something that the file names by its id: as it is live, else as `assumed`."""
        node = self.live.nodes.get(address) if self.live else None
        if self.live and (node is None or node.id != cloud_id):
            self.add_error(
                "not-found",
                f"{cloud_id} does not exist in {self.topology.region}",
                *place,
                hint="check the id, the region and the account",
            )
        resource = node.resource if node else assumed
        adopt = choice.adopt
        if adopt:
            tags = {**(resource.tags or {}), **self.tags(address, choice)}
            resource = resource.model_copy(update={"tags": tags})
        self.nodes[address] = Node(
            resource,
            owned=adopt,
            id=cloud_id,
            account=account,
            protect=choice.protect,
            adopt=adopt and not (node and node.owned),
        )
        return Ref(address)

    def manage_existing(self, address: Address, resource: Resource, account: str) -> None:
        """A change of something that the stack does not own; what was there is remembered."""
        if address in self.remembered:
            was = self.remembered[address]
        else:
            node = self.live.nodes.get(address) if self.live else None
            was = node.resource if node else None
        self.original[address] = was
        self.nodes[address] = Node(resource, owned=False, account=account)

    def live_resource(self, address: Address, kind: type[R]) -> R | None:
        """What is live at an address."""
        node = self.live.nodes.get(address) if self.live else None
        return node.resource if node and isinstance(node.resource, kind) else None

    def add_error(self, code: str, message: str, *place: str, hint: str | None = None) -> None:
        """A problem that stops the plan, at its place in the file."""
        at = self.topology.place(*place)
        self.diagnostics.append(error(code, message, place=at, hint=hint))
