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
    (resources,) = zones[0]["AvailableResources"]["ResourcesInfo"]
    families = resources["InstanceTypeFamilies"]["supportedInstanceTypeFamily"]
    assert "ecs.g7ne" in families
    assert len(families) == len(set(families))
    assert resources["NetworkTypes"]["supportedNetworkCategory"] == ["vpc"]
    assert (
        "AvailableInstanceTypes"
        not in ecs.call("describe_zones", Verbose=False)["Zones"]["Zone"][0]
    )
    refused = ecs.refused("describe_zones", RegionId="cn-none")
    assert refused == (404, "InvalidRegionId.NotFound")
