"""Regions and zones that have gateway load balancers.

Source: GWLB API, DescribeRegions and DescribeZones.
"""

from gwlbfw.sim.regions import GWLB_ZONES, PLACES, gwlb_zones, zone_name
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

LANGUAGES = ("en-US", "zh-CN", "ja")


@action("gwlb", "DescribeRegions")
def describe_regions(region: Region, request: Request) -> Reply:
    """Every region with gateway load balancers."""
    del region
    request.one_of("AcceptLanguage", LANGUAGES)
    return {
        "Regions": [
            {
                "RegionId": each,
                "LocalName": PLACES[each],
                "RegionEndpoint": f"gwlb.{each}.aliyuncs.com",
            }
            for each in GWLB_ZONES
        ]
    }


@action("gwlb", "DescribeZones")
def describe_zones(region: Region, request: Request) -> Reply:
    """Every zone of the region with gateway load balancers."""
    request.one_of("AcceptLanguage", LANGUAGES)
    zones = gwlb_zones(region.name)
    return {"Zones": [{"ZoneId": each, "LocalName": zone_name(each)} for each in zones]}
