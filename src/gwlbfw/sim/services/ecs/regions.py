"""Regions and zones of ECS, and the resources available in each zone.

Sources: ECS API, DescribeRegions, DescribeZones and DescribeAvailableResource. In the simulator
every zone has everything.
"""

from collections.abc import Sequence

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.regions import PLACES, ZONES, zone_name
from gwlbfw.sim.services.ecs.instance_type import INSTANCE_TYPES
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
        {"ZoneId": zone, "LocalName": zone_name(zone), **(_zone_details() if verbose else {})}
        for zone in ZONES[region.name]
    ]
    return {"Zones": {"Zone": zones}}


@action(
    "ecs",
    "DescribeAvailableResource",
    without_effect=("InstanceChargeType", "ResourceType", "Scope", "SpotDuration", "SpotStrategy"),
)
def describe_available_resource(region: Region, request: Request) -> Reply:
    """The values of a resource type that are available in each zone, however they are paid for."""
    kind = request.one_of("DestinationResource", _KINDS)
    zone = request.text("ZoneId")
    if zone and zone not in ZONES[region.name]:
        raise ApiError("InvalidZoneId.NotFound", f"The zone {zone} does not exist.", 404)
    if not _has_what_is_asked_for(request):
        return {"AvailableZones": {"AvailableZone": []}}
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


_KINDS = ("InstanceType", "SystemDisk", "DataDisk", "Zone", "IoOptimized", "Network", "ddh")


def _has_what_is_asked_for(request: Request) -> bool:
    """True unless a call asks for what is nowhere: no I/O optimisation, the classic network."""
    return (
        request.text("IoOptimized", "optimized") == "optimized"
        and request.text("NetworkCategory", "vpc") == "vpc"
        and not request.text("DedicatedHostId")
        and request.text("InstanceType") in ("", *INSTANCE_TYPES)
        and request.text("SystemDiskCategory") in ("", *DISKS)
        and request.text("DataDiskCategory") in ("", *DISKS)
    )


def _values(request: Request, kind: str) -> Sequence[str]:
    if kind == "InstanceType":
        cores, memory = request.number("Cores", 0), request.text("Memory")
        return [
            each.name
            for each in INSTANCE_TYPES.values()
            if request.text("InstanceType") in ("", each.name)
            and cores in (0, each.cores)
            and (not memory or float(memory) == each.memory_gib)
        ]
    if kind in ("SystemDisk", "DataDisk"):
        wanted = request.text(f"{kind}Category")
        return [each for each in DISKS if wanted in ("", each)]
    return {"IoOptimized": ("optimized",), "Network": ("vpc",)}.get(kind, ())


def _zone_details() -> dict[str, Json]:
    return {
        "ZoneType": "AvailabilityZone",
        "AvailableInstanceTypes": {"InstanceTypes": list(INSTANCE_TYPES)},
        "AvailableDiskCategories": {"DiskCategories": list(DISKS)},
        "AvailableResourceCreation": {"ResourceTypes": ["VSwitch", "IoOptimized", "Instance"]},
    }
