"""The resources on which kinds are tried: one small firewall, and a second of what can change."""

from gwlbfw.address import Address, Ref
from gwlbfw.resources import (
    ConnectionDrain,
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
    SecurityGroup,
    ServerGroup,
    ServerGroupMember,
    Vpc,
    VSwitch,
)
from gwlbfw.resources.next_hop import GATEWAY
from gwlbfw.resources.resource import Resource
from gwlbfw.resources.route import DEFAULT

B, C = "cn-wulanchabu-b", "cn-wulanchabu-c"
IMAGE = "m-0jl5zt3k1b2c4d5e6f7g"

SHOP: Ref[Vpc] = Ref("vpc.business/shop")
SECURITY: Ref[Vpc] = Ref("vpc.security")
GATE: Ref[Ipv4Gateway] = Ref("ipv4_gateway.shop")
BALANCER: Ref[LoadBalancer] = Ref("load_balancer.main")
GROUP: Ref[ServerGroup] = Ref("server_group.main")
SERVICE: Ref[EndpointService] = Ref("endpoint_service.main")


def _vswitch(vpc: Ref[Vpc], zone: str, cidr: str) -> VSwitch:
    return VSwitch(vpc=vpc, zone=zone, cidr=cidr)


def _table(serves: str = "VSwitch") -> RouteTable:
    return RouteTable(vpc=SHOP, serves=serves)


def server_group(**changes: object) -> ServerGroup:
    """A server group whose members count as well without being asked."""
    group = ServerGroup(
        vpc=SECURITY,
        scheduler="5TCH",
        failover_mode="Rebalance",
        health_check=HealthCheck(enabled=False, port=22),
        connection_drain=ConnectionDrain(enabled=False),
    )
    return group.model_copy(update=changes)


def _instance(vswitch: str, group: str, zone: str = B) -> Instance:
    return Instance(
        vswitch=Ref(f"vswitch.{vswitch}"),
        zone=zone,
        instance_type="ecs.g7.large",
        image_id=IMAGE,
        security_groups=(Ref(f"security_group.{group}"),),
    )


def _endpoint(zone: str) -> Endpoint:
    return Endpoint(vpc=SHOP, service=SERVICE, zones={zone: Ref(f"vswitch.gwlbe/shop/{zone}")})


_RESOURCES: dict[str, Resource] = {
    "vpc.business/shop": Vpc(cidr="192.168.0.0/16"),
    "vpc.business/other": Vpc(cidr="192.168.0.0/16"),
    "vpc.security": Vpc(cidr="10.0.0.0/16"),
    "vswitch.business/shop/app-b": _vswitch(SHOP, B, "192.168.1.0/24"),
    "vswitch.business/shop/app-c": _vswitch(SHOP, C, "192.168.2.0/24"),
    f"vswitch.gwlbe/shop/{B}": _vswitch(SHOP, B, "192.168.101.0/24"),
    f"vswitch.gwlbe/shop/{C}": _vswitch(SHOP, C, "192.168.102.0/24"),
    f"vswitch.security/{B}": _vswitch(SECURITY, B, "10.0.1.0/24"),
    f"vswitch.security/{C}": _vswitch(SECURITY, C, "10.0.2.0/24"),
    "ipv4_gateway.shop": Ipv4Gateway(vpc=SHOP, enabled=True),
    "route_table.gateway/shop": _table("Gateway"),
    "route_table.gwlbe/shop": _table(),
    "route_table.business/shop/app-b": _table(),
    "route_table_association.gateway/shop": RouteTableAssociation(
        vpc=SHOP, table=Ref("route_table.gateway/shop"), subject=GATE
    ),
    "route.gwlbe/shop": Route(
        vpc=SHOP,
        table=Ref("route_table.gwlbe/shop"),
        destination=DEFAULT,
        next_hop_type=GATEWAY,
        next_hop=GATE,
    ),
    "security_group.appliances": SecurityGroup(vpc=SECURITY),
    "security_group.servers/shop": SecurityGroup(vpc=SHOP),
    "security_group.servers/others": SecurityGroup(vpc=SHOP),
    "instance.appliance/fw-1": _instance(f"security/{B}", "appliances"),
    "instance.appliance/fw-2": _instance(f"security/{C}", "appliances", C),
    "instance.server/shop/web-1": _instance("business/shop/app-b", "servers/shop"),
    "instance.server/shop/web-2": _instance("business/shop/app-b", "servers/shop"),
    "load_balancer.main": LoadBalancer(
        vpc=SECURITY, zones={zone: Ref(f"vswitch.security/{zone}") for zone in (B, C)}
    ),
    "load_balancer.other": LoadBalancer(
        vpc=SECURITY, zones={zone: Ref(f"vswitch.security/{zone}") for zone in (B, C)}
    ),
    "server_group.main": server_group(),
    "server_group.other": server_group(),
    "server_group_member.main/fw-1": ServerGroupMember(
        group=GROUP, instance=Ref("instance.appliance/fw-1")
    ),
    "listener.main": Listener(load_balancer=BALANCER, server_group=GROUP, tcp_idle_timeout_s=350),
    "endpoint_service.main": EndpointService(auto_accept=True, payer="Endpoint"),
    "endpoint_service.other": EndpointService(auto_accept=True, payer="Endpoint"),
    "listener.other": Listener(
        load_balancer=Ref("load_balancer.other"), server_group=GROUP, tcp_idle_timeout_s=350
    ),
    f"endpoint_service_resource.other/{B}": EndpointServiceResource(
        service=Ref("endpoint_service.other"), load_balancer=Ref("load_balancer.other"), zone=B
    ),
    "endpoint_service.asking": EndpointService(auto_accept=False, payer="Endpoint"),
    f"endpoint_service_resource.asking/{B}": EndpointServiceResource(
        service=Ref("endpoint_service.asking"), load_balancer=BALANCER, zone=B
    ),
    **{
        f"endpoint_service_resource.main/{zone}": EndpointServiceResource(
            service=SERVICE, load_balancer=BALANCER, zone=zone
        )
        for zone in (B, C)
    },
    f"endpoint.shop/{B}": _endpoint(B),
    f"endpoint.shop/{C}": _endpoint(C),
}
FIXTURES = {Address(at): resource for at, resource in _RESOURCES.items()}
SERVED = (
    "listener.main",
    f"endpoint_service_resource.main/{B}",
    f"endpoint_service_resource.main/{C}",
)
"""What an endpoint needs although it does not refer to it."""
