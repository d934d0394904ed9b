"""The names of what a reply mentions by its id."""

from typing import TYPE_CHECKING, Any, Protocol

from gwlbfw.address import Address, Ref

if TYPE_CHECKING:
    from gwlbfw.resources.resource import Resource


class Names(Protocol):
    """A lookup of ids: the addresses of resources that are part of the stack."""

    def ref(self, cloud_id: str) -> Ref[Any]:
        """A reference to the resource with this id: its address, or the id itself."""
        ...

    def resource(self, cloud_id: str) -> "Resource | None":
        """The resource with this id, if it was read before."""
        ...

    def name(self, cloud_id: str) -> str:
        """The key by which the file names the resource with this id, else the id."""
        ...

    def association(self, subject_id: str) -> Address | None:
        """The address of the association of this subnet or gateway with its route table."""
        ...

    def route(self, table_id: str, destination: str) -> Address | None:
        """The address of this table's route to a destination."""
        ...
