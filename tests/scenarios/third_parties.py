"""What strangers do to a deployment in more than one call, or with things of their own."""

from collections.abc import Callable

from tests.scenarios.testbed import ANYWHERE, Testbed
from tests.scenarios.testbed import ZONE_B as B

TABLE_B = f"route_table.business/shop/{B}"
Difference = tuple[str, str]
"""Address and attribute of what drift must name."""
Act = Callable[[Testbed], Difference]


def a_subnet_on_a_strangers_table(testbed: Testbed) -> Difference:
    """A business subnet moved to a table that nobody knows, with a way past the firewall."""
    vpc, subnet = testbed.ids["vpc.business/shop"], testbed.ids["vswitch.business/shop/app-b"]
    testbed.done(
        "vpc:UnassociateRouteTable",
        RouteTableId=testbed.ids[TABLE_B],
        VSwitchId=subnet,
    )
    table = testbed.done("vpc:CreateRouteTable", VpcId=vpc, RouteTableName="stranger")[
        "RouteTableId"
    ]
    testbed.done("vpc:AssociateRouteTable", RouteTableId=table, VSwitchId=subnet)
    return "route_table_association.business/shop/app-b", "table"


def an_instance_of_a_stranger_behind_the_balancer(testbed: Testbed) -> Difference:
    """A member that is no appliance of the stack."""
    stray = launched(testbed, testbed.ids[f"vswitch.security/{B}"], "security_group.appliances")
    testbed.done(
        "gwlb:AddServersToServerGroup",
        ServerGroupId=testbed.ids["server_group.main"],
        Servers=[{"ServerId": stray, "ServerType": "Ecs", "Port": 6081}],
    )
    return f"server_group_member.main/{stray}", "exists"


def an_eip_on_another_server(testbed: Testbed) -> Difference:
    """A server's EIP bound to a stranger in the same subnet."""
    stray = launched(
        testbed, testbed.ids["vswitch.business/shop/app-b"], "security_group.servers/shop"
    )
    eip = testbed.ids["eip.shop/ecs-b-01"]
    testbed.done("vpc:UnassociateEipAddress", AllocationId=eip)
    testbed.done(
        "vpc:AssociateEipAddress", AllocationId=eip, InstanceId=stray, InstanceType="EcsInstance"
    )
    return "eip.shop/ecs-b-01", "instance"


def an_appliance_in_one_more_group(testbed: Testbed) -> Difference:
    """An appliance that another security group opens further."""
    group = testbed.done(
        "ecs:CreateSecurityGroup", VpcId=testbed.ids["vpc.security"], SecurityGroupName="stranger"
    )["SecurityGroupId"]
    testbed.done(
        "ecs:JoinSecurityGroup",
        InstanceId=testbed.ids["instance.appliance/ecs-01"],
        SecurityGroupId=group,
    )
    return "instance.appliance/ecs-01", "security_groups"


def a_listener_on_another_group(testbed: Testbed) -> Difference:
    """A listener that sends to a group without any appliance."""
    group = testbed.done(
        "gwlb:CreateServerGroup", VpcId=testbed.ids["vpc.security"], ServerGroupName="stranger"
    )["ServerGroupId"]
    testbed.done(
        "gwlb:UpdateListenerAttribute", ListenerId=testbed.ids["listener.main"], ServerGroupId=group
    )
    return "listener.main", "server_group"


def past_the_endpoint(testbed: Testbed) -> None:
    """The traffic of zone b led past its endpoint, as someone would before removing that."""
    testbed.done(
        "vpc:DeleteRouteEntry",
        RouteTableId=testbed.ids[TABLE_B],
        DestinationCidrBlock=ANYWHERE,
        NextHopId=testbed.ids[f"endpoint.shop/{B}"],
    )
    testbed.done(
        "vpc:UpdateGatewayRouteTableEntryAttribute",
        GatewayRouteTableId=testbed.ids["route_table.gateway/shop"],
        DestinationCidrBlock="192.168.1.0/24",
        NextHopType="Local",
    )


def an_endpoint_gone(testbed: Testbed) -> Difference:
    """An endpoint deleted, after the routes to it."""
    past_the_endpoint(testbed)
    endpoint = testbed.ids[f"endpoint.shop/{B}"]
    testbed.done("privatelink:RemoveZoneFromVpcEndpoint", EndpointId=endpoint, ZoneId=B)
    testbed.done("privatelink:DeleteVpcEndpoint", EndpointId=endpoint)
    return f"endpoint.shop/{B}", "exists"


def a_resource_of_the_service_gone(testbed: Testbed) -> Difference:
    """The load balancer detached from the service in a zone."""
    past_the_endpoint(testbed)
    endpoint = testbed.ids[f"endpoint.shop/{B}"]
    testbed.done("privatelink:RemoveZoneFromVpcEndpoint", EndpointId=endpoint, ZoneId=B)
    testbed.done(
        "privatelink:DetachResourceFromVpcEndpointService",
        ServiceId=testbed.ids["endpoint_service.main"],
        ResourceId=testbed.ids["load_balancer.main"],
        ResourceType="gwlb",
        ZoneId=B,
    )
    return f"endpoint_service_resource.main/{B}", "exists"


def a_business_table_gone(testbed: Testbed) -> Difference:
    """A business subnet's table deleted, after the subnet was taken off it."""
    past_the_endpoint(testbed)
    table, subnet = testbed.ids[TABLE_B], testbed.ids["vswitch.business/shop/app-b"]
    testbed.done("vpc:UnassociateRouteTable", RouteTableId=table, VSwitchId=subnet)
    testbed.done("vpc:DeleteRouteTable", RouteTableId=table)
    return TABLE_B, "exists"


def a_server_and_its_subnet_gone(testbed: Testbed) -> Difference:
    """A server deleted, its EIP set free, and the subnet that it was in."""
    a_business_table_gone(testbed)
    testbed.done("vpc:UnassociateEipAddress", AllocationId=testbed.ids["eip.shop/ecs-b-01"])
    testbed.done(
        "ecs:DeleteInstance", InstanceId=testbed.ids["instance.server/shop/ecs-b-01"], Force=True
    )
    testbed.done("vpc:DeleteVSwitch", VSwitchId=testbed.ids["vswitch.business/shop/app-b"])
    return "vswitch.business/shop/app-b", "exists"


def all_appliances_gone(testbed: Testbed) -> Difference:
    """Both appliances and their security group deleted."""
    for name in ("ecs-01", "ecs-02"):
        testbed.done(
            "ecs:DeleteInstance", InstanceId=testbed.ids[f"instance.appliance/{name}"], Force=True
        )
    testbed.done(
        "ecs:DeleteSecurityGroup", SecurityGroupId=testbed.ids["security_group.appliances"]
    )
    return "security_group.appliances", "exists"


def launched(testbed: Testbed, subnet: str, group: str) -> str:
    """An instance of a stranger."""
    made = testbed.done(
        "ecs:RunInstances",
        ZoneId=B,
        VSwitchId=subnet,
        SecurityGroupIds=[testbed.ids[group]],
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
