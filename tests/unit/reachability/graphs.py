"""The vendor's scenario as a graph of resources, as a plan ends in it."""

from gwlbfw.address import Address, Ref
from gwlbfw.reachability import Network, NetworkBuilder
from gwlbfw.resources import (
    ConnectionDrain,
    Eip,
    Endpoint,
    EndpointService,
    EndpointServiceResource,
    HealthCheck,
    Instance,
    Ipv4Gateway,
    Listener,
    LoadBalancer,
    Route,
    RouteTable,
    RouteTableAssociation,
    Rule,
    SecurityGroup,
    ServerGroup,
    ServerGroupMember,
    Vpc,
    VSwitch,
)
from gwlbfw.resources.graph import Live, Node, ResourceGraph
from gwlbfw.resources.resource import Resource
from tests.unit.reachability.worlds import B, C

SHOP: Ref[Vpc] = Ref("vpc.business/shop")
GATE: Ref[Ipv4Gateway] = Ref("ipv4_gateway.shop")
SERVICE: Ref[EndpointService] = Ref("endpoint_service.main")
BALANCER: Ref[LoadBalancer] = Ref("load_balancer.main")
GROUP: Ref[ServerGroup] = Ref("server_group.main")


def route(table: str, hop: str, destination: str = "0.0.0.0/0") -> Route:
    """A route to an endpoint or to the gateway."""
    kind = "Ipv4Gateway" if hop.startswith("ipv4") else "GatewayLoadBalancerEndpoint"
    return Route(
        vpc=SHOP,
        table=Ref(f"route_table.{table}"),
        destination=destination,
        in_gateway_table=table.startswith("gateway"),
        next_hop_type=kind,
        next_hop=Ref(hop),
    )


def _zone(letter: str, zone: str, number: int) -> dict[str, Resource]:
    cidr = f"192.168.{number}.0/24"
    business, gwlbe = f"business/shop/app-{letter}", f"gwlbe/shop/{zone}"
    endpoint = f"endpoint.shop/{zone}"
    return {
        f"vswitch.{business}": VSwitch(vpc=SHOP, zone=zone, cidr=cidr),
        f"vswitch.{gwlbe}": VSwitch(vpc=SHOP, zone=zone, cidr=f"192.168.10{number}.0/24"),
        f"vswitch.security/{zone}": VSwitch(
            vpc=Ref("vpc.security"), zone=zone, cidr=f"10.0.{number}.0/24"
        ),
        f"route_table.business/shop/{zone}": RouteTable(vpc=SHOP, serves="VSwitch"),
        f"route_table_association.{business}": RouteTableAssociation(
            vpc=SHOP,
            subject=Ref(f"vswitch.{business}"),
            table=Ref(f"route_table.business/shop/{zone}"),
        ),
        f"route_table_association.{gwlbe}": RouteTableAssociation(
            vpc=SHOP, subject=Ref(f"vswitch.{gwlbe}"), table=Ref("route_table.gwlbe/shop")
        ),
        f"route.business/shop/{zone}": route(f"business/shop/{zone}", endpoint),
        f"route.gateway/shop/app-{letter}": route("gateway/shop", endpoint, cidr),
        endpoint: Endpoint(vpc=SHOP, service=SERVICE, zones={zone: Ref(f"vswitch.{gwlbe}")}),
        f"endpoint_service_resource.main/{zone}": EndpointServiceResource(
            service=SERVICE, load_balancer=BALANCER, zone=zone
        ),
        f"instance.appliance/fw-{letter}": Instance(
            vswitch=Ref(f"vswitch.security/{zone}"),
            zone=zone,
            instance_type="ecs.g7ne.xlarge",
            security_groups=(Ref("security_group.appliances"),),
        ),
        f"server_group_member.main/fw-{letter}": ServerGroupMember(
            group=GROUP, instance=Ref(f"instance.appliance/fw-{letter}")
        ),
    }


def ulanqab() -> dict[Address, Node]:
    """The graph."""
    resources: dict[str, Resource] = {
        # What refers to others stands first, as the order of a graph says nothing.
        "eip.shop/ecs-b": Eip(instance=Ref("instance.server/shop/ecs-b")),
        **_zone("b", B, 1),
        **_zone("c", C, 2),
        SHOP: Vpc(cidr="192.168.0.0/16"),
        "vpc.security": Vpc(cidr="10.0.0.0/16"),
        GATE: Ipv4Gateway(vpc=SHOP, enabled=True),
        "route_table.gateway/shop": RouteTable(vpc=SHOP, serves="Gateway"),
        "route_table.gwlbe/shop": RouteTable(vpc=SHOP, serves="VSwitch"),
        "route_table_association.gateway/shop": RouteTableAssociation(
            vpc=SHOP, subject=GATE, table=Ref("route_table.gateway/shop")
        ),
        "route.gwlbe/shop": route("gwlbe/shop", GATE),
        SERVICE: EndpointService(auto_accept=True, payer="Endpoint"),
        BALANCER: LoadBalancer(
            vpc=Ref("vpc.security"), zones={z: Ref(f"vswitch.security/{z}") for z in (B, C)}
        ),
        GROUP: ServerGroup(
            vpc=Ref("vpc.security"),
            scheduler="5TCH",
            failover_mode="Rebalance",
            health_check=HealthCheck(enabled=True),
            connection_drain=ConnectionDrain(enabled=True),
        ),
        "listener.main": Listener(
            load_balancer=BALANCER, server_group=GROUP, tcp_idle_timeout_s=350
        ),
        "instance.server/shop/ecs-b": Instance(
            vswitch=Ref("vswitch.business/shop/app-b"),
            zone=B,
            instance_type="ecs.g7.large",
            private_ip="192.168.1.153",
        ),
        "security_group.appliances": SecurityGroup(
            vpc=Ref("vpc.security"),
            rules=(Rule(protocol="all", ports="-1/-1", source="10.0.0.0/16"),),
        ),
    }
    return {Address(address): Node(resource) for address, resource in resources.items()}


KINDS: tuple[type[Resource], ...] = (
    *(Vpc, VSwitch, RouteTable, Ipv4Gateway, RouteTableAssociation, Route),
    *(EndpointService, LoadBalancer, EndpointServiceResource, ServerGroup, Listener),
    *(SecurityGroup, Instance, ServerGroupMember, Endpoint, Eip),
)
"""In an order in which each refers to those before it."""


def network_of(graph: ResourceGraph, base: Network | None = None) -> Network:
    """The forwarding model of a graph: on top of `base` where there is one, else of it alone.

    Without a base, a VPC without an active gateway is taken to be in direct mode, and a table
    to have no entries but the graph's. With one, what the graph does not mention stays.
    """
    builder = NetworkBuilder(base)
    for address, node in graph.items():
        builder.register(address, node)
    for kind in KINDS:
        for address, node in graph.items():
            if isinstance(node.resource, kind):
                builder.apply(address, node)
    return builder.build()


def everything_in(live: Live) -> ResourceGraph:
    """All that was seen live, as one graph: the stack's, and what is no part of it."""
    others = {
        Address.of(node.resource.kind, cloud_id): node for cloud_id, node in live.others.items()
    }
    return {**others, **live.nodes}


def at(address: str) -> tuple[Address, Node]:
    """A resource of the scenario at its address."""
    return Address(address), ulanqab()[Address(address)]


def without(builder: NetworkBuilder, address: str) -> NetworkBuilder:
    """The builder after one of the scenario's resources has gone."""
    builder.remove(*at(address))
    return builder


def having(builder: NetworkBuilder, address: str, resource: Resource) -> NetworkBuilder:
    """The builder after a resource has come, or become like this."""
    builder.apply(Address(address), Node(resource))
    return builder
