"""Connections of endpoints to a service, on the provider's side."""

from typing import Any

from tests.sim.services.gwlb.calls import OTHER_ACCOUNT, ZONE_B, ZONE_C, Firewall
from tests.sim.services.privatelink.calls import Business

BUSY = (400, "ConcurrentCallNotSupported")
DENIED = (400, "EndpointConnectionOperationDenied")


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


def test_endpoint_without_a_zone_connects_to_a_service_without_a_resource(fw: Firewall) -> None:
    service = fw.service(AutoAcceptEnabled=False)
    endpoint = fw.endpoint(service, fw.vpcs.vpc("10.0.0.0/16"))
    both = {"ServiceId": service, "EndpointId": endpoint}
    fw.link("EnableVpcEndpointConnection", **both)
    fw.settle()
    assert fw.one_endpoint(endpoint)["ConnectionStatus"] == "Connected"
    assert fw.link.refused("EnableVpcEndpointConnection", **both) == DENIED


def test_interface_endpoint_is_limited_in_its_bandwidth(fw: Firewall) -> None:
    service = fw.service(ServiceResourceType="slb")
    which = {"ServiceId": service, "VpcId": fw.vpcs.vpc("10.0.0.0/16")}
    refused = fw.link.refused("CreateVpcEndpoint", **which, EndpointType="GatewayLoadBalancer")
    assert refused == (400, "Mismatch.EndpointType")
    endpoint = fw.link("CreateVpcEndpoint", **which, EndpointType="Interface")["EndpointId"]
    fw.settle()
    assert fw.one_endpoint(endpoint)["EndpointType"] == "Interface"
    listed = fw.link("ListVpcEndpoints", EndpointType="GatewayLoadBalancer")["Endpoints"]
    assert listed == []
    (seen,) = fw.link("ListVpcEndpointConnections")["Connections"]
    assert seen["TrafficControlMode"] == "BandwidthLimit"
    update = {"ServiceId": service, "EndpointId": endpoint, "Bandwidth": 200}
    refused = fw.link.refused(
        "UpdateVpcEndpointConnectionAttribute", **update, TrafficControlMode="Scalability"
    )
    assert refused == (400, "IllegalParamFormat.TrafficControlMode")


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
