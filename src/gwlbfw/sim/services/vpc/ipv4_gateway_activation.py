"""Activation of an IPv4 gateway: the VPC's Internet access is centralised from then on."""

from gwlbfw.sim.errors import Refusal
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.vpc import tasks
from gwlbfw.sim.services.vpc.eip import bound_to
from gwlbfw.sim.services.vpc.ipv4_gateway import ready, refuse_direct_eips
from gwlbfw.sim.services.vpc.nat_gateway import NatGateway
from gwlbfw.sim.services.vpc.route_entry.record import RouteEntry, add
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

EVERYWHERE = "0.0.0.0/0"
TABLES = 10
"""Tables that may be named (VPC API, EnableVpcIpv4Gateway)."""


@action("vpc", "EnableVpcIpv4Gateway")
def enable(region: Region, request: Request) -> Reply:
    """VPC API, EnableVpcIpv4Gateway: only the tables that are named get an entry."""
    gateway = ready(region, request.text("Ipv4GatewayId"))
    if gateway.enabled:
        # The page prints the code with its full stop.
        raise Refusal("OperationFailed.Ipv4GatewayAlreadyActive.", "It is active already.")
    refuse_direct_eips(region, gateway.vpc_id, "OperationDenied.DirectEipExist")
    refuse_nat_gateways(region, gateway.vpc_id)
    ids = request.texts("RouteTableList")
    if len(ids) > TABLES:
        raise request.invalid("RouteTableList", f"at most {TABLES} tables")
    tables = [region.need(RouteTable, each) for each in ids]
    if tables:
        tasks.refuse_if_busy(region, gateway.vpc_id, code="OperationConflict")
    for table in tables:
        if table.vpc_id != gateway.vpc_id or table.for_gateway:
            raise Refusal("Mismatch.Ipv4GatewayIdAndRouteTableId", f"{table.id} can't be used.")
        if region.where(RouteEntry, table_id=table.id, destination=EVERYWHERE):
            code = "OperationDenied.ConflictOfAllZeroRouting"
            raise Refusal(code, f"The route table {table.id} has an entry for {EVERYWHERE}.")
        add(region, table, EVERYWHERE, ("Ipv4Gateway", gateway.id), Params("vpc", {}))
    region.begin(gateway, "Activating", "Created")
    region.begin(gateway, "under way", "done", field="activation")
    return {}


def refuse_nat_gateways(region: Region, vpc_id: str) -> None:
    """NAT gateways with EIPs have to be in the mode that goes with an IPv4 gateway.

    The code is in the action's error table; that it depends on EIPs and mode is UNVERIFIED.
    """
    for gateway in region.where(NatGateway, vpc_id=vpc_id):
        if gateway.bind_mode != "NAT" and bound_to(region, gateway.id):
            code = "OperationDenied.NatgatewayExist"
            raise Refusal(code, f"The NAT gateway {gateway.id} has EIPs in another mode.")
