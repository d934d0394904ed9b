"""Gateway route entry: the next hop of inbound traffic to one vSwitch.

A gateway route table has an entry for every vSwitch of the VPC by itself, whose next hop is Local
and can only be redirected and reset. A redirected entry is stored; a Local one follows from the
vSwitch.

Sources: VPC API, UpdateGatewayRouteTableEntryAttribute and ListGatewayRouteTableEntries; help
page "Build an Internet firewall using GWLB".
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc import next_hop, tasks
from gwlbfw.sim.services.vpc.parameters import cidr_network, name_or_description
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

LOCAL = "Local"
READ_BACK_AS = {"Instance": "EcsInstance"}
"""Spelling of a next hop's type in replies where it differs (an endpoint's is UNVERIFIED)."""
_NOT_FOUND = {
    "Instance": "ResourceNotFound.Instance",
    "NetworkInterface": "ResourceNotFound.NetworkInterface",
}


@dataclass(kw_only=True, eq=False)
class GatewayRouteEntry(
    Record,
    kind="gateway_route_entry",
    prefix="rte",
    product="vpc",
    not_found=("ResourceNotFound.RouteEntry", 400),
):
    """An entry that is redirected from Local, or is being reset to it."""

    vpc_id: str = ""
    table_id: str = ""
    vswitch_id: str = ""
    hop_type: str = LOCAL
    hop_id: str = ""
    name: str = ""
    description: str = ""

    @property
    def implicit(self) -> bool:
        return True

    def uses(self) -> Collection[str]:
        return (self.table_id, self.vswitch_id, self.hop_id)


@action("vpc", "ListGatewayRouteTableEntries")
def list_gateway_route_table_entries(region: Region, request: Request) -> Reply:
    """VPC API, ListGatewayRouteTableEntries: the next hop `Instance` reads `EcsInstance`."""
    table = _table(region, request.text("GatewayRouteTableId"), "GatewayRouteTable")
    destination = request.text("DestinationCidrBlock")
    found = [
        (vswitch, entry)
        for vswitch, entry in _entries(region, table)
        if destination in ("", vswitch.cidr)
    ]
    page = page_by_token(
        request, found, default=10, maximum=100, place=lambda each: (each[0].serial,)
    )
    return {
        "GatewayRouteEntryModels": [_view(vswitch.cidr, entry) for vswitch, entry in page.items],
        "TotalCount": str(page.fields["TotalCount"]),
        "NextToken": page.fields["NextToken"],
    }


@action("vpc", "UpdateGatewayRouteTableEntryAttribute")
def update_gateway_route_table_entry_attribute(region: Region, request: Request) -> Reply:
    """VPC API, UpdateGatewayRouteTableEntryAttribute: only between Local and another next hop."""
    table_id = request.text("GatewayRouteTableId") or request.require("IPv4GatewayRouteTableId")
    table = _table(region, table_id, "RouteTable")
    entry = _entry(region, table, request.text("DestinationCidrBlock"))
    hop = (request.text("NextHopType"), request.text("NextHopId"))
    if hop[0] == LOCAL:
        _check_local(hop[1], request)
    else:
        _check_hop(region, entry, hop)
    _refuse_if_busy(region, table, entry)
    entry.name = name_or_description(request, "Name", entry.name)
    entry.description = name_or_description(request, "Description", entry.description)
    if hop == (LOCAL, "") and entry.hop_type == LOCAL:
        region.remove(entry)
    elif hop != (entry.hop_type, entry.hop_id):
        entry.hop_type, entry.hop_id = hop
        # Back on Local, it is once more the entry that the vSwitch has by itself.
        region.transition(entry, "Modifying", DELETED if hop[0] == LOCAL else "Available")
    return {}


def _table(region: Region, table_id: str, what: str) -> RouteTable:
    table = region.find(RouteTable, table_id)
    if table is None or not table.for_gateway:
        raise ApiError(f"ResourceNotFound.{what}", f"No gateway route table is {table_id}.")
    return table


def _entries(region: Region, table: RouteTable) -> Iterator[tuple[VSwitch, GatewayRouteEntry]]:
    """The entry of each vSwitch: the redirected one, or a Local one that is stored nowhere."""
    redirected = {e.vswitch_id: e for e in region.where(GatewayRouteEntry, table_id=table.id)}
    for vswitch in region.where(VSwitch, vpc_id=table.vpc_id):
        yield vswitch, redirected.get(vswitch.id) or GatewayRouteEntry()


def _entry(region: Region, table: RouteTable, destination: str) -> GatewayRouteEntry:
    """The entry for a destination, as a record from now on."""
    wanted = str(cidr_network(destination))
    for vswitch, entry in _entries(region, table):
        if vswitch.cidr == wanted:
            if entry.id:
                return entry
            if vswitch.status != "Available":
                raise ApiError("IncorrectStatus.Vswitch", f"The vSwitch is {vswitch.status}.")
            return region.add(
                GatewayRouteEntry(vpc_id=table.vpc_id, table_id=table.id, vswitch_id=vswitch.id)
            )
    raise ApiError("ResourceNotFound.RouteEntry", f"There is no entry for {destination}.")


def _check_local(hop_id: str, request: Request) -> None:
    if hop_id:
        raise ApiError("ExclusiveParam.NextHopTypeAndNextHopId", "Local has no next hop's id.")
    if "Name" in request or "Description" in request:
        code = "OperationDenied.LocalEntryCanOnlyModifyNextHop"
        raise ApiError(code, "Of a local entry only the next hop can be changed.")


def _check_hop(region: Region, entry: GatewayRouteEntry, hop: tuple[str, str]) -> None:
    allowed = {"Instance", "NetworkInterface"}
    if region.settings.endpoints_in_gateway_tables:
        # UNVERIFIED by API; the console offers it (Build an Internet firewall using GWLB).
        allowed.add("GatewayLoadBalancerEndpoint")
    if hop[0] not in allowed:
        raise ApiError("OperationDenied.NextHopTypeNonsupport", f"{hop[0]} is not supported here.")
    if entry.hop_type != LOCAL and hop != (entry.hop_type, entry.hop_id):
        # Documented between instances and interfaces; assumed for endpoints.
        code = "OperationDenied.UpdateGatewayRouteEntry"
        raise ApiError(code, "The next hop must be switched to Local first.")
    if hop[0] in _NOT_FOUND and region.find_any(hop[1]) is None:
        raise ApiError(_NOT_FOUND[hop[0]], f"The next hop {hop[1]} does not exist.")
    next_hop.check_next_hop(region, entry.vpc_id, *hop)


def _refuse_if_busy(region: Region, table: RouteTable, entry: GatewayRouteEntry) -> None:
    busy = tasks.entry_in_transition(region, table.vpc_id)
    if entry.in_transition() or busy:
        raise ApiError("IncorrectStatus.RouteEntry", "A route entry is being changed.")
    tasks.refuse_if_busy(region, table.vpc_id, code="IncorrectStatus.Vswitch")


def _view(destination: str, entry: GatewayRouteEntry) -> dict[str, Json]:
    kind = READ_BACK_AS.get(entry.hop_type, entry.hop_type)
    hop: dict[str, Json] = {
        "NextHopType": kind,
        "NextHopId": entry.hop_id,
        "Enabled": "1",
        "Weight": "0",
    }
    return {
        "DestinationCidrBlock": destination,
        "NextHopType": kind,
        "NextHopId": entry.hop_id,
        "NextHops": [hop],
        "Status": entry.status,
        "Name": entry.name,
        "Description": entry.description,
    }
