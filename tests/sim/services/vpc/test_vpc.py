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


def test_vpc_is_deleting_until_it_is_gone(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.call("delete_vpc", vpc_id=vpc)
    assert vpcs.call("describe_vpc_attribute", vpc_id=vpc)["Status"] == "Deleting"


def test_at_most_twenty_vpcs_are_named_in_a_list(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    ids = ",".join([vpc, *(f"vpc-{n}" for n in range(19))])
    assert vpcs.call("describe_vpcs", vpc_id=ids)["TotalCount"] == 1
    refusal = vpcs.refused("describe_vpcs", vpc_id=f"{ids},vpc-more")
    assert refusal == (400, "IllegalParam.VpcId")


def test_primary_and_secondary_blocks_change_around_their_vswitches(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc("192.168.0.0/16")
    vpcs.vswitch(vpc, "192.168.1.0/24")
    vpcs.call("associate_vpc_cidr_block", vpc_id=vpc, secondary_cidr_block="10.0.0.0/16")

    def change(original: str, target: str) -> dict[str, str]:
        return {"vpc_id": vpc, "original_cidr_block": original, "target_cidr_block": target}

    vpcs.call("modify_vpc_cidr_block", **change("10.0.0.0/16", "10.0.0.0/12"))
    vpcs.call("modify_vpc_cidr_block", **change("192.168.0.0/16", "192.168.0.0/20"))
    read = vpcs.call("describe_vpc_attribute", vpc_id=vpc)
    blocks = (read["CidrBlock"], read["SecondaryCidrBlocks"]["SecondaryCidrBlock"])
    assert blocks == ("192.168.0.0/20", ["10.0.0.0/12"])
    outside = vpcs.refused("modify_vpc_cidr_block", **change("192.168.0.0/20", "192.168.8.0/21"))
    assert outside == (400, "InvalidCidrBlock")
    overlap = vpcs.refused("modify_vpc_cidr_block", **change("10.0.0.0/12", "192.0.0.0/8"))
    assert overlap == (400, "InvalidCidrBlock.Overlapped")
    unknown = vpcs.refused("modify_vpc_cidr_block", **change("10.0.0.0/16", "10.0.0.0/8"))
    assert unknown[0] == 404


@pytest.mark.parametrize(
    ("user_cidr", "code"),
    [
        ("1.0.0.0/24,2.0.0.0/24,3.0.0.0/24,4.0.0.0/24", "InvalidUserCidr.Quota"),
        ("100.64.1.0/24", "InvalidUserCidr.Malformed"),
        ("1.0.0.1/24", "IllegalParam.UserCidr"),
    ],
)
def test_bad_user_cidr_block_is_refused(vpcs: Vpcs, user_cidr: str, code: str) -> None:
    refusal = vpcs.refused("create_vpc", cidr_block="10.0.0.0/8", user_cidr=user_cidr)
    assert refusal == (400, code)


def test_settings_of_a_vpc_are_kept_and_filtered_by(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc(enable_dns_hostname=True, user_cidr="1.0.0.0/24,2.0.0.0/24")

    def read(name: str) -> object:
        return vpcs.call("describe_vpc_attribute", vpc_id=vpc)[name]

    assert read("UserCidrs") == {"UserCidr": ["1.0.0.0/24", "2.0.0.0/24"]}
    assert read("DnsHostnameStatus") == "ENABLED"
    vpcs.call("modify_vpc_attribute", vpc_id=vpc, enable_dns_hostname=False)
    assert read("DnsHostnameStatus") == "DISABLED"
    vpcs.call("enable_vpc_classic_link", vpc_id=vpc)
    assert read("ClassicLinkEnabled") is True
    vpcs.call("disable_vpc_classic_link", vpc_id=vpc)
    assert read("ClassicLinkEnabled") is False
    owner = read("OwnerId")
    assert vpcs.call("describe_vpcs", vpc_owner_id=owner)["TotalCount"] == 1
    assert vpcs.call("describe_vpcs", vpc_owner_id=7)["TotalCount"] == 0
    assert vpcs.call("describe_vpcs", dhcp_options_set_id="dopt-1")["TotalCount"] == 0
    assert vpcs.call("describe_vpcs", enable_ipv_6=True)["TotalCount"] == 0
    assert vpcs.call("describe_vpcs", enable_ipv_6=False)["TotalCount"] == 1
