"""Server: a member of a server group, named by an instance, an interface or an address.

Source: GWLB API, AddServersToServerGroup, RemoveServersFromServerGroup, ListServerGroupServers;
help page "GWLB server groups" (an instance that is released leaves its groups by itself).
"""

from collections.abc import Collection
from dataclasses import dataclass

from gwlbfw.sim.services.ecs.network_interface import NetworkInterface, interfaces_of
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Lifecycle, Region

PORT = 6081
"""The one port of GENEVE."""
LEAVING = ("Removing", "Draining")


@dataclass(kw_only=True, eq=False)
class Server(Record, Lifecycle, kind="server_group_member", prefix="server", product="gwlb"):
    """One membership. `since` is when it became Available."""

    group_id: str = ""
    server_id: str = ""
    server_type: str = "Ecs"
    server_ip: str = ""
    """The requested address; empty for the primary one."""
    drain_s: int = 0
    """Seconds for which it drains once it is removed."""
    since: float = 0.0

    @property
    def implicit(self) -> bool:
        return True

    def uses(self) -> Collection[str]:
        return (self.group_id,)

    def on_transition(self, region: Region, field: str) -> None:
        if field == "status" and self.status == "Draining":
            region.transition(self, "Draining", DELETED, after=self.drain_s)
        elif field == "status" and self.status == "Available":
            self.since = region.now


def interface_of(region: Region, server_type: str, server_id: str) -> NetworkInterface | None:
    """The interface by which a server is reached; None where there is no such server."""
    if server_type == "Ecs":
        record = region.find_any(server_id)
        is_instance = record is not None and record.kind == "instance"
        return next(iter(interfaces_of(region, server_id)), None) if is_instance else None
    if server_type == "Eni":
        return region.find(NetworkInterface, server_id)
    return None


def address_of(region: Region, server: Server) -> str:
    """The current address of a server: groups follow the address of an instance."""
    interface = interface_of(region, server.server_type, server.server_id)
    return server.server_ip or (interface.ip if interface else server.server_id)


def members_of(region: Region, group_id: str = "") -> list[Server]:
    """The servers of one group (or of all) that exist still."""
    return [
        each
        for each in region.all(Server)
        if group_id in ("", each.group_id)
        and (
            each.server_type == "Ip"
            or interface_of(region, each.server_type, each.server_id) is not None
        )
    ]
