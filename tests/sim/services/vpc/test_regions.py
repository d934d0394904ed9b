"""Regions and zones of the VPC API."""

from alibabacloud_vpc20160428 import models

from tests.sim.services.vpc.calls import Vpcs


def test_vpc_of_another_region_is_not_found(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    elsewhere = {"region_id": "cn-hangzhou", "vpc_id": vpc}
    assert vpcs.call("describe_vpcs", **elsewhere)["TotalCount"] == 0
    refusal = vpcs.refused("describe_vpc_attribute", **elsewhere)
    assert refusal == (404, "InvalidVpcId.NotFound")
    assert vpcs.refused("describe_vpcs", region_id="mars")[1] == "InvalidRegionId.NotFound"


def test_region_of_a_call_follows_from_its_ids(vpcs: Vpcs) -> None:
    made = vpcs.call("create_vpc", region_id="cn-hangzhou", cidr_block="10.0.0.0/8")["VpcId"]
    vpcs.cloud.settle()
    request = models.DeleteVpcRequest(vpc_id=made)
    vpcs.client.delete_vpc(request)
    vpcs.cloud.settle()
    assert vpcs.cloud.simulator.status().empty


def test_vpc_zones_and_regions_are_listed(vpcs: Vpcs) -> None:
    zones = vpcs.call("describe_zones")["Zones"]["Zone"]
    assert [each["ZoneId"][-1] for each in zones] == ["a", "b", "c"]
    regions = vpcs.call("describe_regions")["Regions"]["Region"]
    assert {"cn-hangzhou", "cn-qingdao", "me-central-1"} <= {each["RegionId"] for each in regions}


def test_vpc_works_in_a_region_that_has_no_gateway_load_balancers(vpcs: Vpcs) -> None:
    place = {"region_id": "eu-central-1"}
    vpc = vpcs.call("create_vpc", cidr_block="10.0.0.0/8", **place)["VpcId"]
    vpcs.cloud.settle()
    zone = {"zone_id": "eu-central-1a", "cidr_block": "10.0.0.0/24", "vpc_id": vpc}
    assert vpcs.call("create_vswitch", **zone, **place)["VSwitchId"].startswith("vsw-")
