"""Whatever is changed behind the tool's back is named by drift, shown by plan, mended by apply."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.scenarios.world import ZONE_B, ZONE_C, World, example

Act = tuple[str, dict[str, Any]]
ANYWHERE = "0.0.0.0/0"
B, C = ZONE_B, ZONE_C
CRITICAL = frozenset(
    {
        *("route", "route_table_association", "endpoint", "ipv4_gateway"),
        *("listener", "server_group_member"),
    }
)
TAG_TYPES = {
    "vpc": ("vpc", "VPC"),
    "vswitch": ("vpc", "VSWITCH"),
    "ipv4_gateway": ("vpc", "IPV4GATEWAY"),
    "route_table": ("vpc", "ROUTETABLE"),
    "eip": ("vpc", "EIP"),
    "security_group": ("ecs", "securitygroup"),
    "instance": ("ecs", "instance"),
    "load_balancer": ("gwlb", "loadbalancer"),
    "server_group": ("gwlb", "servergroup"),
    "listener": ("gwlb", "listener"),
    "endpoint_service": ("privatelink", "vpcendpointservice"),
    "endpoint": ("privatelink", "vpcendpoint"),
}
"""Product and ResourceType of each kind that has tags."""


@dataclass(frozen=True)
class Tamper:
    """Calls to the cloud, in which `@ADDRESS` is an id, and the difference that they make."""

    name: str
    address: str
    attribute: str
    acts: tuple[Act, ...]
    expected: Any = ...
    actual: Any = ...
    """Values of the attribute, where the test says them."""
    cosmetic: bool = False


def act(action: str, **params: Any) -> Act:
    return action, params


def resolved(world: World, value: Any) -> Any:
    """The value with ids in the place of addresses."""
    if isinstance(value, str) and value.startswith("@"):
        return world.ids[value[1:]]
    if isinstance(value, dict):
        return {name: resolved(world, each) for name, each in value.items()}
    if isinstance(value, list):
        return [resolved(world, each) for each in value]
    return value


SYSTEM = "the system's"
OUT_B = f"route.business/shop/{B}"
TABLE_B = f"@route_table.business/shop/{B}"
MEMBER = [{"ServerId": "@instance.appliance/ecs-01", "ServerType": "Ecs", "Port": 6081}]
RULE = {
    "Policy": "accept",
    "Priority": "1",
    "IpProtocol": "tcp",
    "PortRange": "22/22",
}

TAMPERS = (
    # --- routes ---
    Tamper(
        "default route deleted",
        OUT_B,
        "exists",
        (
            act(
                "vpc:DeleteRouteEntry",
                RouteTableId=TABLE_B,
                DestinationCidrBlock=ANYWHERE,
                NextHopId=f"@endpoint.shop/{B}",
            ),
        ),
        expected=True,
        actual=False,
    ),
    Tamper(
        "default route past the firewall",
        OUT_B,
        "next_hop_type",
        (
            act(
                "vpc:ModifyRouteEntry",
                RouteTableId=TABLE_B,
                DestinationCidrBlock=ANYWHERE,
                NewNextHopType="Ipv4Gateway",
                NewNextHopId="@ipv4_gateway.shop",
            ),
        ),
        expected="GatewayLoadBalancerEndpoint",
        actual="Ipv4Gateway",
    ),
    Tamper(
        "default route to the other zone's endpoint",
        OUT_B,
        "next_hop",
        (
            act(
                "vpc:ModifyRouteEntry",
                RouteTableId=TABLE_B,
                DestinationCidrBlock=ANYWHERE,
                NewNextHopType="GatewayLoadBalancerEndpoint",
                NewNextHopId=f"@endpoint.shop/{C}",
            ),
        ),
        expected=f"endpoint.shop/{B}",
        actual=f"endpoint.shop/{C}",
    ),
    Tamper(
        "route of the endpoints deleted",
        "route.gwlbe/shop",
        "exists",
        (
            act(
                "vpc:DeleteRouteEntry",
                RouteTableId="@route_table.gwlbe/shop",
                DestinationCidrBlock=ANYWHERE,
                NextHopId="@ipv4_gateway.shop",
            ),
        ),
        expected=True,
        actual=False,
    ),
    Tamper(
        "route renamed",
        OUT_B,
        "name",
        (
            act(
                "vpc:ModifyRouteEntry",
                RouteTableId=TABLE_B,
                DestinationCidrBlock=ANYWHERE,
                RouteEntryName="mine",
            ),
        ),
        actual="mine",
        cosmetic=True,
    ),
    Tamper(
        "stray route in a business table",
        f"route.business/shop/{B}/8.0.0.0_8",
        "exists",
        (
            act(
                "vpc:CreateRouteEntry",
                RouteTableId=TABLE_B,
                DestinationCidrBlock="8.0.0.0/8",
                NextHopType="Ipv4Gateway",
                NextHopId="@ipv4_gateway.shop",
            ),
        ),
        expected=False,
        actual=True,
    ),
    Tamper(
        "stray route in the endpoints' table",
        "route.gwlbe/shop/8.0.0.0_8",
        "exists",
        (
            act(
                "vpc:CreateRouteEntry",
                RouteTableId="@route_table.gwlbe/shop",
                DestinationCidrBlock="8.0.0.0/8",
                NextHopType="Instance",
                NextHopId="@instance.server/shop/ecs-b-01",
            ),
        ),
        expected=False,
        actual=True,
    ),
    Tamper(
        "stray entry in the gateway's table",
        "route.gateway/shop/192.168.101.0_24",
        "exists",
        (
            act(
                "vpc:UpdateGatewayRouteTableEntryAttribute",
                GatewayRouteTableId="@route_table.gateway/shop",
                DestinationCidrBlock="192.168.101.0/24",
                NextHopType="Instance",
                NextHopId="@instance.server/shop/ecs-b-01",
            ),
        ),
        expected=False,
        actual=True,
    ),
    Tamper(
        "inbound entry set to Local",
        "route.gateway/shop/app-b",
        "exists",
        (
            act(
                "vpc:UpdateGatewayRouteTableEntryAttribute",
                GatewayRouteTableId="@route_table.gateway/shop",
                DestinationCidrBlock="192.168.1.0/24",
                NextHopType="Local",
            ),
        ),
        expected=True,
        actual=False,
    ),
    Tamper(
        "inbound entry to an instance",
        "route.gateway/shop/app-b",
        "next_hop",
        (
            act(
                "vpc:UpdateGatewayRouteTableEntryAttribute",
                GatewayRouteTableId="@route_table.gateway/shop",
                DestinationCidrBlock="192.168.1.0/24",
                NextHopType="Local",
            ),
            act(
                "vpc:UpdateGatewayRouteTableEntryAttribute",
                GatewayRouteTableId="@route_table.gateway/shop",
                DestinationCidrBlock="192.168.1.0/24",
                NextHopType="Instance",
                NextHopId="@instance.server/shop/ecs-b-01",
            ),
        ),
        expected=f"endpoint.shop/{B}",
        actual="instance.server/shop/ecs-b-01",
    ),
    # --- associations ---
    Tamper(
        "business subnet taken off its table",
        "route_table_association.business/shop/app-b",
        "exists",
        (
            act(
                "vpc:UnassociateRouteTable",
                RouteTableId=TABLE_B,
                VSwitchId="@vswitch.business/shop/app-b",
            ),
        ),
        expected=True,
        actual=False,
    ),
    Tamper(
        "business subnet moved to the other zone's table",
        "route_table_association.business/shop/app-b",
        "table",
        (
            act(
                "vpc:UnassociateRouteTable",
                RouteTableId=TABLE_B,
                VSwitchId="@vswitch.business/shop/app-b",
            ),
            act(
                "vpc:AssociateRouteTable",
                RouteTableId=f"@route_table.business/shop/{C}",
                VSwitchId="@vswitch.business/shop/app-b",
            ),
        ),
        expected=f"route_table.business/shop/{B}",
        actual=f"route_table.business/shop/{C}",
    ),
    Tamper(
        "endpoint's subnet taken off its table",
        f"route_table_association.gwlbe/shop/{C}",
        "exists",
        (
            act(
                "vpc:UnassociateRouteTable",
                RouteTableId="@route_table.gwlbe/shop",
                VSwitchId=f"@vswitch.gwlbe/shop/{C}",
            ),
        ),
        expected=True,
        actual=False,
    ),
    Tamper(
        "gateway taken off its table",
        "route_table_association.gateway/shop",
        "exists",
        (
            act(
                "vpc:DissociateRouteTableFromGateway",
                RouteTableId="@route_table.gateway/shop",
                GatewayId="@ipv4_gateway.shop",
                GatewayType="Ipv4Gateway",
            ),
        ),
        expected=True,
        actual=False,
    ),
    Tamper(
        "gateway's table gone",
        "route_table.gateway/shop",
        "exists",
        (
            act(
                "vpc:UpdateGatewayRouteTableEntryAttribute",
                GatewayRouteTableId="@route_table.gateway/shop",
                DestinationCidrBlock="192.168.1.0/24",
                NextHopType="Local",
            ),
            act(
                "vpc:UpdateGatewayRouteTableEntryAttribute",
                GatewayRouteTableId="@route_table.gateway/shop",
                DestinationCidrBlock="192.168.2.0/24",
                NextHopType="Local",
            ),
            act(
                "vpc:DissociateRouteTableFromGateway",
                RouteTableId="@route_table.gateway/shop",
                GatewayId="@ipv4_gateway.shop",
                GatewayType="Ipv4Gateway",
            ),
            act("vpc:DeleteRouteTable", RouteTableId="@route_table.gateway/shop"),
        ),
        expected=True,
        actual=False,
    ),
    # --- what makes the network ---
    Tamper(
        "VPC renamed",
        "vpc.business/shop",
        "name",
        (act("vpc:ModifyVpcAttribute", VpcId="@vpc.business/shop", VpcName="mine"),),
        expected="ulanqab-edge-shop",
        actual="mine",
    ),
    Tamper(
        "subnet described anew",
        "vswitch.gwlbe/shop/" + B,
        "description",
        (
            act(
                "vpc:ModifyVSwitchAttribute",
                VSwitchId=f"@vswitch.gwlbe/shop/{B}",
                Description="mine",
            ),
        ),
        expected="Managed by gwlbfw",
        actual="mine",
    ),
    Tamper(
        "gateway renamed",
        "ipv4_gateway.shop",
        "name",
        (
            act(
                "vpc:UpdateIpv4GatewayAttribute",
                Ipv4GatewayId="@ipv4_gateway.shop",
                Ipv4GatewayName="mine",
            ),
        ),
        actual="mine",
        cosmetic=True,
    ),
    Tamper(
        "table renamed",
        "route_table.gwlbe/shop",
        "name",
        (
            act(
                "vpc:ModifyRouteTableAttributes",
                RouteTableId="@route_table.gwlbe/shop",
                RouteTableName="mine",
            ),
        ),
        actual="mine",
    ),
    # --- security groups ---
    Tamper(
        "stray rule",
        "security_group.appliances",
        "rules",
        (
            act(
                "ecs:AuthorizeSecurityGroup",
                SecurityGroupId="@security_group.appliances",
                Permissions=[{**RULE, "SourceCidrIp": ANYWHERE}],
            ),
        ),
    ),
    Tamper(
        "rule revoked",
        "security_group.servers/shop",
        "rules",
        (
            act(
                "ecs:RevokeSecurityGroup",
                SecurityGroupId="@security_group.servers/shop",
                Permissions=[{**RULE, "PortRange": "80/80", "SourceCidrIp": ANYWHERE}],
            ),
        ),
    ),
    Tamper(
        "rule turned to drop",
        "security_group.servers/shop",
        "rules",
        (
            act(
                "ecs:RevokeSecurityGroup",
                SecurityGroupId="@security_group.servers/shop",
                Permissions=[{**RULE, "PortRange": "80/80", "SourceCidrIp": ANYWHERE}],
            ),
            act(
                "ecs:AuthorizeSecurityGroup",
                SecurityGroupId="@security_group.servers/shop",
                Permissions=[
                    {**RULE, "Policy": "drop", "PortRange": "80/80", "SourceCidrIp": ANYWHERE}
                ],
            ),
        ),
    ),
    Tamper(
        "group renamed",
        "security_group.servers/shop",
        "name",
        (
            act(
                "ecs:ModifySecurityGroupAttribute",
                SecurityGroupId="@security_group.servers/shop",
                SecurityGroupName="mine",
            ),
        ),
        actual="mine",
    ),
    # --- instances and EIPs ---
    Tamper(
        "appliance stopped",
        "instance.appliance/ecs-01",
        "running",
        (act("ecs:StopInstance", InstanceId="@instance.appliance/ecs-01"),),
        expected=True,
        actual=False,
    ),
    Tamper(
        "server renamed",
        "instance.server/shop/ecs-b-01",
        "name",
        (
            act(
                "ecs:ModifyInstanceAttribute",
                InstanceId="@instance.server/shop/ecs-b-01",
                InstanceName="mine",
            ),
        ),
        actual="mine",
    ),
    Tamper(
        "server deleted",
        "instance.server/shop/ecs-b-01",
        "exists",
        (act("ecs:DeleteInstance", InstanceId="@instance.server/shop/ecs-b-01", Force=True),),
        expected=True,
        actual=False,
    ),
    Tamper(
        "appliance deleted",
        "instance.appliance/ecs-01",
        "exists",
        (act("ecs:DeleteInstance", InstanceId="@instance.appliance/ecs-01", Force=True),),
        expected=True,
        actual=False,
    ),
    Tamper(
        "EIP widened",
        "eip.shop/ecs-b-01",
        "bandwidth_mbps",
        (act("vpc:ModifyEipAddressAttribute", AllocationId="@eip.shop/ecs-b-01", Bandwidth="100"),),
        expected=5,
        actual=100,
    ),
    Tamper(
        "EIP unbound",
        "eip.shop/ecs-b-01",
        "instance",
        (act("vpc:UnassociateEipAddress", AllocationId="@eip.shop/ecs-b-01"),),
        expected="instance.server/shop/ecs-b-01",
        actual="",
    ),
    Tamper(
        "EIP released",
        "eip.shop/ecs-b-01",
        "exists",
        (
            act("vpc:UnassociateEipAddress", AllocationId="@eip.shop/ecs-b-01"),
            act("vpc:ReleaseEipAddress", AllocationId="@eip.shop/ecs-b-01"),
        ),
        expected=True,
        actual=False,
    ),
    # --- load balancer ---
    Tamper(
        "load balancer renamed",
        "load_balancer.main",
        "name",
        (
            act(
                "gwlb:UpdateLoadBalancerAttribute",
                LoadBalancerId="@load_balancer.main",
                LoadBalancerName="mine",
            ),
        ),
        actual="mine",
    ),
    Tamper(
        "appliances bypassed",
        "load_balancer.main",
        "traffic_mode",
        (
            act(
                "gwlb:UpdateLoadBalancerAttribute",
                LoadBalancerId="@load_balancer.main",
                TrafficMode="ByPass",
            ),
        ),
        expected="LoadBalance",
        actual="ByPass",
    ),
    Tamper(
        "other scheduler",
        "server_group.main",
        "scheduler",
        (
            act(
                "gwlb:UpdateServerGroupAttribute",
                ServerGroupId="@server_group.main",
                Scheduler="2TCH",
            ),
        ),
        expected="5TCH",
        actual="2TCH",
    ),
    Tamper(
        "other health check",
        "server_group.main",
        "health_check",
        (
            act(
                "gwlb:UpdateServerGroupAttribute",
                ServerGroupId="@server_group.main",
                HealthCheckConfig={"HealthCheckEnabled": True, "HealthCheckConnectPort": 2222},
            ),
        ),
    ),
    Tamper(
        "member removed",
        "server_group_member.main/ecs-01",
        "exists",
        (
            act(
                "gwlb:RemoveServersFromServerGroup",
                ServerGroupId="@server_group.main",
                Servers=MEMBER,
            ),
        ),
        expected=True,
        actual=False,
    ),
    Tamper(
        "other idle timeout",
        "listener.main",
        "tcp_idle_timeout_s",
        (act("gwlb:UpdateListenerAttribute", ListenerId="@listener.main", TcpIdleTimeout=600),),
        expected=350,
        actual=600,
    ),
    Tamper(
        "listener described anew",
        "listener.main",
        "description",
        (
            act(
                "gwlb:UpdateListenerAttribute",
                ListenerId="@listener.main",
                ListenerDescription="mine",
            ),
        ),
        actual="mine",
        cosmetic=True,
    ),
    Tamper(
        "listener deleted",
        "listener.main",
        "exists",
        (act("gwlb:DeleteListener", ListenerId="@listener.main"),),
        expected=True,
        actual=False,
    ),
    # --- PrivateLink ---
    Tamper(
        "service accepts no longer by itself",
        "endpoint_service.main",
        "auto_accept",
        (
            act(
                "privatelink:UpdateVpcEndpointServiceAttribute",
                ServiceId="@endpoint_service.main",
                AutoAcceptEnabled=False,
            ),
        ),
        expected=True,
        actual=False,
    ),
    Tamper(
        "service described anew",
        "endpoint_service.main",
        "description",
        (
            act(
                "privatelink:UpdateVpcEndpointServiceAttribute",
                ServiceId="@endpoint_service.main",
                ServiceDescription="mine",
            ),
        ),
        actual="mine",
    ),
    Tamper(
        "stranger let in",
        "endpoint_service.main",
        "allowed_accounts",
        (
            act(
                "privatelink:AddUserToVpcEndpointService",
                ServiceId="@endpoint_service.main",
                UserId="3000000000000003",
            ),
        ),
        actual=["3000000000000003"],
    ),
    Tamper(
        "endpoint renamed",
        f"endpoint.shop/{B}",
        "name",
        (
            act(
                "privatelink:UpdateVpcEndpointAttribute",
                EndpointId=f"@endpoint.shop/{B}",
                EndpointName="mine",
            ),
        ),
        actual="mine",
        cosmetic=True,
    ),
    Tamper(
        "endpoint's connection cut",
        f"endpoint.shop/{B}",
        "connected",
        (
            act(
                "privatelink:DisableVpcEndpointConnection",
                ServiceId="@endpoint_service.main",
                EndpointId=f"@endpoint.shop/{B}",
            ),
        ),
        expected=True,
        actual=False,
    ),
    Tamper(
        "endpoint's zone cut",
        f"endpoint.shop/{B}",
        "connected",
        (
            act(
                "privatelink:DisableVpcEndpointZoneConnection",
                ServiceId="@endpoint_service.main",
                EndpointId=f"@endpoint.shop/{B}",
                ZoneId=B,
            ),
        ),
        expected=True,
        actual=False,
    ),
    Tamper(
        "endpoint's zone removed",
        f"endpoint.shop/{B}",
        "zones",
        (
            act(
                "privatelink:RemoveZoneFromVpcEndpoint",
                EndpointId=f"@endpoint.shop/{B}",
                ZoneId=B,
            ),
        ),
    ),
)


def a_subnet_on_a_strangers_table(world: World) -> tuple[str, str]:
    """A business subnet moved to a table that nobody knows, with a way past the firewall."""
    vpc, subnet = world.ids["vpc.business/shop"], world.ids["vswitch.business/shop/app-b"]
    world.done(
        "vpc:UnassociateRouteTable",
        RouteTableId=world.ids[TABLE_B[1:]],
        VSwitchId=subnet,
    )
    table = world.done("vpc:CreateRouteTable", VpcId=vpc, RouteTableName="stranger")["RouteTableId"]
    world.done("vpc:AssociateRouteTable", RouteTableId=table, VSwitchId=subnet)
    return "route_table_association.business/shop/app-b", "table"


def an_instance_of_a_stranger_behind_the_balancer(world: World) -> tuple[str, str]:
    """A member that is no appliance of the stack."""
    stray = launched(world, world.ids[f"vswitch.security/{B}"], "security_group.appliances")
    world.done(
        "gwlb:AddServersToServerGroup",
        ServerGroupId=world.ids["server_group.main"],
        Servers=[{"ServerId": stray, "ServerType": "Ecs", "Port": 6081}],
    )
    return f"server_group_member.main/{stray}", "exists"


def an_eip_on_another_server(world: World) -> tuple[str, str]:
    """A server's EIP bound to a stranger in the same subnet."""
    stray = launched(world, world.ids["vswitch.business/shop/app-b"], "security_group.servers/shop")
    eip = world.ids["eip.shop/ecs-b-01"]
    world.done("vpc:UnassociateEipAddress", AllocationId=eip)
    world.done(
        "vpc:AssociateEipAddress", AllocationId=eip, InstanceId=stray, InstanceType="EcsInstance"
    )
    return "eip.shop/ecs-b-01", "instance"


def an_appliance_in_one_more_group(world: World) -> tuple[str, str]:
    """An appliance that another security group opens further."""
    group = world.done(
        "ecs:CreateSecurityGroup", VpcId=world.ids["vpc.security"], SecurityGroupName="stranger"
    )["SecurityGroupId"]
    world.done(
        "ecs:JoinSecurityGroup",
        InstanceId=world.ids["instance.appliance/ecs-01"],
        SecurityGroupId=group,
    )
    return "instance.appliance/ecs-01", "security_groups"


def a_listener_on_another_group(world: World) -> tuple[str, str]:
    """A listener that sends to a group without any appliance."""
    group = world.done(
        "gwlb:CreateServerGroup", VpcId=world.ids["vpc.security"], ServerGroupName="stranger"
    )["ServerGroupId"]
    world.done(
        "gwlb:UpdateListenerAttribute", ListenerId=world.ids["listener.main"], ServerGroupId=group
    )
    return "listener.main", "server_group"


def past_the_endpoint(world: World) -> None:
    """The traffic of zone b led past its endpoint, as someone would before removing that."""
    world.done(
        "vpc:DeleteRouteEntry",
        RouteTableId=world.ids[TABLE_B[1:]],
        DestinationCidrBlock=ANYWHERE,
        NextHopId=world.ids[f"endpoint.shop/{B}"],
    )
    world.done(
        "vpc:UpdateGatewayRouteTableEntryAttribute",
        GatewayRouteTableId=world.ids["route_table.gateway/shop"],
        DestinationCidrBlock="192.168.1.0/24",
        NextHopType="Local",
    )


def an_endpoint_gone(world: World) -> tuple[str, str]:
    """An endpoint deleted, after the routes to it."""
    past_the_endpoint(world)
    endpoint = world.ids[f"endpoint.shop/{B}"]
    world.done("privatelink:RemoveZoneFromVpcEndpoint", EndpointId=endpoint, ZoneId=B)
    world.done("privatelink:DeleteVpcEndpoint", EndpointId=endpoint)
    return f"endpoint.shop/{B}", "exists"


def a_resource_of_the_service_gone(world: World) -> tuple[str, str]:
    """The load balancer detached from the service in a zone."""
    past_the_endpoint(world)
    endpoint = world.ids[f"endpoint.shop/{B}"]
    world.done("privatelink:RemoveZoneFromVpcEndpoint", EndpointId=endpoint, ZoneId=B)
    world.done(
        "privatelink:DetachResourceFromVpcEndpointService",
        ServiceId=world.ids["endpoint_service.main"],
        ResourceId=world.ids["load_balancer.main"],
        ResourceType="gwlb",
        ZoneId=B,
    )
    return f"endpoint_service_resource.main/{B}", "exists"


def a_business_table_gone(world: World) -> tuple[str, str]:
    """A business subnet's table deleted, after the subnet was taken off it."""
    past_the_endpoint(world)
    table, subnet = world.ids[TABLE_B[1:]], world.ids["vswitch.business/shop/app-b"]
    world.done("vpc:UnassociateRouteTable", RouteTableId=table, VSwitchId=subnet)
    world.done("vpc:DeleteRouteTable", RouteTableId=table)
    return TABLE_B[1:], "exists"


def a_server_and_its_subnet_gone(world: World) -> tuple[str, str]:
    """A server deleted, its EIP set free, and the subnet that it was in."""
    a_business_table_gone(world)
    world.done("vpc:UnassociateEipAddress", AllocationId=world.ids["eip.shop/ecs-b-01"])
    world.done(
        "ecs:DeleteInstance", InstanceId=world.ids["instance.server/shop/ecs-b-01"], Force=True
    )
    world.done("vpc:DeleteVSwitch", VSwitchId=world.ids["vswitch.business/shop/app-b"])
    return "vswitch.business/shop/app-b", "exists"


def all_appliances_gone(world: World) -> tuple[str, str]:
    """Both appliances and their security group deleted."""
    for name in ("ecs-01", "ecs-02"):
        world.done(
            "ecs:DeleteInstance", InstanceId=world.ids[f"instance.appliance/{name}"], Force=True
        )
    world.done("ecs:DeleteSecurityGroup", SecurityGroupId=world.ids["security_group.appliances"])
    return "security_group.appliances", "exists"


STRANGERS = (
    an_endpoint_gone,
    a_resource_of_the_service_gone,
    a_business_table_gone,
    a_server_and_its_subnet_gone,
    all_appliances_gone,
    a_subnet_on_a_strangers_table,
    an_instance_of_a_stranger_behind_the_balancer,
    an_eip_on_another_server,
    an_appliance_in_one_more_group,
    a_listener_on_another_group,
)


def launched(world: World, subnet: str, group: str) -> str:
    """An instance of a stranger."""
    made = world.done(
        "ecs:RunInstances",
        ZoneId=B,
        VSwitchId=subnet,
        SecurityGroupIds=[world.ids[group]],
        InstanceType="ecs.g7ne.xlarge",
        ImageFamily="acs:alibaba_cloud_linux_3_2104_lts_x64",
        InstanceName="stranger",
    )
    return str(made["InstanceIdSets"]["InstanceIdSet"][0])


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda each: each.name.replace(" ", "-"))
def test_what_is_changed_is_named_and_mended(deployed: World, tamper: Tamper) -> None:
    before = deployed.resources
    for action, params in tamper.acts:
        deployed.done(action, **{name: resolved(deployed, each) for name, each in params.items()})
    item = _mended(deployed, tamper.address, tamper.attribute)
    if tamper.expected is not ...:
        assert item.expected == tamper.expected
    if tamper.actual is not ...:
        assert item.actual == tamper.actual
    if item.address.kind in CRITICAL and not tamper.cosmetic:
        assert item.severity == "critical"
    assert deployed.resources == before


@pytest.mark.parametrize("act", STRANGERS, ids=lambda each: each.__name__)
def test_what_strangers_do_is_named_and_mended(
    deployed: World, act: Callable[[World], tuple[str, str]]
) -> None:
    address, attribute = act(deployed)
    _mended(deployed, address, attribute)


@pytest.mark.parametrize("key", ["gwlbfw:stack", "gwlbfw:address", "team"])
def test_a_tag_lost_everywhere_is_named_and_set_again(deployed: World, key: str) -> None:
    before = deployed.resources
    for product, kind, ids in _tagged(deployed):
        verb = "UnTagResources" if product == "vpc" else "UntagResources"
        deployed.done(f"{product}:{verb}", ResourceType=kind, ResourceId=ids, TagKey=[key])
    items = _all_tags_mended(deployed)
    assert all(item.expected[key] for item in items)
    assert not any(key in item.actual for item in items)
    assert deployed.resources == before


@pytest.mark.parametrize(("key", "value"), [("mine", "1"), ("team", "other")])
def test_a_tag_that_is_not_the_files_is_named_and_put_right(
    deployed: World, key: str, value: str
) -> None:
    for product, kind, ids in _tagged(deployed):
        tag = [{"Key": key, "Value": value}]
        deployed.done(f"{product}:TagResources", ResourceType=kind, ResourceId=ids, Tag=tag)
    assert all(item.actual[key] == value for item in _all_tags_mended(deployed))


def test_all_tags_of_one_thing_lost_is_named_and_mended(deployed: World) -> None:
    deployed.done(
        "gwlb:UntagResources",
        ResourceType="loadbalancer",
        ResourceId=[deployed.ids["load_balancer.main"]],
        All=True,
    )
    _mended(deployed, "load_balancer.main", "tags")


def test_two_things_that_claim_one_address_are_both_named(deployed: World) -> None:
    """A stranger with the tags of the stack's own."""
    stray = deployed.done(
        "vpc:CreateVpc",
        CidrBlock="172.16.0.0/12",
        Tag=[
            {"Key": "gwlbfw:stack", "Value": "ulanqab-edge"},
            {"Key": "gwlbfw:address", "Value": "vpc.business/shop"},
        ],
    )["VpcId"]
    said = deployed.stack(example("ulanqab")).refusal()
    assert stray in said
    assert deployed.ids["vpc.business/shop"] in said


def _tagged(world: World) -> Iterator[tuple[str, str, list[str]]]:
    for kind, (product, resource_type) in TAG_TYPES.items():
        ids = [cloud_id for at, cloud_id in world.ids.items() if at.partition(".")[0] == kind]
        yield product, resource_type, ids


def _all_tags_mended(world: World) -> list[Any]:
    stack = world.stack(example("ulanqab"))
    items = stack.drift().items
    tagged = {at for at in world.ids if at.partition(".")[0] in TAG_TYPES}
    assert {item.address for item in items} == tagged == set(stack.changes())
    assert {item.attribute for item in items} == {"tags"}
    assert set(stack.changes().values()) == {"update"}
    stack.apply()
    assert not stack.drift().drifted
    assert stack.changes() == {}
    return list(items)


def test_all_at_once_is_mended_in_the_end(deployed: World) -> None:
    """Everything that can be broken together is, and one apply mends it."""
    names = {
        *("default route past the firewall", "inbound entry set to Local", "appliance stopped"),
        *("endpoint's subnet taken off its table", "EIP unbound", "appliances bypassed"),
        *("member removed", "stray rule", "stranger let in", "VPC renamed"),
    }
    for tamper in TAMPERS:
        if tamper.name in names:
            for action, params in tamper.acts:
                resolved_params = {n: resolved(deployed, each) for n, each in params.items()}
                deployed.done(action, **resolved_params)
    stack = deployed.stack(example("ulanqab"))
    assert len({item.address for item in stack.drift().items}) >= len(names)
    stack.apply()
    assert not stack.drift().drifted
    assert stack.changes() == {}


def _mended(world: World, address: str, attribute: str) -> Any:
    """The item of drift, after apply has mended it."""
    stack = world.stack(example("ulanqab"))
    report = stack.drift()
    found = {(item.address, item.attribute): item for item in report.items}
    assert (address, attribute) in found, sorted(found)
    assert report.items[0].effect
    assert address in stack.changes()
    stack.apply()
    assert [(e.address, e.attribute) for e in stack.drift().items] == []
    assert stack.changes() == {}
    return found[address, attribute]
