"""Network interfaces."""

from alibabacloud_gwlb20240415 import models as gwlb
from alibabacloud_vpc20160428 import models as vpc

from tests.sim.cloud import Cloud
from tests.sim.services.ecs.calls import Ecs


def test_network_interfaces_are_filtered_and_unknown_ids_refused(ecs: Ecs) -> None:
    one, two = ecs.instance(), ecs.instance()
    (first,) = ecs.interfaces(InstanceId=one)
    (second,) = ecs.interfaces(PrimaryIpAddress="192.168.1.2")
    assert second["InstanceId"] == two
    assert ecs.interfaces(NetworkInterfaceId=[first["NetworkInterfaceId"]]) == [first]
    assert ecs.interfaces(PrivateIpAddress=["192.168.1.1", "192.168.1.9"]) == [first]
    assert ecs.interfaces(VSwitchId=ecs.vswitch, SecurityGroupId=ecs.group) == [first, second]
    assert ecs.interfaces(Type="Secondary") == []
    assert ecs.interfaces(ServiceManaged=True) == []
    refused = ecs.refused("describe_network_interfaces", NetworkInterfaceId=["eni-none"])
    assert refused == (404, "InvalidEniId.NotFound")


def test_interface_of_a_load_balancer_is_managed_and_joins_no_group(ecs: Ecs, cloud: Cloud) -> None:
    mapping = gwlb.CreateLoadBalancerRequestZoneMappings(
        v_switch_id=ecs.vswitch, zone_id="cn-wulanchabu-b"
    )
    request = gwlb.CreateLoadBalancerRequest(vpc_id=ecs.vpc, zone_mappings=[mapping])
    cloud.gwlb().create_load_balancer(request)
    cloud.settle()
    own = ecs.instance()
    (managed,) = ecs.interfaces(ServiceManaged=True)
    assert (managed["Type"], managed["InstanceId"]) == ("Secondary", "")
    assert (managed["VSwitchId"], managed["Description"]) == (ecs.vswitch, "Gateway Load Balancer")
    assert [each["InstanceId"] for each in ecs.interfaces(ServiceManaged=False)] == [own]
    refused = ecs.refused(
        "join_security_group",
        NetworkInterfaceId=managed["NetworkInterfaceId"],
        SecurityGroupId=ecs.group,
    )
    assert refused == (403, "InvalidOperation.EniServiceManaged")


def test_interface_of_a_nat_gateway_is_listed_as_managed_until_it_is_gone(
    ecs: Ecs, cloud: Cloud
) -> None:
    made = cloud.vpc().create_nat_gateway(
        vpc.CreateNatGatewayRequest(
            region_id="cn-wulanchabu", vpc_id=ecs.vpc, v_switch_id=ecs.vswitch
        )
    )
    gateway = made.body.nat_gateway_id
    cloud.settle()
    (managed,) = ecs.interfaces(VSwitchId=ecs.vswitch)
    assert (managed["ServiceManaged"], managed["Description"]) == (True, "NAT Gateway")
    assert managed["InstanceId"] == ""
    delete = vpc.DeleteNatGatewayRequest(region_id="cn-wulanchabu", nat_gateway_id=gateway)
    cloud.vpc().delete_nat_gateway(delete)
    cloud.settle()
    assert ecs.interfaces(VSwitchId=ecs.vswitch) == []
