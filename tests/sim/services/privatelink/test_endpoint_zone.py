"""Zones of endpoints."""

from ipaddress import ip_address, ip_network
from typing import Any

from tests.sim.services.gwlb.calls import ZONE_B, ZONE_C, resource
from tests.sim.services.privatelink.calls import Business

DENIED = (400, "EndpointConnectionOperationDenied")


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


def test_unknown_endpoint_zone_is_a_400(biz: Business) -> None:
    refused = biz.fw.link.refused(
        "RemoveZoneFromVpcEndpoint", EndpointId=biz.endpoint(), ZoneId=ZONE_C
    )
    assert refused == (400, "EndpointZoneNotFound")


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
