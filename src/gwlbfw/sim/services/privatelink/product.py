"""PrivateLink as a product that an account opens once, and where it is offered.

Source: PrivateLink API, CheckProductOpen, OpenPrivateLinkService, DescribeRegions, DescribeZones
(OrderOpend is the cloud's spelling).
"""

from dataclasses import dataclass

from gwlbfw.sim.errors import Refusal
from gwlbfw.sim.regions import GWLB_ZONES, ZONES, gwlb_zones
from gwlbfw.sim.services.gwlb.regions import PLACES, zone_name
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

RESOURCE_TYPES = ("slb", "alb", "nlb", "gwlb")
"""What a service's resources can be; the simulator has gateway load balancers only."""


@dataclass(kw_only=True, eq=False)
class Subscription(Record, kind="privatelink_order", prefix="order", product="privatelink"):
    """That an account has opened PrivateLink, in every region."""

    @property
    def implicit(self) -> bool:
        return True


def refuse_unless_open(region: Region) -> None:
    """Refuse what needs PrivateLink in an account that has not opened it."""
    if not _is_open(region):
        raise Refusal("NeedOpenProduct", "PrivateLink is not activated for this account.")


def _is_open(region: Region) -> bool:
    if region.settings.privatelink_open:
        return True
    records = (each for each in region.state if isinstance(each, Subscription))
    return any(each.account == region.account for each in records)


@action("privatelink", "CheckProductOpen")
def check_open(region: Region, request: Request) -> Reply:
    """Success where it is open, an error elsewhere."""
    del request
    refuse_unless_open(region)
    return {"Success": True}


@action("privatelink", "OpenPrivateLinkService")
def open_product(region: Region, request: Request) -> Reply:
    """Open it; that it is open already is an error."""
    del request
    if _is_open(region):
        raise Refusal("OrderOpend", "The product has been activated.")
    return {"OrderId": region.add(Subscription()).id.partition("-")[2]}


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
                    "LocalName": PLACES.get(each, each),
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
    """The zones of the region that services of a type of resource can be in."""
    wanted = request.one_of("ServiceResourceType", RESOURCE_TYPES)
    zones = gwlb_zones(region.name) if wanted == "gwlb" else ZONES[region.name]
    listed = [{"ZoneId": each, "LocalName": zone_name(each)} for each in zones]
    return {"Zones": {"Zone": listed}}
