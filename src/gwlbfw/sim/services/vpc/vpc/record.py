"""VPC: a private network, whose vRouter and system route table come and go with it."""

from dataclasses import dataclass
from typing import Protocol, TypeVar

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import DEFAULT_GROUP
from gwlbfw.sim.services.vpc.vpc.ipv6 import Ipv6Block
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
    ipv6_blocks: tuple[Ipv6Block, ...] = ()
    """Its IPv6 blocks, the first the one that it got first."""
    is_default: bool = False
    dns_hostname: bool = False
    classic_link: bool = False
    router_name: str = ""
    router_description: str = ""
    centralised: bool = False
    resource_group_id: str = DEFAULT_GROUP

    def on_delete(self, region: Region) -> None:
        table = region.find_any(self.system_table_id)
        if table is not None:
            region.remove(table)


def group_of_vpc(region: Region, vpc_id: str) -> str:
    """The resource group of a VPC, which its vSwitches and route tables are in too.

    terraform-provider-alicloud, resource_alicloud_vpc.go, takes a VPC's group from its system
    route table.
    """
    vpc = region.find(Vpc, vpc_id)
    return vpc.resource_group_id if vpc else DEFAULT_GROUP


class _PartOfVpc(Protocol):
    vpc_id: str


P = TypeVar("P", bound=_PartOfVpc)


def in_group(region: Region, request: Request, parts: list[P]) -> list[P]:
    """The vSwitches or route tables whose VPC is in the resource group that a call names."""
    wanted = request.text("ResourceGroupId")
    if not wanted:
        return parts
    return [each for each in parts if wanted == group_of_vpc(region, each.vpc_id)]


def require_available_vpc(region: Region, vpc_id: str, code: str = "IncorrectVpcStatus") -> Vpc:
    """The VPC of an id, which has to be Available; `code` varies by action."""
    vpc = region.require(Vpc, vpc_id)
    if vpc.status != "Available":
        raise ApiError(code, f"The VPC {vpc_id} is {vpc.status}: its status does not allow this.")
    return vpc
