"""Route entry of a system or custom table: a destination and its next hop."""

from collections.abc import Collection
from dataclasses import dataclass

from gwlbfw.sim.store.record import Record


@dataclass(kw_only=True, eq=False)
class RouteEntry(
    Record,
    kind="route_entry",
    prefix="rte",
    product="vpc",
    not_found=("InvalidRouteEntry.NotFound", 404),
):
    """One entry; `vpc_id` is its table's."""

    vpc_id: str = ""
    table_id: str = ""
    destination: str = ""
    type: str = "Custom"
    hop_type: str = ""
    hop_id: str = ""
    name: str = ""
    description: str = ""
    modified: float = 0.0

    @property
    def ip_version(self) -> str:
        """The version of its destination, as the API spells it."""
        return "IPv6" if ":" in self.destination else "IPv4"

    def uses(self) -> Collection[str]:
        return (self.table_id, self.hop_id)
