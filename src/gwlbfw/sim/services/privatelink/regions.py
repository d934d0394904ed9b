"""Regions and zones in which PrivateLink is offered.

Source: PrivateLink API, DescribeRegions and DescribeZones.
"""

from gwlbfw.sim.regions import GWLB_ZONES, PLACES, ZONES, gwlb_zones, zone_name
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

RESOURCE_TYPES = ("slb", "alb", "nlb", "gwlb")
"""Types of a service's resources; the simulator has gateway load balancers only."""


@action("privatelink", "DescribeRegions")
def describe_regions(region: Region, request: Request) -> Reply:
    """The regions that services of a type of resource can be in."""
    del region
    wanted = request.one_of("ServiceResourceType", RESOURCE_TYPES)
    types = sorted(RESOURCE_TYPES)
    return {
        "Regions": {
            "Region": [
                {
                    "RegionId": each,
                    "LocalName": PLACES[each],
                    "RegionEndpoint": f"privatelink.{each}.aliyuncs.com",
                    "ServiceResourceTypes": {"ServiceResourceType": types},
                }
                for each in ZONES
                if wanted != "gwlb" or each in GWLB_ZONES
            ]
        }
    }


@action("privatelink", "DescribeZones")
def describe_zones(region: Region, request: Request) -> Reply:
    """The zones of the region that services of a type of resource can be in.

    Across regions they are the same, on either side (UNVERIFIED).
    """
    if request.flag("CrossRegion"):
        request.one_of("CrossRegionSide", ("Endpoint", "EndpointService"))
    wanted = request.one_of("ServiceResourceType", RESOURCE_TYPES)
    zones = gwlb_zones(region.name) if wanted == "gwlb" else ZONES[region.name]
    listed = [{"ZoneId": each, "LocalName": zone_name(each)} for each in zones]
    return {"Zones": {"Zone": listed}}
