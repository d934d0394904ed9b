"""Route tables: who may share one, and how many there can be."""

from collections.abc import Iterator

from gwlbfw.topology.business_vpc import BusinessVpc
from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation.finding import Finding
from gwlbfw.topology.wording import called, quoted
from gwlbfw.topology.yaml.source import YamlPath

MOST_TABLES = 9
"""Custom route tables of a VPC by default (VPC quota vpc_quota_route_tables_num)."""


def shared(topology: Topology) -> Iterator[Finding]:
    """One table serves the gateway, or business subnets of one zone: it has one default route."""
    first: dict[str, YamlPath] = {}
    for path, user, identity in _chosen(topology):
        other_user = first.setdefault(identity, user)
        if other_user != user:
            message = f"route table {quoted(identity)} is that of {called(other_user)} already"
            hint = "a table has one default route, so it serves the gateway or one zone's subnets"
            yield Finding("shared-table", (*path, "id"), message, hint)


def _chosen(topology: Topology) -> Iterator[tuple[YamlPath, YamlPath, str]]:
    """Each table that is chosen by id: its path, the path of what it serves, and its id."""
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


def quota(topology: Topology) -> Iterator[Finding]:
    """A VPC holds so many custom tables, of which one is the gateway's and one the endpoints'."""
    for key, vpc in topology.business_vpcs.items():
        business = len(set(_business_tables(vpc)))
        if business + 2 > MOST_TABLES:
            path = ("business_vpcs", key)
            message = (
                f"{called(path)} needs {business + 2} custom route tables "
                f"({business} business, 1 gateway, 1 GWLBe); a VPC holds {MOST_TABLES}"
            )
            hint = "the quota is vpc_quota_route_tables_num"
            if vpc.route_tables == "per-subnet":
                hint += "; `route_tables: per-zone` needs fewer"
            yield Finding("route-table-quota", path, message, hint, of_key=True)


def _business_tables(vpc: BusinessVpc) -> Iterator[str]:
    for zone, parts in vpc.zones.items():
        for name, subnet in parts.subnets.items():
            if subnet.route_table is not None and subnet.route_table.id is not None:
                yield subnet.route_table.id
            else:
                yield zone if vpc.route_tables == "per-zone" else f"{zone}/{name}"


def failover(topology: Topology) -> Iterator[Finding]:
    """Route target groups are known, and not honoured yet."""
    for key, vpc in topology.business_vpcs.items():
        if vpc.failover != "none":
            message = f"`failover: {vpc.failover}` is not supported yet; only `none`"
            yield Finding("not-supported", ("business_vpcs", key, "failover"), message)
