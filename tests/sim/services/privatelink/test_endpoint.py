"""Endpoints: their zones, and their connection to a service."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from tests.sim.cloud import Cloud
from tests.sim.services.gwlb.calls import OTHER_ACCOUNT, ZONE_B, ZONE_C, Firewall, resource
from tests.sim.services.vpc.calls import Vpcs

BUSY = (400, "ConcurrentCallNotSupported")
DENIED = (400, "EndpointConnectionOperationDenied")


@dataclass(frozen=True)
class Business:
    """A VPC with a vSwitch for endpoints, and a service to connect to."""

    fw: Firewall
    vpc: str
    vswitch: str
    balancer: str
    service: str

    @classmethod
    def of(cls, fw: Firewall, *, accepts: bool = True) -> "Business":
        vpc = fw.vpcs.vpc("10.0.0.0/16")
        balancer = fw.balancer()
        service = fw.service(ZONE_B, balancer=balancer, AutoAcceptEnabled=accepts)
        return cls(fw, vpc, fw.vpcs.vswitch(vpc, "10.0.1.0/24"), balancer, service)

    @property
    def both(self) -> dict[str, str]:
        """The service and its one endpoint, as calls about a connection name them."""
        (found,) = self.fw.link("ListVpcEndpoints")["Endpoints"]
        return {"ServiceId": self.service, "EndpointId": found["EndpointId"]}

    def endpoint(self) -> str:
        """An endpoint with a zone."""
        made = self.fw.endpoint(self.service, self.vpc)
        self.fw.add_zone(made, ZONE_B, self.vswitch)
        self.fw.settle()
        return made

    def connection(self, endpoint: str) -> tuple[str, dict[str, str]]:
        """The statuses of an endpoint's connection and zones."""
        status = str(self.fw.one_endpoint(endpoint)["ConnectionStatus"])
        return status, self.fw.zone_statuses(endpoint)


@pytest.fixture
def fw(cloud: Cloud, vpcs: Vpcs) -> Firewall:
    return Firewall.of(cloud, vpcs)


@pytest.fixture
def biz(fw: Firewall) -> Business:
    return Business.of(fw)


@pytest.fixture
def strict(fw: Firewall) -> Business:
    return Business.of(fw, accepts=False)


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


def test_endpoint_zone_connects_if_the_service_accepts_automatically(biz: Business) -> None:
    endpoint = biz.fw.endpoint(biz.service, biz.vpc)
    biz.fw.add_zone(endpoint, ZONE_B, biz.vswitch)
    assert biz.connection(endpoint) == ("Disconnected", {ZONE_B: "Creating"})
    biz.fw.tick()
    assert biz.connection(endpoint) == ("Connecting", {ZONE_B: "Connecting"})
    biz.fw.tick()
    assert biz.connection(endpoint) == ("Connected", {ZONE_B: "Connected"})


def test_endpoint_zone_waits_for_the_provider_to_accept(strict: Business) -> None:
    endpoint = strict.fw.endpoint(strict.service, strict.vpc)
    strict.fw.add_zone(endpoint, ZONE_B, strict.vswitch)
    assert strict.connection(endpoint) == ("Disconnected", {ZONE_B: "Creating"})
    strict.fw.settle()
    assert strict.connection(endpoint) == ("Disconnected", {ZONE_B: "Wait"})
    strict.fw.link("EnableVpcEndpointConnection", **strict.both)
    assert strict.connection(endpoint) == ("Connecting", {ZONE_B: "Connecting"})
    strict.fw.tick()
    assert strict.connection(endpoint) == ("Connected", {ZONE_B: "Connected"})
    assert strict.fw.link.refused("EnableVpcEndpointConnection", **strict.both) == DENIED


def test_endpoint_is_created_with_zones(biz: Business) -> None:
    zones = [{"ZoneId": ZONE_B, "VSwitchId": biz.vswitch, "ip": "10.0.1.9"}]
    endpoint = biz.fw.endpoint(biz.service, biz.vpc, Zone=zones)
    assert biz.connection(endpoint) == ("Connected", {ZONE_B: "Connected"})
    (zone,) = biz.fw.link("ListVpcEndpointZones", EndpointId=endpoint)["Zones"]
    assert zone["EniIp"] == "10.0.1.9"


def test_endpoint_zone_has_an_address_in_its_vswitch(biz: Business) -> None:
    endpoint = biz.endpoint()
    (zone,) = biz.fw.link("ListVpcEndpointZones", EndpointId=endpoint)["Zones"]
    assert ip_address(zone["EniIp"]) in ip_network("10.0.1.0/24")
    assert (zone["VSwitchId"], zone["RegionId"]) == (biz.vswitch, "cn-wulanchabu")
    assert zone["EniId"].startswith("eni-")


def test_endpoint_zone_occupies_its_vswitch_until_removed(biz: Business) -> None:
    endpoint = biz.endpoint()
    delete = {"v_switch_id": biz.vswitch}
    assert biz.fw.vpcs.refused("delete_vswitch", **delete) == (400, "DependencyViolation")
    biz.fw.link("RemoveZoneFromVpcEndpoint", EndpointId=endpoint, ZoneId=ZONE_B)
    assert biz.connection(endpoint) == ("Disconnecting", {ZONE_B: "Deleting"})
    assert biz.fw.vpcs.refused("delete_vswitch", **delete) == (400, "DependencyViolation")
    biz.fw.tick()
    assert biz.connection(endpoint) == ("Disconnected", {})
    biz.fw.vpcs.call("delete_vswitch", **delete)


def test_vpc_has_two_endpoints_of_one_service(biz: Business) -> None:
    biz.fw.attach(biz.service, biz.balancer, ZONE_C)
    zone_c = biz.fw.vpcs.vswitch(biz.vpc, "10.0.2.0/24", ZONE_C)
    one, two = biz.endpoint(), biz.fw.endpoint(biz.service, biz.vpc)
    biz.fw.add_zone(two, ZONE_C, zone_c)
    biz.fw.settle()
    assert biz.connection(one) == ("Connected", {ZONE_B: "Connected"})
    assert biz.connection(two) == ("Connected", {ZONE_C: "Connected"})


def test_endpoint_zone_without_a_service_resource_is_refused(biz: Business) -> None:
    endpoint = biz.fw.endpoint(biz.service, biz.vpc)
    zone_c = biz.fw.vpcs.vswitch(biz.vpc, "10.0.2.0/24", ZONE_C)
    refused = biz.fw.link.refused(
        "AddZoneToVpcEndpoint", EndpointId=endpoint, ZoneId=ZONE_C, VSwitchId=zone_c
    )
    assert refused == (400, "EndpointServiceNotSupportedZone")


def test_endpoint_zone_with_mismatched_vswitch_or_address_is_refused(biz: Business) -> None:
    endpoint = biz.fw.endpoint(biz.service, biz.vpc)
    zone_c = biz.fw.vpcs.vswitch(biz.vpc, "10.0.2.0/24", ZONE_C)

    def refused(vswitch: str, **more: Any) -> tuple[int, str]:
        wanted = {"EndpointId": endpoint, "ZoneId": ZONE_B, "VSwitchId": vswitch, **more}
        return biz.fw.link.refused("AddZoneToVpcEndpoint", **wanted)

    assert refused("vsw-none") == (400, "VSwitchNotFound")
    assert refused(zone_c) == (400, "IllegalParamFormat.VSwitchId")
    assert refused(biz.fw.zones[ZONE_B]) == (400, "IllegalParamFormat.VSwitchId")
    assert refused(biz.vswitch, ip="10.0.9.9") == (400, "EniIpUnavailable")
    biz.fw.add_zone(endpoint, ZONE_B, biz.vswitch)
    biz.fw.settle()
    assert refused(biz.vswitch) == (400, "EndpointZoneDuplicated")


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


def test_unknown_endpoint_zone_is_a_400(biz: Business) -> None:
    refused = biz.fw.link.refused(
        "RemoveZoneFromVpcEndpoint", EndpointId=biz.endpoint(), ZoneId=ZONE_C
    )
    assert refused == (400, "EndpointZoneNotFound")


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


def test_service_resource_with_an_endpoint_zone_is_not_detached(biz: Business) -> None:
    endpoint = biz.endpoint()
    (shown,) = biz.fw.link("ListVpcEndpointServiceResources", ServiceId=biz.service)["Resources"]
    assert shown["RelatedEndpointCount"] == 1
    wanted = resource(biz.service, biz.balancer, ZONE_B)
    refused = biz.fw.link.refused("DetachResourceFromVpcEndpointService", **wanted)
    assert refused == (400, "EndpointServiceConnectionDependence")
    biz.fw.link("RemoveZoneFromVpcEndpoint", EndpointId=endpoint, ZoneId=ZONE_B)
    biz.fw.tick()
    biz.fw.link("DetachResourceFromVpcEndpointService", **wanted)


def test_endpoint_zone_gets_no_resource_without_auto_allocation(biz: Business) -> None:
    attribute = {
        "ServiceId": biz.service,
        "ResourceId": biz.balancer,
        "ZoneId": ZONE_B,
        "AutoAllocatedEnabled": False,
    }
    biz.fw.link("UpdateVpcEndpointServiceResourceAttribute", **attribute)
    endpoint = biz.fw.endpoint(biz.service, biz.vpc)
    refused = biz.fw.link.refused(
        "AddZoneToVpcEndpoint", EndpointId=endpoint, ZoneId=ZONE_B, VSwitchId=biz.vswitch
    )
    assert refused == (400, "EndpointServiceNotSupportedZone")


def test_connection_is_ended_and_accepted_again_by_the_provider(biz: Business) -> None:
    endpoint = biz.endpoint()
    biz.fw.link("DisableVpcEndpointConnection", **biz.both)
    assert biz.connection(endpoint) == ("Disconnecting", {ZONE_B: "Disconnecting"})
    biz.fw.tick()
    assert biz.connection(endpoint) == ("Disconnected", {ZONE_B: "Disconnected"})
    assert biz.fw.link.refused("DisableVpcEndpointConnection", **biz.both) == DENIED
    biz.fw.link("EnableVpcEndpointConnection", **biz.both)
    biz.fw.settle()
    assert biz.connection(endpoint) == ("Connected", {ZONE_B: "Connected"})


def test_account_changes_one_connection_at_a_time(biz: Business) -> None:
    one, two = biz.endpoint(), biz.endpoint()
    biz.fw.link("DisableVpcEndpointConnection", ServiceId=biz.service, EndpointId=one)
    other = {"ServiceId": biz.service, "EndpointId": two}
    assert biz.fw.link.refused("DisableVpcEndpointConnection", **other) == BUSY
    biz.fw.tick()
    biz.fw.link("DisableVpcEndpointConnection", **other)


def test_connection_without_a_zone_is_not_accepted(strict: Business) -> None:
    strict.fw.endpoint(strict.service, strict.vpc)
    assert strict.fw.link.refused("EnableVpcEndpointConnection", **strict.both) == DENIED


def test_connection_zone_is_ended_and_accepted(biz: Business) -> None:
    endpoint = biz.endpoint()
    zone = {**biz.both, "ZoneId": ZONE_B}
    biz.fw.link("DisableVpcEndpointZoneConnection", **zone)
    assert biz.connection(endpoint) == ("Connected", {ZONE_B: "Disconnecting"})
    biz.fw.tick()
    assert biz.connection(endpoint) == ("Connected", {ZONE_B: "Disconnected"})
    assert biz.fw.link.refused("DisableVpcEndpointZoneConnection", **zone) == DENIED
    biz.fw.link("EnableVpcEndpointZoneConnection", **zone)
    biz.fw.tick()
    assert biz.connection(endpoint) == ("Connected", {ZONE_B: "Connected"})


def test_unknown_connection_zone_is_a_404(biz: Business) -> None:
    biz.endpoint()
    zone = {**biz.both, "ZoneId": ZONE_C}
    absent = biz.fw.link.refused("EnableVpcEndpointZoneConnection", **zone)
    assert absent == (404, "EndpointZoneNotFound")
    zone["EndpointId"] = "ep-none"
    absent = biz.fw.link.refused("DisableVpcEndpointZoneConnection", **zone)
    assert absent == (404, "EndpointConnectionNotFound")


def test_connection_zone_is_not_accepted_before_its_connection(strict: Business) -> None:
    strict.endpoint()
    zone = {**strict.both, "ZoneId": ZONE_B}
    assert strict.fw.link.refused("EnableVpcEndpointZoneConnection", **zone) == DENIED


def test_connection_bandwidth_is_nominal(biz: Business) -> None:
    endpoint = biz.endpoint()
    update = "UpdateVpcEndpointConnectionAttribute"
    biz.fw.link(update, **biz.both, Bandwidth=200, TrafficControlMode="Scalability")
    assert biz.fw.one_endpoint(endpoint)["Bandwidth"] == 200
    refused = biz.fw.link.refused(update, **biz.both, Bandwidth=300)
    assert refused == BUSY
    biz.fw.tick()
    refused = biz.fw.link.refused(update, **biz.both, Bandwidth=99)
    assert refused == (400, "IllegalParamFormat.Bandwidth")


def test_connection_is_accepted_by_the_provider_only(fw: Firewall) -> None:
    biz = Business.of(fw, accepts=False)
    endpoint = biz.endpoint()
    both = {"ServiceId": biz.service, "EndpointId": endpoint}
    other = fw.as_account(OTHER_ACCOUNT)
    refused = other.link.refused("EnableVpcEndpointConnection", **both)
    assert refused == (400, "EndpointServiceNotFound")
    assert other.link("ListVpcEndpointConnections")["Connections"] == []


def test_connections_are_listed_for_the_provider(biz: Business) -> None:
    endpoint = biz.endpoint()
    (zone,) = biz.fw.link("ListVpcEndpointZones", EndpointId=endpoint)["Zones"]
    listed = biz.fw.link("ListVpcEndpointConnections", ServiceId=biz.service)
    assert listed["TotalCount"] == "1"
    (seen,) = listed["Connections"]
    assert (seen["EndpointId"], seen["EndpointVpcId"]) == (endpoint, biz.vpc)
    assert (seen["ConnectionStatus"], seen["ResourceOwner"]) == ("Connected", True)
    (shown,) = seen["Zones"]
    assert (shown["ZoneId"], shown["ZoneStatus"]) == (ZONE_B, "Connected")
    assert (shown["EniId"], shown["ResourceId"]) == (zone["EniId"], biz.balancer)

    def count(**filters: Any) -> int:
        return len(biz.fw.link("ListVpcEndpointConnections", **filters)["Connections"])

    assert count(EniId=zone["EniId"], ResourceId=biz.balancer) == 1
    assert count(ConnectionStatus="Disconnected") == 0
    assert count(EndpointOwnerId=int(OTHER_ACCOUNT)) == 0


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
