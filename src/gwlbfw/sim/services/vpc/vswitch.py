"""vSwitch: a VPC's subnet in one zone."""

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Network

from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Region

HOLDERS = ("network_interface", "havip", "nat_ip", "classic_load_balancer", "eip")
"""Kinds of records that have an address (`ip`) of a vSwitch (`vswitch_id`)."""


@dataclass(kw_only=True, eq=False)
class VSwitch(
    Record,
    kind="vswitch",
    prefix="vsw",
    product="vpc",
    tag_type="VSWITCH",
    not_found=("InvalidVswitchID.NotFound", 404),
):
    """One vSwitch, with the route table that it has now."""

    vpc_id: str = ""
    zone_id: str = ""
    cidr: str = ""
    name: str = ""
    description: str = ""
    route_table_id: str = ""
    ipv6_cidr: str = ""
    is_default: bool = False
    next_address: int = 0
    """The address after the last one that was handed out; 0 before the first."""

    def uses(self) -> Collection[str]:
        return (self.vpc_id, self.route_table_id)


def has_system_table(region: Region, vswitch: VSwitch) -> bool:
    """True if a vSwitch has the system route table of its VPC."""
    vpc = region.find(Vpc, vswitch.vpc_id)
    return vpc is not None and vpc.system_table_id == vswitch.route_table_id


def usable_addresses(cidr: str) -> range:
    """The addresses of a vSwitch that can be used: not the first, nor the last three.

    Source: help page "VPC and vSwitch" (UNVERIFIED: it was in none of the API's pages).
    """
    network = IPv4Network(cidr)
    return range(int(network.network_address) + 1, int(network.broadcast_address) - 2)
