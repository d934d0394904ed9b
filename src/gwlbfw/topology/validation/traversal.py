"""Walking a topology with the paths that its parts have in the file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network
from typing import get_args

from gwlbfw.topology.business_vpc import BusinessVpc, Server
from gwlbfw.topology.models import Topology
from gwlbfw.topology.parts import Machine, ManagedObject, Model, Subnet
from gwlbfw.topology.security_vpc import Appliance, SecurityVpc
from gwlbfw.topology.yaml.source import YamlPath


def walk(value: object, path: YamlPath = ()) -> Iterator[tuple[YamlPath, Model]]:
    """Every part of the topology, outermost first."""
    todo: list[tuple[YamlPath, object]] = [(path, value)]
    while todo:
        at, part = todo.pop()
        inner: Sequence[tuple[YamlPath, object]] = ()
        if isinstance(part, Model):
            yield at, part
            inner = [((*at, key), getattr(part, name)) for name, key in _fields(type(part))]
        elif isinstance(part, Mapping):
            inner = [((*at, key), each) for key, each in part.items()]
        elif isinstance(part, tuple):
            inner = [((*at, index), each) for index, each in enumerate(part)]
        todo += reversed(inner)


@cache
def _fields(part: type[Model]) -> tuple[tuple[str, str], ...]:
    """The fields of a part that may hold other parts, each with its key in the file."""
    return tuple(
        (name, field.alias or name)
        for name, field in part.model_fields.items()
        if _may_hold_parts(field.annotation)
    )


def _may_hold_parts(annotation: object) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return True
    return any(map(_may_hold_parts, get_args(annotation)))


def managed_objects(topology: Topology) -> Iterator[tuple[YamlPath, ManagedObject]]:
    """Every object that the stack can create or adopt."""
    for path, part in walk(topology):
        if isinstance(part, ManagedObject):
            yield path, part


def vpcs(topology: Topology) -> Iterator[tuple[YamlPath, BusinessVpc | SecurityVpc]]:
    """Every VPC."""
    for key, vpc in topology.business_vpcs.items():
        yield ("business_vpcs", key), vpc
    yield ("security_vpc",), topology.security_vpc


@dataclass(frozen=True)
class PlacedSubnet:
    """A subnet with its place; `role` is business, gwlbe or security."""

    path: YamlPath
    vpc: YamlPath
    zone: str
    role: str
    subnet: Subnet

    @property
    def cidr(self) -> IPv4Network | None:
        """Its CIDR block, where the file gives it."""
        return self.subnet.cidr


def subnets(topology: Topology) -> Iterator[PlacedSubnet]:
    """Every subnet of every VPC."""
    for key, vpc in topology.business_vpcs.items():
        at: YamlPath = ("business_vpcs", key)
        for zone, parts in vpc.zones.items():
            here = (*at, "zones", zone)
            gwlbe = parts.gwlbe_subnet
            yield PlacedSubnet((*here, "gwlbe_subnet"), at, zone, "gwlbe", gwlbe)
            for name, subnet in parts.subnets.items():
                yield PlacedSubnet((*here, "subnets", name), at, zone, "business", subnet)
    for zone, security in topology.security_vpc.zones.items():
        path = ("security_vpc", "zones", zone, "subnet")
        yield PlacedSubnet(path, ("security_vpc",), zone, "security", security.subnet)


def servers(topology: Topology) -> Iterator[tuple[YamlPath, BusinessVpc, Server]]:
    """Every application server with its VPC."""
    for key, vpc in topology.business_vpcs.items():
        for name, server in vpc.servers.items():
            yield ("business_vpcs", key, "servers", name), vpc, server


def appliances(topology: Topology) -> Iterator[tuple[YamlPath, Appliance]]:
    """Every appliance."""
    for name, appliance in topology.security_vpc.appliances.items():
        yield ("security_vpc", "appliances", name), appliance


def machines(topology: Topology) -> Iterator[tuple[YamlPath, Machine]]:
    """Every server and appliance."""
    for path, _, server in servers(topology):
        yield path, server
    yield from appliances(topology)


def subnet_of(vpc: BusinessVpc, key: str) -> Subnet | None:
    """The business subnet of that key, in whichever zone."""
    return next((zone.subnets[key] for zone in vpc.zones.values() if key in zone.subnets), None)
