"""vSwitch: a VPC's subnet in one zone."""

from collections.abc import Collection
from dataclasses import dataclass

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
