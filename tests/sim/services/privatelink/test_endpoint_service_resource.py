"""Resources of an endpoint service."""

from tests.sim.services.gwlb.calls import ZONE_B, ZONE_C, Firewall, resource


def test_load_balancer_is_attached_zone_by_zone(fw: Firewall) -> None:
    balancer = fw.balancer()
    service = fw.service()
    fw.link("AttachResourceToVpcEndpointService", **resource(service, balancer, ZONE_B))
    listed = fw.link("ListVpcEndpointServiceResources", ServiceId=service)
    assert listed["Resources"] == []
    assert "TotalCount" not in listed
    fw.tick()
    fw.attach(service, balancer, ZONE_C)
    resources = fw.link("ListVpcEndpointServiceResources", ServiceId=service)["Resources"]
    assert [each["ZoneId"] for each in resources] == [ZONE_B, ZONE_C]
    address = fw.one_balancer(balancer)["ZoneMappings"][0]["LoadBalancerAddresses"][0]
    assert resources[0]["Ip"] == address["PrivateIpv4Address"]
    assert (resources[0]["ResourceId"], resources[0]["RelatedEndpointCount"]) == (balancer, 0)
    assert fw.one_service(service)["Zones"] == [ZONE_B, ZONE_C]


def test_unknown_or_mismatched_resource_is_not_attached(fw: Firewall) -> None:
    balancer, service = fw.balancer(ZONE_B), fw.service()
    attach = "AttachResourceToVpcEndpointService"
    none = resource(service, "gwlb-none", ZONE_B)
    assert fw.link.refused(attach, **none) == (400, "LoadBalancerNotFound")
    elsewhere = resource(service, balancer, ZONE_C)
    assert fw.link.refused(attach, **elsewhere) == (400, "EndpointServiceNotSupportedZone")
    other = resource(service, balancer, ZONE_B) | {"ResourceType": "nlb"}
    assert fw.link.refused(attach, **other) == (400, "EndpointServiceResourceTypeNotEqual")
    without = resource(service, balancer, ZONE_B) | {"ZoneId": ""}
    assert fw.link.refused(attach, **without) == (400, "MissingParam.ZoneId")
    fw.attach(service, balancer, ZONE_B)
    again = resource(service, balancer, ZONE_B)
    assert fw.link.refused(attach, **again) == (400, "EndpointServiceResourceExist")


def test_load_balancer_in_transition_is_not_attached(fw: Firewall) -> None:
    balancer, service = fw.balancer(), fw.service()
    fw.gwlb("UpdateLoadBalancerAttribute", LoadBalancerId=balancer, LoadBalancerName="main")
    wanted = resource(service, balancer, ZONE_B)
    refused = fw.link.refused("AttachResourceToVpcEndpointService", **wanted)
    assert refused == (400, "EndpointServiceOperationDenied")


def test_service_resource_is_listed_until_detached(fw: Firewall) -> None:
    balancer = fw.balancer()
    service = fw.service(ZONE_B, ZONE_C, balancer=balancer)
    wanted = resource(service, balancer, ZONE_B)
    fw.link("DetachResourceFromVpcEndpointService", **wanted)
    assert fw.one_service(service)["Zones"] == [ZONE_B, ZONE_C]
    fw.tick()
    assert fw.one_service(service)["Zones"] == [ZONE_C]
    refused = fw.link.refused("DetachResourceFromVpcEndpointService", **wanted)
    assert refused == (400, "EndpointServiceResourceNotFound")
