"""Where gateway load balancers are."""

import json

import pytest

from gwlbfw.sim.wire import HttpRequest
from tests.sim.services.gwlb.calls import Firewall, raw

VERSION = "2024-04-15"


@pytest.mark.parametrize(
    ("region", "zones"),
    [
        ("me-central-1", ["me-central-1a", "me-central-1b"]),
        ("cn-chengdu", ["cn-chengdu-a", "cn-chengdu-b", "cn-chengdu-c"]),
        ("cn-shanghai", [f"cn-shanghai-{letter}" for letter in "celmn"]),
    ],
)
def test_zones_with_gateway_load_balancers(fw: Firewall, region: str, zones: list[str]) -> None:
    listed = raw(fw.cloud, "DescribeZones", VERSION, RegionId=region)["Zones"]
    assert [each["ZoneId"] for each in listed] == zones
    offered = fw.gwlb("DescribeRegions")["Regions"]
    assert region in [each["RegionId"] for each in offered]
    assert "eu-central-1" not in [each["RegionId"] for each in offered]


def test_a_region_without_gateway_load_balancers_answers_no_call_of_theirs(fw: Firewall) -> None:
    query = f"Action=ListLoadBalancers&Version={VERSION}&RegionId=eu-central-1&AccessKeyId=any"
    refusal = fw.cloud.simulator.handle(HttpRequest("POST", query))
    assert refusal.status == 404
    assert json.loads(refusal.body)["Code"] == "InvalidRegionId.NotFound"
    link = fw.link("DescribeZones", RegionId="eu-central-1", ServiceResourceType="gwlb")
    assert link["Zones"]["Zone"] == []
