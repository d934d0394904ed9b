"""Actions on many custom entries at once, of which some may fail while the call succeeds."""

from collections.abc import Callable

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.vpc import next_hop, tasks
from gwlbfw.sim.services.vpc.route_entry.actions import find_entry, require_writable_table
from gwlbfw.sim.services.vpc.route_entry.entries import add_entry
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.store.record import DELETED
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

MAX_ENTRIES = 50
"""Entries in one call (VPC API, CreateRouteEntries)."""


@action("vpc", "CreateRouteEntries")
def create_route_entries(region: Region, request: Request) -> Reply:
    """VPC API, CreateRouteEntries: one task; each failure is listed with its code."""
    created: list[Json] = []

    def one(params: Params) -> None:
        hop = (params.text("NextHopType", "Instance"), params.require("NextHop"))
        table = require_writable_table(region, params.require("RouteTableId"))
        next_hop.check_next_hop(region, table.vpc_id, *hop)
        created.append(add_entry(region, table, params.require("DstCidrBlock"), hop, params).id)

    return {"RouteEntryIds": created, **_for_each(region, request, one)}


@action("vpc", "DeleteRouteEntries")
def delete_route_entries(region: Region, request: Request) -> Reply:
    """VPC API, DeleteRouteEntries: mirrors CreateRouteEntries."""

    def one(params: Params) -> None:
        entry = find_entry(region, params)
        if entry.in_transition():
            raise ApiError("IncorrectRouteEntryStatus", f"The entry {entry.id} is {entry.status}.")
        region.transition(entry, "Deleting", DELETED)

    return _for_each(region, request, one)


def _for_each(region: Region, request: Request, one: Callable[[Params], None]) -> dict[str, Json]:
    items = request.objects("RouteEntries")
    if not 1 <= len(items) <= MAX_ENTRIES:
        raise request.invalid("RouteEntries", f"1 to {MAX_ENTRIES} entries")
    for table_id in {each.text("RouteTableId") for each in items}:
        table = region.find(RouteTable, table_id)
        if table is not None:
            tasks.refuse_if_busy(region, table.vpc_id)
    failed: list[Json] = []
    for params in items:
        try:
            one(params)
        except ApiError as error:
            failed.append(_failure(params, error))
    return {
        "SuccessCount": len(items) - len(failed),
        "FailedCount": len(failed),
        "FailedRouteEntries": failed,
    }


def _failure(params: Params, error: ApiError) -> dict[str, Json]:
    return {
        "DstCidrBlock": params.text("DstCidrBlock"),
        "NextHop": params.text("NextHop"),
        "FailedCode": error.code,
        "FailedMessage": error.message,
    }
