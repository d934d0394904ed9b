"""Network interfaces (ECS): those of instances, and those of the products that work in a VPC."""

from gwlbfw.sim.services.ecs.network_interface.placement import (
    attach_interface,
    free_address,
    free_address_count,
    used_addresses,
)
from gwlbfw.sim.services.ecs.network_interface.record import (
    NetworkInterface,
    interfaces_of,
    release_interfaces,
)

__all__ = [
    "NetworkInterface",
    "attach_interface",
    "free_address",
    "free_address_count",
    "interfaces_of",
    "release_interfaces",
    "used_addresses",
]
