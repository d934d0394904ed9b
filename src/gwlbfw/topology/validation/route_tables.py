"""Checks of route tables: sharing, the quota of a VPC, and failover."""

from collections.abc import Iterator

from gwlbfw.topology.business_vpc import BusinessVpc
from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.problem import Problem
from gwlbfw.topology.wording import describe, quote
from gwlbfw.topology.yaml.source import YamlPath

MAX_TABLES = 9
"""Custom route tables of a VPC by default (VPC quota vpc_quota_route_tables_num)."""


def shared_tables(topology: Topology) -> Iterator[Problem]:
    """One table serves the gateway, or business subnets of one zone: it has one default route."""
    first: dict[str, YamlPath] = {}
    for path, user, identity in _existing_tables(topology):
        other_user = first.setdefault(identity, user)
        if other_user != user:
            message = f"route table {quote(identity)} is that of {describe(other_user)} already"
            hint = "a table has one default route, so it serves the gateway or one zone's subnets"
            yield Problem("shared-table", (*path, "id"), message, hint)


def _existing_tables(topology: Topology) -> Iterator[tuple[YamlPath, YamlPath, str]]:
    """Each table that is named by id: its path, the path of what it serves, and its id."""
    for key, vpc in topology.business_vpcs.items():
        here: YamlPath = ("business_vpcs", key)
        if vpc.gateway_route_table.id is not None:
            path = (*here, "gateway_route_table")
            yield path, (*here, "ipv4_gateway"), vpc.gateway_route_table.id
        for zone, parts in vpc.zones.items():
            user = (*here, "zones", zone)
            for name, subnet in parts.subnets.items():
                if subnet.route_table is not None and subnet.route_table.id is not None:
                    yield (*user, "subnets", name, "route_table"), user, subnet.route_table.id


def quota(topology: Topology) -> Iterator[Problem]:
    """A VPC holds so many custom tables, of which one is the gateway's and one the endpoints'."""
    for key, vpc in topology.business_vpcs.items():
        business = len(set(_business_tables(vpc)))
        if business + 2 > MAX_TABLES:
            path = ("business_vpcs", key)
            message = (
                f"{describe(path)} needs {business + 2} custom route tables "
                f"({business} business, 1 gateway, 1 GWLBe); a VPC holds {MAX_TABLES}"
            )
            hint = "the quota is vpc_quota_route_tables_num"
            if vpc.route_tables == "per-subnet":
                hint += "; `route_tables: per-zone` needs fewer"
            yield Problem("route-table-quota", path, message, hint, at_key=True)


def _business_tables(vpc: BusinessVpc) -> Iterator[str]:
    for zone, parts in vpc.zones.items():
        for name, subnet in parts.subnets.items():
            if subnet.route_table is not None and subnet.route_table.id is not None:
                yield subnet.route_table.id
            else:
                yield zone if vpc.route_tables == "per-zone" else f"{zone}/{name}"


def failover(topology: Topology) -> Iterator[Problem]:
    """Route target groups are part of the format, and not supported yet."""
    for key, vpc in topology.business_vpcs.items():
        if vpc.failover != "none":
            message = f"`failover: {vpc.failover}` is not supported yet; only `none`"
            yield Problem("not-supported", ("business_vpcs", key, "failover"), message)
