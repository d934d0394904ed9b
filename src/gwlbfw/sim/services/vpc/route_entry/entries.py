"""The entries of a route table: those it has by itself, and custom ones within the rules."""

import hashlib
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.request import Params
from gwlbfw.sim.services.vpc.parameters import (
    SERVICE_RANGE,
    destination_network,
    name_or_description,
)
from gwlbfw.sim.services.vpc.route_entry.record import RouteEntry
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.region import Region

ENTRIES = quota("route_entries_per_table", 200)
"""Custom entries in one table (VPC quota `vpc_quota_route_entrys_num`)."""
DEFAULT_ROUTE = "0.0.0.0/0"
LOCAL = "local"
"""Spelling of a system entry's next hop (UNVERIFIED)."""


def system_entries(region: Region, table: RouteTable) -> Iterator[RouteEntry]:
    """The entries that every table has by itself, one for each block of a vSwitch of its VPC.

    They follow from the vSwitches and are stored nowhere. Whether 100.64.0.0/10 is listed as one
    more is UNVERIFIED, so it is not.
    """
    for vswitch in region.where(VSwitch, vpc_id=table.vpc_id):
        yield _system_entry(table, vswitch, vswitch.cidr, vswitch.id)
        if vswitch.ipv6_cidr:
            yield _system_entry(table, vswitch, vswitch.ipv6_cidr, f"{vswitch.id}/ipv6")


def _system_entry(table: RouteTable, vswitch: VSwitch, destination: str, key: str) -> RouteEntry:
    digest = hashlib.sha256(f"{table.id}/{key}".encode()).hexdigest()
    return RouteEntry(
        id=f"rte-{digest[:20]}",
        serial=vswitch.serial,
        vpc_id=table.vpc_id,
        table_id=table.id,
        destination=destination,
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
            destination=str(destination_network(destination)),
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
    wanted = destination_network(destination)
    vswitches = region.where(VSwitch, vpc_id=table.vpc_id)
    if isinstance(wanted, IPv6Network):
        _check_ipv6(region, table, wanted, vswitches)
    else:
        _check_ipv4(wanted, vswitches)
    custom = region.where(RouteEntry, table_id=table.id)
    for other in custom:
        if other.destination == str(wanted):
            same = (other.hop_type, other.hop_id) == hop
            code = "RouterEntryConflict.Duplicated" if same else "InvalidCIDRBlock.Duplicate"
            raise ApiError(code, f"The route table has an entry for {destination}: {other.id}.")
    if len(custom) >= region.quota(ENTRIES):
        raise ApiError("QuotaExceeded", "The route table has as many entries as it may.")


def _check_ipv4(wanted: IPv4Network, vswitches: list[VSwitch]) -> None:
    if wanted.subnet_of(SERVICE_RANGE):
        raise ApiError("InvalidCidrBlock", f"{wanted} is in {SERVICE_RANGE}.")
    for vswitch in vswitches:
        if wanted.subnet_of(IPv4Network(vswitch.cidr)):
            raise ApiError("InvalidCidrBlock", f"{wanted} is in the vSwitch {vswitch.id}.")


def _check_ipv6(
    region: Region, table: RouteTable, wanted: IPv6Network, vswitches: list[VSwitch]
) -> None:
    vpc = region.find(Vpc, table.vpc_id)
    if vpc is None or not vpc.ipv6_blocks:
        raise ApiError("OperationDenied.VpcIpv6NotEnabled", "IPv6 is not enabled for the VPC.")
    for vswitch in vswitches:
        if vswitch.ipv6_cidr and wanted.subnet_of(IPv6Network(vswitch.ipv6_cidr)):
            code = "OperationUnsupported.DestinationCidrBlockOverlapWithVSwitch"
            raise ApiError(code, f"{wanted} is in the vSwitch {vswitch.id}.")
