"""Actions on single custom entries: create, modify, delete."""

from gwlbfw.sim.errors import ApiError, missing_parameter
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.vpc import next_hop, tasks
from gwlbfw.sim.services.vpc.parameters import destination_network, name_or_description
from gwlbfw.sim.services.vpc.route_entry.entries import add_entry, entries, system_entries
from gwlbfw.sim.services.vpc.route_entry.record import RouteEntry
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.services.vpc.vpc.record import require_available_vpc
from gwlbfw.sim.store.record import DELETED
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

SYSTEM_ENTRY = "OperationDenied.ModifyManagedRouteEntry"
"""The code for a change of what the system made (UNVERIFIED: documented for managed entries)."""


@action("vpc", "CreateRouteEntry", not_simulated="ECMP")
def create_route_entry(region: Region, request: Request) -> Reply:
    """VPC API, CreateRouteEntry. ECMP lists lead to router interfaces, of which there are none."""
    if "NextHopList" in request:
        raise ApiError("InvalidNextHopId.NotFound", "There are no router interfaces.", 404)
    hop = (request.text("NextHopType", "Instance"), request.require("NextHopId"))
    table = require_writable_table(region, request.text("RouteTableId"))
    next_hop.check_next_hop(region, table.vpc_id, *hop)
    refuse_if_busy(region, table)
    entry = add_entry(region, table, request.text("DestinationCidrBlock"), hop, request)
    return {"RouteEntryId": entry.id}


@action("vpc", "ModifyRouteEntry")
def modify_route_entry(region: Region, request: Request) -> Reply:
    """VPC API, ModifyRouteEntry: a custom entry's next hop, name and description, in place."""
    entry = find_entry(region, request, "InvalidRouteEntryId.NotFound")
    entry.name = name_or_description(request, "RouteEntryName", entry.name)
    entry.description = name_or_description(request, "Description", entry.description)
    entry.modified = region.now
    if "NewNextHopType" in request or "NewNextHopId" in request:
        hop = (request.text("NewNextHopType", entry.hop_type), request.require("NewNextHopId"))
        table = require_writable_table(region, entry.table_id)
        next_hop.check_next_hop(region, table.vpc_id, *hop)
        refuse_if_busy(region, table)
        entry.hop_type, entry.hop_id = hop
        region.transition(entry, "Modifying", "Available")
    return {}


@action("vpc", "DeleteRouteEntry")
def delete_route_entry(region: Region, request: Request) -> Reply:
    """VPC API, DeleteRouteEntry: by id, or by table, destination and next hop."""
    delete_entry(region, request)
    return {}


def delete_entry(region: Region, params: Params) -> None:
    """Delete the entry that `params` name."""
    entry = find_entry(region, params)
    refuse_if_busy(region, region.require(RouteTable, entry.table_id))
    region.transition(entry, "Deleting", DELETED)


def require_writable_table(region: Region, table_id: str) -> RouteTable:
    """The table of an id, if it takes custom entries now."""
    table = region.require(RouteTable, table_id)
    if table.for_gateway:
        # Which next hops a gateway's table might take by this action is UNVERIFIED: none here.
        raise ApiError("OperationDenied.GatewayRouteTableNotPermitted", "It is a gateway's table.")
    if table.status != "Available":
        raise ApiError("IncorrectStatus.RouteTableStatus", f"The route table is {table.status}.")
    require_available_vpc(region, table.vpc_id)
    return table


def refuse_if_busy(region: Region, table: RouteTable) -> None:
    """Refuse while an entry of the table, or anything else of the VPC, is being changed."""
    for status in tasks.CHANGING:
        for entry in region.where(RouteEntry, status=status, table_id=table.id):
            raise ApiError("IncorrectRouteEntryStatus", f"The entry {entry.id} is {status}.")
    tasks.refuse_if_busy(region, table.vpc_id)


def find_entry(region: Region, params: Params, absent: str = RouteEntry.not_found[0]) -> RouteEntry:
    """The custom entry that a call names by its id, or by its table and destination."""
    found = list(_matching_entries(region, params))
    custom = [each for each in found if each.type == "Custom"]
    if found and not custom:
        raise ApiError(SYSTEM_ENTRY, f"{found[0].destination} is an entry of the system's.")
    hop_id = params.text("NextHopId") or params.text("NextHop")
    for entry in custom:
        if hop_id in ("", entry.hop_id):
            return entry
    raise ApiError(absent, "The specified route entry does not exist.", 404)


def _matching_entries(region: Region, params: Params) -> list[RouteEntry]:
    entry_id, table_id = params.text("RouteEntryId"), params.text("RouteTableId")
    destination = params.text("DestinationCidrBlock") or params.text("DstCidrBlock")
    if entry_id:
        stored = region.find(RouteEntry, entry_id)
        if stored is not None:
            return [stored] if table_id in ("", stored.table_id) else []
        tables = [each for each in region.all(RouteTable) if table_id in ("", each.id)]
        return [e for table in tables for e in system_entries(region, table) if e.id == entry_id]
    if not destination:
        raise missing_parameter(params.product, params.path + "RouteEntryId")
    table = region.require(RouteTable, params.require("RouteTableId"))
    wanted = str(destination_network(destination))
    return [each for each in entries(region, table) if each.destination == wanted]
