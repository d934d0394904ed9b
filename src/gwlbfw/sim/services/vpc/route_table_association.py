"""Which route table a vSwitch or an IPv4 gateway has."""

from gwlbfw.sim.errors import Refusal
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc import tasks
from gwlbfw.sim.services.vpc.ipv4_gateway import Ipv4Gateway, ready
from gwlbfw.sim.services.vpc.route_entry.record import RouteEntry
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.services.vpc.vpc.record import available
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
def associate(region: Region, request: Request) -> Reply:
    """VPC API, AssociateRouteTable: the vSwitch is Pending meanwhile."""
    table, vswitch = _both(region, request)
    if table.for_gateway or table.system:
        raise Refusal("OperationDenied.RouteTableTypeIncorrect", "It is no vSwitch's custom table.")
    if table.vpc_id != vswitch.vpc_id:
        raise Refusal(VPC_MISMATCH, "The route table is in another VPC than the vSwitch.")
    current = region.find(RouteTable, vswitch.route_table_id)
    if current is not None and not current.system:
        raise Refusal(HAS_ANOTHER, f"The vSwitch has the route table {current.id}.")
    _refuse_inactive_gateway(region, table)
    _turn(region, vswitch, table.id)
    return {}


@action("vpc", "UnassociateRouteTable")
def unassociate(region: Region, request: Request) -> Reply:
    """VPC API, UnassociateRouteTable: the vSwitch is back on the system table afterwards."""
    table, vswitch = _both(region, request)
    if vswitch.route_table_id != table.id or table.system:
        raise Refusal(NOT_ASSOCIATED, "The vSwitch does not have this route table.")
    _turn(region, vswitch, available(region, vswitch.vpc_id).system_table_id)
    return {}


@action("vpc", "AssociateRouteTableWithGateway")
def associate_gateway(region: Region, request: Request) -> Reply:
    """VPC API, AssociateRouteTableWithGateway: the gateway has to be active."""
    table, gateway = _table_and_gateway(region, request)
    if not table.for_gateway:
        raise Refusal("OperationDenied.RouteTableTypeIncorrect", "It is no gateway's table.")
    if table.vpc_id != gateway.vpc_id:
        raise Refusal("OperationDenied.GatewayAndTableNotInOneVpc", "They are in two VPCs.")
    if gateway.route_table_id:
        raise Refusal("ResourceAlreadyAssociated.Ipv4Gateway", "The gateway has a route table.")
    if table.gateway_id:
        raise Refusal("ResourceAlreadyAssociated.GatewayRouteTable", "The table has a gateway.")
    if not gateway.enabled:
        raise Refusal("OperationDenied.Ipv4GatewayNotActive", "The gateway is not active.")
    _join(region, gateway, table, joined=True)
    return {}


@action("vpc", "DissociateRouteTableFromGateway")
def dissociate_gateway(region: Region, request: Request) -> Reply:
    """VPC API, DissociateRouteTableFromGateway: redirected entries don't hinder (UNVERIFIED)."""
    table, gateway = _table_and_gateway(region, request)
    if gateway.route_table_id != table.id:
        raise Refusal(NOT_ASSOCIATED, "The gateway does not have this route table.")
    _join(region, gateway, table, joined=False)
    return {}


def _both(region: Region, request: Request) -> tuple[RouteTable, VSwitch]:
    table = region.need(RouteTable, request.text("RouteTableId"))
    vswitch = region.need(VSwitch, request.text("VSwitchId"))
    if table.status != "Available":
        raise Refusal("IncorrectStatus.RouteTable", f"The route table is {table.status}.")
    if vswitch.status != "Available":
        raise Refusal("IncorrectVSwitchStatus", f"The vSwitch is {vswitch.status}.")
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
            raise Refusal(code, f"The entry {entry.id} leads to an inactive IPv4 gateway.")


def _turn(region: Region, vswitch: VSwitch, table_id: str) -> None:
    region.begin(vswitch, vswitch.route_table_id, table_id, field="route_table_id")
    region.begin(vswitch, "Pending", "Available")


def _table_and_gateway(region: Region, request: Request) -> tuple[RouteTable, Ipv4Gateway]:
    if request.text("GatewayType", "Ipv4Gateway") != "Ipv4Gateway":
        raise request.invalid("GatewayType")
    table = region.need(
        RouteTable, request.text("RouteTableId"), "ResourceNotFound.RouteTable", 400
    )
    gateway = ready(region, request.text("GatewayId"))
    if table.status != "Available":
        raise Refusal("IncorrectStatus.GatewayRouteTable", f"The route table is {table.status}.")
    return table, gateway


def _join(region: Region, gateway: Ipv4Gateway, table: RouteTable, *, joined: bool) -> None:
    """Change both sides of the association once the gateway is no longer Modifying."""
    ids = (table.id, gateway.id) if joined else ("", "")
    region.begin(gateway, gateway.route_table_id, ids[0], field="route_table_id")
    region.begin(table, table.gateway_id, ids[1], field="gateway_id")
    region.begin(gateway, "Modifying", "Created")
    region.begin(table, "Pending", "Available")
