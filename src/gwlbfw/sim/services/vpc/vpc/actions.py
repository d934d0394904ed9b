"""Actions on VPCs: create, the default one too, modify, delete."""

from ipaddress import IPv4Network

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.quotas import quota
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.resource_group import requested_group
from gwlbfw.sim.services.tags import requested_tags
from gwlbfw.sim.services.vpc import tasks
from gwlbfw.sim.services.vpc.ipv4_gateway import Ipv4Gateway
from gwlbfw.sim.services.vpc.ipv6_gateway import Ipv6Gateway
from gwlbfw.sim.services.vpc.parameters import SERVICE_RANGE, cidr_block, name_or_description
from gwlbfw.sim.services.vpc.route_entry.record import RouteEntry
from gwlbfw.sim.services.vpc.route_table import RouteTable
from gwlbfw.sim.services.vpc.vpc.cidr_blocks import changed_cidr, refuse_blocks_in_use
from gwlbfw.sim.services.vpc.vpc.ipv6 import ISPS, Ipv6Block, take_block
from gwlbfw.sim.services.vpc.vpc.record import Vpc, require_available_vpc
from gwlbfw.sim.store.record import DELETED, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

VPCS = quota("vpcs_per_region", 10)
"""VPCs in one region (VPC quotas)."""
USER_CIDRS = quota("user_cidrs_per_vpc", 3)
DEFAULT_CIDR = "172.16.0.0/12"
DEFAULT_VPC_CIDR = "172.31.0.0/16"
"""The block of a default VPC (help page "Default VPC and default vSwitch")."""

DEPENDENCIES = {
    "vswitch": "DependencyViolation.VSwitch",
    "security_group": "DependencyViolation.SecurityGroup",
    "nat_gateway": "DependencyViolation.NatGateway",
    "instance": "DependencyViolation.Instance",
    "route_entry": "DependencyViolation.RouteEntry",
    # UNVERIFIED from here on: that these block the deletion is derived, the codes are guessed.
    "route_table": "DependencyViolation.RouteTable",
    "network_acl": "DependencyViolation.NetworkAcl",
    "ipv4_gateway": "DependencyViolation.Ipv4Gateway",
    "ipv6_gateway": "DependencyViolation.Ipv6Gateway",
    "route_target_group": "DependencyViolation.RouteTargetGroup",
    "endpoint": "DependencyViolation.VpcEndpoint",
}
"""The code of DeleteVpc by the kind of a resource that is left in the VPC."""


@action("vpc", "CreateVpc", not_simulated="IPAM pools")
def create_vpc(region: Region, request: Request) -> Reply:
    """VPC API, CreateVpc: the vRouter and the system route table come with it."""
    if request.text("Ipv4CidrMask") and not request.text("CidrBlock"):
        raise ApiError("IllegalParam.IpamPool", "A mask takes a block from an IPAM pool.")
    users = request.comma_texts("UserCidr")
    if len(users) > (most := region.quota(USER_CIDRS)):
        raise ApiError("InvalidUserCidr.Quota", f"A VPC has at most {most} user CIDR blocks.")
    vpc = Vpc(
        cidr=str(cidr_block(request.text("CidrBlock", DEFAULT_CIDR), 8, 28)),
        name=name_or_description(request, "VpcName"),
        description=name_or_description(request, "Description"),
        user_cidrs=tuple(_user_cidr(each) for each in users),
        resource_group_id=requested_group(region, request),
        dns_hostname=request.flag("EnableDnsHostname"),
        ipv6_blocks=_ipv6_blocks(region, request),
        tags=requested_tags(request),
    )
    return {**_add(region, vpc), "ResourceGroupId": vpc.resource_group_id}


@action("vpc", "CreateDefaultVpc")
def create_default_vpc(region: Region, request: Request) -> Reply:
    """VPC API, CreateDefaultVpc: one for a region."""
    if any(each.is_default for each in region.all(Vpc)):
        # UNVERIFIED code.
        raise ApiError("OperationDenied.DefaultVpcExist", "The region has a default VPC.")
    vpc = Vpc(
        cidr=DEFAULT_VPC_CIDR,
        is_default=True,
        resource_group_id=requested_group(region, request),
        ipv6_blocks=_ipv6_blocks(region, request),
    )
    return _add(region, vpc)


@action("vpc", "ModifyVpcAttribute")
def modify_vpc_attribute(region: Region, request: Request) -> Reply:
    """VPC API, ModifyVpcAttribute: a new CIDR block has to contain every vSwitch."""
    vpc = require_available_vpc(region, request.text("VpcId"))
    vpc.name = name_or_description(request, "VpcName", vpc.name)
    vpc.description = name_or_description(request, "Description", vpc.description)
    vpc.dns_hostname = request.flag("EnableDnsHostname", default=vpc.dns_hostname)
    _modify_ipv6(region, vpc, request)
    if wanted_cidr := request.text("CidrBlock"):
        vpc.cidr = changed_cidr(region, vpc, vpc.cidr, wanted_cidr)
    return {}


@action("vpc", "DeleteVpc")
def delete_vpc(region: Region, request: Request) -> Reply:
    """VPC API, DeleteVpc: refused while a resource is left; ForceDelete takes some along."""
    vpc = require_available_vpc(region, request.text("VpcId"))
    tasks.refuse_if_busy(region, vpc.id)
    left = [*region.users(vpc.id), *_custom_entries(region, vpc)]
    gateways: list[Record] = [
        *region.where(Ipv4Gateway, vpc_id=vpc.id),
        *region.where(Ipv6Gateway, vpc_id=vpc.id),
    ]
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
    region.transition(vpc, "Deleting", DELETED)
    return {}


@action("vpc", "EnableVpcClassicLink")
@action("vpc", "DisableVpcClassicLink")
def set_vpc_classic_link(region: Region, request: Request) -> Reply:
    """VPC API, EnableVpcClassicLink and its opposite: a mark, as there are no classic instances."""
    vpc = require_available_vpc(region, request.text("VpcId"))
    vpc.classic_link = request.action == "EnableVpcClassicLink"
    return {}


def _add(region: Region, vpc: Vpc) -> dict[str, Json]:
    if len(region.all(Vpc)) >= (most := region.quota(VPCS)):
        raise ApiError("QuotaExceeded.Vpc", f"A region has at most {most} VPCs.")
    region.add(vpc)
    vpc.router_id = region.state.new_id("vrt")
    table = region.add(RouteTable(vpc_id=vpc.id, system=True))
    vpc.system_table_id = table.id
    for each in (vpc, table):
        region.transition(each, "Pending", "Available")
    return {"VpcId": vpc.id, "VRouterId": vpc.router_id, "RouteTableId": table.id}


def _user_cidr(text: str) -> str:
    try:
        cidr = IPv4Network(text)
    except ValueError:
        raise ApiError("IllegalParam.UserCidr", f"The user CIDR block {text} is invalid.") from None
    if cidr.overlaps(SERVICE_RANGE):
        raise ApiError("InvalidUserCidr.Malformed", f"{text} overlaps {SERVICE_RANGE}.")
    return str(cidr)


def _ipv6_blocks(region: Region, request: Request) -> tuple[Ipv6Block, ...]:
    if not request.flag("EnableIpv6"):
        # Without IPv6 its type is taken and has no effect (terraform-provider-alicloud,
        # resource_alicloud_vpc_test.go).
        request.one_of("Ipv6Isp", ISPS)
        if request.text("Ipv6CidrBlock"):
            raise ApiError("MissingParam.EnableIpv6", "A VPC with an IPv6 block has IPv6 enabled.")
        return ()
    return (take_block(region, request),)


def _modify_ipv6(region: Region, vpc: Vpc, request: Request) -> None:
    """Give a VPC without IPv6 a block, or take all of it away."""
    isp = request.one_of("Ipv6Isp", ISPS)
    if not request.flag("EnableIPv6", default=bool(vpc.ipv6_blocks)):
        refuse_blocks_in_use(region, vpc, vpc.ipv6_blocks)
        vpc.ipv6_blocks = ()
    elif not vpc.ipv6_blocks:
        vpc.ipv6_blocks = (take_block(region, request),)
    elif isp not in ("", vpc.ipv6_blocks[0].isp):
        # UNVERIFIED: the code is that of CreateVpc for a type that can't be had.
        raise ApiError("UnsupportedFeature.Ipv6Isp", "The type of the IPv6 block can't change.")


def _custom_entries(region: Region, vpc: Vpc) -> list[RouteEntry]:
    """The custom entries of the system table, which goes with the VPC, that lead to something.

    One whose NAT gateway is gone holds no VPC (terraform-provider-alicloud, stateGapRecovery in
    resource_alicloud_route_entry_test.go; the code Forbbiden speaks of active custom routes).
    """
    entries = region.where(RouteEntry, table_id=vpc.system_table_id)
    return [each for each in entries if region.find_any(each.hop_id) is not None]


def _goes_with_gateway(record: Record, gateways: list[Record]) -> bool:
    """True for an IPv4 or IPv6 gateway, and for an entry that leads to one."""
    ids = {each.id for each in gateways}
    return record.id in ids or (record.kind == "route_entry" and bool(ids & set(record.uses())))
