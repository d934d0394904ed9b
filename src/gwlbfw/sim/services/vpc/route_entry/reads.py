"""Reads of a route table's entries."""

from collections import Counter
from collections.abc import Mapping

from gwlbfw.sim.clock import timestamp
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.filtering import (
    TextGetter,
    filter_by_parameters,
    filter_by_values,
    listed,
)
from gwlbfw.sim.services.paging import page_by_number, page_by_token
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.vpc.route_entry.entries import entries
from gwlbfw.sim.services.vpc.route_entry.record import RouteEntry
from gwlbfw.sim.services.vpc.route_table import RouteTable, router_of, type_of, vswitches_of
from gwlbfw.sim.services.vpc.vpc.record import Vpc, group_of_vpc, in_group
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply


@action("vpc", "DescribeRouteEntryList")
def describe_route_entry_list(region: Region, request: Request) -> Reply:
    """VPC API, DescribeRouteEntryList: the page's size is called MaxResult here.

    Whether a gateway's table can be read so is UNVERIFIED: it lists its system entries only; so is
    that entries of both versions are listed where the call names none.
    """
    table_id = request.text("RouteTableId")
    table = region.require(RouteTable, table_id, "InvalidRouteTable.NotFound")
    version = request.text("IpVersion").lower()
    found = [each for each in entries(region, table) if version in ("", each.ip_version.lower())]
    found = filter_by_parameters(request, found, _FILTERS)
    found = filter_by_values(
        found, request.texts("DestCidrBlockList"), lambda each: each.destination
    )
    page = page_by_token(
        request,
        found,
        default=10,
        maximum=100,
        size="MaxResult",
        place=lambda each: (each.type != "System", each.serial),
    )
    return {
        "RouteEntrys": {"RouteEntry": [_view(region, each) for each in page.items]},
        "TotalCount": page.fields["TotalCount"],
        "NextToken": page.fields["NextToken"],
    }


@action("vpc", "DescribeRouteTables")
def describe_route_tables(region: Region, request: Request) -> Reply:
    """VPC API, DescribeRouteTables (legacy): pages count tables, each with all its entries."""
    names = ("RouteTableId", "VRouterId", "RouterId", "RouteTableName")
    if not any(request.text(each) for each in names):
        raise ApiError("MissingParameter", f"One of {', '.join(names)} is mandatory.")
    named = listed(region, RouteTable, request.comma_texts("RouteTableId"))
    filters: Mapping[str, TextGetter[RouteTable]] = {
        "RouterType": lambda _: "VRouter",
        "VRouterId": lambda each: router_of(region, each),
        "RouterId": lambda each: router_of(region, each),
        "RouteTableName": lambda each: each.name,
    }
    tables = filter_by_parameters(request, named, filters)
    page = page_by_number(request, in_group(region, request, tables))
    kind = request.text("Type")
    views: list[Json] = [_table(region, each, kind) for each in page.items]
    return {"RouteTables": {"RouteTable": views}, **page.fields}


@action("vpc", "GetVpcRouteEntrySummary")
def get_vpc_route_entry_summary(region: Region, request: Request) -> Reply:
    """VPC API, GetVpcRouteEntrySummary: the number of each type's entries, by table.

    That a type of which a table has no entry is left out is UNVERIFIED.
    """
    vpc = region.require(Vpc, request.text("VpcId"))
    kind, wanted = request.text("RouteEntryType"), request.text("RouteTableId")
    summaries: list[Json] = []
    for table in region.where(RouteTable, vpc_id=vpc.id):
        if wanted in ("", table.id):
            counts = Counter(each.type for each in entries(region, table))
            numbers: list[Json] = [
                {"RouteEntryType": each, "Count": count}
                for each, count in sorted(counts.items())
                if kind in ("All", each)
            ]
            summaries.append({"RouteTableId": table.id, "EntrySummarys": numbers})
    return {"RouteEntrySummarys": summaries}


_FILTERS: Mapping[str, TextGetter[RouteEntry]] = {
    "RouteEntryId": lambda each: each.id,
    "DestinationCidrBlock": lambda each: each.destination,
    "RouteEntryType": lambda each: each.type,
    "NextHopId": lambda each: each.hop_id,
    "NextHopType": lambda each: each.hop_type,
    "RouteEntryName": lambda each: each.name,
    "ServiceType": lambda _: "",
}


def _view(region: Region, entry: RouteEntry) -> dict[str, Json]:
    hop: dict[str, Json] = {
        "NextHopType": entry.hop_type,
        "NextHopId": entry.hop_id,
        "NextHopRegionId": region.name,
        "Enabled": 1,
        "Weight": 0,
    }
    return {
        "RouteEntryId": entry.id,
        "RouteTableId": entry.table_id,
        "RouteEntryName": entry.name,
        "Description": entry.description,
        "DestinationCidrBlock": entry.destination,
        "Type": entry.type,
        "Status": entry.status,
        "IpVersion": entry.ip_version,
        "Origin": "LocalPropagation" if entry.type == "System" else "",
        "GmtModified": timestamp(entry.modified),
        "NextHops": {"NextHop": [hop]},
    }


def _table(region: Region, table: RouteTable, kind: str) -> dict[str, Json]:
    """A table with its entries, those of a type where one is given."""
    found = [each for each in entries(region, table) if kind in ("", each.type)]
    return {
        "RouteTableId": table.id,
        "RouteTableType": type_of(table),
        "VRouterId": router_of(region, table),
        "Status": table.status,
        "CreationTime": timestamp(table.created),
        "ResourceGroupId": group_of_vpc(region, table.vpc_id),
        "VSwitchIds": {"VSwitchId": vswitches_of(region, table)},
        "RouteEntrys": {"RouteEntry": [_flat(each) for each in found]},
    }


def _flat(entry: RouteEntry) -> dict[str, Json]:
    hop: dict[str, Json] = {
        "NextHopId": entry.hop_id,
        "NextHopType": entry.hop_type,
        "Enabled": 1,
        "Weight": 0,
    }
    return {
        "RouteEntryId": entry.id,
        "RouteEntryName": entry.name,
        "RouteTableId": entry.table_id,
        "Description": entry.description,
        "DestinationCidrBlock": entry.destination,
        "InstanceId": entry.hop_id,
        "NextHopType": entry.hop_type,
        "NextHops": {"NextHop": [hop]},
        "Status": entry.status,
        "Type": entry.type,
    }
