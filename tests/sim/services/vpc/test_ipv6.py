"""IPv6 of VPCs, vSwitches and route entries."""

from ipaddress import IPv6Network
from typing import Any

import pytest

from tests.sim.services.vpc.calls import Vpcs


def one_vpc(vpcs: Vpcs, vpc: str) -> dict[str, Any]:
    return dict(vpcs.call("describe_vpc_attribute", vpc_id=vpc))


@pytest.fixture
def vpc(vpcs: Vpcs) -> str:
    """A VPC with IPv6."""
    return vpcs.vpc(enable_ipv_6=True)


@pytest.fixture
def block(vpcs: Vpcs, vpc: str) -> str:
    """Its IPv6 block."""
    return str(one_vpc(vpcs, vpc)["Ipv6CidrBlock"])


def test_a_vpc_with_ipv6_has_a_block_of_its_own(vpcs: Vpcs, vpc: str, block: str) -> None:
    read = one_vpc(vpcs, vpc)
    assert read["EnabledIpv6"] is True
    assert IPv6Network(block).prefixlen == 56
    assert read["Ipv6CidrBlocks"]["Ipv6CidrBlock"] == [{"Ipv6CidrBlock": block, "Ipv6Isp": "BGP"}]
    other = one_vpc(vpcs, vpcs.vpc(enable_ipv_6=True, ipv_6isp="ChinaMobile"))
    assert other["Ipv6CidrBlock"] != block
    assert other["Ipv6CidrBlocks"]["Ipv6CidrBlock"][0]["Ipv6Isp"] == "ChinaMobile"
    assert one_vpc(vpcs, vpcs.vpc(ipv_6isp="BGP"))["Ipv6CidrBlock"] == ""
    change = {"vpc_id": vpc, "ipv_6isp": "ChinaMobile"}
    assert vpcs.refused("modify_vpc_attribute", **change)[1] == "UnsupportedFeature.Ipv6Isp"
    vpcs.call("modify_vpc_attribute", **(change | {"ipv_6isp": "BGP"}))


def test_ipv6_of_a_vpc_is_turned_on_and_off(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    vpcs.call("modify_vpc_attribute", vpc_id=vpc, enable_ipv_6=True)
    first = one_vpc(vpcs, vpc)["Ipv6CidrBlock"]
    assert first
    vpcs.call("modify_vpc_attribute", vpc_id=vpc, enable_ipv_6=True, vpc_name="named")
    assert one_vpc(vpcs, vpc)["Ipv6CidrBlock"] == first
    vpcs.call("modify_vpc_attribute", vpc_id=vpc, vpc_name="another")
    assert one_vpc(vpcs, vpc)["EnabledIpv6"] is True
    vswitch = vpcs.vswitch(vpc, ipv_6cidr_block=3)
    off = {"vpc_id": vpc, "enable_ipv_6": False}
    assert vpcs.refused("modify_vpc_attribute", **off)[1] == "OperationFailed.CidrInUse"
    vpcs.call("modify_vswitch_attribute", v_switch_id=vswitch, enable_ipv_6=False)
    vpcs.call("modify_vpc_attribute", **off)
    assert one_vpc(vpcs, vpc)["Ipv6CidrBlocks"]["Ipv6CidrBlock"] == []


def test_a_vpc_gets_the_block_that_was_reserved(vpcs: Vpcs) -> None:
    reserved = vpcs.call("allocate_vpc_ipv_6cidr")["Ipv6CidrBlock"]
    assert vpcs.refused("allocate_vpc_ipv_6cidr")[0] == 400
    without = vpcs.refused("create_vpc", cidr_block="10.0.0.0/8", ipv_6cidr_block=reserved)
    assert without == (400, "MissingParam.EnableIpv6")
    vpc = vpcs.vpc(enable_ipv_6=True, ipv_6cidr_block=reserved)
    assert one_vpc(vpcs, vpc)["Ipv6CidrBlock"] == reserved
    taken = {"cidr_block": "10.0.0.0/8", "enable_ipv_6": True, "ipv_6cidr_block": reserved}
    assert vpcs.refused("create_vpc", **taken)[1] == "OperationFailed.IPv6CidrNotReserved"
    taken["ipv_6cidr_block"] = "2408::1/56"
    assert vpcs.refused("create_vpc", **taken)[1] == "InvalidIpv6CidrBlock.Malformed"


def test_a_vpc_gets_further_ipv6_blocks_and_loses_them(vpcs: Vpcs, vpc: str, block: str) -> None:
    added = vpcs.call("associate_vpc_cidr_block", vpc_id=vpc, ip_version="IPV6")
    assert added["IpVersion"] == "IPV6"
    second = added["CidrBlock"]
    vswitch = vpcs.vswitch(vpc, ipv_6cidr_block=7, vpc_ipv_6cidr_block=second)
    assert IPv6Network(vpcs.one_vswitch(vswitch)["Ipv6CidrBlock"]).subnet_of(IPv6Network(second))
    away = {"vpc_id": vpc, "ipv_6cidr_block": second}
    refusal = vpcs.refused("unassociate_vpc_cidr_block", **away)
    assert refusal == (400, "OperationFailed.CidrInUse")
    vpcs.call("modify_vswitch_attribute", v_switch_id=vswitch, enable_ipv_6=False)
    vpcs.call("unassociate_vpc_cidr_block", **away)
    left = one_vpc(vpcs, vpc)["Ipv6CidrBlocks"]["Ipv6CidrBlock"]
    assert [each["Ipv6CidrBlock"] for each in left] == [block]
    assert vpcs.refused("unassociate_vpc_cidr_block", **away)[0] == 404


def test_last_eight_bits_make_the_block_of_a_vswitch(vpcs: Vpcs, vpc: str, block: str) -> None:
    first = vpcs.one_vswitch(vpcs.vswitch(vpc, ipv_6cidr_block=0))
    assert first["Ipv6CidrBlock"] == block.replace("/56", "/64")
    assert first["EnabledIpv6"] is True
    second = vpcs.one_vswitch(vpcs.vswitch(vpc, "192.168.2.0/24", ipv_6cidr_block=10))
    assert IPv6Network(second["Ipv6CidrBlock"]).network_address.packed[7] == 10
    same = {"vpc_id": vpc, "zone_id": second["ZoneId"], "ipv_6cidr_block": 10}
    refusal = vpcs.refused("create_vswitch", cidr_block="192.168.3.0/24", **same)
    assert refusal == (400, "OperationFailed.Ipv6CidrBlockOverLapped")
    listed = vpcs.call("describe_vswitches", vpc_id=vpc, enable_ipv_6=False)
    assert listed["TotalCount"] == 0
    plain = {"vpc_id": vpcs.vpc(), "zone_id": second["ZoneId"], "ipv_6cidr_block": 1}
    refusal = vpcs.refused("create_vswitch", cidr_block="192.168.3.0/24", **plain)
    assert refusal == (400, "OperationDenied.VpcIpv6NotEnabled")


def test_ipv6_of_a_vswitch_is_turned_on_and_off(vpcs: Vpcs, vpc: str) -> None:
    vswitch = vpcs.vswitch(vpc)
    change = {"v_switch_id": vswitch, "enable_ipv_6": True}
    assert vpcs.refused("modify_vswitch_attribute", **change)[1] == "MissingParam.Ipv6CidrBlock"
    vpcs.call("modify_vswitch_attribute", **change, ipv_6cidr_block=0)
    had = vpcs.one_vswitch(vswitch)["Ipv6CidrBlock"]
    assert had.endswith("/64")
    assert vpcs.refused("modify_vswitch_attribute", **change, ipv_6cidr_block=9)[0] == 400
    block = one_vpc(vpcs, vpc)["Ipv6CidrBlock"]
    named = {"v_switch_id": vswitch, "description": "kept"}
    vpcs.call("modify_vswitch_attribute", **named, vpc_ipv_6cidr_block=block)
    refusal = vpcs.refused("modify_vswitch_attribute", **named, vpc_ipv_6cidr_block="2408::/56")
    assert refusal == (400, "IllegalParam.VpcIpv6CidrBlock")
    assert vpcs.one_vswitch(vswitch)["Ipv6CidrBlock"] == had
    vpcs.call("modify_vswitch_attribute", v_switch_id=vswitch, enable_ipv_6=False)
    assert vpcs.one_vswitch(vswitch)["EnabledIpv6"] is False


def test_a_route_leads_ipv6_traffic_and_is_listed_by_version(vpcs: Vpcs, vpc: str) -> None:
    vswitch = vpcs.vswitch(vpc, ipv_6cidr_block=1)
    table, instance = vpcs.system_table(vpc), vpcs.instance(vswitch)
    vpcs.entry(table, "2001:ffff:ffff:ffff:0::/64", "Instance", instance)
    vpcs.entry(table, "::/0", "Instance", instance)
    listed = {each["DestinationCidrBlock"]: each for each in vpcs.entries(table, ip_version="ipv6")}
    own = vpcs.one_vswitch(vswitch)["Ipv6CidrBlock"]
    assert set(listed) == {own, "2001:ffff:ffff:ffff::/64", "::/0"}
    assert listed["::/0"]["IpVersion"] == "IPv6"
    assert listed[own]["Type"] == "System"
    (only,) = vpcs.entries(table, ip_version="ipv4")
    assert only["DestinationCidrBlock"] == "192.168.1.0/24"
    assert len(vpcs.entries(table)) == 4
    one = vpcs.entries(table, destination_cidr_block="::/0")
    assert [each["RouteEntryId"] for each in one] == [listed["::/0"]["RouteEntryId"]]
    vpcs.call("delete_route_entry", route_table_id=table, destination_cidr_block="::/0",
              next_hop_id=instance)  # fmt: skip
    vpcs.cloud.settle()
    assert len(vpcs.entries(table, ip_version="ipv6")) == 2


def test_ipv6_routes_need_a_vpc_with_ipv6_and_stay_out_of_its_vswitches(
    vpcs: Vpcs, vpc: str
) -> None:
    def refused(vpc_id: str, destination: str) -> str:
        vswitch = vpcs.vswitch(vpc_id, ipv_6cidr_block=None if vpc_id == plain else 0)
        instance = vpcs.instance(vswitch)
        return vpcs.refused(
            "create_route_entry",
            route_table_id=vpcs.system_table(vpc_id),
            destination_cidr_block=destination or vpcs.one_vswitch(vswitch)["Ipv6CidrBlock"],
            next_hop_type="Instance",
            next_hop_id=instance,
        )[1]

    plain = vpcs.vpc()
    assert refused(plain, "::/0") == "OperationDenied.VpcIpv6NotEnabled"
    overlap = "OperationUnsupported.DestinationCidrBlockOverlapWithVSwitch"
    assert refused(vpc, "") == overlap
