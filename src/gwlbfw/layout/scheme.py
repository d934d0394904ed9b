"""The scheme of addresses: the keys that each is made of, how one is parsed, and how one moves."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import count

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
    """The key of a subnet, server or appliance; the id of a bystander's table."""
    destination: str = ""
    """The CIDR block of a route that is not the default one."""


_PARTS: Mapping[str, tuple[str, ...]] = {
    "vpc.business": ("vpc",),
    "vpc.security": (),
    "vswitch.business": ("vpc", "subnet"),
    "vswitch.gwlbe": ("vpc", "zone"),
    "vswitch.security": ("zone",),
    "ipv4_gateway": ("vpc",),
    "route_table.business": ("vpc", "subnet"),
    "route_table.gateway": ("vpc",),
    "route_table.gwlbe": ("vpc",),
    "route_table_association.business": ("vpc", "subnet"),
    "route_table_association.gateway": ("vpc",),
    "route_table_association.gwlbe": ("vpc", "zone"),
    "route.business": ("vpc", "subnet"),
    "route.bystander": ("vpc", "table"),
    "route.copied": ("vpc", "subnet", "destination"),
    "route.gateway": ("vpc", "subnet"),
    "route.gwlbe": ("vpc", "destination"),
    "security_group.appliances": (),
    "security_group.servers": ("vpc",),
    "instance.appliance": ("appliance",),
    "instance.server": ("vpc", "server"),
    "eip": ("vpc", "server"),
    "load_balancer.main": (),
    "listener.main": (),
    "server_group.main": (),
    "server_group_member.main": ("appliance",),
    "endpoint_service.main": (),
    "endpoint_service_resource.main": ("zone",),
    "endpoint": ("vpc", "zone"),
}
"""The keys that follow the kind, or kind and role, of an address; a destination may be absent.

A route table of several subnets has their zone in place of a subnet's key.
"""
_OWNERS = ("vpc.business", "vswitch.business", "instance.server", "instance.appliance")
"""The resources that the keys of the file are those of; what else has such a key is below one."""


def _keys(address: Address) -> tuple[str, dict[str, str]] | None:
    """The row of the scheme that an address is in, and its keys; None for one outside of it."""
    row, path = address.kind, address.path
    if row not in _PARTS:
        row, path = f"{row}.{path[0]}", path[1:]
    names = _PARTS.get(row)
    if names is None or not len(names) - names.count("destination") <= len(path) <= len(names):
        return None
    return row, dict(zip(names, path, strict=False))


@lru_cache(maxsize=1 << 15)
def parse(address: Address) -> Parts:
    """The parts of an address; for one outside the scheme, its kind and its path as the name.

    Anybody can write an address into a tag, so this never fails.
    """
    if (found := _keys(address)) is None:
        return Parts(address.kind, name="/".join(address.path))
    row, keys = found
    role = Role(address.path[0]) if row != address.kind else None
    parts = {each: keys.pop(each, "") for each in ("vpc", "zone", "destination")}
    parts["destination"] = parts["destination"].replace("_", "/")
    return Parts(address.kind, role, name="".join(keys.values()), **parts)


def has_key(address: Address) -> bool:
    """True for the address of a resource that the file has a key for."""
    return (found := _keys(address)) is not None and found[0] in _OWNERS


def above(address: Address) -> tuple[Address, ...]:
    """The resources with a key in the file that an address lies below, the nearest first."""
    if (found := _keys(address)) is None:
        return ()
    row, keys = found
    owners = [each for each in _OWNERS if each != row and {*_PARTS[each]} <= {*keys}]
    owners.sort(key=lambda each: -len(_PARTS[each]))
    return tuple(_built(each, [keys[name] for name in _PARTS[each]]) for each in owners)


def moved(address: Address, source: Address, target: Address) -> Address:
    """The new address of what is at `source`, or lies below it, where that becomes `target`."""
    here, to = _keys(address), _keys(target)
    if address == source or here is None or to is None:
        return target
    return _built(here[0], {**here[1], **to[1]}.values())


def doubled(address: Address, taken: Container[Address]) -> Address:
    """The address of one more thing that claims an address; no key of a file is like it."""
    numbered = (Address(f"{address}~{number}") for number in count(2))
    return next(each for each in numbered if each not in taken)


def _built(row: str, keys: Iterable[str]) -> Address:
    kind, _, role = row.partition(".")
    return Address.of(kind, *filter(None, [role]), *keys)
