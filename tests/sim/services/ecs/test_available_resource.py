"""The resources available in each zone."""

from typing import Any

import pytest

from tests.sim.cloud import Cloud
from tests.sim.services.ecs.calls import Ecs


@pytest.fixture
def ecs(cloud: Cloud) -> Ecs:
    return Ecs(cloud, cloud.ecs(), "", "", "")


def values(ecs: Ecs, kind: str, **more: Any) -> list[str]:
    """The values in zone b."""
    reply = ecs.call(
        "describe_available_resource", DestinationResource=kind, ZoneId="cn-wulanchabu-b", **more
    )
    return [
        supported["Value"]
        for zone in reply["AvailableZones"]["AvailableZone"]
        for resource in zone["AvailableResources"]["AvailableResource"]
        for supported in resource["SupportedResources"]["SupportedResource"]
    ]


def test_each_zone_has_every_resource(ecs: Ecs) -> None:
    reply = ecs.call("describe_available_resource", DestinationResource="SystemDisk")
    zones = reply["AvailableZones"]["AvailableZone"]
    assert [each["ZoneId"] for each in zones] == [f"cn-wulanchabu-{each}" for each in "abc"]
    (resource,) = zones[0]["AvailableResources"]["AvailableResource"]
    disk = resource["SupportedResources"]["SupportedResource"][0]
    assert (disk["Min"], disk["Unit"], disk["StatusCategory"]) == (20, "GiB", "WithStock")


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("InstanceType", {"InstanceType": "ecs.g7.large"}, ["ecs.g7.large"]),
        ("InstanceType", {"InstanceType": "ecs.none"}, []),
        ("InstanceType", {"Cores": 3}, []),
        ("InstanceType", {"IoOptimized": "none"}, []),
        ("SystemDisk", {"SystemDiskCategory": "cloud_essd"}, ["cloud_essd"]),
        ("SystemDisk", {"InstanceType": "ecs.none"}, []),
        ("DataDisk", {"DataDiskCategory": "cloud"}, []),
        ("Network", {"NetworkCategory": "vpc"}, ["vpc"]),
        ("Network", {"NetworkCategory": "classic"}, []),
        ("InstanceType", {"DedicatedHostId": "dh-1"}, []),
        ("ddh", {}, []),
        ("IoOptimized", {"SpotStrategy": "SpotAsPriceGo"}, ["optimized"]),
    ],
)
def test_only_what_fits_the_parameters_is_available(
    ecs: Ecs, kind: str, more: dict[str, Any], expected: list[str]
) -> None:
    assert values(ecs, kind, **more) == expected


def test_types_are_available_by_cores_and_memory(ecs: Ecs) -> None:
    found = values(ecs, "InstanceType", Cores=4, Memory=16)
    assert "ecs.g7.xlarge" in found
    assert "ecs.c7.xlarge" not in found
