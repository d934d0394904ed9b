"""VPC: a private network, whose vRouter and system route table come and go with it."""

from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.store.record import Record
from gwlbfw.sim.store.region import Lifecycle, Region


@dataclass(kw_only=True, eq=False)
class Vpc(
    Record,
    Lifecycle,
    kind="vpc",
    prefix="vpc",
    product="vpc",
    tag_type="VPC",
    not_found=("InvalidVpcId.NotFound", 404),
):
    """One VPC; where it is `centralised`, only a route to an IPv4 gateway gives it Internet."""

    cidr: str = ""
    name: str = ""
    description: str = ""
    router_id: str = ""
    system_table_id: str = ""
    secondary_cidrs: tuple[str, ...] = ()
    user_cidrs: tuple[str, ...] = ()
    centralised: bool = False

    def on_delete(self, region: Region) -> None:
        table = region.find_any(self.system_table_id)
        if table is not None:
            region.remove(table)


def require_available_vpc(region: Region, vpc_id: str, code: str = "IncorrectVpcStatus") -> Vpc:
    """The VPC of an id, which has to be Available; `code` varies by action."""
    vpc = region.require(Vpc, vpc_id)
    if vpc.status != "Available":
        raise ApiError(code, f"The VPC {vpc_id} is {vpc.status}: its status does not allow this.")
    return vpc
