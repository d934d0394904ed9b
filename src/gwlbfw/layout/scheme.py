"""The scheme of addresses: the parts that each is made of, and how one is parsed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gwlbfw.address import Address


class Role(StrEnum):
    """The role of a resource in the architecture, as its address says it."""

    MAIN = "main"
    """The one of its kind, or a part of that."""
    SECURITY = "security"
    APPLIANCE = "appliance"
    APPLIANCES = "appliances"
    BUSINESS = "business"
    SERVER = "server"
    SERVERS = "servers"
    GWLBE = "gwlbe"
    """Of the subnets with the endpoints."""
    GATEWAY = "gateway"
    """Of the IPv4 gateway."""
    COPIED = "copied"
    """A route that a moved subnet had on the table that it left."""
    BYSTANDER = "bystander"
    """The default route of a table whose subnets the file does not name."""


@dataclass(frozen=True)
class Parts:
    """An address, parsed; a part that it does not have is empty."""

    kind: str
    role: Role | None = None
    vpc: str = ""
    """The key of the business VPC; empty for what belongs to the security VPC."""
    zone: str = ""
    name: str = ""
    """The key of a subnet, server or appliance; of a business route table also the zone."""
    destination: str = ""
    """The CIDR block of a route that is not the default one."""


_PARTS: Mapping[str, tuple[str, ...]] = {
    "vpc.business": ("vpc",),
    "vpc.security": (),
    "vswitch.business": ("vpc", "name"),
    "vswitch.gwlbe": ("vpc", "zone"),
    "vswitch.security": ("zone",),
    "ipv4_gateway": ("vpc",),
    "route_table.business": ("vpc", "name"),
    "route_table.gateway": ("vpc",),
    "route_table.gwlbe": ("vpc",),
    "route_table_association.business": ("vpc", "name"),
    "route_table_association.gateway": ("vpc",),
    "route_table_association.gwlbe": ("vpc", "zone"),
    "route.business": ("vpc", "name"),
    "route.bystander": ("vpc", "name"),
    "route.copied": ("vpc", "name", "destination"),
    "route.gateway": ("vpc", "name"),
    "route.gwlbe": ("vpc", "destination"),
    "security_group.appliances": (),
    "security_group.servers": ("vpc",),
    "instance.appliance": ("name",),
    "instance.server": ("vpc", "name"),
    "eip": ("vpc", "name"),
    "load_balancer.main": (),
    "listener.main": (),
    "server_group.main": (),
    "server_group_member.main": ("name",),
    "endpoint_service.main": (),
    "endpoint_service_resource.main": ("zone",),
    "endpoint": ("vpc", "zone"),
}
"""The parts that follow the kind, or kind and role, of an address; a destination may be absent."""


def parse(address: Address) -> Parts:
    """The parts of an address; for one outside the scheme, its kind and its path as the name.

    Anybody can write an address into a tag, so this never fails.
    """
    kind, path = address.kind, address.path
    role = None
    names = _PARTS.get(kind)
    if names is None and (names := _PARTS.get(f"{kind}.{path[0]}")) is not None:
        role, path = Role(path[0]), path[1:]
    if names is None or not len(names) - names.count("destination") <= len(path) <= len(names):
        return Parts(kind, name="/".join(address.path))
    found = dict(zip(names, path, strict=False))
    if "destination" in found:
        found["destination"] = found["destination"].replace("_", "/")
    return Parts(kind, role, **found)
