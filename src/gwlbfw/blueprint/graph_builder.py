"""The desired graph in the making, with the problems found meanwhile."""

import hashlib
from dataclasses import dataclass, field
from typing import TypeVar

from gwlbfw import layout
from gwlbfw.address import Address
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
"""The most that every product allows (VPC API, CreateVSwitch; GWLB API, CreateServerGroup)."""


@dataclass
class GraphBuilder:
    """Collects the resources that a topology wants, given what is live (None: without a cloud).

    A resource is created, or is one that exists. One that exists is used as it is, or managed:
    changed, with its original state kept. `place` is always a path in the topology file.
    """

    topology: Topology
    live: Live | None
    remembered: OriginalState
    """The original state as the last run's state and the tags have it."""
    nodes: dict[Address, Node] = field(default_factory=dict)
    original: dict[Address, Resource | None] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def name(self, choice: ManagedObject, *path: str) -> str:
        """The name of something created: the file's choice, else stack and path."""
        name = choice.name or "-".join((self.topology.name, *path))
        if len(name) <= NAME_LENGTH:
            return name
        digest = hashlib.sha256(name.encode()).hexdigest()[:8]
        return f"{name[: NAME_LENGTH - len(digest) - 1]}-{digest}"

    def tags(self, address: Address, choice: ManagedObject) -> dict[str, str]:
        """The tags of something created."""
        own = {STACK_TAG: self.topology.name, ADDRESS_TAG: address}
        return {**self.topology.tags, **choice.tags, **own}

    def account(self, address: Address) -> str:
        """The account of a resource: that of its business VPC, else of the security VPC."""
        vpc = layout.parse(address).vpc
        owner = self.topology.business_vpcs[vpc] if vpc else self.topology.security_vpc
        return owner.account or ""

    def create(self, address: Address, resource: Resource, choice: ManagedObject = PLAIN) -> None:
        """Add something that the stack makes and owns."""
        if type(resource).tag_type:
            tags = {**self.tags(address, choice), **(resource.tags or {})}
            resource = resource.model_copy(update={"tags": tags})
        account = self.account(address)
        self.nodes[address] = Node(resource, account=account, protect=choice.protect)

    def use_existing(
        self,
        address: Address,
        cloud_id: str,
        assumed: Resource,
        choice: ManagedObject,
        *place: str,
    ) -> None:
        """Add something that exists, as it is live; without a cloud, as `assumed`."""
        node = self.live_node(address)
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
            account=self.account(address),
            protect=choice.protect,
            adopt=adopt and not (node and node.owned),
        )

    def use_or_create(
        self,
        address: Address,
        cloud_id: str | None,
        wanted: Resource,
        choice: ManagedObject,
        *place: str,
    ) -> None:
        """Add what exists with this id; without an id, something that the stack makes."""
        if cloud_id:
            self.use_existing(address, cloud_id, wanted, choice, *place)
        else:
            self.create(address, wanted, choice)

    def manage_existing(self, address: Address, resource: Resource) -> None:
        """Add a change of something that the stack does not own, and keep its original state."""
        node = self.live_node(address)
        was = node.resource if node else None
        self.original[address] = self.remembered.get(address, was)
        self.nodes[address] = Node(resource, owned=False, account=self.account(address))

    def create_or_manage(self, address: Address, resource: Resource, *, owned: bool) -> None:
        """Add something that the stack makes if `owned`, else a change of what exists."""
        if owned:
            self.create(address, resource)
        else:
            self.manage_existing(address, resource)

    def live_node(self, address: Address) -> Node | None:
        """The live node at an address; None without a cloud."""
        return self.live.nodes.get(address) if self.live else None

    def live_resource(self, address: Address, kind: type[R]) -> R | None:
        """The live resource at an address, if it is of this kind."""
        node = self.live_node(address)
        return node.resource if node and isinstance(node.resource, kind) else None

    def add_error(self, code: str, message: str, *place: str, hint: str | None = None) -> None:
        """Add a problem that stops the plan."""
        at = self.topology.place(*place)
        self.diagnostics.append(error(code, message, place=at, hint=hint))
