"""Endpoint services: their life, resources and users."""

from tests.sim.services.gwlb.calls import OTHER_ACCOUNT, ZONE_B, ZONE_C, Firewall, resource


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


def test_new_endpoints_have_the_bandwidth_of_their_service(fw: Firewall) -> None:
    service, vpc = fw.service(), fw.vpcs.vpc("10.0.0.0/16")
    before = fw.endpoint(service, vpc)
    which = {"ServiceId": service}
    fw.link("UpdateVpcEndpointServiceAttribute", **which, ConnectBandwidth=103)
    fw.settle()
    assert fw.one_service(service)["ConnectBandwidth"] == 103
    assert fw.one_endpoint(fw.endpoint(service, vpc))["Bandwidth"] == 103
    assert fw.one_endpoint(before)["Bandwidth"] == 3072
    refused = fw.link.refused("UpdateVpcEndpointServiceAttribute", **which, ConnectBandwidth=99)
    assert refused == (400, "IllegalParamFormat.ConnectBandwidth")


def test_endpoint_service_supports_its_own_region_alone(fw: Firewall) -> None:
    own, other = "cn-wulanchabu", "cn-beijing"
    service = fw.service(SupportedRegionList=[own])
    (named,) = fw.one_service(service)["SupportedRegionSet"]
    assert (named["SupportedRegionId"], named["ServiceRegionId"]) == (own, own)
    update = "UpdateVpcEndpointServiceAttribute"
    refused = fw.link.refused(update, ServiceId=service, AddSupportedRegionSet=[other])
    assert refused == (400, "NotSimulated.AddSupportedRegionSet")
    fw.link(update, ServiceId=service, DeleteSupportedRegionSet=[own])
    assert fw.one_service(service)["SupportedRegionSet"] == []
    refused = fw.link.refused("CreateVpcEndpointService", SupportedRegionList=[own, other])
    assert refused == (400, "NotSimulated.SupportedRegionList")


def test_endpoint_service_is_created_with_resources(fw: Firewall) -> None:
    balancer = fw.balancer()
    named = [{"ResourceId": balancer, "ResourceType": "gwlb", "ZoneId": ZONE_B}]
    service = fw.service(Resource=named)
    assert fw.one_service(service)["Zones"] == [ZONE_B]


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


def test_endpoint_service_moves_between_resource_groups(fw: Firewall) -> None:
    service = fw.service()
    fw.link(
        "ChangeResourceGroup",
        ResourceId=service,
        ResourceType="VpcEndpointService",
        ResourceGroupId="rg-other",
    )
    assert fw.one_service(service)["ResourceGroupId"] == "rg-other"
