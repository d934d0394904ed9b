"""Default VPC and default vSwitches of a region."""

from tests.sim.services.vpc.calls import ZONE_B, ZONE_C, Vpcs


def test_a_region_has_one_default_vpc_with_one_default_vswitch_a_zone(vpcs: Vpcs) -> None:
    early = vpcs.refused("create_default_vswitch", zone_id=ZONE_B)
    assert early == (404, "InvalidVpcId.NotFound")
    vpc = vpcs.call("create_default_vpc", enable_ipv_6=True)["VpcId"]
    vpcs.cloud.settle()
    assert vpcs.refused("create_default_vpc")[0] == 400
    first = vpcs.call("create_default_vswitch", zone_id=ZONE_B)["VSwitchId"]
    vpcs.cloud.settle()
    assert vpcs.refused("create_default_vswitch", zone_id=ZONE_B)[0] == 400
    second = vpcs.call("create_default_vswitch", zone_id=ZONE_C, ipv_6cidr_block=4)["VSwitchId"]
    vpcs.cloud.settle()
    cidrs = [vpcs.one_vswitch(each)["CidrBlock"] for each in (first, second)]
    assert cidrs == ["172.31.0.0/20", "172.31.16.0/20"]
    assert vpcs.one_vswitch(second)["EnabledIpv6"] is True

    other = vpcs.vpc()
    plain = vpcs.vswitch(other)

    def found(default: bool) -> list[list[str]]:
        listed = vpcs.call("describe_vpcs", is_default=default)["Vpcs"]["Vpc"]
        switches = vpcs.call("describe_vswitches", is_default=default)["VSwitches"]["VSwitch"]
        return [[e["VpcId"] for e in listed], [e["VSwitchId"] for e in switches]]

    assert found(default=True) == [[vpc], [first, second]]
    assert found(default=False) == [[other], [plain]]
