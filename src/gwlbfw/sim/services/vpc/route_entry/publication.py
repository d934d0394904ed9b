"""Publication of route entries to transit routers and their like, of which there are none here.

Sources: VPC API, ListVpcPublishedRouteEntries, PublishVpcRouteEntries and
WithdrawVpcPublishedRouteEntries. The code for a target that doesn't exist is UNVERIFIED.
"""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc.route_entry.actions import find_entry
from gwlbfw.sim.services.vpc.route_entry.record import RouteEntry
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply


@action(
    "vpc",
    "ListVpcPublishedRouteEntries",
    without_effect=("DestinationCidrBlock", "TargetInstanceId", "TargetType"),
)
def list_vpc_published_route_entries(region: Region, request: Request) -> Reply:
    """VPC API, ListVpcPublishedRouteEntries: none of a table is published."""
    region.require(RouteTable, request.text("RouteTableId"))
    nothing: list[RouteEntry] = []
    page = page_by_token(request, nothing, default=50, maximum=500)
    return {"RouteEntries": [], "NextToken": page.fields["NextToken"]}


@action("vpc", "PublishVpcRouteEntries")
@action("vpc", "WithdrawVpcPublishedRouteEntries")
def publish_vpc_route_entries(region: Region, request: Request) -> Reply:
    """VPC API, PublishVpcRouteEntries and its opposite: refused, as there are no targets."""
    for each in request.objects("RouteEntries"):
        find_entry(region, each)
    target = f"{request.text('TargetType')} {request.text('TargetInstanceId')}"
    raise ApiError("ResourceNotFound.TargetInstance", f"There is no {target}.", 404)
