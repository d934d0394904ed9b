"""Endpoint services: their life, resources and users."""

import pytest

from gwlbfw.sim.settings import Settings
from tests.sim.cloud import TRANSITION, Cloud
from tests.sim.services.gwlb.calls import OTHER_ACCOUNT, ZONE_B, ZONE_C, Firewall, resource
from tests.sim.services.vpc.calls import Vpcs


@pytest.fixture
def fw(cloud: Cloud, vpcs: Vpcs) -> Firewall:
    return Firewall.of(cloud, vpcs)


class TestUnopenedPrivatelink:
    """An account that has not opened PrivateLink."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(transition=TRANSITION, privatelink_open=False)

    def test_privatelink_must_be_opened_first(self, fw: Firewall) -> None:
        assert fw.link.refused("CheckProductOpen") == (400, "NeedOpenProduct")
        refused = fw.link.refused("CreateVpcEndpointService", ServiceResourceType="gwlb")
        assert refused == (400, "NeedOpenProduct")
        assert fw.link("OpenPrivateLinkService")["OrderId"]
        assert fw.link("CheckProductOpen") == {"Success": True}
        fw.service()

    def test_privatelink_is_opened_for_one_account(self, fw: Firewall) -> None:
        fw.link("OpenPrivateLinkService")
        other = fw.as_account(OTHER_ACCOUNT)
        assert other.link.refused("CheckProductOpen") == (400, "NeedOpenProduct")


def test_repeated_opening_of_privatelink_is_refused(fw: Firewall) -> None:
    assert fw.link("CheckProductOpen") == {"Success": True}
    assert fw.link.refused("OpenPrivateLinkService") == (400, "OrderOpend")


def test_privatelink_zones_are_listed_by_resource_type(fw: Firewall) -> None:
    zones = fw.link("DescribeZones", ServiceResourceType="gwlb")["Zones"]["Zone"]
    assert [each["ZoneId"] for each in zones] == [ZONE_B, ZONE_C]
    assert len(fw.link("DescribeZones")["Zones"]["Zone"]) == 3
    regions = fw.link("DescribeRegions", ServiceResourceType="gwlb")["Regions"]["Region"]
    assert "cn-wulanchabu" in [each["RegionId"] for each in regions]


def test_endpoint_service_is_creating_then_active(fw: Firewall) -> None:
    made = fw.link("CreateVpcEndpointService", ServiceResourceType="gwlb")
    assert made["ServiceId"].startswith("epsrv-")
    assert made["ServiceName"] == f"com.aliyuncs.privatelink.cn-wulanchabu.{made['ServiceId']}"
    assert (made["ServiceStatus"], made["AutoAcceptEnabled"]) == ("Creating", False)
    fw.tick()
    found = fw.one_service(made["ServiceId"])
    assert (found["ServiceStatus"], found["ServiceType"]) == ("Active", "GatewayLoadBalancer")
    assert (found["Payer"], found["Zones"]) == ("Endpoint", [])
    assert "Tags" not in found


def test_unknown_endpoint_service_is_a_400(fw: Firewall) -> None:
    for action in ("GetVpcEndpointServiceAttribute", "DeleteVpcEndpointService"):
        refused = fw.link.refused(action, ServiceId="epsrv-none")
        assert refused == (400, "EndpointServiceNotFound")


def test_endpoint_service_is_updated_in_place(fw: Firewall) -> None:
    service = fw.service(ServiceDescription="the firewall")
    fw.link(
        "UpdateVpcEndpointServiceAttribute",
        ServiceId=service,
        AutoAcceptEnabled=False,
        ServiceDescription="a firewall",
    )
    assert fw.one_service(service)["ServiceStatus"] == "Pending"
    fw.tick()
    found = fw.one_service(service)
    assert (found["ServiceStatus"], found["AutoAcceptEnabled"]) == ("Active", False)
    assert found["ServiceDescription"] == "a firewall"


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


def test_endpoint_service_is_created_with_resources(fw: Firewall) -> None:
    balancer = fw.balancer()
    named = [{"ResourceId": balancer, "ResourceType": "gwlb", "ZoneId": ZONE_B}]
    service = fw.service(Resource=named)
    assert fw.one_service(service)["Zones"] == [ZONE_B]


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


def test_endpoint_service_takes_one_call_at_a_time(fw: Firewall) -> None:
    balancer, service, other = fw.balancer(), fw.service(), fw.service()
    fw.link("AttachResourceToVpcEndpointService", **resource(service, balancer, ZONE_B))
    wanted = resource(service, balancer, ZONE_C)
    refused = fw.link.refused("AttachResourceToVpcEndpointService", **wanted)
    assert refused == (400, "ConcurrentCallNotSupported")
    fw.link("AttachResourceToVpcEndpointService", **resource(other, balancer, ZONE_B))
    fw.tick()
    fw.link("AttachResourceToVpcEndpointService", **wanted)


def test_account_updates_one_endpoint_service_at_a_time(fw: Firewall) -> None:
    one, two = fw.service(), fw.service()
    fw.link("UpdateVpcEndpointServiceAttribute", ServiceId=one, AutoAcceptEnabled=False)
    busy = (400, "ConcurrentCallNotSupported")
    update = "UpdateVpcEndpointServiceAttribute"
    assert fw.link.refused(update, ServiceId=two, AutoAcceptEnabled=False) == busy
    assert fw.link.refused("DeleteVpcEndpointService", ServiceId=two) == busy
    add = {"ServiceId": two, "UserId": int(OTHER_ACCOUNT)}
    assert fw.link.refused("AddUserToVpcEndpointService", **add) == busy
    fw.tick()
    fw.link("AddUserToVpcEndpointService", **add)
    fw.link("DeleteVpcEndpointService", ServiceId=two)


def test_endpoint_service_is_deleting_until_deleted(fw: Firewall) -> None:
    service = fw.service()
    fw.link("DeleteVpcEndpointService", ServiceId=service)
    assert fw.one_service(service)["ServiceStatus"] == "Deleting"
    fw.tick()
    refused = fw.link.refused("GetVpcEndpointServiceAttribute", ServiceId=service)
    assert refused == (400, "EndpointServiceNotFound")


def test_endpoint_service_with_a_resource_is_not_deleted(fw: Firewall) -> None:
    service = fw.service(ZONE_B, balancer=fw.balancer())
    refused = fw.link.refused("DeleteVpcEndpointService", ServiceId=service)
    assert refused == (400, "EndpointServiceDependenceViolation")


def test_endpoint_service_with_endpoints_is_not_deleted(fw: Firewall) -> None:
    service = fw.service(ZONE_B, balancer=fw.balancer())
    vpc = fw.vpcs.vpc("10.0.0.0/16")
    endpoint = fw.endpoint(service, vpc)
    refused = fw.link.refused("DeleteVpcEndpointService", ServiceId=service)
    assert refused == (400, "DeleteFailedDueToEndpointExist")
    fw.add_zone(endpoint, ZONE_B, fw.vpcs.vswitch(vpc, "10.0.1.0/24"))
    fw.settle()
    refused = fw.link.refused("DeleteVpcEndpointService", ServiceId=service)
    assert refused == (400, "EndpointServiceConnectionDependence")


def test_endpoint_service_admits_its_owner_without_an_entry(fw: Firewall) -> None:
    service = fw.service(ZONE_B, balancer=fw.balancer())
    assert fw.link("ListVpcEndpointServiceUsers", ServiceId=service)["Users"] == []
    fw.endpoint(service, fw.vpcs.vpc("10.0.0.0/16"))


def test_endpoint_service_users_are_added_and_removed(fw: Firewall) -> None:
    service = fw.service()
    arn = "acs:ram:*:3000000000000003:*"
    fw.link("AddUserToVpcEndpointService", ServiceId=service, UserId=int(OTHER_ACCOUNT))
    fw.link("AddUserToVpcEndpointService", ServiceId=service, UserARN=arn)
    listed = fw.link("ListVpcEndpointServiceUsers", ServiceId=service)
    assert listed["Users"] == [{"UserId": int(OTHER_ACCOUNT)}]
    assert listed["UserARNs"] == [{"UserARN": arn}]
    assert listed["TotalCount"] == "2"
    fw.link("RemoveUserFromVpcEndpointService", ServiceId=service, UserId=int(OTHER_ACCOUNT))
    assert fw.link("ListVpcEndpointServiceUsers", ServiceId=service)["Users"] == []
    refused = fw.link.refused("AddUserToVpcEndpointService", ServiceId=service)
    assert refused == (400, "MissingParam.UserId")


def test_other_account_connects_only_if_listed(fw: Firewall) -> None:
    service = fw.service(ZONE_B, balancer=fw.balancer())
    other = fw.as_account(OTHER_ACCOUNT)
    vpc = other.vpcs.vpc("10.0.0.0/16")
    wanted = {"ServiceId": service, "VpcId": vpc, "EndpointType": "GatewayLoadBalancer"}
    assert other.link.refused("CreateVpcEndpoint", **wanted) == (
        400,
        "EndpointServiceNotAuthorized",
    )
    assert other.link("ListVpcEndpointServicesByEndUser")["Services"] == []
    fw.link("AddUserToVpcEndpointService", ServiceId=service, UserId=int(OTHER_ACCOUNT))
    listed = other.link("ListVpcEndpointServicesByEndUser")
    (offer,) = listed["Services"]
    assert (offer["ServiceId"], offer["Zones"]) == (service, [ZONE_B])
    assert listed["TotalCount"] == "1"
    endpoint = other.endpoint(service, vpc)
    assert other.one_endpoint(endpoint)["ResourceOwner"] is False
    (seen,) = fw.link("ListVpcEndpointConnections")["Connections"]
    assert (seen["EndpointId"], seen["EndpointOwnerId"]) == (endpoint, int(OTHER_ACCOUNT))


def test_endpoint_services_are_filtered(fw: Firewall) -> None:
    balancer = fw.balancer()
    one = fw.service(ZONE_B, balancer=balancer, Tag=[{"Key": "k", "Value": "v"}])
    two = fw.service(AutoAcceptEnabled=False)

    def ids(**filters: object) -> list[str]:
        return [
            each["ServiceId"] for each in fw.link("ListVpcEndpointServices", **filters)["Services"]
        ]

    assert ids() == [one, two]
    assert ids(ServiceResourceType="gwlb") == [one, two]
    assert ids(ServiceResourceType="nlb") == []
    assert ids(ServiceId=two) == [two]
    assert ids(ServiceName=f"com.aliyuncs.privatelink.cn-wulanchabu.{one}") == [one]
    assert ids(ResourceId=balancer) == [one]
    assert ids(AutoAcceptEnabled=False) == [two]
    assert ids(Tag=[{"Key": "k", "Value": "v"}]) == [one]
    first = fw.link("ListVpcEndpointServices", MaxResults=1)
    assert first["TotalCount"] == 2
    assert ids(MaxResults=1, NextToken=first["NextToken"]) == [two]
    refused = fw.link.refused("ListVpcEndpointServiceUsers", ServiceId=one, MaxResults=51)
    assert refused == (400, "IllegalParamFormat.MaxResults")


def test_privatelink_tags_take_resource_types_in_any_case(fw: Firewall) -> None:
    service = fw.service(Tag=[{"Key": "a", "Value": "1"}])
    named = {"ResourceType": "VpcEndpointService", "ResourceId": [service]}
    fw.link("TagResources", **named, Tag=[{"Key": "b", "Value": "2"}])
    lower = {"ResourceType": "vpcendpointservice", "ResourceId": [service]}
    tags = fw.link("ListTagResources", **lower)["TagResources"]
    assert {each["TagKey"]: each["TagValue"] for each in tags} == {"a": "1", "b": "2"}
    fw.link("UntagResources", **lower, TagKey=["a"])
    (found,) = fw.link("ListVpcEndpointServices", ServiceId=service)["Services"]
    assert found["Tags"] == [{"Key": "b", "Value": "2"}]


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ([{"Key": "k" * 65, "Value": "v"}], "IllegalParamFormat.Tag.Key"),
        ([{"Key": "k", "Value": "v" * 129}], "IllegalParamFormat.Tag.Value"),
        ([{"Key": f"k{n}", "Value": "v"} for n in range(21)], "QuotaExceeded.Tag"),
    ],
)
def test_privatelink_tags_are_limited(fw: Firewall, tags: list[dict[str, str]], code: str) -> None:
    refused = fw.link.refused("CreateVpcEndpointService", ServiceResourceType="gwlb", Tag=tags)
    assert refused == (400, code)


def test_endpoint_service_moves_between_resource_groups(fw: Firewall) -> None:
    service = fw.service()
    fw.link(
        "ChangeResourceGroup",
        ResourceId=service,
        ResourceType="VpcEndpointService",
        ResourceGroupId="rg-other",
    )
    assert fw.one_service(service)["ResourceGroupId"] == "rg-other"
