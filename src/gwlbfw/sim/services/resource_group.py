"""Resource groups of records: a label that a record has from its creation, and moves between.

Sources: VPC API and GWLB API, MoveResourceGroup; PrivateLink API, ChangeResourceGroup; ECS API,
JoinResourceGroup. The groups themselves are Resource Manager's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.record import RECORD_TYPES, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

DEFAULT_GROUP = "rg-acfmsimdefault00"
"""The default resource group."""
OTHER_GROUP = "rg-acfmsimanother00"
"""A further group that every account has from the beginning."""
NOT_FOUND: Mapping[str, tuple[str, int]] = {
    "ecs": ("InvalidResourceGroup.NotFound", 404),
    "vpc": ("InvalidResourceGroupId", 400),
}
"""How an unknown group is refused: error tables of ECS API, RunInstances and others, and of VPC
API, AllocateEipAddress. GWLB and PrivateLink have no code for it, so they take any."""
_ECS_KINDS = {
    "instance": "instance",
    "disk": "disk",
    "image": "image",
    "securitygroup": "security_group",
    "eni": "network_interface",
    "keypair": "key_pair",
    "command": "command",
}
_VPC_KINDS = {
    "vpc": "vpc",
    "eip": "eip",
    "bandwidthpackage": "bandwidth_package",
    "prefixlist": "vpc_prefix_list",
    "flowlog": "flow_log",
    "havip": "havip",
    "ipv4gateway": "ipv4_gateway",
    "ipv6gateway": "ipv6_gateway",
}
"""The kind of record by ResourceType in lower case, of those that products list."""


@dataclass(kw_only=True, eq=False)
class ResourceGroup(
    Record,
    kind="resource_group",
    prefix="rg",
    product="resourcemanager",
    not_found=("EntityNotExists.ResourceGroup", 404),
):
    """A group that an account made; its region says nothing."""

    name: str = ""
    display_name: str = ""


def own_groups(region: Region) -> list[ResourceGroup]:
    """The groups that the account made, in whatever region the call was."""
    records = [each for each in region.state if isinstance(each, ResourceGroup)]
    return [each for each in records if each.account == region.account]


def requested_group(region: Region, request: Request, default: str = DEFAULT_GROUP) -> str:
    """The resource group of what a call makes. Raises the product's error for an unknown one."""
    return _known(region, request, request.text("ResourceGroupId", default))


@action("gwlb", "MoveResourceGroup")
def move_gwlb_resource(region: Region, request: Request) -> Reply:
    """Move a load balancer or a server group."""
    kinds = {"loadbalancer": "load_balancer", "servergroup": "server_group"}
    return _move(region, request, kinds, "NewResourceGroupId")


@action("vpc", "MoveResourceGroup")
def move_vpc_resource(region: Region, request: Request) -> Reply:
    """Move a VPC, EIP, IPv4 gateway or the like; a VPC's route tables and vSwitches go along."""
    return _move(region, request, _VPC_KINDS, "NewResourceGroupId")


@action("ecs", "JoinResourceGroup")
def join_resource_group(region: Region, request: Request) -> Reply:
    """Move an instance, a security group or the like."""
    return _move(region, request, _ECS_KINDS, "ResourceGroupId")


@action("privatelink", "ChangeResourceGroup")
def change_resource_group(region: Region, request: Request) -> Reply:
    """Move an endpoint or an endpoint service."""
    kinds = {"vpcendpoint": "endpoint", "vpcendpointservice": "endpoint_service"}
    return _move(region, request, kinds, "ResourceGroupId")


def _move(region: Region, request: Request, kinds: Mapping[str, str], group: str) -> Reply:
    cls = RECORD_TYPES.get(kinds.get(request.text("ResourceType", next(iter(kinds))).lower(), ""))
    if cls is None or not hasattr(cls, "resource_group_id"):
        raise request.invalid("ResourceType")
    record: Record = region.require(cls, request.text("ResourceId"))
    moved = _known(region, request, request.text(group))
    setattr(record, "resource_group_id", moved)  # noqa: B010 - a field of some kinds alone
    return {}


def _known(region: Region, request: Request, group: str) -> str:
    if request.product not in NOT_FOUND or group in ("", DEFAULT_GROUP, OTHER_GROUP):
        return group
    record = region.state.find(group)
    if isinstance(record, ResourceGroup) and record.account == region.account:
        return group
    code, status = NOT_FOUND[request.product]
    raise ApiError(code, f"The resource group {group} does not exist.", status)
