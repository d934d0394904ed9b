"""The wiring of a graph: its routes, associations and endpoints, found by what they belong to.

Rules look at pairs of resources; each finds the other here, without a look at all others.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gwlbfw.address import Address
from gwlbfw.resources import (
    Endpoint,
    Instance,
    Route,
    RouteTableAssociation,
    ServerGroupMember,
    VSwitch,
)
from gwlbfw.resources.graph import ResourceGraph
from gwlbfw.resources.next_hop import ENDPOINT

Associations = Sequence[tuple[Address, RouteTableAssociation]]
Routes = Sequence[tuple[Address, Route]]


@dataclass(frozen=True)
class Wiring:
    """A graph and its indexes, each made when it is first asked for."""

    graph: ResourceGraph

    @cached_property
    def routes(self) -> Routes:
        """The routes."""
        return [
            (address, node.resource)
            for address, node in self.graph.items()
            if isinstance(node.resource, Route)
        ]

    @cached_property
    def routes_to_endpoints(self) -> Routes:
        """The routes that lead to an endpoint."""
        return [each for each in self.routes if each[1].next_hop_type == ENDPOINT]

    @cached_property
    def routes_of_table(self) -> Mapping[str, Routes]:
        """The routes in each table."""
        found: defaultdict[str, list[tuple[Address, Route]]] = defaultdict(list)
        for each in self.routes:
            found[each[1].table].append(each)
        return found

    @cached_property
    def ways_to_endpoints(self) -> Mapping[str, Sequence[Address]]:
        """The routes in each table that lead to an endpoint."""
        found: defaultdict[str, list[Address]] = defaultdict(list)
        for address, route in self.routes_to_endpoints:
            found[route.table].append(address)
        return found

    @cached_property
    def associations(self) -> Associations:
        """The route table associations."""
        return [
            (address, node.resource)
            for address, node in self.graph.items()
            if isinstance(node.resource, RouteTableAssociation)
        ]

    @cached_property
    def associations_of_table(self) -> Mapping[str, Associations]:
        """The associations with each table."""
        return self._associations_by("table")

    @cached_property
    def associations_of_subject(self) -> Mapping[str, Associations]:
        """The associations of each vSwitch or gateway."""
        return self._associations_by("subject")

    def _associations_by(self, field: str) -> Mapping[str, Associations]:
        found: defaultdict[str, list[tuple[Address, RouteTableAssociation]]] = defaultdict(list)
        for each in self.associations:
            found[getattr(each[1], field)].append(each)
        return found

    @cached_property
    def associations_of_zone(self) -> Mapping[tuple[str, str], Associations]:
        """The associations of the vSwitches in each zone of a VPC."""
        found: defaultdict[tuple[str, str], list[tuple[Address, RouteTableAssociation]]]
        found = defaultdict(list)
        for each in self.associations:
            if (place := self.zone(each[1]))[1]:
                found[place].append(each)
        return found

    def zone(self, one: RouteTableAssociation) -> tuple[str, str]:
        """The VPC and zone of an association's vSwitch; no zone where that is not in the graph."""
        node = self.graph.get(one.subject.address) if one.subject.address else None
        return one.vpc, node.resource.zone if node and isinstance(node.resource, VSwitch) else ""

    @cached_property
    def endpoints(self) -> Sequence[tuple[Address, Endpoint]]:
        """The endpoints."""
        return [
            (address, node.resource)
            for address, node in self.graph.items()
            if isinstance(node.resource, Endpoint)
        ]

    @cached_property
    def members(self) -> Sequence[Address]:
        """The members of server groups."""
        return [a for a, node in self.graph.items() if isinstance(node.resource, ServerGroupMember)]

    @cached_property
    def subnet_of_block(self) -> Mapping[tuple[str, str], Address]:
        """The vSwitches by VPC and CIDR block."""
        return {
            (node.resource.vpc, node.resource.cidr): address
            for address, node in self.graph.items()
            if isinstance(node.resource, VSwitch)
        }

    def instance(self, address: Address | None) -> Instance | None:
        """The instance at an address."""
        node = self.graph.get(address) if address else None
        return node.resource if node and isinstance(node.resource, Instance) else None
