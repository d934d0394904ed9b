"""PrivateLink as a product that an account opens once.

Source: PrivateLink API, CheckProductOpen and OpenPrivateLinkService (OrderOpend is the cloud's
spelling).
"""

from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply


@dataclass(kw_only=True, eq=False)
class Subscription(Record, kind="privatelink_order", prefix="order", product="privatelink"):
    """The subscription of an account, in every region."""

    @property
    def implicit(self) -> bool:
        return True


def refuse_unless_open(region: Region) -> None:
    """Refuse what needs PrivateLink in an account that has not opened it."""
    if not _is_open(region):
        raise ApiError("NeedOpenProduct", "PrivateLink is not activated for this account.")


def _is_open(region: Region) -> bool:
    if region.settings.privatelink_open:
        return True
    records = (each for each in region.state if isinstance(each, Subscription))
    return any(each.account == region.account for each in records)


@action("privatelink", "CheckProductOpen")
def check_product_open(region: Region, request: Request) -> Reply:
    """Success where it is open, an error elsewhere."""
    del request
    refuse_unless_open(region)
    return {"Success": True}


@action("privatelink", "OpenPrivateLinkService")
def open_privatelink_service(region: Region, request: Request) -> Reply:
    """Open it; an error if it is open already."""
    del request
    if _is_open(region):
        raise ApiError("OrderOpend", "The product has been activated.")
    return {"OrderId": region.add(Subscription()).id.partition("-")[2]}
