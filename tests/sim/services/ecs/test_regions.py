"""Regions and zones of ECS, and the resources available in them."""

import pytest

from tests.sim.cloud import Cloud
from tests.sim.services.ecs.calls import Ecs


@pytest.fixture
def ecs(cloud: Cloud) -> Ecs:
    return Ecs(cloud, cloud.ecs(), "", "", "")


def test_ecs_regions_and_zones_are_listed(ecs: Ecs) -> None:
    regions = ecs.call("describe_regions")["Regions"]["Region"]
    assert "cn-wulanchabu" in [each["RegionId"] for each in regions]
    zones = ecs.call("describe_zones")["Zones"]["Zone"]
    ids = [f"cn-wulanchabu-{letter}" for letter in "abc"]
    assert [each["ZoneId"] for each in zones] == ids
    assert "ecs.g7ne.large" in zones[0]["AvailableInstanceTypes"]["InstanceTypes"]
    assert (
        "AvailableInstanceTypes"
        not in ecs.call("describe_zones", Verbose=False)["Zones"]["Zone"][0]
    )
    refused = ecs.refused("describe_zones", RegionId="cn-none")
    assert refused == (404, "InvalidRegionId.NotFound")


def test_available_resources_are_listed_by_zone(ecs: Ecs) -> None:
    reply = ecs.call(
        "describe_available_resource",
        DestinationResource="InstanceType",
        InstanceType="ecs.g7.large",
        ZoneId="cn-wulanchabu-b",
    )
    (zone,) = reply["AvailableZones"]["AvailableZone"]
    assert zone["ZoneId"] == "cn-wulanchabu-b"
    (resource,) = zone["AvailableResources"]["AvailableResource"]
    (supported,) = resource["SupportedResources"]["SupportedResource"]
    assert supported["Value"] == "ecs.g7.large"


def test_available_resources_follow_from_what_is_asked_for(ecs: Ecs) -> None:
    def values(kind: str, **more: object) -> list[str]:
        reply = ecs.call("describe_available_resource", DestinationResource=kind, **more)
        zones = reply["AvailableZones"]["AvailableZone"]
        resources = zones[0]["AvailableResources"]["AvailableResource"] if zones else []
        supported = resources[0]["SupportedResources"]["SupportedResource"] if resources else []
        return [each["Value"] for each in supported]

    small = values("InstanceType", Cores=2, Memory=8.0, InstanceChargeType="PrePaid")
    assert "ecs.g7.large" in small
    assert "ecs.g7.xlarge" not in small
    assert values("DataDisk", DataDiskCategory="cloud_ssd") == ["cloud_ssd"]
    assert values("Network") == ["vpc"]
    assert values("IoOptimized") == ["optimized"]
    assert values("InstanceType", NetworkCategory="classic") == []
    assert values("InstanceType", IoOptimized="none") == []
