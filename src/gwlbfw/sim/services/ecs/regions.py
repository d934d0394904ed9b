"""Regions and zones of ECS.

Sources: ECS API, DescribeRegions and DescribeZones. In the simulator every zone has everything.
"""

from gwlbfw.sim.regions import PLACES, ZONES, zone_name
from gwlbfw.sim.services.ecs.offer.loading import offer_of
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

DISKS = ("cloud_efficiency", "cloud_ssd", "cloud_essd", "cloud_auto", "cloud_essd_entry")
"""Categories of system disks (ECS API, RunInstances; retired ones are left out)."""


@action(
    "ecs",
    "DescribeRegions",
    without_effect=("AcceptLanguage", "InstanceChargeType", "ResourceType"),
)
def describe_regions(region: Region, request: Request) -> Reply:  # noqa: ARG001
    """Every region, in English, for every kind of resource."""
    regions: Json = [
        {
            "RegionId": each,
            "LocalName": name,
            "RegionEndpoint": f"ecs.{each}.aliyuncs.com",
            "Status": "available",
        }
        for each, name in PLACES.items()
    ]
    return {"Regions": {"Region": regions}}


@action(
    "ecs",
    "DescribeZones",
    without_effect=("AcceptLanguage", "InstanceChargeType", "SpotStrategy"),
)
def describe_zones(region: Region, request: Request) -> Reply:
    """A region's zones; with Verbose=false, their ids alone."""
    verbose = request.flag("Verbose", default=True)
    zones: Json = [
        {"ZoneId": zone, "LocalName": zone_name(zone), **(_zone_details(region) if verbose else {})}
        for zone in ZONES[region.name]
    ]
    return {"Zones": {"Zone": zones}}


def _zone_details(region: Region) -> dict[str, Json]:
    types = offer_of(region).instance_types
    families = dict.fromkeys(each.family for each in types.values())
    generations = dict.fromkeys(each.generation for each in types.values())
    disks: list[Json] = list(DISKS)
    resources: Json = {
        "IoOptimized": True,
        "InstanceTypeFamilies": {"supportedInstanceTypeFamily": list(families)},
        "InstanceGenerations": {"supportedInstanceGeneration": list(generations)},
        "InstanceTypes": {"supportedInstanceType": list(types)},
        "SystemDiskCategories": {"supportedSystemDiskCategory": disks},
        "DataDiskCategories": {"supportedDataDiskCategory": disks},
        "NetworkTypes": {"supportedNetworkCategory": ["vpc"]},
    }
    return {
        "ZoneType": "AvailabilityZone",
        "AvailableInstanceTypes": {"InstanceTypes": list(types)},
        "AvailableDiskCategories": {"DiskCategories": disks},
        "AvailableResources": {"ResourcesInfo": [resources]},
        "AvailableResourceCreation": {"ResourceTypes": ["VSwitch", "IoOptimized", "Instance"]},
    }
