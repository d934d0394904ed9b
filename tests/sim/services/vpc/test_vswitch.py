"""vSwitches."""

from tests.sim.services.vpc.calls import ZONE_B, ZONE_C, Vpcs


def test_vswitch_is_pending_first_and_has_the_system_table(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    made = vpcs.call("create_vswitch", vpc_id=vpc, zone_id=ZONE_C, cidr_block="192.168.7.0/24")[
        "VSwitchId"
    ]
    assert vpcs.one_vswitch(made)["Status"] == "Pending"
    vpcs.cloud.settle()
    one = vpcs.one_vswitch(made)
    assert one["Status"] == "Available"
    assert one["AvailableIpAddressCount"] == 252
    assert one["RouteTable"] == {
        "RouteTableId": vpcs.system_table(vpc),
        "RouteTableType": "System",
    }
    listed = vpcs.call("describe_vswitches", vpc_id=vpc, zone_id=ZONE_C)
    assert [each["VSwitchId"] for each in listed["VSwitches"]["VSwitch"]] == [made]
    assert vpcs.call("describe_vswitches", vpc_id=vpc, zone_id=ZONE_B)["TotalCount"] == 0


def test_overlapping_vswitch_is_refused(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.vswitch(vpc, "192.168.0.0/23")
    new = {"vpc_id": vpc, "zone_id": ZONE_B, "cidr_block": "192.168.1.0/24"}
    assert vpcs.refused("create_vswitch", **new)[1] == "InvalidCidrBlock.Overlapped"


def test_vswitch_equal_to_a_route_destination_is_refused(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.entry(vpcs.system_table(vpc), "192.168.4.0/24", "Ipv4Gateway", vpcs.gateway(vpc))
    new = {"vpc_id": vpc, "zone_id": ZONE_B, "cidr_block": "192.168.4.0/24"}
    assert vpcs.refused("create_vswitch", **new)[1] == "InvalidStatus.RouteEntry"
    vpcs.vswitch(vpc, "192.168.4.0/25")


def test_vpc_changes_one_vswitch_at_a_time(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    old = vpcs.vswitch(vpc, "192.168.1.0/24")
    new = {"vpc_id": vpc, "zone_id": ZONE_B, "cidr_block": "192.168.2.0/24"}
    made = vpcs.call("create_vswitch", **new)["VSwitchId"]
    new["cidr_block"] = "192.168.3.0/24"
    assert vpcs.refused("create_vswitch", **new) == (400, "TaskConflict")
    assert vpcs.refused("delete_vswitch", v_switch_id=made)[1] == "IncorrectVSwitchStatus"
    refusal = vpcs.refused("delete_vswitch", v_switch_id=old)
    assert refusal[1] == "OperationDenied.OtherSubnetProcessing"
    vpcs.cloud.settle()
    vpcs.call("create_vswitch", **new)


def test_two_vpcs_change_at_the_same_time(vpcs: Vpcs) -> None:
    one, other = vpcs.vpc("10.0.0.0/8"), vpcs.vpc("10.0.0.0/8")
    for vpc in (one, other):
        vpcs.call("create_vswitch", vpc_id=vpc, zone_id=ZONE_B, cidr_block="10.0.0.0/24")


def test_vswitch_with_a_custom_table_is_not_deleted(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vswitch, table = vpcs.vswitch(vpc), vpcs.table(vpc)
    both = {"route_table_id": table, "v_switch_id": vswitch}
    vpcs.call("associate_route_table", **both)
    vpcs.cloud.settle()
    refusal = vpcs.refused("delete_vswitch", v_switch_id=vswitch)
    assert refusal == (400, "DependencyViolation.RouteTable")
    vpcs.call("unassociate_route_table", **both)
    vpcs.cloud.settle()
    vpcs.call("delete_vswitch", v_switch_id=vswitch)
    assert vpcs.one_vswitch(vswitch)["Status"] == "Pending"
    vpcs.cloud.settle()
    assert vpcs.one_vswitch(vswitch)["VSwitchId"] == ""
    refusal = vpcs.refused("delete_vswitch", v_switch_id=vswitch)
    assert refusal == (404, "InvalidVswitchID.NotFound")


def test_vswitch_takes_the_first_free_block_of_a_mask(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc("10.0.0.0/16")
    vpcs.vswitch(vpc, "10.0.0.0/24")
    made = vpcs.call("create_vswitch", vpc_id=vpc, zone_id=ZONE_B, cidr_mask=23)["VSwitchId"]
    assert vpcs.one_vswitch(made)["CidrBlock"] == "10.0.2.0/23"
    vpcs.cloud.settle()
    neither = vpcs.refused("create_vswitch", vpc_id=vpc, zone_id=ZONE_B)
    assert neither == (400, "MissingCidrBlock")
    vpcs.vswitch(vpcs.vpc("10.1.0.0/24"), "10.1.0.0/25")
    full = vpcs.vpc("10.2.0.0/24")
    vpcs.vswitch(full, "10.2.0.0/24")
    refusal = vpcs.refused("create_vswitch", vpc_id=full, zone_id=ZONE_B, cidr_mask=28)
    assert refusal == (400, "InvalidCidrBlock.Malformed")


def test_vswitches_are_listed_by_their_owner(vpcs: Vpcs) -> None:
    vswitch = vpcs.one_vswitch(vpcs.vswitch(vpcs.vpc()))
    owned = {"v_switch_owner_id": vswitch["OwnerId"]}
    assert vpcs.call("describe_vswitches", **owned)["TotalCount"] == 1
    assert vpcs.call("describe_vswitches", v_switch_owner_id=7)["TotalCount"] == 0
