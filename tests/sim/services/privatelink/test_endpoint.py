"""Endpoints: creation, updates, deletion, lists."""

from typing import Any

from tests.sim.services.gwlb.calls import ZONE_B, ZONE_C, Firewall
from tests.sim.services.privatelink.calls import Business

BUSY = (400, "ConcurrentCallNotSupported")


def test_endpoint_is_active_but_not_connected_at_first(biz: Business) -> None:
    made = biz.fw.link(
        "CreateVpcEndpoint",
        EndpointType="GatewayLoadBalancer",
        ServiceName=f"com.aliyuncs.privatelink.cn-wulanchabu.{biz.service}",
        VpcId=biz.vpc,
        EndpointName="gwlbe",
    )
    assert made["EndpointId"].startswith("ep-")
    assert (made["EndpointStatus"], made["ConnectionStatus"]) == ("Creating", "Disconnected")
    biz.fw.tick()
    found = biz.fw.one_endpoint(made["EndpointId"])
    assert (found["EndpointStatus"], found["ConnectionStatus"]) == ("Active", "Disconnected")
    assert found["EndpointType"] == "GatewayLoadBalancer"
    assert (found["ServiceId"], found["ResourceOwner"]) == (biz.service, True)
    assert (found["EndpointName"], found["Payer"]) == ("gwlbe", "Endpoint")


def test_endpoint_is_created_with_zones(biz: Business) -> None:
    zones = [{"ZoneId": ZONE_B, "VSwitchId": biz.vswitch, "ip": "10.0.1.9"}]
    endpoint = biz.fw.endpoint(biz.service, biz.vpc, Zone=zones)
    assert biz.connection(endpoint) == ("Connected", {ZONE_B: "Connected"})
    (zone,) = biz.fw.link("ListVpcEndpointZones", EndpointId=endpoint)["Zones"]
    assert zone["EniIp"] == "10.0.1.9"


def test_vpc_has_two_endpoints_of_one_service(biz: Business) -> None:
    biz.fw.attach(biz.service, biz.balancer, ZONE_C)
    zone_c = biz.fw.vpcs.vswitch(biz.vpc, "10.0.2.0/24", ZONE_C)
    one, two = biz.endpoint(), biz.fw.endpoint(biz.service, biz.vpc)
    biz.fw.add_zone(two, ZONE_C, zone_c)
    biz.fw.settle()
    assert biz.connection(one) == ("Connected", {ZONE_B: "Connected"})
    assert biz.connection(two) == ("Connected", {ZONE_C: "Connected"})


def test_endpoint_takes_one_call_at_a_time(biz: Business) -> None:
    made = biz.fw.link(
        "CreateVpcEndpoint",
        EndpointType="GatewayLoadBalancer",
        ServiceId=biz.service,
        VpcId=biz.vpc,
    )
    zone = {"EndpointId": made["EndpointId"], "ZoneId": ZONE_B}
    assert biz.fw.link.refused("AddZoneToVpcEndpoint", **zone, VSwitchId=biz.vswitch) == BUSY
    biz.fw.tick()
    biz.fw.add_zone(made["EndpointId"], ZONE_B, biz.vswitch)
    biz.fw.tick()
    assert biz.fw.link.refused("RemoveZoneFromVpcEndpoint", **zone) == BUSY
    biz.fw.tick()
    biz.fw.link("RemoveZoneFromVpcEndpoint", **zone)


def test_account_updates_one_endpoint_at_a_time(biz: Business) -> None:
    one, two = (biz.fw.endpoint(biz.service, biz.vpc) for _ in range(2))
    biz.fw.link("UpdateVpcEndpointAttribute", EndpointId=one, EndpointName="one")
    assert biz.fw.one_endpoint(one)["EndpointStatus"] == "Pending"
    rename = {"EndpointId": two, "EndpointName": "two"}
    assert biz.fw.link.refused("UpdateVpcEndpointAttribute", **rename) == BUSY
    biz.fw.tick()
    biz.fw.link("UpdateVpcEndpointAttribute", **rename)
    biz.fw.tick()
    found = biz.fw.one_endpoint(two)
    assert (found["EndpointName"], found["EndpointStatus"]) == ("two", "Active")


def test_endpoint_of_mismatched_service_vpc_or_type_is_refused(biz: Business) -> None:
    def refused(**changes: Any) -> tuple[int, str]:
        wanted = {
            "EndpointType": "GatewayLoadBalancer",
            "ServiceId": biz.service,
            "VpcId": biz.vpc,
        } | changes
        return biz.fw.link.refused("CreateVpcEndpoint", **wanted)

    assert refused(ServiceId="epsrv-none") == (400, "EndpointServiceNotFound")
    assert refused(ServiceId="") == (400, "MissingParam.ServiceId")
    assert refused(VpcId="vpc-none") == (400, "VpcNotFound")
    assert refused(EndpointType="Interface") == (400, "Mismatch.EndpointType")
    assert refused(EndpointName="1") == (400, "IllegalParamFormat.EndpointName")
    assert refused(SecurityGroupId=["sg-none"]) == (400, "SecurityGroupNotFound")
    new = biz.fw.link("CreateVpcEndpointService", ServiceResourceType="gwlb")["ServiceId"]
    assert refused(ServiceId=new) == (400, "IncorrectStatus.VpcEndpointService")
    assert refused(ServiceRegionId="cn-beijing") == (400, "EndpointServiceNotFound")


def test_unknown_endpoint_is_a_400(fw: Firewall) -> None:
    absent = (400, "EndpointNotFound")
    assert fw.link.refused("GetVpcEndpointAttribute", EndpointId="ep-none") == absent
    assert fw.link.refused("ListVpcEndpointZones", EndpointId="ep-none") == absent
    assert fw.link.refused("DeleteVpcEndpoint", EndpointId="ep-none") == absent


def test_endpoint_with_a_zone_is_not_deleted(biz: Business) -> None:
    endpoint = biz.endpoint()
    refused = biz.fw.link.refused("DeleteVpcEndpoint", EndpointId=endpoint)
    assert refused == (400, "EndpointDependenceViolation")
    biz.fw.link("RemoveZoneFromVpcEndpoint", EndpointId=endpoint, ZoneId=ZONE_B)
    biz.fw.tick()
    biz.fw.link("DeleteVpcEndpoint", EndpointId=endpoint)
    found = biz.fw.one_endpoint(endpoint)
    assert (found["EndpointStatus"], found["ConnectionStatus"]) == ("Deleting", "Deleting")
    biz.fw.tick()
    refused = biz.fw.link.refused("GetVpcEndpointAttribute", EndpointId=endpoint)
    assert refused == (400, "EndpointNotFound")


def test_endpoint_that_is_a_next_hop_is_not_deleted(biz: Business) -> None:
    endpoint = biz.endpoint()
    table = biz.fw.vpcs.table(biz.vpc)
    entry = biz.fw.vpcs.entry(table, "0.0.0.0/0", "GatewayLoadBalancerEndpoint", endpoint)
    biz.fw.link("RemoveZoneFromVpcEndpoint", EndpointId=endpoint, ZoneId=ZONE_B)
    biz.fw.settle()
    refused = biz.fw.link.refused("DeleteVpcEndpoint", EndpointId=endpoint)
    assert refused == (400, "EndpointDependenceViolation")
    biz.fw.vpcs.call("delete_route_entry", route_entry_id=entry)
    biz.fw.settle()
    biz.fw.link("DeleteVpcEndpoint", EndpointId=endpoint)


def test_vpc_with_an_endpoint_is_not_deleted(biz: Business) -> None:
    biz.fw.endpoint(biz.service, biz.vpc)
    biz.fw.vpcs.call("delete_vswitch", v_switch_id=biz.vswitch)
    biz.fw.settle()
    status, code = biz.fw.vpcs.refused("delete_vpc", vpc_id=biz.vpc)
    assert (status, code.partition(".")[0]) == (400, "DependencyViolation")


def test_protected_endpoint_is_not_deleted(biz: Business) -> None:
    endpoint = biz.fw.endpoint(biz.service, biz.vpc, ProtectedEnabled=True)
    refused = biz.fw.link.refused("DeleteVpcEndpoint", EndpointId=endpoint)
    assert refused == (400, "EndpointProtected")


def test_endpoints_are_filtered(biz: Business) -> None:
    one = biz.fw.endpoint(biz.service, biz.vpc, EndpointName="one")
    two = biz.fw.endpoint(
        biz.service, biz.fw.ecs.vpc, EndpointName="two", Tag=[{"Key": "k", "Value": "v"}]
    )

    def ids(**filters: object) -> list[str]:
        listed = biz.fw.link("ListVpcEndpoints", **filters)["Endpoints"]
        return [each["EndpointId"] for each in listed]

    assert ids() == ids(EndpointType="GatewayLoadBalancer") == [one, two]
    assert ids(EndpointType="Interface") == []
    assert ids(EndpointName="one") == ids(EndpointId=one) == ids(VpcId=biz.vpc) == [one]
    assert ids(ConnectionStatus="Connected") == []
    assert ids(EndpointStatus="Active", Tag=[{"Key": "k", "Value": "v"}]) == [two]
    first = biz.fw.link("ListVpcEndpoints", MaxResults=1)
    assert first["TotalCount"] == 2
    assert ids(MaxResults=1, NextToken=first["NextToken"]) == [two]


def test_endpoint_joins_and_leaves_security_groups(biz: Business) -> None:
    endpoint = biz.endpoint()
    group = biz.fw.ecs.new_group(VpcId=biz.vpc)
    named = {"EndpointId": endpoint, "SecurityGroupId": group}
    biz.fw.link("AttachSecurityGroupToVpcEndpoint", **named)
    biz.fw.tick()
    again = biz.fw.link.refused("AttachSecurityGroupToVpcEndpoint", **named)
    assert again == (400, "SecurityGroupExist")
    listed = biz.fw.link("ListVpcEndpointSecurityGroups", EndpointId=endpoint)["SecurityGroups"]
    assert [each["SecurityGroupId"] for each in listed] == [group]
    assert biz.fw.ecs.refused("delete_security_group", SecurityGroupId=group)[0] == 403
    biz.fw.link("DetachSecurityGroupFromVpcEndpoint", **named)
    biz.fw.ecs.call("delete_security_group", SecurityGroupId=group)


def test_endpoint_is_tagged(biz: Business) -> None:
    endpoint = biz.fw.endpoint(biz.service, biz.vpc)
    named = {"ResourceType": "VpcEndpoint", "ResourceId": [endpoint]}
    biz.fw.link("TagResources", **named, Tag=[{"Key": "k", "Value": "v"}])
    (found,) = biz.fw.link("ListVpcEndpoints")["Endpoints"]
    assert found["Tags"] == [{"Key": "k", "Value": "v"}]
    assert "Tags" not in biz.fw.one_endpoint(endpoint)
