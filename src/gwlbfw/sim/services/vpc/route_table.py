"""Route table: a VPC's own (system), for vSwitches (custom), or for an IPv4 gateway."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, listed
from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.services.vpc import tasks
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.services.vpc.vpc.record import Vpc, group_of_vpc, in_group, require_available_vpc
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Lifecycle, Region
from gwlbfw.sim.wire import Json, Reply

CUSTOM_TABLES = quota("route_tables_per_vpc", 9)
"""Custom tables for vSwitches in one VPC (VPC quota `vpc_quota_route_tables_num`)."""
STILL_ASSOCIATED = "DependencyViolation.VSwitch"
"""DeleteRouteTable while a vSwitch has the table (UNVERIFIED code)."""


@dataclass(kw_only=True, eq=False)
class RouteTable(
    Record,
    Lifecycle,
    kind="route_table",
    prefix="vtb",
    product="vpc",
    tag_type="ROUTETABLE",
    not_found=("InvalidRouteTableId.NotFound", 404),
):
    """One route table; its entries are records of their own."""

    vpc_id: str = ""
    name: str = ""
    description: str = ""
    system: bool = False
    associate_type: str = "VSwitch"
    gateway_id: str = ""
    propagation: bool = True
    """True if it takes propagated routes; a gateway's table does not."""

    @property
    def implicit(self) -> bool:
        return self.system

    @property
    def for_gateway(self) -> bool:
        """True for a gateway route table, which routes inbound traffic."""
        return self.associate_type == "Gateway"

    def uses(self) -> Collection[str]:
        return () if self.system else (self.vpc_id, self.gateway_id)

    def on_delete(self, region: Region) -> None:
        for each in region.users(self.id):
            if each.kind in ("route_entry", "gateway_route_entry"):
                region.remove(each)


@action("vpc", "CreateRouteTable")
def create_route_table(region: Region, request: Request) -> Reply:
    """VPC API, CreateRouteTable: codes of both quotas and of an unknown VPC."""
    vpc = require_available_vpc(region, request.text("VpcId"), "IncorrectStatus.Vpc")
    kind = request.one_of("AssociateType", ("VSwitch", "Gateway"), "VSwitch")
    others = region.where(RouteTable, vpc_id=vpc.id, system=False, associate_type=kind)
    if kind == "Gateway" and others:
        raise ApiError("QuotaExceeded.GatewayRouteTable", "The VPC has a gateway route table.")
    if len(others) >= region.quota(CUSTOM_TABLES):
        raise ApiError("QuotaExceeded.RouteTable", "The VPC has as many route tables as it may.")
    table = region.add(
        RouteTable(
            vpc_id=vpc.id,
            name=name_or_description(request, "RouteTableName"),
            description=name_or_description(request, "Description"),
            associate_type=kind,
            propagation=kind != "Gateway",
            tags=requested_tags(request),
        )
    )
    region.transition(table, "Pending", "Available")
    return {"RouteTableId": table.id}


@action("vpc", "DeleteRouteTable")
def delete_route_table(region: Region, request: Request) -> Reply:
    """VPC API, DeleteRouteTable: its preconditions and their codes."""
    table = region.require(RouteTable, request.text("RouteTableId"))
    if table.system:
        raise ApiError("IncorrectRouteTableType", "The system route table can't be deleted.")
    if table.status != "Available":
        raise ApiError("IncorrectRouteTableStatus", f"The route table is {table.status}.")
    if table.gateway_id:
        raise ApiError("OperationDenied.GatewayAssociated", "A gateway has the route table.")
    # A gateway table's redirected entry counts as a custom one (UNVERIFIED that it blocks).
    kinds = {each.kind for each in region.users(table.id)}
    if "vswitch" in kinds:
        raise ApiError(STILL_ASSOCIATED, "A vSwitch has the route table.")
    if kinds & {"route_entry", "gateway_route_entry"}:
        raise ApiError("IncorrectRouteTableStatus.RouteEntryExist", "It has custom route entries.")
    tasks.refuse_if_busy(region, table.vpc_id, code="OperationConflict")
    region.transition(table, "Deleting", DELETED)
    return {}


@action("vpc", "ModifyRouteTableAttributes")
def modify_route_table_attributes(region: Region, request: Request) -> Reply:
    """VPC API, ModifyRouteTableAttributes: works on the system table too."""
    table = region.require(RouteTable, request.text("RouteTableId"))
    table.name = name_or_description(request, "RouteTableName", table.name)
    table.description = name_or_description(request, "Description", table.description)
    table.propagation = request.flag("RoutePropagationEnable", default=table.propagation)
    return {}


@action("vpc", "DescribeRouteTableList")
def describe_route_table_list(region: Region, request: Request) -> Reply:
    """VPC API, DescribeRouteTableList: an unknown id is an empty list."""
    named = listed(region, RouteTable, request.comma_texts("RouteTableId"))
    tables = filter_by_parameters(request, filter_by_tags(named, request), _FILTERS)
    tables = in_group(region, request, tables)
    if router := request.text("RouterId"):
        tables = [each for each in tables if router_of(region, each) == router]
    page = page_by_number(request, tables)
    views: list[Json] = [_view(region, each) for each in page.items]
    return {"RouterTableList": {"RouterTableListType": views}, **page.fields}


def vswitches_of(region: Region, table: RouteTable) -> list[Json]:
    """The ids of the vSwitches that have a table."""
    return [each.id for each in region.where(VSwitch, route_table_id=table.id)]


def type_of(table: RouteTable) -> str:
    """System or Custom; a gateway's table is a custom one."""
    return "System" if table.system else "Custom"


def router_of(region: Region, table: RouteTable) -> str:
    """The vRouter of the VPC that a table belongs to."""
    vpc = region.find(Vpc, table.vpc_id)
    return vpc.router_id if vpc else ""


_FILTERS: Mapping[str, TextGetter[RouteTable]] = {
    "VpcId": lambda each: each.vpc_id,
    "RouteTableName": lambda each: each.name,
    "RouteTableType": type_of,
    "RouterType": lambda _: "VRouter",
}


def _view(region: Region, table: RouteTable) -> dict[str, Json]:
    return {
        "RouteTableId": table.id,
        "RouteTableName": table.name,
        "RouteTableType": type_of(table),
        "AssociateType": table.associate_type,
        "Description": table.description,
        "VpcId": table.vpc_id,
        "RouterId": router_of(region, table),
        "RouterType": "VRouter",
        "Status": table.status,
        "RoutePropagationEnable": table.propagation,
        "VSwitchIds": {"VSwitchId": vswitches_of(region, table)},
        "GatewayIds": {"GatewayIds": [table.gateway_id] if table.gateway_id else []},
        "CreationTime": timestamp(table.created),
        "OwnerId": int(table.account),
        "ResourceGroupId": group_of_vpc(region, table.vpc_id),
        "Tags": {"Tag": tag_list(table.tags)},
    }
