"""What a file alone can tell to be wrong: pure functions from a topology to findings.

A rule is here where it needs more than one field, or where the cloud's rules about a text are more
than its type says.
"""

from collections.abc import Callable, Iterator

from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation import (
    accounts,
    existing_resources,
    firewall,
    machines,
    moved_addresses,
    names,
    networks,
    route_tables,
    sensitive_variables,
    tags,
    zones,
)
from gwlbfw.topology.validation.finding import Finding

CHECKS: tuple[Callable[[Topology], Iterator[Finding]], ...] = (
    names.stack_name,
    names.region,
    names.keys,
    names.created_names,
    tags.tags,
    accounts.credentials,
    accounts.known,
    accounts.allowed,
    sensitive_variables.sensitive,
    existing_resources.ids,
    existing_resources.used_twice,
    existing_resources.chosen_or_created,
    existing_resources.ownership,
    existing_resources.inside_what_exists,
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
    moved_addresses.moved,
)
"""Every check, in the order of the file's subjects; what is shown is sorted by place."""


def check(topology: Topology) -> Iterator[Finding]:
    """Everything that any check finds."""
    for each in CHECKS:
        yield from each(topology)
