"""Actions on VPCs: create, modify, delete, and further CIDR blocks."""

from ipaddress import IPv4Network

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import requested_group
from gwlbfw.sim.services.tags import requested_tags
from gwlbfw.sim.services.vpc import tasks
from gwlbfw.sim.services.vpc.ipv4_gateway import Ipv4Gateway
from gwlbfw.sim.services.vpc.parameters import cidr_block, name_or_description
from gwlbfw.sim.services.vpc.route_entry.record import RouteEntry
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.services.vpc.vpc.record import Vpc, require_available_vpc
from gwlbfw.sim.services.vpc.vswitch import VSwitch
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

VPCS = quota("vpcs_per_region", 10)
"""VPCs in one region (VPC quotas)."""
SECONDARY_CIDRS = quota("secondary_cidrs_per_vpc", 5)
USER_CIDRS = quota("user_cidrs_per_vpc", 3)
DEFAULT_CIDR = "172.16.0.0/12"

DEPENDENCIES = {
    "vswitch": "DependencyViolation.VSwitch",
    "security_group": "DependencyViolation.SecurityGroup",
    "nat_gateway": "DependencyViolation.NatGateway",
    "instance": "DependencyViolation.Instance",
    "route_entry": "DependencyViolation.RouteEntry",
    # UNVERIFIED from here on: that these block the deletion is derived, the codes are guessed.
    "route_table": "DependencyViolation.RouteTable",
    "ipv4_gateway": "DependencyViolation.Ipv4Gateway",
    "route_target_group": "DependencyViolation.RouteTargetGroup",
    "endpoint": "DependencyViolation.VpcEndpoint",
}
"""The code of DeleteVpc by the kind of a resource that is left in the VPC."""


@action("vpc", "CreateVpc", not_simulated="IPv6 and IPAM pools")
def create_vpc(region: Region, request: Request) -> Reply:
    """VPC API, CreateVpc: the vRouter and the system route table come with it."""
    if len(region.all(Vpc)) >= (most := region.quota(VPCS)):
        raise ApiError("QuotaExceeded.Vpc", f"A region has at most {most} VPCs.")
    users = request.comma_texts("UserCidr")
    if len(users) > (most := region.quota(USER_CIDRS)):
        raise request.invalid("UserCidr", f"at most {most}")
    vpc = region.add(
        Vpc(
            cidr=str(cidr_block(request.text("CidrBlock", DEFAULT_CIDR), 8, 28)),
            name=name_or_description(request, "VpcName"),
            description=name_or_description(request, "Description"),
            router_id=region.state.new_id("vrt"),
            user_cidrs=tuple(str(cidr_block(each, 8, 28)) for each in users),
            resource_group_id=requested_group(region, request),
            tags=requested_tags(request),
        )
    )
    table = region.add(RouteTable(vpc_id=vpc.id, system=True))
    vpc.system_table_id = table.id
    for each in (vpc, table):
        region.transition(each, "Pending", "Available")
    return {
        "VpcId": vpc.id,
        "VRouterId": vpc.router_id,
        "RouteTableId": table.id,
        "ResourceGroupId": vpc.resource_group_id,
    }


@action("vpc", "ModifyVpcAttribute")
def modify_vpc_attribute(region: Region, request: Request) -> Reply:
    """VPC API, ModifyVpcAttribute: a new CIDR block has to contain every vSwitch."""
    vpc = require_available_vpc(region, request.text("VpcId"))
    vpc.name = name_or_description(request, "VpcName", vpc.name)
    vpc.description = name_or_description(request, "Description", vpc.description)
    if wanted_cidr := request.text("CidrBlock"):
        cidr = cidr_block(wanted_cidr, 8, 28)
        for vswitch in region.where(VSwitch, vpc_id=vpc.id):
            if not IPv4Network(vswitch.cidr).subnet_of(cidr):
                raise ApiError("InvalidCidrBlock", f"{vswitch.id} would lie outside {cidr}.")
        vpc.cidr = str(cidr)
    return {}


@action("vpc", "DeleteVpc")
def delete_vpc(region: Region, request: Request) -> Reply:
    """VPC API, DeleteVpc: refused while a resource is left; ForceDelete takes some along."""
    vpc = require_available_vpc(region, request.text("VpcId"))
    tasks.refuse_if_busy(region, vpc.id)
    left = [*region.users(vpc.id), *_custom_entries(region, vpc)]
    gateways = region.where(Ipv4Gateway, vpc_id=vpc.id)
    if request.flag("ForceDelete") and all(_goes_with_gateway(each, gateways) for each in left):
        for each in left:
            region.remove(each)
        left = []
    if left:
        # In the order of the table, so that the reply doesn't depend on the order of creation.
        kinds = {each.kind for each in left}
        codes = [code for kind, code in DEPENDENCIES.items() if kind in kinds]
        code = codes[0] if codes else "DependencyViolation"
        raise ApiError(code, f"The VPC has {', '.join(sorted(kinds))} left in it.")
    region.transition(vpc, "Pending", DELETED)
    return {}


@action("vpc", "AssociateVpcCidrBlock")
def associate_vpc_cidr_block(region: Region, request: Request) -> Reply:
    """VPC API, AssociateVpcCidrBlock: a further IPv4 block that overlaps none there is."""
    vpc = require_available_vpc(region, request.text("VpcId"))
    cidr = cidr_block(request.require("SecondaryCidrBlock"), 8, 28)
    blocks = (vpc.cidr, *vpc.secondary_cidrs)
    if any(cidr.overlaps(IPv4Network(each)) for each in blocks):
        raise ApiError("InvalidCidrBlock.Overlapped", f"{cidr} overlaps a block of the VPC.")
    if len(vpc.secondary_cidrs) >= region.quota(SECONDARY_CIDRS):
        raise ApiError("QuotaExceeded.SecondaryCidr", "The VPC has as many blocks as it may.")
    vpc.secondary_cidrs = (*vpc.secondary_cidrs, str(cidr))
    return {}


@action("vpc", "UnassociateVpcCidrBlock")
def unassociate_vpc_cidr_block(region: Region, request: Request) -> Reply:
    """VPC API, UnassociateVpcCidrBlock: refused while a vSwitch lies in the block."""
    vpc = require_available_vpc(region, request.text("VpcId"))
    text = request.require("SecondaryCidrBlock")
    if text not in vpc.secondary_cidrs:
        raise ApiError("InvalidCidrBlock.NotExist", f"The VPC has no block {text}.", 404)
    cidr = IPv4Network(text)
    for vswitch in region.where(VSwitch, vpc_id=vpc.id):
        if IPv4Network(vswitch.cidr).subnet_of(cidr):
            raise ApiError("DependencyViolation.VSwitch", f"{vswitch.id} is in {text}.")
    vpc.secondary_cidrs = tuple(each for each in vpc.secondary_cidrs if each != text)
    return {}


def _custom_entries(region: Region, vpc: Vpc) -> list[RouteEntry]:
    """The custom entries of the system table, which goes with the VPC, that lead to something.

    One whose NAT gateway is gone holds no VPC (terraform-provider-alicloud, stateGapRecovery in
    resource_alicloud_route_entry_test.go; the code Forbbiden speaks of active custom routes).
    """
    entries = region.where(RouteEntry, table_id=vpc.system_table_id)
    return [each for each in entries if region.find_any(each.hop_id) is not None]


def _goes_with_gateway(record: Record, gateways: list[Ipv4Gateway]) -> bool:
    """True for an IPv4 gateway, and for an entry that leads to one."""
    ids = {each.id for each in gateways}
    return record.id in ids or (record.kind == "route_entry" and bool(ids & set(record.uses())))
