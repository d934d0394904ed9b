"""Refusals by states that no other test of a resource comes across."""

from typing import Any

import pytest
from alibabacloud_gwlb20240415 import models as gwlb

from gwlbfw.sim.services.privatelink.endpoint.record import Endpoint
from tests.sim.cloud import Cloud
from tests.sim.services.ecs.calls import Ecs
from tests.sim.services.gwlb.calls import ZONE_B, Firewall
from tests.sim.services.vpc.calls import Vpcs

ALL = "0.0.0.0/0"
ELSEWHERE = "10.1.0.0/16"


@pytest.fixture
def fw(cloud: Cloud, vpcs: Vpcs) -> Firewall:
    return Firewall.of(cloud, vpcs)


def _route(table: str, kind: str, hop: str, to: str = ALL) -> dict[str, str]:
    return {
        "route_table_id": table,
        "destination_cidr_block": to,
        "next_hop_type": kind,
        "next_hop_id": hop,
    }


def _new(vpcs: Vpcs, vpc: str, kind: str = "VSwitch") -> str:
    """A route table that is being created."""
    made = vpcs.call("create_route_table", vpc_id=vpc, associate_type=kind)
    return str(made["RouteTableId"])


def test_vpc_with_a_security_group_is_refused_deletion(cloud: Cloud, vpcs: Vpcs) -> None:
    ecs = Ecs.of(cloud, vpcs)
    vpcs.remove(ecs.vswitch)
    refused = vpcs.refused("delete_vpc", vpc_id=ecs.vpc)
    assert refused == (400, "DependencyViolation.SecurityGroup")


def test_pending_route_table_is_refused(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vswitch, gateway = vpcs.vswitch(vpc), vpcs.gateway(vpc, active=True)
    table, gateway_table = _new(vpcs, vpc), _new(vpcs, vpc, "Gateway")
    both = {"route_table_id": table, "v_switch_id": vswitch}
    joined = {"route_table_id": gateway_table, "gateway_id": gateway}
    assert [
        vpcs.refused("associate_route_table", **both),
        vpcs.refused("create_route_entry", **_route(table, "Ipv4Gateway", gateway)),
        vpcs.refused("associate_route_table_with_gateway", **joined),
        vpcs.refused("delete_route_table", route_table_id=table),
    ] == [
        (400, "IncorrectStatus.RouteTable"),
        (400, "IncorrectStatus.RouteTableStatus"),
        (400, "IncorrectStatus.GatewayRouteTable"),
        (400, "IncorrectRouteTableStatus"),
    ]


def test_pending_vpc_takes_no_route_table_or_gateway(vpcs: Vpcs) -> None:
    vpc = vpcs.call("create_vpc", cidr_block="10.0.0.0/8")["VpcId"]
    for action in ("create_route_table", "create_ipv_4gateway"):
        assert vpcs.refused(action, vpc_id=vpc) == (400, "IncorrectStatus.Vpc")


def test_unknown_route_table_is_refused(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    gateway = vpcs.gateway(vpc, active=True)
    none = {"route_table_id": "vtb-none"}
    assert [
        vpcs.refused("create_route_entry", **_route("vtb-none", "Ipv4Gateway", gateway)),
        vpcs.refused("delete_route_table", **none),
        vpcs.refused("associate_route_table_with_gateway", **none, gateway_id=gateway),
        vpcs.refused(
            "update_gateway_route_table_entry_attribute",
            gateway_route_table_id="vtb-none",
            destination_cidr_block=ELSEWHERE,
            next_hop_type="Local",
        ),
    ] == [
        (404, "InvalidRouteTableId.NotFound"),
        (404, "InvalidRouteTableId.NotFound"),
        (400, "ResourceNotFound.RouteTable"),
        (400, "ResourceNotFound.RouteTable"),
    ]


def test_gateway_route_table_of_another_vpc_is_refused(vpcs: Vpcs) -> None:
    one, other = vpcs.vpc(), vpcs.vpc()
    foreign = vpcs.gateway(other, active=True)
    both = {"route_table_id": vpcs.table(one, "Gateway"), "gateway_id": foreign}
    refused = vpcs.refused("associate_route_table_with_gateway", **both)
    assert refused == (400, "OperationDenied.GatewayAndTableNotInOneVpc")


def test_duplicate_destination_has_a_code_by_next_hop(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vswitch = vpcs.vswitch(vpc)
    table = vpcs.table(vpc)
    vpcs.entry(table, ELSEWHERE, "Instance", vpcs.instance(vswitch))
    second = _route(table, "Instance", vpcs.instance(vswitch), ELSEWHERE)
    assert vpcs.refused("create_route_entry", **second) == (400, "InvalidCIDRBlock.Duplicate")


def test_next_hop_of_another_vpc_or_status_is_refused(vpcs: Vpcs) -> None:
    one, other = vpcs.vpc(), vpcs.vpc()
    table, stranger = vpcs.table(one), vpcs.instance(vpcs.vswitch(other))
    refused = vpcs.refused("create_route_entry", **_route(table, "Instance", stranger))
    assert refused == (400, "InvalidNextHop.NotFound")
    endpoint = vpcs.endpoint(vpcs.vswitch(one))
    with vpcs._region() as region:
        record = region.find_any(endpoint)
        assert record is not None
        record.status = "Creating"
    hop = _route(table, "GatewayLoadBalancerEndpoint", endpoint)
    assert vpcs.refused("create_route_entry", **hop) == (400, "IncorrectStatus.NextHop")


def test_route_entries_of_a_table_are_limited(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table, hop = vpcs.table(vpc), vpcs.instance(vpcs.vswitch(vpc))
    for third in range(200):
        vpcs.entry(table, f"10.{third}.0.0/16", "Instance", hop)
    refused = vpcs.refused("create_route_entry", **_route(table, "Instance", hop))
    assert refused == (400, "QuotaExceeded")


def test_gateway_entry_of_a_pending_vswitch_is_not_redirected(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    gateway = vpcs.gateway(vpc, active=True)
    table = vpcs.gateway_table(vpc, gateway)
    hop = vpcs.endpoint(vpcs.vswitch(vpc))
    vpcs.call("create_vswitch", vpc_id=vpc, zone_id="cn-wulanchabu-b", cidr_block="192.168.7.0/24")
    redirect = {
        "gateway_route_table_id": table,
        "destination_cidr_block": "192.168.7.0/24",
        "next_hop_type": "GatewayLoadBalancerEndpoint",
        "next_hop_id": hop,
    }
    refused = vpcs.refused("update_gateway_route_table_entry_attribute", **redirect)
    assert refused == (400, "IncorrectStatus.Vswitch")
    redirect |= {"next_hop_type": "NetworkInterface", "next_hop_id": "eni-none"}
    redirect["destination_cidr_block"] = "192.168.1.0/24"
    refused = vpcs.refused("update_gateway_route_table_entry_attribute", **redirect)
    assert refused == (400, "ResourceNotFound.NetworkInterface")


def test_cut_through_eip_and_ipv4_gateway_exclude_each_other(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    interface = vpcs.interface(vpcs.instance(vpcs.vswitch(vpc)))
    eip = vpcs.call("allocate_eip_address")["AllocationId"]
    vpcs.cloud.settle()
    bound = {"instance_id": interface, "instance_type": "NetworkInterface", "mode": "BINDED"}
    vpcs.call("associate_eip_address", allocation_id=eip, **bound)
    vpcs.cloud.settle()
    refused = vpcs.refused("create_ipv_4gateway", vpc_id=vpc)
    assert refused == (400, "OperationDenied.ExistDirectEip")


def test_instance_with_a_public_ip_takes_no_eip(cloud: Cloud, vpcs: Vpcs) -> None:
    ecs = Ecs.of(cloud, vpcs)
    instance = ecs.instance(InternetMaxBandwidthOut=5)
    eip = vpcs.call("allocate_eip_address")["AllocationId"]
    vpcs.cloud.settle()
    refused = vpcs.refused("associate_eip_address", allocation_id=eip, instance_id=instance)
    assert refused == (400, "EIP_CAN_NOT_ASSOCIATE_WITH_PUBLIC_IP")


def test_pending_nat_gateway_takes_no_eip_and_no_snat_entry(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    eip = vpcs.call("allocate_eip_address")["AllocationId"]
    vswitch = vpcs.vswitch(vpc)
    made = vpcs.call("create_nat_gateway", vpc_id=vpc, v_switch_id=vswitch)
    (table,) = made["SnatTableIds"]["SnatTableId"]
    gateway = made["NatGatewayId"]
    bound = {"allocation_id": eip, "instance_id": gateway, "instance_type": "Nat"}
    entry = {"snat_table_id": table, "snat_ip": "8.8.8.8", "source_vswitch_id": vswitch}
    assert [
        vpcs.refused("associate_eip_address", **bound),
        vpcs.refused("create_snat_entry", **entry),
    ] == [(400, "IncorrectStatus.NatGateway"), (400, "IncorrectStatus.NATGW")]
    vpcs.cloud.settle()
    vpcs.remove(vswitch)
    assert vpcs.refused("delete_vpc", vpc_id=vpc) == (400, "DependencyViolation.NatGateway")


def test_gwlb_client_token_with_other_parameters_is_refused(fw: Firewall) -> None:
    def request(name: str) -> Any:
        return gwlb.CreateServerGroupRequest(
            vpc_id=fw.ecs.vpc, server_group_name=name, client_token="t"
        )

    fw.gwlb.client.create_server_group(request("one"))
    refused = fw.cloud.refused(fw.gwlb.client.create_server_group, request("two"))
    assert refused == (400, "IdempotenceSignatureMismatch")


def test_endpoint_service_being_deleted_takes_no_endpoint(fw: Firewall) -> None:
    vpc = fw.vpcs.vpc("10.0.0.0/16")
    service = fw.service()
    fw.link("DeleteVpcEndpointService", ServiceId=service)
    made = {"EndpointType": "GatewayLoadBalancer", "ServiceId": service, "VpcId": vpc}
    refused = fw.link.refused("CreateVpcEndpoint", **made)
    assert refused == (400, "EndpointServiceDeleted")


def test_connection_without_a_resource_is_not_accepted(fw: Firewall) -> None:
    vpc = fw.vpcs.vpc("10.0.0.0/16")
    vswitch = fw.vpcs.vswitch(vpc, "10.0.1.0/24")
    balancer = fw.balancer()
    service = fw.service(ZONE_B, balancer=balancer, AutoAcceptEnabled=False)
    endpoint = fw.endpoint(service, vpc)
    both = {"ServiceId": service, "EndpointId": endpoint}
    new = fw.vpcs.call(
        "create_vswitch", vpc_id=vpc, zone_id="cn-wulanchabu-b", cidr_block="10.0.2.0/24"
    )["VSwitchId"]
    zone = {"EndpointId": endpoint, "ZoneId": ZONE_B}
    refused = fw.link.refused("AddZoneToVpcEndpoint", **zone, VSwitchId=new)
    assert refused == (400, "VSwitchStatusNotAllowed")
    fw.settle()
    fw.add_zone(endpoint, ZONE_B, vswitch)
    fw.settle()
    for attachment in fw.cloud.simulator.state:
        if attachment.kind == "endpoint_service_resource":
            fw.vpcs.remove(attachment.id)
    refused = fw.link.refused("EnableVpcEndpointConnection", **both)
    assert refused == (400, "OperationDenied.NoAvailableServiceResource")


def test_endpoints_of_a_vpc_are_limited(fw: Firewall) -> None:
    vpc = fw.vpcs.vpc("10.0.0.0/16")
    service = fw.service()
    with fw.vpcs._region() as region:
        for _ in range(1000):
            region.add(Endpoint(vpc_id=vpc, service_id=service))
    made = {"EndpointType": "GatewayLoadBalancer", "ServiceId": service, "VpcId": vpc}
    refused = fw.link.refused("CreateVpcEndpoint", **made)
    assert refused == (400, "QuotaExceeded.totalEpPerVpc")
