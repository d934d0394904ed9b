"""IPv4 gateway: a VPC's central access to the Internet.

Once it is activated, the VPC's Internet access is centralised.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.filtering import TextGetter, filter_by_parameters, listed
from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP, requested_group
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags, tag_list
from gwlbfw.sim.services.vpc import tasks
from gwlbfw.sim.services.vpc.eip.record import eips_of
from gwlbfw.sim.services.vpc.nat_gateway.record import NatGateway
from gwlbfw.sim.services.vpc.parameters import name_or_description
from gwlbfw.sim.services.vpc.route_entry.entries import DEFAULT_ROUTE, add_entry
from gwlbfw.sim.services.vpc.route_entry.record import RouteEntry
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.services.vpc.vpc.record import Vpc, require_available_vpc
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Lifecycle, Region
from gwlbfw.sim.wire import Json, Reply

STILL_USED = "DependencyViolation"
"""DeleteIpv4Gateway while a table is associated or an entry leads to it (UNVERIFIED code)."""
MAX_TABLES = 10
"""Tables that may be named (VPC API, EnableVpcIpv4Gateway)."""


@dataclass(kw_only=True, eq=False)
class Ipv4Gateway(
    Record,
    Lifecycle,
    kind="ipv4_gateway",
    prefix="ipv4gw",
    product="vpc",
    tag_type="IPV4GATEWAY",
    not_found=("ResourceNotFound.Ipv4Gateway", 400),
):
    """One gateway: Creating, then Created; an active one is Created too, but `enabled`."""

    vpc_id: str = ""
    name: str = ""
    description: str = ""
    enabled: bool = False
    route_table_id: str = ""
    internet_mode: str = ""
    """The mode of the VPC after the gateway's deletion: private or public."""
    resource_group_id: str = DEFAULT_GROUP
    activation: str = ""
    """Under way, then done; the status alone doesn't distinguish an active gateway."""

    def uses(self) -> Collection[str]:
        return (self.vpc_id,)

    def on_transition(self, region: Region, field: str) -> None:
        if field == "activation" and (vpc := region.find(Vpc, self.vpc_id)):
            self.enabled = True
            vpc.centralised = True

    def on_delete(self, region: Region) -> None:
        # SupportIpv4Gateway stays true where the VPC is left without Internet (VPC API,
        # DescribeVpcAttribute and DeleteIpv4Gateway).
        if (vpc := region.find(Vpc, self.vpc_id)) is not None:
            vpc.centralised = self.internet_mode == "private"


def require_idle_gateway(region: Region, gateway_id: str) -> Ipv4Gateway:
    """The gateway of an id, which must not be in the middle of anything."""
    gateway = region.require(Ipv4Gateway, gateway_id)
    if gateway.status != "Created":
        raise ApiError("IncorrectStatus.Ipv4Gateway", f"The IPv4 gateway is {gateway.status}.")
    return gateway


@action("vpc", "CreateIpv4Gateway")
def create_ipv4_gateway(region: Region, request: Request) -> Reply:
    """VPC API, CreateIpv4Gateway: one for a VPC."""
    vpc = require_available_vpc(region, request.text("VpcId"), "IncorrectStatus.Vpc")
    if region.where(Ipv4Gateway, vpc_id=vpc.id):
        raise ApiError("OperationDenied.VpcExistIpv4Gateway", "The VPC has an IPv4 gateway.")
    refuse_direct_eips(region, vpc.id, "OperationDenied.ExistDirectEip")
    gateway = region.add(
        Ipv4Gateway(
            vpc_id=vpc.id,
            name=name_or_description(request, "Ipv4GatewayName"),
            description=name_or_description(request, "Ipv4GatewayDescription"),
            resource_group_id=requested_group(region, request),
            tags=requested_tags(request),
        )
    )
    region.transition(gateway, "Creating", "Created")
    return {"Ipv4GatewayId": gateway.id, "ResourceGroupId": gateway.resource_group_id}


@action("vpc", "UpdateIpv4GatewayAttribute")
def update_ipv4_gateway_attribute(region: Region, request: Request) -> Reply:
    """VPC API, UpdateIpv4GatewayAttribute: name and description."""
    gateway = require_idle_gateway(region, request.text("Ipv4GatewayId"))
    gateway.name = name_or_description(request, "Ipv4GatewayName", gateway.name)
    gateway.description = name_or_description(
        request, "Ipv4GatewayDescription", gateway.description
    )
    return {}


@action("vpc", "DeleteIpv4Gateway")
def delete_ipv4_gateway(region: Region, request: Request) -> Reply:
    """VPC API, DeleteIpv4Gateway: by default the VPC is left without any Internet access."""
    mode = request.one_of("InternetMode", ("private", "public"), "private")
    gateway = require_idle_gateway(region, request.text("Ipv4GatewayId"))
    if left := sorted(each.kind for each in region.users(gateway.id)):
        raise ApiError(STILL_USED, f"The IPv4 gateway is used by a {left[0].replace('_', ' ')}.")
    gateway.internet_mode = mode
    region.transition(gateway, "Deleting", DELETED)
    return {}


@action("vpc", "GetIpv4GatewayAttribute")
def get_ipv4_gateway_attribute(region: Region, request: Request) -> Reply:
    """VPC API, GetIpv4GatewayAttribute: flat."""
    gateway = region.require(Ipv4Gateway, request.text("Ipv4GatewayId"))
    return {**_view(gateway), "CreateTime": timestamp(gateway.created)}


_FILTERS: Mapping[str, TextGetter[Ipv4Gateway]] = {
    "VpcId": lambda each: each.vpc_id,
    "Ipv4GatewayName": lambda each: each.name,
    "ResourceGroupId": lambda each: each.resource_group_id,
}


@action("vpc", "ListIpv4Gateways")
def list_ipv4_gateways(region: Region, request: Request) -> Reply:
    """VPC API, ListIpv4Gateways: filtered by `Tags`, not `Tag`; created at GmtCreate."""
    named = listed(region, Ipv4Gateway, request.comma_texts("Ipv4GatewayId"))
    found = filter_by_parameters(request, filter_by_tags(named, request, "Tags"), _FILTERS)
    page = page_by_token(request, found, default=10, maximum=100)
    models: list[Json] = [
        {**_view(each), "GmtCreate": timestamp(each.created)} for each in page.items
    ]
    return {
        "Ipv4GatewayModels": models,
        "TotalCount": str(page.fields["TotalCount"]),
        "NextToken": page.fields["NextToken"],
    }


def _view(gateway: Ipv4Gateway) -> dict[str, Json]:
    return {
        "Ipv4GatewayId": gateway.id,
        "Ipv4GatewayName": gateway.name,
        "Ipv4GatewayDescription": gateway.description,
        "VpcId": gateway.vpc_id,
        "Status": gateway.status,
        "Enabled": gateway.enabled,
        "Ipv4GatewayRouteTableId": gateway.route_table_id,
        "ResourceGroupId": gateway.resource_group_id,
        "Tags": tag_list(gateway.tags),
    }


def refuse_direct_eips(region: Region, vpc_id: str, code: str) -> None:
    """An IPv4 gateway excludes EIPs in cut-through mode."""
    for eip in region.all_of_kind("eip"):
        if getattr(eip, "vpc_id", "") == vpc_id and getattr(eip, "mode", "") == "BINDED":
            raise ApiError(code, f"The EIP {eip.id} is in cut-through mode.")


@action("vpc", "EnableVpcIpv4Gateway")
def enable_vpc_ipv4_gateway(region: Region, request: Request) -> Reply:
    """VPC API, EnableVpcIpv4Gateway: only the tables that are named get an entry."""
    gateway = require_idle_gateway(region, request.text("Ipv4GatewayId"))
    if gateway.enabled:
        # The page prints the code with its full stop.
        raise ApiError("OperationFailed.Ipv4GatewayAlreadyActive.", "It is active already.")
    refuse_direct_eips(region, gateway.vpc_id, "OperationDenied.DirectEipExist")
    refuse_nat_gateways(region, gateway.vpc_id)
    ids = request.texts("RouteTableList")
    if len(ids) > MAX_TABLES:
        raise request.invalid("RouteTableList", f"at most {MAX_TABLES} tables")
    tables = [region.require(RouteTable, each) for each in ids]
    if tables:
        tasks.refuse_if_busy(region, gateway.vpc_id, code="OperationConflict")
    for table in tables:
        if table.vpc_id != gateway.vpc_id or table.for_gateway:
            raise ApiError("Mismatch.Ipv4GatewayIdAndRouteTableId", f"{table.id} can't be used.")
        if region.where(RouteEntry, table_id=table.id, destination=DEFAULT_ROUTE):
            code = "OperationDenied.ConflictOfAllZeroRouting"
            raise ApiError(code, f"The route table {table.id} has an entry for {DEFAULT_ROUTE}.")
        add_entry(region, table, DEFAULT_ROUTE, ("Ipv4Gateway", gateway.id), Params("vpc", {}))
    region.transition(gateway, "Activating", "Created")
    region.transition(gateway, "under way", "done", field="activation")
    return {}


def refuse_nat_gateways(region: Region, vpc_id: str) -> None:
    """NAT gateways with EIPs have to be in the mode that goes with an IPv4 gateway.

    The code is in the action's error table; that it depends on EIPs and mode is UNVERIFIED.
    """
    for gateway in region.where(NatGateway, vpc_id=vpc_id):
        if gateway.bind_mode != "NAT" and eips_of(region, gateway.id):
            code = "OperationDenied.NatgatewayExist"
            raise ApiError(code, f"The NAT gateway {gateway.id} has EIPs in another mode.")
