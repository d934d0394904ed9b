"""Regions and zones of ECS, and the resources available in each zone.

Sources: ECS API, DescribeRegions, DescribeZones and DescribeAvailableResource. In the simulator
every zone has everything.
"""

from collections.abc import Sequence

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.regions import ZONES
from gwlbfw.sim.services.ecs.instance_type import INSTANCE_TYPES
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

DISKS = ("cloud_efficiency", "cloud_ssd", "cloud_essd", "cloud_auto", "cloud_essd_entry")
"""Categories of system disks (ECS API, RunInstances; retired ones are left out)."""


@action("ecs", "DescribeRegions")
def describe_regions(region: Region, request: Request) -> Reply:  # noqa: ARG001
    """Every region that the simulator has."""
    regions: Json = [
        {
            "RegionId": name,
            "LocalName": name,
            "RegionEndpoint": f"ecs.{name}.aliyuncs.com",
            "Status": "available",
        }
        for name in ZONES
    ]
    return {"Regions": {"Region": regions}}


@action("ecs", "DescribeZones")
def describe_zones(region: Region, request: Request) -> Reply:
    """A region's zones; with Verbose=false, their ids alone."""
    verbose = request.flag("Verbose", default=True)
    zones: Json = [
        {"ZoneId": zone, "LocalName": zone, **(_zone_details() if verbose else {})}
        for zone in ZONES[region.name]
    ]
    return {"Zones": {"Zone": zones}}


@action("ecs", "DescribeAvailableResource")
def describe_available_resource(region: Region, request: Request) -> Reply:
    """The values of a resource type that are available in each zone."""
    kind = request.one_of("DestinationResource", ("InstanceType", "SystemDisk", "Zone"))
    zone = request.text("ZoneId")
    if zone and zone not in ZONES[region.name]:
        raise ApiError("InvalidZoneId.NotFound", f"The zone {zone} does not exist.", 404)
    resources: Json = [
        {"Value": value, "Status": "Available", "StatusCategory": "WithStock"}
        for value in _values(request, kind)
    ]
    zones: Json = [
        {
            "RegionId": region.name,
            "ZoneId": each,
            "Status": "Available",
            "StatusCategory": "WithStock",
            "AvailableResources": {
                "AvailableResource": [
                    {"Type": kind, "SupportedResources": {"SupportedResource": resources}}
                ]
            },
        }
        for each in ZONES[region.name]
        if zone in ("", each)
    ]
    return {"AvailableZones": {"AvailableZone": zones}}


def _values(request: Request, kind: str) -> Sequence[str]:
    if kind == "Zone":
        return ()
    wanted = request.text("SystemDiskCategory" if kind == "SystemDisk" else "InstanceType")
    values = DISKS if kind == "SystemDisk" else tuple(INSTANCE_TYPES)
    return [each for each in values if wanted in ("", each)]


def _zone_details() -> dict[str, Json]:
    return {
        "ZoneType": "AvailabilityZone",
        "AvailableInstanceTypes": {"InstanceTypes": list(INSTANCE_TYPES)},
        "AvailableDiskCategories": {"DiskCategories": list(DISKS)},
        "AvailableResourceCreation": {"ResourceTypes": ["VSwitch", "IoOptimized", "Instance"]},
    }
