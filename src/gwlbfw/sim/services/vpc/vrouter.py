"""vRouter of a VPC, which comes and goes with it.

Source: VPC API, DescribeVRouters and ModifyVRouterAttribute.
"""

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@action("vpc", "DescribeVRouters")
def describe_vrouters(region: Region, request: Request) -> Reply:
    """VPC API, DescribeVRouters: an unknown id is an empty list."""
    router = request.text("VRouterId")
    vpcs = region.where(Vpc, router_id=router) if router else region.all(Vpc)
    page = page_by_number(request, vpcs)
    views: list[Json] = [_view(region, each) for each in page.items]
    return {"VRouters": {"VRouter": views}, **page.fields}


@action("vpc", "ModifyVRouterAttribute")
def modify_vrouter_attribute(region: Region, request: Request) -> Reply:
    """VPC API, ModifyVRouterAttribute: name and description."""
    found = region.where(Vpc, router_id=request.text("VRouterId"))
    if not found:
        raise ApiError("InvalidVRouterId.NotFound", "The vRouter does not exist.", 404)
    (vpc,) = found
    vpc.router_name = name_or_description(request, "VRouterName", vpc.router_name)
    vpc.router_description = name_or_description(request, "Description", vpc.router_description)
    return {}


def _view(region: Region, vpc: Vpc) -> dict[str, Json]:
    tables: list[Json] = [each.id for each in region.where(RouteTable, vpc_id=vpc.id)]
    return {
        "VRouterId": vpc.router_id,
        "VRouterName": vpc.router_name,
        "Description": vpc.router_description,
        "VpcId": vpc.id,
        "RegionId": vpc.region,
        "CreationTime": timestamp(vpc.created),
        "RouteTableIds": {"RouteTableId": tables},
    }
