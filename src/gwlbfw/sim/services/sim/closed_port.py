"""Closed port: a port of a machine on which no process listens, as probes notice.

The cloud's API knows nothing of what runs on a machine. These two actions, of a product that only
the simulator has, stand for someone who stops a service there and starts it again; at first
something listens on every port.
"""

from dataclasses import dataclass

from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

PRODUCT = "sim"
VERSION = "2025-01-01"


@dataclass(kw_only=True, eq=False)
class ClosedPort(Record, kind="closed_port", prefix="port", product=PRODUCT):
    """One port of a machine (an instance, or whatever else an interface belongs to)."""

    machine_id: str = ""
    port: int = 0

    @property
    def implicit(self) -> bool:
        return True


def listens(region: Region, machine_id: str, port: int) -> bool:
    """True if a process listens on a port of a machine."""
    return not region.where(ClosedPort, machine_id=machine_id, port=port)


@action(PRODUCT, "ClosePort", version=VERSION, required=("InstanceId", "Port"))
def close_port(region: Region, request: Request) -> Reply:
    """Close a port of an instance."""
    machine, port = request.text("InstanceId"), request.number("Port", 0, 1, 65535)
    if listens(region, machine, port):
        region.add(ClosedPort(machine_id=machine, port=port))
    return {}


@action(PRODUCT, "OpenPort", version=VERSION, required=("InstanceId", "Port"))
def open_port(region: Region, request: Request) -> Reply:
    """Open a port of an instance again."""
    machine, port = request.text("InstanceId"), request.number("Port", 0, 1, 65535)
    for each in region.where(ClosedPort, machine_id=machine, port=port):
        region.remove(each)
    return {}
