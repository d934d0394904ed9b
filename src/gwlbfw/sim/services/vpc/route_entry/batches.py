"""Actions on many custom entries at once, of which some may fail while the call succeeds."""

from collections.abc import Callable

from gwlbfw.sim.errors import Refusal
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Params, Request
from gwlbfw.sim.services.vpc import next_hop, tasks
from gwlbfw.sim.services.vpc.route_entry.actions import find, writable_table
from gwlbfw.sim.services.vpc.route_entry.entries import add
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.store.record import GONE
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

MOST = 50
"""Entries in one call (VPC API, CreateRouteEntries)."""


@action("vpc", "CreateRouteEntries")
def create(region: Region, request: Request) -> Reply:
    """VPC API, CreateRouteEntries: one task; each failure is listed with its code."""
    created: list[Json] = []

    def one(params: Params) -> None:
        hop = (params.text("NextHopType", "Instance"), params.need("NextHop"))
        table = writable_table(region, params.need("RouteTableId"))
        next_hop.check(region, table.vpc_id, *hop)
        created.append(add(region, table, params.need("DstCidrBlock"), hop, params).id)

    return {"RouteEntryIds": created, **_each(region, request, one)}


@action("vpc", "DeleteRouteEntries")
def delete(region: Region, request: Request) -> Reply:
    """VPC API, DeleteRouteEntries: mirrors CreateRouteEntries."""

    def one(params: Params) -> None:
        entry = find(region, params)
        if entry.in_transition():
            raise Refusal("IncorrectRouteEntryStatus", f"The entry {entry.id} is {entry.status}.")
        region.begin(entry, "Deleting", GONE)

    return _each(region, request, one)


def _each(region: Region, request: Request, one: Callable[[Params], None]) -> dict[str, Json]:
    items = request.objects("RouteEntries")
    if not 1 <= len(items) <= MOST:
        raise request.invalid("RouteEntries", f"1 to {MOST} entries")
    for table_id in {each.text("RouteTableId") for each in items}:
        table = region.find(RouteTable, table_id)
        if table is not None:
            tasks.refuse_if_busy(region, table.vpc_id)
    failed: list[Json] = []
    for params in items:
        try:
            one(params)
        except Refusal as refusal:
            failed.append(_failure(params, refusal))
    return {
        "SuccessCount": len(items) - len(failed),
        "FailedCount": len(failed),
        "FailedRouteEntries": failed,
    }


def _failure(params: Params, refusal: Refusal) -> dict[str, Json]:
    return {
        "DstCidrBlock": params.text("DstCidrBlock"),
        "NextHop": params.text("NextHop"),
        "FailedCode": refusal.code,
        "FailedMessage": refusal.message,
    }
