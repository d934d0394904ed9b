"""VPCs."""

import pytest

from tests.sim.services.vpc.calls import ZONE_B, Vpcs


def test_vpc_is_pending_first_and_has_a_system_route_table(vpcs: Vpcs) -> None:
    made = vpcs.call("create_vpc", cidr_block="10.0.0.0/8", vpc_name="core")
    one = vpcs.call("describe_vpc_attribute", vpc_id=made["VpcId"])
    assert (one["Status"], one["VpcName"], one["CidrBlock"]) == ("Pending", "core", "10.0.0.0/8")
    vpcs.cloud.settle()
    assert vpcs.call("describe_vpc_attribute", vpc_id=made["VpcId"])["Status"] == "Available"
    listed = vpcs.call("describe_vpcs", vpc_id=made["VpcId"])["Vpcs"]["Vpc"]
    assert listed[0]["RouterTableIds"] == {"RouterTableIds": [made["RouteTableId"]]}
    assert vpcs.cloud.simulator.status().resources == {"vpc": 1}


def test_vpc_is_deleted_only_empty_and_with_its_system_table(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vswitch = vpcs.vswitch(vpc)
    assert vpcs.refused("delete_vpc", vpc_id=vpc) == (400, "DependencyViolation.VSwitch")
    vpcs.call("delete_vswitch", v_switch_id=vswitch)
    vpcs.cloud.settle()
    table = vpcs.system_table(vpc)
    vpcs.call("delete_vpc", vpc_id=vpc)
    vpcs.cloud.settle()
    assert vpcs.call("describe_vpcs", vpc_id=vpc)["TotalCount"] == 0
    assert vpcs.refused("describe_vpc_attribute", vpc_id=vpc) == (404, "InvalidVpcId.NotFound")
    assert vpcs.call("describe_route_table_list", route_table_id=table)["TotalCount"] == 0
    assert vpcs.cloud.simulator.status().empty


def test_vpc_with_a_custom_table_or_gateway_is_not_deleted(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table = vpcs.table(vpc)
    assert vpcs.refused("delete_vpc", vpc_id=vpc)[1] == "DependencyViolation.RouteTable"
    vpcs.call("delete_route_table", route_table_id=table)
    vpcs.cloud.settle()
    gateway = vpcs.gateway(vpc)
    assert vpcs.refused("delete_vpc", vpc_id=vpc)[1] == "DependencyViolation.Ipv4Gateway"
    vpcs.entry(vpcs.system_table(vpc), "0.0.0.0/0", "Ipv4Gateway", gateway)
    assert vpcs.refused("delete_vpc", vpc_id=vpc)[1] == "DependencyViolation.RouteEntry"


def test_forced_deletion_of_a_vpc_takes_gateway_and_its_routes(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.entry(vpcs.system_table(vpc), "0.0.0.0/0", "Ipv4Gateway", vpcs.gateway(vpc))
    vpcs.call("delete_vpc", vpc_id=vpc, force_delete=True)
    vpcs.cloud.settle()
    assert vpcs.cloud.simulator.status().empty


def test_vpc_in_transition_takes_no_vswitch(vpcs: Vpcs) -> None:
    vpc = vpcs.call("create_vpc", cidr_block="10.0.0.0/8")["VpcId"]
    new = {"vpc_id": vpc, "zone_id": ZONE_B, "cidr_block": "10.0.0.0/24"}
    assert vpcs.refused("create_vswitch", **new) == (400, "IncorrectVpcStatus")
    vpcs.cloud.settle()
    vpcs.call("delete_vpc", vpc_id=vpc)
    assert vpcs.refused("create_vswitch", **new) == (400, "IncorrectVpcStatus")


@pytest.mark.parametrize("cidr", ["10.0.0.1/8", "100.64.0.0/16", "10.0.0.0/30", "nonsense"])
def test_vpc_with_an_invalid_cidr_is_refused(vpcs: Vpcs, cidr: str) -> None:
    assert vpcs.refused("create_vpc", cidr_block=cidr)[1] == "InvalidCidrBlock.Malformed"


def test_vpcs_of_a_region_are_limited(vpcs: Vpcs) -> None:
    for _ in range(10):
        vpcs.call("create_vpc", cidr_block="10.0.0.0/8")
    assert vpcs.refused("create_vpc", cidr_block="10.0.0.0/8")[1] == "QuotaExceeded.Vpc"


def test_secondary_cidr_makes_room_for_vswitches(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc("192.168.0.0/16")
    new = {"vpc_id": vpc, "zone_id": ZONE_B, "cidr_block": "10.1.0.0/24"}
    assert vpcs.refused("create_vswitch", **new)[1] == "InvalidCidrBlock.Malformed"
    vpcs.call("associate_vpc_cidr_block", vpc_id=vpc, secondary_cidr_block="10.1.0.0/16")
    vpcs.call("create_vswitch", **new)
    secondary = {"vpc_id": vpc, "secondary_cidr_block": "10.1.0.0/16"}
    refusal = vpcs.refused("unassociate_vpc_cidr_block", **secondary)
    assert refusal[1] == "DependencyViolation.VSwitch"


def test_names_of_tables_and_gateways_change_in_place(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    table, gateway = vpcs.system_table(vpc), vpcs.gateway(vpc)
    named = {"route_table_name": "main", "description": "all of it"}
    vpcs.call("modify_route_table_attributes", route_table_id=table, **named)
    listed = vpcs.call("describe_route_table_list", route_table_id=table)
    (found,) = listed["RouterTableList"]["RouterTableListType"]
    assert (found["RouteTableName"], found["Description"]) == ("main", "all of it")
    named = {"ipv_4gateway_name": "door", "ipv_4gateway_description": "the only one"}
    vpcs.call("update_ipv_4gateway_attribute", ipv_4gateway_id=gateway, **named)
    found = vpcs.call("get_ipv_4gateway_attribute", ipv_4gateway_id=gateway)
    assert found["Ipv4GatewayName"] == "door"
    assert found["Ipv4GatewayDescription"] == "the only one"


def test_names_of_vpcs_and_vswitches_change_in_place(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vswitch = vpcs.vswitch(vpc, v_switch_name="old")
    vpcs.call("modify_vswitch_attribute", v_switch_id=vswitch, v_switch_name="new")
    vpcs.call("modify_vpc_attribute", vpc_id=vpc, vpc_name="v", description="d")
    assert vpcs.one_vswitch(vswitch)["VSwitchName"] == "new"
    one = vpcs.call("describe_vpc_attribute", vpc_id=vpc)
    assert (one["VpcName"], one["Description"]) == ("v", "d")
    bad = vpcs.refused("modify_vpc_attribute", vpc_id=vpc, vpc_name="http://x")
    assert bad == (400, "InvalidVpcName.Malformed")
