"""Regions and zones that have gateway load balancers.

Source: GWLB API, DescribeRegions and DescribeZones.
"""

from gwlbfw.sim.regions import GWLB_ZONES, gwlb_zones
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

LANGUAGES = ("en-US", "zh-CN", "ja")
PLACES = {
    "cn-wulanchabu": "Ulanqab",
    "cn-hangzhou": "Hangzhou",
    "cn-shanghai": "Shanghai",
    "cn-beijing": "Beijing",
    "cn-shenzhen": "Shenzhen",
    "cn-chengdu": "Chengdu",
    "cn-hongkong": "Hong Kong",
    "ap-southeast-1": "Singapore",
    "ap-southeast-3": "Kuala Lumpur",
    "ap-northeast-1": "Tokyo",
    "me-east-1": "Dubai",
}
"""The name of each region; the English one in every language."""


def zone_name(zone: str) -> str:
    """The name of a zone, such as `Ulanqab Zone B`."""
    place = next((name for region, name in PLACES.items() if zone.startswith(region)), zone)
    return f"{place} Zone {zone[-1].upper()}"


@action("gwlb", "DescribeRegions")
def describe_regions(region: Region, request: Request) -> Reply:
    """Every region with gateway load balancers."""
    del region
    request.one_of("AcceptLanguage", LANGUAGES)
    return {
        "Regions": [
            {
                "RegionId": each,
                "LocalName": PLACES.get(each, each),
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
