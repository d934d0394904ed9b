"""The regions and zones that the VPC API lists."""

from gwlbfw.sim.regions import ZONES
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@action("vpc", "DescribeZones")
def describe_zones(region: Region, request: Request) -> Reply:
    """VPC API, DescribeZones: every zone of the region."""
    kind = request.text("ZoneType", "AvailabilityZone")
    zones: list[Json] = [
        {"ZoneId": each, "LocalName": each, "ZoneType": kind}
        for each in ZONES[region.name]
        if kind == "AvailabilityZone"
    ]
    return {"Zones": {"Zone": zones}}


@action("vpc", "DescribeRegions")
def describe_regions(region: Region, request: Request) -> Reply:  # noqa: ARG001 - a handler
    """VPC API, DescribeRegions: every region that the simulator has."""
    regions: list[Json] = [
        {"RegionId": each, "LocalName": each, "RegionEndpoint": f"vpc.{each}.aliyuncs.com"}
        for each in ZONES
    ]
    return {"Regions": {"Region": regions}}
