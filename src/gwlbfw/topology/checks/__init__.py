"""What a file alone can tell to be wrong: pure functions from a topology to findings.

A rule is here where it needs more than one field, or where the cloud's rules about a text are more
than its type says.
"""

from collections.abc import Callable, Iterator

from gwlbfw.topology.checks import (
    accounts,
    existing,
    firewall,
    machines,
    moves,
    names,
    networks,
    route_tables,
    sensitive,
    tags,
    zones,
)
from gwlbfw.topology.finding import Finding
from gwlbfw.topology.models import Topology

CHECKS: tuple[Callable[[Topology], Iterator[Finding]], ...] = (
    names.stack_name,
    names.region,
    names.keys,
    names.created_names,
    tags.tags,
    accounts.credentials,
    accounts.known,
    accounts.allowed,
    sensitive.sensitive,
    existing.ids,
    existing.used_twice,
    existing.chosen_or_created,
    existing.ownership,
    existing.inside_what_exists,
    networks.vpc_blocks,
    networks.subnet_blocks,
    networks.subnets_inside_vpc,
    networks.overlaps,
    networks.vpc_overlaps,
    zones.zone_ids,
    zones.at_least_one,
    zones.served_by_security_vpc,
    zones.endpoint_subnets,
    zones.subnet_keys,
    route_tables.shared,
    route_tables.quota,
    route_tables.failover,
    machines.complete,
    machines.subnets,
    machines.appliance_zones,
    machines.private_ips,
    machines.user_data,
    machines.bootstrap,
    machines.jumbo_frames,
    firewall.appliances,
    firewall.enough_appliances,
    firewall.health_check,
    firewall.idle_timeout,
    moves.moved,
)
"""Every check, in the order of the file's subjects; what is shown is sorted by place."""


def check(topology: Topology) -> Iterator[Finding]:
    """Everything that any check finds."""
    for each in CHECKS:
        yield from each(topology)
