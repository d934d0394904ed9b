"""The checks of a whole topology: pure functions from a topology to problems, without a cloud.

A rule is a check where it needs more than one field, or where the cloud's rules about a text go
beyond the type of the field.
"""

from collections.abc import Callable, Iterator

from gwlbfw.topology.models import Topology
from gwlbfw.topology.validation import (
    accounts,
    existing_resources,
    firewall,
    launch,
    machines,
    moved_addresses,
    names,
    networks,
    route_tables,
    sensitive_variables,
    tags,
    zones,
)
from gwlbfw.topology.validation.problem import Problem

CHECKS: tuple[Callable[[Topology], Iterator[Problem]], ...] = (
    names.stack_name,
    names.region,
    names.keys,
    names.printable_text,
    names.created_names,
    names.empty_text,
    tags.tags,
    accounts.credentials,
    accounts.account_keys,
    accounts.allowed_accounts,
    sensitive_variables.sensitive,
    existing_resources.ids,
    existing_resources.duplicate_ids,
    existing_resources.id_or_definition,
    existing_resources.ownership,
    existing_resources.vpcs_of_existing,
    networks.vpc_blocks,
    networks.subnet_blocks,
    networks.subnets_inside_vpc,
    networks.room,
    networks.overlaps,
    networks.vpc_overlaps,
    zones.zone_ids,
    zones.not_empty,
    zones.zones_of_security_vpc,
    zones.endpoint_subnets,
    zones.subnet_keys,
    route_tables.shared_tables,
    route_tables.quota,
    route_tables.failover,
    machines.required_fields,
    machines.subnets,
    machines.appliance_zones,
    machines.private_ips,
    machines.user_data,
    machines.bootstrap,
    machines.jumbo_frames,
    launch.system_disks,
    launch.names,
    firewall.appliances,
    firewall.enough_appliances,
    firewall.health_check,
    firewall.idle_timeout,
    moved_addresses.moved,
)
"""Every check, in the order of the file's subjects; diagnostics are sorted by place."""


def check(topology: Topology) -> Iterator[Problem]:
    """The problems that the checks find."""
    for each in CHECKS:
        yield from each(topology)
