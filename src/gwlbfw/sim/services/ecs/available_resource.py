"""The resources available in each zone of a region: in the simulator every zone has everything.

Source: ECS API, DescribeAvailableResource.
"""

from collections.abc import Callable, Mapping, Sequence

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.regions import ZONES
from gwlbfw.sim.services.ecs.offer.loading import offer_of
from gwlbfw.sim.services.ecs.regions import DISKS
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_IN_STOCK: Mapping[str, Json] = {"Status": "Available", "StatusCategory": "WithStock"}
_SIZES: Mapping[str, tuple[int, int]] = {"SystemDisk": (20, 2048), "DataDisk": (1, 32768)}
"""Least and most GiB of a disk (ECS API, RunInstances: of most categories)."""
_ALWAYS = ("InstanceChargeType", "ResourceType", "SpotStrategy", "SpotDuration", "Scope")
"""Parameters whose every value is on offer here: what for, and how it is charged."""


@action("ecs", "DescribeAvailableResource", without_effect=_ALWAYS)
def describe_available_resource(region: Region, request: Request) -> Reply:
    """The values of a resource type that are available in each zone."""
    kind = request.one_of("DestinationResource", _VALUES)
    zone = request.text("ZoneId")
    if zone and zone not in ZONES[region.name]:
        raise ApiError("InvalidZoneId.NotFound", f"The zone {zone} does not exist.", 404)
    listed = _VALUES[kind](region, request)
    values = listed if _is_offered(region, request) else ()
    low, high = _SIZES.get(kind, (0, 0))
    bounds: dict[str, Json] = {"Min": low, "Max": high, "Unit": "GiB"} if high else {}
    resources: Json = [{"Value": value, **_IN_STOCK, **bounds} for value in values]
    resources = [{"Type": kind, "SupportedResources": {"SupportedResource": resources}}]
    zones: Json = [
        {
            "RegionId": region.name,
            "ZoneId": each,
            **_IN_STOCK,
            "AvailableResources": {"AvailableResource": resources if kind != "Zone" else []},
        }
        for each in (ZONES[region.name] if values else ())
        if zone in ("", each)
    ]
    return {"AvailableZones": {"AvailableZone": zones}}


def _is_offered(region: Region, request: Request) -> bool:
    """True if there is what a call asks for beside the resource that it wants to know of."""
    instance_type = request.text("InstanceType")
    conditions = (
        request.one_of("NetworkCategory", ("vpc", "classic"), "vpc") == "vpc",
        request.one_of("IoOptimized", ("none", "optimized"), "optimized") == "optimized",
        request.text("SystemDiskCategory", DISKS[0]) in DISKS,
        request.text("DataDiskCategory", DISKS[0]) in DISKS,
        not request.text("DedicatedHostId"),
        not instance_type or instance_type in offer_of(region).instance_types,
    )
    return all(conditions)


def _instance_types(region: Region, request: Request) -> Sequence[str]:
    """The types, also by their vCPUs and memory."""
    wanted, cores = request.text("InstanceType"), request.number("Cores", 0)
    memory = float(request.text("Memory", "0"))
    return [
        each.name
        for each in offer_of(region).instance_types.values()
        if wanted in ("", each.name) and cores in (0, each.cores) and memory in (0, each.memory_gib)
    ]


def _disks(parameter: str) -> Callable[[Region, Request], Sequence[str]]:
    def named(_region: Region, request: Request) -> Sequence[str]:
        return [each for each in DISKS if request.text(parameter) in ("", each)]

    return named


_VALUES: Mapping[str, Callable[[Region, Request], Sequence[str]]] = {
    "Zone": lambda region, _: ZONES[region.name],
    "IoOptimized": lambda _, __: ("optimized",),
    "InstanceType": _instance_types,
    "Network": lambda _, __: ("vpc",),
    "ddh": lambda _, __: (),
    "SystemDisk": _disks("SystemDiskCategory"),
    "DataDisk": _disks("DataDiskCategory"),
}
"""The values of each resource that can be asked for."""
