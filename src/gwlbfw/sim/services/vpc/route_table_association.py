"""Association of route tables with vSwitches and IPv4 gateways."""

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc import tasks
from gwlbfw.sim.services.vpc.ipv4_gateway import Ipv4Gateway, require_idle_gateway
from gwlbfw.sim.services.vpc.route_entry.record import RouteEntry
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.services.vpc.vpc.record import require_available_vpc
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

HAS_ANOTHER = "ResourceAlreadyAssociated.VSwitch"
"""AssociateRouteTable on a vSwitch that has a custom table already (UNVERIFIED: it might be
replaced instead; terraform-provider-alicloud takes the old one away first)."""
NOT_ASSOCIATED = "OperationFailed.NotExistAssociateRelation"
VPC_MISMATCH = "InvalidParameter.VpcMismatch"
"""A vSwitch and a table of two VPCs (UNVERIFIED code)."""


@action("vpc", "AssociateRouteTable")
def associate_route_table(region: Region, request: Request) -> Reply:
    """VPC API, AssociateRouteTable: the vSwitch is Pending meanwhile."""
    table, vswitch = _table_and_vswitch(region, request)
    if table.for_gateway or table.system:
        raise ApiError(
            "OperationDenied.RouteTableTypeIncorrect", "It is no vSwitch's custom table."
        )
    if table.vpc_id != vswitch.vpc_id:
        raise ApiError(VPC_MISMATCH, "The route table is in another VPC than the vSwitch.")
    current = region.find(RouteTable, vswitch.route_table_id)
    if current is not None and not current.system:
        raise ApiError(HAS_ANOTHER, f"The vSwitch has the route table {current.id}.")
    _refuse_inactive_gateway(region, table)
    _set_route_table(region, vswitch, table.id)
    return {}


@action("vpc", "UnassociateRouteTable")
def unassociate_route_table(region: Region, request: Request) -> Reply:
    """VPC API, UnassociateRouteTable: the vSwitch is back on the system table afterwards."""
    table, vswitch = _table_and_vswitch(region, request)
    if vswitch.route_table_id != table.id or table.system:
        raise ApiError(NOT_ASSOCIATED, "The vSwitch does not have this route table.")
    _set_route_table(region, vswitch, require_available_vpc(region, vswitch.vpc_id).system_table_id)
    return {}


@action("vpc", "AssociateRouteTableWithGateway")
def associate_route_table_with_gateway(region: Region, request: Request) -> Reply:
    """VPC API, AssociateRouteTableWithGateway: the gateway has to be active."""
    table, gateway = _table_and_gateway(region, request)
    if not table.for_gateway:
        raise ApiError("OperationDenied.RouteTableTypeIncorrect", "It is no gateway's table.")
    if table.vpc_id != gateway.vpc_id:
        raise ApiError("OperationDenied.GatewayAndTableNotInOneVpc", "They are in two VPCs.")
    if gateway.route_table_id:
        raise ApiError("ResourceAlreadyAssociated.Ipv4Gateway", "The gateway has a route table.")
    if table.gateway_id:
        raise ApiError("ResourceAlreadyAssociated.GatewayRouteTable", "The table has a gateway.")
    if not gateway.enabled:
        raise ApiError("OperationDenied.Ipv4GatewayNotActive", "The gateway is not active.")
    _set_association(region, gateway, table, joined=True)
    return {}


@action("vpc", "DissociateRouteTableFromGateway")
def dissociate_route_table_from_gateway(region: Region, request: Request) -> Reply:
    """VPC API, DissociateRouteTableFromGateway: redirected entries don't hinder (UNVERIFIED)."""
    table, gateway = _table_and_gateway(region, request)
    if gateway.route_table_id != table.id:
        raise ApiError(NOT_ASSOCIATED, "The gateway does not have this route table.")
    _set_association(region, gateway, table, joined=False)
    return {}


def _table_and_vswitch(region: Region, request: Request) -> tuple[RouteTable, VSwitch]:
    table = region.require(RouteTable, request.text("RouteTableId"))
    vswitch = region.require(VSwitch, request.text("VSwitchId"))
    if table.status != "Available":
        raise ApiError("IncorrectStatus.RouteTable", f"The route table is {table.status}.")
    if vswitch.status != "Available":
        raise ApiError("IncorrectVSwitchStatus", f"The vSwitch is {vswitch.status}.")
    tasks.refuse_if_busy(region, vswitch.vpc_id, code="OperationConflict")
    return table, vswitch


def _refuse_inactive_gateway(region: Region, table: RouteTable) -> None:
    """Refuse a table that leads to a gateway which isn't active.

    UNVERIFIED: terraform-provider-alicloud retries AssociateRouteTable on this code, from which
    it is derived when the code is given.
    """
    for entry in region.where(RouteEntry, table_id=table.id, hop_type="Ipv4Gateway"):
        gateway = region.find(Ipv4Gateway, entry.hop_id)
        if gateway is not None and not gateway.enabled:
            code = "OperationDenied.Ipv4GatewayNotActive"
            raise ApiError(code, f"The entry {entry.id} leads to an inactive IPv4 gateway.")


def _set_route_table(region: Region, vswitch: VSwitch, table_id: str) -> None:
    region.transition(vswitch, vswitch.route_table_id, table_id, field="route_table_id")
    region.transition(vswitch, "Pending", "Available")


def _table_and_gateway(region: Region, request: Request) -> tuple[RouteTable, Ipv4Gateway]:
    if request.text("GatewayType", "Ipv4Gateway") != "Ipv4Gateway":
        raise request.invalid("GatewayType")
    table = region.require(
        RouteTable, request.text("RouteTableId"), "ResourceNotFound.RouteTable", 400
    )
    gateway = require_idle_gateway(region, request.text("GatewayId"))
    if table.status != "Available":
        raise ApiError("IncorrectStatus.GatewayRouteTable", f"The route table is {table.status}.")
    return table, gateway


def _set_association(
    region: Region, gateway: Ipv4Gateway, table: RouteTable, *, joined: bool
) -> None:
    """Change both sides of the association once the gateway is no longer Modifying."""
    ids = (table.id, gateway.id) if joined else ("", "")
    region.transition(gateway, gateway.route_table_id, ids[0], field="route_table_id")
    region.transition(table, table.gateway_id, ids[1], field="gateway_id")
    region.transition(gateway, "Modifying", "Created")
    region.transition(table, "Pending", "Available")
