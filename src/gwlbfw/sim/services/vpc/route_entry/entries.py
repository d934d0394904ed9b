"""The entries of a route table: those it has by itself, and custom ones within the rules."""

import hashlib
from collections.abc import Iterator
from ipaddress import IPv4Network

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.request import Params
from gwlbfw.sim.services.vpc.parameters import SERVICE_RANGE, cidr_network, name_or_description
from gwlbfw.sim.services.vpc.route_entry.record import RouteEntry
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.region import Region

ENTRIES = quota("route_entries_per_table", 200)
"""Custom entries in one table (VPC quota `vpc_quota_route_entrys_num`)."""
DEFAULT_ROUTE = "0.0.0.0/0"
LOCAL = "local"
"""Spelling of a system entry's next hop (UNVERIFIED)."""


def system_entries(region: Region, table: RouteTable) -> Iterator[RouteEntry]:
    """The entries that every table has by itself, one for each vSwitch of its VPC.

    They follow from the vSwitches and are stored nowhere. Whether 100.64.0.0/10 is listed as one
    more is UNVERIFIED, so it is not.
    """
    for vswitch in region.where(VSwitch, vpc_id=table.vpc_id):
        digest = hashlib.sha256(f"{table.id}/{vswitch.id}".encode()).hexdigest()
        yield RouteEntry(
            id=f"rte-{digest[:20]}",
            serial=vswitch.serial,
            vpc_id=table.vpc_id,
            table_id=table.id,
            destination=vswitch.cidr,
            type="System",
            hop_type=LOCAL,
            modified=vswitch.created,
        )


def entries(region: Region, table: RouteTable) -> list[RouteEntry]:
    """Every entry of a table, the system's first."""
    return [*system_entries(region, table), *region.where(RouteEntry, table_id=table.id)]


def add_entry(
    region: Region, table: RouteTable, destination: str, hop: tuple[str, str], params: Params
) -> RouteEntry:
    """A new custom entry, if its destination may have one."""
    check_destination(region, table, destination, hop)
    parameter = "RouteEntryName" if "RouteEntryName" in params else "Name"
    entry = region.add(
        RouteEntry(
            vpc_id=table.vpc_id,
            table_id=table.id,
            destination=str(cidr_network(destination)),
            hop_type=hop[0],
            hop_id=hop[1],
            name=name_or_description(params, parameter),
            description=name_or_description(params, "Description"),
            modified=region.now,
        )
    )
    region.transition(entry, "Pending", "Available")
    return entry


def check_destination(
    region: Region, table: RouteTable, destination: str, hop: tuple[str, str]
) -> None:
    """The rules for destinations (VPC API, CreateRouteEntry)."""
    wanted = cidr_network(destination)
    if wanted.subnet_of(SERVICE_RANGE):
        raise ApiError("InvalidCidrBlock", f"{destination} is in {SERVICE_RANGE}.")
    for vswitch in region.where(VSwitch, vpc_id=table.vpc_id):
        if wanted.subnet_of(IPv4Network(vswitch.cidr)):
            raise ApiError("InvalidCidrBlock", f"{destination} is in the vSwitch {vswitch.id}.")
    custom = region.where(RouteEntry, table_id=table.id)
    for other in custom:
        if other.destination == str(wanted):
            same = (other.hop_type, other.hop_id) == hop
            code = "RouterEntryConflict.Duplicated" if same else "InvalidCIDRBlock.Duplicate"
            raise ApiError(code, f"The route table has an entry for {destination}: {other.id}.")
    if len(custom) >= region.quota(ENTRIES):
        raise ApiError("QuotaExceeded", "The route table has as many entries as it may.")
