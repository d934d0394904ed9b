"""Walking a topology with the paths that its parts have in the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

from gwlbfw.topology.business_vpc import BusinessVpc, Server
from gwlbfw.topology.models import Topology
from gwlbfw.topology.parts import Machine, ManagedObject, Model, Subnet
from gwlbfw.topology.security_vpc import Appliance, SecurityVpc
from gwlbfw.topology.yaml.source import YamlPath


def walk(value: object, path: YamlPath = ()) -> Iterator[tuple[YamlPath, Model]]:
    """Every part of the topology, outermost first."""
    if isinstance(value, Model):
        yield path, value
        for name, field in type(value).model_fields.items():
            yield from walk(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from walk(each, (*path, key))
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from walk(each, (*path, index))


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
