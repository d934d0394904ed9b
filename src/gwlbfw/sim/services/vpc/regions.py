"""The regions and zones that the VPC API lists."""

from gwlbfw.sim.regions import PLACES, ZONES, zone_name
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@action("vpc", "DescribeZones", without_effect=("AcceptLanguage",))
def describe_zones(region: Region, request: Request) -> Reply:
    """VPC API, DescribeZones: every zone of the region; in English whatever AcceptLanguage says."""
    kind = request.text("ZoneType", "AvailabilityZone")
    zones: list[Json] = [
        {"ZoneId": each, "LocalName": zone_name(each), "ZoneType": kind}
        for each in ZONES[region.name]
        if kind == "AvailabilityZone"
    ]
    return {"Zones": {"Zone": zones}}


@action("vpc", "DescribeRegions", without_effect=("AcceptLanguage", "ProductType"))
def describe_regions(region: Region, request: Request) -> Reply:  # noqa: ARG001 - a handler
    """VPC API, DescribeRegions: every region, in English, for every type of product."""
    regions: list[Json] = [
        {"RegionId": each, "LocalName": name, "RegionEndpoint": f"vpc.{each}.aliyuncs.com"}
        for each, name in PLACES.items()
    ]
    return {"Regions": {"Region": regions}}
