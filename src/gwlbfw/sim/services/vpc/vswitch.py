"""vSwitch: a VPC's subnet in one zone."""

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Network

from gwlbfw.sim.store.record import Record


@dataclass(kw_only=True, eq=False)
class VSwitch(
    Record,
    kind="vswitch",
    prefix="vsw",
    product="vpc",
    tag_type="VSWITCH",
    absent=("InvalidVswitchID.NotFound", 404),
):
    """One vSwitch, with the route table that it has now."""

    vpc_id: str = ""
    zone_id: str = ""
    cidr: str = ""
    name: str = ""
    description: str = ""
    route_table_id: str = ""

    def uses(self) -> Collection[str]:
        return (self.vpc_id, self.route_table_id)


def usable(cidr: str) -> range:
    """The addresses of a vSwitch that can be used: not the first, nor the last three.

    Source: help page "VPC and vSwitch" (UNVERIFIED: it was in none of the API's pages).
    """
    network = IPv4Network(cidr)
    return range(int(network.network_address) + 1, int(network.broadcast_address) - 2)
