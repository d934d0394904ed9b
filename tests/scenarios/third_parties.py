"""What strangers do to a deployment in more than one call, or with things of their own."""

from collections.abc import Callable

from tests.scenarios.testbed import ANYWHERE, World
from tests.scenarios.testbed import ZONE_B as B

TABLE_B = f"route_table.business/shop/{B}"
Difference = tuple[str, str]
"""Address and attribute of what drift must name."""
Act = Callable[[World], Difference]


def a_subnet_on_a_strangers_table(world: World) -> Difference:
    """A business subnet moved to a table that nobody knows, with a way past the firewall."""
    vpc, subnet = world.ids["vpc.business/shop"], world.ids["vswitch.business/shop/app-b"]
    world.done(
        "vpc:UnassociateRouteTable",
        RouteTableId=world.ids[TABLE_B],
        VSwitchId=subnet,
    )
    table = world.done("vpc:CreateRouteTable", VpcId=vpc, RouteTableName="stranger")["RouteTableId"]
    world.done("vpc:AssociateRouteTable", RouteTableId=table, VSwitchId=subnet)
    return "route_table_association.business/shop/app-b", "table"


def an_instance_of_a_stranger_behind_the_balancer(world: World) -> Difference:
    """A member that is no appliance of the stack."""
    stray = launched(world, world.ids[f"vswitch.security/{B}"], "security_group.appliances")
    world.done(
        "gwlb:AddServersToServerGroup",
        ServerGroupId=world.ids["server_group.main"],
        Servers=[{"ServerId": stray, "ServerType": "Ecs", "Port": 6081}],
    )
    return f"server_group_member.main/{stray}", "exists"


def an_eip_on_another_server(world: World) -> Difference:
    """A server's EIP bound to a stranger in the same subnet."""
    stray = launched(world, world.ids["vswitch.business/shop/app-b"], "security_group.servers/shop")
    eip = world.ids["eip.shop/ecs-b-01"]
    world.done("vpc:UnassociateEipAddress", AllocationId=eip)
    world.done(
        "vpc:AssociateEipAddress", AllocationId=eip, InstanceId=stray, InstanceType="EcsInstance"
    )
    return "eip.shop/ecs-b-01", "instance"


def an_appliance_in_one_more_group(world: World) -> Difference:
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


def a_listener_on_another_group(world: World) -> Difference:
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
        RouteTableId=world.ids[TABLE_B],
        DestinationCidrBlock=ANYWHERE,
        NextHopId=world.ids[f"endpoint.shop/{B}"],
    )
    world.done(
        "vpc:UpdateGatewayRouteTableEntryAttribute",
        GatewayRouteTableId=world.ids["route_table.gateway/shop"],
        DestinationCidrBlock="192.168.1.0/24",
        NextHopType="Local",
    )


def an_endpoint_gone(world: World) -> Difference:
    """An endpoint deleted, after the routes to it."""
    past_the_endpoint(world)
    endpoint = world.ids[f"endpoint.shop/{B}"]
    world.done("privatelink:RemoveZoneFromVpcEndpoint", EndpointId=endpoint, ZoneId=B)
    world.done("privatelink:DeleteVpcEndpoint", EndpointId=endpoint)
    return f"endpoint.shop/{B}", "exists"


def a_resource_of_the_service_gone(world: World) -> Difference:
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


def a_business_table_gone(world: World) -> Difference:
    """A business subnet's table deleted, after the subnet was taken off it."""
    past_the_endpoint(world)
    table, subnet = world.ids[TABLE_B], world.ids["vswitch.business/shop/app-b"]
    world.done("vpc:UnassociateRouteTable", RouteTableId=table, VSwitchId=subnet)
    world.done("vpc:DeleteRouteTable", RouteTableId=table)
    return TABLE_B, "exists"


def a_server_and_its_subnet_gone(world: World) -> Difference:
    """A server deleted, its EIP set free, and the subnet that it was in."""
    a_business_table_gone(world)
    world.done("vpc:UnassociateEipAddress", AllocationId=world.ids["eip.shop/ecs-b-01"])
    world.done(
        "ecs:DeleteInstance", InstanceId=world.ids["instance.server/shop/ecs-b-01"], Force=True
    )
    world.done("vpc:DeleteVSwitch", VSwitchId=world.ids["vswitch.business/shop/app-b"])
    return "vswitch.business/shop/app-b", "exists"


def all_appliances_gone(world: World) -> Difference:
    """Both appliances and their security group deleted."""
    for name in ("ecs-01", "ecs-02"):
        world.done(
            "ecs:DeleteInstance", InstanceId=world.ids[f"instance.appliance/{name}"], Force=True
        )
    world.done("ecs:DeleteSecurityGroup", SecurityGroupId=world.ids["security_group.appliances"])
    return "security_group.appliances", "exists"


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
