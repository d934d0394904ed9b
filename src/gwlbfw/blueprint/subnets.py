"""The business subnets of a VPC, each with its zone."""

from collections.abc import Iterator
from dataclasses import dataclass

from gwlbfw import layout
from gwlbfw.address import Address
from gwlbfw.blueprint.graph_builder import GraphBuilder
from gwlbfw.topology.business_vpc import BusinessSubnet


@dataclass(frozen=True)
class DeclaredSubnet:
    """A business subnet: its VPC's key, its zone, its own key and what the file says of it."""

    key: str
    zone: str
    name: str
    choice: BusinessSubnet

    @property
    def vswitch(self) -> Address:
        """The subnet's address."""
        return layout.business_subnet(self.key, self.name)

    @property
    def association(self) -> Address:
        """The address of its association with a route table."""
        return layout.business_association(self.key, self.name)

    @property
    def yaml_path(self) -> tuple[str, ...]:
        """Where the file names it."""
        return ("business_vpcs", self.key, "zones", self.zone, "subnets", self.name)


def business_subnets(builder: GraphBuilder, key: str) -> Iterator[DeclaredSubnet]:
    """The business subnets of a VPC."""
    for zone_id, zone in builder.topology.business_vpcs[key].zones.items():
        for name, subnet in zone.subnets.items():
            yield DeclaredSubnet(key, zone_id, name, subnet)
