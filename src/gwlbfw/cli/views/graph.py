"""A topology as nested boxes with lines between, which every drawing language can show."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from gwlbfw import layout
from gwlbfw.address import Address, Ref
from gwlbfw.blueprint import blueprint
from gwlbfw.layout import Role
from gwlbfw.resources import (
    Eip,
    Endpoint,
    Instance,
    Ipv4Gateway,
    LoadBalancer,
    Route,
    RouteTable,
    RouteTableAssociation,
    Vpc,
    VSwitch,
)
from gwlbfw.resources.graph import ResourceGraph
from gwlbfw.topology.models import Topology

INTERNET = "internet"


@dataclass(frozen=True)
class Dot:
    """A resource with its label, line by line; a route table is a note."""

    name: str
    lines: tuple[str, ...]
    note: bool = False


@dataclass(frozen=True)
class Box:
    """A VPC, a zone or a subnet, with what is in it."""

    name: str
    title: str
    dots: tuple[Dot, ...] = ()
    boxes: tuple["Box", ...] = ()


@dataclass(frozen=True)
class Line:
    """A path of traffic from one resource to another, or both ways; dashed where it has none."""

    start: str
    end: str
    label: str = ""
    dashed: bool = False
    both: bool = False


@dataclass(frozen=True)
class Drawing:
    """The whole drawing."""

    title: str
    dots: tuple[Dot, ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...] = field(default=())


def drawing_of(topology: Topology) -> Drawing:
    """The drawing of what a topology wants, with the path of traffic through it."""
    graph = blueprint(topology).graph
    boxes = [_business(graph, topology, key) for key in topology.business_vpcs]
    service = Dot(layout.ENDPOINT_SERVICE, ("endpoint service", "PrivateLink"))
    return Drawing(
        title=f"{topology.name} in {topology.region}",
        dots=(Dot(INTERNET, ("Internet",)), service),
        boxes=(*boxes, _security(graph, topology)),
        lines=tuple(_lines(graph)),
    )


def _business(graph: ResourceGraph, topology: Topology, key: str) -> Box:
    choice = topology.business_vpcs[key]
    gateway = Dot(layout.ipv4_gateway(key), ("IPv4 gateway",))
    zones = []
    for zone_id, zone in choice.zones.items():
        endpoint = layout.endpoint(key, zone_id)
        inside = _subnet(
            graph,
            layout.gwlbe_subnet(key, zone_id),
            "GWLBe subnet",
            (Dot(endpoint, ("GWLB endpoint", zone_id)),),
        )
        subnets = [
            _subnet(graph, at, name, tuple(_servers(graph, at)) or (Dot(f"{at} inside", ("…",)),))
            for name in zone.subnets
            for at in [layout.business_subnet(key, name)]
        ]
        zones.append(Box(f"zone {key}/{zone_id}", f"zone {zone_id}", (), (inside, *subnets)))
    placeless = [
        each for each in _servers(graph, None) if layout.parse(Address(each.name)).vpc == key
    ]
    dots = (gateway, *_tables(graph, key), *placeless)
    vpc = layout.business_vpc(key)
    return Box(vpc, _title(graph, vpc, f"VPC {key}"), dots, tuple(zones))


def _security(graph: ResourceGraph, topology: Topology) -> Box:
    vpc = layout.SECURITY_VPC
    balancer = Dot(
        layout.LOAD_BALANCER, ("gateway load balancer", topology.gateway_load_balancer.scheduler)
    )
    zones = []
    for zone_id in topology.security_vpc.zones:
        at = layout.security_subnet(zone_id)
        appliances = tuple(_machines(graph, at, Role.APPLIANCE))
        box = _subnet(graph, at, "subnet", appliances or (Dot(f"{at} inside", ("…",)),))
        zones.append(Box(f"zone security/{zone_id}", f"zone {zone_id}", (), (box,)))
    return Box(
        vpc,
        _title(graph, vpc, "security VPC"),
        (balancer, *_machines(graph, None, Role.APPLIANCE)),
        tuple(zones),
    )


def _title(graph: ResourceGraph, at: Address, title: str) -> str:
    resource = graph[at].resource
    cidr = resource.cidr if isinstance(resource, Vpc | VSwitch) else ""
    return " ".join(filter(None, (title, cidr or graph[at].id)))


def _subnet(graph: ResourceGraph, at: Address, title: str, dots: tuple[Dot, ...]) -> Box:
    return Box(at, _title(graph, at, title), dots)


def _machines(graph: ResourceGraph, subnet: Address | None, role: Role) -> Iterator[Dot]:
    """The machines in a subnet; with None, those whose subnet only the cloud knows."""
    for address, node in graph.items():
        machine = node.resource
        at = layout.parse(address)
        if not isinstance(machine, Instance) or at.role is not role:
            continue
        if machine.vswitch == Ref[VSwitch](subnet or ""):
            known = (machine.private_ip or "", machine.instance_type)
            yield Dot(address, (f"{role} {at.name}", *filter(None, known)))


def _servers(graph: ResourceGraph, subnet: Address | None) -> Iterator[Dot]:
    public = {
        node.resource.instance: node.resource.bandwidth_mbps
        for node in graph.values()
        if isinstance(node.resource, Eip)
    }
    for dot in _machines(graph, subnet, Role.SERVER):
        bandwidth = public.get(Ref(dot.name))
        label = f"EIP, {bandwidth} Mbit/s" if bandwidth else "EIP"
        yield Dot(dot.name, (*dot.lines, label)) if Ref(dot.name) in public else dot


def _tables(graph: ResourceGraph, key: str) -> Iterator[Dot]:
    """The route tables of a VPC, each with its entries."""
    for address, node in sorted(graph.items()):
        if isinstance(node.resource, RouteTable) and layout.parse(address).vpc == key:
            entries = [
                f"{_destination(at, route)} → {route.next_hop}"
                for at, route in _routes(graph)
                if route.table == Ref[RouteTable](address)
            ]
            yield Dot(address, (address, *entries), note=True)


def _routes(graph: ResourceGraph) -> Iterator[tuple[Address, Route]]:
    for address, node in sorted(graph.items()):
        if isinstance(node.resource, Route):
            yield address, node.resource


def _lines(graph: ResourceGraph) -> Iterator[Line]:
    for address, node in sorted(graph.items()):
        resource = node.resource
        if isinstance(resource, Ipv4Gateway):
            yield Line(INTERNET, address, both=True)
        elif isinstance(resource, Endpoint):
            yield Line(address, layout.ENDPOINT_SERVICE)
        elif isinstance(resource, LoadBalancer):
            yield Line(layout.ENDPOINT_SERVICE, address)
        elif isinstance(resource, Instance) and layout.is_appliance(address):
            yield Line(layout.LOAD_BALANCER, address, "Geneve")
        elif isinstance(resource, RouteTableAssociation):
            yield Line(resource.subject, resource.table, dashed=True)
            yield from _route_lines(graph, resource)


def _route_lines(graph: ResourceGraph, link: RouteTableAssociation) -> Iterator[Line]:
    """The lines from the user of a route table to the next hops of its entries."""
    for at, route in _routes(graph):
        if route.table == link.table and route.next_hop.address is not None:
            start = _endpoint_in(graph, link.subject) or link.subject
            yield Line(start, route.next_hop, _destination(at, route))


def _destination(at: Address, route: Route) -> str:
    """The destination of a route: its block, or a subnet's key where only the cloud knows that."""
    return route.destination or layout.parse(at).name


def _endpoint_in(graph: ResourceGraph, subnet: str) -> Address | None:
    for address, node in graph.items():
        if isinstance(node.resource, Endpoint) and subnet in node.resource.zones.values():
            return address
    return None
