"""A forwarding model under change, one resource at a time.

A graph knows no health and no system entries: what nobody can know yet is taken as good and marked
as assumed, and local entries are put where the cloud puts them.
"""

from collections.abc import Iterator

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.reachability.interpretation import Filling, fillings
from gwlbfw.reachability.model import ROLES, Entry, Member, Role
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.slots import Slot, network_of, values_of
from gwlbfw.resources.forwarding import ForwardingFact
from gwlbfw.resources.graph import Node
from gwlbfw.resources.resource import Resource


class NetworkBuilder:
    """A network under change. Unchanged parts are shared with the network that it starts from."""

    def __init__(self, base: Network | None = None) -> None:
        """Start from `base`, or from nothing."""
        self._base = base or Network()
        self.values: dict[Slot, object] = values_of(self._base)
        self.labels = dict(self._base.labels)
        self._keys = {address: key for key, address in self._base.labels.items()}

    def register(self, address: Address, node: Node) -> str:
        """The key of a resource: the id it has, or had when the network was read."""
        key = self._keys.get(address) or node.id or str(address)
        self._keys[address] = key
        if address.path != (node.id,):
            self.labels[key] = address
        return key

    def key_of(self, ref: str) -> str:
        """The key of what is referred to."""
        address = Ref[Resource](ref).address
        return self._keys.get(address, ref) if address else ref

    def role(self, key: str, vpc: str) -> Role:
        """The role of a subnet in the proof, by its address."""
        address = self.labels.get(key)
        at = layout.parse(address) if address else None
        if at and at.role in (*ROLES, layout.Role.SECURITY):
            return ROLES.get(at.role, "other")
        owner = self.labels.get(vpc)
        return (
            "bystander" if owner and layout.parse(owner).role is layout.Role.BUSINESS else "other"
        )

    def apply(self, address: Address, node: Node) -> None:
        """Add a resource, or make it like this."""
        at = Ref[Resource](self.register(address, node))
        self.values.update(self.fillings(node.resource.forwarding_facts(at)))

    def remove(self, address: Address, node: Node) -> None:
        """Remove a resource."""
        at = Ref[Resource](self.register(address, node))
        gone = node.resource.forwarding_facts(at)
        self.values.update(self.fillings(node.resource.forwarding_once_gone(at), gone))

    def fillings(
        self, present: tuple[ForwardingFact, ...], gone: tuple[ForwardingFact, ...] = ()
    ) -> Iterator[Filling]:
        """The slots that facts fill here, and those that are empty as other facts are gone."""
        return fillings(present, gone, self)

    def routes_to(self, hop: str) -> Iterator[Slot]:
        """The slots of the entries that lead to something."""
        for slot, value in self.values.items():
            entries = value if slot.what == "entry" and isinstance(value, tuple) else ()
            if any(
                isinstance(each, Entry) and any(one.id == hop for one in each.hops)
                for each in entries
            ):
                yield slot

    def members(self) -> Iterator[Slot]:
        """The slots of the members of server groups."""
        return (slot for slot, value in self.values.items() if isinstance(value, Member))

    def build(self) -> Network:
        """The network as it is now."""
        return network_of(self.values, self._base, self.labels)
